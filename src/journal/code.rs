//! What was written to a key as bytes, for memory and for the file that memory is spilled to.
//!
//! Lengths and numbers are little-endian; nothing but this program, in this run, reads them.

use std::io;

use crate::domain::change::To;
use crate::domain::journal::{Before, Written};
use crate::domain::{Entry, Key, LeaseId, Revision, Version};

/// Appends one of them.
pub(super) fn push(out: &mut Vec<u8>, written: &Written) {
    bytes(out, written.key.as_bytes());
    number(out, written.revision.0);
    match &written.before {
        Before::Absent => out.push(0),
        Before::Entry(entry) => {
            out.push(1);
            // Found under another name it would be the entry of another key.
            debug_assert_eq!(entry.key, written.key);
            bytes(out, &entry.value);
            number(out, entry.create_revision.0);
            number(out, entry.mod_revision.0);
            number(out, entry.version.0);
            number(out, entry.lease.0);
        }
        Before::Unknown => out.push(2),
    }
    match &written.after {
        To::Deleted => out.push(0),
        To::Put { value, lease } => {
            out.push(1);
            bytes(out, value);
            number(out, lease.0);
        }
    }
}

fn number(out: &mut Vec<u8>, number: i64) {
    out.extend_from_slice(&number.to_le_bytes());
}

fn bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    number(out, bytes.len() as i64);
    out.extend_from_slice(bytes);
}

/// Takes the first of them off the bytes.
///
/// # Errors
/// When the bytes are not what [`push`] wrote: the file was damaged.
pub(super) fn take(rest: &mut &[u8]) -> io::Result<Written> {
    let key = Key::new(take_bytes(rest)?);
    let revision = Revision(take_number(rest)?);
    let before = match take_tag(rest)? {
        0 => Before::Absent,
        1 => Before::Entry(Entry {
            key: key.clone(),
            value: take_bytes(rest)?.to_vec(),
            create_revision: Revision(take_number(rest)?),
            mod_revision: Revision(take_number(rest)?),
            version: Version(take_number(rest)?),
            lease: LeaseId(take_number(rest)?),
        }),
        2 => Before::Unknown,
        _ => return Err(damaged()),
    };
    let after = match take_tag(rest)? {
        0 => To::Deleted,
        1 => To::Put { value: take_bytes(rest)?.to_vec(), lease: LeaseId(take_number(rest)?) },
        _ => return Err(damaged()),
    };
    Ok(Written { key, before, after, revision })
}

fn take_tag(rest: &mut &[u8]) -> io::Result<u8> {
    let (tag, tail) = rest.split_first().ok_or_else(damaged)?;
    *rest = tail;
    Ok(*tag)
}

fn take_number(rest: &mut &[u8]) -> io::Result<i64> {
    let (number, tail) = rest.split_first_chunk().ok_or_else(damaged)?;
    *rest = tail;
    Ok(i64::from_le_bytes(*number))
}

fn take_bytes<'a>(rest: &mut &'a [u8]) -> io::Result<&'a [u8]> {
    let length = usize::try_from(take_number(rest)?).map_err(|_| damaged())?;
    let (bytes, tail) = rest.split_at_checked(length).ok_or_else(damaged)?;
    *rest = tail;
    Ok(bytes)
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "what was kept of the journal is damaged")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_shapes_come_back() {
        let all: Vec<u8> = (0..=255).collect();
        let entry = Entry {
            key: Key::new(all.clone()),
            value: all.clone(),
            create_revision: Revision(3),
            mod_revision: Revision(i64::MAX),
            version: Version(9),
            lease: LeaseId(-1),
        };
        let put = To::Put { value: Vec::new(), lease: LeaseId(0x694d_8141_7acd_4a1f) };
        let mut wanted = Vec::new();
        for before in [Before::Absent, Before::Entry(entry), Before::Unknown] {
            for after in [put.clone(), To::Deleted] {
                let (key, before) = (Key::new(all.clone()), before.clone());
                wanted.push(Written { key, before, after, revision: Revision(7) });
            }
        }
        let mut kept = Vec::new();
        let mut ends = Vec::new();
        for written in &wanted {
            push(&mut kept, written);
            ends.push(kept.len());
        }
        let mut rest = kept.as_slice();
        let found: Vec<_> = wanted.iter().map(|_| take(&mut rest).expect("whole")).collect();
        assert_eq!((found, rest), (wanted, &[][..]));
        for cut in 0..ends[0] {
            assert!(take(&mut &kept[..cut]).is_err(), "cut at {cut}");
        }
    }
}
