//! What is done about a transaction that failed.

use crate::store::{ErrorKind, StoreError};

/// What is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    /// No answer: what became of it is read back.
    Unanswered,
    /// It was not sent: it waits for the connection.
    Unsent,
    /// The server allows fewer operations: it gets smaller ones from now on.
    TooMany,
    /// The server takes no request of that size: it gets smaller ones from now on.
    TooLarge,
    /// Some of its keys are refused: the halves are sent by themselves, down to the single key.
    Denied,
    /// The same, for another reason than the permission.
    Refused,
    /// The others would fail as well: it ends.
    End,
}

/// Tells what is done about an error.
pub(super) fn refusal(error: &StoreError) -> Refusal {
    match error.kind {
        ErrorKind::Unknown | ErrorKind::Unavailable | ErrorKind::BadAnswer => Refusal::Unanswered,
        ErrorKind::Unreachable => Refusal::Unsent,
        ErrorKind::Invalid if error.is_too_many_operations() => Refusal::TooMany,
        ErrorKind::TooLarge => Refusal::TooLarge,
        ErrorKind::PermissionDenied => Refusal::Denied,
        // A lease that ended meanwhile; a value the server does not take.
        ErrorKind::LeaseNotFound | ErrorKind::Invalid => Refusal::Refused,
        ErrorKind::Tls
        | ErrorKind::WrongPassword
        | ErrorKind::Unauthenticated
        | ErrorKind::CommonName
        | ErrorKind::Compacted { .. }
        | ErrorKind::FutureRevision
        | ErrorKind::LeaseExists
        | ErrorKind::NotLeader
        | ErrorKind::NoSpace
        | ErrorKind::Unsupported
        | ErrorKind::ReadOnly
        | ErrorKind::Other => Refusal::End,
    }
}
