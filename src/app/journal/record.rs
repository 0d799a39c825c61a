//! One record at length: each key as it was and as it was left.
//!
//! What is compared is bounded in keys, bytes and rows, so that no record keeps the screen waiting;
//! what is left out is counted.

use crate::domain::change::To;
use crate::domain::comparison::{Comparison, Row};
use crate::domain::journal::{Before, JournalId, Written};
use crate::domain::{Entry, Key, LeaseId};

/// How many keys are read of a record.
pub(super) const KEYS: usize = 200;
/// How many bytes are compared; a value beyond is only measured.
const BYTES: usize = 4 << 20;
/// How many rows of differences there are, of one key and of all.
const ROWS: (usize, usize) = (500, 4000);

/// The dialog of a record.
#[derive(Clone, Debug)]
pub struct RecordSheet {
    /// Which record.
    pub id: JournalId,
    /// What is in it.
    pub contents: Contents,
    /// The first line shown.
    pub scroll: usize,
}

/// The contents of a record.
#[derive(Clone, Debug, PartialEq)]
pub enum Contents {
    /// They are being read.
    Loading,
    /// They cannot be had. Not escaped.
    Failed(String),
    /// Here: the keys that were read.
    Ready(Vec<Part>),
}

/// A key of a record.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// Which key.
    pub key: Key,
    /// What happened to it, and what else there is to say of it.
    pub facts: Vec<String>,
    /// What of its value differs; none where that is not known or too much.
    pub comparison: Option<Comparison>,
    /// How many rows of the difference are left out.
    pub left_out: usize,
}

/// What was read of a record, for the dialog.
pub(super) fn parts(written: Vec<Written>) -> Vec<Part> {
    let (mut bytes, mut rows) = (BYTES, ROWS.1);
    written.into_iter().map(|written| part(written, &mut bytes, &mut rows)).collect()
}

fn part(written: Written, bytes: &mut usize, rows: &mut usize) -> Part {
    let before = match &written.before {
        Before::Entry(entry) => Some(&entry.value),
        Before::Absent | Before::Unknown => None,
    };
    let after = match &written.after {
        To::Put { value, .. } => Some(value),
        To::Deleted => None,
    };
    let mut facts = vec![happened(&written)];
    facts.extend(lease(&written));
    let size = before.map_or(0, Vec::len) + after.map_or(0, Vec::len);
    let nothing = size == 0 || written.before == Before::Unknown && after.is_none();
    let comparison = if nothing {
        None
    } else if size > *bytes {
        facts.push(format!("too much to compare here: {size} bytes"));
        None
    } else {
        *bytes -= size;
        Some(compare(before, after))
    };
    let (comparison, left_out) = match comparison {
        Some(mut comparison) => {
            let most = ROWS.0.min(*rows);
            let left_out = comparison.rows.len().saturating_sub(most);
            comparison.rows.truncate(most);
            *rows -= comparison.rows.len();
            (Some(comparison), left_out)
        }
        None => (None, 0),
    };
    Part { key: written.key, facts, comparison, left_out }
}

/// Nothing is no empty line: what was created has only lines added, what was deleted only removed.
fn compare(before: Option<&Vec<u8>>, after: Option<&Vec<u8>>) -> Comparison {
    let bytes = |value: Option<&Vec<u8>>| value.map_or(&[][..], Vec::as_slice).to_vec();
    let mut comparison = Comparison::new(&bytes(before), &bytes(after));
    if before.is_none() {
        comparison.rows.retain(|row| !matches!(row, Row::Removed(_)));
    }
    if after.is_none() {
        comparison.rows.retain(|row| !matches!(row, Row::Added(_)));
    }
    comparison
}

fn happened(written: &Written) -> String {
    if !written.revision.is_some() {
        let what = if written.after == To::Deleted { "deleted" } else { "written" };
        return format!("it was to be {what}, and no answer came");
    }
    let what = match (&written.before, &written.after) {
        (Before::Absent, To::Put { .. }) => "created",
        (Before::Entry(_), To::Put { .. }) => "changed",
        (Before::Unknown, To::Put { .. }) => "written",
        (Before::Absent, To::Deleted) => "not there, and not there after",
        (Before::Entry(_) | Before::Unknown, To::Deleted) => "deleted",
    };
    let what = format!("{what} at revision {}", written.revision);
    match &written.before {
        Before::Entry(Entry { mod_revision, version, .. }) => {
            format!("{what}; before: revision {mod_revision}, version {version}")
        }
        Before::Unknown => format!("{what}; what was there before is not known"),
        Before::Absent => what,
    }
}

/// What became of its lease, where it had or got one.
fn lease(written: &Written) -> Option<String> {
    let before = match &written.before {
        Before::Entry(entry) => entry.lease,
        Before::Absent | Before::Unknown => LeaseId::NONE,
    };
    match &written.after {
        To::Deleted if before.is_some() => Some(format!("it hung on lease {before}")),
        To::Deleted => None,
        To::Put { lease, .. } if *lease == before => {
            lease.is_some().then(|| format!("it stayed on lease {lease}"))
        }
        To::Put { lease, .. } if !before.is_some() => Some(format!("hung on lease {lease}")),
        To::Put { lease, .. } if !lease.is_some() => Some(format!("taken off lease {before}")),
        To::Put { lease, .. } => Some(format!("moved from lease {before} to lease {lease}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Revision, Version};

    fn written(before: Before, after: To) -> Written {
        Written { key: "/a".into(), before, after, revision: Revision(9) }
    }

    fn old(value: &[u8], lease: i64) -> Before {
        let (mod_revision, version) = (Revision(5), Version(2));
        let lease = LeaseId(lease);
        let (key, value, create_revision) = ("/a".into(), value.to_vec(), Revision(4));
        Before::Entry(Entry { key, value, create_revision, mod_revision, version, lease })
    }

    fn put(value: &[u8], lease: i64) -> To {
        To::Put { value: value.to_vec(), lease: LeaseId(lease) }
    }

    #[test]
    fn a_key_is_told_with_its_lease_and_difference() {
        let cases = [
            (Before::Absent, put(b"a\nb\n", 0), "created at revision 9", vec!["+a", "+b", " "]),
            (
                old(b"x\ny", 0x2a),
                put(b"x\nz", 0x2a),
                "changed at revision 9; before: revision 5, version 2|it stayed on lease 2a",
                vec![" x", "-y", "+z"],
            ),
            (
                old(b"x", 0),
                put(b"x", 7),
                "changed at revision 9; before: revision 5, version 2|hung on lease 7",
                vec![],
            ),
            (
                old(b"x", 7),
                put(b"", 0),
                "changed at revision 9; before: revision 5, version 2|taken off lease 7",
                vec!["-x", "+"],
            ),
            (
                old(b"x", 7),
                To::Deleted,
                "deleted at revision 9; before: revision 5, version 2|it hung on lease 7",
                vec!["-x"],
            ),
            (
                Before::Unknown,
                put(b"n", 0),
                "written at revision 9; what was there before is not known",
                vec!["+n"],
            ),
        ];
        for (before, after, facts, rows) in cases {
            let part = parts(vec![written(before, after)]).remove(0);
            assert_eq!(part.facts.join("|"), facts);
            let shown: Vec<String> = part
                .comparison
                .map(|comparison| comparison.rows)
                .unwrap_or_default()
                .into_iter()
                .map(|row| match row {
                    Row::Same(text) => format!(" {text}"),
                    Row::Removed(text) => format!("-{text}"),
                    Row::Added(text) => format!("+{text}"),
                    Row::Equal(lines) => format!("{lines} equal"),
                })
                .collect();
            assert_eq!(shown, rows, "{facts}");
        }
    }

    #[test]
    fn what_is_too_much_is_left_out_and_counted() {
        let long: Vec<u8> = (0..2000).flat_map(|n| format!("{n}\n").into_bytes()).collect();
        let many = (0..12).map(|_| written(Before::Absent, put(&long, 0))).collect();
        let parts = parts(many);
        let rows = |part: &Part| part.comparison.as_ref().map_or(0, |c| c.rows.len());
        assert_eq!((rows(&parts[0]), parts[0].left_out), (ROWS.0, 2001 - ROWS.0));
        assert_eq!(parts.iter().map(rows).sum::<usize>(), ROWS.1);
        let large = vec![b'x'; 3 << 20];
        let two =
            vec![written(Before::Absent, put(&large, 0)), written(Before::Absent, put(&large, 0))];
        let parts = super::parts(two);
        assert!(parts[0].comparison.is_some() && parts[1].comparison.is_none());
        assert_eq!(parts[1].facts[1], "too much to compare here: 3145728 bytes");
    }
}
