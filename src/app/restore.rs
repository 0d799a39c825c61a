//! Restoring: keys and prefixes become what they were at a revision, planned and shown first.

use super::App;
use crate::domain::bulk::PlanRequest;
use crate::domain::{Key, KeyRange, Revision};

impl App {
    /// `:restore [KEY|PREFIX] REV`: without a key what is marked, else what is selected.
    pub(super) fn restore_as_of(&mut self, key: Option<Key>, revision: Revision) {
        let ranges = match key {
            Some(key) => vec![self.range_of_text(key)],
            None => self.marked_or_selected(),
        };
        if ranges.is_empty() {
            return self.say("select or mark what is to be restored");
        }
        self.restore(ranges, revision);
    }

    fn marked_or_selected(&self) -> Vec<KeyRange> {
        let marked = self.marked_ranges();
        if !marked.is_empty() {
            return marked;
        }
        let range = |(key, is_dir)| {
            if is_dir { KeyRange::prefix(key) } else { KeyRange::single(key) }
        };
        self.keys.selected_key().map(range).into_iter().collect()
    }

    /// Plans to make these ranges what they were, and shows the plan.
    pub(super) fn restore(&mut self, ranges: Vec<KeyRange>, revision: Revision) {
        if !self.refuses_to_write() {
            self.plan(PlanRequest::Restore { ranges, revision });
        }
    }
}
