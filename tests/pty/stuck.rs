//! A terminal that nobody reads any more: a connection that froze, an emulator that hangs.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec};
use rustix::process::Signal;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Termios, Winsize, tcgetattr, tcsetwinsize};

use crate::modes;
use crate::steps::LIMIT;
use crate::support::process::Process;
use crate::support::wait::poll;

/// The demo in a terminal whose other end reads only when told to.
struct Stuck {
    master: File,
    slave: File,
    before: Termios,
    program: Process,
    seen: Vec<u8>,
}

impl Stuck {
    /// Starts it, waits for the first frame, and reads nothing from then on until the terminal is full.
    fn start() -> Stuck {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC);
        let master = master.expect("a pseudo-terminal");
        grantpt(&master).and_then(|()| unlockpt(&master)).expect("a pseudo-terminal of our own");
        let name = ptsname(&master, vec![]).expect("its name").into_string().expect("a path");
        let slave = File::options().read(true).write(true).open(name).expect("its other end");
        let before = tcgetattr(&slave).expect("settings");
        let again = || slave.try_clone().expect("a file can be had twice");
        let program = Process::spawn(Path::new("/usr/bin/setsid"), |command| {
            command.args(["--ctty", env!("CARGO_BIN_EXE_etcdeck"), "--demo"]);
            command.env("TERM", "xterm-256color").stdin(again()).stdout(again()).stderr(again());
        });
        let program = program.expect("setsid starts");
        let master = File::from(master);
        let mut stuck = Stuck { master, slave, before, program, seen: vec![] };
        stuck.resize(80, 24);
        let drawn = poll(LIMIT, || {
            stuck.read();
            String::from_utf8_lossy(&stuck.seen).contains("Leases").then_some(())
        });
        assert!(drawn.is_some(), "no frame: {}", stuck.seen.escape_ascii());
        // Each new size is a whole frame, until not one byte more is taken.
        let mut wide = false;
        let full = poll(LIMIT, || {
            wide = !wide;
            stuck.resize(if wide { 300 } else { 280 }, 90);
            (!stuck.takes_more()).then_some(())
        });
        assert!(full.is_some(), "the terminal takes all there is");
        stuck
    }

    fn resize(&self, columns: u16, rows: u16) {
        let size = Winsize { ws_col: columns, ws_row: rows, ws_xpixel: 0, ws_ypixel: 0 };
        tcsetwinsize(&self.master, size).expect("a terminal has a size");
    }

    /// Reads what there is; tells whether there was anything.
    fn read(&mut self) -> bool {
        let mut waiting = [PollFd::new(&self.master, PollFlags::IN)];
        if rustix::event::poll(&mut waiting, Some(&Timespec::default())) != Ok(1) {
            return false;
        }
        let mut bytes = [0; 4096];
        let count = self.master.read(&mut bytes).unwrap_or(0);
        self.seen.extend_from_slice(&bytes[..count]);
        count > 0
    }

    /// Whether a byte written at the other end would be taken.
    fn takes_more(&self) -> bool {
        let mut waiting = [PollFd::new(&self.slave, PollFlags::OUT)];
        rustix::event::poll(&mut waiting, Some(&Timespec::default())) == Ok(1)
    }

    fn assert_settings_restored(&self) {
        let now = tcgetattr(&self.slave).expect("settings");
        assert_eq!(format!("{now:?}"), format!("{:?}", self.before));
    }
}

#[test]
fn signals_end_a_program_whose_terminal_takes_nothing() {
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut stuck = Stuck::start();
        stuck.program.signal(signal);
        let status = stuck.program.wait(Duration::from_secs(5)).expect("it ends");
        assert_eq!(status.code(), Some(128 + signal.as_raw()), "{status:?}");
        stuck.assert_settings_restored();
        // Whoever comes back to this terminal finds it usable, and no frame behind that.
        while stuck.read() {}
        let tail = stuck.seen[stuck.seen.len().saturating_sub(200)..].escape_ascii().to_string();
        assert_eq!(modes::left_on(&stuck.seen), [""; 0], "{tail}");
        assert!(stuck.seen.ends_with(b"\x1b[?1049l"), "{}", stuck.seen.escape_ascii());
    }
}

#[test]
fn keys_are_heard_meanwhile() {
    let mut stuck = Stuck::start();
    stuck.master.write_all(b"q").expect("typed");
    let status = stuck.program.wait(Duration::from_secs(5)).expect("it ends");
    assert_eq!(status.code(), Some(0), "{status:?}");
    stuck.assert_settings_restored();
}

/// No frame is torn: what was cut goes on where it was, and the last one is true.
#[test]
fn a_terminal_that_is_read_again_shows_the_present() {
    let mut stuck = Stuck::start();
    stuck.master.write_all(b"?").expect("typed");
    stuck.resize(100, 30);
    let shown = poll(LIMIT, || {
        while stuck.read() {}
        let size = crate::program::emulator_size(100, 30);
        let last = b"\x1b[2J";
        // From the last frame that begins with an empty screen on.
        let from = stuck.seen.windows(last.len()).rposition(|window| window == last).unwrap_or(0);
        let mut screen = vt100::Parser::new(size.0, size.1, 0);
        screen.process(&stuck.seen[from..]);
        let text = screen.screen().contents();
        (text.contains("┏ Help ") && text.contains("┗ j k scroll")).then_some(())
    });
    assert!(shown.is_some(), "{}", String::from_utf8_lossy(&stuck.seen));
    stuck.program.signal(Signal::TERM);
    let status = poll(LIMIT, || {
        stuck.read();
        stuck.program.ended()
    });
    assert_eq!(status.and_then(|status| status.code()), Some(143));
}
