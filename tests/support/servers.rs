//! Real etcd servers: start, kill, pause, restart, and talk to them with their own etcdctl.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use rustix::process::Signal;
use tempfile::TempDir;

use super::certs::Certs;
use super::install::Version;
use super::process::{Process, scratch_dir};
use super::server_builder::{Builder, Ports, Timing, Tls};
use super::wait::poll;

/// Long enough for a loaded machine; a start takes a tenth of a second on a quiet one.
const START_LIMIT: Duration = Duration::from_secs(30);

/// One etcd server. Dropping it kills it and removes its data.
///
/// All calls are synchronous and take a share of a second at most, so that tests with and without an
/// async runtime use the same ones.
#[derive(Debug)]
pub(crate) struct Etcd {
    setup: Builder,
    ports: Ports,
    certs: Option<Certs>,
    data: PathBuf,
    scratch: TempDir,
    user: OnceLock<String>,
    process: Mutex<Option<Process>>,
}

impl Etcd {
    /// The release lines on this machine; see [`Version::installed`].
    pub(crate) fn versions() -> Vec<Version> {
        Version::installed().to_vec()
    }

    /// A plain server of its own for one test, up and with a leader, in about 0.1 s. Its leases live
    /// 1 s at least ([`Timing::Quick`]).
    pub(crate) fn start(version: Version) -> Self {
        Self::build(version).start()
    }

    /// The one plain server that all tests of this process share, for tests that need only keys under
    /// a prefix of their own: no compaction, no authentication, no kill. etcd's own timing, so the
    /// least TTL of a lease is the usual 2 s.
    pub(crate) fn shared(version: Version) -> &'static Self {
        static SHARED: [OnceLock<Etcd>; Version::ALL.len()] = [const { OnceLock::new() }; 4];
        SHARED[version as usize]
            .get_or_init(|| Self::build(version).timing(Timing::Standard).start())
    }

    /// A server with options; ends in [`Builder::start`].
    pub(crate) fn build(version: Version) -> Builder {
        Builder::new(version)
    }

    /// Starts what the builder describes, without waiting.
    pub(crate) fn launch(setup: Builder) -> Self {
        let installed = Version::installed();
        assert!(installed.contains(&setup.version), "etcd {} is not here", setup.version);
        let scratch = scratch_dir("etcd");
        let ports = setup.seat.as_ref().map_or_else(free_ports, |seat| seat.ports);
        let certs = (setup.tls != Tls::Off).then(|| Certs::new(scratch.path(), &[ports.address]));
        let data = setup.data_dir.clone().unwrap_or_else(|| scratch.path().join("data"));
        let process = Mutex::new(None);
        let server = Self { setup, ports, certs, data, scratch, user: OnceLock::new(), process };
        server.spawn();
        server
    }

    /// `http://127.…:port` or `https://…`: what `ETCDCTL_ENDPOINTS` takes.
    pub(crate) fn url(&self) -> String {
        let scheme = if self.certs.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address())
    }

    /// The client port.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::new(self.ports.address, self.ports.client)
    }

    /// The port for the other members, which serves no clients.
    pub(crate) fn peer_address(&self) -> SocketAddr {
        SocketAddr::new(self.ports.address, self.ports.peer)
    }

    pub(crate) fn version(&self) -> Version {
        self.setup.version
    }

    /// The certificates.
    ///
    /// # Panics
    /// On a server without TLS.
    pub(crate) fn certs(&self) -> &Certs {
        self.certs.as_ref().expect("the server was built with TLS")
    }

    /// The environment that leads etcdctl, and any program compatible with it, to this server: the
    /// endpoint, and with TLS the authority and the client certificate without a name.
    pub(crate) fn env(&self) -> Vec<(&'static str, String)> {
        let mut env = vec![("ETCDCTL_API", "3".to_owned()), ("ETCDCTL_ENDPOINTS", self.url())];
        if let Some(certs) = &self.certs {
            env.push(("ETCDCTL_CACERT", certs.ca.display().to_string()));
            env.push(("ETCDCTL_CERT", certs.client.cert.display().to_string()));
            env.push(("ETCDCTL_KEY", certs.client.key.display().to_string()));
        }
        if let Some(user) = self.user.get() {
            env.push(("ETCDCTL_USER", user.clone()));
        }
        env
    }

    /// etcdctl of the same release with these arguments; takes about 50 ms.
    pub(crate) fn try_ctl<A: AsRef<std::ffi::OsStr>>(&self, args: &[A]) -> Output {
        Command::new(self.setup.version.etcdctl())
            .env_clear()
            .envs(self.env())
            .args(args)
            .stdin(Stdio::null())
            .output()
            .expect("etcdctl starts")
    }

    /// The same, which must succeed; answers with what it printed.
    ///
    /// # Panics
    /// When etcdctl fails, with its words.
    pub(crate) fn ctl<A: AsRef<std::ffi::OsStr> + std::fmt::Debug>(&self, args: &[A]) -> String {
        let done = self.try_ctl(args);
        let said = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success(), "etcdctl {args:?} failed: {said}");
        String::from_utf8_lossy(&done.stdout).into_owned()
    }

    /// Switches authentication on, with the user `root` and this password; `ctl` and `env` use it
    /// from then on.
    pub(crate) fn enable_auth(&self, password: &str) {
        self.ctl(&["user", "add", &format!("root:{password}")]);
        // Some releases have the role from the start, so this one may fail.
        self.try_ctl(&["role", "add", "root"]);
        self.ctl(&["user", "grant-role", "root", "root"]);
        self.ctl(&["auth", "enable"]);
        self.user.set(format!("root:{password}")).expect("authentication is enabled once");
    }

    /// SIGKILL, as a crash; returns when it is gone.
    pub(crate) fn kill(&self) {
        drop(self.process().take());
    }

    /// SIGTERM, an orderly end; returns when it is gone. (For some milliseconds after the start etcd has
    /// no handler yet and just dies. What it has acknowledged is safe either way.)
    pub(crate) fn stop(&self) {
        if let Some(mut process) = self.process().take() {
            process.signal(Signal::TERM);
            process.signal(Signal::CONT); // one that is paused hears nothing else
            // A watch that never ends can hold an orderly end up; dropping kills what is left.
            let _ended = process.wait(Duration::from_secs(10));
        }
    }

    /// SIGSTOP: connections stay open, new ones are taken by the kernel, and nothing answers any more
    /// when this returns.
    pub(crate) fn pause(&self) {
        self.process().as_mut().expect("the server runs").pause();
    }

    /// SIGCONT after a pause.
    pub(crate) fn resume(&self) {
        self.process().as_mut().expect("the server runs").signal(Signal::CONT);
    }

    /// Starts it again with the same data on the same port, after [`Self::stop`] when it still runs, and
    /// waits until it has a leader.
    pub(crate) fn restart(&self) {
        self.relaunch();
        self.wait_until_healthy();
    }

    /// The same without waiting.
    pub(crate) fn relaunch(&self) {
        self.stop();
        self.spawn();
    }

    /// Waits until the server says that it is healthy, which takes a leader and a read agreed upon.
    ///
    /// # Panics
    /// When it ends, or is not healthy within half a minute; with its log.
    pub(crate) fn wait_until_healthy(&self) {
        let metrics = SocketAddr::new(self.ports.address, self.ports.metrics);
        let up = poll(START_LIMIT, || {
            if let Some(ended) = self.process().as_mut().and_then(Process::ended) {
                panic!("etcd {} ended ({ended}):\n{}", self.version(), self.log_extract());
            }
            is_healthy(metrics).then_some(())
        });
        assert!(up.is_some(), "etcd {} is not healthy:\n{}", self.version(), self.log_extract());
    }

    /// Everything the server has logged.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// The data folder.
    pub(crate) fn data_dir(&self) -> &Path {
        &self.data
    }

    /// What matters of the log: its end, and its first lines, where a wrong flag is named.
    fn log_extract(&self) -> String {
        let log = self.log();
        let mut lines: Vec<_> = log.lines().collect();
        if lines.len() > 30 {
            lines.splice(5..lines.len() - 20, ["..."]);
        }
        lines.join("\n")
    }

    fn log_path(&self) -> PathBuf {
        self.scratch.path().join("log")
    }

    fn spawn(&self) {
        let log = File::options()
            .create(true)
            .append(true)
            .open(self.log_path())
            .expect("the scratch folder can be written to");
        let errors = log.try_clone().expect("a file can be had twice");
        let args = self.setup.command_line(self.ports, &self.data, self.certs.as_ref());
        let process = Process::spawn(&self.setup.version.etcd(), |command| {
            command.args(args).stdin(Stdio::null()).stdout(log).stderr(errors);
        });
        *self.process() = Some(process.expect("etcd starts"));
    }

    fn process(&self) -> MutexGuard<'_, Option<Process>> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Asks over plain HTTP, by hand, so that the judge of the servers is not the client under test.
fn is_healthy(metrics: SocketAddr) -> bool {
    let ask = || -> std::io::Result<String> {
        let limit = Duration::from_secs(2);
        let mut stream = TcpStream::connect_timeout(&metrics, limit)?;
        stream.set_read_timeout(Some(limit))?;
        stream.write_all(b"GET /health HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.contains(r#""health":"true""#))
}

/// Ports that nobody else takes, neither now nor while the server is down between kill and restart: on
/// a loopback address that belongs to this process alone, below the range from which the kernel picks
/// ports for connections, each given out once.
pub(crate) fn free_ports() -> Ports {
    let address = own_address();
    let port = || free_port(address);
    Ports { address, client: port(), peer: port(), metrics: port() }
}

/// One such port.
pub(crate) fn free_address() -> SocketAddr {
    let address = own_address();
    SocketAddr::new(address, free_port(address))
}

fn free_port(address: IpAddr) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(12_000);
    loop {
        let port = NEXT.fetch_add(1, Ordering::Relaxed);
        assert!((12_000..32_000).contains(&port), "all ports for test servers are used up");
        if TcpListener::bind((address, port)).is_ok() {
            return port;
        }
    }
}

/// A URL where nobody listens: connections are refused.
pub(crate) fn dead_url() -> String {
    format!("http://{}", free_address())
}

/// The process number written as an address of `127.0.0.0/8`, all of which is this machine on Linux.
fn own_address() -> IpAddr {
    let [_, high, middle, low] = std::process::id().to_be_bytes();
    // 127.0.0.x is left to the rest of the machine. A process number has 22 bits.
    let own = IpAddr::V4(Ipv4Addr::new(127, high + 1, middle, low));
    match TcpListener::bind((own, 0)) {
        Ok(_) => own,
        Err(_) => IpAddr::V4(Ipv4Addr::LOCALHOST),
    }
}
