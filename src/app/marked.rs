//! Marked keys and directories, which the next work on many keys is about.

use std::collections::BTreeSet;

use super::App;
use crate::domain::tree::RowKind;
use crate::domain::{Key, KeyRange};

/// How many keys and directories may be marked at once: a directory holds any number of keys.
pub const MOST: usize = 10_000;

/// What is marked: by key, so that a mark stays where it belongs however rows come and go.
#[derive(Clone, Debug, Default)]
pub struct Marked(BTreeSet<(Key, bool)>);

impl Marked {
    /// How many keys and directories are marked.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is marked.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this key is marked, as a directory or as itself.
    pub fn contains(&self, key: &Key, is_dir: bool) -> bool {
        !self.is_empty() && self.0.contains(&(key.clone(), is_dir))
    }

    /// The ranges that are marked: a prefix for a directory; what lies inside a marked directory
    /// goes with it.
    pub fn ranges(&self) -> Vec<KeyRange> {
        let mut ranges: Vec<KeyRange> = Vec::new();
        for (key, is_dir) in &self.0 {
            // In the order of keys a directory stands before what lies in it; it may have to wait
            // for the key that is called as it is.
            if ranges.last().is_some_and(|last| last.contains(key.as_bytes()) && !last.is_single())
            {
                continue;
            }
            if *is_dir {
                ranges.retain(|range| range.start() != key);
                ranges.push(KeyRange::prefix(key.clone()));
            } else {
                ranges.push(KeyRange::single(key.clone()));
            }
        }
        ranges
    }

    /// Marks, or takes the mark away: whether it is marked now, or nothing when there is no room.
    fn toggle(&mut self, key: Key, is_dir: bool) -> Option<bool> {
        let mark = (key, is_dir);
        if self.0.remove(&mark) {
            return Some(false);
        }
        (self.0.len() < MOST).then(|| self.0.insert(mark))
    }

    /// Takes the marks inside these ranges away.
    pub(super) fn forget(&mut self, ranges: &[KeyRange]) {
        let inside = |key: &Key, is_dir: bool| {
            let covers = |range: &KeyRange| !range.is_single() || !is_dir;
            ranges.iter().any(|range| covers(range) && range.contains(key.as_bytes()))
        };
        self.0.retain(|(key, is_dir)| !inside(key, *is_dir));
    }
}

impl App {
    /// What is marked in Keys, as ranges; empty when nothing is.
    pub fn marked_ranges(&self) -> Vec<KeyRange> {
        self.keys.marked.ranges()
    }

    /// `Space` in Keys.
    pub(super) fn toggle_mark(&mut self) {
        if self.refuses_to_write() {
            return;
        }
        let selected = match self.keys.selected_row() {
            Some(RowKind::Node(_)) => self.keys.selected_key(),
            _ => None,
        };
        let Some((key, is_dir)) = selected else {
            return self.say("select a key or directory to mark");
        };
        if self.keys.marked.toggle(key, is_dir).is_none() {
            self.complain(format!("{MOST} are marked already; mark their directory instead"));
        }
    }

    /// Takes all marks away and says how many; false when there were none.
    pub(super) fn drop_marks(&mut self) -> bool {
        let marked = std::mem::take(&mut self.keys.marked).len();
        match marked {
            0 => return false,
            1 => self.say("1 mark dropped"),
            n => self.say(format!("{n} marks dropped")),
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(marks: &[(&str, bool)]) -> Marked {
        Marked(marks.iter().map(|(key, is_dir)| (Key::from(*key), *is_dir)).collect())
    }

    #[test]
    fn marks_become_ranges_without_overlap() {
        let single = |key: &str| KeyRange::single(key);
        let prefix = |key: &str| KeyRange::prefix(key);
        let cases = [
            (vec![], vec![]),
            (vec![("b", false), ("a", false)], vec![single("a"), single("b")]),
            (vec![("a/", true), ("a/b", false), ("a/c/", true)], vec![prefix("a/")]),
            // The key that is called as the directory is lies in it.
            (vec![("a/", true), ("a/", false), ("b", false)], vec![prefix("a/"), single("b")]),
            (
                vec![("a", false), ("a/", true), ("a0", false)],
                vec![single("a"), prefix("a/"), single("a0")],
            ),
        ];
        for (marks, ranges) in cases {
            assert_eq!(marked(&marks).ranges(), ranges, "{marks:?}");
        }
    }

    #[test]
    fn marks_inside_a_range_are_forgotten() {
        let all = [("a", false), ("a/", false), ("a/", true), ("a/b", false), ("c", false)];
        let mut marks = marked(&all);
        marks.forget(&[KeyRange::single("a/"), KeyRange::single("c")]);
        assert_eq!(marks.0, marked(&[("a", false), ("a/", true), ("a/b", false)]).0);
        marks.forget(&[KeyRange::prefix("a/")]);
        assert_eq!(marks.0, marked(&[("a", false)]).0);
    }

    #[test]
    fn there_is_a_limit() {
        let mut marks = Marked::default();
        for n in 0..MOST {
            assert_eq!(marks.toggle(Key::from(n.to_string().as_bytes()), false), Some(true));
        }
        assert_eq!(marks.toggle("more".into(), false), None);
        assert_eq!(marks.toggle("7".into(), false), Some(false));
        assert_eq!(marks.toggle("more".into(), false), Some(true));
    }
}
