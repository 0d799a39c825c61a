//! What a plan may use: memory, files, and how much goes into one transaction.

use std::path::PathBuf;
use std::time::Duration;

/// The limits of plans and of carrying them out.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Bytes of planned changes that are kept in memory; what is beyond lies in a temporary file that
    /// has no name and is readable for nobody else.
    pub memory: usize,
    /// Bytes of keys and values above which a delete writes them to a backup file before anything is
    /// deleted.
    pub backup: u64,
    /// The folder of backup files; it is made, for its owner only, when the first one is written.
    /// Without one a delete above [`Limits::backup`] is refused.
    pub folder: Option<PathBuf>,
    /// Changes in one transaction at most. A server may allow fewer, which is found out.
    pub changes: usize,
    /// Rough bytes of one transaction at most: etcd takes 1.5 MiB unless told otherwise. Also what
    /// its answer may hold of values as they were, four times over.
    pub request: usize,
    /// How long work goes on without any answer of the server before it is given up.
    pub patience: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            memory: 16 << 20,
            backup: 16 << 20,
            folder: None,
            changes: 128,
            request: 1 << 20,
            patience: Duration::from_secs(120),
        }
    }
}
