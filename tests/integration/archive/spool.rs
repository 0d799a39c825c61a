//! Records that overflow from memory to a file without a name.

use std::fs;
use std::io;
use std::path::Path;

use etcdeck::archive::{Cursor, Spool, Stored};
use etcdeck::domain::change::{Change, Guard, Step, To};
use etcdeck::domain::journal::{Before, Written};
use etcdeck::domain::{Entry, LeaseId, Revision};
use proptest::prelude::*;

use super::{any_entry, entry};

fn all<T: Stored>(spool: &Spool<T>) -> Vec<T> {
    spool.iter().collect::<io::Result<_>>().expect("readable")
}

fn any_change() -> impl Strategy<Value = Change> {
    (any_entry(), any::<bool>(), any::<bool>()).prop_map(|(entry, absent, deleted)| Change {
        key: entry.key,
        guard: if absent { Guard::Absent } else { Guard::Unchanged(entry.mod_revision) },
        to: if deleted { To::Deleted } else { To::Put { value: entry.value, lease: entry.lease } },
    })
}

fn any_written() -> impl Strategy<Value = Written> {
    (any_change(), any_entry(), 0..3).prop_map(|(change, entry, before)| Written {
        key: change.key,
        after: change.to,
        revision: entry.mod_revision,
        before: match before {
            0 => Before::Absent,
            1 => Before::Entry(entry),
            _ => Before::Unknown,
        },
    })
}

/// Appends them, reads them after every one, and again from where each began.
fn round_trip<T: Stored + PartialEq + std::fmt::Debug>(records: Vec<T>, limit: usize) {
    let folder = tempfile::tempdir().expect("a folder");
    let mut spool = Spool::new(limit, folder.path());
    let mut reader = Cursor::default();
    let mut starts = Vec::new();
    for (at, record) in records.iter().enumerate() {
        starts.push(spool.append(record).expect("room on the disk"));
        let next = spool.next(&mut reader).expect("one more").expect("readable");
        assert_eq!(&next, record);
        assert!(spool.next(&mut reader).is_none());
        assert_eq!((spool.len(), spool.is_empty()), (at as u64 + 1, false));
        assert_eq!(spool.in_memory(), spool.bytes() <= limit as u64);
    }
    assert_eq!(all(&spool), records);
    assert_eq!(all(&spool), records, "any number of times");
    for (start, record) in starts.into_iter().zip(&records) {
        let found = spool.next(&mut Cursor::at(start)).expect("a record").expect("readable");
        assert_eq!(&found, record);
    }
}

proptest! {
    #[test]
    fn records_come_back_in_order(
        entries in prop::collection::vec(any_entry(), 0..12),
        changes in prop::collection::vec(any_change(), 0..12),
        written in prop::collection::vec(any_written(), 0..12),
        limit in 0usize..2000,
    ) {
        let steps: Vec<Step> = changes.chunks(2).map(<[Change]>::to_vec).collect();
        round_trip(entries, limit);
        round_trip(changes, limit);
        round_trip(steps, limit);
        round_trip(written, limit);
    }
}

#[test]
fn large_and_small_records_share_a_file() {
    let sizes = [0, 1, 100_000, 3, 70_000, 65_536, 2 << 20, 5];
    let records: Vec<Entry> = sizes.iter().map(|size| entry(b"/a", &vec![0xa5; *size])).collect();
    round_trip(records, 1000);
}

#[test]
fn the_file_has_no_name_and_is_ours_alone() {
    let folder = tempfile::tempdir().expect("a folder");
    let before = open_files(folder.path());
    let mut spool = Spool::new(10, folder.path());
    assert_eq!(open_files(folder.path()), before, "no file before one is needed");
    spool.append(&entry(b"/a", b"secret")).expect("room on the disk");
    assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 0, "it has no name");
    assert_eq!(open_files(folder.path()), [0o600]);
    drop(spool);
    assert_eq!(open_files(folder.path()), before, "and vanishes with the spool");
}

/// The permissions of the files of that folder that this process has open.
fn open_files(folder: &Path) -> Vec<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let open = fs::read_dir("/proc/self/fd").expect("Linux").filter_map(Result::ok);
    let ours = open.map(|file| file.path()).filter(|path| {
        fs::read_link(path).is_ok_and(|target| target.starts_with(folder) && target != folder)
    });
    ours.filter_map(|path| Some(fs::metadata(path).ok()?.permissions().mode() & 0o777)).collect()
}

#[test]
fn an_error_of_the_disk_is_told_and_nothing_is_lost() {
    let folder = tempfile::tempdir().expect("a folder");
    let gone = folder.path().join("gone");
    let mut spool = Spool::new(300, &gone);
    let small = Written {
        key: "/a".into(),
        before: Before::Absent,
        after: To::Put { value: b"1".to_vec(), lease: LeaseId(7) },
        revision: Revision(3),
    };
    spool.append(&small).expect("in memory");
    let large =
        Written { after: To::Put { value: vec![0; 400], lease: LeaseId(7) }, ..small.clone() };
    let said = spool.append(&large).expect_err("no such folder").to_string();
    assert!(said.contains("gone") && said.contains("No such file"), "{said}");
    assert_eq!((spool.len(), all(&spool)), (1, vec![small.clone()]));
    fs::create_dir(&gone).expect("a folder");
    spool.append(&large).expect("now there is one");
    assert_eq!(all(&spool), [small, large]);
}

/// Says to the test below that it is the process whose files are limited.
const LIMITED: &str = "ETCDECK_TEST_LIMITED";

#[test]
fn a_full_disk_is_told_and_what_was_written_stays() {
    if std::env::var_os(LIMITED).is_none() {
        // A file system of its own needs privileges. A limit on the size of files fails the same call,
        // in a process of its own.
        let name = "archive::spool::a_full_disk_is_told_and_what_was_written_stays";
        let script = format!("trap '' XFSZ; ulimit -f 8; exec \"$0\" --exact {name}");
        let test = std::env::current_exe().expect("this test");
        let mut shell = std::process::Command::new("sh");
        let run = shell.arg("-c").arg(script).arg(test).env(LIMITED, "1").output();
        let run = run.expect("a shell");
        let said = String::from_utf8_lossy(&run.stdout);
        assert!(run.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let folder = tempfile::tempdir().expect("a folder");
    let mut spool = Spool::new(0, folder.path());
    let record = entry(b"/a", &[1; 1000]);
    let error = loop {
        if let Err(error) = spool.append(&record) {
            break error;
        }
        assert!(spool.len() < 1000, "no limit in force");
    };
    assert_eq!(error.kind(), io::ErrorKind::FileTooLarge, "{error}");
    let kept = spool.len();
    assert!(kept > 0);
    assert_eq!(all(&spool), vec![record.clone(); kept as usize]);
    let fits = spool.append(&entry(b"/b", b"")).is_ok();
    assert_eq!(spool.len(), kept + u64::from(fits));
    assert_eq!(all(&spool).len() as u64, spool.len());
}
