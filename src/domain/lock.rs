//! A lock somebody holds or waits for, as etcd's lock service knows it.

use super::{Key, LeaseId, Revision};

/// A lock that was granted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldLock {
    /// The key that stands for the holder: the lock's name, `/`, and the lease in lowercase
    /// hexadecimal without padding.
    pub key: Key,
    /// The store's revision when the server answered. **Not** the fencing revision: that is the
    /// key's creation revision, which the answer does not tell.
    pub revision: Revision,
}

/// The key of a lease in the queue of a lock or election: `NAME/694d81417acd4a1f`.
pub fn queue_key(name: &Key, lease: LeaseId) -> Key {
    let mut bytes = queue_prefix(name).into_bytes();
    // Only here etcd writes a negative ID with a sign, not as the 64 bits it prints elsewhere.
    let sign = if lease.0 < 0 { "-" } else { "" };
    bytes.extend_from_slice(format!("{sign}{:x}", lease.0.unsigned_abs()).as_bytes());
    Key::from(bytes)
}

/// The prefix under which the queue of a lock or election stands: the name and `/`.
pub fn queue_prefix(name: &Key) -> Key {
    let mut bytes = name.as_bytes().to_vec();
    bytes.push(b'/');
    Key::from(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_queue_key_is_the_name_and_the_lease_as_go_prints_it() {
        for (lease, key) in [
            (0x694d_8141_7acd_4a1f, "n/694d81417acd4a1f"),
            (0xa, "n/a"),
            (-7, "n/-7"),
            (i64::MIN, "n/-8000000000000000"),
        ] {
            assert_eq!(queue_key(&Key::from("n"), LeaseId(lease)), Key::from(key));
        }
    }
}
