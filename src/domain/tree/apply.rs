//! Events: how the listed part of the tree follows the store.

use std::time::Instant;

use super::changes::Change;
use super::nodes::Content;
use super::{Dir, Leaf, Level, NodeId, Tree, child_of};
use crate::domain::{Event, EventKind, Revision};

/// What an event or an answer did to the tree.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct Applied {
    /// How much of it can be seen.
    pub effect: Effect,
    /// Directories of which a key was deleted while nobody knows how many they have: they may be
    /// empty now. Count them, and bring the answer with [`Tree::set_count`].
    pub recount: Vec<NodeId>,
}

/// How much of the tree changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    /// Nothing that is known.
    #[default]
    None,
    /// What stands at a node, such as a revision or a count.
    Nodes,
    /// Which nodes there are.
    Structure,
}

impl Tree {
    /// Follows an event. Every level listed at an earlier revision is true again afterwards, those
    /// listed later know it already. `now` marks what changed.
    ///
    /// Each event comes once, and those of one range in the order of their revisions; of several
    /// watches of ranges that do not overlap one may be behind another. Costs O(depth x log children).
    pub fn apply(&mut self, event: &Event, now: Instant) -> Applied {
        let change = Change::of(event);
        let key = change.key.as_bytes();
        let Some(root) = self.root_len(key) else { return Applied::default() };
        let effect = self.apply_dir(NodeId::ROOT, &change, now);
        let mut applied = Applied { effect, ..Applied::default() };
        let (mut dir, mut at) = (NodeId::ROOT, root);
        loop {
            let child = child_of(&key[..at], key, &self.delimiter);
            let name = &key[at..at + child.name_len];
            at += child.name_len;
            // Listed at an earlier revision, so the event is news here.
            let listed = self.dir(dir).and_then(|dir| dir.listed.at(name));
            let news = listed.filter(|listed| change.revision > *listed);
            if let (None, Some(dir)) = (listed, self.dir_mut(dir))
                && let Some((left, at)) = &mut dir.left
                && change.revision > *at
            {
                *left += change.delta();
            }
            if !child.is_dir {
                if news.is_some() {
                    applied.effect =
                        applied.effect.max(self.apply_leaf(dir, name, &change, Some(now)));
                }
                break;
            }
            let Some(id) = self.child(dir, name) else {
                if let (Some(listed), Some(leaf)) = (news, change.leaf) {
                    self.add_live_dir(dir, name, listed, leaf, now);
                    applied.effect = Effect::Structure;
                }
                break;
            };
            applied.effect = applied.effect.max(self.apply_dir(id, &change, now));
            match self.dir(id) {
                None => break,
                Some(below) => {
                    let uncertain = below.counted_at.is_none() && !below.listed.is_everything();
                    if uncertain && news.is_some() && change.leaf.is_none() {
                        applied.recount.push(id);
                    }
                }
            }
            dir = id;
        }
        if change.leaf.is_none() {
            applied.effect = applied.effect.max(self.prune(dir, change.revision));
        }
        self.changes.push(change);
        applied
    }

    /// Takes note of an event without following it, for when they come too fast: the deepest known
    /// directory it happened in is stale by one change more, and what depends on the count of those
    /// above is due. Costs O(depth x log children).
    pub fn miss(&mut self, event: &Event) {
        let changes_counts = event.kind == EventKind::Delete || event.is_create();
        self.miss_key(event.entry.key.as_bytes(), event.revision(), changes_counts);
    }

    /// Takes note that a key changed, nobody knows how: like [`miss`](Tree::miss). Answers with the
    /// directory that is stale, if any is.
    pub fn miss_change(&mut self, key: &[u8], revision: Revision) -> Option<NodeId> {
        self.miss_key(key, revision, true)
    }

    fn miss_key(&mut self, key: &[u8], revision: Revision, changes_counts: bool) -> Option<NodeId> {
        let root = self.root_len(key)?;
        let (mut id, mut at) = (NodeId::ROOT, root);
        loop {
            if changes_counts && let Some(dir) = self.dir_mut(id) {
                dir.counted_at = None;
            }
            let child = child_of(&key[..at], key, &self.delimiter);
            let name = &key[at..at + child.name_len];
            match self.child(id, name).filter(|_| child.is_dir) {
                Some(below) => (id, at) = (below, at + child.name_len),
                None => break,
            }
        }
        self.changes.skip(revision);
        let name = &key[at..];
        let is_known = |dir: &Dir| dir.listed.at(name).is_some_and(|at| at >= revision);
        if self.dir(id).is_some_and(is_known) {
            return None;
        }
        let dir = self.dir_mut(id)?;
        match &mut dir.level {
            Level::Stale { missed } => *missed += 1,
            Level::Ready { .. } => {
                dir.level = Level::Stale { missed: 1 };
                dir.forget_listed();
                self.rows.mark(id);
            }
            // Whatever is listed now is found to be too old when it comes.
            Level::NotLoaded | Level::Loading | Level::Failed(_) => {
                dir.forget_listed();
                return None;
            }
        }
        Some(id)
    }

    /// How long the prefix of the tree is; none where the key is not in it.
    fn root_len(&self, key: &[u8]) -> Option<usize> {
        let root = self.get(NodeId::ROOT)?.name;
        key.starts_with(root).then_some(root.len())
    }

    /// A directory seen for the first time, because of a key below it. Since its level was listed
    /// without it, there was nothing in it then.
    fn add_live_dir(
        &mut self,
        parent: NodeId,
        name: &[u8],
        listed: Revision,
        leaf: Leaf,
        now: Instant,
    ) {
        let mut dir = Dir::new();
        // A put that creates nothing would contradict the listing; then the count is anyone's guess.
        if leaf.version.0 == 1 {
            (dir.count, dir.counted_at) = (Some(1), Some(listed));
        }
        let id = self.add(parent, name, Content::dir(dir));
        self.mark_changed(id, now);
    }

    /// The change of a key somewhere below a directory: its count, and its end if that is 0.
    fn apply_dir(&mut self, id: NodeId, change: &Change, now: Instant) -> Effect {
        let delta = change.delta();
        let Some(dir) = self.dir_mut(id) else { return Effect::None };
        let mut effect = Effect::None;
        if let (Some(count), Some(since)) = (dir.count, dir.counted_at)
            && change.revision > since
            && delta != 0
        {
            dir.count = Some(count + delta);
            effect = Effect::Nodes;
        }
        // In an open directory the change is marked where it happened.
        let hidden = !dir.open || dir.listed.oldest().is_none();
        let is_gone = dir.counted_at.is_some() && dir.count.is_some_and(|count| count <= 0);
        if let (true, Some(parent)) = (is_gone, self.parent(id))
            && !self.is_listed_after(id, change.revision)
        {
            self.remove(id);
            self.mark_changed(parent, now);
            return Effect::Structure;
        }
        if hidden {
            self.mark_changed(id, now);
            effect = effect.max(Effect::Nodes);
        }
        effect
    }

    /// The change of a key in the level it stands in. Without `now` it is not marked: it is an old
    /// one, played again.
    pub(super) fn apply_leaf(
        &mut self,
        dir: NodeId,
        name: &[u8],
        change: &Change,
        now: Option<Instant>,
    ) -> Effect {
        let (effect, touched) = match (self.child(dir, name), change.leaf) {
            (Some(id), Some(new)) => {
                let Some(leaf) = self.nodes.leaf_mut(id) else { return Effect::None };
                if leaf.mod_revision >= new.mod_revision {
                    return Effect::None;
                }
                *leaf = new;
                (Effect::Nodes, id)
            }
            (None, Some(new)) => (Effect::Structure, self.add(dir, name, Content::Leaf(new))),
            (Some(id), None) => {
                let known = self.get(id).and_then(|node| node.as_leaf());
                if known.is_none_or(|leaf| leaf.mod_revision >= change.revision) {
                    return Effect::None;
                }
                self.remove(id);
                (Effect::Structure, dir)
            }
            (None, None) => return Effect::None,
        };
        if let Some(now) = now {
            self.mark_changed(touched, now);
        }
        effect
    }

    fn mark_changed(&mut self, id: NodeId, now: Instant) {
        self.marks.insert(id, now);
    }
}
