//! Where the findings of one section are written down.

use crate::domain::diagnosis::{DiagnosisNews, Finding};
use crate::store::StoreError;

/// One section of the report, while it is made.
pub(super) struct Chart<'a> {
    section: usize,
    tell: &'a (dyn Fn(DiagnosisNews) + Sync),
}

impl<'a> Chart<'a> {
    pub(super) fn new(section: usize, tell: &'a (dyn Fn(DiagnosisNews) + Sync)) -> Chart<'a> {
        Chart { section, tell }
    }

    pub(super) fn note(&self, finding: Finding) {
        (self.tell)(DiagnosisNews::Found(self.section, finding));
    }

    pub(super) fn ok(&self, check: &'static str, found: impl Into<String>) {
        self.note(Finding::ok(check, found));
    }

    pub(super) fn warn(
        &self,
        check: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.note(Finding::warning(check, found, advice));
    }

    pub(super) fn fail(
        &self,
        check: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) {
        self.note(Finding::failed(check, found, advice));
    }

    /// A call failed. Its message says what is wrong, then what to do.
    pub(super) fn fail_by(&self, check: &'static str, error: &StoreError) {
        let (found, advice) = halves(&error.message);
        self.fail(check, found, advice);
    }

    pub(super) fn skip(&self, check: &'static str, because: &str) {
        self.note(Finding::skipped(check, because));
    }

    /// These checks cannot be made, for one reason.
    pub(super) fn skip_all(&self, checks: &[&'static str], because: &str) {
        match checks {
            [] => {}
            [check] => self.skip(check, because),
            checks => self.skip("the rest", &format!("{because}: {}", checks.join(", "))),
        }
    }

    /// Nothing more will be found.
    pub(super) fn end(&self) {
        (self.tell)(DiagnosisNews::Ended(self.section));
    }
}

/// A sentence cut at its first semicolon: what is wrong, and what to do.
pub(super) fn halves(sentence: &str) -> (&str, &str) {
    sentence.split_once("; ").unwrap_or((sentence, ""))
}
