//! Restoring: keys and prefixes become what they were at a revision, planned and shown first.

use super::App;
use crate::domain::bulk::PlanRequest;
use crate::domain::{Key, KeyRange, Revision};

impl App {
    /// `:restore [KEY|PREFIX] REV`: without a key, the selected key or directory.
    pub(super) fn restore_as_of(&mut self, key: Option<Key>, revision: Revision) {
        match key.map(|key| self.range_of_text(key)).or_else(|| self.selected_range()) {
            Some(range) => self.restore(vec![range], revision),
            None => self.say("select a key or directory to restore"),
        }
    }

    fn selected_range(&self) -> Option<KeyRange> {
        self.keys
            .selected_key()
            .map(|(key, is_dir)| if is_dir { KeyRange::prefix(key) } else { KeyRange::single(key) })
    }

    /// Plans to make these ranges what they were, and shows the plan.
    pub(super) fn restore(&mut self, ranges: Vec<KeyRange>, revision: Revision) {
        if !self.refuses_to_write() {
            self.plan(PlanRequest::Restore { ranges, revision });
        }
    }
}
