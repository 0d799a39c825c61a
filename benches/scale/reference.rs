//! What others need for the same: curl, etcdctl, and programs named on the command line.

use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use etcdeck::domain::txn::RangeRequest;
use tokio::time::Instant;

use crate::support::process::scratch_dir;
use crate::support::servers::Etcd;

/// Terminal and graphical programs for etcd that are looked for. None of them can be driven by
/// another program, so they are only named; `--peer` measures what starts in a terminal.
pub(crate) const PEERS: [&str; 6] =
    ["etcd-walker", "etcdkeeper", "etcd-workbench", "etcd-manager", "etcdtool", "auger"];

/// What asks the gateway in the plainest way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plain {
    /// curl, one connection for all requests.
    Curl,
    /// A socket of this process, where there is no curl: one connection for each request.
    Socket,
}

impl Plain {
    /// What there is.
    pub(crate) fn find() -> Plain {
        if on_path("curl").is_some() { Plain::Curl } else { Plain::Socket }
    }

    /// Its name in the tables.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Plain::Curl => "curl",
            Plain::Socket => "a plain socket",
        }
    }

    /// How long these ranges take, one after the other, their answers thrown away.
    pub(crate) fn ranges(self, etcd: &Etcd, requests: &[RangeRequest]) -> Duration {
        let bodies = requests.iter().map(range_body);
        match self {
            Plain::Curl => curl(etcd, bodies),
            Plain::Socket => bodies
                .map(|body| {
                    let start = Instant::now();
                    let mut answer = post(etcd.address(), "/v3/kv/range", &body);
                    std::io::copy(&mut answer, &mut std::io::sink()).expect("an answer");
                    start.elapsed()
                })
                .sum(),
        }
    }

    /// The stream of a watch; the server ends it never.
    pub(crate) fn watch(self, etcd: &Etcd, prefix: &str, from: i64) -> Drained {
        let range_end = [&prefix.as_bytes()[..prefix.len() - 1], b"0"].concat();
        let (key, end) = (STANDARD.encode(prefix), STANDARD.encode(range_end));
        let from = if from > 0 { format!(r#","start_revision":"{from}""#) } else { String::new() };
        let body = format!(
            r#"{{"create_request":{{"key":"{key}","range_end":"{end}","prev_kv":true,"fragment":true{from}}}}}"#
        );
        match self {
            Plain::Curl => {
                let url = format!("{}/v3/watch", etcd.url());
                Drained::of(Command::new("curl").args(["-sN", "-d", &body, &url]))
            }
            Plain::Socket => {
                Drained { stream: Box::new(post(etcd.address(), "/v3/watch", &body)), child: None }
            }
        }
    }
}

/// The output of a program that watches.
pub(crate) struct Drained {
    stream: Box<dyn Read + Send>,
    child: Option<Child>,
}

impl Drained {
    /// Of a program that writes to its output.
    pub(crate) fn of(command: &mut Command) -> Drained {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let stream = Box::new(child.stdout.take().expect("its output is a pipe"));
        Drained { stream, child: Some(child) }
    }

    /// Reads until these bytes came; `None` when the stream ended before.
    pub(crate) fn until(&mut self, mark: &[u8]) -> Option<Instant> {
        let mut buffer = vec![0; 1 << 16];
        let mut kept = 0;
        loop {
            let count = self.stream.read(&mut buffer[kept..]).ok().filter(|count| *count > 0)?;
            let filled = kept + count;
            if memchr::memmem::find(&buffer[..filled], mark).is_some() {
                return Some(Instant::now());
            }
            // The mark may be cut by the next read.
            kept = filled.min(mark.len());
            buffer.copy_within(filled - kept..filled, 0);
        }
    }
}

impl Drop for Drained {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ended_already = child.kill();
            let _reaped = child.wait();
        }
    }
}

/// The time etcdctl needs for a command, its output thrown away; `None` when it fails.
pub(crate) fn etcdctl(etcd: &Etcd, args: &[&str]) -> Option<Duration> {
    // It gives up after five seconds unless told otherwise.
    let args = [&["--command-timeout=120s"], args].concat();
    let start = Instant::now();
    let status = etcdctl_command(etcd, &args).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.expect("etcdctl starts").success().then(|| start.elapsed())
}

/// etcdctl of the release of the server.
pub(crate) fn etcdctl_command(etcd: &Etcd, args: &[&str]) -> Command {
    let mut command = Command::new(etcd.version().etcdctl());
    command.env_clear().envs(etcd.env()).args(args).stdin(Stdio::null());
    command
}

/// Where a program is that is called by its name alone.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

/// All requests by one curl, so that they share a connection; the sum of their times.
fn curl(etcd: &Etcd, bodies: impl Iterator<Item = String>) -> Duration {
    let mut config = String::new();
    for body in bodies {
        if !config.is_empty() {
            config.push_str("next\n");
        }
        let body = body.replace('"', "\\\"");
        let url = etcd.url();
        let written = writeln!(
            config,
            "silent\nurl = \"{url}/v3/kv/range\"\ndata = \"{body}\"\noutput = \"/dev/null\"\nwrite-out = \"%{{time_total}} %{{http_code}}\\n\""
        );
        written.expect("text can be written");
    }
    let folder = scratch_dir("curl");
    let file = folder.path().join("config");
    std::fs::write(&file, config).expect("the scratch folder can be written to");
    let done = Command::new("curl").arg("-K").arg(&file).output().expect("curl starts");
    let said = String::from_utf8_lossy(&done.stdout);
    let seconds = |line: &str| {
        let (seconds, status) = line.split_once(' ')?;
        (status == "200").then(|| seconds.parse::<f64>().ok())?
    };
    let sum: Option<f64> = said.lines().map(seconds).sum();
    Duration::from_secs_f64(sum.unwrap_or_else(|| panic!("curl failed: {said}")))
}

/// The body of a range request, keys only where the request says so.
fn range_body(request: &RangeRequest) -> String {
    let key = STANDARD.encode(request.range.start().as_bytes());
    let mut body = format!(r#"{{"key":"{key}""#);
    let end = STANDARD.encode(request.range.end());
    let fields = [
        (!end.is_empty(), format!(r#""range_end":"{end}""#)),
        (request.limit > 0, format!(r#""limit":"{}""#, request.limit)),
        (request.revision.is_some(), format!(r#""revision":"{}""#, request.revision.0)),
        (request.keys_only, r#""keys_only":true"#.to_owned()),
        (request.count_only, r#""count_only":true"#.to_owned()),
        (request.serializable, r#""serializable":true"#.to_owned()),
    ];
    for (_, field) in fields.iter().filter(|(there, _)| *there) {
        body.push(',');
        body.push_str(field);
    }
    body.push('}');
    body
}

/// Sends a request by hand and answers with the stream of what comes, head and all.
fn post(address: SocketAddr, path: &str, body: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address).expect("the server listens");
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).expect("the server reads");
    stream.write_all(body.as_bytes()).expect("the server reads");
    stream
}
