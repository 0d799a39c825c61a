//! Undoing more than once: what a later undo put back may be undone further.

use etcdeck::domain::change::{Guard, To};
use etcdeck::domain::journal::{Before, JournalId, Written};
use etcdeck::domain::{LeaseId, Revision};
use etcdeck::journal::Journal;

use super::{contents, put, record, was, written};

fn guards(written: &[Written]) -> Vec<Guard> {
    written.iter().map(Written::guard).collect()
}

#[test]
fn one_can_walk_back_through_the_writes_of_a_key() {
    let journal = Journal::default();
    record(&journal, None, vec![written("/a", was("/a", "A", 5), put("B"), 10)]);
    record(&journal, None, vec![written("/a", was("/a", "B", 10), put("C"), 11)]);
    assert_eq!(guards(&contents(&journal, JournalId(1))), [Guard::Unchanged(Revision(10))]);
    // The undo of the second write: the key is again what the first one made of it.
    record(&journal, Some(2), vec![written("/a", was("/a", "C", 11), put("B"), 12)]);
    let first = contents(&journal, JournalId(1));
    assert_eq!(guards(&first), [Guard::Unchanged(Revision(12))]);
    assert_eq!(first[0].before, was("/a", "A", 5));
    // What is shown is what was recorded.
    let shown = journal.read(JournalId(1), 9).expect("it is there");
    assert_eq!(shown[0].revision, Revision(10));
    // The second is not what the key is, whatever came later.
    assert_eq!(guards(&contents(&journal, JournalId(2))), [Guard::Unchanged(Revision(11))]);
}

#[test]
fn only_what_the_record_left_counts_as_put_back() {
    let journal = Journal::default();
    record(
        &journal,
        None,
        vec![
            written("/a", was("/a", "A", 5), put("B"), 10),
            written("/b", was("/b", "A", 5), put("B"), 10),
            written("/c", was("/c", "A", 5), To::Deleted, 10),
            written("/d", Before::Unknown, put("B"), 10),
            written("/e", Before::Absent, put("B"), 10),
        ],
    );
    let leased = To::Put { value: b"B".to_vec(), lease: LeaseId(7) };
    record(
        &journal,
        Some(9),
        vec![
            // Somebody else had made another value of it, which the undo put back.
            written("/a", was("/a", "C", 11), put("X"), 12),
            // Put back, though on another lease.
            written("/b", was("/b", "C", 11), leased, 12),
            written("/c", was("/c", "C", 11), To::Deleted, 12),
            written("/d", was("/d", "C", 11), put("B"), 12),
        ],
    );
    let found = contents(&journal, JournalId(1));
    let unchanged = |revision| Guard::Unchanged(Revision(revision));
    assert_eq!(
        guards(&found),
        [unchanged(10), unchanged(12), Guard::Absent, unchanged(10), unchanged(10)]
    );
    // A write of our own that is no undo is a change like anybody's.
    record(&journal, None, vec![written("/b", was("/b", "B", 12), put("B"), 13)]);
    assert_eq!(guards(&contents(&journal, JournalId(1)))[1], unchanged(12));
}

#[test]
fn a_redo_may_be_undone_and_so_may_what_it_redid() {
    let journal = Journal::default();
    record(&journal, None, vec![written("/a", Before::Absent, put("A"), 10)]);
    record(&journal, Some(1), vec![written("/a", was("/a", "A", 10), To::Deleted, 11)]);
    record(&journal, Some(2), vec![written("/a", Before::Absent, put("A"), 12)]);
    let unchanged = |revision| vec![Guard::Unchanged(Revision(revision))];
    assert_eq!(guards(&contents(&journal, JournalId(3))), unchanged(12));
    assert_eq!(guards(&contents(&journal, JournalId(1))), unchanged(12));
}
