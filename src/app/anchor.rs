//! The selection: it stays on what it is on, wherever that moves, and goes on to what is next when it
//! is gone.

use super::tree::KeysPane;
use crate::domain::tree::RowKind;

impl KeysPane {
    /// The row that is to be selected now.
    pub(super) fn anchored(&self) -> Option<usize> {
        let (kind, key) = self.anchor.as_ref()?;
        // Mostly it is where it was.
        let stayed = (self.selected_row() == Some(*kind)).then_some(self.cursor.selected);
        let same = stayed.or_else(|| self.tree.position(*kind));
        // What was awaited is here: the first of it stands where the wait was told.
        let arrived = || {
            let at = self.cursor.selected;
            let parent = self.tree.parent(self.tree.row(at)?.kind.node())?;
            let (RowKind::Loading(dir) | RowKind::More(dir) | RowKind::Gap { dir, .. }) = kind
            else {
                return None;
            };
            (*dir == parent && same.is_none_or(|same| same > at)).then_some(at)
        };
        // The wait may go on behind what came.
        arrived().or(same).or_else(|| self.tree.row_near(key.as_bytes()))
    }

    /// Selects a row.
    pub(super) fn select(&mut self, index: usize) {
        self.cursor.selected = index;
        let Some(kind) = self.tree.row(index).map(|row| row.kind) else {
            self.anchor = None;
            return;
        };
        // Rows may be older than the tree: of what is gone only the anchor still knows where it stood.
        let stays = self.anchor.as_ref().is_some_and(|(known, _)| *known == kind);
        if self.tree.get(kind.node()).is_some() || !stays {
            self.anchor = Some((kind, self.tree.full_key(kind.node())));
        }
    }
}
