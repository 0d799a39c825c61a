//! What the user may read, where that is not everything: found out when the server refuses to list
//! the root, and from then on nothing else is asked for.

use super::App;
use super::dialog::Dialog;
use super::effect::{Answer, Call, CallResult};
use super::follow::Follow;
use super::purpose::Purpose;
use crate::domain::access::{Rights, directory, words};
use crate::domain::lister::Lister;
use crate::domain::tree::{Level, ListedChild, NodeId};
use crate::domain::{Key, KeyRange, escape};
use crate::store::{ErrorKind, StoreError};

/// So many directories are opened on the way to what may be read.
const OPENED: usize = 64;
/// A directory with more ranges than these is not counted.
const PARTS: usize = 64;
/// So many ranges are named in a notice; all of them in the dialog.
const NAMED: usize = 4;

impl App {
    /// The server refuses to list the root: it is asked what may be listed instead.
    pub(super) fn ask_rights(&mut self, refusal: StoreError) {
        if !self.tickets.awaits(|purpose| matches!(purpose, Purpose::Rights(_))) {
            self.ask(Purpose::Rights(refusal), None, Call::Rights);
        }
    }

    pub(super) fn on_rights(&mut self, refusal: &StoreError, result: CallResult) {
        let rights = match result {
            Ok(Answer::Rights(rights)) => rights,
            Ok(_) => return,
            Err(error) => {
                if error.is_connection() {
                    self.connection_broke(&error);
                }
                // Whoever knows a directory that may be read can still go there.
                self.keys.root_refused = true;
                self.keys.tree.fail(NodeId::ROOT, escape::message(&refusal.message));
                let why = match error.kind {
                    ErrorKind::PermissionDenied => String::new(),
                    _ => format!("; {error}"),
                };
                return self.complain(format!("{refusal}{why}"));
            }
        };
        let root = KeyRange::prefix(self.settings.root.clone());
        if self.keys.limits.as_deref() == Some(&*rights) {
            return self.list_open_again();
        }
        if rights.readable_in(&root).is_empty() {
            let text = format!("{} may not read this (:rights)", escape::message(&rights.user));
            self.keys.tree.fail(NodeId::ROOT, text);
            self.keys.root_refused = true;
        }
        self.say(summary(&rights));
        if rights.may_read(&root) {
            // Granted meanwhile: no limits any more.
            self.keys.limits = None;
            return self.root_again();
        }
        let had_none = self.keys.limits.is_none();
        self.keys.limits = Some(rights);
        if !had_none {
            self.root_again();
        } else if !self.keys.root_refused {
            self.list_root();
        }
    }

    /// `R` where not everything may be read: the rights may be others by now.
    pub(super) fn rights_again(&mut self) {
        let refusal = StoreError::new(ErrorKind::PermissionDenied, "permission denied");
        self.ask_rights(refusal);
    }

    /// What of a directory may be asked for.
    pub(super) fn readable_of(&self, dir: NodeId) -> Vec<KeyRange> {
        let range = KeyRange::prefix(self.keys.tree.full_key(dir));
        match &self.keys.limits {
            None => vec![range],
            Some(rights) => rights.readable_in(&range),
        }
    }

    /// The listers of a level, one for each range of it that may be read, in order, each with the
    /// name it begins at.
    pub(super) fn listers_of(&self, dir: NodeId, page: i64) -> Vec<(Vec<u8>, Lister)> {
        let prefix = self.keys.tree.prefix_of(dir);
        let delimiter = self.keys.tree.delimiter();
        let Some(rights) = &self.keys.limits else {
            return vec![(Vec::new(), Lister::new(prefix, delimiter, page))];
        };
        let parts = rights.readable_in(&KeyRange::prefix(prefix.clone()));
        let lister = |part: &KeyRange| {
            let start = part.start().as_bytes();
            let name = start.strip_prefix(prefix.as_bytes()).unwrap_or_default();
            // The first key there is.
            let name = if prefix.is_empty() && name == [0] { &[] } else { name };
            (name.to_vec(), Lister::within(prefix.clone(), delimiter, page, part))
        };
        parts.iter().map(lister).collect()
    }

    /// Of a directory that may be read in part the keys are not counted while it is listed.
    pub(super) fn uncount_what_is_hidden(&self, dir: NodeId, children: &mut [ListedChild]) {
        let Some(rights) = &self.keys.limits else { return };
        let prefix = self.keys.tree.prefix_of(dir);
        for child in children.iter_mut().filter(|child| child.is_dir) {
            let prefix = Key::new([prefix.as_bytes(), &child.name].concat());
            if !rights.may_read(&KeyRange::prefix(prefix)) {
                child.count = None;
            }
        }
    }

    /// Whether the keys of a directory that may be read can be counted at once.
    pub(super) fn may_count(&self, dir: NodeId) -> bool {
        self.keys.limits.is_none() || (1..=PARTS).contains(&self.readable_of(dir).len())
    }

    /// Opens what lies on the way to the ranges that may be read, the first time it is seen.
    pub(super) fn open_the_way(&mut self, dir: NodeId) {
        let Some(rights) = &self.keys.limits else { return };
        let delimiter = self.keys.tree.delimiter();
        let begins: Vec<Key> = rights.readable().iter().map(|r| directory(r, delimiter)).collect();
        let on_the_way = |child: &NodeId| {
            let dir = self.keys.tree.dir(*child);
            let prefix = self.keys.tree.full_key(*child);
            dir.is_some_and(|dir| dir.level == Level::NotLoaded)
                && !rights.may_read(&KeyRange::prefix(prefix.clone()))
                && begins.iter().any(|begin| begin.as_bytes().starts_with(prefix.as_bytes()))
        };
        let children = self.keys.tree.children(dir);
        let closed: Vec<NodeId> = children.filter(on_the_way).take(OPENED).collect();
        for child in closed {
            self.open_dir(child);
        }
    }

    /// Says that a key or prefix may not be read, if so.
    pub(super) fn refuses_to_read(&mut self, target: &Key) -> bool {
        let Some(rights) = &self.keys.limits else { return false };
        let single = KeyRange::single(target.clone());
        let below = KeyRange::prefix(target.clone());
        if target.is_empty() || rights.may_read(&single) || !rights.readable_in(&below).is_empty() {
            return false;
        }
        let text = format!(
            "{} may not read {}; :rights tells what may be read",
            rights.user,
            super::notice::named(target)
        );
        self.complain(text);
        true
    }

    /// `:rights`
    pub(super) fn ask_what_is_allowed(&mut self) {
        self.ask(Purpose::RightsShown, None, Call::Rights);
    }

    pub(super) fn on_rights_shown(&mut self, result: CallResult) {
        match result {
            Ok(Answer::Rights(rights)) => {
                self.redraw = true;
                self.dialogs.push(Dialog::Text {
                    title: format!("Rights of {}", escape::message(&rights.user)),
                    lines: lines(&rights, self.keys.unfollowed),
                    scroll: 0,
                });
            }
            Ok(_) => {}
            Err(error) => self.complain(error.to_string()),
        }
    }
}

/// The first few ranges, and how many more there are.
fn some(ranges: &[KeyRange]) -> String {
    let named: Vec<String> = ranges.iter().take(NAMED).map(words).collect();
    match ranges.len().saturating_sub(NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}

/// One sentence: what may be read, what only written, and that there may be more.
fn summary(rights: &Rights) -> String {
    let (read, write) = (rights.readable(), rights.write_only());
    let write =
        if write.is_empty() { String::new() } else { format!("; write only: {}", some(&write)) };
    let read = if read.is_empty() { "nothing".to_owned() } else { some(&read) };
    format!("{} may read {read}{write} (:rights)", rights.user)
}

fn lines(rights: &Rights, unfollowed: usize) -> Vec<String> {
    let mut lines = vec![format!("Roles: {}", escape::message(&rights.roles.join(", ")))];
    let read = rights.readable();
    let (both, only): (Vec<&KeyRange>, Vec<&KeyRange>) =
        read.iter().partition(|range| rights.may_write(range));
    let write_only = rights.write_only();
    let mut part = |title: &str, ranges: &[&KeyRange]| {
        if !ranges.is_empty() {
            lines.push(String::new());
            lines.push(title.to_owned());
            lines.extend(ranges.iter().map(|range| format!("  {}", words(range))));
        }
    };
    part("May be read and written:", &both);
    let partly = only.iter().any(|range| {
        rights.writable().iter().any(|writable| range.contains(writable.start().as_bytes()))
    });
    part(if partly { "May be read, and written in part:" } else { "May be read:" }, &only);
    if partly {
        let writable = rights.writable();
        part("Of all keys these may be written:", &writable.iter().collect::<Vec<_>>());
    }
    part(
        "May be written and not read, so it is not listed:",
        &write_only.iter().collect::<Vec<_>>(),
    );
    lines.push(String::new());
    if read.is_empty() {
        lines.push("No key may be read.".to_owned());
    } else if rights.may_read(&KeyRange::all()) {
        lines.push("All keys may be read.".to_owned());
    } else {
        lines.push("No other key may be read, so none is shown. R in Keys asks again.".to_owned());
    }
    if unfollowed > 0 {
        lines.push(format!("{unfollowed} ranges are not followed; R reads them again."));
    }
    lines
}

/// Whether the tree has limits, for the title of its pane.
pub fn note(app: &App) -> Option<&'static str> {
    let followed = !matches!(app.keys.follow, Follow::Refused(_));
    app.keys.limits.as_ref().map(|_| if followed { "limited" } else { "limited, not live" })
}
