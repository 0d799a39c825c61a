//! Finds rows that are on the screen already, a few rows further up or down.
//!
//! Whole rows only: that is what terminals can move. Nobody has to say that something was scrolled;
//! where a log that spans the screen has a line more, it is found here.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use ratatui::buffer::Cell;

use super::hand::Hand;
use super::look::Look;

/// The sequences for a move: margins, the cursor, the move, no margins.
const MOVE_BYTES: i64 = 24;
/// How many distances are looked at in earnest.
const CANDIDATES: usize = 2;

/// Rows to be moved, from `top` to `bottom`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shift {
    pub(super) top: usize,
    pub(super) bottom: usize,
    pub(super) by: usize,
    pub(super) up: bool,
}

/// A screen as rows, the way it is scanned: from the top, or from the bottom for moves down.
struct Rows<'a> {
    shown: &'a [Cell],
    want: &'a [Cell],
    width: usize,
    height: usize,
    up: bool,
}

impl<'a> Rows<'a> {
    fn at(&self, cells: &'a [Cell], row: usize) -> &'a [Cell] {
        let row = if self.up { row } else { self.height - 1 - row };
        &cells[row * self.width..][..self.width]
    }
}

/// The move that saves the most bytes, if there is one. `differ` are the rows that are not as wanted.
pub(super) fn find(shown: &[Cell], want: &[Cell], width: usize, differ: &[usize]) -> Option<Shift> {
    let height = want.len() / width.max(1);
    let mut best = None;
    for (by, up) in distances(shown, want, width, differ) {
        let rows = Rows { shown, want, width, height, up };
        if let Some((saved, top, bottom)) = gain(&rows, by)
            && best.is_none_or(|(most, _)| saved > most)
        {
            let (top, bottom) =
                if up { (top, bottom) } else { (height - 1 - bottom, height - 1 - top) };
            best = Some((saved, Shift { top, bottom, by, up }));
        }
    }
    best.map(|(_, shift)| shift)
}

/// How far rows may have moved, and whether up: what most of them say.
fn distances(shown: &[Cell], want: &[Cell], width: usize, differ: &[usize]) -> Vec<(usize, bool)> {
    let row = |cells: &[Cell], at: usize| hash(&cells[at * width..][..width]);
    let mut from: HashMap<u64, Vec<usize>> = HashMap::new();
    for at in differ {
        if let Some(hash) = row(shown, *at) {
            from.entry(hash).or_default().push(*at);
        }
    }
    let mut votes: HashMap<(usize, bool), usize> = HashMap::new();
    for to in differ {
        for from in row(want, *to).and_then(|hash| from.get(&hash)).into_iter().flatten() {
            *votes.entry((from.abs_diff(*to), from > to)).or_default() += 1;
        }
    }
    votes.remove(&(0, false));
    let mut votes: Vec<_> = votes.into_iter().collect();
    votes.sort_unstable_by_key(|((by, up), count)| (std::cmp::Reverse(*count), *by, *up));
    votes.truncate(CANDIDATES);
    votes.into_iter().map(|(distance, _)| distance).collect()
}

/// Tells rows apart; none for an empty one, which is like any other.
fn hash(row: &[Cell]) -> Option<u64> {
    let mut hasher = DefaultHasher::new();
    let mut empty = true;
    for cell in row {
        let (symbol, look) = (cell.symbol(), Look::of(cell));
        empty &= symbol == " " && look == Look::PLAIN;
        symbol.hash(&mut hasher);
        look.hash(&mut hasher);
    }
    (!empty).then(|| hasher.finish())
}

/// The rows whose move up by `by` saves the most bytes: how many, the first and the last.
fn gain(rows: &Rows, by: usize) -> Option<(i64, usize, usize)> {
    let height = rows.height;
    let empty = vec![Cell::EMPTY; rows.width];
    let mut hand = Hand::default();
    let mut bytes = |from: &[Cell], to: &[Cell]| hand.measure(from, to) as i64;
    // What is saved in all rows above one, if each gets the row `by` further down; if each gets an
    // empty row.
    let (mut moved, mut emptied) = (vec![0; height + 1], vec![0; height + 1]);
    for y in 0..height {
        let want = rows.at(rows.want, y);
        let stays = bytes(rows.at(rows.shown, y), want);
        let moves = if y + by < height { bytes(rows.at(rows.shown, y + by), want) } else { 0 };
        moved[y + 1] = moved[y] + stays - moves;
        emptied[y + 1] = emptied[y] + stays - bytes(&empty, want);
    }
    let mut best = None;
    let mut top = 0;
    for bottom in by..height {
        // The rows from `top` on up to here get others, the last `by` ones empty ones.
        let first_empty = bottom + 1 - by;
        if moved[first_empty - 1] <= moved[top] {
            top = first_empty - 1;
        }
        let saved = moved[first_empty] - moved[top] + emptied[bottom + 1]
            - emptied[first_empty]
            - MOVE_BYTES;
        if saved > 0 && best.is_none_or(|(most, _, _)| saved > most) {
            best = Some((saved, top, bottom));
        }
    }
    best
}
