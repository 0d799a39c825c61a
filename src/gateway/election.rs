//! Elections.

use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use tokio::time::Instant;

use super::call::{Call, Waiting};
use super::http::{Http, encode};
use super::kv::entry;
use super::stream::Lines;
use super::token::Token;
use super::wire::error::StreamLine;
use super::wire::{Base64, Int64, election as wire};
use super::{Gateway, error, named};
use crate::domain::election::Leadership;
use crate::domain::{Entry, Key, LeaseId, Revision};
use crate::store::lock::{check_leased, check_named};
use crate::store::{Elections, ErrorKind, LeaderStream, Reply, StoreError};

const OBSERVE: Call = Call::read("/v3/election/observe").endless().with_leader();

const LEADER: Call = Call::read("/v3/election/leader");

impl Elections for Gateway {
    fn campaign(&self, name: Key, lease: LeaseId, value: Vec<u8>) -> Reply<'_, Leadership> {
        Box::pin(async move {
            let context = named("campaign", name.as_bytes());
            self.stand(name, lease, &value).await.map_err(|error| error.during(context))
        })
    }

    fn proclaim(&self, leadership: &Leadership, value: Vec<u8>) -> Reply<'_, ()> {
        let leadership = leadership.clone();
        Box::pin(async move {
            let request =
                wire::ProclaimRequest { leader: leader(&leadership), value: Base64(&value) };
            self.lead("proclaim", "/v3/election/proclaim", &leadership, &request).await
        })
    }

    fn leader(&self, name: Key) -> Reply<'_, Option<Entry>> {
        Box::pin(async move {
            let context = named("leader", name.as_bytes());
            self.ask_leader(&name).await.map_err(|error| error.during(context))
        })
    }

    fn observe(&self, name: Key) -> Reply<'_, LeaderStream> {
        Box::pin(async move {
            let context = named("observe", name.as_bytes());
            let observing = self.prepare(&name, context.clone()).await;
            let observing = observing.map_err(|error| error.during(context))?;
            Ok(Box::pin(stream::unfold(Some(observing), step)) as LeaderStream)
        })
    }

    fn resign(&self, leadership: &Leadership) -> Reply<'_, ()> {
        let leadership = leadership.clone();
        Box::pin(async move {
            let request = wire::ResignRequest { leader: leader(&leadership) };
            self.lead("resign", "/v3/election/resign", &leadership, &request).await
        })
    }
}

impl Gateway {
    async fn stand(
        &self,
        name: Key,
        lease: LeaseId,
        value: &[u8],
    ) -> Result<Leadership, StoreError> {
        check_named(&name).and_then(|()| check_leased(lease))?;
        let request = wire::CampaignRequest {
            name: Base64(name.as_bytes()),
            lease: Int64(lease.0),
            value: Base64(value),
        };
        let call = Call::write("/v3/election/campaign").endless();
        let answer: wire::CampaignResponse = self.http.call(call, &request).await?;
        let wire::LeaderKey { key, rev } = answer.leader;
        if key.0.is_empty() || rev.0 <= 0 {
            let message = "the answer names no key, so nothing is known to be won";
            return Err(StoreError::new(ErrorKind::BadAnswer, message));
        }
        Ok(Leadership { name, key: Key::new(key.0), revision: Revision(rev.0), lease })
    }

    /// What only the leader does.
    async fn lead(
        &self,
        what: &str,
        path: &'static str,
        leadership: &Leadership,
        request: &(impl serde::Serialize + Sync),
    ) -> Result<(), StoreError> {
        let done = async {
            // These two would make the server grant a lease of its own as well.
            check_leased(leadership.lease)?;
            self.http.call::<wire::DoneResponse>(Call::write(path), request).await
        };
        let context = || named(what, leadership.name.as_bytes());
        done.await.map(|_| ()).map_err(|error| error.during(context()))
    }

    async fn ask_leader(&self, name: &Key) -> Result<Option<Entry>, StoreError> {
        check_named(name)?;
        let request = wire::LeaderRequest { name: Base64(name.as_bytes()) };
        match self.http.call::<wire::LeaderResponse>(LEADER, &request).await {
            Ok(answer) => leader_entry(answer).map(Some),
            Err(error) if error.kind == ErrorKind::NotLeader => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Makes ready to observe. The server sends no headers before there is a leader, and ends the
    /// answer without a word where it refuses; so the leader is asked for first, which finds a member
    /// that answers, a token that is good, and what is to be told of rights.
    async fn prepare(&self, name: &Key, context: String) -> Result<Observing, StoreError> {
        self.ask_leader(name).await?;
        let request = wire::LeaderRequest { name: Base64(name.as_bytes()) };
        let request = encode(&request)?;
        let index = self.http.endpoints.current();
        let token = self.http.token(index).await.map_err(|failure| failure.error)?;
        let http = Arc::clone(&self.http);
        let since = Instant::now();
        Ok(Observing { http, index, since, context, request, token, lines: None })
    }
}

/// Leaders on their way.
struct Observing {
    http: Arc<Http>,
    index: usize,
    /// When it was made ready.
    since: Instant,
    context: String,
    request: Bytes,
    token: Token,
    /// The answer, once it has begun.
    lines: Option<Lines>,
}

impl Observing {
    /// The next leader, or the error that ends it.
    async fn next(&mut self) -> Result<Entry, StoreError> {
        let (http, index, since) = (Arc::clone(&self.http), self.index, self.since);
        tokio::select! {
            biased;
            next = self.read() => next,
            failure = http.given_up(index, since, Waiting::ForEver) => {
                Err(failure.error)
            }
        }
    }

    async fn read(&mut self) -> Result<Entry, StoreError> {
        let mut lines = match self.lines.take() {
            Some(lines) => lines,
            None => self.begin().await?,
        };
        let endpoint = self.http.endpoints.get(self.index);
        match lines.next(endpoint).await {
            Ok(Some(line)) => {
                self.lines = Some(lines);
                parse(&line, endpoint.url())
            }
            Ok(None) => {
                let message = format!("{} ended the observation", endpoint.url());
                Err(StoreError::new(ErrorKind::Unknown, message))
            }
            Err(failure) => Err(failure.error),
        }
    }

    /// Sends the request and waits until there is a leader.
    async fn begin(&self) -> Result<Lines, StoreError> {
        let Observing { http, index, request, token, .. } = self;
        let endpoint = http.endpoints.get(*index);
        let response = http.request(&http.clients.stream, *index, OBSERVE, request.clone(), token);
        let response = response.await.map_err(|failure| failure.error)?;
        let status = response.status().as_u16();
        let mut lines = Lines::new(response, http.about(OBSERVE));
        if status == 200 {
            return Ok(lines);
        }
        let words = lines.next_within(endpoint, http.limits.command).await;
        let words = words.map_err(|failure| failure.error)?.unwrap_or_default();
        Err(error::from_answer(status, &words, endpoint.url()))
    }
}

/// Hands on one leader; the state is gone after an error, which closes the connection.
async fn step(
    observing: Option<Observing>,
) -> Option<(Result<Entry, StoreError>, Option<Observing>)> {
    let mut observing = observing?;
    match observing.next().await {
        Ok(entry) => Some((Ok(entry), Some(observing))),
        Err(error) => {
            if error.is_connection() {
                observing.http.broke(observing.index);
            }
            Some((Err(error.during(observing.context)), None))
        }
    }
}

fn parse(line: &[u8], url: &str) -> Result<Entry, StoreError> {
    let line: StreamLine<wire::LeaderResponse> =
        serde_json::from_slice(line).map_err(|e| error::unreadable(url, line, &e.to_string()))?;
    match line.result {
        Some(answer) => leader_entry(answer),
        None => Err(error::from_line(line.into_error()).unwrap_or_else(|| {
            let message = format!("{url} sends a message with neither result nor error");
            StoreError::new(ErrorKind::BadAnswer, message)
        })),
    }
}

fn leader_entry(answer: wire::LeaderResponse) -> Result<Entry, StoreError> {
    answer.kv.map(entry).ok_or_else(|| {
        StoreError::new(ErrorKind::BadAnswer, "the answer names a leader without its key")
    })
}

fn leader(leadership: &Leadership) -> wire::Leader<'_> {
    wire::Leader {
        name: Base64(leadership.name.as_bytes()),
        key: Base64(leadership.key.as_bytes()),
        rev: Int64(leadership.revision.0),
        lease: Int64(leadership.lease.0),
    }
}
