//! The way to a terminal that may take nothing for a while, or never again.
//!
//! A frozen connection or an emulator that hangs stops a writer for as long as it lasts. Nobody may
//! wait for that: the keyboard, signals and leases go on meanwhile.

use std::io;
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use tokio::time::Instant;

/// A file that leads to the terminal and that no write waits on.
#[derive(Debug)]
pub(super) struct Outlet {
    file: OwnedFd,
}

impl Outlet {
    /// Opens the terminal once more, since whether writes wait is a setting of an open file, and the
    /// given one is shared with the shell. Where that cannot be done, the given one is written to.
    pub(super) fn to(terminal: &OwnedFd) -> io::Result<Outlet> {
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let named = || {
            let name = rustix::termios::ttyname(terminal, Vec::new())?;
            rustix::fs::open(name, flags, Mode::empty())
        };
        // The terminal of another user, after su: its name is closed to us, but this one is open.
        let controlling = || {
            rustix::termios::tcgetpgrp(terminal)?;
            rustix::fs::open("/dev/tty", flags, Mode::empty())
        };
        let file = match named().or_else(|_| controlling()) {
            Ok(file) => file,
            Err(_) => terminal.try_clone()?,
        };
        Ok(Outlet { file })
    }

    /// Writes what the terminal takes within `limit`, and tells how many bytes that was.
    ///
    /// # Errors
    /// When the terminal is gone.
    pub(super) fn write(&self, bytes: &[u8], limit: Duration) -> io::Result<usize> {
        let end = Instant::now() + limit;
        let mut written = 0;
        while written < bytes.len() {
            match rustix::io::write(&self.file, &bytes[written..]) {
                Ok(count) => written += count,
                Err(Errno::INTR) => {}
                Err(Errno::AGAIN) => {
                    let left = end.saturating_duration_since(Instant::now());
                    if left.is_zero() || !self.takes_more(left)? {
                        break;
                    }
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(written)
    }

    /// Throws away what was written and has not arrived.
    pub(super) fn discard(&self) {
        let _ = rustix::termios::tcflush(&self.file, rustix::termios::QueueSelector::OFlush);
    }

    fn takes_more(&self, limit: Duration) -> io::Result<bool> {
        let limit = Timespec { tv_sec: 0, tv_nsec: i64::from(limit.subsec_nanos()) };
        let mut waiting = [PollFd::new(&self.file, PollFlags::OUT)];
        match rustix::event::poll(&mut waiting, Some(&limit)) {
            Ok(count) => Ok(count > 0),
            Err(Errno::INTR) => Ok(true),
            Err(error) => Err(error.into()),
        }
    }
}
