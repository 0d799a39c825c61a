//! The pseudo-terminal itself: what the program wrote, the screen that makes, and its end.

use std::io::{Read, Write};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use portable_pty::{Child, CommandBuilder, ExitStatus, MasterPty, PtyPair, SlavePty};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::modes;
use super::program::{cpu_time, emulator_size, pty_size, resident};

/// A running program in its terminal. Dropping it kills the program.
pub(crate) struct Terminal {
    watched: Arc<Watched>,
    keyboard: Mutex<Box<dyn Write + Send>>,
    master: Box<dyn MasterPty + Send>,
    /// Held so that the settings can still be read when the program has gone.
    slave: Option<Box<dyn SlavePty + Send>>,
    pid: u32,
    settings_before: Settings,
    home: TempDir,
}

/// What two threads report: one reads the terminal, one waits for the program.
struct Watched {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    screen: vt100::Parser,
    output: Vec<u8>,
    /// Between the two ends of a synchronized update, when a terminal shows the frame before.
    in_frame: bool,
    started: std::time::Instant,
    first_output: Option<Duration>,
    first_frame: Option<Duration>,
    reader_ended: bool,
    status: Option<ExitStatus>,
}

/// The terminal's own settings (`stty`), as the kernel keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settings {
    pub(crate) input: u32,
    pub(crate) output: u32,
    pub(crate) control: u32,
    pub(crate) local: u32,
    pub(crate) control_chars: Vec<u8>,
}

/// How a program ended and how it left the terminal.
#[derive(Debug)]
pub(crate) struct Exit {
    pub(crate) status: ExitStatus,
    pub(crate) settings_before: Settings,
    pub(crate) settings_after: Settings,
    /// What is still switched on, in words; see [`modes::left_on`].
    pub(crate) left_on: Vec<String>,
    /// The last screen.
    pub(crate) screen: String,
    /// Everything it wrote.
    pub(crate) output: Vec<u8>,
}

impl Exit {
    /// # Panics
    /// When a setting differs from before, or a mode is still on.
    pub(crate) fn assert_terminal_restored(&self) {
        assert_eq!(self.settings_before, self.settings_after, "the terminal's settings changed");
        assert!(self.left_on.is_empty(), "left switched on: {:?}", self.left_on);
    }
}

impl Terminal {
    #[expect(clippy::disallowed_methods, reason = "measures a program on the real clock")]
    pub(crate) fn start(
        pair: PtyPair,
        command: CommandBuilder,
        (columns, rows): (u16, u16),
        home: TempDir,
    ) -> Self {
        let PtyPair { slave, master } = pair;
        let settings_before = settings_of(&*master);
        let mut reader = master.try_clone_reader().expect("the terminal can be read");
        let keyboard = Mutex::new(master.take_writer().expect("the terminal can be written to"));
        let (emulator_rows, emulator_columns) = emulator_size(columns, rows);
        let started = std::time::Instant::now();
        let watched = Arc::new(Watched {
            state: Mutex::new(State {
                screen: vt100::Parser::new(emulator_rows, emulator_columns, 0),
                output: vec![],
                in_frame: false,
                started,
                first_output: None,
                first_frame: None,
                reader_ended: false,
                status: None,
            }),
            changed: Condvar::new(),
        });

        let mut child = slave.spawn_command(command).expect("the program starts");
        let pid = child.process_id().expect("a program that started has a number");
        let reports = watched.clone();
        std::thread::spawn(move || {
            let mut bytes = [0; 8192];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let mut state = reports.lock();
                state.first_output.get_or_insert_with(|| started.elapsed());
                state.screen.process(&bytes[..count]);
                state.output.extend_from_slice(&bytes[..count]);
                state.note_frames(count);
                drop(state);
                reports.changed.notify_all();
            }
            reports.lock().reader_ended = true;
            reports.changed.notify_all();
        });
        let reports = watched.clone();
        std::thread::spawn(move || {
            let status = Child::wait(&mut *child).expect("a child can be waited for");
            reports.lock().status = Some(status);
            reports.changed.notify_all();
        });
        Self { watched, keyboard, master, slave: Some(slave), pid, settings_before, home }
    }

    /// Types these bytes.
    pub(crate) fn keys(&self, keys: &str) {
        let mut keyboard = self.keyboard.lock().unwrap_or_else(PoisonError::into_inner);
        keyboard.write_all(keys.as_bytes()).expect("the terminal can be written to");
        keyboard.flush().expect("the terminal can be written to");
    }

    /// Pastes in brackets, as a terminal does when the program has asked for that.
    pub(crate) fn paste(&self, text: &str) {
        self.keys(&format!("\x1b[200~{text}\x1b[201~"));
    }

    /// The text on the screen now, lines without the blanks at their ends.
    pub(crate) fn screen(&self) -> String {
        self.watched.lock().screen.screen().contents()
    }

    /// Waits until `text` is on the screen, and answers with the screen.
    ///
    /// # Panics
    /// When `limit` has passed, showing the screen. So do all that wait here.
    pub(crate) fn wait(&self, text: &str, limit: Duration) -> String {
        self.wait_for(&format!("{text:?}"), limit, |screen| {
            Some(screen.contents()).filter(|it| it.contains(text))
        })
    }

    /// Waits until `text` is not on the screen, and answers with the screen.
    pub(crate) fn wait_gone(&self, text: &str, limit: Duration) -> String {
        self.wait_for(&format!("{text:?} to go"), limit, |screen| {
            Some(screen.contents()).filter(|it| !it.contains(text))
        })
    }

    /// Waits until `look` finds something on the screen: cells, colors, the cursor. As on a real
    /// terminal, a frame inside a synchronized update is seen when it is whole.
    pub(crate) fn wait_for<T>(
        &self,
        what: &str,
        limit: Duration,
        look: impl FnMut(&vt100::Screen) -> Option<T>,
    ) -> T {
        self.try_wait_for(limit, look).unwrap_or_else(|| {
            panic!("waited {limit:?} in vain for {what}; the screen:\n{}", self.screen())
        })
    }

    /// The same for who goes on without it: `None` when `limit` has passed.
    pub(crate) fn try_wait_for<T>(
        &self,
        limit: Duration,
        mut look: impl FnMut(&vt100::Screen) -> Option<T>,
    ) -> Option<T> {
        let mut found = None;
        drop(self.watched.wait(limit, |state| {
            if !state.in_frame {
                found = look(state.screen.screen());
            }
            found.is_some()
        }));
        found
    }

    /// How many bytes the program has written so far.
    pub(crate) fn bytes_received(&self) -> usize {
        self.watched.lock().output.len()
    }

    /// Everything the program has written so far.
    pub(crate) fn output(&self) -> Vec<u8> {
        self.watched.lock().output.clone()
    }

    /// How long after its start the first byte came.
    pub(crate) fn first_output(&self) -> Option<Duration> {
        self.watched.lock().first_output
    }

    /// How long after its start the first frame was whole.
    pub(crate) fn first_frame(&self) -> Option<Duration> {
        self.watched.lock().first_frame
    }

    /// What the program writes from now on until `time` has passed; answers with the first of it.
    pub(crate) fn output_within(&self, time: Duration) -> Vec<u8> {
        let from = self.bytes_received();
        let state = self.watched.wait(time, |state| state.output.len() > from);
        state.output[from..].to_vec()
    }

    /// How much CPU time the program has used, in steps of 10 ms.
    pub(crate) fn cpu_time(&self) -> Option<Duration> {
        cpu_time(self.pid)
    }

    /// How many bytes of memory the program has in use.
    pub(crate) fn resident(&self) -> Option<u64> {
        resident(self.pid)
    }

    /// What is switched on now, in words; see [`modes::left_on`].
    pub(crate) fn modes(&self) -> Vec<String> {
        modes::left_on(&self.output())
    }

    /// The terminal's settings before the program started.
    pub(crate) fn settings_before(&self) -> &Settings {
        &self.settings_before
    }

    /// The terminal's settings now.
    pub(crate) fn settings(&self) -> Settings {
        settings_of(&*self.master)
    }

    /// Changes the size, of which the kernel tells the program.
    pub(crate) fn resize(&self, columns: u16, rows: u16) {
        let (emulator_rows, emulator_columns) = emulator_size(columns, rows);
        let mut state = self.watched.lock();
        state.screen.screen_mut().set_size(emulator_rows, emulator_columns);
        drop(state);
        self.master.resize(pty_size(columns, rows)).expect("a terminal can be resized");
    }

    /// Sends a signal to the program alone; one that has ended gets none.
    pub(crate) fn signal(&self, signal: Signal) {
        // Under the lock: the thread that takes the status reports it only after, and until then at the
        // latest the number could be another program's. The window is the few instructions between.
        let state = self.watched.lock();
        if state.status.is_none() {
            let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
            let _gone = kill_process(pid.expect("a process number"), signal);
        }
    }

    /// Whether the program is stopped, as by SIGSTOP.
    pub(crate) fn is_stopped(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.pid)).unwrap_or_default();
        stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with('T'))
    }

    /// The home of the program, which it started in.
    pub(crate) fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    /// The number of the program.
    pub(crate) fn pid(&self) -> u32 {
        self.pid
    }

    /// Whether the program still runs.
    pub(crate) fn is_running(&self) -> bool {
        self.watched.lock().status.is_none()
    }

    /// Waits for the program's end and reads how it left the terminal.
    pub(crate) fn exit(mut self, limit: Duration) -> Exit {
        let state = self.watched.wait(limit, |state| state.status.is_some());
        let Some(status) = state.status.clone() else {
            let screen = state.screen.screen().contents();
            panic!("waited {limit:?} in vain for the end of the program; the screen:\n{screen}")
        };
        drop(state);
        let settings_after = self.settings();
        // With the last holder gone the reader comes to an end, so that nothing written is missed. A
        // child of the program may hold the terminal too, hence the limit.
        self.slave = None;
        let state = self.watched.wait(limit, |state| state.reader_ended);
        let output = state.output.clone();
        let screen = state.screen.screen().contents();
        drop(state);
        let left_on = modes::left_on(&output);
        let settings_before = self.settings_before.clone();
        Exit { status, settings_before, settings_after, left_on, screen, output }
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.signal(Signal::KILL);
    }
}

impl State {
    /// Takes in the last `count` bytes of the output.
    fn note_frames(&mut self, count: usize) {
        const MARK: &[u8] = b"\x1b[?2026";
        // A mark may have been cut by the read before.
        let from = self.output.len().saturating_sub(count + MARK.len());
        for at in from..self.output.len() {
            match self.output[at..].strip_prefix(MARK) {
                Some([b'h', ..]) => self.in_frame = true,
                Some([b'l', ..]) => {
                    self.in_frame = false;
                    self.first_frame.get_or_insert_with(|| self.started.elapsed());
                }
                _ => {}
            }
        }
    }
}

impl Watched {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for `done`, at most for `limit`; whoever waits must look which of the two it was.
    fn wait(
        &self,
        limit: Duration,
        mut done: impl FnMut(&mut State) -> bool,
    ) -> MutexGuard<'_, State> {
        let waited = self.changed.wait_timeout_while(self.lock(), limit, |state| !done(state));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }
}

/// On Linux the master's settings are the slave's.
fn settings_of(master: &dyn MasterPty) -> Settings {
    let termios = master.get_termios().expect("a terminal has settings");
    Settings {
        input: termios.input_flags.bits(),
        output: termios.output_flags.bits(),
        control: termios.control_flags.bits(),
        local: termios.local_flags.bits(),
        control_chars: termios.control_chars.to_vec(),
    }
}
