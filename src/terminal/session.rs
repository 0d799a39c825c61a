//! The time in which the terminal is ours.

use std::fs::File;
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use rustix::termios::{InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios};

use super::outlet::Outlet;
use super::{InputStream, TerminalError, clipboard, clipboard::CopyError};

/// Alternate screen, bracketed paste, no cursor.
const ENTER: &[u8] = b"\x1b[?1049h\x1b[?2004h\x1b[?25l\x1b[2J";
/// The reverse, in reverse; before it the end of a frame that may have been cut in the middle: of the
/// update, of a scroll region, of colors.
const LEAVE: &[u8] = b"\x1b[?2026l\x1b[r\x1b[0m\x1b[?25h\x1b[?2004l\x1b[?1049l";
/// What an editor that crashed may have left on: mouse, focus reports, application keys, a scroll
/// region, key protocols.
const AFTER_CRASH: &[u8] = b"\x1b[?1000l\x1b[?1002l\x1b[?1003l\x1b[?1004l\x1b[?1006l\
    \x1b[?1l\x1b>\x1b[?7h\x1b[r\x1b[>4;0m\x1b[<u";
/// How long a write waits for a terminal that is slow. What it has not taken by then is sent later.
const PATIENCE: Duration = Duration::from_millis(25);
/// How often a terminal that takes nothing is asked again.
const ASK_AGAIN: Duration = Duration::from_millis(20);
/// How long leaving waits for a terminal that takes nothing.
const LEAVE_LIMIT: Duration = Duration::from_millis(300);

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

/// What frames are sent through. Drops them while the session is left.
#[derive(Debug)]
pub struct Screen {
    terminal: Arc<Terminal>,
}

/// What the terminal is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// All of it is drawn on.
    Screen,
    /// One line is asked for, without showing what is typed.
    Question,
}

#[derive(Debug)]
struct Terminal {
    purpose: Purpose,
    input: OwnedFd,
    output: OwnedFd,
    outlet: Outlet,
    found: Termios,
    /// Held while writing, so that nothing of a frame can come after the sequences that leave. A write
    /// waits for a moment at most, and so does whoever wants this.
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    phase: Phase,
    /// What a slow terminal has not taken yet.
    behind: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    Entered,
    Left,
    /// Another program has it, in whatever mode it likes.
    Lent,
}

impl Session {
    /// Whether there is a terminal to draw on, before anything is asked on it.
    ///
    /// # Errors
    /// When stdout is no terminal, or one that cannot move its cursor.
    pub fn check() -> Result<(), TerminalError> {
        if !io::stdout().is_terminal() {
            return Err(TerminalError::NotATerminal);
        }
        if std::env::var_os("TERM").is_some_and(|term| term == "dumb") {
            return Err(TerminalError::Dumb);
        }
        Ok(())
    }

    /// Takes the terminal of this process: raw mode, alternate screen, bracketed paste, no cursor.
    ///
    /// # Errors
    /// When stdout is no terminal or one that cannot move its cursor, or there is none to read keys
    /// from.
    pub fn enter() -> Result<Session, TerminalError> {
        Session::check()?;
        let output = io::stdout().as_fd().try_clone_to_owned()?;
        Session::enter_on(keyboard()?, output)
    }

    /// Takes the terminal behind these two.
    ///
    /// # Errors
    /// When it is none, or refuses its settings.
    pub fn enter_on(input: OwnedFd, output: OwnedFd) -> Result<Session, TerminalError> {
        Session::take(Purpose::Screen, input, output)
    }

    /// Takes the terminal behind these two for a purpose.
    pub(super) fn take(
        purpose: Purpose,
        input: OwnedFd,
        output: OwnedFd,
    ) -> Result<Session, TerminalError> {
        let found = rustix::termios::tcgetattr(&input).map_err(io::Error::from)?;
        let outlet = Outlet::to(&output)?;
        let state = Mutex::new(State { phase: Phase::Left, behind: Vec::new() });
        let terminal = Terminal { purpose, input, output, outlet, found, state };
        let mut session = Session { terminal: Arc::new(terminal) };
        session.resume()?;
        Ok(session)
    }

    /// Takes the terminal again after [`Session::leave`]. The whole screen must be drawn anew.
    ///
    /// Also right after the process was stopped and continued behind our back: a shell may have
    /// changed the settings meanwhile. In the background the kernel stops a process that does this:
    /// see [`Signals::take_again`](super::Signals::take_again).
    pub fn resume(&mut self) -> io::Result<()> {
        self.terminal.enter(b"")
    }

    /// As [`Session::resume`], after a program that may have left the terminal in any mode.
    pub(super) fn resume_after_crash(&mut self) -> io::Result<()> {
        self.terminal.enter(AFTER_CRASH)
    }

    /// Gives the terminal to another program, which leaves it in any mode: a panic says nothing on it
    /// meanwhile.
    pub(super) fn lend(&mut self) -> io::Result<(OwnedFd, OwnedFd)> {
        self.terminal.leave_with(self.terminal.lock()).phase = Phase::Lent;
        Ok((self.terminal.input.try_clone()?, self.terminal.output.try_clone()?))
    }

    /// Whether the terminal is another process group's now.
    pub(super) fn is_in_background(&self) -> bool {
        self.terminal.is_in_background()
    }

    /// Whether the terminal has not taken all of the last frame: another one would only pile up.
    pub fn is_behind(&self) -> bool {
        !self.terminal.lock().behind.is_empty()
    }

    /// Returns once the terminal has taken everything. Nothing is lost when the call is given up.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub async fn catch_up(&self) -> io::Result<()> {
        loop {
            if self.terminal.send_more()? {
                return Ok(());
            }
            tokio::time::sleep(ASK_AGAIN).await;
        }
    }

    /// Writes a line to a person that is asked.
    pub(super) fn say(&self, text: &str) -> io::Result<()> {
        self.terminal.write_entered(text.as_bytes())
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

    /// What to send frames through.
    pub fn screen(&self) -> Screen {
        Screen { terminal: Arc::clone(&self.terminal) }
    }

    /// The keyboard. At most one stream may live at a time; drop it before another program gets the
    /// terminal. Must be called inside a tokio runtime.
    pub fn input(&self) -> io::Result<InputStream> {
        let Terminal { input, output, .. } = &*self.terminal;
        InputStream::new(input.try_clone()?, output.try_clone()?)
    }

    /// Asks the terminal to put bytes into the clipboard of its user (OSC 52). There is no answer:
    /// say "sent to the terminal", never "copied". To be called between frames.
    ///
    /// # Errors
    /// When there are more bytes than terminals take, or the terminal failed.
    pub fn copy(&self, content: &[u8]) -> Result<(), CopyError> {
        let sequence = clipboard::sequence(content)?;
        if self.is_behind() {
            return Err(CopyError::Busy);
        }
        self.terminal.write_entered(&sequence).map_err(CopyError::Io)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.leave();
    }
}

impl Restorer {
    /// Gives the terminal back; does nothing when that is done already. Tells whether there is a screen
    /// to say something on: while another program has the terminal there is none.
    pub fn restore(&self) -> bool {
        let state = self.terminal.lock();
        let lent = state.phase == Phase::Lent;
        if !lent {
            drop(self.terminal.leave_with(state));
        }
        !lent
    }
}

impl Screen {
    /// Columns and rows.
    pub fn size(&self) -> io::Result<(u16, u16)> {
        let size = rustix::termios::tcgetwinsize(&self.terminal.output)?;
        Ok((size.ws_col, size.ws_row))
    }

    /// Sends a frame, in one write where the terminal takes it: that is what makes it appear at once.
    /// What it does not take is kept, and no further frame is to be sent until it has: see
    /// [`Session::is_behind`].
    ///
    /// # Errors
    /// When the terminal is gone.
    pub fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.terminal.write_entered(bytes)
    }
}

impl Terminal {
    fn enter(&self, first: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        let mut settings = self.found.clone();
        let enter = match self.purpose {
            Purpose::Screen => {
                settings.make_raw();
                ENTER
            }
            Purpose::Question => {
                // Keys come one by one; Ctrl-c and Ctrl-z are keys.
                settings.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
                settings.input_modes &= !InputModes::IXON;
                settings.special_codes[SpecialCodeIndex::VMIN] = 1;
                settings.special_codes[SpecialCodeIndex::VTIME] = 0;
                b""
            }
        };
        rustix::termios::tcsetattr(&self.input, OptionalActions::Now, &settings)?;
        state.phase = Phase::Entered;
        state.behind = [first, enter].concat();
        self.send(&mut state, PATIENCE)
    }

    fn leave(&self) {
        drop(self.leave_with(self.lock()));
    }

    /// The same, without letting go of the state in between.
    fn leave_with<'a>(&self, mut state: MutexGuard<'a, State>) -> MutexGuard<'a, State> {
        let first: &[u8] = match state.phase {
            Phase::Left => return state,
            Phase::Entered => b"",
            Phase::Lent => AFTER_CRASH,
        };
        state.phase = Phase::Left;
        // Nothing of a frame comes after this.
        state.behind = Vec::new();
        let background = self.is_in_background();
        // The settings first: whoever sees the shell's screen again may type, and an Enter that
        // comes in raw mode is no end of a line. In the background they are the shell's, and setting
        // them would stop the process instead of letting it end.
        if !background {
            let _ = rustix::termios::tcsetattr(&self.input, OptionalActions::Now, &self.found);
        } else if self.found.local_modes.contains(LocalModes::TOSTOP) {
            return state;
        }
        let leave = match self.purpose {
            Purpose::Screen => LEAVE,
            Purpose::Question => b"\n",
        };
        let bytes = [first, leave].concat();
        if self.outlet.write(&bytes, LEAVE_LIMIT).is_ok_and(|written| written < bytes.len()) {
            // Nobody reads. Whoever comes back to this terminal is to find it usable rather than in the
            // middle of a frame.
            self.outlet.discard();
            let _ = self.outlet.write(&bytes, Duration::ZERO);
        }
        state
    }

    fn write_entered(&self, bytes: &[u8]) -> io::Result<()> {
        let mut state = self.lock();
        match state.phase {
            Phase::Entered => {
                state.behind.extend_from_slice(bytes);
                self.send(&mut state, PATIENCE)
            }
            Phase::Left | Phase::Lent => Ok(()),
        }
    }

    /// Sends what the terminal takes at once, and tells whether that was all.
    fn send_more(&self) -> io::Result<bool> {
        let mut state = self.lock();
        self.send(&mut state, Duration::ZERO)?;
        Ok(state.behind.is_empty())
    }

    /// Sends what the terminal takes.
    fn send(&self, state: &mut State, limit: Duration) -> io::Result<()> {
        let written = self.outlet.write(&state.behind, limit)?;
        state.behind.drain(..written);
        Ok(())
    }

    /// Another terminal than the controlling one has no background.
    fn is_in_background(&self) -> bool {
        let owner = rustix::termios::tcgetpgrp(&self.input);
        owner.is_ok_and(|owner| owner != rustix::process::getpgrp())
    }

    /// A thread that panicked while it held the lock left nothing half done.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
