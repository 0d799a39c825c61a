//! Which keys a request is about: etcd's `key` and `range_end`, with their traps kept in one place.

use super::Key;

/// An interval of keys `[start, end)`, or one key.
///
/// The two byte strings are exactly etcd's `key` and `range_end`: an empty end is the single key, an
/// end of one zero byte is "to the end of the key space".
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct KeyRange {
    start: Key,
    end: Vec<u8>,
}

impl KeyRange {
    /// Just this key.
    pub fn single(key: impl Into<Key>) -> KeyRange {
        KeyRange { start: key.into(), end: Vec::new() }
    }

    /// Every key that begins with `prefix`; the empty prefix is all keys.
    pub fn prefix(prefix: impl Into<Key>) -> KeyRange {
        let prefix = prefix.into();
        let end = prefix_end(prefix.as_bytes());
        // A key cannot be empty, so "\0" to the end covers everything.
        let start = if prefix.is_empty() { Key::from(&b"\0"[..]) } else { prefix };
        KeyRange { start, end }
    }

    /// Every key.
    pub fn all() -> KeyRange {
        KeyRange::prefix(Key::default())
    }

    /// From `start` to the end of the key space.
    pub fn from(start: impl Into<Key>) -> KeyRange {
        KeyRange { start: start.into(), end: vec![0] }
    }

    /// From `start` up to, not including, `end`. An empty `end` would mean the single key, so it is
    /// read as "to the end of the key space".
    pub fn interval(start: impl Into<Key>, end: impl Into<Vec<u8>>) -> KeyRange {
        let end = end.into();
        KeyRange { start: start.into(), end: if end.is_empty() { vec![0] } else { end } }
    }

    /// The keys from these bytes up to, not including, `to` (none: to the end of the key space), as they
    /// are asked for: no key is empty, and an interval of one key is that key. The other way round as
    /// [`bounds`](KeyRange::bounds).
    pub fn between(from: Vec<u8>, to: Option<Vec<u8>>) -> KeyRange {
        let start = if from.is_empty() { vec![0] } else { from };
        match to {
            Some(to) if to.strip_suffix(&[0]) == Some(&start) => KeyRange::single(Key::new(start)),
            Some(to) => KeyRange::interval(start, to),
            None => KeyRange::from(start),
        }
    }

    /// From which bytes on, and up to which (not included; none: to the end of the key space).
    pub fn bounds(&self) -> (Vec<u8>, Option<Vec<u8>>) {
        let start = self.start.as_bytes();
        // No key is empty, so the smallest key and the empty one are the same beginning.
        let from = if start == [0] { Vec::new() } else { start.to_vec() };
        let to = match self.end() {
            [] => Some([start, &[0]].concat()),
            [0] => None,
            end => Some(end.to_vec()),
        };
        (from, to)
    }

    /// The same end, a later start: the next page.
    #[must_use]
    pub fn starting_at(&self, start: Key) -> KeyRange {
        KeyRange { start, end: self.end.clone() }
    }

    /// etcd's `key`.
    pub fn start(&self) -> &Key {
        &self.start
    }

    /// etcd's `range_end`: empty for a single key, one zero byte for "to the end".
    pub fn end(&self) -> &[u8] {
        &self.end
    }

    /// Whether this names one key.
    pub fn is_single(&self) -> bool {
        self.end.is_empty()
    }

    /// Whether the interval has no end.
    pub fn is_open(&self) -> bool {
        self.end == [0]
    }

    /// Whether `key` lies inside.
    pub fn contains(&self, key: &[u8]) -> bool {
        if self.is_single() {
            return key == self.start.as_bytes();
        }
        key >= self.start.as_bytes() && (self.is_open() || key < self.end.as_slice())
    }

    /// The prefix this interval stands for, where it stands for one.
    pub fn as_prefix(&self) -> Option<Key> {
        let prefix =
            if self.start.as_bytes() == b"\0" { Key::default() } else { self.start.clone() };
        (!self.is_single() && prefix_end(prefix.as_bytes()) == self.end).then_some(prefix)
    }
}

/// etcd's `range_end` for a prefix: drop trailing 0xff bytes and add one to the last byte left; a
/// prefix of nothing else (or of nothing) has no end, which etcd writes as one zero byte.
pub fn prefix_end(prefix: &[u8]) -> Vec<u8> {
    let kept = prefix.iter().rposition(|b| *b != 0xff).map_or(0, |at| at + 1);
    let mut end = prefix[..kept].to_vec();
    match end.last_mut() {
        Some(last) => *last += 1,
        None => end.push(0),
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefix_ends() {
        let cases: [(&[u8], &[u8]); 8] = [
            (b"a", b"b"),
            (b"dir/", b"dir0"),
            (b"a\xff", b"b"),
            (b"a\xff\xff", b"b"),
            (b"\xff", b"\0"),
            (b"\xff\xff", b"\0"),
            (b"", b"\0"),
            (b"\xfe\xff", b"\xff"),
        ];
        for (prefix, end) in cases {
            assert_eq!(prefix_end(prefix), end, "{prefix:?}");
        }
    }

    #[test]
    fn a_prefix_contains_what_begins_with_it_and_nothing_else() {
        let range = KeyRange::prefix(&b"a\xff"[..]);
        for inside in [&b"a\xff"[..], b"a\xff\0", b"a\xff\xff\xff"] {
            assert!(range.contains(inside));
        }
        for outside in [&b"a\xfe"[..], b"a", b"b"] {
            assert!(!range.contains(outside));
        }
        assert!(KeyRange::all().contains(b"\0") && KeyRange::all().contains(b"\xff\xff"));
        assert!(KeyRange::single("a").contains(b"a") && !KeyRange::single("a").contains(b"ab"));
        assert!(KeyRange::from("b").contains(b"zz") && !KeyRange::from("b").contains(b"a"));
    }

    #[test]
    fn a_prefix_is_recognized() {
        for prefix in [&b""[..], b"a", b"dir/", b"\xff"] {
            assert_eq!(KeyRange::prefix(prefix).as_prefix(), Some(Key::from(prefix)));
        }
        assert_eq!(KeyRange::single("a").as_prefix(), None);
        assert_eq!(KeyRange::interval("a", "c").as_prefix(), None);
    }
}
