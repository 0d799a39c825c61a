//! A password asked on the terminal, not shown, before the screen opens.

use std::fs::File;
use std::io::Read as _;
use std::os::fd::OwnedFd;

use rustix::termios::{InputModes, LocalModes, OptionalActions, SpecialCodeIndex, Termios};
use tokio::sync::oneshot;

use super::session::{keyboard, write_all};
use super::{Signals, TerminalError};

/// Asks for a password on the terminal without showing it.
///
/// `prompt` is shown as it is. The settings of the terminal are put back whatever happens.
///
/// # Errors
/// [`TerminalError::Cancelled`] on Ctrl-c, Ctrl-d and Esc; [`TerminalError::Ended`] when a signal came;
/// [`TerminalError::NoKeyboard`] where there is no terminal to ask on. The program is to end after an
/// error: a thread may still wait for the terminal.
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
    let quiet = Quiet::set(tty.try_clone()?)?;
    write_all(&quiet.tty, prompt.as_bytes())?;
    let (sender, answer) = oneshot::channel();
    let reader = move || {
        let _ = sender.send(read_line(&mut File::from(tty)));
    };
    std::thread::Builder::new().name("password".to_owned()).spawn(reader)?;
    let answer = tokio::select! {
        answer = answer => answer.unwrap_or(Ok(None)),
        ending = signals.ending() => return Err(TerminalError::Ended(ending)),
    };
    answer?.ok_or(TerminalError::Cancelled)
}

/// Reads up to Enter; `None` when given up.
fn read_line(tty: &mut File) -> std::io::Result<Option<String>> {
    let mut line = Vec::new();
    let mut byte = [0];
    loop {
        if tty.read(&mut byte)? == 0 {
            return Ok(None);
        }
        match byte[0] {
            b'\r' | b'\n' => return Ok(Some(String::from_utf8_lossy(&line).into_owned())),
            0x03 | 0x04 | 0x1b => return Ok(None),
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

/// The terminal without echo; keys come one by one, Ctrl-c is a key.
struct Quiet {
    tty: OwnedFd,
    found: Termios,
}

impl Quiet {
    fn set(tty: OwnedFd) -> Result<Quiet, TerminalError> {
        let found = rustix::termios::tcgetattr(&tty).map_err(std::io::Error::from)?;
        let mut quiet = found.clone();
        quiet.local_modes &= !(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        quiet.input_modes &= !InputModes::IXON;
        quiet.special_codes[SpecialCodeIndex::VMIN] = 1;
        quiet.special_codes[SpecialCodeIndex::VTIME] = 0;
        rustix::termios::tcsetattr(&tty, OptionalActions::Now, &quiet)
            .map_err(std::io::Error::from)?;
        Ok(Quiet { tty, found })
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        let _ = write_all(&self.tty, b"\n");
        let _ = rustix::termios::tcsetattr(&self.tty, OptionalActions::Now, &self.found);
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
}
