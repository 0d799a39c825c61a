//! The visible rows, as one flat list that a screen scrolls over.
//!
//! The list is not touched while the tree changes; [`Tree::refresh_rows`] then replaces the rows
//! below the directories that changed, or all of them when there are many.

use std::cmp::Ordering;
use std::collections::btree_map;
use std::sync::Arc;

use super::{Dir, Level, Node, NodeId, Tree};
use crate::domain::escape;

/// Up to this many changed directories are replaced one by one.
const MOST_SPLICES: usize = 8;

/// One visible row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// What stands there.
    pub kind: RowKind,
    /// How many directories it stands below, the root not counted.
    pub depth: u16,
}

/// What a row shows. All but the first stand after the children of an open directory and say what
/// is known of its level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RowKind {
    /// A key or directory.
    Node(NodeId),
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
            | RowKind::More(id)
            | RowKind::Loading(id)
            | RowKind::Failed(id)
            | RowKind::Empty(id)
            | RowKind::Stale(id) => id,
        }
    }
}

/// The list, what of it is out of date, and the filter it is made with.
#[derive(Clone, Debug)]
pub(super) struct Rows {
    list: Vec<Row>,
    dirty: Dirty,
    filter: Option<Filter>,
}

#[derive(Clone, Debug)]
enum Dirty {
    /// The rows below these directories.
    Below(Vec<NodeId>),
    All,
}

impl Rows {
    pub(super) fn new() -> Rows {
        Rows { list: Vec::new(), dirty: Dirty::All, filter: None }
    }

    /// The rows below a directory are out of date.
    pub(super) fn mark(&mut self, id: NodeId) {
        match &mut self.dirty {
            Dirty::All => {}
            _ if id == NodeId::ROOT || self.filter.is_some() => self.dirty = Dirty::All,
            Dirty::Below(ids) if ids.contains(&id) => {}
            Dirty::Below(ids) if ids.len() < MOST_SPLICES => ids.push(id),
            Dirty::Below(_) => self.dirty = Dirty::All,
        }
    }

    pub(super) fn mark_all(&mut self) {
        self.dirty = Dirty::All;
    }

    fn is_clean(&self) -> bool {
        matches!(&self.dirty, Dirty::Below(ids) if ids.is_empty())
    }
}

/// A text that visible names are searched for, whatever its case.
#[derive(Clone, Debug)]
struct Filter {
    lowercase: String,
}

impl Filter {
    fn matches(&self, name: &[u8]) -> bool {
        let wanted = self.lowercase.as_bytes();
        // Most names are what they look like; only the others pay for being made visible.
        if wanted.is_ascii() && name.iter().all(|b| matches!(b, b' '..=b'~') && *b != b'\\') {
            return name.windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted));
        }
        escape::line(name).to_lowercase().contains(&self.lowercase)
    }
}

/// A directory whose rows are being written.
struct Frame<'a> {
    id: NodeId,
    dir: &'a Dir,
    /// Its own row, which goes again when the filter leaves nothing; none where that is not ours.
    row: Option<usize>,
    wanted: bool,
    children: btree_map::Values<'a, Arc<[u8]>, NodeId>,
}

impl Tree {
    /// The visible rows, as of the last [`refresh_rows`](Tree::refresh_rows).
    pub fn rows(&self) -> &[Row] {
        &self.rows.list
    }

    /// The row at this place.
    pub fn row(&self, index: usize) -> Option<Row> {
        self.rows.list.get(index).copied()
    }

    /// Where a node is shown; none when it is gone, filtered out or in a closed directory.
    pub fn row_index(&self, id: NodeId) -> Option<usize> {
        self.get(id)?;
        let kind = RowKind::Node(id);
        if !self.rows.is_clean() {
            return self.position(kind);
        }
        let key = self.full_key(id);
        let by_key = |row: &Row| self.order(row, key.as_bytes());
        let first = self.rows.list.partition_point(|row| by_key(row).is_lt());
        // A directory and the key that equals its prefix are one after the other.
        let same = self.rows.list[first..].iter().take_while(|row| by_key(row).is_eq());
        same.enumerate().find(|(_, row)| row.kind == kind).map(|(at, _)| first + at)
    }

    /// Where this very row is, whatever it shows. Looks at all rows.
    pub fn position(&self, kind: RowKind) -> Option<usize> {
        self.rows.list.iter().position(|row| row.kind == kind)
    }

    /// The row of a key or prefix, or the one that comes after where it would stand (at the end: the
    /// last): where a selection goes when what was selected is gone. None when there are no rows.
    /// The rows must be fresh.
    pub fn row_near(&self, key: &[u8]) -> Option<usize> {
        let at = self.rows.list.partition_point(|row| self.order(row, key).is_lt());
        Some(at.min(self.rows.list.len().checked_sub(1)?))
    }

    /// Shows only the rows whose visible name contains this text, whatever its case, and those that
    /// lead to one. Only what is loaded and visible is searched.
    pub fn set_filter(&mut self, text: Option<String>) {
        let text = text.filter(|text| !text.is_empty());
        self.rows.filter = text.map(|text| Filter { lowercase: text.to_lowercase() });
        self.rows.mark_all();
    }

    /// Whether the rows are out of date.
    pub fn rows_are_stale(&self) -> bool {
        !self.rows.is_clean()
    }

    /// Brings the rows up to date. O(rows that changed), plus moving those behind them.
    pub fn refresh_rows(&mut self) {
        let mut list = std::mem::take(&mut self.rows.list);
        match std::mem::replace(&mut self.rows.dirty, Dirty::Below(Vec::new())) {
            Dirty::All => {
                list.clear();
                self.write(NodeId::ROOT, 0, &mut list);
            }
            Dirty::Below(ids) => {
                for id in ids {
                    // A row of what is gone was below another directory that is in the list too.
                    let Some(at) = list.iter().position(|row| row.kind == RowKind::Node(id)) else {
                        continue;
                    };
                    let depth = list[at].depth + 1;
                    let old = list[at + 1..].iter().take_while(|row| row.depth >= depth).count();
                    let mut new = Vec::new();
                    if self.dir(id).is_some_and(|dir| dir.open) {
                        self.write(id, depth, &mut new);
                    }
                    list.splice(at + 1..=at + old, new);
                }
            }
        }
        self.rows.list = list;
    }

    /// Writes the rows below a directory as if it were open. Without recursion: paths can be deep.
    fn write(&self, id: NodeId, depth: u16, list: &mut Vec<Row>) {
        let filter = self.rows.filter.as_ref();
        let matches = |node: &Node| filter.is_none_or(|filter| filter.matches(&node.name));
        let frame = |id, row, wanted| {
            let dir = self.dir(id)?;
            Some(Frame { id, dir, row, wanted, children: dir.children.values() })
        };
        let mut frames: Vec<Frame> = frame(id, None, true).into_iter().collect();
        loop {
            let below = u16::try_from(frames.len().saturating_sub(1)).unwrap_or(u16::MAX);
            let depth = depth.saturating_add(below);
            let Some(top) = frames.last_mut() else { break };
            let Some(child) = top.children.next() else {
                let Some(done) = frames.pop() else { break };
                if let (false, Some(row)) = (done.wanted, done.row) {
                    list.truncate(row);
                } else {
                    list.extend(face(done.id, done.dir).map(|kind| Row { kind, depth }));
                    if let Some(parent) = frames.last_mut() {
                        parent.wanted = true;
                    }
                }
                continue;
            };
            let Some(node) = self.get(*child) else { continue };
            let (row, wanted) = (list.len(), matches(node));
            let is_open = node.as_dir().is_some_and(|dir| dir.open);
            if wanted || is_open {
                list.push(Row { kind: RowKind::Node(*child), depth });
            }
            if is_open {
                frames.extend(frame(*child, Some(row), wanted));
            } else {
                top.wanted |= wanted;
            }
        }
    }

    /// How a row stands to a key: the rows are in this order.
    fn order(&self, row: &Row, key: &[u8]) -> Ordering {
        let id = row.kind.node();
        let path = self.full_key(id);
        match row.kind {
            RowKind::Node(_) => path.as_bytes().cmp(key),
            // After everything in the directory.
            _ if key.starts_with(path.as_bytes()) => Ordering::Greater,
            _ => path.as_bytes().cmp(key),
        }
    }
}

/// What the row after the children says of a level, if there is anything to say.
fn face(id: NodeId, dir: &Dir) -> Option<RowKind> {
    match dir.level {
        Level::NotLoaded | Level::Loading => Some(RowKind::Loading(id)),
        Level::Failed(_) => Some(RowKind::Failed(id)),
        Level::Stale { .. } => Some(RowKind::Stale(id)),
        Level::Ready { complete: false, .. } => Some(RowKind::More(id)),
        Level::Ready { complete: true, .. } => {
            dir.children.is_empty().then_some(RowKind::Empty(id))
        }
    }
}
