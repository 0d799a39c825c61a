//! How an export is getting on, and what was exported.

use crate::domain::Revision;

/// How far an export has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Exporting {
    /// Keys written.
    pub keys: u64,
    /// Keys there are; 0 until they are counted.
    pub total: u64,
    /// Bytes of the file so far.
    pub bytes: u64,
}

/// What was exported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exported {
    /// All of it was read at this revision.
    pub revision: Revision,
    /// Keys.
    pub keys: u64,
    /// Keys that hang on a lease. The file names their leases; it does not keep them alive.
    pub leased: u64,
    /// Bytes of the file.
    pub bytes: u64,
}
