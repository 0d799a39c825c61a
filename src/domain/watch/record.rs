//! Lines of the log as records of a file: one JSON object a line.
//!
//! `time` (RFC 3339, UTC, milliseconds), `type` (`PUT`, `DELETE`, `GAP`), `revision`, `key`, `value`,
//! `prev_value` (where known), `create_revision`, `version`, `lease` (hexadecimal, `"0"` for none). A
//! DELETE has no value, create revision, version and lease. A GAP has the first and the last revision
//! that are missing, `revision` and `last_revision`, and nothing else.
//!
//! After a gap the keys were listed, and what differs from what was known stands in lines that are no
//! events. `LISTED` has `revision`, at which that was, `since_revision` (0 when the store is another
//! one), `compared`, and where that is true the numbers of keys `put`, `changed` and `gone` (missing
//! where it is not known) and of those `unnamed`, which have no line of their own. Each `FOUND` behind it
//! has `found` (`put`, `changed`, `gone`), `key`, and `revision`, when the key was written last (not for
//! one that is gone). A `FAULT` is a promise the server broke: `fault` (`repeated`, `late`, `split`,
//! `stray`, `missed`), `revision`, `key` and `others`, how many more. `REPLACED` says that the store is
//! another one than before: `revision` is its own now, `last_revision` the one told of the old store,
//! `other_cluster` whether its cluster ID differs.
//!
//! Bytes that are not UTF-8 stand in base64 under the name with `_base64` behind it. Printed on a
//! terminal a record is harmless.

use super::{Gone, LogLine, Logged};
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
        Logged::Fault(fault) => {
            record.text("type", "FAULT");
            record.text("fault", fault.kind.word());
            record.number("revision", fault.revision.0);
            record.bytes("key", fault.key.as_bytes());
            record.number("others", number(fault.others));
        }
        Logged::Replaced(replaced) => {
            record.text("type", "REPLACED");
            record.number("revision", replaced.now.0);
            record.number("last_revision", replaced.told.0);
            record.flag("other_cluster", replaced.other_cluster);
        }
        Logged::Found(found) => {
            record.text("type", "FOUND");
            record.text("found", found.kind.word());
            if found.revision.is_some() {
                record.number("revision", found.revision.0);
            }
            record.bytes("key", found.key.as_bytes());
        }
        Logged::Listed(listed) => {
            record.text("type", "LISTED");
            record.number("revision", listed.at.0);
            record.number("since_revision", listed.since.0);
            record.flag("compared", listed.is_compared);
            if listed.is_compared {
                record.number("put", number(listed.put));
                record.number("changed", number(listed.changed));
                match listed.gone {
                    Gone::Named(gone) | Gone::Counted(gone) => record.number("gone", number(gone)),
                    Gone::Unknown => {}
                }
                record.number("unnamed", number(listed.unnamed));
            }
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

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
