//! A pseudo-terminal in the test process: the far end is the person, the near end the terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::time::Duration;

use rustix::pty::OpenptFlags;
use tokio::sync::mpsc;

/// Both ends, and what arrived at the far one.
pub(super) struct Pty {
    near: OwnedFd,
    far: File,
    arriving: mpsc::Receiver<Vec<u8>>,
    seen: Vec<u8>,
}

impl Pty {
    pub(super) fn open() -> Pty {
        let far = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).expect("a pty");
        rustix::pty::grantpt(&far).expect("granted");
        rustix::pty::unlockpt(&far).expect("unlocked");
        let name = rustix::pty::ptsname(&far, Vec::new()).expect("a name");
        let flags = rustix::fs::OFlags::RDWR | rustix::fs::OFlags::NOCTTY;
        let near = rustix::fs::open(name, flags, rustix::fs::Mode::empty()).expect("opened");
        let far = File::from(far);
        let mut reading = far.try_clone().expect("a second handle");
        let (sender, arriving) = mpsc::channel(1024);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reading.read(&mut bytes) {
                if sender.blocking_send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Pty { near, far, arriving, seen: Vec::new() }
    }

    /// The near end, as a program gets it.
    pub(super) fn terminal(&self) -> OwnedFd {
        self.near.try_clone().expect("a second handle")
    }

    /// The settings, to be compared.
    pub(super) fn settings(&self) -> String {
        format!("{:?}", rustix::termios::tcgetattr(&self.near).expect("settings"))
    }

    pub(super) fn type_in(&mut self, bytes: &[u8]) {
        self.far.write_all(bytes).expect("typed");
    }

    /// Waits until what arrived ends in `end`.
    pub(super) async fn wait_for(&mut self, end: &[u8]) {
        let arrived = async {
            while !self.seen.ends_with(end) {
                let more = self.arriving.recv().await.expect("the terminal is open");
                self.seen.extend_from_slice(&more);
            }
        };
        let in_time = tokio::time::timeout(Duration::from_secs(5), arrived).await.is_ok();
        assert!(
            in_time,
            "{:?} did not come; seen: {:?}",
            end.escape_ascii().to_string(),
            self.seen()
        );
    }

    /// Everything that arrived while waiting, in visible form.
    pub(super) fn seen(&self) -> String {
        self.seen.escape_ascii().to_string().replace("\\r\\n", "\n")
    }

    /// The person closes the window.
    pub(super) fn hang_up(self) -> OwnedFd {
        let Pty { near, far, mut arriving, .. } = self;
        // The reading thread holds the far end too: it leaves when a byte finds nobody listening.
        arriving.close();
        drop((arriving, far));
        let _ = rustix::io::write(&near, b"x");
        near
    }
}
