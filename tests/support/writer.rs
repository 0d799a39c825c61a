//! Writers that keep a server busy and remember what it acknowledged.
//!
//! They speak HTTP by hand, so that what is written and what is known of it does not depend on the
//! client under test. Single puts are too slow for a small host, so each request is a transaction of
//! many; every value is written once only, so that a write without an answer is found in the history.

use std::io::{self, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::{Value, json};

use super::oracle::Oracle;

/// Keys a writer has: few, so that the level they are on is in view as a whole.
const KEYS: usize = 12;
/// No answer within this time is none.
const PATIENCE: Duration = Duration::from_secs(1);

/// How much is written.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Load {
    /// How many write at once, each on a connection of its own.
    pub(crate) writers: usize,
    /// Operations in a transaction, at most [`KEYS`].
    pub(crate) batch: usize,
    /// Operations a second that all together offer.
    pub(crate) rate: usize,
}

/// Writers at work, until they are stopped or dropped.
#[derive(Debug)]
pub(crate) struct Writers {
    stop: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

impl Writers {
    /// Keys named `PREFIXwriter-number`; each writer goes from one of the servers to the next when it
    /// fails. Now and then a key is deleted.
    pub(crate) fn start(
        servers: &[SocketAddr],
        prefix: &str,
        load: Load,
        oracle: &Arc<Oracle>,
    ) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let threads = (0..load.writers)
            .map(|number| {
                let writer = Writer {
                    servers: servers.to_vec(),
                    prefix: format!("{prefix}{number}-"),
                    load,
                    oracle: oracle.clone(),
                    stop: stop.clone(),
                };
                std::thread::spawn(move || writer.run(number))
            })
            .collect();
        Self { stop, threads }
    }

    /// Ends them all; when it returns nothing more is sent.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            thread.join().expect("a writer does not panic");
        }
    }
}

impl Drop for Writers {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::SeqCst);
    }
}

struct Writer {
    servers: Vec<SocketAddr>,
    prefix: String,
    load: Load,
    oracle: Arc<Oracle>,
    stop: Arc<AtomicBool>,
}

impl Writer {
    #[expect(clippy::disallowed_methods, reason = "keeps its rate on the real clock")]
    fn run(&self, number: usize) {
        let pace = Duration::from_secs_f64(
            (self.load.batch * self.load.writers) as f64 / self.load.rate as f64,
        );
        let mut server = number % self.servers.len();
        let mut connection = None;
        let mut due = Instant::now();
        let mut round = 0;
        while !self.stop.load(Ordering::SeqCst) {
            round += 1;
            let writes = self.writes(round);
            if let Ok(Some(answer)) = self.send(&mut connection, server, &writes) {
                self.note(&answer, &writes);
            } else {
                // Refused by the server, or an outcome that nobody knows.
                connection = None;
                server = (server + 1) % self.servers.len();
                std::thread::sleep(Duration::from_millis(10));
            }
            due += pace;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            // What could not be offered in time is not made up for.
            due = due.max(Instant::now().checked_sub(pace).unwrap_or(due));
        }
    }

    /// The writes of a round: every tenth one deletes a key, which may not be there.
    fn writes(&self, round: usize) -> Vec<(String, Option<String>)> {
        let write = |at: usize| {
            let key = format!("{}{:02}", self.prefix, (round + at) % KEYS);
            let deletes = round.is_multiple_of(10) && at == 0;
            (key, (!deletes).then(|| format!("{}{round}.{at}", self.prefix)))
        };
        (0..self.load.batch.min(KEYS)).map(write).collect()
    }

    fn note(&self, answer: &Value, writes: &[(String, Option<String>)]) {
        let revision = &answer["header"]["revision"];
        let revision = revision.as_str().and_then(|it| it.parse().ok()).expect("a revision");
        for (at, (key, value)) in writes.iter().enumerate() {
            // A delete of what is not there is no event; the count is left out then.
            let response = &answer["responses"][at]["response_delete_range"];
            if value.is_some() || !response["deleted"].is_null() {
                self.oracle.acknowledged(revision, key, value.as_deref());
            }
        }
    }

    /// Runs the transaction; answers with what the server says, or nothing when it says no.
    fn send(
        &self,
        connection: &mut Option<TcpStream>,
        server: usize,
        writes: &[(String, Option<String>)],
    ) -> io::Result<Option<Value>> {
        let stream = if let Some(stream) = connection {
            stream
        } else {
            let stream = TcpStream::connect_timeout(&self.servers[server], PATIENCE)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            stream.set_nodelay(true)?;
            connection.insert(stream)
        };
        let base64 = |text: &str| BASE64_STANDARD.encode(text);
        let operations: Vec<_> = writes
            .iter()
            .map(|(key, value)| match value {
                Some(value) => {
                    json!({"request_put": {"key": base64(key), "value": base64(value)}})
                }
                None => json!({"request_delete_range": {"key": base64(key)}}),
            })
            .collect();
        let (status, answer) = post(stream, "/v3/kv/txn", &json!({"success": operations}))?;
        Ok((status == 200).then_some(answer))
    }
}

/// One request and its whole answer over HTTP/1.1, on a connection that is kept.
fn post(stream: &mut TcpStream, path: &str, body: &Value) -> io::Result<(u16, Value)> {
    let body = body.to_string();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: etcd\r\nContent-Length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes())?;
    let mut answer = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer)?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        answer.extend_from_slice(&buffer[..read]);
        let Some(head) = memchr::memmem::find(&answer, b"\r\n\r\n") else { continue };
        let words = String::from_utf8_lossy(&answer[..head]).to_ascii_lowercase();
        let body = &answer[head + 4..];
        let length = words.lines().find_map(|line| line.strip_prefix("content-length: "));
        // An answer above 2 KiB comes in chunks.
        let whole = match length.and_then(|it| it.parse::<usize>().ok()) {
            Some(length) => (body.len() >= length).then(|| body[..length].to_vec()),
            None => unchunked(body),
        };
        if let Some(whole) = whole {
            let status = words.split(' ').nth(1).and_then(|it| it.parse().ok()).unwrap_or(0);
            return Ok((status, serde_json::from_slice(&whole).unwrap_or(Value::Null)));
        }
    }
}

/// A chunked body without its framing, once it is whole.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let line = memchr::memmem::find(body, b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&body[..line]).ok()?, 16).ok()?;
        let piece = body.get(line + 2..line + 2 + size + 2)?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(&piece[..size]);
        body = &body[line + 2 + size + 2..];
    }
}
