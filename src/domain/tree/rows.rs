//! The visible rows, as one flat list that a screen scrolls over.
//!
//! The list is not touched while the tree changes; [`Tree::refresh_rows`] then replaces the rows
//! below the directories that changed. With a filter there is a second list, made from the first.

use std::cmp::Ordering;

use super::filter::Filtered;
use super::splice::{Dirty, replace};
use super::{Dir, Level, NodeId, Tree};

/// One visible row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What stands there.
    pub kind: RowKind,
    /// How many directories it stands below, the root not counted.
    pub depth: u16,
}

/// What a row shows. All but the first two stand after the children of an open directory and say what
/// is known of its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// A key or directory.
    Node(NodeId),
    /// Between children that are listed there are more.
    Gap {
        /// The directory.
        dir: NodeId,
        /// The child that stands before them; the directory where none does.
        after: NodeId,
    },
    /// This directory has more children than were listed.
    More(NodeId),
    /// This directory is being listed, or is about to be.
    Loading(NodeId),
    /// This directory could not be listed; its level holds the reason.
    Failed(NodeId),
    /// This directory has no children.
    Empty(NodeId),
    /// Events were missed; what stands above may no longer be so.
    Stale(NodeId),
}

impl RowKind {
    /// The node of the row; for the rows that describe a level, its directory.
    pub fn node(self) -> NodeId {
        match self {
            RowKind::Node(id)
            | RowKind::Gap { dir: id, .. }
            | RowKind::More(id)
            | RowKind::Loading(id)
            | RowKind::Failed(id)
            | RowKind::Empty(id)
            | RowKind::Stale(id) => id,
        }
    }
}

impl RowKind {
    /// The node that tells where the row stands.
    fn beside(self) -> NodeId {
        match self {
            RowKind::Gap { after, .. } => after,
            kind => kind.node(),
        }
    }
}

/// The list, what of it is out of date, and what a filter leaves of it.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    list: Vec<Row>,
    dirty: Dirty,
    filtered: Option<Filtered>,
}

impl Rows {
    pub(super) fn new() -> Rows {
        Rows { list: Vec::new(), dirty: Dirty::All, filtered: None }
    }

    /// The rows below a directory are out of date.
    pub(super) fn mark(&mut self, id: NodeId) {
        self.dirty.mark(id);
    }

    pub(super) fn mark_all(&mut self) {
        self.dirty = Dirty::All;
    }

    /// The memory it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        let filtered = self.filtered.as_ref().and_then(Filtered::list).map_or(0, Vec::len);
        (self.list.len() + filtered) * size_of::<Row>()
    }

    /// What can be seen.
    fn shown(&self) -> &[Row] {
        self.filtered.as_ref().and_then(Filtered::list).unwrap_or(&self.list)
    }
}

/// A directory whose rows are being written.
struct Frame<'a, I> {
    id: NodeId,
    dir: &'a Dir,
    children: I,
    /// The child written last; the directory before the first one.
    last: NodeId,
    /// Where what is not listed begins, of what comes before a child that is.
    gaps: std::vec::IntoIter<&'a [u8]>,
    gap: Option<&'a [u8]>,
}

/// Where something stands in the order of the rows.
#[derive(Clone, Copy)]
struct Spot<'a> {
    path: &'a [u8],
    side: Side,
}

/// Where it stands to what has this path.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Side {
    /// It is that key or directory.
    At,
    /// Right behind its row.
    After,
    /// Behind everything in that directory.
    Behind,
}

impl Spot<'_> {
    fn cmp(self, other: Spot) -> Ordering {
        if self.path == other.path {
            self.side.cmp(&other.side)
        } else if other.path.starts_with(self.path) && self.side == Side::Behind {
            Ordering::Greater
        } else if self.path.starts_with(other.path) && other.side == Side::Behind {
            Ordering::Less
        } else {
            self.path.cmp(other.path)
        }
    }
}

impl Tree {
    /// The visible rows, as of the last [`refresh_rows`](Tree::refresh_rows).
    pub fn rows(&self) -> &[Row] {
        self.rows.shown()
    }

    /// How many rows there are without the filter.
    pub fn all_rows(&self) -> usize {
        self.rows.list.len()
    }

    /// The row at this place.
    pub fn row(&self, index: usize) -> Option<Row> {
        self.rows().get(index).copied()
    }

    /// Where a node is shown; none when it is gone, filtered out or in a closed directory.
    pub fn row_index(&self, id: NodeId) -> Option<usize> {
        self.position(RowKind::Node(id))
    }

    /// Where this very row is, whatever it shows. Costs O(depth x log rows).
    pub fn position(&self, kind: RowKind) -> Option<usize> {
        self.position_in(self.rows(), kind)
    }

    /// The row of a key or prefix, or the one that comes after where it would stand (at the end: the
    /// last): where a selection goes when what was selected is gone. None when there are no rows.
    /// The rows must be fresh.
    pub fn row_near(&self, key: &[u8]) -> Option<usize> {
        let last = self.rows().len().checked_sub(1)?;
        Some(self.seek(self.rows(), Spot { path: key, side: Side::At }).min(last))
    }

    /// Shows only the rows whose visible name contains this text, whatever its case, and those that
    /// lead to one. Only what is loaded and visible is searched.
    pub fn set_filter(&mut self, text: Option<String>) {
        let before = self.rows.filtered.take();
        let text = text.filter(|text| !text.is_empty());
        self.rows.filtered = text.map(|text| Filtered::new(&text, before));
    }

    /// Whether the rows are out of date.
    pub fn rows_are_stale(&self) -> bool {
        !self.rows.dirty.is_clean() || self.is_filtering()
    }

    /// Whether a filter has not been through all rows yet. What it leaves is shown when it has.
    pub fn is_filtering(&self) -> bool {
        self.rows.filtered.as_ref().is_some_and(Filtered::is_due)
    }

    /// Brings the rows up to date. Costs O(rows below the directories that changed), plus moving those
    /// behind them. A filter goes through some ten thousand rows at a time, so that nobody waits for
    /// it: the rows are up to date when they [are not stale](Tree::rows_are_stale) any more.
    pub fn refresh_rows(&mut self) {
        // The filter goes through the list from one end to the other: it must not change meanwhile.
        let is_under_way = self.rows.filtered.as_ref().is_some_and(Filtered::is_under_way);
        if !is_under_way && !self.rows.dirty.is_clean() {
            let list = std::mem::take(&mut self.rows.list);
            let dirty = std::mem::replace(&mut self.rows.dirty, Dirty::clean());
            self.rows.list = self.refreshed(list, dirty);
            if let Some(filtered) = &mut self.rows.filtered {
                filtered.begin();
            }
        }
        if let Some(mut filtered) = self.rows.filtered.take() {
            filtered.go_on(self, &self.rows.list);
            self.rows.filtered = Some(filtered);
        }
    }

    fn refreshed(&self, mut list: Vec<Row>, dirty: Dirty) -> Vec<Row> {
        let Dirty::Below(dirs) = dirty else {
            list.clear();
            self.write(NodeId::ROOT, 0, &mut list);
            return list;
        };
        let mut parts = Vec::new();
        for id in dirs {
            // What has no row is in a closed directory, or below another one that changed.
            let Some(at) = self.position_in(&list, RowKind::Node(id)) else { continue };
            let depth = list[at].depth.saturating_add(1);
            let old = list[at + 1..].iter().take_while(|row| row.depth >= depth).count();
            parts.push((at + 1..at + 1 + old, id, depth));
        }
        parts.sort_unstable_by_key(|(old, ..)| (old.start, std::cmp::Reverse(old.end)));
        let mut behind = 0;
        parts.retain(|(old, ..)| {
            let is_outermost = old.start >= behind;
            behind = behind.max(old.end);
            is_outermost
        });
        let write = |(old, id, depth)| {
            let mut new = Vec::new();
            if self.dir(id).is_some_and(|dir| dir.open) {
                self.write(id, depth, &mut new);
            }
            (old, new)
        };
        replace(&mut list, &parts.into_iter().map(write).collect::<Vec<_>>());
        list
    }

    /// Writes the rows below a directory as if it were open. Without recursion: paths can be deep.
    fn write(&self, id: NodeId, depth: u16, list: &mut Vec<Row>) {
        let frame = |id| {
            let (dir, children) = (self.dir(id)?, self.children(id));
            let mut gaps = inner_gaps(dir).into_iter();
            Some(Frame { id, dir, children, last: id, gap: gaps.next(), gaps })
        };
        let mut frames: Vec<Frame<_>> = frame(id).into_iter().collect();
        loop {
            let below = u16::try_from(frames.len().saturating_sub(1)).unwrap_or(u16::MAX);
            let depth = depth.saturating_add(below);
            let Some(top) = frames.last_mut() else { break };
            let next = top.children.next();
            let name = next.and_then(|child| self.get(child)).map(|node| node.name);
            while let Some(gap) = top.gap
                && name.is_none_or(|name| name >= gap)
            {
                let kind = RowKind::Gap { dir: top.id, after: top.last };
                // With nothing listed between two of them they are one.
                if list.last().map(|row: &Row| row.kind) != Some(kind) {
                    list.push(Row { kind, depth });
                }
                top.gap = top.gaps.next();
            }
            let Some(child) = next else {
                list.extend(face(top.id, top.dir).map(|kind| Row { kind, depth }));
                frames.pop();
                continue;
            };
            top.last = child;
            list.push(Row { kind: RowKind::Node(child), depth });
            if self.dir(child).is_some_and(|dir| dir.open) {
                frames.extend(frame(child));
            }
        }
    }

    /// Where this row is in a list, which may hold rows of what is gone.
    fn position_in(&self, list: &[Row], kind: RowKind) -> Option<usize> {
        self.get(kind.beside())?;
        let path = self.full_key(kind.beside());
        let spot = Spot { path: path.as_bytes(), side: self.side(kind) };
        let first = self.seek(list, spot);
        let is_there = |row: &Row| self.get(row.kind.beside()).is_some();
        // A directory and the key that equals its prefix are one after the other.
        let same =
            list[first..].iter().take_while(|row| !is_there(row) || self.order(row, spot).is_eq());
        same.enumerate().find(|(_, row)| row.kind == kind).map(|(at, _)| first + at)
    }

    /// The first row of a list that is not before a spot. Rows of what is gone say nothing of where
    /// they are; the next one that is there does.
    fn seek(&self, list: &[Row], spot: Spot) -> usize {
        let (mut from, mut to) = (0, list.len());
        while from < to {
            let middle = usize::midpoint(from, to);
            let there = (middle..to).find(|at| self.get(list[*at].kind.beside()).is_some());
            match there {
                Some(at) if self.order(&list[at], spot).is_lt() => from = at + 1,
                Some(_) | None => to = middle,
            }
        }
        from
    }

    /// How a row stands to a spot: the rows are in this order.
    fn order(&self, row: &Row, spot: Spot) -> Ordering {
        let path = self.full_key(row.kind.beside());
        Spot { path: path.as_bytes(), side: self.side(row.kind) }.cmp(spot)
    }

    fn side(&self, kind: RowKind) -> Side {
        match kind {
            RowKind::Node(_) => Side::At,
            RowKind::Gap { dir, after } if dir == after || self.dir(after).is_none() => Side::After,
            _ => Side::Behind,
        }
    }
}

/// What the row after the children says of a level, if there is anything to say.
fn face(id: NodeId, dir: &Dir) -> Option<RowKind> {
    match dir.level {
        // What is listed last is the end: then it is said where the rest is missing.
        Level::Loading | Level::Ready { complete: false, .. } if ends_listed(dir) => None,
        Level::NotLoaded | Level::Loading => Some(RowKind::Loading(id)),
        Level::Failed(_) => Some(RowKind::Failed(id)),
        Level::Stale { .. } => Some(RowKind::Stale(id)),
        Level::Ready { complete: false, .. } => Some(RowKind::More(id)),
        Level::Ready { complete: true, .. } => {
            dir.children.is_empty().then_some(RowKind::Empty(id))
        }
    }
}

/// Where the stretches begin that are not listed while something behind them is.
fn inner_gaps(dir: &Dir) -> Vec<&[u8]> {
    match dir.level {
        Level::Loading | Level::Ready { complete: false, .. } => {
            let inner = |(from, to): (_, Option<_>)| to.is_some().then_some(from);
            dir.gaps().into_iter().filter_map(inner).collect()
        }
        Level::NotLoaded | Level::Failed(_) | Level::Stale { .. } | Level::Ready { .. } => {
            Vec::new()
        }
    }
}

/// Whether a gap is all that is missing: its end is listed.
fn ends_listed(dir: &Dir) -> bool {
    dir.gaps().last().is_some_and(|(_, to)| to.is_some())
}
