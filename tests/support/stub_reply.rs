//! What the stub gateway says: good answers, bad ones, and half ones.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::sync::{Notify, mpsc};

/// A client that reads on and on gets this much of an endless answer, then silence.
const ENDLESS: usize = 64 << 20;

/// One scripted answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: Body,
    gate: Option<Arc<Notify>>,
    /// So many bytes of all that is said are, and then this.
    limit: Option<(usize, After)>,
}

#[derive(Debug, Clone)]
enum Body {
    /// With a `Content-Length`.
    Whole(Vec<u8>),
    /// As `Whole`, but the connection closes after this many bytes of the body.
    Cut(Vec<u8>, usize),
    /// `Transfer-Encoding: chunked`, each piece one chunk and one write, then the proper end.
    Chunks(Vec<Vec<u8>>),
    /// The same, piece by piece as the test says so.
    Live(Arc<Mutex<Option<mpsc::Receiver<Step>>>>),
    /// These bytes instead of an HTTP answer, then the connection closes.
    Raw(Vec<u8>),
    /// Header lines without end.
    EndlessHead,
    /// A chunked body that repeats this piece without end.
    Repeated(Vec<u8>),
    /// Nothing, with the connection open.
    Silence,
}

#[derive(Debug)]
enum Step {
    Chunk(Vec<u8>),
    End,
}

/// What becomes of the connection after an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum After {
    /// It takes the next request.
    Keep,
    /// It is closed.
    Close,
    /// It stays open, and mute, until the client goes.
    Hold,
}

impl Reply {
    /// A JSON body with a length, as the gateway answers a plain call.
    pub(crate) fn json(status: u16, body: impl Into<String>) -> Self {
        Self::typed(status, "application/json", body.into())
    }

    /// The same as `text/plain; charset=utf-8`, as the gateway answers what it refuses outright.
    pub(crate) fn text(status: u16, body: impl Into<String>) -> Self {
        Self::typed(status, "text/plain; charset=utf-8", body.into())
    }

    /// The same as `text/html`, as a proxy in between answers.
    pub(crate) fn html(status: u16, body: impl Into<String>) -> Self {
        Self::typed(status, "text/html", body.into())
    }

    /// Any body with a length.
    pub(crate) fn typed(status: u16, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new(status, Body::Whole(body.into())).header("Content-Type", content_type)
    }

    /// A chunked body in these pieces, one chunk and one write each, properly ended: a stream.
    pub(crate) fn chunks<P: Into<Vec<u8>>>(pieces: impl IntoIterator<Item = P>) -> Self {
        let pieces = pieces.into_iter().map(Into::into).collect();
        Self::new(200, Body::Chunks(pieces)).header("Content-Type", "application/json")
    }

    /// A stream with `body` cut after every `size` bytes, wherever that falls.
    pub(crate) fn chunks_of(size: usize, body: &[u8]) -> Self {
        Self::chunks(body.chunks(size))
    }

    /// A stream that the test feeds while the client listens. It serves one request; a second one gets
    /// its connection closed.
    pub(crate) fn live() -> (Self, Feed) {
        let (steps, inbox) = mpsc::channel(64);
        let reply = Self::new(200, Body::Live(Arc::new(Mutex::new(Some(inbox)))));
        (reply.header("Content-Type", "application/json"), Feed { steps })
    }

    /// Sends the client elsewhere.
    pub(crate) fn redirect(status: u16, location: &str) -> Self {
        Self::text(status, "").header("Location", location)
    }

    /// These bytes instead of an HTTP answer, then the connection closes. Empty: it just closes.
    pub(crate) fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(200, Body::Raw(bytes.into()))
    }

    /// Takes the request and never answers.
    pub(crate) fn silence() -> Self {
        Self::new(200, Body::Silence)
    }

    /// A status line, then header lines without end.
    pub(crate) fn endless_headers() -> Self {
        Self::new(200, Body::EndlessHead)
    }

    /// A stream that repeats `piece` without end.
    pub(crate) fn endless_body(piece: impl Into<Vec<u8>>) -> Self {
        Self::new(200, Body::Repeated(piece.into()))
    }

    /// Closes the connection after `count` bytes of the body, of which the head promised more.
    ///
    /// # Panics
    /// For an answer that has no length.
    pub(crate) fn cut_after(mut self, count: usize) -> Self {
        let Body::Whole(body) = self.body else { panic!("only a body with a length is cut") };
        self.body = Body::Cut(body, count);
        self
    }

    /// Closes the connection after this many bytes of all that is said, head included.
    ///
    /// # Panics
    /// For an answer that is not known beforehand.
    pub(crate) fn cut_at(self, count: usize) -> Self {
        self.limited(count, After::Close)
    }

    /// Falls silent after this many bytes of all that is said, with the connection open.
    ///
    /// # Panics
    /// For an answer that is not known beforehand.
    pub(crate) fn stall_at(self, count: usize) -> Self {
        self.limited(count, After::Hold)
    }

    fn limited(mut self, count: usize, then: After) -> Self {
        assert!(self.wire().is_some(), "only an answer that is known beforehand is cut");
        self.limit = Some((count, then));
        self
    }

    /// How many bytes it takes, head and framing included, when that is known.
    pub(crate) fn size(&self) -> Option<usize> {
        self.wire().map(|wire| wire.len())
    }

    /// All that is said, for an answer that is known beforehand.
    fn wire(&self) -> Option<Vec<u8>> {
        match &self.body {
            Body::Whole(body) => {
                Some([self.head(Some(body.len())).as_bytes(), body.as_slice()].concat())
            }
            Body::Chunks(pieces) => {
                let mut wire = self.head(None).into_bytes();
                wire.extend(pieces.iter().flat_map(|piece| chunk(piece)));
                wire.extend_from_slice(LAST_CHUNK);
                Some(wire)
            }
            Body::Raw(bytes) => Some(bytes.clone()),
            Body::Cut(..)
            | Body::Live(_)
            | Body::EndlessHead
            | Body::Repeated(_)
            | Body::Silence => None,
        }
    }

    /// One more header.
    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Waits with the answer for `gate.notify_one()`.
    pub(crate) fn after(mut self, gate: Arc<Notify>) -> Self {
        self.gate = Some(gate);
        self
    }

    fn new(status: u16, body: Body) -> Self {
        Self { status, headers: vec![], body, gate: None, limit: None }
    }

    /// Says it all. An error means that the client has gone.
    pub(super) async fn write(&self, stream: &mut TcpStream) -> io::Result<After> {
        if let Some(gate) = &self.gate {
            gate.notified().await;
        }
        if let (Some((count, then)), Some(wire)) = (self.limit, self.wire()) {
            stream.write_all(&wire[..count.min(wire.len())]).await?;
            return Ok(then);
        }
        match &self.body {
            Body::Whole(body) => {
                self.write_head(stream, Some(body.len())).await?;
                stream.write_all(body).await?;
                Ok(After::Keep)
            }
            Body::Cut(body, count) => {
                self.write_head(stream, Some(body.len())).await?;
                stream.write_all(&body[..*count]).await?;
                Ok(After::Close)
            }
            Body::Chunks(pieces) => {
                self.write_head(stream, None).await?;
                for piece in pieces {
                    write_chunk(stream, piece).await?;
                }
                stream.write_all(LAST_CHUNK).await?;
                Ok(After::Keep)
            }
            Body::Live(inbox) => {
                let inbox = inbox.lock().unwrap_or_else(PoisonError::into_inner).take();
                let Some(mut inbox) = inbox else { return Ok(After::Close) };
                self.write_head(stream, None).await?;
                while let Some(step) = inbox.recv().await {
                    match step {
                        Step::Chunk(piece) => write_chunk(stream, &piece).await?,
                        Step::End => {
                            stream.write_all(LAST_CHUNK).await?;
                            return Ok(After::Keep);
                        }
                    }
                }
                Ok(After::Close)
            }
            Body::Raw(bytes) => {
                stream.write_all(bytes).await?;
                Ok(After::Close)
            }
            Body::EndlessHead => {
                stream.write_all(b"HTTP/1.1 200 OK\r\n").await?;
                let line = format!("X-Filler: {}\r\n", "x".repeat(1000));
                for _ in 0..ENDLESS / line.len() {
                    stream.write_all(line.as_bytes()).await?;
                }
                Ok(After::Hold)
            }
            Body::Repeated(piece) => {
                self.write_head(stream, None).await?;
                for _ in 0..ENDLESS / piece.len().max(1) {
                    write_chunk(stream, piece).await?;
                }
                Ok(After::Hold)
            }
            Body::Silence => Ok(After::Hold),
        }
    }

    async fn write_head(&self, stream: &mut TcpStream, length: Option<usize>) -> io::Result<()> {
        stream.write_all(self.head(length).as_bytes()).await
    }

    /// Status line and headers, for a body of `length` bytes or a chunked one.
    fn head(&self, length: Option<usize>) -> String {
        let mut lines = vec![format!("HTTP/1.1 {} Scripted", self.status)];
        lines.extend(self.headers.iter().map(|(name, value)| format!("{name}: {value}")));
        lines.push(match length {
            Some(length) => format!("Content-Length: {length}"),
            None => "Transfer-Encoding: chunked".to_owned(),
        });
        lines.join("\r\n") + "\r\n\r\n"
    }
}

/// The end of a chunked body.
const LAST_CHUNK: &[u8] = b"0\r\n\r\n";

async fn write_chunk(stream: &mut TcpStream, piece: &[u8]) -> io::Result<()> {
    stream.write_all(&chunk(piece)).await
}

/// A piece with its framing; an empty one is left out, since an empty chunk is the end of a body.
fn chunk(piece: &[u8]) -> Vec<u8> {
    if piece.is_empty() {
        return vec![];
    }
    [format!("{:x}\r\n", piece.len()).as_bytes(), piece, b"\r\n"].concat()
}

/// The test's end of a [`Reply::live`] stream. Dropping it cuts the connection in mid-stream.
#[derive(Debug)]
pub(crate) struct Feed {
    steps: mpsc::Sender<Step>,
}

impl Feed {
    /// One chunk, cut as the test likes.
    pub(crate) async fn chunk(&self, piece: impl Into<Vec<u8>>) {
        let _client_gone = self.steps.send(Step::Chunk(piece.into())).await;
    }

    /// The proper end of the stream; the connection lives on.
    pub(crate) async fn end(self) {
        let _client_gone = self.steps.send(Step::End).await;
    }

    /// The end of the connection in mid-stream.
    pub(crate) fn cut(self) {
        drop(self);
    }
}
