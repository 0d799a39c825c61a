//! Why a plan cannot be made.

use std::io;

use crate::store::StoreError;

/// Why a plan cannot be made. Nothing was written to the store.
#[derive(Debug, thiserror::Error)]
pub enum PlanError {
    /// The store did not answer as needed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A file failed: of the plan itself, of a backup, of an import.
    #[error(transparent)]
    File(#[from] io::Error),
    /// What was asked for makes no sense, in a sentence. Not escaped beyond its keys.
    #[error("{0}")]
    Refused(String),
}
