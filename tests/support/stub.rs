//! A scripted gateway on a real socket, for what a healthy etcd never does: half answers, silence,
//! HTML, lines cut anywhere, floods.
//!
//! ```ignore
//! let stub = Stub::start().await;
//! stub.on("/v3/kv/range", Reply::json(200, r#"{"count":"1"}"#));
//! stub.on("/v3/kv/range", Reply::json(200, "{}").cut_after(1));   // from the second request on
//! stub.on("/v3/kv/put", Reply::json(200, "{}").stall_at(40));     // silent within its head
//! let (reply, feed) = Reply::live();
//! stub.on("/v3/watch", reply);
//! // ... a client on stub.url() ...
//! feed.chunk(r#"{"result":{"created":true}}"#).await;
//! feed.cut();                                                      // the connection breaks
//! assert_eq!(stub.requests()[0].header("authorization"), Some("token"));
//! ```

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{self, AsyncReadExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{AbortHandle, JoinSet};

use super::servers::free_address;
use super::stub_reply::{After, Reply};
use super::wait::eventually;

/// A request as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// With the query, if any.
    pub(crate) path: String,
    /// In their order, with their spelling.
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The first header of this name, in any case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// The stub. Dropping it closes its port and every connection.
#[derive(Debug)]
pub(crate) struct Stub {
    address: SocketAddr,
    script: Arc<Mutex<Script>>,
    listener: Mutex<AbortHandle>,
}

#[derive(Debug)]
struct Script {
    replies: HashMap<String, VecDeque<Reply>>,
    otherwise: Reply,
    requests: Vec<Request>,
    connections: usize,
    open: usize,
}

impl Script {
    /// The answer for a path: the first of its queue, of which the last one stays.
    fn reply_to(&mut self, path: &str) -> Reply {
        match self.replies.get_mut(path) {
            Some(queue) if queue.len() > 1 => queue.pop_front(),
            Some(queue) => queue.front().cloned(),
            None => None,
        }
        .unwrap_or_else(|| self.otherwise.clone())
    }
}

impl Stub {
    /// Listens on a port of its own. What has no script gets the gateway's 404.
    pub(crate) async fn start() -> Self {
        // Nobody else takes it while the stub refuses.
        let address = free_address();
        let listener = TcpListener::bind(address).await.expect("a free port");
        let script = Arc::new(Mutex::new(Script {
            replies: HashMap::new(),
            otherwise: Reply::text(404, "404 page not found\n"),
            requests: vec![],
            connections: 0,
            open: 0,
        }));
        let accepting = tokio::spawn(accept(listener, script.clone()));
        Self { address, script, listener: Mutex::new(accepting.abort_handle()) }
    }

    /// Nobody listens any more, and every connection is closed.
    pub(crate) async fn refuse(&self) {
        self.listener().abort();
        let gone = async || TcpStream::connect(self.address).await.is_err().then_some(());
        eventually("the port to be closed", Duration::from_secs(10), gone).await;
    }

    /// The end of [`Self::refuse`], with the script as it was.
    pub(crate) async fn listen(&self) {
        let listener = TcpListener::bind(self.address).await.expect("a port of our own");
        let accepting = tokio::spawn(accept(listener, self.script.clone()));
        *self.listener() = accepting.abort_handle();
    }

    fn listener(&self) -> MutexGuard<'_, AbortHandle> {
        self.listener.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One more answer for a path (without query). Those of one path are used in order; the last one is
    /// used again and again.
    pub(crate) fn on(&self, path: &str, reply: Reply) -> &Self {
        lock(&self.script).replies.entry(path.to_owned()).or_default().push_back(reply);
        self
    }

    /// The answer for every path that has none of its own.
    pub(crate) fn otherwise(&self, reply: Reply) -> &Self {
        lock(&self.script).otherwise = reply;
        self
    }

    /// `http://127.…:port`
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The requests so far, each noted when it has arrived whole.
    pub(crate) fn requests(&self) -> Vec<Request> {
        lock(&self.script).requests.clone()
    }

    /// How many connections were made so far.
    pub(crate) fn connections(&self) -> usize {
        lock(&self.script).connections
    }

    /// How many connections are open now.
    pub(crate) fn open(&self) -> usize {
        lock(&self.script).open
    }

    /// Waits until this many requests for a path have come, and answers with those.
    pub(crate) async fn wait_for_requests(
        &self,
        path: &str,
        count: usize,
        limit: Duration,
    ) -> Vec<Request> {
        eventually(&format!("{count} requests for {path}"), limit, async || {
            let mut requests = self.requests();
            requests.retain(|it| it.path.split('?').next() == Some(path));
            (requests.len() >= count).then_some(requests)
        })
        .await
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.listener().abort();
    }
}

fn lock(script: &Mutex<Script>) -> MutexGuard<'_, Script> {
    script.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes connections; they are in its set, so they end with it.
async fn accept(listener: TcpListener, script: Arc<Mutex<Script>>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        {
            let mut script = lock(&script);
            script.connections += 1;
            script.open += 1;
        }
        while connections.try_join_next().is_some() {}
        let script = script.clone();
        connections.spawn(async move {
            serve(stream, script.clone()).await;
            lock(&script).open -= 1;
        });
    }
}

async fn serve(mut stream: TcpStream, script: Arc<Mutex<Script>>) {
    // Each write leaves at once, so that the pieces of an answer arrive as they were cut.
    let _unsupported = stream.set_nodelay(true);
    let mut unread = Vec::new();
    while let Ok(Some(request)) = read_request(&mut stream, &mut unread).await {
        let reply = {
            let mut script = lock(&script);
            let reply = script.reply_to(request.path.split('?').next().unwrap_or_default());
            script.requests.push(request);
            reply
        };
        match reply.write(&mut stream).await {
            Ok(After::Keep) => {}
            Ok(After::Hold) => {
                let _client_gone = io::copy(&mut stream, &mut io::sink()).await;
                return;
            }
            Ok(After::Close) | Err(_) => return,
        }
    }
}

/// Answers every request with the same, until the client goes or the answer ends the connection.
pub(super) async fn answer_all(stream: &mut TcpStream, reply: &Reply) {
    let mut unread = Vec::new();
    while let Ok(Some(_)) = read_request(stream, &mut unread).await {
        match reply.write(stream).await {
            Ok(After::Keep) => {}
            Ok(After::Hold) => {
                let _client_gone = io::copy(stream, &mut io::sink()).await;
                return;
            }
            Ok(After::Close) | Err(_) => return,
        }
    }
}

/// The next request with its whole body; `None` when the client has closed.
async fn read_request(stream: &mut TcpStream, unread: &mut Vec<u8>) -> io::Result<Option<Request>> {
    let head_len = loop {
        if let Some(end) = unread.windows(4).position(|it| it == b"\r\n\r\n") {
            break end + 4;
        }
        if stream.read_buf(unread).await? == 0 {
            return Ok(None);
        }
    };
    let head = String::from_utf8_lossy(&unread[..head_len]).into_owned();
    let mut lines = head.lines();
    let mut first = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let mut request = Request {
        method: first.next().unwrap_or_default(),
        path: first.next().unwrap_or_default(),
        headers: lines
            .filter_map(|line| line.split_once(": "))
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
        body: vec![],
    };
    let body_len = request.header("content-length").and_then(|it| it.parse().ok()).unwrap_or(0);
    while unread.len() < head_len + body_len {
        if stream.read_buf(unread).await? == 0 {
            return Ok(None);
        }
    }
    request.body = unread[head_len..head_len + body_len].to_vec();
    unread.drain(..head_len + body_len);
    Ok(Some(request))
}
