//! The key tree: lazy, since a level is known only once it was listed, and live, since it follows
//! the events from then on.
//!
//! The tree never asks for anything. Who owns it sees at a node what is wanted ([`Tree::wants_listing`],
//! [`Tree::count_due`]), asks the store, and brings the answers ([`Tree::insert_page`],
//! [`Tree::set_count`], [`Tree::fail`]) and every event below the root ([`Tree::apply`]). After a
//! handful of such calls one [`Tree::refresh_rows`] brings the rows up to date.
//!
//! - `child` cuts keys into names; `node` is what the tree is made of; `nodes` is where it is kept, and
//!   `children` the order of a level.
//! - `listing` takes in pages and counts, `apply` takes in events, `changes` reconciles the two:
//!   each answer is true at its revision, and the later events are played on top of it.
//! - `rows` is the flat list that a screen scrolls over.
//!
//! Invariant: the children of a directory are ordered by name, and so the rows by full key.

mod apply;
mod changes;
mod child;
mod children;
mod extent;
mod filter;
mod listing;
mod node;
mod nodes;
mod rows;
mod splice;

use std::collections::HashMap;
use std::time::Instant;

pub use apply::{Applied, Effect};
pub use child::{Child, ListedChild, child_of};
pub use node::{Dir, Leaf, Level, Node, NodeId, NodeKind};
pub use rows::{Row, RowKind};

use self::changes::Changes;
use self::nodes::{Content, Nodes};
use self::rows::Rows;
use crate::domain::{Key, Revision};

/// The tree below one prefix.
#[derive(Clone, Debug)]
pub struct Tree {
    delimiter: Vec<u8>,
    nodes: Nodes,
    changes: Changes,
    rows: Rows,
    /// When a change of a node, or inside it, was last seen. Few at a time: see [`Tree::fade`].
    marks: HashMap<NodeId, Instant>,
}

impl Tree {
    /// A tree of the keys that begin with `root`, cut at `delimiter`. The root is open and not loaded.
    pub fn new(root: Key, delimiter: Vec<u8>) -> Tree {
        let nodes = Nodes::new(root, Dir { open: true, ..Dir::new() });
        let (changes, rows, marks) = (Changes::default(), Rows::new(), HashMap::new());
        let mut tree = Tree { delimiter, nodes, changes, rows, marks };
        tree.refresh_rows();
        tree
    }

    /// What cuts keys into levels.
    pub fn delimiter(&self) -> &[u8] {
        &self.delimiter
    }

    /// A node; none if it is gone.
    pub fn get(&self, id: NodeId) -> Option<Node<'_>> {
        self.nodes.get(id)
    }

    /// A directory; none if it is gone or a leaf.
    pub fn dir(&self, id: NodeId) -> Option<&Dir> {
        self.nodes.dir(id)
    }

    /// The directory a node stands in; none for the root and for what is gone.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.get(id)?.parent
    }

    /// The child of a directory with this name.
    pub fn child(&self, dir: NodeId, name: &[u8]) -> Option<NodeId> {
        self.nodes.child(dir, name)
    }

    /// The children of a directory, in order, from either end.
    pub fn children(&self, dir: NodeId) -> impl DoubleEndedIterator<Item = NodeId> + '_ {
        self.nodes.children(dir)
    }

    /// The children of a directory named `from` or later and before `to` (none: to the end), in order,
    /// with their names.
    pub fn children_between<'a>(
        &'a self,
        dir: NodeId,
        from: &'a [u8],
        to: Option<&'a [u8]>,
    ) -> impl Iterator<Item = (&'a [u8], NodeId)> + 'a {
        self.nodes.children_between(dir, from, to)
    }

    /// Every directory there is, in no particular order: to see which of them want listing.
    pub fn dirs(&self) -> impl Iterator<Item = (NodeId, &Dir)> {
        self.nodes.dirs()
    }

    /// The memory that the nodes and their rows take, in bytes: for tests of what a row costs.
    pub fn memory(&self) -> usize {
        self.nodes.memory() + self.rows.memory()
    }

    /// When a change of a node, or inside it, was last seen, so that it can be marked for a moment.
    pub fn changed(&self, id: NodeId) -> Option<Instant> {
        self.marks.get(&id).copied()
    }

    /// Forgets the marks of changes seen before this moment.
    pub fn fade(&mut self, before: Instant) {
        self.marks.retain(|_, at| *at >= before);
    }

    /// Whether a node is there as far as the events tell: its name is listed, and nothing was missed
    /// since. The root always is.
    pub fn is_followed(&self, id: NodeId) -> bool {
        let Some(Node { name, parent: Some(parent), .. }) = self.get(id) else { return true };
        self.dir(parent).is_some_and(|parent| parent.listed.at(name).is_some())
    }

    /// The key of a leaf, the prefix of a directory. Empty for a node that is gone.
    pub fn full_key(&self, id: NodeId) -> Key {
        let mut names = Vec::new();
        let mut at = Some(id);
        while let Some(node) = at.and_then(|id| self.get(id)) {
            names.push(node.name);
            at = node.parent;
        }
        names.reverse();
        Key::new(names.concat())
    }

    /// The prefix of a directory; of a leaf, the prefix it stands below.
    pub fn prefix_of(&self, id: NodeId) -> Key {
        match self.get(id) {
            Some(Node { parent: Some(parent), kind: NodeKind::Leaf(_), .. }) => {
                self.full_key(parent)
            }
            _ => self.full_key(id),
        }
    }

    /// The deepest known node on the way to a key or prefix: itself, where
    /// [`full_key`](Tree::full_key) says so, else the directory to look into next. Of a directory and
    /// the key of the same bytes, the directory. None outside the tree.
    pub fn find(&self, path: &[u8]) -> Option<NodeId> {
        let mut dir = NodeId::ROOT;
        let root = self.get(dir)?.name.len();
        if !path.starts_with(self.get(dir)?.name) {
            return None;
        }
        let mut at = root;
        while at < path.len() {
            let child = child_of(&path[..at], path, &self.delimiter);
            let Some(found) = self.child(dir, &path[at..at + child.name_len]) else { break };
            if !child.is_dir {
                return Some(found);
            }
            at += child.name_len;
            dir = found;
        }
        Some(dir)
    }

    /// Shows the children of a directory. Does nothing to a leaf.
    pub fn open(&mut self, id: NodeId) {
        self.set_open(id, true);
    }

    /// Hides the children of a directory, which stay known and live. The root stays open.
    pub fn close(&mut self, id: NodeId) {
        self.set_open(id, id == NodeId::ROOT);
    }

    /// Opens what is closed and closes what is open.
    pub fn toggle(&mut self, id: NodeId) {
        if self.dir(id).is_some_and(|dir| dir.open) { self.close(id) } else { self.open(id) }
    }

    fn set_open(&mut self, id: NodeId, open: bool) {
        let Some(dir) = self.dir_mut(id) else { return };
        if dir.open != open {
            dir.open = open;
            self.rows.mark(id);
        }
    }

    fn dir_mut(&mut self, id: NodeId) -> Option<&mut Dir> {
        self.nodes.dir_mut(id)
    }

    /// Adds a child. There must be none of this name.
    fn add(&mut self, parent: NodeId, name: &[u8], content: Content) -> NodeId {
        self.rows.mark(parent);
        self.nodes.add(parent, name, content)
    }

    /// Removes a node with all that is below it. The root stays.
    fn remove(&mut self, id: NodeId) {
        let Some(parent) = self.parent(id) else { return };
        self.rows.mark(parent);
        self.nodes.remove(id);
    }

    /// Removes a directory of which everything is known, as of `revision`, and nothing is left; and
    /// what that empties above it.
    fn prune(&mut self, mut id: NodeId, revision: Revision) -> Effect {
        let mut effect = Effect::None;
        while let Some(dir) = self.dir(id) {
            let Some(parent) = self.parent(id) else { break };
            let is_gone = dir.children.is_empty() && dir.listed.is_everything();
            if !is_gone || self.is_listed_after(id, revision) {
                break;
            }
            self.remove(id);
            effect = Effect::Structure;
            id = parent;
        }
        effect
    }

    /// Whether the level above was listed, with this node in it, at a later revision: then it is there
    /// again, however empty it was at `revision`.
    fn is_listed_after(&self, id: NodeId, revision: Revision) -> bool {
        let Some(Node { name, parent: Some(parent), .. }) = self.get(id) else { return false };
        let listed = self.dir(parent).and_then(|parent| parent.listed.at(name));
        listed.is_some_and(|listed| listed > revision)
    }
}
