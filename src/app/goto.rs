//! Going to a key or prefix: opens what lies above it, level by level as they are listed.

use super::App;
use super::follow::Follow;
use super::notice::named;
use super::pane::Pane;
use crate::domain::tree::{Level, NodeId};
use crate::domain::{Key, Revision};

/// A way that is being gone.
#[derive(Clone, Debug)]
pub(super) struct Goto {
    target: Key,
    /// The target was not there as typed; it is looked for as a directory.
    as_directory: bool,
    /// It is not missed before the tree has followed the store up to here.
    seen_at: Revision,
    /// A directory is opened when it is reached.
    opens: bool,
}

/// What stands at the end of the known way.
enum Step {
    Arrived(NodeId),
    List(NodeId),
    Continue(NodeId),
    Wait,
    Missing,
}

impl App {
    pub(super) fn go_to(&mut self, target: Key) {
        if !target.as_bytes().starts_with(self.settings.root.as_bytes()) {
            self.root_at(Key::default());
        }
        self.focus(Pane::Keys);
        if self.keys.filter.take().is_some() {
            // A filter could hide where we go.
            self.filter_changed();
        }
        self.goto =
            Some(Goto { target, as_directory: false, seen_at: Revision::NONE, opens: true });
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
        self.goto = Some(Goto { target, as_directory: false, seen_at: Revision::NONE, opens });
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
                Step::Continue(dir) => {
                    self.list_more(dir);
                    return;
                }
                Step::Wait => return,
                Step::Missing if self.is_to_come(goto.seen_at) => return,
                Step::Missing if goto.as_directory => {
                    self.goto = None;
                    let typed = goto.target.as_bytes();
                    let typed = &typed[..typed.len() - self.settings.delimiter.len()];
                    self.near(&Key::from(typed));
                }
                Step::Missing if goto.target.as_bytes().ends_with(&self.settings.delimiter) => {
                    self.goto = None;
                    self.near(&goto.target);
                }
                Step::Missing => {
                    let target = [goto.target.as_bytes(), &self.settings.delimiter].concat();
                    let target = Key::from(target);
                    self.goto = Some(Goto { target, as_directory: true, ..goto });
                }
            }
        }
    }

    /// Whether the events up to a revision are still on their way to the tree.
    fn is_to_come(&self, revision: Revision) -> bool {
        let comes = match self.keys.follow {
            Follow::Starting | Follow::Live | Follow::TooFast | Follow::Lost => true,
            Follow::Off | Follow::Refused(_) => false,
        };
        comes && self.keys.tree.followed() < revision
    }

    fn step(&self, target: &Key) -> Step {
        let tree = &self.keys.tree;
        let Some(id) = tree.find(target.as_bytes()) else { return Step::Missing };
        if tree.full_key(id) == *target {
            return Step::Arrived(id);
        }
        let Some(dir) = tree.dir(id) else { return Step::Missing };
        let last = tree.children(id).last().map(|child| tree.full_key(child));
        match dir.level {
            Level::NotLoaded | Level::Stale { .. } => Step::List(id),
            Level::Loading => Step::Wait,
            Level::Failed(_) | Level::Ready { complete: true, .. } => Step::Missing,
            // Children come in order: what would stand before the last one is not there.
            Level::Ready { complete: false, .. } if last.is_some_and(|last| last > *target) => {
                Step::Missing
            }
            Level::Ready { complete: false, .. } => Step::Continue(id),
        }
    }

    /// Opens the directories above a node and selects it.
    fn reveal(&mut self, id: NodeId, opens: bool) {
        let mut above = self.keys.tree.parent(id);
        while let Some(dir) = above {
            self.keys.tree.open(dir);
            above = self.keys.tree.parent(dir);
        }
        if opens && self.keys.tree.get(id).is_some_and(crate::domain::tree::Node::is_dir) {
            self.open_dir(id);
        }
        self.keys.tree.refresh_rows();
        self.select_node(id);
    }

    fn near(&mut self, target: &Key) {
        self.keys.tree.refresh_rows();
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
        let children = dir.into_iter().flat_map(|dir| tree.children(dir));
        let keys = children.map(|child| tree.full_key(child));
        let matching = keys.filter(|key| key.as_bytes().starts_with(typed.as_bytes()));
        matching.filter(|key| *key != typed).take(MOST).map(|key| key.to_string()).collect()
    }
}
