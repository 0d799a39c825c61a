//! Watching: one HTTP connection for each watch.
//!
//! Failures come as messages on an answer that began with status 200 and whose connection stays open,
//! so the words decide when a watch is over, not the transport.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use tokio::time::{Instant, sleep};

use super::call::{Call, Repeat, Waiting};
use super::http::{Http, encode, is_token_refused};
use super::kv::range_request;
use super::retry::Attempts;
use super::stream::Lines;
use super::token::Token;
use super::transport::{Failure, Phase};
use super::watch_message::Decoder;
use super::wire::error::StreamLine;
use super::wire::watch::{self as wire, WatchResponse};
use super::wire::{Base64, Bytes as Wanted, Int64, Unwanted, Value};
use super::{Gateway, about, error};
use crate::domain::Revision;
use crate::domain::txn::RangeRequest;
use crate::store::{
    ErrorKind, Reply, StoreError, Watch, WatchFilter, WatchMessage, WatchRequest, WatchStream,
};

/// A watch that is to tell its progress speaks every ten minutes, unless the server was told another
/// interval. After this much silence it is taken for dead though its member lives: something between
/// here and there may have lost it.
const LONGEST_PAUSE: Duration = Duration::from_secs(30 * 60);

const CALL: Call = Call::read("/v3/watch").with_leader();

impl Watch for Gateway {
    fn watch(&self, request: WatchRequest) -> Reply<'_, WatchStream> {
        Box::pin(async move {
            let context = about("watch", &request.range);
            let watching = self.open(&request).await.map_err(|error| error.during(context))?;
            let stream: WatchStream = Box::pin(stream::unfold(Some(watching), step));
            Ok(stream)
        })
    }
}

impl Gateway {
    /// Opens a watch and waits for the first message, at one endpoint after another.
    async fn open(&self, request: &WatchRequest) -> Result<Watching, StoreError> {
        if request.start < Revision::NONE {
            // Older servers answer with a compaction at revision -1.
            let message = format!("a watch cannot start at revision {}", request.start);
            return Err(StoreError::new(ErrorKind::Invalid, message));
        }
        let http = &self.http;
        let mut attempts = Attempts::new(&http.endpoints, Repeat::Harmless);
        loop {
            let index = attempts.index();
            let opened = tokio::select! {
                biased;
                opened = self.open_at(index, request) => opened,
                failure = http.given_up(index, Instant::now(), Waiting::AtMost) => Err(failure),
            };
            match opened {
                Ok(watching) => {
                    http.endpoints.served(index);
                    return Ok(watching);
                }
                Err(failure) => http.failed(&mut attempts, failure)?,
            }
        }
    }

    async fn open_at(&self, index: usize, request: &WatchRequest) -> Result<Watching, Failure> {
        let token = self.http.token(index).await?;
        let failure = match self.begin(index, request, &token).await {
            Err(failure) if failure.phase == Phase::Answered => failure,
            outcome => return outcome,
        };
        let renewed = if is_token_refused(&failure) {
            return self
                .begin(index, request, &self.http.renew(index, &token, failure).await?)
                .await;
        } else if failure.error.kind == ErrorKind::PermissionDenied {
            // 3.5 says the same of a token it does not know. A read of the first key tells them
            // apart, and renews the token on its way.
            match self.http.call_at(index, Call::read("/v3/kv/range"), probe(request)?).await {
                Err(truth) if is_token_refused(&truth) => return Err(truth),
                Ok(_) | Err(_) => {
                    let now = self.http.token(index).await?;
                    (now.generation != token.generation).then_some(now)
                }
            }
        } else {
            None
        };
        match renewed {
            Some(token) => self.begin(index, request, &token).await,
            None => Err(failure),
        }
    }

    /// Sends the request and reads until the watch stands.
    async fn begin(
        &self,
        index: usize,
        request: &WatchRequest,
        token: &Token,
    ) -> Result<Watching, Failure> {
        let http = &self.http;
        let endpoint = http.endpoints.get(index);
        let body = encode(&watch_request(request)).map_err(Failure::answered)?;
        let response = http.request(&http.clients.stream, index, CALL, body, token).await?;
        let status = response.status().as_u16();
        let mut lines = Lines::new(response, http.about(CALL));
        // The first message comes with the headers; a peer that sends headers only must not hang us.
        let first = lines.next_within(endpoint, http.limits.command).await?;
        let Some(first) = first else {
            let message = format!("{} answers a watch with nothing", endpoint.url());
            return Err(Failure::new(Phase::Answered, ErrorKind::BadAnswer, message));
        };
        if status != 200 {
            let error = error::from_answer(status, &first, endpoint.url());
            return Err(Failure::answered(error));
        }
        let mut decoder = Decoder::default();
        let values = !request.keys_only;
        let first = accept(&mut decoder, values, &first, endpoint.url());
        let first = first.map_err(Failure::answered)?;
        let context = about("watch", &request.range);
        let (http, since) = (http.clone(), Instant::now());
        let progress = request.progress_notify;
        Ok(Watching { http, index, since, progress, lines, values, decoder, first, context })
    }
}

/// An open watch.
struct Watching {
    http: Arc<Http>,
    index: usize,
    /// When it stood.
    since: Instant,
    /// Whether the server is to speak now and then.
    progress: bool,
    lines: Lines,
    /// Whether values are wanted.
    values: bool,
    decoder: Decoder,
    /// What came with the headers, not yet handed on.
    first: Option<WatchMessage>,
    context: String,
}

impl Watching {
    /// The next message, or the error that ends the watch.
    async fn next(&mut self) -> Result<WatchMessage, StoreError> {
        if let Some(message) = self.first.take() {
            return Ok(message);
        }
        let endpoint = self.http.endpoints.get(self.index);
        loop {
            let line = tokio::select! {
                biased;
                line = self.lines.next(endpoint) => line,
                failure = self.http.given_up(self.index, self.since, Waiting::ForEver) => {
                    return Err(failure.error);
                }
                () = sleep(LONGEST_PAUSE), if self.progress => {
                    let message = format!(
                        "{} has not spoken for {} minutes, on a watch that is to tell its progress",
                        endpoint.url(),
                        LONGEST_PAUSE.as_secs() / 60
                    );
                    return Err(StoreError::new(ErrorKind::Unknown, message));
                }
            };
            let line = match line {
                Ok(Some(line)) => line,
                Ok(None) => {
                    let message = format!("{} closed the connection", endpoint.url());
                    return Err(StoreError::new(ErrorKind::Unknown, message));
                }
                Err(failure) => return Err(failure.error),
            };
            let accepted = accept(&mut self.decoder, self.values, &line, endpoint.url());
            if let Some(message) = accepted? {
                return Ok(message);
            }
        }
    }
}

/// Hands on one message; the state is gone after an error, which closes the connection.
async fn step(
    watching: Option<Watching>,
) -> Option<(Result<WatchMessage, StoreError>, Option<Watching>)> {
    let mut watching = watching?;
    match watching.next().await {
        Ok(message) => Some((Ok(message), Some(watching))),
        Err(error) => {
            if error.is_connection() {
                watching.http.broke(watching.index);
            }
            Some((Err(error.during(watching.context)), None))
        }
    }
}

/// Takes one line in.
fn accept(
    decoder: &mut Decoder,
    values: bool,
    line: &[u8],
    url: &str,
) -> Result<Option<WatchMessage>, StoreError> {
    if values {
        decoder.accept(read::<Wanted>(line, url)?)
    } else {
        decoder.accept(read::<Unwanted>(line, url)?)
    }
}

/// Reads one line: a message, or the error the stream ends with.
fn read<V: Value>(line: &[u8], url: &str) -> Result<WatchResponse<V>, StoreError> {
    let line: StreamLine<WatchResponse<V>> =
        serde_json::from_slice(line).map_err(|e| error::unreadable(url, line, &e.to_string()))?;
    match line.result {
        Some(message) => Ok(message),
        None => Err(error::from_line(line.into_error()).unwrap_or_else(|| {
            let message = format!("{url} sends a message with neither result nor error");
            StoreError::new(ErrorKind::BadAnswer, message)
        })),
    }
}

/// Reads the first key: whether the token is known shows, and little else is asked of the server.
fn probe(request: &WatchRequest) -> Result<Bytes, Failure> {
    let range = RangeRequest::get(request.range.start().clone()).keys_only().serializable();
    encode(&range_request(&range)).map_err(Failure::answered)
}

fn watch_request(request: &WatchRequest) -> wire::WatchRequest<'_> {
    let filters = request.filters.iter().map(|filter| match filter {
        WatchFilter::NoPut => "NOPUT",
        WatchFilter::NoDelete => "NODELETE",
    });
    wire::WatchRequest {
        create_request: wire::CreateRequest {
            key: Base64(request.range.start().as_bytes()),
            range_end: Base64(request.range.end()),
            start_revision: Int64(request.start.0),
            progress_notify: request.progress_notify,
            filters: filters.collect(),
            prev_kv: request.prev_kv,
            // Else the replay of a long history comes as one message of any size.
            fragment: true,
        },
    }
}
