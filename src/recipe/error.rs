//! Why a lock, a leadership or a registration was not had.

use std::time::Duration;

use crate::domain::Entry;
use crate::store::{ErrorKind, StoreError};

/// What can go wrong beyond a failed call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecipeError {
    /// Somebody else holds it.
    #[error("held by {}", .0.key)]
    Held(Box<Entry>),
    /// It was not had in the time given; its place in the queue was given up.
    #[error("not had within {0:?}")]
    TimedOut(Duration),
    /// The lease of this client ended, and with it the lock, the leadership or the place in the queue.
    #[error("the lease ended: {0}")]
    LeaseLost(StoreError),
    /// An instance with the same name was registered by somebody else, and is left as it is.
    #[error("{} is registered by somebody else", .0.key)]
    Taken(Box<Entry>),
    /// A call failed, and trying again by itself would not help or could do harm.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl RecipeError {
    /// The request is wrong; nothing was sent.
    pub(super) fn invalid(message: &str) -> RecipeError {
        RecipeError::Store(StoreError::new(ErrorKind::Invalid, message))
    }
}

/// Whether the same call may work a moment later, as it is.
pub(super) fn is_passing(error: &StoreError) -> bool {
    error.is_connection() || error.outcome_unknown()
}
