//! Signals as a stream, and the stop on Ctrl-z.

use std::fmt;
use std::io;
use std::time::Duration;

use futures_util::FutureExt as _;
use rustix::process::Signal as Number;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::Session;

/// A signal that asks the program to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ending {
    /// SIGHUP: the terminal went away.
    Hangup,
    /// SIGINT.
    Interrupt,
    /// SIGQUIT.
    Quit,
    /// SIGTERM.
    Terminate,
}

impl Ending {
    /// The status to exit with: 128 and the number of the signal.
    pub fn exit_status(self) -> u8 {
        let number = match self {
            Ending::Hangup => Number::HUP,
            Ending::Interrupt => Number::INT,
            Ending::Quit => Number::QUIT,
            Ending::Terminate => Number::TERM,
        };
        128 + number.as_raw() as u8
    }
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ending::Hangup => "SIGHUP",
            Ending::Interrupt => "SIGINT",
            Ending::Quit => "SIGQUIT",
            Ending::Terminate => "SIGTERM",
        })
    }
}

/// What a signal means to the program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signalled {
    /// End now, with the status of the signal.
    End(Ending),
    /// The process was stopped from outside and goes on: take the terminal again and draw anew.
    Continued,
}

/// The signals this process listens to, from now on and for as long as it lives.
#[derive(Debug)]
pub struct Signals {
    hangup: Signal,
    interrupt: Signal,
    quit: Signal,
    terminate: Signal,
    continued: Signal,
}

impl Signals {
    /// Begins to listen. Must be called inside a tokio runtime.
    pub fn new() -> io::Result<Signals> {
        Ok(Signals {
            hangup: signal(SignalKind::hangup())?,
            interrupt: signal(SignalKind::interrupt())?,
            quit: signal(SignalKind::quit())?,
            terminate: signal(SignalKind::terminate())?,
            continued: signal(SignalKind::from_raw(Number::CONT.as_raw()))?,
        })
    }

    /// The next signal. Nothing is lost when the call is given up.
    pub async fn next(&mut self) -> Signalled {
        tokio::select! {
            biased;
            Some(()) = self.terminate.recv() => Signalled::End(Ending::Terminate),
            Some(()) = self.hangup.recv() => Signalled::End(Ending::Hangup),
            Some(()) = self.quit.recv() => Signalled::End(Ending::Quit),
            Some(()) = self.interrupt.recv() => Signalled::End(Ending::Interrupt),
            Some(()) = self.continued.recv() => Signalled::Continued,
            else => std::future::pending().await,
        }
    }

    /// Waits until a signal asks the program to end.
    pub async fn ending(&mut self) -> Ending {
        loop {
            if let Signalled::End(ending) = self.next().await {
                return ending;
            }
        }
    }

    /// Gives the terminal back and stops the process as the terminal's own Ctrl-z would, with
    /// everything in its process group. When it goes on, the terminal is taken again and the whole
    /// screen must be drawn anew; when it was told to end meanwhile (`kill %1` does both at once), the
    /// terminal stays as it is. The keyboard stream may live on.
    ///
    /// Where no shell could continue the process the system ignores the stop; then this returns after
    /// a moment.
    pub async fn suspend(&mut self, session: &mut Session) -> io::Result<Signalled> {
        session.leave();
        match self.stop(Number::TSTP).await? {
            Some(Signalled::End(ending)) => Ok(Signalled::End(ending)),
            Some(Signalled::Continued) | None => self.take_again(session).await,
        }
    }

    /// Takes the terminal again after the process was stopped.
    ///
    /// # Errors
    /// When the terminal is gone, or another's for good.
    pub async fn take_again(&mut self, session: &mut Session) -> io::Result<Signalled> {
        if let Some(ending) = self.foreground(session).await? {
            return Ok(Signalled::End(ending));
        }
        session.resume()?;
        Ok(Signalled::Continued)
    }

    /// Waits until the terminal is ours, or until we are to end. As long as another process group has
    /// it (`bg`), the process is stopped as the kernel would stop it, but so that it can still be told to
    /// end: a process that is stopped for setting the terminal goes on setting it whatever comes.
    pub(super) async fn foreground(&mut self, session: &Session) -> io::Result<Option<Ending>> {
        while session.is_in_background() {
            match self.stop(Number::TTOU).await? {
                Some(Signalled::End(ending)) => return Ok(Some(ending)),
                Some(Signalled::Continued) => {}
                // No shell could continue the process; the system says so.
                None => break,
            }
        }
        Ok(None)
    }

    /// Stops the process group, and tells what came then; nothing where the system ignored the stop.
    pub(super) async fn stop(&mut self, signal: Number) -> io::Result<Option<Signalled>> {
        /// Time passes while stopped, so going on takes no longer than it must.
        const STOP_LIMIT: Duration = Duration::from_millis(300);
        let _earlier = self.continued.recv().now_or_never();
        rustix::process::kill_current_process_group(signal)?;
        // The stop may reach another thread first, so this one can run on for a moment: what must be
        // waited for is the signal to go on. When the time was over by then the signal may still be on
        // its way, so there is a second time, which begins when the process goes on.
        for limit in [STOP_LIMIT, STOP_LIMIT / 3] {
            if let Ok(signalled) = tokio::time::timeout(limit, self.next()).await {
                return Ok(Some(signalled));
            }
        }
        Ok(None)
    }
}
