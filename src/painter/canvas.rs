//! A screen to draw frames on.

use std::io;

use ratatui::buffer::{Buffer, CellDiffOption, CellWidth as _};
use ratatui::{Frame, Terminal};

use super::{Device, Painter};

/// Frames go in, and what has changed of them goes to the device.
#[derive(Debug)]
pub struct Canvas<D: Device> {
    terminal: Terminal<Painter<D>>,
    /// The rows that held a wide character.
    wide: Vec<bool>,
}

impl<D: Device> Canvas<D> {
    /// Nothing is sent before the first frame, which begins with an empty screen.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn new(device: D) -> io::Result<Canvas<D>> {
        Ok(Canvas { terminal: Terminal::new(Painter::new(device)?)?, wide: Vec::new() })
    }

    /// Draws a frame and sends what changed in it, in one piece. Answers how many bytes that were.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn draw(&mut self, render: &mut dyn FnMut(&mut Frame)) -> io::Result<usize> {
        let wide = &mut self.wide;
        self.terminal.draw(|frame| {
            render(frame);
            insist(frame.buffer_mut(), wide);
        })?;
        Ok(self.terminal.backend().sent())
    }

    /// Forgets what is on the screen, so that the next frame sends all of it.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn redraw(&mut self) -> io::Result<()> {
        // As `Terminal::clear`, which keeps the cursor and has no need to here.
        let size = self.terminal.size()?;
        self.terminal.resize(size.into())
    }
}

/// Has ratatui hand on all of each row that holds or held a wide character: it keeps back cells that
/// were covered by one and look no different now in its own eyes.
fn insist(buffer: &mut Buffer, wide: &mut Vec<bool>) {
    let width = usize::from(buffer.area.width).max(1);
    wide.resize(usize::from(buffer.area.height), false);
    for (row, was_wide) in buffer.content.chunks_mut(width).zip(wide) {
        let is_wide = row.iter().any(|cell| cell.symbol().len() > 1 && cell.cell_width() > 1);
        if is_wide || *was_wide {
            for cell in row {
                cell.set_diff_option(CellDiffOption::AlwaysUpdate);
            }
        }
        *was_wide = is_wide;
    }
}
