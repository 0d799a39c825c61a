//! What of the rows is out of date, and how it is replaced.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{NodeId, Row, RowKind};

/// With more directories than this all rows are made anew: to look each of them up costs more.
const MOST: usize = 1000;

/// The rows that are out of date.
#[derive(Clone, Debug)]
pub(super) enum Dirty {
    /// Those below these directories.
    Below(BTreeSet<NodeId>),
    All,
}

impl Dirty {
    pub(super) fn clean() -> Dirty {
        Dirty::Below(BTreeSet::new())
    }

    pub(super) fn is_clean(&self) -> bool {
        matches!(self, Dirty::Below(dirs) if dirs.is_empty())
    }

    /// The rows below a directory are out of date.
    pub(super) fn mark(&mut self, id: NodeId) {
        match self {
            Dirty::All => {}
            _ if id == NodeId::ROOT => *self = Dirty::All,
            Dirty::Below(dirs) => {
                dirs.insert(id);
                if dirs.len() > MOST {
                    *self = Dirty::All;
                }
            }
        }
    }
}

/// Replaces parts of a list, which follow one another. What stands between them is moved twice at
/// most, however many parts there are, and in place: the list may be most of the memory in use.
pub(super) fn replace(list: &mut Vec<Row>, parts: &[(Range<usize>, Vec<Row>)]) {
    // What stays moves to the front, over what goes.
    let (mut kept, mut from) = (0, 0);
    let ends = parts.iter().map(|(old, _)| (old.start, old.end));
    for (to, next) in ends.chain([(list.len(), list.len())]) {
        if from != kept {
            list.copy_within(from..to, kept);
        }
        kept += to - from;
        from = next;
    }
    let added: usize = parts.iter().map(|(_, new)| new.len()).sum();
    let mut behind = list.len();
    list.resize(kept + added, Row { kind: RowKind::Node(NodeId::ROOT), depth: 0 });
    // Then, from the end on, to where it belongs.
    let mut to = list.len();
    for (old, new) in parts.iter().rev() {
        let stays = behind - old.end;
        if kept != to {
            list.copy_within(kept - stays..kept, to - stays);
        }
        kept -= stays;
        to -= stays + new.len();
        list[to..to + new.len()].copy_from_slice(new);
        behind = old.start;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Where what stands there goes, and what comes there.
    type Part = (Range<usize>, &'static [u16]);

    fn rows(numbers: &[u16]) -> Vec<Row> {
        let row = |depth: &u16| Row { kind: RowKind::Node(NodeId::ROOT), depth: *depth };
        numbers.iter().map(row).collect()
    }

    #[test]
    fn parts_that_grow_and_shrink_are_replaced_at_once() {
        let cases: [(&[Part], &[u16]); 7] = [
            (&[], &[0, 1, 2, 3, 4]),
            (&[(1..2, &[7, 8, 9])], &[0, 7, 8, 9, 2, 3, 4]),
            (&[(0..3, &[])], &[3, 4]),
            (&[(0..0, &[7]), (5..5, &[8, 9])], &[7, 0, 1, 2, 3, 4, 8, 9]),
            (&[(0..1, &[7, 8]), (2..5, &[9])], &[7, 8, 1, 9]),
            (&[(0..2, &[]), (2..3, &[7, 8, 9, 10]), (4..4, &[11])], &[7, 8, 9, 10, 3, 11, 4]),
            (&[(0..5, &[])], &[]),
        ];
        for (parts, expected) in cases {
            let mut list = rows(&[0, 1, 2, 3, 4]);
            let parts: Vec<_> = parts.iter().map(|(old, new)| (old.clone(), rows(new))).collect();
            replace(&mut list, &parts);
            assert_eq!(list, rows(expected), "{parts:?}");
        }
        let mut list = Vec::new();
        replace(&mut list, &[(0..0, rows(&[1]))]);
        assert_eq!(list, rows(&[1]));
    }
}
