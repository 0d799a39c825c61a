//! What the machine wants done, and what comes of it.

use std::time::{Duration, Instant, SystemTime};

use crate::domain::txn::{RangeRequest, RangeResponse};
use crate::domain::{Entry, Revision};
use crate::store::{StoreError, WatchMessage};

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::runtime::watch) enum Step {
    /// Read the keys of the range, in pages at this revision; [`Revision::NONE`] for the present one.
    List(Revision),
    /// Open a stream from this revision on ([`Revision::NONE`]: from now), in place of any other.
    Open(Revision),
    /// Read the next message of the stream.
    Read,
    /// Ask the store itself, not a member alone, while the stream waits.
    Prove(RangeRequest),
    /// Drop the stream and wait, at most so long; without a limit until woken.
    Wait(Option<Duration>),
}

/// What came of a step.
#[derive(Debug)]
pub(in crate::runtime::watch) enum Input {
    /// The next entries of a listing, at which revision it is read, and how many there are in all.
    Page { entries: Vec<Entry>, at: Revision, total: u64 },
    /// The listing is at its end; it was read at this revision.
    Listed(Revision),
    /// The listing was left, since no more of it is wanted.
    Enough,
    /// The stream is open.
    Opened,
    /// The stream brought a message.
    Message(WatchMessage),
    /// What was to be proved was answered.
    Proved(RangeResponse),
    /// The step failed, or the stream ended.
    Failed(StoreError),
    /// The wait is over.
    Waited,
}

/// When something happened, and a number in 0..1 that differs from time to time.
#[derive(Clone, Copy, Debug)]
pub(in crate::runtime::watch) struct Moment {
    pub(in crate::runtime::watch) now: Instant,
    pub(in crate::runtime::watch) clock: SystemTime,
    pub(in crate::runtime::watch) jitter: f64,
}
