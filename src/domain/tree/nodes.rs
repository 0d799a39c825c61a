//! Where the nodes are: a table of slots, each of 48 bytes, whose names lie with their level.
//!
//! A key that is listed costs its slot, the bytes of its name, and four bytes in the order of its
//! level. What is true of few nodes only, such as a mark, is kept elsewhere.

use super::children::{Children, NameAt};
use super::node::{Dir, Leaf, Node, NodeId, NodeKind};
use crate::domain::Key;

/// All nodes of a tree.
#[derive(Clone, Debug)]
pub(super) struct Nodes {
    /// The name of the root, which stands in no level.
    root: Key,
    slots: Vec<Slot>,
    free: Vec<u32>,
}

#[derive(Clone, Debug)]
struct Slot {
    generation: u32,
    /// The slot of the directory it stands in; of the root, its own.
    parent: u32,
    name: NameAt,
    content: Content,
}

/// What a node is.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Free,
    Leaf(Leaf),
    Dir(Box<Dir>),
}

impl Content {
    pub(super) fn dir(dir: Dir) -> Content {
        Content::Dir(Box::new(dir))
    }
}

impl Nodes {
    /// A directory of this name and nothing else.
    pub(super) fn new(root: Key, dir: Dir) -> Nodes {
        let content = Content::dir(dir);
        let slot = Slot { generation: 0, parent: 0, name: NameAt::default(), content };
        Nodes { root, slots: vec![slot], free: Vec::new() }
    }

    pub(super) fn get(&self, id: NodeId) -> Option<Node<'_>> {
        let slot = self.slot(id)?;
        let kind = match &slot.content {
            Content::Free => return None,
            Content::Leaf(leaf) => NodeKind::Leaf(leaf),
            Content::Dir(dir) => NodeKind::Dir(dir),
        };
        if id == NodeId::ROOT {
            return Some(Node { name: self.root.as_bytes(), parent: None, kind });
        }
        let level = self.level(slot.parent)?;
        let name = level.children.name(slot.name);
        Some(Node { name, parent: Some(self.id(slot.parent)), kind })
    }

    pub(super) fn dir(&self, id: NodeId) -> Option<&Dir> {
        match &self.slot(id)?.content {
            Content::Dir(dir) => Some(dir),
            Content::Free | Content::Leaf(_) => None,
        }
    }

    pub(super) fn dir_mut(&mut self, id: NodeId) -> Option<&mut Dir> {
        match self.content_mut(id)? {
            Content::Dir(dir) => Some(dir),
            Content::Free | Content::Leaf(_) => None,
        }
    }

    pub(super) fn leaf_mut(&mut self, id: NodeId) -> Option<&mut Leaf> {
        match self.content_mut(id)? {
            Content::Leaf(leaf) => Some(leaf),
            Content::Free | Content::Dir(_) => None,
        }
    }

    pub(super) fn content_mut(&mut self, id: NodeId) -> Option<&mut Content> {
        let slot = self.slots.get_mut(id.slot as usize)?;
        (slot.generation == id.generation).then_some(&mut slot.content)
    }

    /// All directories, in no particular order.
    pub(super) fn dirs(&self) -> impl Iterator<Item = (NodeId, &Dir)> {
        self.slots.iter().enumerate().filter_map(|(at, slot)| match &slot.content {
            Content::Dir(dir) => {
                Some((NodeId { slot: at as u32, generation: slot.generation }, &**dir))
            }
            Content::Free | Content::Leaf(_) => None,
        })
    }

    /// The same, to be changed.
    pub(super) fn dirs_mut(&mut self) -> impl Iterator<Item = &mut Dir> {
        self.slots.iter_mut().filter_map(|slot| match &mut slot.content {
            Content::Dir(dir) => Some(&mut **dir),
            Content::Free | Content::Leaf(_) => None,
        })
    }

    /// The child of this name.
    pub(super) fn child(&self, dir: NodeId, name: &[u8]) -> Option<NodeId> {
        let children = &self.dir(dir)?.children;
        let found = children.at(children.seek(|child| self.name_in(children, child) < name))?;
        (self.name_in(children, found) == name).then(|| self.id(found))
    }

    /// The children, in the order of their names, from either end.
    pub(super) fn children(&self, dir: NodeId) -> impl DoubleEndedIterator<Item = NodeId> + '_ {
        let children = self.dir(dir).into_iter().flat_map(|dir| dir.children.iter());
        children.map(|child| self.id(child))
    }

    /// The children named `from` or later and before `to` (none: to the end), in order.
    pub(super) fn children_between<'a>(
        &'a self,
        dir: NodeId,
        from: &'a [u8],
        to: Option<&'a [u8]>,
    ) -> impl Iterator<Item = (&'a [u8], NodeId)> + 'a {
        let children = self.dir(dir).map(|dir| &dir.children);
        let all = children.into_iter().flat_map(move |children| {
            let start = children.seek(|child| self.name_in(children, child) < from);
            children.from(start).map(|child| (self.name_in(children, child), self.id(child)))
        });
        all.take_while(move |(name, _)| to.is_none_or(|to| *name < to))
    }

    /// Adds a child to a directory, which must have none of this name.
    pub(super) fn add(&mut self, parent: NodeId, name: &[u8], content: Content) -> NodeId {
        let child = self.free.pop().unwrap_or(self.slots.len() as u32);
        let mut children = self.take_children(parent);
        let place = children.seek(|known| self.name_in(&children, known) < name);
        let name = children.insert(place, child, name);
        self.put_children(parent, children);
        let slot = Slot { generation: 0, parent: parent.slot, name, content };
        match self.slots.get_mut(child as usize) {
            Some(free) => *free = Slot { generation: free.generation, ..slot },
            None => self.slots.push(slot),
        }
        self.id(child)
    }

    /// Removes a node, which is not the root, with all that is below it.
    pub(super) fn remove(&mut self, id: NodeId) {
        let Some(&Slot { parent, name, .. }) = self.slot(id) else { return };
        let parent = self.id(parent);
        let mut children = self.take_children(parent);
        let wanted = children.name(name);
        let place = children.seek(|known| self.name_in(&children, known) < wanted);
        children.remove(place, name);
        if children.is_wasteful() {
            let before = children.clear_names();
            for child in children.iter().collect::<Vec<_>>() {
                let slot = &mut self.slots[child as usize];
                slot.name = children.add_name(before.name(slot.name));
            }
        }
        self.put_children(parent, children);
        let mut doomed = vec![id.slot];
        while let Some(at) = doomed.pop() {
            let slot = &mut self.slots[at as usize];
            slot.generation = slot.generation.wrapping_add(1);
            if let Content::Dir(dir) = std::mem::replace(&mut slot.content, Content::Free) {
                doomed.extend(dir.children.iter());
            }
            self.free.push(at);
        }
    }

    /// The memory it takes, in bytes. Of the table, what is in use: the rest is touched by nobody.
    pub(super) fn memory(&self) -> usize {
        let below = |(_, dir): (NodeId, &Dir)| size_of::<Dir>() + dir.children.memory();
        let slots = self.slots.len() * size_of::<Slot>() + self.free.len() * size_of::<u32>();
        slots + self.dirs().map(below).sum::<usize>()
    }

    fn slot(&self, id: NodeId) -> Option<&Slot> {
        self.slots.get(id.slot as usize).filter(|slot| slot.generation == id.generation)
    }

    /// The ID of what is in a slot now.
    fn id(&self, slot: u32) -> NodeId {
        NodeId { slot, generation: self.slots[slot as usize].generation }
    }

    fn level(&self, slot: u32) -> Option<&Dir> {
        match &self.slots.get(slot as usize)?.content {
            Content::Dir(dir) => Some(dir),
            Content::Free | Content::Leaf(_) => None,
        }
    }

    fn name_in<'a>(&self, children: &'a Children, child: u32) -> &'a [u8] {
        children.name(self.slots[child as usize].name)
    }

    /// The children of a directory, to be changed while the slots are looked at, and put back.
    fn take_children(&mut self, dir: NodeId) -> Children {
        self.dir_mut(dir).map(|dir| std::mem::take(&mut dir.children)).unwrap_or_default()
    }

    fn put_children(&mut self, dir: NodeId, children: Children) {
        if let Some(dir) = self.dir_mut(dir) {
            dir.children = children;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slot_is_small() {
        assert_eq!(size_of::<Slot>(), 48);
    }
}
