//! The view of the journal: its lines, newest first, filtered.

use super::Journal;
use crate::app::filter::Filter;
use crate::app::viewport::Cursor;
use crate::domain::journal::{JournalId, JournalLine, Standing};

/// What the view shows.
#[derive(Default)]
pub struct JournalView {
    /// The records that the filter leaves, newest first.
    pub rows: Vec<JournalId>,
    /// The selected row and the first one shown.
    pub cursor: Cursor,
    /// What the rows are filtered by.
    pub filter: Option<Filter>,
    /// The record the selection stays on; none while it is to stay on the newest.
    anchor: Option<JournalId>,
    /// What the rows were made from.
    made: Option<(u64, String)>,
}

impl JournalView {
    /// The selected record.
    pub fn selected(&self) -> Option<JournalId> {
        self.rows.get(self.cursor.selected).copied()
    }

    /// Makes the rows anew where the journal or the filter changed; the selection stays on its record.
    pub(super) fn refresh(&mut self, journal: &Journal, height: usize) {
        let filter = self.filter.as_ref().and_then(Filter::text).unwrap_or_default();
        let made = (journal.version, filter.to_lowercase());
        if self.made.as_ref() != Some(&made) {
            let fits = |line: &&JournalLine| made.1.is_empty() || matches(line, &made.1);
            self.rows = journal.lines().filter(fits).map(|line| line.id).collect();
            let anchor = self.anchor.and_then(|id| self.rows.iter().position(|row| *row == id));
            self.cursor.selected = anchor.unwrap_or(0);
            self.made = Some(made);
        }
        self.cursor.settle(self.rows.len(), height);
    }

    /// The selection was moved: it stays on what it is on now. At the top it stays with the newest.
    pub(super) fn moved(&mut self) {
        self.anchor = self.selected().filter(|_| self.cursor.selected > 0);
    }
}

fn matches(line: &JournalLine, filter: &str) -> bool {
    let standing = match line.standing {
        Standing::Done => "",
        Standing::Unknown => "unknown",
        Standing::Undone(_) => "undone",
    };
    line.what.to_lowercase().contains(filter)
        || standing.contains(filter)
        || line.first.as_ref().is_some_and(|key| key.to_string().to_lowercase().contains(filter))
}
