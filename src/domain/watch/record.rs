//! Lines of the log as records of a file: one JSON object a line.
//!
//! `time` (RFC 3339, UTC, milliseconds), `type` (`PUT`, `DELETE`, `GAP`), `revision`, `key`, `value`,
//! `prev_value` (where known), `create_revision`, `version`, `lease` (hexadecimal, `"0"` for none). A
//! DELETE has no value, create revision, version and lease. A GAP has the first and the last revision
//! that are missing, `revision` and `last_revision`, and nothing else. Bytes that are not UTF-8 stand
//! in base64 under the name with `_base64` behind it. Printed on a terminal a record is harmless.

use super::{LogLine, Logged};
use crate::domain::EventKind;
use crate::domain::record::{Record, timestamp};

/// A line as a record, without its line end; nothing for a note, which is not of the store.
pub fn json_line(line: &LogLine) -> Option<String> {
    let mut record = Record::new();
    record.text("time", &timestamp(line.time));
    match &line.what {
        Logged::Note(_) => return None,
        Logged::Gap { from, to } => {
            record.text("type", "GAP");
            record.number("revision", from.0);
            record.number("last_revision", to.0);
        }
        Logged::Event(event) => {
            let entry = &event.entry;
            record.text("type", if event.kind == EventKind::Put { "PUT" } else { "DELETE" });
            record.number("revision", entry.mod_revision.0);
            record.bytes("key", entry.key.as_bytes());
            if event.kind == EventKind::Put {
                record.bytes("value", &entry.value);
            }
            if let Some(previous) = &event.previous {
                record.bytes("prev_value", &previous.value);
            }
            if event.kind == EventKind::Put {
                record.number("create_revision", entry.create_revision.0);
                record.number("version", entry.version.0);
                record.text("lease", &entry.lease.to_string());
            }
        }
    }
    Some(record.end())
}
