//! Records of any size, in memory and beyond.

use std::time::{Duration, SystemTime};

use etcdeck::domain::Revision;
use etcdeck::domain::change::To;
use etcdeck::domain::journal::{Before, JournalId, Standing, Written};
use etcdeck::journal::Journal;

use super::{contents, put, record, was, written};

const THEN: SystemTime = SystemTime::UNIX_EPOCH;

#[test]
fn a_record_grows_with_its_transactions() {
    let journal = Journal::default();
    let mut job = journal.begin("delete /a/".to_owned(), None);
    assert_eq!(job.id(), None);
    let delete =
        |n: i64, at| written(&format!("/a/{n}"), was(&format!("/a/{n}"), "v", n), To::Deleted, at);
    let first = job.add(vec![delete(1, 20), delete(2, 20)], THEN + Duration::from_secs(5));
    // Another write comes between the transactions of a job.
    let other = record(&journal, None, vec![written("/b", Before::Absent, put("v"), 21)]);
    let last = job.add(vec![delete(3, 22)], THEN + Duration::from_secs(9));
    assert_eq!((first.id, other.id, last.id), (JournalId(1), JournalId(2), JournalId(1)));
    assert_eq!((first.keys, last.keys), (2, 3));
    assert_eq!(last.revisions, (Revision(20), Revision(22)));
    assert_eq!((last.time, last.what.as_str()), (THEN + Duration::from_secs(5), "delete /a/"));
    assert_eq!(last.first, Some("/a/1".into()));
    assert_eq!(job.id(), Some(JournalId(1)));
    assert_eq!(journal.line(JournalId(1)), Some(last));
    let all = [delete(1, 20), delete(2, 20), delete(3, 22)];
    assert_eq!(contents(&journal, JournalId(1)), all);
    assert_eq!(journal.read(JournalId(1), 2).expect("it is there"), all[..2]);
    let missing = journal.read(JournalId(3), 9).expect_err("there is none");
    assert_eq!(missing, "there is no write 3 in the journal");
    assert!(journal.iter(JournalId(0)).is_err());
}

#[test]
fn what_was_sent_without_an_answer_makes_the_record_unknown() {
    let journal = Journal::default();
    let mut recording = journal.begin("save /a".to_owned(), None);
    let sent = written("/a", Before::Unknown, put("v"), 0);
    let line = recording.add_unknown(vec![sent.clone()], THEN);
    assert_eq!(
        (line.standing, line.revisions),
        (Standing::Unknown, (Revision::NONE, Revision::NONE))
    );
    let known = recording.add(vec![written("/b", Before::Absent, put("v"), 7)], THEN);
    assert_eq!((known.standing, known.revisions), (Standing::Unknown, (Revision(7), Revision(7))));
    assert_eq!(contents(&journal, line.id)[0], sent);
}

#[test]
fn memory_is_bounded_and_everything_comes_back() {
    let journal = Journal::new(64 << 10);
    let value = "x".repeat(1000);
    let of = |record: u64, n: i64| -> Written {
        let key = format!("/{record}/{n}");
        written(&key, was(&key, &value, n + 1), put(&format!("{record}-{n}")), n + 9)
    };
    // Two jobs that take turns, and single writes between them.
    let mut jobs = [1, 2].map(|_| journal.begin("job".to_owned(), None));
    for n in 0..200 {
        for (job, record) in jobs.iter_mut().zip([1, 2]) {
            job.add(vec![of(record, 2 * n), of(record, 2 * n + 1)], THEN);
        }
        record(&journal, None, vec![of(3 + n as u64, 0)]);
        assert!(journal.memory() <= 64 << 10, "{}", journal.memory());
    }
    for id in [1, 2] {
        let wanted: Vec<Written> = (0..400).map(|n| of(id, n)).collect();
        assert_eq!(contents(&journal, JournalId(id)), wanted, "job {id}");
    }
    for id in [3, 100, 202] {
        assert_eq!(contents(&journal, JournalId(id)), [of(id, 0)]);
    }
    // A reader is not disturbed by what is written meanwhile, nor the writer by the reader.
    let mut reader = journal.iter(JournalId(1)).expect("it is there");
    let first = reader.next().expect("400 of them").expect("it can be read");
    record(&journal, None, vec![of(9, 9)]);
    assert_eq!(first, of(1, 0));
    assert_eq!(reader.count(), 399);
}

#[test]
fn words_without_end_are_cut() {
    let journal = Journal::default();
    let mut recording = journal.begin("ä".repeat(100_000), None);
    let line = recording.add(Vec::new(), THEN);
    assert!(line.what.len() < 600 && line.what.ends_with("ä…"), "{}", line.what.len());
}
