//! The export format, the spool, and the subcommands that export and import.

mod format;
mod hostile;
mod large;
mod program;
mod spool;
mod unhappy;
mod world;

use std::io::Cursor;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use etcdeck::archive::{Ending, Fault, Header, Reader, Writer};
use etcdeck::domain::{Entry, Key, LeaseId, Revision, Version};
use proptest::prelude::*;

fn noon() -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(1_709_251_199_123)
}

fn entry(key: &[u8], value: &[u8]) -> Entry {
    Entry {
        key: Key::from(key),
        value: value.to_vec(),
        create_revision: Revision(3),
        mod_revision: Revision(5),
        version: Version(2),
        lease: LeaseId::NONE,
    }
}

/// Any entry a store could hold.
fn any_entry() -> impl Strategy<Value = Entry> {
    let bytes = |at_least| {
        prop_oneof![
            prop::collection::vec(any::<u8>(), at_least..20),
            prop::collection::vec(any::<char>(), at_least..10)
                .prop_map(|text| text.into_iter().collect::<String>().into_bytes()),
        ]
    };
    let number = 0..=i64::MAX;
    (bytes(1), bytes(0), number.clone(), number.clone(), number, any::<i64>()).prop_map(
        |(key, value, create, modified, version, lease)| Entry {
            key: Key::new(key),
            value,
            create_revision: Revision(create),
            mod_revision: Revision(modified),
            version: Version(version),
            lease: LeaseId(lease),
        },
    )
}

fn written(prefix: &[u8], entries: &[Entry]) -> Vec<u8> {
    let header = Header::new(Revision(9), Key::from(prefix), entries.len() as u64, noon());
    let mut writer = Writer::new(Vec::new(), &header).expect("written to memory");
    for entry in entries {
        writer.write(entry).expect("written to memory");
    }
    writer.end().expect("as many as counted");
    let bytes = writer.bytes();
    let file = writer.into_inner();
    assert_eq!(bytes, file.len() as u64);
    file
}

fn read(file: &[u8]) -> Result<(Vec<Entry>, Ending), Fault> {
    let mut reader = Reader::new(Cursor::new(file))?;
    let entries = reader.by_ref().collect::<Result<_, _>>()?;
    Ok((entries, reader.ending().expect("read to its end")))
}
