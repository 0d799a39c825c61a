//! Listings and counts: how answers, each true at its revision, become part of a tree that has
//! meanwhile gone on.

use std::collections::HashSet;

use super::changes::{Change, Changes};
use super::nodes::Content;
use super::{Applied, Dir, Effect, Leaf, Level, ListedChild, NodeId, NodeKind, Tree, child_of};
use crate::domain::{LeaseId, Revision, Version};

impl Tree {
    /// Whether a directory is to be listed (again): never was, failed, or went stale.
    pub fn wants_listing(&self, id: NodeId) -> bool {
        self.dir(id).is_some_and(|dir| match dir.level {
            Level::NotLoaded | Level::Failed(_) | Level::Stale { .. } => true,
            Level::Loading | Level::Ready { .. } => false,
        })
    }

    /// Whether a directory's count is unknown, or known from before events were missed.
    pub fn count_due(&self, id: NodeId) -> bool {
        self.dir(id).is_some_and(|dir| dir.counted_at.is_none())
    }

    /// A listing of this directory begins, or goes on. What is known stays, and follows the events,
    /// until the pages pass over it. The pages must be read at a revision not older than the present
    /// one: older changes may have been forgotten.
    pub fn begin_loading(&mut self, id: NodeId) {
        self.set_level(id, Level::Loading);
    }

    /// A listing of this directory is given up. What it found stays.
    pub fn stop_loading(&mut self, id: NodeId) {
        let Some(Dir { level: Level::Loading, listed, .. }) = self.dir(id) else { return };
        let level = match listed.oldest() {
            Some(revision) => Level::Ready { revision, complete: listed.is_everything() },
            None => Level::NotLoaded,
        };
        self.set_level(id, level);
    }

    /// The listing failed, for a reason fit for the screen. What is known stays.
    pub fn fail(&mut self, id: NodeId, reason: String) {
        self.set_level(id, Level::Failed(reason));
    }

    /// Takes in a page of a listing: `page` holds, in order, all children with names from `from` up to
    /// `to` (none: to the end), as they were at `revision`; after a `complete` one all that were asked
    /// for are there.
    ///
    /// Children seen before keep their node and, when directories, their own level. Those that a
    /// listing passed over are removed. Changes after `revision` that were seen already are played on
    /// top; when they are forgotten the level is [`Level::Stale`]. A directory of which nothing is
    /// left is removed with its level, unless nothing was ever known of it.
    pub fn insert_page(
        &mut self,
        id: NodeId,
        (from, to): (&[u8], Option<&[u8]>),
        page: &[ListedChild],
        revision: Revision,
        complete: bool,
    ) -> Applied {
        let mut applied = Applied::default();
        let Some(dir) = self.dir(id) else { return applied };
        let was_known = !dir.children.is_empty();
        let page = &page[page.partition_point(|child| child.name.as_slice() < from)..];
        let inside = |child: &ListedChild| to.is_none_or(|to| child.name.as_slice() < to);
        let page = &page[..page.partition_point(inside)];
        applied.effect = Effect::Structure;
        self.count_off(id, (from, to), page, revision);

        // Whose count is the one at `revision`, so that the later changes are still to be added.
        let mut fresh = HashSet::new();
        let is_absent =
            |name: &[u8]| page.binary_search_by(|listed| (*listed.name).cmp(name)).is_err();
        let known = self.children_between(id, from, to);
        let gone: Vec<NodeId> =
            known.filter_map(|(name, child)| is_absent(name).then_some(child)).collect();
        for child in gone {
            self.set_as_listed(child, &absent(), revision, &mut fresh);
        }
        for listed in page {
            let child = self.child(id, &listed.name).unwrap_or_else(|| {
                let kind = if listed.is_dir {
                    Content::dir(Dir::new())
                } else {
                    Content::Leaf(leaf_of(&absent()))
                };
                self.add(id, &listed.name, kind)
            });
            self.set_as_listed(child, listed, revision, &mut fresh);
        }

        let changes = std::mem::take(&mut self.changes);
        let recount = self.replay(id, (from, to), revision, &changes, &mut fresh);
        self.changes = changes;
        let is_true = recount.is_some();
        applied.recount = recount.unwrap_or_default();
        self.sweep(id, from, to, &fresh);

        let level =
            if is_true { Level::Ready { revision, complete } } else { Level::Stale { missed: 0 } };
        if let (Some(dir), true) = (self.dir_mut(id), is_true) {
            dir.listed.set(from.to_vec(), to.map(<[u8]>::to_vec), revision);
            dir.left = dir.left.filter(|_| !complete);
        }
        self.set_level(id, level);
        if was_known && is_true {
            self.prune(id, revision.max(self.changes.newest()));
        }
        applied
    }

    /// What a page lists is not left to be listed any more. A page of another revision than the count
    /// makes it unknown: of a change between the two, which may still be on its way, nobody could
    /// tell whether it was counted.
    fn count_off(
        &mut self,
        id: NodeId,
        (from, to): (&[u8], Option<&[u8]>),
        page: &[ListedChild],
        revision: Revision,
    ) {
        let prefix = self.full_key(id);
        let Some(dir) = self.dir(id) else { return };
        let Some((left, at)) = dir.left else { return };
        let overlaps = |gap: &(&[u8], Option<&[u8]>)| {
            to.is_none_or(|to| gap.0 < to) && gap.1.is_none_or(|end| from < end)
        };
        if !dir.gaps().iter().any(overlaps) {
            return;
        }
        let is_new = |name: &[u8]| dir.listed.at(name).is_none();
        let keys = |child: &ListedChild| if child.is_dir { child.count } else { Some(1) };
        let listed: Option<i64> = page.iter().filter(|child| is_new(&child.name)).map(keys).sum();
        // Events that the page does not know yet were added before.
        let later: Option<i64> = self.changes.since(at).map(|changes| {
            let below = changes.filter_map(|change| {
                let name = change.key.as_bytes().strip_prefix(prefix.as_bytes())?;
                let inside = name >= from && to.is_none_or(|to| name < to) && is_new(name);
                inside.then(|| change.delta())
            });
            below.sum()
        });
        let left = listed.zip(later).map(|(listed, later)| (left - listed - later, at));
        if let Some(dir) = self.dir_mut(id) {
            dir.left = left.filter(|_| revision == at);
        }
    }

    /// Takes in how many keys of a directory are below the names from `from` up to `to` (none: to the
    /// end), as of `revision`. It is kept if those are the names that are not listed.
    pub fn set_left(
        &mut self,
        id: NodeId,
        (from, to): (&[u8], Option<&[u8]>),
        left: i64,
        revision: Revision,
    ) {
        let prefix = self.full_key(id);
        let Some(dir) = self.dir(id).filter(|dir| dir.gaps() == [(from, to)]) else { return };
        let later: Option<i64> = self.changes.since(revision).map(|changes| {
            let names = changes.filter_map(|change| {
                Some((change, change.key.as_bytes().strip_prefix(prefix.as_bytes())?))
            });
            let unlisted = names.filter(|(_, name)| dir.listed.at(name).is_none());
            unlisted.map(|(change, _)| change.delta()).sum()
        });
        let left = later.map(|later| (left + later, revision));
        if let Some(dir) = self.dir_mut(id) {
            dir.left = left;
        }
    }

    /// Takes in how many keys are below a directory, as counted at `revision`.
    ///
    /// The changes after `revision` that were seen already are added, from the memory of the last
    /// ones; if they are forgotten the count is shown but stays due. An older count than the known
    /// one is ignored. With no key left the directory is removed.
    pub fn set_count(&mut self, id: NodeId, count: i64, revision: Revision) -> Applied {
        let mut applied = Applied::default();
        let prefix = self.full_key(id);
        let Some(dir) = self.dir(id) else { return applied };
        if dir.counted_at.is_some_and(|known| known > revision) {
            return applied;
        }
        let later: Option<i64> = self.changes.since(revision).map(|changes| {
            let below = |change: &&Change| change.key.as_bytes().starts_with(prefix.as_bytes());
            changes.filter(below).map(Change::delta).sum()
        });
        let count = count + later.unwrap_or_default();
        if let Some(dir) = self.dir_mut(id) {
            dir.count = Some(count);
            dir.counted_at = later.map(|_| revision);
            applied.effect = Effect::Nodes;
        }
        let as_of = revision.max(self.changes.newest());
        if let (true, true, Some(parent)) = (count <= 0, later.is_some(), self.parent(id))
            && !self.is_listed_after(id, as_of)
        {
            self.remove(id);
            self.prune(parent, as_of);
            applied.effect = Effect::Structure;
        }
        applied
    }

    /// Events were missed, nobody knows which: everything listed is stale, and every count is due.
    /// Answers to what was asked before must not be brought any more. Not for a watch that goes on
    /// where it broke off: nothing was missed then.
    pub fn stale_all(&mut self) {
        self.stale_before(Revision(i64::MAX));
        self.changes.forget(self.changes.newest());
    }

    /// The watch begins after `revision`: whatever was read at an earlier one missed events. To be
    /// called when a watch begins anew, with the revision before its first.
    pub fn follow_from(&mut self, revision: Revision) {
        self.stale_before(revision);
        self.changes.forget(revision);
    }

    fn stale_before(&mut self, revision: Revision) {
        for dir in self.nodes.dirs_mut() {
            if dir.counted_at.is_some_and(|counted| counted < revision) {
                dir.counted_at = None;
            }
            if dir.listed.oldest().is_some_and(|listed| listed < revision) {
                dir.forget_listed();
                if matches!(dir.level, Level::Ready { .. }) {
                    dir.level = Level::Stale { missed: 0 };
                }
            }
        }
        self.rows.mark_all();
    }

    fn set_level(&mut self, id: NodeId, level: Level) {
        if let Some(dir) = self.dir_mut(id) {
            dir.level = level;
            self.rows.mark(id);
        }
    }

    /// Puts a child into the state a listing found it in.
    fn set_as_listed(
        &mut self,
        id: NodeId,
        listed: &ListedChild,
        revision: Revision,
        fresh: &mut HashSet<NodeId>,
    ) {
        match self.nodes.content_mut(id) {
            None | Some(Content::Free) => {}
            Some(Content::Leaf(leaf)) => *leaf = leaf_of(listed),
            Some(Content::Dir(dir)) => {
                let newer = dir.counted_at.is_none_or(|counted| counted <= revision);
                if let (Some(count), true) = (listed.count, newer) {
                    (dir.count, dir.counted_at) = (Some(count), Some(revision));
                    fresh.insert(id);
                }
            }
        }
    }

    /// Plays the changes after `revision` again for the children of one directory between two names.
    /// Answers with the directories that lost keys nobody counts; none when the changes are no
    /// longer known.
    fn replay(
        &mut self,
        id: NodeId,
        (from, to): (&[u8], Option<&[u8]>),
        revision: Revision,
        changes: &Changes,
        fresh: &mut HashSet<NodeId>,
    ) -> Option<Vec<NodeId>> {
        let prefix = self.full_key(id);
        let prefix = prefix.as_bytes();
        let mut recount = Vec::new();
        let later = changes.since(revision)?;
        for change in later {
            let key = change.key.as_bytes();
            if !key.starts_with(prefix) {
                continue;
            }
            let child = child_of(prefix, key, &self.delimiter);
            let name = &key[prefix.len()..prefix.len() + child.name_len];
            if name < from || to.is_some_and(|to| name >= to) {
                continue;
            }
            if !child.is_dir {
                self.apply_leaf(id, name, change, None);
                continue;
            }
            let below = self.child(id, name).or_else(|| {
                change.leaf.is_some().then(|| {
                    let dir = Dir { count: Some(0), counted_at: Some(revision), ..Dir::new() };
                    let below = self.add(id, name, Content::dir(dir));
                    fresh.insert(below);
                    below
                })
            });
            let is_fresh = below.is_some_and(|below| fresh.contains(&below));
            let Some((below, dir)) = below.and_then(|at| Some((at, self.dir_mut(at)?))) else {
                continue;
            };
            if is_fresh {
                dir.count = dir.count.map(|count| count + change.delta());
            } else if dir.counted_at.is_none() && change.leaf.is_none() {
                recount.push(below);
            }
        }
        recount.dedup();
        Some(recount)
    }

    /// Removes what is absent after all: leaves that no change brought back, empty directories.
    fn sweep(&mut self, id: NodeId, from: &[u8], to: Option<&[u8]>, fresh: &HashSet<NodeId>) {
        let is_gone = |child: &NodeId| match self.get(*child).map(|node| node.kind) {
            Some(NodeKind::Leaf(leaf)) => !leaf.mod_revision.is_some(),
            Some(NodeKind::Dir(dir)) => {
                fresh.contains(child) && dir.count.is_some_and(|count| count <= 0)
            }
            None => false,
        };
        let children = self.children_between(id, from, to).map(|(_, child)| child);
        let gone: Vec<NodeId> = children.filter(is_gone).collect();
        for child in gone {
            self.remove(child);
        }
    }
}

fn leaf_of(listed: &ListedChild) -> Leaf {
    Leaf { mod_revision: listed.mod_revision, version: listed.version, lease: listed.lease }
}

/// How a child that is not there would be listed.
fn absent() -> ListedChild {
    ListedChild {
        name: Vec::new(),
        is_dir: false,
        mod_revision: Revision::NONE,
        version: Version(0),
        lease: LeaseId::NONE,
        count: Some(0),
    }
}
