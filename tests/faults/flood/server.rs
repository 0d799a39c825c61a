//! A real etcd of which only the watches are played: they bring as many events as one likes.
//!
//! Everything but `/v3/watch` is passed on to the server behind. Each event is one message and one
//! chunk, as etcd's gateway sends them live, with revisions that rise by one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tokio::io::{self, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::AbortHandle;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// The revision that watches stand at: above anything the server behind has.
const BASE: u64 = 1_000_000_000;

/// How many keys the events are of.
const KEYS: usize = 1000;

/// How often events are sent.
const PACE: Duration = Duration::from_millis(2);

/// Events that could not be sent for so long, since nobody took them, are not made up for.
const OVERDUE: Duration = Duration::from_millis(100);

/// What flows.
#[derive(Clone, Copy)]
pub(crate) struct Flood {
    /// Events a second.
    pub(crate) rate: u64,
    /// Bytes of each value, and of the value before.
    pub(crate) value: usize,
    /// Whether the watch that keeps the tree true gets as many.
    pub(crate) tree_too: bool,
}

/// The server; dropping it ends it.
pub(crate) struct FloodServer {
    address: SocketAddr,
    counts: Arc<Counts>,
    task: AbortHandle,
}

#[derive(Default)]
struct Counts {
    flows: AtomicBool,
    offered: AtomicU64,
    sent: AtomicU64,
}

impl FloodServer {
    /// Listens on a port of its own, before the server at `behind` (`host:port`). Nothing flows yet.
    pub(crate) async fn start(behind: &str, flood: Flood) -> FloodServer {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound socket has an address");
        let counts = Arc::new(Counts::default());
        let (behind, shared) = (Arc::<str>::from(behind), counts.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (behind, counts) = (behind.clone(), shared.clone());
                tokio::spawn(async move { serve(stream, &behind, flood, &counts).await });
            }
        });
        FloodServer { address, counts, task: task.abort_handle() }
    }

    /// `http://127.0.0.1:port`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// From now on it flows, or no more.
    pub(crate) fn flow(&self, flows: bool) {
        self.counts.flows.store(flows, Ordering::Relaxed);
    }

    /// How many events were to be sent so far, to all watches together.
    pub(crate) fn offered(&self) -> u64 {
        self.counts.offered.load(Ordering::Relaxed)
    }

    /// How many of them were taken.
    pub(crate) fn sent(&self) -> u64 {
        self.counts.sent.load(Ordering::Relaxed)
    }
}

impl Drop for FloodServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, behind: &str, flood: Flood, counts: &Counts) {
    let _unsupported = stream.set_nodelay(true);
    if let Ok(Some((head, body))) = read_request(&mut stream).await {
        if !head.starts_with("POST /v3/watch ") {
            let _gone = pass_on(&mut stream, behind, &head, &body).await;
            return;
        }
        // Only the watches of the log ask for the entries before.
        let is_log = String::from_utf8_lossy(&body).contains("prev_kv");
        let rate = if is_log || flood.tree_too { flood.rate } else { 0 };
        let _gone = watch(&mut stream, Flood { rate, ..flood }, is_log, counts).await;
    }
}

async fn read_request(stream: &mut TcpStream) -> io::Result<Option<(String, Vec<u8>)>> {
    let mut bytes = Vec::new();
    let head_len = loop {
        if let Some(end) = bytes.windows(4).position(|it| it == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&bytes[..head_len]).into_owned();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("content-length").then(|| value.parse::<usize>().ok())?
    });
    while bytes.len() < head_len + length.unwrap_or(0) {
        if stream.read_buf(&mut bytes).await? == 0 {
            return Ok(None);
        }
    }
    Ok(Some((head, bytes.split_off(head_len))))
}

/// Lets the server behind answer, and closes the connection.
async fn pass_on(stream: &mut TcpStream, behind: &str, head: &str, body: &[u8]) -> io::Result<()> {
    let mut server = TcpStream::connect(behind).await?;
    let head = head.replacen("\r\n", "\r\nConnection: close\r\n", 1);
    server.write_all(head.as_bytes()).await?;
    server.write_all(body).await?;
    io::copy(&mut server, stream).await?;
    Ok(())
}

/// One watch: it stands, and brings events for as long as it flows.
async fn watch(
    stream: &mut TcpStream,
    flood: Flood,
    is_log: bool,
    counts: &Counts,
) -> io::Result<()> {
    let created = format!(
        r#"{{"result":{{"header":{{"cluster_id":"1","member_id":"2","revision":"{BASE}","raft_term":"3"}},"created":true}}}}"#
    );
    let head =
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(chunk(&created).as_bytes()).await?;
    let mut lines: Vec<EventLine> = (0..KEYS.min(flood.rate as usize))
        .map(|key| EventLine::new(key, flood.value, is_log))
        .collect();
    let mut ticks = interval(PACE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Skip);
    let (mut revision, mut due, mut before) = (BASE, 0.0, Instant::now());
    let mut piece = Vec::new();
    loop {
        ticks.tick().await;
        let (now, flows) = (Instant::now(), counts.flows.load(Ordering::Relaxed));
        let passed = std::mem::replace(&mut before, now);
        let passed = before.duration_since(passed);
        if !flows || flood.rate == 0 {
            continue;
        }
        let offered = flood.rate as f64 * passed.as_secs_f64();
        counts.offered.fetch_add(offered.round() as u64, Ordering::Relaxed);
        due = f64::min(due + offered, (flood.rate as f64 * OVERDUE.as_secs_f64()).max(1.0));
        let many = due as u64;
        due -= many as f64;
        piece.clear();
        for _ in 0..many {
            revision += 1;
            let at = revision as usize % lines.len();
            lines[at].write(revision, &mut piece);
        }
        stream.write_all(&piece).await?;
        counts.sent.fetch_add(many, Ordering::Relaxed);
    }
}

/// A message of one event, made beforehand; only its revision changes.
struct EventLine {
    bytes: Vec<u8>,
    places: Vec<usize>,
}

/// Where the revision stands in a message; as long as those are.
const MARK: &str = "##########";

impl EventLine {
    /// With the entry before only where it was asked for: written before the watch began.
    fn new(key: usize, value: usize, previous: bool) -> EventLine {
        let key = STANDARD.encode(format!("/site/{key:04}"));
        let value = |letter: u8| STANDARD.encode(vec![letter; value]);
        let kv = |revision: &str, value: &str| {
            format!(
                r#"{{"key":"{key}","create_revision":"2","mod_revision":"{revision}","version":"9","value":"{value}"}}"#
            )
        };
        let line = format!(
            r#"{{"result":{{"header":{{"cluster_id":"1","member_id":"2","revision":"{MARK}","raft_term":"3"}},"events":[{{"kv":{}{}}}]}}}}"#,
            kv(MARK, &value(b'n')),
            if previous {
                format!(r#","prev_kv":{}"#, kv("2", &value(b'o')))
            } else {
                String::new()
            },
        );
        let text = chunk(&line);
        let places = text.match_indices(MARK).map(|(at, _)| at).collect();
        EventLine { places, bytes: text.into_bytes() }
    }

    fn write(&mut self, revision: u64, to: &mut Vec<u8>) {
        let text = format!("{revision:0width$}", width = MARK.len());
        for place in &self.places {
            self.bytes[*place..*place + MARK.len()].copy_from_slice(text.as_bytes());
        }
        to.extend_from_slice(&self.bytes);
    }
}

fn chunk(line: &str) -> String {
    format!("{:x}\r\n{line}\n\r\n", line.len() + 1)
}
