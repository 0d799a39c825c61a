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
    let mut bytes = name.as_bytes().to_vec();
    bytes.extend_from_slice(format!("/{lease}").as_bytes());
    Key::from(bytes)
}

/// The prefix under which the queue of a lock or election stands: the name and `/`.
pub fn queue_prefix(name: &Key) -> Key {
    let mut bytes = name.as_bytes().to_vec();
    bytes.push(b'/');
    Key::from(bytes)
}
