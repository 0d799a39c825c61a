//! Going to a key or prefix: opens what lies above it, level by level as they are listed.

use super::App;
use super::effect::{Answer, Call, CallResult};
use super::follow::Follow;
use super::notice::named;
use super::pane::Pane;
use super::purpose::Purpose;
use crate::domain::tree::{Level, NodeId, child_of};
use crate::domain::txn::{Op, OpResponse, RangeRequest, TxnRequest};
use crate::domain::{Key, KeyRange, Revision};

/// A way that is being gone.
#[derive(Clone, Debug)]
pub(super) struct Goto {
    target: Key,
    /// The target was not there as typed; it is looked for as a directory.
    as_directory: bool,
    /// It is not missed before the tree has followed the store up to here.
    seen_at: Revision,
    /// Whether the store was asked for what the tree does not know.
    asked: Asked,
    /// A directory is opened when it is reached.
    opens: bool,
}

/// Whether the store was asked: somebody else may have written the target a moment ago.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    Not,
    Waits,
    Told,
}

impl Goto {
    /// The target as it was given.
    fn typed(&self, delimiter: &[u8]) -> Key {
        let target = self.target.as_bytes();
        let added = if self.as_directory { delimiter.len() } else { 0 };
        Key::from(&target[..target.len() - added])
    }
}

/// What stands at the end of the known way.
enum Step {
    Arrived(NodeId),
    List(NodeId),
    Continue(NodeId, Vec<u8>),
    Wait,
    Missing,
}

impl App {
    pub(super) fn go_to(&mut self, target: Key) {
        if self.refuses_to_read(&target) {
            return;
        }
        if !target.as_bytes().starts_with(self.settings.root.as_bytes()) {
            if self.connection.is_stale() {
                let (target, root) = (named(&target), named(&self.settings.root));
                return self.complain(format!("{target} is not below {root}; no connection"));
            }
            self.root_at(Key::default());
        }
        self.focus(Pane::Keys);
        self.keys.to_end = false;
        if self.keys.filter.take().is_some() {
            // A filter could hide where we go.
            self.filter_changed();
        }
        let seen_at = Revision::NONE;
        self.goto =
            Some(Goto { target, as_directory: false, seen_at, asked: Asked::Not, opens: true });
    }

    /// Goes to what was written here at this revision, which the tree may be about to learn.
    pub(super) fn go_to_when_seen(&mut self, target: Key, seen_at: Revision) {
        self.go_to(target);
        if let Some(goto) = &mut self.goto {
            goto.seen_at = seen_at;
        }
    }

    /// Selects a key again after the tree was read anew, wherever the focus is.
    pub(super) fn find_again(&mut self, target: Key, opens: bool) {
        let (seen_at, asked) = (Revision::NONE, Asked::Told);
        self.goto = Some(Goto { target, as_directory: false, seen_at, asked, opens });
    }

    /// A key up to and with its last delimiter.
    fn directory_of(&self, key: &Key) -> Key {
        let (bytes, delimiter) = (key.as_bytes(), self.settings.delimiter.as_slice());
        let ends = (0..bytes.len()).rev().find(|at| bytes[*at..].starts_with(delimiter));
        Key::from(&bytes[..ends.map_or(0, |at| at + delimiter.len())])
    }

    /// Goes on as far as the tree is known; called after every message.
    pub(super) fn advance_goto(&mut self) {
        while let Some(goto) = self.goto.clone() {
            let directory = self.directory_of(&goto.target);
            if self.keys.root_refused && directory != self.settings.root {
                // Who may read only some ranges begins at one of them.
                return self.root_at(directory);
            }
            match self.step(&goto.target) {
                Step::Arrived(id) => {
                    self.goto = None;
                    self.reveal(id, goto.opens);
                }
                Step::List(dir) => {
                    self.open_dir(dir);
                    return;
                }
                Step::Continue(dir, name) => {
                    self.list_from(dir, &name);
                    return;
                }
                Step::Wait => return,
                Step::Missing if self.is_to_come(goto.seen_at) => return,
                Step::Missing
                    if goto.as_directory
                        || goto.target.as_bytes().ends_with(&self.settings.delimiter) =>
                {
                    return self.missed(goto.asked, goto.typed(&self.settings.delimiter));
                }
                Step::Missing => {
                    let target = [goto.target.as_bytes(), &self.settings.delimiter].concat();
                    let target = Key::from(target);
                    self.goto = Some(Goto { target, as_directory: true, ..goto });
                }
            }
        }
    }

    /// The tree does not know the target. It is not called missing before the store says so, where
    /// the tree is about to hear of what the store has.
    fn missed(&mut self, asked: Asked, target: Key) {
        if self.connection.is_stale() {
            self.goto = None;
            let named = named(&target);
            return self.complain(format!("{named} is not among what was read; no connection"));
        }
        match asked {
            Asked::Not if self.follows() => {
                let beside = RangeRequest::get(target.clone()).keys_only();
                let mut below = target.as_bytes().to_vec();
                if !below.ends_with(&self.settings.delimiter) {
                    below.extend(&self.settings.delimiter);
                }
                let below = KeyRange::prefix(Key::from(below));
                let below = RangeRequest::new(below).limit(1).keys_only();
                let success = vec![Op::Range(beside), Op::Range(below)];
                let txn = TxnRequest { success, ..TxnRequest::default() };
                self.ask(Purpose::Goto(target), None, Call::Txn(txn));
                if let Some(goto) = &mut self.goto {
                    goto.asked = Asked::Waits;
                }
            }
            Asked::Waits => {}
            Asked::Not | Asked::Told => {
                self.goto = None;
                self.near(&target);
            }
        }
    }

    pub(super) fn on_goto_look(&mut self, target: Key, result: CallResult) {
        let delimiter = &self.settings.delimiter;
        let meant = |goto: &mut Goto| goto.asked == Asked::Waits && goto.typed(delimiter) == target;
        let Some(goto) = self.goto.take_if(meant) else { return };
        let found = match result {
            Ok(Answer::Txn(answer)) => answer
                .responses
                .into_iter()
                .flat_map(|response| {
                    let OpResponse::Range(range) = response else { return Vec::new() };
                    range.entries
                })
                .map(|entry| entry.mod_revision)
                .max(),
            Err(error) if error.is_connection() => {
                self.complain(format!("{} could not be looked for: {error}", named(&target)));
                return self.connection_broke(&error);
            }
            Ok(_) | Err(_) => None,
        };
        let seen_at = found.unwrap_or(Revision::NONE);
        let asked = Asked::Told;
        self.goto = Some(Goto { target, as_directory: false, seen_at, asked, ..goto });
    }

    /// Whether the events up to a revision are still on their way to the tree.
    fn is_to_come(&self, revision: Revision) -> bool {
        self.follows() && self.keys.followed.iter().all(|watch| watch.newest < revision)
    }

    fn follows(&self) -> bool {
        match self.keys.follow {
            Follow::Starting | Follow::Live | Follow::Lost => true,
            Follow::Off | Follow::Refused(_) => false,
        }
    }

    fn step(&self, target: &Key) -> Step {
        let tree = &self.keys.tree;
        let Some(id) = tree.find(target.as_bytes()) else { return Step::Missing };
        if tree.full_key(id) == *target {
            return Step::Arrived(id);
        }
        let Some(dir) = tree.dir(id) else { return Step::Missing };
        match dir.level {
            Level::NotLoaded | Level::Stale { .. } => Step::List(id),
            Level::Loading => Step::Wait,
            Level::Failed(_) | Level::Ready { complete: true, .. } => Step::Missing,
            Level::Ready { complete: false, .. } => {
                let at = tree.full_key(id).as_bytes().len();
                let path = target.as_bytes();
                let child = child_of(&path[..at], path, tree.delimiter());
                let name = &path[at..at + child.name_len];
                let is_unlisted = |(from, to): &(&[u8], Option<&[u8]>)| {
                    *from <= name && to.is_none_or(|to| name < to)
                };
                // Where it would stand all is listed: it is not there.
                if !dir.gaps().iter().any(is_unlisted) {
                    return Step::Missing;
                }
                Step::Continue(id, name.to_vec())
            }
        }
    }

    /// Opens the directories above a node and selects it.
    fn reveal(&mut self, id: NodeId, opens: bool) {
        let mut above = self.keys.tree.parent(id);
        while let Some(dir) = above {
            self.keys.tree.open(dir);
            above = self.keys.tree.parent(dir);
        }
        if opens && self.keys.tree.get(id).is_some_and(|node| node.is_dir()) {
            self.open_dir(id);
        }
        self.keys.finish_rows();
        self.select_node(id);
    }

    fn near(&mut self, target: &Key) {
        self.keys.finish_rows();
        if let Some(index) = self.keys.tree.row_near(target.as_bytes()) {
            self.keys.select(index);
        }
        match self.past {
            None => self.complain(format!(
                "no key or prefix {}; the nearest known one is selected",
                named(target)
            )),
            Some(past) => self.complain(format!(
                "{} was not there at revision {}; :rev live comes back",
                named(target),
                past.revision
            )),
        }
    }

    /// The keys and prefixes that a half-typed one could become, of those the tree knows.
    pub(super) fn complete_key(&self, text: &str) -> Vec<String> {
        const MOST: usize = 200;
        let Ok(typed) = Key::parse(text) else { return Vec::new() };
        let tree = &self.keys.tree;
        let dir = tree.find(typed.as_bytes()).unwrap_or(NodeId::ROOT);
        // A key that is complete completes to its neighbors with the same beginning.
        let dir = if tree.dir(dir).is_some() { Some(dir) } else { tree.parent(dir) };
        let Some(dir) = dir else { return Vec::new() };
        let prefix = tree.prefix_of(dir);
        // What is typed may be shorter than the prefix of the whole tree.
        let name = typed.as_bytes().strip_prefix(prefix.as_bytes()).unwrap_or_default();
        let (_, end) = KeyRange::prefix(name).bounds();
        let children = tree.children_between(dir, name, end.as_deref());
        let keys = children.map(|(_, child)| tree.full_key(child));
        let matching = keys.filter(|key| key.as_bytes().starts_with(typed.as_bytes()));
        matching.filter(|key| *key != typed).take(MOST).map(|key| key.to_string()).collect()
    }
}
