//! Long work that is planned, shown, carried out and can be stopped: its number and its news.

use crate::domain::bulk::{Exported, Exporting, Progress, Report, Survey};
use crate::domain::txn::TxnRequest;

/// The number of a job. Numbers are never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JobId(pub u32);

/// The transactions that a plan would be carried out in, or the first of them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlanText {
    /// The first, in order.
    pub first: Vec<TxnRequest>,
    /// How many more there are.
    pub more: u64,
}

/// What a job has to tell. Planning ends with `Planned` or `Failed`, carrying out with `Finished`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JobNews {
    /// The plan is being made: keys and bytes looked at so far.
    Looking {
        /// Keys.
        keys: u64,
        /// Bytes of keys and values.
        bytes: u64,
    },
    /// The plan stands and waits for [`Effect::Apply`](super::effect::Effect::Apply).
    Planned(Box<Survey>),
    /// No plan could be made, and nothing was written. Not escaped.
    Failed(String),
    /// It is being carried out.
    Progress(Progress),
    /// It is over.
    Finished(Box<Report>),
    /// An export goes on. It ends with `Exported` or `Failed`.
    Exporting(Exporting),
    /// The file is whole.
    Exported(Exported),
}
