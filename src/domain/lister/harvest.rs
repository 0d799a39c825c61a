//! What an answer holds: keys, cut into the children they are or belong to.

use crate::domain::tree::{ListedChild, child_of};
use crate::domain::{Entry, LeaseId, Revision, Version};

/// The children in an answer.
pub(super) struct Harvest {
    pub(super) children: Vec<ListedChild>,
    /// How many keys there were.
    pub(super) keys: i64,
    /// How many of them are of the last child.
    pub(super) in_last: i64,
}

impl Harvest {
    /// Cuts the entries of an answer into children. Those of which all keys are there are counted:
    /// all but the last one, where there is `more`.
    pub(super) fn of(entries: &[Entry], more: bool, prefix: &[u8], delimiter: &[u8]) -> Harvest {
        let mut children: Vec<ListedChild> = Vec::new();
        for entry in entries {
            let key = entry.key.as_bytes();
            let Some(rest) = key.strip_prefix(prefix) else { continue };
            let child = child_of(prefix, key, delimiter);
            let name = &rest[..child.name_len];
            if let Some(last) = children.last_mut().filter(|last| last.name == name && last.is_dir)
            {
                last.count = last.count.map(|count| count + 1);
                continue;
            }
            let listed = |mod_revision, version, lease, count| ListedChild {
                name: name.to_vec(),
                is_dir: child.is_dir,
                mod_revision,
                version,
                lease,
                count,
            };
            children.push(if child.is_dir {
                listed(Revision::NONE, Version(0), LeaseId::NONE, Some(1))
            } else {
                listed(entry.mod_revision, entry.version, entry.lease, None)
            });
        }
        let mut in_last = 1;
        if let Some(last) = children.last_mut() {
            in_last = last.count.unwrap_or(1);
            if more {
                last.count = None;
            }
        }
        Harvest { children, keys: entries.len() as i64, in_last }
    }
}
