//! What can go wrong, told apart by what a caller would do about it.

use crate::domain::Revision;

/// The kinds of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorKind {
    /// The server could not be reached, and nothing was sent: trying again is safe.
    Unreachable,
    /// The connection broke, or no answer came in time, after the request was sent. For a read that
    /// is a failure; for a write the outcome is unknown.
    Unknown,
    /// The server answers but cannot serve now: no leader, no quorum, stopping, overloaded.
    Unavailable,
    /// TLS failed: unknown authority, wrong name, expired, client certificate missing, plain port.
    Tls,
    /// User name or password are wrong.
    WrongPassword,
    /// The token is missing, expired or no longer valid: authenticate again.
    Unauthenticated,
    /// The user may not do this.
    PermissionDenied,
    /// Our client certificate has a common name while users are switched on: etcd's gateway then
    /// refuses everything, a login included, whatever user is given.
    CommonName,
    /// The revision was compacted; `oldest` may tell what is left.
    Compacted {
        /// The oldest revision that can still be read, where the server told.
        oldest: Revision,
    },
    /// The revision lies in the future.
    FutureRevision,
    /// There is no such lease.
    LeaseNotFound,
    /// A lease with this ID exists.
    LeaseExists,
    /// The leadership is lost: another one leads, or nobody.
    NotLeader,
    /// The request or a value is larger than the server takes.
    TooLarge,
    /// The database is full (alarm NOSPACE).
    NoSpace,
    /// The server is too old for this call, or its gateway is switched off.
    Unsupported,
    /// The request is wrong: what the server calls an invalid argument or precondition.
    Invalid,
    /// Writing is switched off here; nothing was sent.
    ReadOnly,
    /// The answer makes no sense: not JSON, half an object, a number that is none.
    BadAnswer,
    /// Anything else the server says.
    Other,
}

/// A failed call: its kind, etcd's own words, and what was being done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", self.describe())]
pub struct StoreError {
    /// What to do about it.
    pub kind: ErrorKind,
    /// etcd's message, or what the transport says: one line, from a stranger, not yet escaped.
    pub message: String,
    /// The call and what it was about: `range /config/`, `put /a`. May be empty.
    pub context: String,
}

impl StoreError {
    /// An error without context.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> StoreError {
        StoreError { kind, message: message.into(), context: String::new() }
    }

    /// The same error, saying what was being done (escaped already).
    pub fn during(self, context: impl Into<String>) -> StoreError {
        StoreError { context: context.into(), ..self }
    }

    /// Whether a write that ended like this may or may not have happened.
    pub fn outcome_unknown(&self) -> bool {
        // `Unavailable` covers etcd's code 14, which it also gives for proposals already in flight.
        matches!(self.kind, ErrorKind::Unknown | ErrorKind::Unavailable | ErrorKind::BadAnswer)
    }

    /// Whether the connection (not the request) is to blame, so that the same call may work later.
    pub fn is_connection(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Unreachable | ErrorKind::Unknown | ErrorKind::Unavailable | ErrorKind::Tls
        )
    }

    /// Whether a transaction has more operations than the server allows (`--max-txn-ops`), so that fewer
    /// may be asked for.
    pub fn is_too_many_operations(&self) -> bool {
        self.kind == ErrorKind::Invalid && self.message.contains("too many operations")
    }

    /// Whether the server refuses the request as it is, or who asks, so that the same will be refused
    /// again until something changes.
    pub fn is_refusal(&self) -> bool {
        self.is_turned_away() || self.kind == ErrorKind::Invalid
    }

    /// Whether the server refuses who asks, so that little else will be answered either.
    pub fn is_turned_away(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::PermissionDenied
                | ErrorKind::Unauthenticated
                | ErrorKind::WrongPassword
                | ErrorKind::CommonName
        )
    }

    fn describe(&self) -> String {
        if self.context.is_empty() {
            self.message.clone()
        } else {
            format!("{}: {}", self.context, self.message)
        }
    }
}
