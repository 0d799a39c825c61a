//! A kept draft as it is offered at the start.

use std::time::Duration;

use crate::domain::comparison::Comparison;
use crate::domain::draft::{DraftId, KeptDraft, Since};
use crate::domain::{Entry, Revision};

/// A kept draft as it is offered, with what its key holds now.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Its number.
    pub id: DraftId,
    /// How long ago it was kept.
    pub age: Duration,
    /// The draft.
    pub draft: KeptDraft,
    /// What became of the key since.
    pub since: Since,
    /// What the key holds now.
    pub present: Option<Entry>,
    /// The store's revision when that was read.
    pub revision: Revision,
    /// From the present value to the draft.
    pub comparison: Comparison,
    /// How many more there are.
    pub more: usize,
    /// The first line shown.
    pub scroll: usize,
}
