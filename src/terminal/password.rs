//! A password asked on the terminal, not shown, before the screen opens.

use std::fs::File;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::OwnedFd;
use std::thread::JoinHandle;

use rustix::event::{PollFd, PollFlags};
use rustix::io::Errno;
use tokio::sync::oneshot;

use super::session::{Purpose, Session, keyboard};
use super::{Ending, Signalled, Signals, TerminalError};

/// Asks for a password on the terminal without showing it.
///
/// `prompt` is shown as it is. The settings of the terminal are put back whatever happens. Ctrl-z stops
/// the program; when it goes on it asks again, with nothing typed yet.
///
/// # Errors
/// [`TerminalError::Cancelled`] on Ctrl-c, Ctrl-d and Esc; [`TerminalError::Ended`] when a signal came
/// or the terminal went away; [`TerminalError::NoKeyboard`] where there is no terminal to ask on.
pub async fn ask_password(prompt: &str, signals: &mut Signals) -> Result<String, TerminalError> {
    let tty = match File::options().read(true).write(true).open("/dev/tty") {
        Ok(tty) => tty.into(),
        Err(_) => keyboard()?,
    };
    ask_on(tty, prompt, signals).await
}

async fn ask_on(
    tty: OwnedFd,
    prompt: &str,
    signals: &mut Signals,
) -> Result<String, TerminalError> {
    let mut session = Session::take(Purpose::Question, tty.try_clone()?, tty.try_clone()?)?;
    loop {
        session.say(prompt)?;
        let (reader, mut answer) = Reader::start(tty.try_clone()?)?;
        let signalled = tokio::select! {
            biased;
            signalled = signals.next() => signalled,
            // A reader that ends without a word panicked, which has been told.
            answer = &mut answer => match answer.unwrap_or(Answer::GivenUp) {
                Answer::Line(password) => return Ok(password),
                Answer::GivenUp => return Err(TerminalError::Cancelled),
                // The signal that says so may be on its way.
                Answer::Gone => return Err(TerminalError::Ended(Ending::Hangup)),
                Answer::Stop => {
                    drop(reader);
                    match signals.suspend(&mut session).await? {
                        Signalled::End(ending) => return Err(TerminalError::Ended(ending)),
                        Signalled::Continued => continue,
                    }
                }
            },
        };
        drop(reader);
        let signalled = match signalled {
            // It was stopped from outside, and a shell may have changed the settings.
            Signalled::Continued => signals.take_again(&mut session).await?,
            end @ Signalled::End(_) => end,
        };
        match signalled {
            Signalled::End(ending) => return Err(TerminalError::Ended(ending)),
            Signalled::Continued => session.say("\n")?,
        }
    }
}

/// What the person did.
#[derive(Debug, PartialEq, Eq)]
enum Answer {
    /// Enter, after this.
    Line(String),
    /// Ctrl-c, Ctrl-d or Esc.
    GivenUp,
    /// Ctrl-z.
    Stop,
    /// The terminal went away.
    Gone,
}

/// The thread that waits for keys; it ends before this is dropped, so that nothing typed later is
/// taken from whoever reads next.
struct Reader {
    wake: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl Reader {
    fn start(tty: OwnedFd) -> io::Result<(Reader, oneshot::Receiver<Answer>)> {
        let (stop, wake) = io::pipe()?;
        let (sender, answer) = oneshot::channel();
        let read = move || {
            if let Some(answer) = read_line(&tty, &stop) {
                let _ = sender.send(answer);
            }
        };
        let thread = std::thread::Builder::new().name("password".to_owned()).spawn(read)?;
        Ok((Reader { wake: Some(wake), thread: Some(thread) }, answer))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by the hook.
            let _ = thread.join();
        }
    }
}

/// Reads up to a key that ends the question, byte by byte: what is typed ahead belongs to the screen.
/// Nothing when told to stop.
fn read_line(tty: &OwnedFd, stop: &PipeReader) -> Option<Answer> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        let mut waiting = [PollFd::new(tty, PollFlags::IN), PollFd::new(stop, PollFlags::empty())];
        match rustix::event::poll(&mut waiting, None) {
            Err(Errno::INTR) => continue,
            Err(_) => return Some(Answer::Gone),
            Ok(_) if !waiting[1].revents().is_empty() => return None,
            Ok(_) => {}
        }
        match rustix::io::read(tty, &mut byte) {
            Err(Errno::INTR | Errno::AGAIN) => continue,
            Ok(0) | Err(_) => return Some(Answer::Gone),
            Ok(_) => {}
        }
        match byte[0] {
            b'\r' | b'\n' => {
                return Some(Answer::Line(String::from_utf8_lossy(&line).into_owned()));
            }
            0x03 | 0x04 | 0x1b => return Some(Answer::GivenUp),
            0x1a => return Some(Answer::Stop),
            0x15 => line.clear(),
            0x08 | 0x7f => {
                // A whole character: what follows its first byte is 10xxxxxx.
                while line.pop().is_some_and(|byte| byte & 0xc0 == 0x80) {}
            }
            0..=0x1f => {}
            byte => line.push(byte),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::terminal::pty::Pty;

    #[tokio::test]
    async fn a_password_is_read_and_not_shown() {
        for (typed, expected) in [
            (&b"pass w\xc3\xb6rd\r"[..], Some("pass wörd")),
            (b"wrong\x15right\n", Some("right")),
            ("aé\u{7f}b\r".as_bytes(), Some("ab")),
            (b"\r", Some("")),
            (b"abc\x03", None),
        ] {
            let mut pty = Pty::open();
            let before = pty.settings();
            let mut signals = Signals::new().expect("signals");
            let tty = pty.terminal();
            let asked = tokio::spawn(async move { ask_on(tty, "Password: ", &mut signals).await });
            pty.wait_for(b"Password: ").await;
            pty.type_in(typed);
            let answer = asked.await.expect("no panic");
            match (&answer, expected) {
                (Ok(password), Some(expected)) => assert_eq!(password, expected),
                (Err(TerminalError::Cancelled), None) => {}
                _ => panic!("{typed:?}: {answer:?}"),
            }
            assert_eq!(pty.settings(), before);
            pty.wait_for(b"\n").await;
            assert_eq!(pty.seen().trim_end(), "Password:", "the password was shown");
        }
    }

    #[tokio::test]
    async fn what_is_typed_ahead_is_left_to_the_next_reader() {
        let mut pty = Pty::open();
        let mut signals = Signals::new().expect("signals");
        let tty = pty.terminal();
        let asked = tokio::spawn(async move { ask_on(tty, "Password: ", &mut signals).await });
        pty.wait_for(b"Password: ").await;
        pty.type_in(b"x\rjk\n");
        assert_eq!(asked.await.expect("no panic").expect("a password"), "x");
        let mut rest = [0; 8];
        assert_eq!(rustix::io::read(pty.terminal(), &mut rest), Ok(3));
        assert_eq!(&rest[..3], b"jk\n");
    }

    #[tokio::test]
    async fn a_terminal_that_goes_away_ends_the_question() {
        let mut pty = Pty::open();
        let mut signals = Signals::new().expect("signals");
        let tty = pty.terminal();
        let asked = tokio::spawn(async move { ask_on(tty, "Password: ", &mut signals).await });
        pty.wait_for(b"Password: ").await;
        drop(pty.hang_up());
        let answer = asked.await.expect("no panic");
        assert!(matches!(answer, Err(TerminalError::Ended(Ending::Hangup))), "{answer:?}");
    }
}
