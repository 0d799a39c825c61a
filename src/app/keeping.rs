//! Where the keeping of a draft stands.

use std::time::Instant;

use crate::domain::Revision;
use crate::domain::draft::DraftId;

/// Tells two states of a draft apart: revision of the buffer and of the base.
pub(super) type Stamp = (u64, Revision, bool);

/// What is kept of the draft that is open.
#[derive(Clone, Copy, Debug)]
pub(super) struct Keeping {
    pub(super) id: DraftId,
    /// What the last look at the draft saw.
    pub(super) seen: Option<Stamp>,
    /// When it was last written.
    pub(super) at: Option<Instant>,
    /// Whether a file holds it.
    pub(super) kept: bool,
}

impl Keeping {
    pub(super) fn new() -> Keeping {
        Keeping { id: DraftId::Own(0), seen: None, at: None, kept: false }
    }
}
