//! Knows what the terminal shows, and sends the fewest bytes that make it show something else.
//!
//! A backend for ratatui that the program owns: a frame is compared with what is on the screen, rows
//! that only moved are moved (`shift`), and the rest is written (`hand`) with the shortest sequences
//! that every terminal knows (`look`). A frame leaves in one piece, inside a synchronized update; where
//! nothing has changed nothing is sent. Somebody has to say when the screen is not as it was left, by
//! clearing it: after another program had the terminal, and when its size changed.

mod canvas;
mod decimal;
mod hand;
mod look;
mod shift;

use std::io;

use ratatui::backend::{Backend, ClearType, WindowSize};
use ratatui::buffer::Cell;
use ratatui::layout::{Position, Size};

pub use canvas::Canvas;

use hand::{Hand, columns, covered};
use look::Look;

/// Everything between these appears at once.
const BEGIN: &[u8] = b"\x1b[?2026h";
const END: &[u8] = b"\x1b[?2026l";
/// At most so many moves of rows in a frame; what they leave is written.
const MOST_MOVES: usize = 4;

/// What is drawn on: a terminal, or a test's.
pub trait Device {
    /// Columns and rows.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn size(&self) -> io::Result<(u16, u16)>;

    /// Sends all there is to a frame.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn send(&mut self, bytes: &[u8]) -> io::Result<()>;
}

/// A ratatui backend that knows what its device shows.
#[derive(Debug)]
struct Painter<D> {
    device: D,
    size: Size,
    /// Row by row, as `want`; nothing that is not seen is in it.
    shown: Vec<Cell>,
    want: Vec<Cell>,
    /// The rows of which something was drawn since the last frame.
    touched: Vec<bool>,
    /// Whether it is unknown what is shown.
    anew: bool,
    hand: Hand,
    cursor: Cursor,
    sent: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Cursor {
    at: Position,
    wanted: bool,
    shown: bool,
}

impl<D: Device> Painter<D> {
    /// A painter that knows nothing of the screen yet.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn new(device: D) -> io::Result<Painter<D>> {
        let mut painter = Painter {
            device,
            size: Size::ZERO,
            shown: Vec::new(),
            want: Vec::new(),
            touched: Vec::new(),
            anew: true,
            hand: Hand::default(),
            cursor: Cursor::default(),
            sent: 0,
        };
        painter.forget()?;
        Ok(painter)
    }

    /// How many bytes the last frame took: 0 when nothing had changed.
    fn sent(&self) -> usize {
        self.sent
    }

    /// Begins with an empty screen, whatever is on it.
    fn forget(&mut self) -> io::Result<()> {
        self.size = self.size()?;
        let cells = usize::from(self.size.width) * usize::from(self.size.height);
        for screen in [&mut self.shown, &mut self.want] {
            screen.clear();
            screen.resize(cells, Cell::EMPTY);
        }
        self.touched = vec![true; usize::from(self.size.height)];
        self.anew = true;
        Ok(())
    }

    /// Takes one cell of a frame. Of a row that holds or held a wide character all of them come.
    fn take(&mut self, x: usize, y: usize, cell: &Cell) {
        let width = usize::from(self.size.width);
        // The terminal may just have got another size, of which the next frame hears.
        let Some(touched) = self.touched.get_mut(y).filter(|_| x < width) else { return };
        *touched = true;
        let row = &mut self.want[y * width..][..width];
        let columns = columns(cell);
        let mut seen = Cell::EMPTY;
        if cell.symbol() != " " && (1..=2).contains(&columns) && x + columns <= width {
            seen.set_symbol(cell.symbol());
            Look::of(cell).put_on(&mut seen);
            row[x + 1..x + columns].fill(covered());
        } else {
            Look::of(cell).on_blank().put_on(&mut seen);
        }
        row[x] = seen;
    }

    /// The rows that are not as wanted.
    fn differing(&self) -> Vec<usize> {
        let differs =
            |y: &usize| self.touched[*y] && self.row(&self.shown, *y) != self.row(&self.want, *y);
        (0..self.touched.len()).filter(differs).collect()
    }

    fn row<'a>(&self, cells: &'a [Cell], y: usize) -> &'a [Cell] {
        let width = usize::from(self.size.width);
        &cells[y * width..][..width]
    }

    /// Writes what makes the screen as wanted, into the hand.
    fn paint(&mut self) {
        let width = usize::from(self.size.width);
        let mut differ = self.differing();
        if !self.anew {
            for _ in 0..MOST_MOVES {
                let Some(shift) = shift::find(&self.shown, &self.want, width, &differ) else {
                    break;
                };
                self.hand.move_rows(shift.top, shift.bottom, shift.by, shift.up);
                let moved = &mut self.shown[shift.top * width..(shift.bottom + 1) * width];
                let (by, kept) = (shift.by * width, moved.len() - shift.by * width);
                if shift.up {
                    moved.rotate_left(by);
                    moved[kept..].fill(Cell::EMPTY);
                } else {
                    moved.rotate_right(by);
                    moved[..by].fill(Cell::EMPTY);
                }
                self.touched[shift.top..=shift.bottom].fill(true);
                differ = self.differing();
            }
        }
        for y in differ {
            let row = y * width..(y + 1) * width;
            self.hand.row(y, &self.shown[row.clone()], &self.want[row.clone()]);
            self.shown[row.clone()].clone_from_slice(&self.want[row]);
        }
        self.touched.fill(false);
        self.anew = false;
    }
}

impl<D: Device> Backend for Painter<D> {
    type Error = io::Error;

    fn draw<'a, I>(&mut self, content: I) -> io::Result<()>
    where
        I: Iterator<Item = (u16, u16, &'a Cell)>,
    {
        for (x, y, cell) in content {
            self.take(x.into(), y.into(), cell);
        }
        Ok(())
    }

    fn hide_cursor(&mut self) -> io::Result<()> {
        self.cursor.wanted = false;
        Ok(())
    }

    fn show_cursor(&mut self) -> io::Result<()> {
        self.cursor.wanted = true;
        Ok(())
    }

    fn get_cursor_position(&mut self) -> io::Result<Position> {
        Ok(self.cursor.at)
    }

    fn set_cursor_position<P: Into<Position>>(&mut self, position: P) -> io::Result<()> {
        self.cursor.at = position.into();
        Ok(())
    }

    fn clear(&mut self) -> io::Result<()> {
        self.forget()
    }

    fn clear_region(&mut self, clear_type: ClearType) -> io::Result<()> {
        match clear_type {
            ClearType::All => self.forget(),
            ClearType::AfterCursor
            | ClearType::BeforeCursor
            | ClearType::CurrentLine
            | ClearType::UntilNewLine => Err(io::ErrorKind::Unsupported.into()),
        }
    }

    fn size(&self) -> io::Result<Size> {
        let (width, height) = self.device.size()?;
        Ok(Size { width, height })
    }

    fn window_size(&mut self) -> io::Result<WindowSize> {
        Ok(WindowSize { columns_rows: self.size()?, pixels: Size::ZERO })
    }

    /// Sends the difference between what is shown and what is wanted.
    fn flush(&mut self) -> io::Result<()> {
        self.hand.out.clear();
        self.hand.out.extend_from_slice(BEGIN);
        if self.anew || (self.cursor.shown && !self.cursor.wanted) {
            self.hand.out.extend_from_slice(b"\x1b[?25l");
            self.cursor.shown = false;
        }
        if self.anew {
            self.hand.start_over();
        }
        self.paint();
        if self.cursor.wanted {
            self.hand.move_to(self.cursor.at.x.into(), self.cursor.at.y.into());
            if !self.cursor.shown {
                self.hand.out.extend_from_slice(b"\x1b[?25h");
                self.cursor.shown = true;
            }
        }
        if self.hand.out.len() == BEGIN.len() {
            self.sent = 0;
            return Ok(());
        }
        self.hand.out.extend_from_slice(END);
        self.sent = self.hand.out.len();
        self.device.send(&self.hand.out)
    }
}
