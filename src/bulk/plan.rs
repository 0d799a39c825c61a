//! A plan, and what builds one: steps go in one by one, the survey counts them.

use std::collections::HashMap;

use super::backup::BackupFile;
use super::error::PlanError;
use super::limits::Limits;
use super::steps::{Planned, Steps};
use crate::domain::bulk::{NAMED, SAMPLE, Sample, Survey, Verb};
use crate::domain::change::{Step, To};
use crate::domain::journal::JournalId;
use crate::domain::{Entry, Key, KeyRange, LeaseId, Revision, queue};

/// What is to be written, in order, and what it would touch. Made by a [`Builder`].
#[derive(Debug)]
pub struct Plan {
    pub(super) what: String,
    pub(super) undoes: Option<JournalId>,
    pub(super) ranges: Vec<KeyRange>,
    pub(super) survey: Survey,
    pub(super) steps: Steps,
    pub(super) backup: Option<BackupFile>,
}

impl Plan {
    /// What it does, for the journal.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// What it would touch.
    pub fn survey(&self) -> &Survey {
        &self.survey
    }

    /// Its steps. There are as many as keys touched: [`Survey::touched`].
    pub fn steps(&self) -> &Steps {
        &self.steps
    }
}

/// Takes the steps of a plan.
#[derive(Debug)]
pub struct Builder {
    plan: Plan,
    leases: HashMap<LeaseId, u64>,
}

impl Builder {
    /// A plan without steps. `what` it does is for the journal
    /// ([`PlanRequest::title`](crate::domain::bulk::PlanRequest::title)); all of it was read at
    /// `revision`, the present one of that moment (also for a restore from an older one).
    pub fn new(what: impl Into<String>, revision: Revision, limits: &Limits) -> Builder {
        Builder {
            plan: Plan {
                what: what.into(),
                undoes: None,
                ranges: Vec::new(),
                survey: Survey { revision, ..Survey::default() },
                steps: Steps::new(limits.memory),
                backup: None,
            },
            leases: HashMap::new(),
        }
    }

    /// All of it was read at this revision, for a planner that learns it only when it reads.
    pub fn read_at(&mut self, revision: Revision) {
        self.plan.survey.revision = revision;
    }

    /// It takes back this record of the journal.
    pub fn undoes(&mut self, record: JournalId) {
        self.plan.undoes = Some(record);
    }

    /// After it was carried out, keys that lie in these ranges and were not planned are told: those
    /// that somebody created meanwhile.
    pub fn complete(&mut self, ranges: Vec<KeyRange>) {
        self.plan.ranges = ranges;
    }

    /// The pairs as they are now lie in this file.
    pub(super) fn backup(&mut self, file: BackupFile) {
        self.plan.survey.backup = Some(file.path().to_owned());
        self.plan.backup = Some(file);
    }

    /// Takes the next step: changes that are made together or not at all, at least one, counted as
    /// one key under `verb`.
    ///
    /// `before` is the entry that is changed, deleted or moved, as it was read at the plan's
    /// revision; `None` when the step creates a key. `detail` is what the sample says beside the key,
    /// and is asked for only while the sample has room.
    ///
    /// # Errors
    /// The plan's temporary file cannot be written.
    pub fn push(
        &mut self,
        step: Step,
        before: Option<&Entry>,
        verb: Verb,
        detail: impl FnOnce() -> String,
    ) -> Result<(), PlanError> {
        let Some(first) = step.first() else { return Ok(()) };
        let survey = &mut self.plan.survey;
        match verb {
            Verb::Create => survey.creates += 1,
            Verb::Change => survey.changes += 1,
            Verb::Delete => survey.deletes += 1,
            Verb::Move => survey.moves += 1,
            Verb::Same => {
                survey.same += 1;
                return Ok(());
            }
        }
        let (key, value, lease) = match (before, &first.to) {
            (Some(entry), _) => (&entry.key, entry.value.len(), entry.lease),
            (None, To::Put { value, lease }) => (&first.key, value.len(), *lease),
            (None, To::Deleted) => (&first.key, 0, LeaseId::NONE),
        };
        survey.bytes += (key.as_bytes().len() + value) as u64;
        if lease.is_some() {
            *self.leases.entry(lease).or_default() += 1;
        }
        if before.is_some_and(|entry| queue::member_name(&entry.key, entry.lease).is_some()) {
            survey.lock_count += 1;
            if survey.locks.len() < NAMED {
                survey.locks.push(key.clone());
            }
        }
        if survey.sample.len() < SAMPLE {
            survey.sample.push(Sample { key: key.clone(), verb, detail: detail() });
        }
        let before = before.map_or(0, |entry| entry.value.len() as u64);
        self.plan.steps.push(&Planned { step, before })?;
        Ok(())
    }

    /// Counts a key that is already what it is to become.
    pub fn same(&mut self) {
        self.plan.survey.same += 1;
    }

    /// Names a key that cannot be changed as wanted and will be left, and says why.
    pub fn blocked(&mut self, key: &Key, why: impl Into<String>) {
        let survey = &mut self.plan.survey;
        survey.blocked_count += 1;
        if survey.blocked.len() < NAMED {
            survey.blocked.push((key.clone(), why.into()));
        }
    }

    /// Says what cannot be as it was, once.
    pub fn note(&mut self, note: impl Into<String>) {
        let note = note.into();
        if !self.plan.survey.notes.contains(&note) {
            self.plan.survey.notes.push(note);
        }
    }

    /// The survey so far; its leases come with [`Builder::finish`].
    pub fn survey(&self) -> &Survey {
        &self.plan.survey
    }

    /// The plan as it stands.
    pub fn finish(self) -> Plan {
        let Builder { mut plan, leases } = self;
        plan.survey.lease_count = leases.len() as u64;
        let mut leases: Vec<(LeaseId, u64)> = leases.into_iter().collect();
        // Those with the most keys first: the ones named are the ones that matter.
        leases.sort_unstable_by_key(|&(lease, keys)| (std::cmp::Reverse(keys), lease));
        leases.truncate(NAMED);
        plan.survey.leases = leases;
        plan
    }
}

/// The beginning of a value, for a sample: on one line once it is escaped.
pub(super) fn beginning(value: &[u8]) -> String {
    const SHOWN: usize = 60;
    if value.is_empty() {
        return "(empty)".to_owned();
    }
    let shown = String::from_utf8_lossy(&value[..value.len().min(SHOWN)]);
    if value.len() > SHOWN { format!("{shown}… ({} bytes)", value.len()) } else { shown.into() }
}
