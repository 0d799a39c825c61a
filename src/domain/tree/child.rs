//! What stands directly below a prefix: the one place that knows how a key is cut at the delimiter.

use crate::domain::{LeaseId, Revision, Version};

/// The child of a prefix that a key belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Child {
    /// How many bytes after the prefix are its name, a directory's delimiter included.
    pub name_len: usize,
    /// Whether it is a directory, that is, whether the delimiter ends its name.
    pub is_dir: bool,
}

/// The child directly below `prefix` that `key` is, or is in. `key` must begin with `prefix`.
///
/// What follows the prefix is cut after the first delimiter. Below the empty prefix a delimiter at
/// the very start does not end the name, so that `/config/app` stands in `/config/` and not in a
/// directory `/` that everything shares. A key equal to the prefix is a leaf with an empty name. An
/// empty delimiter makes every key a leaf.
pub fn child_of(prefix: &[u8], key: &[u8], delimiter: &[u8]) -> Child {
    let rest = key.get(prefix.len()..).unwrap_or_default();
    let leaf = Child { name_len: rest.len(), is_dir: false };
    if delimiter.is_empty() {
        return leaf;
    }
    let skipped =
        if prefix.is_empty() && rest.starts_with(delimiter) { delimiter.len() } else { 0 };
    match find(&rest[skipped..], delimiter) {
        Some(at) => Child { name_len: skipped + at + delimiter.len(), is_dir: true },
        None => leaf,
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    match wanted {
        [byte] => bytes.iter().position(|b| b == byte),
        _ => bytes.windows(wanted.len()).position(|w| w == wanted),
    }
}

/// A child as a listing found it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedChild {
    /// The bytes after the prefix: with the trailing delimiter for a directory, empty for the key
    /// that equals the prefix.
    pub name: Vec<u8>,
    /// Whether it is a directory.
    pub is_dir: bool,
    /// Of a leaf, its last write; [`Revision::NONE`] for a directory.
    pub mod_revision: Revision,
    /// Of a leaf, its writes since creation; 0 for a directory.
    pub version: Version,
    /// Of a leaf, its lease; [`LeaseId::NONE`] for a directory.
    pub lease: LeaseId,
    /// Of a directory, how many keys are below it, where the listing learned that.
    pub count: Option<i64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Prefix, key, the child's name, whether it is a directory.
    type Case = (&'static [u8], &'static [u8], &'static [u8], bool);

    #[test]
    fn keys_are_cut_at_the_first_delimiter() {
        let cases: [Case; 16] = [
            (b"", b"/config/app", b"/config/", true),
            (b"", b"config/app", b"config/", true),
            (b"", b"//a", b"//", true),
            (b"", b"//", b"//", true),
            (b"", b"/", b"/", false),
            (b"", b"/a", b"/a", false),
            (b"", b"a", b"a", false),
            (b"//", b"//a", b"a", false),
            (b"//", b"//", b"", false),
            (b"/", b"//a", b"/", true),
            (b"/a/", b"/a/", b"", false),
            (b"/a/", b"/a//b", b"/", true),
            (b"/a/", b"/a/b", b"b", false),
            (b"/con", b"/config/x", b"fig/", true),
            (b"/a/", b"/a/\xff\xfe/x", b"\xff\xfe/", true),
            (b"/a/", b"/a/\0", b"\0", false),
        ];
        for (prefix, key, name, is_dir) in cases {
            let child = child_of(prefix, key, b"/");
            let found = &key[prefix.len()..prefix.len() + child.name_len];
            assert_eq!((found, child.is_dir), (name, is_dir), "{prefix:?} {key:?}");
        }
    }

    #[test]
    fn any_bytes_may_delimit() {
        assert_eq!(child_of(b"", b"a::b", b"::"), Child { name_len: 3, is_dir: true });
        assert_eq!(child_of(b"", b"::a::b", b"::"), Child { name_len: 5, is_dir: true });
        assert_eq!(child_of(b"", b"a:b", b"::"), Child { name_len: 3, is_dir: false });
        assert_eq!(child_of(b"", b"a/b", b""), Child { name_len: 3, is_dir: false });
    }
}
