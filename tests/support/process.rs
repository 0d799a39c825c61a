//! Programs that cannot outlive the test process, and where they keep their files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::sync::{OnceLock, mpsc};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, kill_process, waitid};
use tempfile::TempDir;

use super::wait::poll;

/// A running program; killed when dropped, and by the kernel when the test process dies.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
}

impl Process {
    /// Starts `program` with what `prepare` adds to the command. No variable of the test's own
    /// environment reaches it but `PATH` and `HOME`, so that an `ETCD_…` set outside changes nothing.
    pub(crate) fn spawn(program: &Path, prepare: impl FnOnce(&mut Command)) -> io::Result<Self> {
        let mut command = if Path::new(SETPRIV).exists() {
            let mut command = Command::new(SETPRIV);
            command.args(["--pdeathsig", "KILL"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.env_clear();
        for name in ["PATH", "HOME"] {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        prepare(&mut command);
        Ok(Self { child: spawn_from_the_lasting_thread(command)? })
    }

    /// Sends a signal; one to a program that has ended already does nothing.
    pub(crate) fn signal(&mut self, signal: Signal) {
        if self.ended().is_none() {
            // It can still end between the question and here; as its status has not been taken, its
            // number is not another program's.
            let _gone = kill_process(Pid::from_child(&self.child), signal);
        }
    }

    /// Stops it until it gets SIGCONT; returns when every thread of it stands.
    ///
    /// # Panics
    /// When it does not stand within some seconds, as when it has ended.
    pub(crate) fn pause(&mut self) {
        self.signal(Signal::STOP);
        let pid = Pid::from_child(&self.child);
        let stopped = poll(Duration::from_secs(10), || {
            waitid(WaitId::Pid(pid), WaitIdOptions::STOPPED | WaitIdOptions::NOHANG).ok().flatten()
        });
        assert!(stopped.is_some(), "a program that runs can be stopped");
    }

    /// How it ended, if it has.
    pub(crate) fn ended(&mut self) -> Option<ExitStatus> {
        self.child.try_wait().expect("a child's status can be asked")
    }

    /// Waits for its end; `None` when `limit` has passed.
    pub(crate) fn wait(&mut self, limit: Duration) -> Option<ExitStatus> {
        poll(limit, || self.ended())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ended_already = self.child.kill();
        let _reaped = self.child.wait();
    }
}

/// Sets the signal that the kernel sends when the parent dies, then becomes the program.
const SETPRIV: &str = "/usr/bin/setpriv";

/// The parent whose death counts is the *thread* that spawned. A test's thread ends with its test, so
/// everything is spawned from a thread that lives as long as the process.
fn spawn_from_the_lasting_thread(command: Command) -> io::Result<Child> {
    type Order = (Command, mpsc::SyncSender<io::Result<Child>>);
    static SPAWNER: OnceLock<mpsc::SyncSender<Order>> = OnceLock::new();
    let spawner = SPAWNER.get_or_init(|| {
        let (orders, inbox) = mpsc::sync_channel::<Order>(16);
        std::thread::spawn(move || {
            for (mut command, answer) in inbox {
                let _asker_gone = answer.send(command.spawn());
            }
        });
        orders
    });
    let (answer, born) = mpsc::sync_channel(1);
    spawner.send((command, answer)).expect("the spawner lives as long as the process");
    born.recv().expect("the spawner answers every order")
}

/// The folder cargo builds into.
pub(crate) fn target_dir() -> &'static Path {
    Path::new(env!("CARGO_TARGET_TMPDIR")).parent().expect("a folder inside the target folder")
}

/// A fresh folder in the build folder, removed when dropped.
pub(crate) fn scratch_dir(name: &str) -> TempDir {
    static OURS: OnceLock<PathBuf> = OnceLock::new();
    let ours = OURS.get_or_init(|| {
        let all = Path::new(env!("CARGO_TARGET_TMPDIR")).join("scratch");
        remove_what_the_dead_left(&all);
        let ours = all.join(std::process::id().to_string());
        fs::create_dir_all(&ours).expect("the build folder can be written to");
        ours
    });
    tempfile::Builder::new()
        .prefix(&format!("{name}-"))
        .tempdir_in(ours)
        .expect("the build folder can be written to")
}

/// A test process that was killed, and servers shared until its end, leave their folders behind. They
/// are named by its process number.
fn remove_what_the_dead_left(all: &Path) {
    let Ok(folders) = fs::read_dir(all) else { return };
    for folder in folders.flatten() {
        let owner = PathBuf::from("/proc").join(folder.file_name());
        if Path::new("/proc/self").exists() && !owner.exists() {
            let _another_was_quicker = fs::remove_dir_all(folder.path());
        }
    }
}
