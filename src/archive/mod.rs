//! Files of entries: the export format, and records that overflow from memory to a file.
//!
//! An export is JSON lines, one object a line. The first is the header: `format`, `revision`,
//! `prefix`, `count`, `time`. Then comes one line a key: `key`, `value`, `lease` (hexadecimal, `"0"`
//! for none), `create_revision`, `mod_revision`, `version`. The last, `complete` and `count`, says that
//! the file is whole: without it the file was cut. Bytes that are not UTF-8 stand in base64 under the
//! name with `_base64` behind it.

mod fault;
mod field;
mod line;
mod new_file;
mod parse;
mod reader;
mod seen;
mod spool;
mod stored;
mod writer;

pub use fault::Fault;
pub use new_file::NewFile;
pub use reader::{Ending, Reader};
pub use spool::{Cursor, Position, Spool};
pub use stored::Stored;
pub use writer::Writer;

use std::time::SystemTime;

use crate::domain::{Key, Revision};

/// What the first line says its format is.
pub const FORMAT: &str = "etcdeck-export-1";

/// What an export says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// All entries were read at this revision.
    pub revision: Revision,
    /// Every key begins with this.
    pub prefix: Key,
    /// How many keys there were at that revision.
    pub count: u64,
    /// When it was written, as RFC 3339 text.
    pub time: String,
}

impl Header {
    /// The header of an export that is begun now.
    pub fn new(revision: Revision, prefix: Key, count: u64, now: SystemTime) -> Header {
        Header { revision, prefix, count, time: crate::domain::record::timestamp(now) }
    }
}
