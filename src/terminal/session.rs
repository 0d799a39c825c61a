//! The time in which the terminal is ours.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use rustix::termios::{OptionalActions, Termios};

use super::{InputStream, TerminalError, clipboard, clipboard::CopyError};

/// Alternate screen, bracketed paste, no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[2J";
/// The reverse, in reverse; before it the end of a frame that may have been cut in the middle.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[0m\x1b[?25h\x1b[?2004l\x1b[?1049l";
/// What an editor that crashed may have left on: mouse, focus reports, application keys, a scroll
/// region, key protocols.
const AFTER_CRASH: &[u8] = b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\
    \x1b[?1l\x1b>\x1b[?7h\x1b[r\x1b[>4;0m\x1b[<u";
/// A frame leaves in one write where it can: that is what makes it appear at once.
const FRAME_BYTES: usize = 64 * 1024;

/// What a frame is drawn through. Keeps bytes until flushed, and drops them while the session is left.
pub type Screen = BufWriter<Output>;

/// The terminal, taken over. Dropping it gives the terminal back.
#[derive(Debug)]
pub struct Session {
    terminal: Arc<Terminal>,
}

/// Gives the terminal back from anywhere: from a panic hook, from another thread.
#[derive(Clone, Debug)]
pub struct Restorer {
    terminal: Arc<Terminal>,
}

/// The way to the terminal under a [`Screen`].
#[derive(Debug)]
pub struct Output {
    terminal: Arc<Terminal>,
}

#[derive(Debug)]
struct Terminal {
    input: OwnedFd,
    output: OwnedFd,
    found: Termios,
    /// Held while writing, so that nothing of a frame can come after the sequences that leave.
    phase: Mutex<Phase>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Entered,
    Left,
}

impl Session {
    /// Takes the terminal of this process: raw mode, alternate screen, bracketed paste, no cursor.
    ///
    /// # Errors
    /// When stdout is no terminal, or there is none to read keys from.
    pub fn enter() -> Result<Session, TerminalError> {
        if !io::stdout().is_terminal() {
            return Err(TerminalError::NotATerminal);
        }
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        Session::enter_on(keyboard()?, output)
    }

    /// Takes the terminal behind these two.
    ///
    /// # Errors
    /// When it is none, or refuses its settings.
    pub fn enter_on(input: OwnedFd, output: OwnedFd) -> Result<Session, TerminalError> {
        let found = rustix::termios::tcgetattr(&input).map_err(io::Error::from)?;
        let phase = Mutex::new(Phase::Left);
        let mut session = Session { terminal: Arc::new(Terminal { input, output, found, phase }) };
        session.resume()?;
        Ok(session)
    }

    /// Takes the terminal again after [`Session::leave`]. The whole screen must be drawn anew.
    ///
    /// Also right after the process was stopped and continued behind our back: a shell may have
    /// changed the settings meanwhile.
    pub fn resume(&mut self) -> io::Result<()> {
        let mut phase = self.terminal.phase();
        let mut raw = self.terminal.found.clone();
        raw.make_raw();
        rustix::termios::tcsetattr(&self.terminal.input, OptionalActions::Now, &raw)?;
        *phase = Phase::Entered;
        write_all(&self.terminal.output, ENTER)
    }

    /// As [`Session::resume`], after a program that may have left the terminal in any mode.
    pub(super) fn resume_after_crash(&mut self) -> io::Result<()> {
        write_all(&self.terminal.output, AFTER_CRASH)?;
        self.resume()
    }

    /// The terminal's two ends, for a program that runs in it meanwhile.
    pub(super) fn handles(&self) -> io::Result<(OwnedFd, OwnedFd)> {
        Ok((self.terminal.input.try_clone()?, self.terminal.output.try_clone()?))
    }

    /// Gives the terminal back; does nothing when that is done already. Errors are not told: the
    /// terminal may be gone, and there is nothing better to do.
    pub fn leave(&mut self) {
        self.terminal.leave();
    }

    /// Something that gives the terminal back from elsewhere.
    pub fn restorer(&self) -> Restorer {
        Restorer { terminal: Arc::clone(&self.terminal) }
    }

    /// What to draw through.
    pub fn screen(&self) -> Screen {
        let output = Output { terminal: Arc::clone(&self.terminal) };
        BufWriter::with_capacity(FRAME_BYTES, output)
    }

    /// The keyboard. At most one stream may live at a time; drop it before another program gets the
    /// terminal. Must be called inside a tokio runtime.
    pub fn input(&self) -> io::Result<InputStream> {
        let Terminal { input, output, .. } = &*self.terminal;
        InputStream::new(input.try_clone()?, output.try_clone()?)
    }

    /// Columns and rows.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = rustix::termios::tcgetwinsize(&self.terminal.output)?;
        Ok((size.ws_col, size.ws_row))
    }

    /// Asks the terminal to put bytes into the clipboard of its user (OSC 52). There is no answer:
    /// say "sent to the terminal", never "copied". To be called between frames.
    ///
    /// # Errors
    /// When there are more bytes than terminals take, or the terminal failed.
    pub fn copy(&self, content: &[u8]) -> Result<(), CopyError> {
        let sequence = clipboard::sequence(content)?;
        self.terminal.write_entered(&sequence).map_err(CopyError::Io)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Restorer {
    /// Gives the terminal back; does nothing when that is done already.
    pub fn restore(&self) {
        self.terminal.leave();
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.terminal.write_entered(bytes)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Terminal {
    fn leave(&self) {
        let mut phase = self.phase();
        if *phase == Phase::Entered {
            *phase = Phase::Left;
            // The settings first: whoever sees the shell's screen again may type, and an Enter that
            // comes in raw mode is no end of a line.
            let _ = rustix::termios::tcsetattr(&self.input, OptionalActions::Now, &self.found);
            let _ = write_all(&self.output, LEAVE);
        }
    }

    fn write_entered(&self, bytes: &[u8]) -> io::Result<()> {
        let phase = self.phase();
        match *phase {
            Phase::Entered => write_all(&self.output, bytes),
            Phase::Left => Ok(()),
        }
    }

    /// A thread that panicked while it held the lock left nothing half done.
    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The terminal that keys come from: stdin, or the controlling terminal when stdin is something else.
pub(super) fn keyboard() -> Result<OwnedFd, TerminalError> {
    if io::stdin().is_terminal() {
        return Ok(io::stdin().as_fd().try_clone_to_owned()?);
    }
    let tty = File::options().read(true).write(true).open("/dev/tty");
    Ok(tty.map_err(TerminalError::NoKeyboard)?.into())
}

/// Writes everything, also where another program left the terminal non-blocking.
pub(super) fn write_all(output: &OwnedFd, mut bytes: &[u8]) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::write(output, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::INTR) => {}
            Err(Errno::AGAIN) => {
                let mut waiting = [PollFd::new(output, PollFlags::OUT)];
                match rustix::event::poll(&mut waiting, None) {
                    Ok(_) | Err(Errno::INTR) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
