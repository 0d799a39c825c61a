//! The terminal: taken over, given back as it was found, and what lies between.
//!
//! Invariants. Whatever ends the program (quit, a signal, a panic in any task, an editor that
//! crashed), the settings and modes of the terminal are those found at the start; [`Session`] undoes
//! them once, and after that lets no byte of a frame through. No write waits for a terminal that takes
//! nothing. Nothing here knows the application: keys leave as [`Input`], and what is drawn comes in
//! through [`Screen`].
//!
//! What the event loop does with it:
//!
//! ```no_run
//! use etcdeck::terminal::{Session, Signals, install_panic_hook};
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let mut signals = Signals::new()?;
//! let session = Session::enter()?;
//! let panicked = install_panic_hook(session.restorer());
//! let screen = session.screen(); // takes whole frames
//! let mut input = session.input()?; // dropped before an editor runs, made anew after it
//! // select! over input.next(), signals.next() and panicked.wait(); then leave with the status of
//! // the signal (128 + its number), 129 when `input` ended, 101 after a panic.
//! # drop((screen, input, panicked, signals)); Ok(()) }
//! ```

mod clipboard;
mod decode;
mod editor;
#[cfg(test)]
mod fuzz;
mod guest;
mod input;
mod outlet;
mod panic;
mod password;
#[cfg(test)]
mod pty;
mod session;
mod signals;

use std::io;

pub use clipboard::{CLIPBOARD_LIMIT, CopyError};
pub use decode::Input;
pub use editor::{Edited, EditorCommand};
pub use input::InputStream;
pub use panic::{Panicked, install_panic_hook, report_panics};
pub use password::ask_password;
pub use session::{Restorer, Screen, Session};
pub use signals::{Ending, Signalled, Signals};

/// Why the terminal could not be used, or no longer can.
#[derive(Debug, thiserror::Error)]
pub enum TerminalError {
    /// Standard output is a file or a pipe.
    #[error("etcdeck draws on a terminal; stdout is not one")]
    NotATerminal,
    /// A terminal that only prints lines.
    #[error(
        "etcdeck draws on the whole screen, and TERM=dumb says that this terminal cannot: start it in \
         another one, or set TERM to what it is"
    )]
    Dumb,
    /// Nothing to read keys from.
    #[error(
        "etcdeck reads keys from a terminal; stdin is not one and /dev/tty cannot be opened: {0}"
    )]
    NoKeyboard(#[source] io::Error),
    /// The question for a password was given up.
    #[error("no password was given")]
    Cancelled,
    /// A signal came while a question was open.
    #[error("ended by {0}")]
    Ended(Ending),
    /// The terminal failed.
    #[error("the terminal failed: {0}")]
    Io(#[from] io::Error),
}

/// Whether an error of reading or drawing means that the terminal is gone (its window was closed, the
/// connection to it ended): to be handled like a hangup, without a message, since nobody reads it.
pub fn is_gone(error: &io::Error) -> bool {
    use rustix::io::Errno;
    let code = Errno::from_io_error(error);
    matches!(code, Some(Errno::IO | Errno::PIPE | Errno::NXIO | Errno::BADF | Errno::NODEV))
}
