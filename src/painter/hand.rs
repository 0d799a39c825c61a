//! Writes what has changed in a row: moves, looks, characters, and what erases.
//!
//! Only sequences that every terminal in use understands, the Linux console among them: `CSI y;x H`,
//! `CSI n C`, `CSI n X`, `CSI K` and `CSI … m`. No line feeds and carriage returns, which would save a
//! byte or two a row: one on its way to the terminal is a stranger's, and a test finds it. What erases
//! is written with no colors and attributes, since terminals disagree about which of them it takes over.

use ratatui::buffer::{Cell, CellWidth as _};

use super::decimal::number;
use super::look::Look;

/// More unchanged cells in a row are never shorter to write again than to move over.
const SHORT_GAP: usize = 4;
/// From so many blanks on, erasing and moving over them is shorter than writing them.
const MANY_BLANKS: usize = 11;
/// From so many on, erasing the rest of the row is.
const BLANKS_AT_END: usize = 4;

/// A column that a wide character to the left of it covers. None takes more than two, so where one comes
/// or goes both of its columns differ.
pub(super) fn covered() -> Cell {
    Cell::new("")
}

pub(super) fn is_covered(cell: &Cell) -> bool {
    cell.symbol().is_empty()
}

/// Whether erasing makes a cell what it is.
fn is_clear(cell: &Cell) -> bool {
    cell.symbol() == " " && Look::of(cell) == Look::PLAIN
}

/// The cursor and the look of what is written next, as far as they are known.
#[derive(Clone, Debug, Default)]
pub(super) struct Hand {
    pub(super) out: Vec<u8>,
    /// Column and row. Behind the last column, where terminals differ, there is nothing to move on to.
    at: Option<(usize, usize)>,
    look: Option<Look>,
    changed: Vec<bool>,
}

impl Hand {
    /// Takes the look to where it is known, and empties the screen.
    pub(super) fn start_over(&mut self) {
        self.out.extend_from_slice(b"\x1b[m\x1b[2J");
        (self.at, self.look) = (None, Some(Look::PLAIN));
    }

    /// How many bytes a row would take. For a hand that writes nothing else.
    pub(super) fn measure(&mut self, shown: &[Cell], want: &[Cell]) -> usize {
        self.out.clear();
        // As likely as anything else.
        (self.at, self.look) = (None, Some(Look::PLAIN));
        self.row(0, shown, want);
        self.out.len()
    }

    pub(super) fn move_to(&mut self, x: usize, y: usize) {
        let here = self.at.replace((x, y));
        if here == Some((x, y)) {
            return;
        }
        self.out.extend_from_slice(b"\x1b[");
        match here {
            Some((from, row)) if row == y && from < x => self.times(x - from, b'C'),
            _ => {
                if y > 0 || x > 0 {
                    number(y + 1, &mut self.out);
                }
                if x > 0 {
                    self.out.push(b';');
                    number(x + 1, &mut self.out);
                }
                self.out.push(b'H');
            }
        }
    }

    /// Moves the rows from `top` to `bottom` by `by` rows, up or down; what leaves them is lost, and what
    /// comes in is empty.
    pub(super) fn move_rows(&mut self, top: usize, bottom: usize, by: usize, up: bool) {
        self.take(Look::PLAIN);
        self.out.extend_from_slice(b"\x1b[");
        number(top + 1, &mut self.out);
        self.out.push(b';');
        number(bottom + 1, &mut self.out);
        self.out.push(b'r');
        // Lines taken out or put in at the top, which the Linux console knows, unlike scrolling.
        self.at = None;
        self.move_to(0, top);
        self.out.extend_from_slice(b"\x1b[");
        self.times(by, if up { b'M' } else { b'L' });
        self.out.extend_from_slice(b"\x1b[r");
        // Not everybody who takes the margins back takes the cursor home.
        self.at = None;
    }

    /// Makes a row that shows `shown` show `want`.
    pub(super) fn row(&mut self, y: usize, shown: &[Cell], want: &[Cell]) {
        let mut changed = std::mem::take(&mut self.changed);
        changed.clear();
        changed.extend(shown.iter().zip(want).map(|(shown, want)| shown != want));
        if let Some(last) = changed.iter().rposition(|changed| *changed) {
            self.changes(y, &changed[..=last], want);
        }
        self.changed = changed;
    }

    /// Writes what has changed up to the last of it.
    fn changes(&mut self, y: usize, changed: &[bool], want: &[Cell]) {
        let blank_from = want.iter().rposition(|cell| !is_clear(cell)).map_or(0, |x| x + 1);
        let blanks_at_end = changed.get(blank_from..).unwrap_or_default();
        let erases = blanks_at_end.iter().filter(|changed| **changed).count() >= BLANKS_AT_END;
        let end = if erases { blank_from } else { changed.len() };
        let mut x = 0;
        while x < end {
            if !changed[x] || is_covered(&want[x]) {
                x += 1;
                continue;
            }
            if let Some(behind) = blanks(x, &changed[..end], want) {
                self.go_on_to(x, y, want);
                self.take(Look::PLAIN);
                self.out.extend_from_slice(b"\x1b[");
                self.times(behind - x, b'X');
                x = behind;
            } else {
                self.go_on_to(x, y, want);
                self.put(x, want);
                x += 1;
            }
        }
        if erases {
            let first = blanks_at_end.iter().position(|changed| *changed).unwrap_or(0);
            self.move_to(blank_from + first, y);
            self.take(Look::PLAIN);
            self.out.extend_from_slice(b"\x1b[K");
        }
    }

    /// Moves on in a row, or writes what lies between again where that is no longer.
    fn go_on_to(&mut self, x: usize, y: usize, want: &[Cell]) {
        if let Some((from, row)) = self.at
            && row == y
            && (1..=SHORT_GAP).contains(&x.saturating_sub(from))
            && !is_covered(&want[from])
        {
            let gap = &want[from..x];
            let bytes: usize = gap.iter().map(|cell| cell.symbol().len()).sum();
            let move_bytes = if x - from == 1 { 3 } else { 4 };
            let fits = |cell: &Cell| is_covered(cell) || self.fits(cell);
            if bytes <= move_bytes && gap.iter().all(fits) {
                for cell in gap {
                    self.out.extend_from_slice(cell.symbol().as_bytes());
                }
                self.at = Some((x, y));
            }
        }
        self.move_to(x, y);
    }

    /// Whether a cell can be written without changing the look.
    fn fits(&self, cell: &Cell) -> bool {
        self.look.is_some_and(|look| {
            look == Look::of(cell) || (cell.symbol() == " " && look.same_on_blank(Look::of(cell)))
        })
    }

    /// Writes a cell of a row where the cursor is.
    fn put(&mut self, x: usize, want: &[Cell]) {
        let cell = &want[x];
        if !self.fits(cell) {
            // Before a blank the look of what follows it, if the blank does not show the difference.
            let next = want[x..].iter().find(|cell| cell.symbol() != " ").map(Look::of);
            let next =
                next.filter(|next| cell.symbol() == " " && Look::of(cell).same_on_blank(*next));
            self.take(next.unwrap_or(Look::of(cell)));
        }
        self.out.extend_from_slice(cell.symbol().as_bytes());
        let covered = want.get(x + 1).is_some_and(is_covered);
        self.at = self.at.map(|(_, y)| (x + 1 + usize::from(covered), y));
    }

    fn take(&mut self, look: Look) {
        look.change(self.look, &mut self.out);
        self.look = Some(look);
    }

    /// A number, which is left out when it is 1, and the end of a sequence.
    fn times(&mut self, times: usize, end: u8) {
        if times > 1 {
            number(times, &mut self.out);
        }
        self.out.push(end);
    }
}

/// Where a stretch of blanks ends that is better erased than written: behind the last one that changed.
fn blanks(x: usize, changed: &[bool], want: &[Cell]) -> Option<usize> {
    let stretch = want[x..changed.len()].iter().take_while(|cell| is_clear(cell)).count();
    let last = changed[x..x + stretch].iter().rposition(|changed| *changed)?;
    (last + 1 >= MANY_BLANKS).then_some(x + last + 1)
}

/// The columns a cell takes; 0 for what no terminal could be sent.
pub(super) fn columns(cell: &Cell) -> usize {
    usize::from(cell.symbol().cell_width())
}
