//! How much is held in memory before it goes to a file, and how much load is put on the server.

use super::load::Load;

/// The limits of a run. What lies beyond those in bytes is written to files of the user alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Keys and values of the plan for one bulk action. Above it they go to a backup file, which is
    /// on the disk before anything is deleted.
    pub bulk_bytes: u64,
    /// The writes that the journal of this run remembers, with the bytes before and after them.
    pub journal_bytes: u64,
    /// What reading may cost the server.
    pub load: Load,
}

impl Limits {
    /// What is held when nobody says otherwise: enough for everyday work on the smallest host.
    pub const DEFAULT: Limits =
        Limits { bulk_bytes: 16 << 20, journal_bytes: 8 << 20, load: Load::DEFAULT };
}

impl Default for Limits {
    fn default() -> Limits {
        Limits::DEFAULT
    }
}
