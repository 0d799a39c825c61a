//! Scrolling: what of long levels is listed because it comes into view, and where the selection stays
//! meanwhile.

use super::App;
use super::gap::{Edge, Listing};
use super::tree::KeysPane;
use crate::domain::tree::{Dir, Level, NodeId, RowKind};

impl KeysPane {
    /// The keys and directories in view that may be gone or be others meanwhile: changes came too fast
    /// to be followed, or were missed, since their level was read.
    pub fn unfollowed_in_view(&self, height: usize) -> Vec<NodeId> {
        let rows = self.tree.rows().iter().skip(self.cursor.top).take(height);
        let nodes = rows.filter_map(|row| match row.kind {
            RowKind::Node(id) => Some(id),
            _ => None,
        });
        nodes.filter(|id| !self.tree.is_followed(*id)).collect()
    }
}

impl App {
    /// Levels that scrolled into view with more to list, or stale ones: listed (on). What is between
    /// listed stretches is listed on from the side that the selection is on.
    pub(super) fn list_what_is_in_view(&mut self, height: usize) {
        if self.connection.is_stale() {
            return;
        }
        if self.keys.to_end {
            self.go_on_to_end();
        }
        self.read_again_in_view(height);
        let (top, selected) = (self.keys.cursor.top, self.keys.cursor.selected);
        let from = top.saturating_sub(height / 2);
        let rows = self.keys.tree.rows().iter().enumerate().skip(from);
        let more: Vec<(usize, RowKind)> = rows
            .take(top - from + height + height / 2)
            .map(|(at, row)| (at, row.kind))
            .filter(|(_, kind)| !matches!(kind, RowKind::Node(_)))
            // The rows may be older than the tree.
            .filter(|(_, kind)| self.keys.tree.dir(kind.node()).is_some())
            .collect();
        for (at, kind) in more {
            match kind {
                RowKind::Gap { dir, after } => {
                    let above = at > selected || at == selected && !self.keys.upward;
                    let edge = if above { Edge::Front } else { Edge::Back };
                    // Above the screen is not in view yet for who goes down.
                    if at >= top || edge == Edge::Back && self.keys.upward {
                        let name = self.name_after(dir, after);
                        self.list_more(dir, &name, edge);
                    }
                }
                // Seen from below: its end comes first, as in a gap.
                RowKind::More(dir) if at >= top && at < selected => {
                    let listing = self.keys.listings.get(&dir);
                    if listing.is_some_and(|listing| !listing.is_running() && !listing.has_end()) {
                        self.list_end(dir);
                    }
                }
                RowKind::More(dir) if at >= top => {
                    let end = self.keys.tree.dir(dir).and_then(|dir| {
                        let (from, _) = *dir.gaps().last()?;
                        Some(from.to_vec())
                    });
                    self.list_more(dir, &end.unwrap_or_default(), Edge::Front);
                }
                // Opened again after its listing was given up; the root is listed from the start.
                RowKind::Loading(dir)
                    if at >= top
                        && dir != NodeId::ROOT
                        && self
                            .keys
                            .tree
                            .dir(dir)
                            .is_some_and(|dir| dir.level == Level::NotLoaded) =>
                {
                    self.start_listing(dir);
                }
                RowKind::Stale(dir) if at >= top && self.keys.tree.wants_listing(dir) => {
                    self.read_again(dir, &[]);
                }
                _ => {}
            }
        }
    }

    /// Levels with rows in view that nothing keeps true any more, since changes came too fast or were
    /// missed, are read again.
    fn read_again_in_view(&mut self, height: usize) {
        for id in self.keys.unfollowed_in_view(height) {
            let Some(node) = self.keys.tree.get(id) else { continue };
            if let Some(dir) = node.parent {
                let name = node.name.to_vec();
                self.read_again(dir, &name);
            }
        }
    }

    /// Reads a stale level again, from the start; one that is read again already goes on at a name that
    /// is in view.
    fn read_again(&mut self, dir: NodeId, name: &[u8]) {
        match self.keys.tree.dir(dir).map(|dir| &dir.level) {
            // It would be stale again at once.
            _ if self.keys.too_fast => {}
            Some(Level::Stale { .. }) => self.start_listing(dir),
            Some(Level::Ready { complete: false, .. }) => self.list_from(dir, name),
            _ => {}
        }
    }

    /// Where the gap begins that stands after a child, or first in its directory.
    fn name_after(&self, dir: NodeId, after: NodeId) -> Vec<u8> {
        let tree = &self.keys.tree;
        let name = match tree.get(after) {
            Some(node) if after != dir => node.name,
            _ => return Vec::new(),
        };
        let gaps = tree.dir(dir).map(Dir::gaps).unwrap_or_default();
        let gap = gaps.into_iter().find(|(from, _)| *from > name);
        gap.map(|(from, _)| from.to_vec()).unwrap_or_default()
    }

    /// The last row is wanted. Where the last level is not listed to its end, that is listed.
    fn go_on_to_end(&mut self) {
        let last = self.keys.tree.rows().last().map(|row| row.kind);
        match last {
            Some(RowKind::More(dir) | RowKind::Loading(dir)) => {
                let listing = self.keys.listings.get(&dir);
                if listing.is_some_and(|listing| listing.has_begun() && !listing.has_end()) {
                    self.list_end(dir);
                }
            }
            _ => {
                // Unless the end is still to come.
                self.keys.to_end = self.keys.listings.values().any(Listing::seeks_end);
            }
        }
    }

    /// What is listed above the selected row does not move it on the screen. On the row of a gap that
    /// is listed from below, the selection goes on to what comes into view there.
    pub(super) fn stay_at_what_is_below(&mut self, dir: NodeId, last: Option<&[u8]>) {
        self.keys.hold_line = true;
        if !self.keys.upward {
            return;
        }
        if let Some(RowKind::Gap { dir: of, .. }) = self.keys.selected_row()
            && of == dir
            && let Some(last) = last
        {
            self.keys.select_soon = Some((dir, last.to_vec()));
        }
    }
}
