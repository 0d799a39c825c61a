//! What the answer of a request is for: kept with its ticket.

use std::path::PathBuf;

use super::job::JobId;
use crate::domain::journal::JournalId;
use crate::domain::tree::NodeId;
use crate::domain::value::Rendering;
use crate::domain::{Entry, Key, LeaseId, Revision};
use crate::store::StoreError;

/// What the answer of a request is for.
#[derive(Clone, Debug, PartialEq)]
pub enum Purpose {
    /// A page of a level of the tree.
    Level(NodeId),
    /// The counts of these directories.
    Counts(Vec<NodeId>),
    /// Whether a key or prefix that the tree does not know is there.
    Goto(Key),
    /// The value of the selected key.
    Value(Key),
    /// The rows of an entry, so rendered and so wide, to be shown with it.
    Layout(Box<Entry>, Rendering, u16),
    /// The entry that an edit begins with; handed to the external editor or not.
    EditBase(Key, Editor),
    /// Whether the key that is to be created exists.
    NewKeyLook(Key),
    /// The save of the draft.
    Save,
    /// What became of a save whose answer was lost.
    ReadBack,
    /// What somebody else made of the key being edited.
    Peek,
    /// What the key of a kept draft holds now.
    OfferLook,
    /// What `put` is about to replace.
    PutLook(Key, Vec<u8>),
    /// The transaction of `put`.
    Put(Key),
    /// The key that is about to be deleted.
    DeleteLook(Key),
    /// The deletion of a key.
    Delete(Key),
    /// The list of leases.
    LeaseList,
    /// Time left and keys of the leases in view.
    LeaseStatuses,
    /// A grant.
    LeaseGrant,
    /// One renewal.
    LeaseRenew(LeaseId),
    /// The keys of a lease that is about to be revoked.
    RevokeLook(LeaseId),
    /// A revoke.
    LeaseRevoke(LeaseId),
    /// The keys of a lease, to be shown.
    LeaseKeys(LeaseId),
    /// The TTL of a lease that is to be kept alive.
    KeepAliveLook(LeaseId),
    /// What is there now of a key that is to be restored to this value, that of a revision.
    RestoreLook(Key, Vec<u8>, Revision),
    /// A login as this user.
    LogIn(String),
    /// What the user may read, after this refusal.
    Rights(StoreError),
    /// What the user may do, to be shown.
    RightsShown,
    /// Something of the open view; forgotten when it is closed.
    View(ViewPurpose),
    /// A key that is to be hung on this lease, or taken off its own.
    AttachLook(Key, LeaseId),
    /// The key was hung on this lease, or taken off.
    Attach(Key, LeaseId),
    /// Whether a revision can be looked at.
    Past(PastPurpose),
    /// Something of the composer, which goes on while it is out of sight.
    Composer(ComposerPurpose),
    /// The contents of a record of the journal.
    Journal(JournalPurpose),
    /// The transactions of a plan, to be shown.
    PlanText(JobId),
    /// All lines of a plan, written to this file.
    SavePlan(PathBuf),
    /// The answer leads to more that is shown, not sent.
    Rehearsed(Box<Purpose>),
    /// Lines of text, such as the watch log, written to this file.
    SaveLog(PathBuf, usize),
}

/// What an answer about the past is for.
#[derive(Clone, Debug, PartialEq)]
pub enum PastPurpose {
    /// Whether this revision can be read; it is shown then, at a key or where one is.
    Look(Revision, Option<Key>),
    /// The oldest revision left, to be told with one that is compacted.
    Oldest(Revision),
}

/// Where a draft is edited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Editor {
    /// In the Value pane.
    Here,
    /// In `$VISUAL` or `$EDITOR`.
    External,
}

/// What an answer is for in the open view.
#[derive(Clone, Debug, PartialEq)]
pub enum ViewPurpose {
    /// The leases, to find queues by.
    Leases,
    /// The keys of leases, to find queues by.
    LeaseKeys,
    /// The entries the view shows.
    Entries,
    /// How long the leases in view live.
    Lives,
    /// What hangs on the lease of a member that is to be freed.
    FreeLook(LeaseId),
    /// What became of a prefix.
    Difference,
    /// The two values of a row of a difference.
    Sides(usize),
    /// Something of a history.
    History(HistoryPurpose),
    /// The members of the cluster.
    Members,
    /// What the doctor finds.
    Diagnosis,
    /// How many keys are to be read.
    Count,
    /// What is found in values.
    Values,
}

/// What an answer is for in the view of a history.
#[derive(Clone, Debug, PartialEq)]
pub enum HistoryPurpose {
    /// The key of a history as it is now.
    Present,
    /// The oldest revision left.
    Oldest,
    /// What was there at this revision.
    Then(Revision),
    /// The value written at this revision.
    Value(Revision),
    /// Its rows, so rendered and so wide.
    Layout(Revision, Rendering, u16),
}

/// What the contents of a record are read for.
#[derive(Clone, Debug, PartialEq)]
pub enum JournalPurpose {
    /// To be shown.
    Show(JournalId),
    /// To be undone by `etcdctl`.
    Etcdctl(JournalId),
}

/// What an answer is for in the composer of transactions.
#[derive(Clone, Debug, PartialEq)]
pub enum ComposerPurpose {
    /// The leases there are, which puts may name.
    Leases,
    /// The transaction.
    Run,
    /// What the compares were about, of a transaction whose compares failed.
    Explain,
    /// Its file, read.
    Load(PathBuf),
    /// Its file, written.
    Save(PathBuf),
}
