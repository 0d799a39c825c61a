//! Counts what became of the keys of a plan.

use crate::bulk::steps::Planned;
use crate::domain::bulk::{Left, NAMED, Progress, Report, Why};
use crate::domain::{Key, Revision};

/// A report in the making.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub(super) report: Report,
}

impl Tally {
    pub(super) fn new(total: u64) -> Tally {
        Tally { report: Report { total, ..Report::default() } }
    }

    /// A transaction wrote so many keys.
    pub(super) fn done(&mut self, keys: u64, revision: Revision) {
        self.report.done += keys;
        self.report.transactions += 1;
        let (first, last) = self.report.revisions.unwrap_or((revision, revision));
        self.report.revisions = Some((first.min(revision), last.max(revision)));
    }

    /// A key is left.
    pub(super) fn left(&mut self, key: Key, why: Why) {
        self.report.left_count += 1;
        if self.report.left.len() < NAMED {
            self.report.left.push(Left { key, why });
        }
    }

    /// The keys of some steps are left, all for the same reason.
    pub(super) fn all_left(&mut self, steps: &[Planned], why: &Why) {
        for planned in steps {
            self.left(planned.subject(), why.clone());
        }
    }

    /// Keys of the plan of which nothing was said so far.
    pub(super) fn open(&self) -> u64 {
        self.report.total.saturating_sub(self.report.done + self.report.left_count)
    }

    /// Whether keys that are left are still named.
    pub(super) fn has_room(&self) -> bool {
        self.report.left.len() < NAMED
    }

    /// Keys beyond those named are left.
    pub(super) fn unnamed_left(&mut self, keys: u64) {
        self.report.left_count += keys;
    }

    /// Something ended it early; the first reason counts.
    pub(super) fn failed(&mut self, why: String) {
        self.report.error.get_or_insert(why);
    }

    pub(super) fn progress(&self, waiting: Option<String>) -> Progress {
        let Report { done, total, left_count: left, .. } = self.report;
        Progress { done, left, total, waiting }
    }
}
