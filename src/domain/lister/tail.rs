//! The end of a long stretch of a level, found without what lies before it.
//!
//! There is no cheap "last key": sorting has the server read every value. But the siblings to the
//! right of a known name at each depth are disjoint intervals, so one transaction tells of each how
//! many keys it holds, and the last ones that hold some are cut further, until little enough is left
//! to be read. Before a known name the same is done with its siblings to the left, the nearest first.

use super::cells::{Stretch, common, symbols};
use super::{Ask, end_of};
use crate::domain::tree::child_of;
use crate::domain::{Entry, Key, KeyRange};

/// At most so many intervals are asked for together.
const TOGETHER: usize = 96;
/// After so many answers what is left is taken as it is. Each of them counts all keys once at most.
const ROUNDS: usize = 8;

/// A search for where the last children of a stretch begin.
#[derive(Clone, Debug)]
pub struct Tail {
    prefix: Vec<u8>,
    delimiter: Vec<u8>,
    /// After the prefix, as all names here.
    from: Vec<u8>,
    to: Option<Vec<u8>>,
    /// So many children are looked for, and about so many keys may be read to list them.
    wanted: i64,
    limit: i64,
    /// What is known, in order; between `from` and the first of it nothing is.
    cells: Vec<Cell>,
    /// Up to this depth of the name it ends before, names were looked for.
    depth: usize,
    /// The first of the cells that are to be listed.
    first: usize,
    rounds: usize,
}

#[derive(Clone, Debug)]
struct Cell {
    from: Vec<u8>,
    to: Option<Vec<u8>>,
    state: State,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    Asked,
    /// So many keys, of which the first belongs to a child of this name.
    Counted(i64, Option<Vec<u8>>),
    /// One child, however many keys it has.
    Child,
}

impl Tail {
    /// A search for the last children of `prefix` with names from `from` up to `to` (none: all that
    /// follow): so many that they have `wanted` keys, or are as many directories, and can be listed
    /// by reading about `limit` keys. `near` is a name that was seen close by: at the end of the
    /// stretch if that is bounded, else before it.
    pub fn new(
        prefix: Key,
        delimiter: &[u8],
        (from, to): (Vec<u8>, Option<Vec<u8>>),
        near: &[u8],
        (wanted, limit): (i64, i64),
    ) -> Tail {
        let mut tail = Tail {
            prefix: prefix.into_bytes(),
            delimiter: delimiter.to_vec(),
            from,
            to,
            wanted,
            limit,
            cells: Vec::new(),
            depth: 0,
            first: 0,
            rounds: 0,
        };
        match tail.to.clone() {
            Some(to) => {
                let same = common(&to, near);
                tail.depth = if same > 0 { same } else { to.len().saturating_sub(3) };
                tail.cells = tail.cut_before(to, tail.depth);
            }
            None => tail.cells = tail.cut_behind(tail.from.clone(), None, near),
        }
        tail
    }

    /// What to ask next, all together: each answers with its first key and its count. Nothing when
    /// the search is over.
    pub fn asks(&self) -> Vec<Ask> {
        let asked = self.cells.iter().filter(|cell| cell.state == State::Asked);
        asked.map(|cell| Ask { range: self.range(cell), limit: 1 }).collect()
    }

    /// The answer to the first ask not answered yet.
    pub fn feed(&mut self, entries: &[Entry], count: i64) {
        let first = entries.first().map(|entry| {
            let key = entry.key.as_bytes();
            let child = child_of(&self.prefix, key, &self.delimiter);
            let name = &key[self.prefix.len().min(key.len())..];
            name[..child.name_len.min(name.len())].to_vec()
        });
        if let Some(cell) = self.cells.iter_mut().find(|cell| cell.state == State::Asked) {
            cell.state = State::Counted(count, first);
        }
        if self.cells.iter().all(|cell| cell.state != State::Asked) {
            self.rounds += 1;
            self.narrow();
        }
    }

    /// The name from which on the last children are to be listed, once that is known.
    pub fn start(&self) -> Option<&[u8]> {
        let is_over = self.cells.iter().all(|cell| cell.state != State::Asked);
        let cell = self.cells.get(self.first);
        is_over.then(|| cell.map_or(self.from.as_slice(), |cell| cell.from.as_slice()))
    }

    /// Finds out where the last children begin, and cuts further what would be too much to list.
    fn narrow(&mut self) {
        loop {
            let mut rows = 0;
            self.first = self.cells.len();
            while self.first > 0 && rows < self.wanted {
                self.first -= 1;
                rows += self.cells[self.first].rows();
            }
            if self.rounds >= ROUNDS {
                return;
            }
            let begins = self.cells.first().map_or(&self.from, |cell| &cell.from).clone();
            if rows < self.wanted && begins > self.from {
                // Too little in sight: further to the front.
                self.depth = self.depth.saturating_sub(1 << self.rounds);
                let before = self.cut_before(begins, self.depth);
                self.cells.splice(0..0, before);
                return;
            }
            if rows <= self.limit {
                return;
            }
            // The first one is the one that is too much.
            let Some(cells) = self.cells.get(self.first).and_then(|cell| self.cut(cell)) else {
                return;
            };
            self.cells.splice(self.first..=self.first, cells);
            if self.cells.iter().any(|cell| cell.state == State::Asked) {
                return;
            }
        }
    }

    /// Cuts a cell into its first child and what may follow it.
    fn cut(&self, cell: &Cell) -> Option<Vec<Cell>> {
        let State::Counted(_, Some(name)) = &cell.state else { return None };
        let key = [self.prefix.as_slice(), name].concat();
        let behind = if child_of(&self.prefix, &key, &self.delimiter).is_dir {
            end_of(&key).map(|end| end[self.prefix.len()..].to_vec())
        } else {
            Some([name, &[0][..]].concat())
        };
        let from = cell.from.clone();
        let inside = behind.filter(|behind| cell.to.as_ref().is_none_or(|to| behind < to));
        let to = if inside.is_some() { inside.clone() } else { cell.to.clone() };
        let mut cells = vec![Cell { from, to, state: State::Child }];
        if let Some(behind) = inside {
            cells.extend(self.cut_behind(behind, cell.to.as_deref(), name));
        }
        Some(cells)
    }

    /// Cells of what lies behind a name.
    fn cut_behind(&self, from: Vec<u8>, to: Option<&[u8]>, near: &[u8]) -> Vec<Cell> {
        let (prefix, delimiter) = (self.prefix.as_slice(), self.delimiter.as_slice());
        let stretch = Stretch { prefix, delimiter, from: &from, to };
        let depth = stretch.depth();
        let symbols = symbols(near, common(near, &from).min(depth), delimiter);
        let cuts = stretch.behind(depth, &symbols, TOGETHER);
        asked(from.clone(), cuts, to.map(<[u8]>::to_vec))
    }

    /// Cells of what lies before a name and shares so many bytes with it.
    fn cut_before(&self, to: Vec<u8>, depth: usize) -> Vec<Cell> {
        let (prefix, delimiter) = (self.prefix.as_slice(), self.delimiter.as_slice());
        let stem = &to[..depth.min(to.len())];
        let from =
            if depth == 0 { self.from.clone() } else { self.from.clone().max(stem.to_vec()) };
        if from >= to {
            return Vec::new();
        }
        let symbols = symbols(&to, depth, delimiter);
        let stretch = Stretch { prefix, delimiter, from: &from, to: Some(&to) };
        let cuts = stretch.before(depth, &symbols, TOGETHER);
        asked(from.clone(), cuts, Some(to.clone()))
    }

    fn range(&self, cell: &Cell) -> KeyRange {
        let key = |name: &[u8]| [self.prefix.as_slice(), name].concat();
        let to = cell.to.as_ref().map(|to| key(to)).or_else(|| end_of(&self.prefix));
        KeyRange::between(key(&cell.from), to)
    }
}

impl Cell {
    /// How many children it has, at most.
    fn rows(&self) -> i64 {
        match &self.state {
            State::Counted(count, _) => *count,
            State::Child | State::Asked => 1,
        }
    }
}

/// Cells between these cuts, to be asked for.
fn asked(mut from: Vec<u8>, cuts: Vec<Vec<u8>>, to: Option<Vec<u8>>) -> Vec<Cell> {
    let mut cells = Vec::new();
    for cut in cuts {
        cells.push(Cell { from, to: Some(cut.clone()), state: State::Asked });
        from = cut;
    }
    cells.push(Cell { from, to, state: State::Asked });
    cells
}
