//! What the doctor found: findings as data, in sections, in the order in which they are told.

mod layout;

pub use layout::{Line, Row, lines, rows};

/// What became of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// All is well, or there is only something to know.
    Ok,
    /// It works, but something should be done.
    Warning,
    /// It does not work.
    Failed,
    /// Another check failed, or there is nothing to look at.
    Skipped,
}

impl Outcome {
    /// The mark in front of a finding; it tells without colors.
    pub fn mark(self) -> &'static str {
        match self {
            Outcome::Ok => "ok",
            Outcome::Warning => "warning",
            Outcome::Failed => "FAILED",
            Outcome::Skipped => "-",
        }
    }
}

/// What one check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What was looked at, in a word or two: `TCP`, `round trips`.
    pub check: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// What was found. From strangers in part, not escaped: [`rows`] does that.
    pub found: String,
    /// What to do about it; empty where there is nothing to do. Not escaped either.
    pub advice: String,
}

impl Finding {
    /// All is well.
    pub fn ok(check: &'static str, found: impl Into<String>) -> Finding {
        Finding { check, outcome: Outcome::Ok, found: found.into(), advice: String::new() }
    }

    /// Something should be done.
    pub fn warning(
        check: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Finding {
        let (found, advice) = (found.into(), advice.into());
        Finding { check, outcome: Outcome::Warning, found, advice }
    }

    /// It does not work.
    pub fn failed(
        check: &'static str,
        found: impl Into<String>,
        advice: impl Into<String>,
    ) -> Finding {
        Finding { outcome: Outcome::Failed, ..Finding::warning(check, found, advice) }
    }

    /// It was not checked; `because` ends the sentence.
    pub fn skipped(check: &'static str, because: &str) -> Finding {
        let found = format!("not checked, because {because}");
        Finding { check, outcome: Outcome::Skipped, found, advice: String::new() }
    }
}

/// The findings about one thing: an endpoint, or the cluster as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Section {
    /// What they are about; not escaped.
    pub title: String,
    /// In the order in which they were found.
    pub findings: Vec<Finding>,
    /// Whether there will be no more.
    pub ended: bool,
}

/// An examination: all that was found so far.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Diagnosis {
    /// Its sections, in the order in which they are told.
    pub sections: Vec<Section>,
}

/// Something new in an examination.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DiagnosisNews {
    /// It begins, with these sections.
    Began(Vec<String>),
    /// Something was found, in the section of this number.
    Found(usize, Finding),
    /// Nothing more will be found in this section.
    Ended(usize),
}

impl Diagnosis {
    /// Takes what is new. What belongs to no section is dropped.
    pub fn take(&mut self, news: DiagnosisNews) {
        match news {
            DiagnosisNews::Began(titles) => {
                let section = |title| Section { title, ..Section::default() };
                self.sections = titles.into_iter().map(section).collect();
            }
            DiagnosisNews::Found(section, finding) => {
                if let Some(section) = self.sections.get_mut(section) {
                    section.findings.push(finding);
                }
            }
            DiagnosisNews::Ended(section) => {
                if let Some(section) = self.sections.get_mut(section) {
                    section.ended = true;
                }
            }
        }
    }

    /// Whether it has begun and has come to its end.
    pub fn has_ended(&self) -> bool {
        !self.sections.is_empty() && self.sections.iter().all(|section| section.ended)
    }

    /// How many findings have this outcome.
    pub fn count(&self, outcome: Outcome) -> usize {
        let findings = self.sections.iter().flat_map(|section| &section.findings);
        findings.filter(|finding| finding.outcome == outcome).count()
    }

    /// Whether nothing failed; warnings do not count.
    pub fn is_well(&self) -> bool {
        self.count(Outcome::Failed) == 0
    }

    /// `2 failed, 1 warning, 23 ok, 4 not checked`; what there is none of is left out, but the first.
    pub fn verdict(&self) -> String {
        let count = |outcome| self.count(outcome);
        let warnings = match count(Outcome::Warning) {
            1 => "1 warning".to_owned(),
            n => format!("{n} warnings"),
        };
        let mut parts = vec![format!("{} failed", count(Outcome::Failed)), warnings];
        parts.push(format!("{} ok", count(Outcome::Ok)));
        parts.push(format!("{} not checked", count(Outcome::Skipped)));
        let told = parts.iter().enumerate();
        let told = told.filter(|(at, part)| *at == 0 || !part.starts_with("0 "));
        told.map(|(_, part)| part.as_str()).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_verdict_counts_what_there_is() {
        let mut diagnosis = Diagnosis::default();
        assert!(!diagnosis.has_ended(), "it has not begun");
        diagnosis.take(DiagnosisNews::Began(vec!["a".into(), "b".into()]));
        assert_eq!(diagnosis.verdict(), "0 failed");
        diagnosis.take(DiagnosisNews::Found(0, Finding::ok("x", "fine")));
        diagnosis.take(DiagnosisNews::Found(1, Finding::warning("y", "so so", "look")));
        diagnosis.take(DiagnosisNews::Found(7, Finding::failed("z", "nowhere", "")));
        assert!(diagnosis.is_well());
        assert_eq!(diagnosis.verdict(), "0 failed, 1 warning, 1 ok");
        diagnosis.take(DiagnosisNews::Found(1, Finding::failed("z", "bad", "do")));
        diagnosis.take(DiagnosisNews::Found(1, Finding::skipped("u", "z failed")));
        assert!(!diagnosis.is_well());
        assert_eq!(diagnosis.verdict(), "1 failed, 1 warning, 1 ok, 1 not checked");
        diagnosis.take(DiagnosisNews::Ended(0));
        assert!(!diagnosis.has_ended());
        diagnosis.take(DiagnosisNews::Ended(1));
        assert!(diagnosis.has_ended());
    }
}
