//! One node of the tree: a key, or a directory with what is known of its level.

use super::children::Children;
use super::extent::Extent;
use crate::domain::{LeaseId, Revision, Version};

/// A node. It names the same node for ever: the ID of a node that is gone finds nothing, also after
/// its place is taken by another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    pub(super) slot: u32,
    pub(super) generation: u32,
}

impl NodeId {
    /// The directory of the whole tree; it is never removed and has no row.
    pub const ROOT: NodeId = NodeId { slot: 0, generation: 0 };
}

/// A key or a directory, as it is now.
#[derive(Clone, Copy, Debug)]
pub struct Node<'a> {
    /// The bytes after the parent's prefix; see [`super::ListedChild::name`]. Of the root, its prefix.
    pub name: &'a [u8],
    /// The directory it stands in; none for the root.
    pub parent: Option<NodeId>,
    /// Which of both, with what is known of it.
    pub kind: NodeKind<'a>,
}

/// Key or directory.
#[derive(Clone, Copy, Debug)]
pub enum NodeKind<'a> {
    /// A key.
    Leaf(&'a Leaf),
    /// What keys have in common up to a delimiter.
    Dir(&'a Dir),
}

impl<'a> Node<'a> {
    /// The directory, if it is one.
    pub fn as_dir(&self) -> Option<&'a Dir> {
        match self.kind {
            NodeKind::Dir(dir) => Some(dir),
            NodeKind::Leaf(_) => None,
        }
    }

    /// The key's metadata, if it is one.
    pub fn as_leaf(&self) -> Option<&'a Leaf> {
        match self.kind {
            NodeKind::Leaf(leaf) => Some(leaf),
            NodeKind::Dir(_) => None,
        }
    }

    /// Whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.as_dir().is_some()
    }
}

/// What a listing tells of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// Its last write.
    pub mod_revision: Revision,
    /// Its writes since creation.
    pub version: Version,
    /// Its lease, if any.
    pub lease: LeaseId,
}

/// A directory.
#[derive(Clone, Debug)]
pub struct Dir {
    /// What is known of the children.
    pub level: Level,
    /// Whether the children are shown.
    pub open: bool,
    /// How many keys are below it; none when nobody asked yet. See [`super::Tree::count_due`].
    pub count: Option<i64>,
    /// The revision the count was taken at, as long as every later change is added to it.
    pub(super) counted_at: Option<Revision>,
    /// The children in the order of their names, which is etcd's order of the keys.
    pub(super) children: Children,
    /// Which names are listed, and at which revision: there the children follow the events.
    pub(super) listed: Extent,
    /// How many keys are below those names that are not listed, and the revision that was counted at,
    /// as long as every later change is added.
    pub(super) left: Option<(i64, Revision)>,
}

impl Dir {
    pub(super) fn new() -> Dir {
        Dir {
            level: Level::NotLoaded,
            open: false,
            count: None,
            counted_at: None,
            children: Children::default(),
            listed: Extent::new(),
            left: None,
        }
    }

    /// How many children are known.
    pub fn len(&self) -> usize {
        self.children.len()
    }

    /// Nothing of it is known to be true any more.
    pub(super) fn forget_listed(&mut self) {
        self.listed = Extent::new();
        self.left = None;
    }

    /// How many keys there are in the part of it that is not listed, where that is known.
    pub fn left(&self) -> Option<i64> {
        self.left.map(|(left, _)| left).filter(|left| *left > 0)
    }

    /// The stretches of names that are not listed: from, and up to (none: to the end).
    pub fn gaps(&self) -> Vec<(&[u8], Option<&[u8]>)> {
        self.listed.gaps()
    }

    /// Whether no child is known.
    pub fn is_empty(&self) -> bool {
        self.children.is_empty()
    }
}

/// What is known of a directory's children.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Level {
    /// Nothing, and nobody asked.
    NotLoaded,
    /// Asked for. What an earlier listing found is still there.
    Loading,
    /// Listed, and kept true by the events since.
    Ready {
        /// The revision of the last page.
        revision: Revision,
        /// Whether that page was the last one; if not, there is more after the last child.
        complete: bool,
    },
    /// The listing failed, for this reason.
    Failed(String),
    /// Events were missed: what is there may no longer be so.
    Stale {
        /// How many of them are known to have changed something in it or below; 0 where nobody
        /// counted.
        missed: u64,
    },
}
