//! Everything that can happen to the application, as data.

use std::time::{Instant, SystemTime};

use super::draft::FoundDrafts;
use super::effect::{CallResult, Edited, WatchId};
use super::find::order::{FindNews, ValuesNews};
use super::hold::HoldId;
use super::job::{JobId, JobNews, PlanText};
use super::ticket::Ticket;
use crate::domain::diagnosis::DiagnosisNews;
use crate::domain::difference::Difference;
use crate::domain::journal::{JournalLine, Written};
use crate::domain::value::View;
use crate::domain::watch::{Fault, Found, Listed, Replaced};
use crate::domain::{Event, Key, LeaseId, Revision};
use crate::keymap::Chord;
use crate::store::{EndpointHealth, Status, StoreError};

/// Something that happened.
#[derive(Debug)]
pub enum Message {
    /// A key was pressed.
    Key(Chord),
    /// Text was pasted: never read as keys.
    Paste(String),
    /// The terminal has a new size; the frame to come tells it.
    Resize,
    /// A deadline that [`App::next_deadline`](super::App::next_deadline) gave has come.
    Clock,
    /// A call was answered.
    Answered(Ticket, CallResult),
    /// A file was written, or why not.
    FileWritten(Ticket, Result<(), String>),
    /// News of the connection.
    Connection(ConnectionNews),
    /// News of a watch.
    Watch(WatchId, WatchNews),
    /// News of a lease kept alive here.
    KeepAlive(LeaseId, KeepAliveNews),
    /// News of something held here.
    Hold(HoldId, HoldNews),
    /// News of a job.
    Job(JobId, JobNews),
    /// The first transactions of a plan, or why they cannot be had.
    PlanRead(Ticket, Result<PlanText, String>),
    /// Something was written from here; a record of the same number is replaced.
    Journaled(JournalLine),
    /// The journal cannot do all of its work: why, and what that means. Not escaped.
    JournalTrouble(String),
    /// The contents of a record of the journal, or why they cannot be had.
    JournalRead(Ticket, Result<Vec<Written>, String>),
    /// How many keys a comparison has read so far.
    Comparing(Ticket, u64),
    /// What a comparison found, or why it could not be made.
    Compared(Ticket, Result<Box<Difference>, StoreError>),
    /// News of the index of keys, and of the search in it.
    Find(FindNews),
    /// News of a search in values.
    Values(Ticket, ValuesNews),
    /// Something new in an examination.
    Diagnosis(Ticket, DiagnosisNews),
    /// A value was laid out.
    LaidOut(Ticket, Box<View>),
    /// A file was read, or why not.
    FileRead(Ticket, Result<String, String>),
    /// Kept drafts of this store that no living program has open, or why they cannot be looked for.
    DraftsFound(Result<FoundDrafts, String>),
    /// A draft could not be kept, or not be removed: why.
    DraftNotKept(String),
    /// The external editor came back.
    Edited(Edited),
    /// What became of a copy: a sentence, or why not.
    Copied(Result<String, String>),
}

/// What the connection's watcher found.
#[derive(Debug)]
pub enum ConnectionNews {
    /// A member answered.
    Online(Status),
    /// Nobody answers; tried again at `retry_at`.
    Lost {
        /// Why.
        error: StoreError,
        /// When it is tried again.
        retry_at: Instant,
    },
    /// The server refuses the user.
    Denied(StoreError),
    /// How each endpoint fares, in the order given; it says nothing of the connection as such.
    Endpoints(Vec<EndpointHealth>),
}

/// What a watch has to tell.
#[derive(Debug)]
pub enum WatchNews {
    /// It stands (again).
    Watching {
        /// The store's revision when it was made.
        revision: Revision,
    },
    /// Events, in order; all of a revision together.
    Events {
        /// The events.
        events: Vec<Event>,
        /// When they arrived.
        received: SystemTime,
    },
    /// Nothing happened up to here.
    Progress {
        /// The revision.
        revision: Revision,
    },
    /// The stream broke; resumed after the last event.
    Lost {
        /// Why.
        error: StoreError,
    },
    /// Revisions were compacted before they were seen; the watch goes on at `to + 1`.
    Gap {
        /// The first revision not seen.
        from: Revision,
        /// The last revision not seen.
        to: Revision,
        /// When that was learned.
        received: SystemTime,
    },
    /// The server broke a promise of watches. Nothing of it is told as a normal event; the watch is
    /// opened anew, where events may be missing.
    Fault {
        /// What was wrong.
        fault: Fault,
        /// When it arrived.
        received: SystemTime,
    },
    /// The store is another one than before; the watch begins anew.
    Replaced {
        /// How that shows.
        replaced: Replaced,
        /// When that was learned.
        received: SystemTime,
    },
    /// The keys were listed after a gap, or of another store: what differs from what was known.
    Found {
        /// The differences, at most so many as a log takes.
        found: Vec<Found>,
        /// All of it, summed up.
        listed: Listed,
        /// When that was learned.
        received: SystemTime,
    },
    /// The server refuses the watch; it is asked for again now and then, and when woken.
    Refused(StoreError),
}

/// What a keepalive task has to tell.
#[derive(Debug)]
pub enum KeepAliveNews {
    /// Renewed: seconds left.
    Renewed {
        /// The time to live in seconds.
        ttl: i64,
    },
    /// A renewal failed; tried again while time remains.
    Failing(StoreError),
    /// The lease is gone.
    Gone,
    /// Given up: the time ran out without an answer.
    GivenUp(StoreError),
}

/// What became of something held here. It ends with `Lost`, `Released` or `Failed`.
#[derive(Debug)]
pub enum HoldNews {
    /// It is waited for with the key of this lease. It may come late, after it is held.
    Queued(LeaseId),
    /// It is held: the key exists and is the first of its queue.
    Held {
        /// The key that stands for it.
        key: Key,
        /// Its creation revision.
        fencing: Revision,
        /// The lease it hangs on.
        lease: LeaseId,
    },
    /// No word from the server: held until then at the longest.
    Doubtful {
        /// When the lease runs out, as far as is known here.
        until: Instant,
        /// Why.
        reason: String,
    },
    /// It was held, and is no more.
    Lost(String),
    /// It was given up, or the wait for it.
    Released,
    /// It could not be had.
    Failed(StoreError),
}
