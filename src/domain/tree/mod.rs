//! The key tree: lazy, since a level is known only once it was listed, and live, since it follows
//! the events from then on.
//!
//! The tree never asks for anything. Who owns it sees at a node what is wanted ([`Tree::wants_listing`],
//! [`Tree::count_due`]), asks the store, and brings the answers ([`Tree::insert_page`],
//! [`Tree::set_count`], [`Tree::fail`]) and every event below the root ([`Tree::apply`]). After a
//! handful of such calls one [`Tree::refresh_rows`] brings the rows up to date.
//!
//! - `child` cuts keys into names; `node` is what the tree is made of.
//! - `listing` takes in pages and counts, `apply` takes in events, `changes` reconciles the two:
//!   each answer is true at its revision, and the later events are played on top of it.
//! - `rows` is the flat list that a screen scrolls over.
//!
//! Invariant: the children of a directory are ordered by name, and so the rows by full key.

mod apply;
mod changes;
mod child;
mod extent;
mod listing;
mod node;
mod rows;

use std::sync::Arc;

pub use apply::{Applied, Effect};
pub use child::{Child, ListedChild, child_of};
pub use node::{Dir, Leaf, Level, Node, NodeId, NodeKind};
pub use rows::{Row, RowKind};

use self::changes::Changes;
use self::rows::Rows;
use crate::domain::{Key, Revision};

/// The tree below one prefix.
#[derive(Clone, Debug)]
pub struct Tree {
    delimiter: Vec<u8>,
    slots: Vec<Slot>,
    free: Vec<u32>,
    changes: Changes,
    rows: Rows,
}

#[derive(Clone, Debug)]
struct Slot {
    generation: u32,
    node: Option<Node>,
}

impl Tree {
    /// A tree of the keys that begin with `root`, cut at `delimiter`. The root is open and not loaded.
    pub fn new(root: Key, delimiter: Vec<u8>) -> Tree {
        let dir = Dir { open: true, ..Dir::new() };
        let node = Node {
            name: root.into_bytes().into(),
            parent: None,
            kind: NodeKind::Dir(Box::new(dir)),
            changed: None,
        };
        let slots = vec![Slot { generation: 0, node: Some(node) }];
        let (free, changes, rows) = (Vec::new(), Changes::default(), Rows::new());
        let mut tree = Tree { delimiter, slots, free, changes, rows };
        tree.refresh_rows();
        tree
    }

    /// What cuts keys into levels.
    pub fn delimiter(&self) -> &[u8] {
        &self.delimiter
    }

    /// A node; none if it is gone.
    pub fn get(&self, id: NodeId) -> Option<&Node> {
        let slot = self.slots.get(id.slot as usize)?;
        slot.node.as_ref().filter(|_| slot.generation == id.generation)
    }

    /// A directory; none if it is gone or a leaf.
    pub fn dir(&self, id: NodeId) -> Option<&Dir> {
        self.get(id)?.as_dir()
    }

    /// The directory a node stands in; none for the root and for what is gone.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.get(id)?.parent
    }

    /// The child of a directory with this name.
    pub fn child(&self, dir: NodeId, name: &[u8]) -> Option<NodeId> {
        self.dir(dir)?.children.get(name).copied()
    }

    /// The children of a directory, in order.
    pub fn children(&self, dir: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        self.dir(dir).into_iter().flat_map(|dir| dir.children.values().copied())
    }

    /// Every directory there is, in no particular order: to see which of them want listing.
    pub fn dirs(&self) -> impl Iterator<Item = (NodeId, &Dir)> {
        self.slots.iter().enumerate().filter_map(|(at, slot)| {
            let id = NodeId { slot: at as u32, generation: slot.generation };
            Some((id, slot.node.as_ref()?.as_dir()?))
        })
    }

    /// The key of a leaf, the prefix of a directory. Empty for a node that is gone.
    pub fn full_key(&self, id: NodeId) -> Key {
        let mut names = Vec::new();
        let mut at = Some(id);
        while let Some(node) = at.and_then(|id| self.get(id)) {
            names.push(&*node.name);
            at = node.parent;
        }
        names.reverse();
        Key::new(names.concat())
    }

    /// The prefix of a directory; of a leaf, the prefix it stands below.
    pub fn prefix_of(&self, id: NodeId) -> Key {
        match self.get(id) {
            Some(Node { parent: Some(parent), kind: NodeKind::Leaf(_), .. }) => {
                self.full_key(*parent)
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
        if !path.starts_with(&self.get(dir)?.name) {
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

    fn get_mut(&mut self, id: NodeId) -> Option<&mut Node> {
        let slot = self.slots.get_mut(id.slot as usize)?;
        slot.node.as_mut().filter(|_| slot.generation == id.generation)
    }

    fn dir_mut(&mut self, id: NodeId) -> Option<&mut Dir> {
        match &mut self.get_mut(id)?.kind {
            NodeKind::Dir(dir) => Some(dir),
            NodeKind::Leaf(_) => None,
        }
    }

    fn leaf_mut(&mut self, id: NodeId) -> Option<&mut Leaf> {
        match &mut self.get_mut(id)?.kind {
            NodeKind::Leaf(leaf) => Some(leaf),
            NodeKind::Dir(_) => None,
        }
    }

    /// Adds a child. There must be none of this name.
    fn add(&mut self, parent: NodeId, name: &[u8], kind: NodeKind) -> NodeId {
        let name: Arc<[u8]> = name.into();
        let node = Node { name: Arc::clone(&name), parent: Some(parent), kind, changed: None };
        let id = if let Some(at) = self.free.pop() {
            let slot = &mut self.slots[at as usize];
            slot.node = Some(node);
            NodeId { slot: at, generation: slot.generation }
        } else {
            self.slots.push(Slot { generation: 0, node: Some(node) });
            NodeId { slot: self.slots.len() as u32 - 1, generation: 0 }
        };
        if let Some(dir) = self.dir_mut(parent) {
            dir.children.insert(name, id);
        }
        self.rows.mark(parent);
        id
    }

    /// Removes a node with all that is below it. The root stays.
    fn remove(&mut self, id: NodeId) {
        let Some(Node { name, parent: Some(parent), .. }) = self.get(id) else { return };
        let (name, parent) = (Arc::clone(name), *parent);
        if let Some(dir) = self.dir_mut(parent) {
            dir.children.remove(&name);
        }
        self.rows.mark(parent);
        let mut doomed = vec![id];
        while let Some(id) = doomed.pop() {
            let slot = &mut self.slots[id.slot as usize];
            slot.generation = slot.generation.wrapping_add(1);
            if let Some(Node { kind: NodeKind::Dir(dir), .. }) = slot.node.take() {
                doomed.extend(dir.children.values());
            }
            self.free.push(id.slot);
        }
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
        let listed = self.dir(*parent).and_then(|parent| parent.listed.at(name));
        listed.is_some_and(|listed| listed > revision)
    }
}
