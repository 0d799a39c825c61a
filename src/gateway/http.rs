//! Calls: one request, one answer, with deadlines, and another endpoint when one fails.
//!
//! Invariant: a call that changes something is sent a second time only when the first was surely not
//! processed: the connection was never made, or the server refused the token.

use std::sync::Arc;

use bytes::Bytes;
use reqwest::Client;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::call::{Call, Leader, Limits, Patience, Repeat, Waiting};
use super::endpoint::{Endpoint, Endpoints};
use super::error;
use super::options::TlsOptions;
use super::retry::Attempts;
use super::tls::Clients;
use super::token::{Token, Tokens};
use super::trace::Trace;
use super::transport::{Circumstances, Failure, Phase, explain};
use crate::store::{ErrorKind, StoreError};

/// More than this is not taken as an answer: gRPC inside the server ends at 2 GiB of protobuf.
const LARGEST_ANSWER: usize = 2 << 30;

/// As much of an error is read.
const LARGEST_ERROR: usize = 64 << 10;

/// Answers beyond this size are decoded outside the async threads.
const SLOW_TO_DECODE: usize = 256 << 10;

/// Everything calls need.
#[derive(Debug)]
pub(super) struct Http {
    pub(super) endpoints: Endpoints,
    pub(super) clients: Clients,
    pub(super) limits: Limits,
    pub(super) tokens: Tokens,
    pub(super) trace: Trace,
    /// How https is spoken, for who looks at it closely.
    pub(super) tls: TlsOptions,
}

impl Http {
    /// Makes a unary call.
    pub(super) async fn call<A>(
        self: &Arc<Self>,
        call: Call,
        request: &(impl Serialize + Sync),
    ) -> Result<A, StoreError>
    where
        A: DeserializeOwned + Send + 'static,
    {
        self.called(call, request).await.map(|(_, answer)| answer)
    }

    /// Makes a unary call, and tells which endpoint answered it.
    pub(super) async fn called<A>(
        self: &Arc<Self>,
        call: Call,
        request: &(impl Serialize + Sync),
    ) -> Result<(usize, A), StoreError>
    where
        A: DeserializeOwned + Send + 'static,
    {
        let body = encode(request)?;
        let mut attempts = Attempts::new(&self.endpoints, call.repeat);
        loop {
            let index = attempts.index();
            match self.wait_at(index, call, body.clone()).await {
                Ok(answer) => {
                    self.endpoints.served(index);
                    return decode(self.endpoints.get(index), answer)
                        .await
                        .map(|answer| (index, answer));
                }
                Err(failure) => self.failed(&mut attempts, failure)?,
            }
        }
    }

    /// Takes a failure: the next attempt goes elsewhere, and the endpoint is looked at.
    pub(super) fn failed(
        self: &Arc<Self>,
        attempts: &mut Attempts<'_>,
        failure: Failure,
    ) -> Result<(), StoreError> {
        let (index, phase) = (attempts.index(), failure.phase);
        let outcome = attempts.failed(failure);
        match phase {
            Phase::NotSent => {}
            Phase::Broken | Phase::Silent | Phase::Answered => {
                if self.endpoints.health().is_suspect(index) {
                    self.doubt(index);
                }
            }
        }
        outcome
    }

    /// Makes a unary call at one endpoint, for as long as there is sense in waiting there.
    async fn wait_at(
        self: &Arc<Self>,
        index: usize,
        call: Call,
        body: Bytes,
    ) -> Result<Vec<u8>, Failure> {
        // A write cannot be asked elsewhere, and one that waits in a queue is not left on suspicion: a
        // member that was only stopped takes the key of who went out of the queue, when by then the
        // lock may be held by that key.
        if call.repeat == Repeat::Never || self.endpoints.len() < 2 {
            return self.call_at(index, call, body).await;
        }
        tokio::select! {
            biased;
            outcome = self.call_at(index, call, body) => outcome,
            failure = self.given_up(index, Instant::now(), Waiting::AtMost) => Err(failure),
        }
    }

    /// Makes a unary call at one endpoint, with a new token if the server wants one.
    pub(super) async fn call_at(
        &self,
        index: usize,
        call: Call,
        body: Bytes,
    ) -> Result<Vec<u8>, Failure> {
        let token = self.token(index).await?;
        match self.exchange(index, call, body.clone(), &token).await {
            Err(failure) if is_token_refused(&failure) => {
                let token = self.renew(index, &token, failure).await?;
                self.exchange(index, call, body, &token).await
            }
            outcome => outcome,
        }
    }

    /// One request and its whole answer.
    pub(super) async fn exchange(
        &self,
        index: usize,
        call: Call,
        body: Bytes,
        token: &Token,
    ) -> Result<Vec<u8>, Failure> {
        let endpoint = self.endpoints.get(index);
        let client = match call.patience {
            Patience::Ordinary | Patience::Long => &self.clients.unary,
            Patience::Endless => &self.clients.stream,
        };
        let request = self.request(client, index, call, body, token);
        let mut response = request.await?;
        let status = response.status().as_u16();
        let largest = if status == 200 { LARGEST_ANSWER } else { LARGEST_ERROR };
        let gap = self.limits.gap(call.patience);
        let expected = response.content_length().unwrap_or(0).min(16 << 20);
        let mut answer = Vec::with_capacity(expected as usize);
        loop {
            let piece = match tokio::time::timeout(gap, response.chunk()).await {
                Err(_) => return Err(Failure::silent(endpoint, gap)),
                Ok(Err(error)) => return Err(explain(endpoint, &error, self.about(call))),
                Ok(Ok(piece)) => piece,
            };
            let Some(piece) = piece else { break };
            if answer.len() + piece.len() > largest {
                if status != 200 {
                    break;
                }
                let message = format!("the answer of {} is larger than 2 GiB", endpoint.url());
                return Err(Failure::new(Phase::Answered, ErrorKind::BadAnswer, message));
            }
            answer.extend_from_slice(&piece);
        }
        if status != 200 {
            let error = error::from_answer(status, &answer, endpoint.url());
            return Err(Failure::answered(error));
        }
        Ok(answer)
    }

    /// Sends a request and waits for the headers of the answer. Every call goes through here.
    pub(super) async fn request(
        &self,
        client: &Client,
        index: usize,
        call: Call,
        body: Bytes,
        token: &Token,
    ) -> Result<reqwest::Response, Failure> {
        let since = tokio::time::Instant::now();
        let sent = self.send(client, index, call, body, token).await;
        let outcome = sent.as_ref().map(|response| response.status().as_u16());
        self.trace.note(self.endpoints.get(index).url(), call.path, since.elapsed(), outcome);
        sent
    }

    async fn send(
        &self,
        client: &Client,
        index: usize,
        call: Call,
        body: Bytes,
        token: &Token,
    ) -> Result<reqwest::Response, Failure> {
        let endpoint = self.endpoints.get(index);
        let limit = self.limits.headers(call.patience, body.len());
        let mut request = client
            .post(format!("{}{}", endpoint.url(), call.path))
            .header(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        if call.leader == Leader::Required {
            request = request.header("Grpc-Metadata-Hasleader", "true");
        }
        if let Some(value) = &token.header {
            request = request.header(AUTHORIZATION, value.clone());
        }
        let sending = request.body(body).send();
        let sent = match limit {
            Some(limit) => tokio::time::timeout(limit, sending)
                .await
                .map_err(|_| Failure::silent_from_dialing(endpoint, limit))?,
            None => sending.await,
        };
        match sent {
            Err(error) => Err(explain(endpoint, &error, self.about(call))),
            Ok(response) => {
                endpoint.set_answered();
                Ok(response)
            }
        }
    }

    pub(super) fn about(&self, call: Call) -> Circumstances {
        Circumstances {
            harmless: call.repeat == Repeat::Harmless,
            identity: self.clients.identity.as_ref().map(|own| own.validity),
            dial_timeout: self.limits.dial,
        }
    }
}

/// Whether a new token may help.
pub(super) fn is_token_refused(failure: &Failure) -> bool {
    failure.phase == Phase::Answered && failure.error.kind == ErrorKind::Unauthenticated
}

pub(super) fn encode(request: &impl Serialize) -> Result<Bytes, StoreError> {
    serde_json::to_vec(request).map(Bytes::from).map_err(|error| {
        StoreError::new(ErrorKind::Invalid, format!("the request cannot be written: {error}"))
    })
}

async fn decode<A>(endpoint: &Endpoint, answer: Vec<u8>) -> Result<A, StoreError>
where
    A: DeserializeOwned + Send + 'static,
{
    if answer.len() < SLOW_TO_DECODE {
        return parse(endpoint.url(), &answer);
    }
    let url = endpoint.url().to_owned();
    let task = tokio::task::spawn_blocking(move || parse(&url, &answer));
    task.await.unwrap_or_else(|error| {
        Err(StoreError::new(ErrorKind::BadAnswer, format!("decoding an answer failed: {error}")))
    })
}

pub(super) fn parse<A: DeserializeOwned>(url: &str, answer: &[u8]) -> Result<A, StoreError> {
    // Serde would take an array for an object all of whose members are left out.
    if !answer.trim_ascii_start().starts_with(b"{") {
        return Err(error::unreadable(url, answer, "not a JSON object"));
    }
    serde_json::from_slice(answer)
        .map_err(|error| error::unreadable(url, answer, &error.to_string()))
}
