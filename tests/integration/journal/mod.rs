//! The journal itself: what it keeps, what it gives back, and what it does without a disk.

mod contents;
mod lost;
mod put_back;
mod trail;

use std::time::SystemTime;

use etcdeck::domain::change::To;
use etcdeck::domain::journal::{Before, JournalId, JournalLine, Written};
use etcdeck::domain::{Entry, Key, LeaseId, Revision, Version};
use etcdeck::journal::Journal;

/// A key as it was found.
fn was(key: &str, value: &str, revision: i64) -> Before {
    Before::Entry(Entry {
        key: key.into(),
        value: value.into(),
        create_revision: Revision(2),
        mod_revision: Revision(revision),
        version: Version(3),
        lease: LeaseId::NONE,
    })
}

fn put(value: &str) -> To {
    To::Put { value: value.into(), lease: LeaseId::NONE }
}

fn written(key: &str, before: Before, after: To, revision: i64) -> Written {
    Written { key: Key::from(key), before, after, revision: Revision(revision) }
}

/// A record of one transaction.
fn record(journal: &Journal, undoes: Option<u64>, written: Vec<Written>) -> JournalLine {
    let mut recording = journal.begin("save".to_owned(), undoes.map(JournalId));
    recording.add(written, SystemTime::UNIX_EPOCH)
}

/// The whole contents of a record, as they are to be undone.
fn contents(journal: &Journal, id: JournalId) -> Vec<Written> {
    let contents = journal.iter(id).expect("there is such a record");
    contents.collect::<Result<_, _>>().expect("it can be read")
}
