//! What a step of an edit came to, in a word and in a sentence.

use std::fmt;

use crate::domain::escape::message;
use crate::domain::{LeaseId, Revision};

/// What a step came to: what there is to tell, and once ([`Outcome::ReadBack`]) to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing to tell.
    Nothing,
    /// The draft was written at this revision.
    Saved(Revision),
    /// The store holds exactly the draft since this revision, whoever wrote it.
    AlreadyThere(Revision),
    /// An earlier save that was not answered was written after all, at this revision; what was typed
    /// since is still a draft.
    Late(Revision),
    /// Nothing was written, for this reason; the draft is as it was.
    NotWritten(String),
    /// Whether it was written is unknown, for this reason: read the key, linearizable, and tell
    /// [`on_read_back`](super::EditSession::on_read_back).
    ReadBack(String),
    /// Nothing was written: this lease of the key has ended, and the key with it or soon. Reading
    /// the key tells; [`drop_lease`](super::EditSession::drop_lease) lets the next save do without.
    LeaseGone(LeaseId),
    /// Nothing was typed yet: the editor now shows what somebody else wrote at this revision.
    Updated(Revision),
    /// Somebody else wrote at this revision; the draft is as it was.
    Behind(Revision),
    /// A conflict with what was written at this revision.
    Conflict(Revision),
    /// The key was deleted, known at this revision; the draft is as it was.
    Gone(Revision),
}

impl fmt::Display for Outcome {
    /// A sentence for the operator; reasons in it are escaped.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Nothing => Ok(()),
            Outcome::Saved(at) => write!(f, "saved at revision {at}"),
            Outcome::AlreadyThere(at) => {
                write!(f, "the key holds exactly this value since revision {at}")
            }
            Outcome::Late(at) => write!(
                f,
                "an earlier save that was not answered was written after all, at revision {at}; \
                 save again to write the present draft"
            ),
            Outcome::NotWritten(why) => {
                write!(f, "not written: {}; the draft is kept", message(why))
            }
            Outcome::ReadBack(why) => write!(
                f,
                "no answer to the save ({}); reading the key to see whether it was written",
                message(why)
            ),
            Outcome::LeaseGone(id) => write!(
                f,
                "not written: lease {id} of this key has ended, and the key ends with it; \
                 the draft is kept"
            ),
            Outcome::Updated(at) => {
                write!(f, "somebody else wrote this key at revision {at}; shown is the new value")
            }
            Outcome::Behind(at) => {
                write!(f, "somebody else wrote this key at revision {at}; saving will ask")
            }
            Outcome::Conflict(at) => {
                write!(f, "not written: somebody else wrote this key at revision {at}")
            }
            Outcome::Gone(at) => {
                write!(f, "this key was deleted, seen at revision {at}; the draft is kept")
            }
        }
    }
}
