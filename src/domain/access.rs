//! Rights: what a user may read and write, as etcd grants it to roles.

use super::{Key, KeyRange, escape};

/// The role that may do everything.
pub const ROOT_ROLE: &str = "root";

/// What a grant allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Reading and watching.
    Read,
    /// Writing and deleting.
    Write,
    /// Both.
    ReadWrite,
}

/// One permission of a role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// What it allows.
    pub permission: Permission,
    /// On which keys.
    pub range: KeyRange,
}

/// What a user may do with keys: the grants of all roles together.
///
/// etcd takes neighboring grants for one, and so does this: the ranges are in order, and none touches
/// the next.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The user.
    pub user: String,
    /// The roles of the user, as etcd lists them.
    pub roles: Vec<String>,
    readable: Vec<Interval>,
    writable: Vec<Interval>,
}

/// `[from, to)`; without an end it goes to the end of the key space.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Interval {
    from: Vec<u8>,
    to: Option<Vec<u8>>,
}

impl Rights {
    /// The rights of a user with these roles and what is granted to them. A grant whose range ends
    /// before it begins, which etcd stores without a word, grants nothing.
    pub fn new(user: impl Into<String>, roles: Vec<String>, grants: &[Grant]) -> Rights {
        let all = || vec![Interval { from: Vec::new(), to: None }];
        let may = |not: Permission| {
            let granted = grants.iter().filter(|grant| grant.permission != not);
            merged(granted.filter_map(|grant| Interval::of(&grant.range)).collect())
        };
        let is_root = roles.iter().any(|role| role == ROOT_ROLE);
        Rights {
            user: user.into(),
            readable: if is_root { all() } else { may(Permission::Write) },
            writable: if is_root { all() } else { may(Permission::Read) },
            roles,
        }
    }

    /// What may be read, in order.
    pub fn readable(&self) -> Vec<KeyRange> {
        self.readable.iter().map(Interval::range).collect()
    }

    /// What may be written, in order.
    pub fn writable(&self) -> Vec<KeyRange> {
        self.writable.iter().map(Interval::range).collect()
    }

    /// What may be written and not read, in order.
    pub fn write_only(&self) -> Vec<KeyRange> {
        let mut left = self.writable.clone();
        for readable in &self.readable {
            left = left.iter().flat_map(|interval| interval.without(readable)).collect();
        }
        left.iter().map(Interval::range).collect()
    }

    /// The parts of a range that may be read, in order.
    pub fn readable_in(&self, range: &KeyRange) -> Vec<KeyRange> {
        let Some(asked) = Interval::of(range) else { return Vec::new() };
        let parts = self.readable.iter().filter_map(|interval| interval.within(&asked));
        parts.map(|part| part.range()).collect()
    }

    /// Whether all of a range may be read.
    pub fn may_read(&self, range: &KeyRange) -> bool {
        let asked = Interval::of(range);
        asked.is_some_and(|asked| covers(&self.readable, &asked))
    }

    /// Whether all of a range may be written.
    pub fn may_write(&self, range: &KeyRange) -> bool {
        let asked = Interval::of(range);
        asked.is_some_and(|asked| covers(&self.writable, &asked))
    }
}

fn covers(granted: &[Interval], asked: &Interval) -> bool {
    granted.iter().any(|interval| interval.within(asked).as_ref() == Some(asked))
}

impl Interval {
    /// None where the range holds no key.
    fn of(range: &KeyRange) -> Option<Interval> {
        let (from, to) = range.bounds();
        to.as_ref().is_none_or(|to| *to > from).then_some(Interval { from, to })
    }

    fn range(&self) -> KeyRange {
        KeyRange::between(self.from.clone(), self.to.clone())
    }

    /// What both hold.
    fn within(&self, other: &Interval) -> Option<Interval> {
        let from = self.from.clone().max(other.from.clone());
        let to = match (&self.to, &other.to) {
            (Some(one), Some(two)) => Some(one.min(two).clone()),
            (one, two) => one.clone().or_else(|| two.clone()),
        };
        to.as_ref().is_none_or(|to| *to > from).then_some(Interval { from, to })
    }

    /// What this holds and the other does not: before it and behind it.
    fn without(&self, other: &Interval) -> Vec<Interval> {
        let before = Interval { from: Vec::new(), to: Some(other.from.clone()) };
        let before = (!other.from.is_empty()).then(|| self.within(&before)).flatten();
        let behind = other.to.clone().map(|from| Interval { from, to: None });
        let behind = behind.and_then(|behind| self.within(&behind));
        before.into_iter().chain(behind).collect()
    }
}

/// In order, and those that touch as one.
fn merged(mut intervals: Vec<Interval>) -> Vec<Interval> {
    intervals.sort_by(|one, two| one.from.cmp(&two.from));
    let mut merged: Vec<Interval> = Vec::new();
    for next in intervals {
        match merged.last_mut() {
            Some(last) if last.to.as_ref().is_none_or(|to| *to >= next.from) => {
                last.to = match (last.to.take(), next.to) {
                    (Some(one), Some(two)) => Some(one.max(two)),
                    _ => None,
                };
            }
            _ => merged.push(next),
        }
    }
    merged
}

/// A range in words, made safe for the screen: `/app/*` for a prefix, the key for a key.
pub fn words(range: &KeyRange) -> String {
    if range.is_single() {
        return range.start().to_string();
    }
    match range.as_prefix() {
        Some(prefix) if prefix.is_empty() => "all keys".to_owned(),
        Some(prefix) => format!("{prefix}*"),
        None if range.is_open() => format!("{} and all after it", range.start()),
        None => format!("{} up to {}", range.start(), escape::line(range.end())),
    }
}

/// The directory a range stands for or lies in, cut at the delimiter: where one begins to look at it.
pub fn directory(range: &KeyRange, delimiter: &[u8]) -> Key {
    let bytes = match range.as_prefix() {
        Some(prefix) => prefix.into_bytes(),
        None if range.is_single() => range.start().as_bytes().to_vec(),
        // What every key of the interval begins with.
        None => {
            let (start, end) = (range.start().as_bytes(), range.end());
            let shared = start.iter().zip(end).take_while(|(one, two)| one == two).count();
            start[..shared].to_vec()
        }
    };
    let ends = |at: &usize| bytes[..*at].ends_with(delimiter);
    let end = (delimiter.len()..=bytes.len()).rev().find(ends).unwrap_or(0);
    Key::from(&bytes[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant(permission: Permission, range: KeyRange) -> Grant {
        Grant { permission, range }
    }

    fn rights(grants: &[Grant]) -> Rights {
        Rights::new("alice", vec!["app".to_owned()], grants)
    }

    fn said(ranges: &[KeyRange]) -> Vec<String> {
        ranges.iter().map(words).collect()
    }

    #[test]
    fn grants_that_touch_are_one_and_the_others_stay_apart() {
        use Permission::{Read, ReadWrite, Write};
        let rights = rights(&[
            grant(Read, KeyRange::prefix("/b/")),
            grant(ReadWrite, KeyRange::prefix("/app/")),
            grant(Read, KeyRange::single("/cfg")),
            grant(Read, KeyRange::interval("/b0", "/b5")),
            grant(Read, KeyRange::prefix("/app/x/")),
            grant(Write, KeyRange::prefix("/in/")),
            grant(Write, KeyRange::prefix("/app/")),
            grant(Read, KeyRange::interval("z", "a")),
        ]);
        assert_eq!(said(&rights.readable()), ["/app/*", "/b/ up to /b5", "/cfg"]);
        assert_eq!(said(&rights.writable()), ["/app/*", "/in/*"]);
        assert_eq!(said(&rights.write_only()), ["/in/*"]);
    }

    #[test]
    fn what_may_be_written_only_is_what_is_left_on_either_side() {
        let rights = rights(&[
            grant(Permission::Write, KeyRange::all()),
            grant(Permission::Read, KeyRange::interval("b", "d")),
            grant(Permission::Read, KeyRange::single("x")),
        ]);
        let left = ["\\x00 up to b", "d up to x", "x\\x00 and all after it"];
        assert_eq!(said(&rights.write_only()), left);
        assert!(rights.may_write(&KeyRange::all()) && !rights.may_read(&KeyRange::all()));
    }

    #[test]
    fn a_range_is_clipped_to_what_may_be_read() {
        let rights = rights(&[
            grant(Permission::Read, KeyRange::prefix("/app/")),
            grant(Permission::Read, KeyRange::single("/cfg")),
            grant(Permission::Read, KeyRange::from("x")),
        ]);
        let cases = [
            (KeyRange::all(), vec!["/app/*", "/cfg", "x and all after it"]),
            (KeyRange::prefix("/"), vec!["/app/*", "/cfg"]),
            (KeyRange::prefix("/app/a/"), vec!["/app/a/*"]),
            (KeyRange::prefix("/other/"), vec![]),
            (KeyRange::single("/cfg"), vec!["/cfg"]),
            (KeyRange::interval("/app/k", "/d"), vec!["/app/k up to /app0", "/cfg"]),
        ];
        for (range, expected) in cases {
            assert_eq!(said(&rights.readable_in(&range)), expected, "{range:?}");
            let whole = rights.readable_in(&range) == [range.clone()];
            assert_eq!(rights.may_read(&range), whole, "{range:?}");
        }
    }

    #[test]
    fn the_role_root_may_do_everything() {
        let rights = Rights::new("root", vec!["root".to_owned()], &[]);
        assert_eq!(rights.readable(), [KeyRange::all()]);
        assert!(rights.may_write(&KeyRange::single("a")) && rights.write_only().is_empty());
    }

    #[test]
    fn one_begins_to_look_in_a_directory() {
        let cases = [
            (KeyRange::prefix("/app/"), "/app/"),
            (KeyRange::prefix("/app/na"), "/app/"),
            (KeyRange::single("/app/name"), "/app/"),
            (KeyRange::single("plain"), ""),
            (KeyRange::interval("/a/b", "/a/f"), "/a/"),
            (KeyRange::interval("/a", "/b"), "/"),
            (KeyRange::from("m"), ""),
            (KeyRange::all(), ""),
        ];
        for (range, expected) in cases {
            assert_eq!(directory(&range, b"/"), Key::from(expected), "{range:?}");
        }
    }
}
