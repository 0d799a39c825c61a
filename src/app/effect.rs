//! What [`App::update`](super::App::update) wants done: data, carried out by the runtime and the
//! event loop.

use std::path::PathBuf;

use super::etcdctl::Etcdctl;
use super::find::order::{FindOrder, ValueSearch};
use super::hold::{Hold, HoldId};
use super::job::JobId;
use super::ticket::Ticket;
use crate::domain::access::Rights;
use crate::domain::bulk::PlanRequest;
use crate::domain::draft::{DraftId, Home, KeptDraft};
use crate::domain::journal::JournalId;
use crate::domain::lease::LeaseStatus;
use crate::domain::txn::{RangeRequest, RangeResponse, TxnRequest, TxnResponse};
use crate::domain::value::Rendering;
use crate::domain::{Key, KeyRange, LeaseId, Revision, Secret};
use crate::store::{Granted, Member, StoreError};

/// One call on the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Call {
    /// Read a range.
    Range(RangeRequest),
    /// Run a transaction.
    Txn(TxnRequest),
    /// Grant a lease of so many seconds; [`LeaseId::NONE`] lets the server choose the ID.
    LeaseGrant(i64, LeaseId),
    /// Revoke a lease.
    LeaseRevoke(LeaseId),
    /// Renew a lease once.
    LeaseKeepAlive(LeaseId),
    /// Time left and attached keys, of several leases, a few at once.
    LeaseStatuses(Vec<LeaseId>),
    /// All leases.
    LeaseList,
    /// Become this user, if the password is right.
    LogIn(String, Secret),
    /// What the user may read and write.
    Rights,
    /// The oldest revision that can still be read, found by asking for this key (which need not
    /// exist, but must be allowed to be read).
    Oldest(Key),
    /// The members of the cluster.
    Members,
}

impl Call {
    /// Whether it changes anything in the store.
    pub fn writes(&self) -> bool {
        match self {
            Call::Txn(request) => !request.is_read_only(),
            Call::LeaseGrant(..) | Call::LeaseRevoke(_) | Call::LeaseKeepAlive(_) => true,
            Call::Range(_)
            | Call::LeaseStatuses(_)
            | Call::LeaseList
            | Call::LogIn(..)
            | Call::Rights
            | Call::Oldest(_)
            | Call::Members => false,
        }
    }
}

/// The answer of a [`Call`], of the same shape.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Of a range.
    Range(RangeResponse),
    /// Of a transaction.
    Txn(TxnResponse),
    /// Of a grant.
    Granted(Granted),
    /// Of a revoke.
    Revoked,
    /// Of a renewal: the seconds the lease has now.
    Renewed(i64),
    /// Of [`Call::LeaseStatuses`]: `None` for a lease that is gone.
    LeaseStatuses(Vec<(LeaseId, Option<LeaseStatus>)>),
    /// Of [`Call::LogIn`]: we are that user now.
    LoggedIn,
    /// Of [`Call::Rights`].
    Rights(Box<Rights>),
    /// Of a lease list.
    LeaseList(Vec<LeaseId>),
    /// Of [`Call::Oldest`]; [`Revision::NONE`] when the server did not tell.
    Oldest(Revision),
    /// Of [`Call::Members`].
    Members(Vec<Member>),
}

/// Calls of one slot replace each other: starting one gives up the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Slot {
    /// The value of the selected key.
    Value,
    /// The counts of the directories in view.
    Counts,
    /// The list of leases.
    Leases,
}

/// The number of a running watch. Number 0 is the background watch that keeps the tree current; who may
/// read some ranges only has one for each of them, with the others at the end of the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WatchId(pub u32);

impl WatchId {
    /// The background watch of the tree: its events come without values.
    pub const FOLLOW: WatchId = WatchId(0);
    /// The watch of the open view.
    pub const VIEW: WatchId = WatchId(u32::MAX);
    /// So many background watches there can be: each is a connection.
    pub const FOLLOWING: usize = 32;

    /// The background watch of the tree with this number among those.
    pub fn following(at: usize) -> WatchId {
        if at == 0 { WatchId::FOLLOW } else { WatchId(u32::MAX - at as u32) }
    }

    /// Its number among the background watches of the tree, if it is one.
    pub fn as_following(self) -> Option<usize> {
        let at = (u32::MAX - self.0) as usize;
        match self {
            WatchId::FOLLOW => Some(0),
            _ => (1..WatchId::FOLLOWING).contains(&at).then_some(at),
        }
    }
}

/// What is to be done.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Make a call; the answer comes back under the ticket. A call without a slot is never given up
    /// on its own, so writes have none.
    Call {
        /// Comes back with the answer.
        ticket: Ticket,
        /// Where the latest call wins.
        slot: Option<Slot>,
        /// The call.
        call: Call,
    },
    /// Give up the calls with these tickets (reads only).
    GiveUp(Vec<Ticket>),
    /// Start a watch that resumes by itself until it is stopped.
    Watch {
        /// Its number; a watch of the same number is replaced.
        id: WatchId,
        /// Which keys.
        range: KeyRange,
        /// The first revision wanted; [`Revision::NONE`] for "from now".
        from: Revision,
    },
    /// Stop a watch.
    Unwatch(WatchId),
    /// Ask for the status at once, and let everything that waits before its next try go now.
    Probe,
    /// Keep a lease alive at a third of its TTL, until told otherwise.
    KeepAlive {
        /// The lease.
        id: LeaseId,
        /// Its granted time to live in seconds.
        ttl: i64,
    },
    /// Stop keeping a lease alive.
    LetGo(LeaseId),
    /// Hold something until it is released; news of it come under the number.
    Hold(HoldId, Hold),
    /// Give it up, or the wait for it, and tell when that is done.
    Release(HoldId),
    /// Make a plan for work on many keys, at one revision; nothing is written. News of it come under
    /// the number.
    Plan(JobId, PlanRequest),
    /// Carry out the plan of this number.
    Apply(JobId),
    /// Tell the first transactions of the plan of this number; it stays as it is.
    ReadPlan {
        /// Comes back with them.
        ticket: Ticket,
        /// Which plan.
        id: JobId,
        /// No more of them once they have so many operations.
        limit: usize,
    },
    /// Write all transactions of the plan of this number as a script of etcdctl lines, as
    /// [`WriteFile`](Effect::WriteFile) writes.
    WritePlan {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// Which plan.
        id: JobId,
        /// Where.
        path: PathBuf,
        /// How etcdctl is called.
        etcdctl: Etcdctl,
    },
    /// End a job: give up planning, or stop between two transactions, or forget a plan that stands.
    Stop(JobId),
    /// Compare a range with what it was at a revision; progress and outcome come under the ticket.
    /// Given up as calls are.
    Compare {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// Which keys.
        range: KeyRange,
        /// Since when.
        then: Revision,
    },
    /// Something about the index of keys.
    Find(FindOrder),
    /// Look into the values of some ranges; what is found comes under the ticket. Given up as calls
    /// are.
    SearchValues {
        /// Comes back with each finding.
        ticket: Ticket,
        /// What is looked for, and where.
        search: ValueSearch,
    },
    /// Write every key with a prefix to a new file. News of it come under the number;
    /// [`Effect::Stop`] gives it up.
    Export {
        /// Its number.
        id: JobId,
        /// The file: never overwritten, and there only once it is whole.
        path: PathBuf,
        /// Which keys.
        prefix: Key,
        /// As of when; [`Revision::NONE`] is now.
        revision: Revision,
    },
    /// Look at the endpoints and the cluster; what is found comes under the ticket, as it comes. Given
    /// up as calls are.
    Diagnose {
        /// Comes back with each finding.
        ticket: Ticket,
    },
    /// Read the contents of a record of the journal.
    ReadJournal {
        /// Comes back with them.
        ticket: Ticket,
        /// Which record.
        id: JournalId,
        /// At most so many keys of it.
        limit: usize,
    },
    /// Lay a value out in rows, which takes too long to wait for. The rows come under the ticket.
    LayOut {
        /// Comes back with them.
        ticket: Ticket,
        /// The value.
        value: Vec<u8>,
        /// How it is to be shown.
        rendering: Rendering,
        /// In how many columns.
        width: u16,
    },
    /// Keep a draft in case the program ends, in place of what was kept under its number.
    KeepDraft(DraftId, Box<KeptDraft>),
    /// Remove a kept draft.
    DropDraft(DraftId),
    /// Let go of a kept draft that was found; it stays kept.
    LeaveDraft(DraftId),
    /// Look for kept drafts of this store.
    FindDrafts(Home),
    /// Turn the read-only switch of the store.
    ReadOnly(bool),
    /// Something only the terminal can do.
    Terminal(TerminalEffect),
    /// Read a file of text.
    ReadFile {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// Where.
        path: PathBuf,
    },
    /// Write a file of lines, mode 0600, refusing to overwrite one that exists.
    WriteFile {
        /// Comes back with the outcome.
        ticket: Ticket,
        /// Where.
        path: PathBuf,
        /// What.
        lines: Vec<String>,
    },
    /// End the program.
    Quit,
}

/// What is done on the terminal, by the event loop.
#[derive(Debug, PartialEq, Eq)]
pub enum TerminalEffect {
    /// Send bytes to the terminal's clipboard (OSC 52).
    Copy {
        /// What.
        bytes: Vec<u8>,
        /// Its name, for the notice.
        what: &'static str,
    },
    /// Hand these bytes to `$VISUAL` or `$EDITOR`.
    Edit {
        /// The draft.
        bytes: Vec<u8>,
        /// A file name ending that tells the editor the language (`.json`).
        extension: &'static str,
        /// Nobody asked for that editor, it is needed: what about the value is too much for ours.
        /// Then none is taken that was not chosen.
        needed: Option<String>,
    },
    /// Stop the program until `fg`.
    Suspend,
    /// Forget what is on the screen and draw all of it.
    Redraw,
}

/// What the external editor did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Edited {
    /// The bytes are as they were.
    Unchanged,
    /// The new bytes.
    Changed(Vec<u8>),
    /// It could not be run, or it failed: why.
    Failed(String),
}

/// The result of a call.
pub type CallResult = Result<Answer, StoreError>;
