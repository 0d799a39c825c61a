//! What the loop needs of a terminal.

use std::io;

use ratatui::Frame;

use crate::app::effect::Edited;
use crate::terminal::Input;

/// Something that happened at the terminal or to the program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Happening {
    /// A key, a paste, a new size.
    Input(Input),
    /// The terminal, which had fallen behind, has taken the last frame.
    Drawn,
    /// The program was stopped and goes on: the screen is not ours any more.
    Continued,
    /// The program is to end with this status: 128 + n for a signal, 101 after a panic.
    Ended(u8),
}

/// The program was told to end while another editor had the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cut {
    /// The status to end with.
    pub status: u8,
    /// What that editor had changed by then; a draft like any other.
    pub changed: Option<Vec<u8>>,
}

/// A terminal: the real one, or a test's.
pub trait Host {
    /// The next thing that happens. Can be dropped and called again without losing anything.
    fn next(&mut self) -> impl Future<Output = Happening>;

    /// Draws a frame, and answers how many bytes went to the terminal for it.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn draw(&mut self, render: &mut dyn FnMut(&mut Frame)) -> io::Result<usize>;

    /// Whether the terminal has not taken all of the last frame yet: then none is to be drawn.
    fn is_behind(&self) -> bool {
        false
    }

    /// Forgets what is on the screen, so that the next frame draws all of it.
    ///
    /// # Errors
    /// When the terminal is gone.
    fn redraw(&mut self) -> io::Result<()>;

    /// Sends bytes to the terminal's clipboard.
    ///
    /// # Errors
    /// A sentence that says why not.
    fn copy(&mut self, bytes: &[u8]) -> Result<(), String>;

    /// Lets the user edit bytes in an editor of their own; `Err` when the program was told to end
    /// meanwhile. With `needed` no editor is taken that they did not choose.
    fn edit(
        &mut self,
        bytes: &[u8],
        extension: &'static str,
        needed: Option<String>,
    ) -> impl Future<Output = io::Result<Result<Edited, Cut>>>;

    /// Stops the program until it is continued.
    fn suspend(&mut self) -> impl Future<Output = io::Result<Happening>>;
}
