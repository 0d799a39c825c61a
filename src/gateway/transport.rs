//! What the transport says when a call fails, put into words: what is wrong, where, what to do.

use std::error::Error as _;
use std::io;
use std::time::{Duration, SystemTime};

use super::certificate::Validity;
use super::endpoint::Endpoint;
use super::tls_words;
use crate::domain::escape;
use crate::store::{ErrorKind, StoreError};

/// How far a failed call came, which decides whether it may be tried again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Phase {
    /// The server has not seen it.
    NotSent,
    /// The connection broke before the answer was whole.
    Broken,
    /// No answer within the limit.
    Silent,
    /// The server answered with an error.
    Answered,
}

/// A failed call.
#[derive(Clone, Debug)]
pub(super) struct Failure {
    pub(super) error: StoreError,
    pub(super) phase: Phase,
}

impl Failure {
    /// An error which the server gave.
    pub(super) fn answered(error: StoreError) -> Failure {
        Failure { error, phase: Phase::Answered }
    }

    pub(super) fn new(phase: Phase, kind: ErrorKind, message: impl Into<String>) -> Failure {
        Failure { error: StoreError::new(kind, message), phase }
    }

    /// Nothing came within `limit`.
    pub(super) fn silent(endpoint: &Endpoint, limit: Duration) -> Failure {
        Failure::no_answer(endpoint, limit, "--command-timeout")
    }

    /// Within `limit` there was no connection, or nothing came over it.
    pub(super) fn silent_from_dialing(endpoint: &Endpoint, limit: Duration) -> Failure {
        Failure::no_answer(endpoint, limit, "--dial-timeout, --command-timeout")
    }

    fn no_answer(endpoint: &Endpoint, limit: Duration, bounds: &str) -> Failure {
        let message = format!(
            "no answer from {} within {} s ({bounds}); is the server stopped or overloaded?",
            endpoint.url(),
            limit.as_secs_f32().ceil()
        );
        Failure::new(Phase::Silent, ErrorKind::Unknown, message)
    }

    /// It was asked for a sign of life and gave none within `limit`.
    pub(super) fn no_sign(endpoint: &Endpoint, limit: Duration) -> Failure {
        let message = format!(
            "no sign of life from {} within {} s (--keepalive-timeout); is the server stopped, or cut off from here?",
            endpoint.url(),
            limit.as_secs_f32().ceil()
        );
        Failure::new(Phase::Silent, ErrorKind::Unknown, message)
    }
}

/// What else is known about the call that failed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Circumstances {
    /// Whether sending it twice does no harm, so that a guess about its fate does none either.
    pub(super) harmless: bool,
    /// When the client certificate that we have to show is good.
    pub(super) identity: Option<Validity>,
    /// The limit for making a connection.
    pub(super) dial_timeout: Duration,
}

/// Puts a failure of the transport into words.
pub(super) fn explain(
    endpoint: &Endpoint,
    error: &reqwest::Error,
    about: Circumstances,
) -> Failure {
    let url = endpoint.url();
    let cause = Cause::of(error.source());
    let words = chain(error);
    if cause.tls.is_some() || error.is_connect() {
        let place = if error.is_dns() {
            Place::Name
        } else if error.is_timeout() {
            Place::Time
        } else {
            Place::Peer
        };
        let error = unconnected(endpoint, &cause, place, &words, about);
        return Failure { error, phase: Phase::NotSent };
    }
    if words.contains("invalid HTTP version") {
        let message = format!(
            "{url} does not answer in HTTP/1.1: it is not etcd, or a port for gRPC only; in that case name the URL of --listen-client-http-urls instead"
        );
        return Failure::new(Phase::Answered, ErrorKind::BadAnswer, message);
    }
    if words.contains("invalid HTTP") || words.contains("message head is too large") {
        let message = format!("{url} does not answer in proper HTTP: {words}; is this etcd?");
        return Failure::new(Phase::Answered, ErrorKind::BadAnswer, message);
    }
    if !endpoint.has_answered() {
        let hint = if endpoint.is_tls() {
            "if it wants a client certificate, give --cert and --key"
        } else {
            "if it speaks TLS, write https:// instead; if it is for gRPC only, name the URL of --listen-client-http-urls"
        };
        let message = format!("{url} closed the connection without an answer; {hint}");
        // A write is not called unsent on a guess.
        let kind = if about.harmless { ErrorKind::Tls } else { ErrorKind::Unknown };
        return Failure::new(Phase::Broken, kind, message);
    }
    let message = format!("the connection to {url} broke before the answer came: {words}");
    Failure::new(Phase::Broken, ErrorKind::Unknown, message)
}

/// The failure of a connection made by hand.
pub(super) fn explain_io(
    endpoint: &Endpoint,
    error: &io::Error,
    about: Circumstances,
) -> StoreError {
    let cause = Cause::of(Some(error));
    let words = super::error::excerpt(&escape::message(&error.to_string()));
    unconnected(endpoint, &cause, Place::Peer, &words, about)
}

/// No connection was made in time.
pub(super) fn too_late(endpoint: &Endpoint, about: Circumstances) -> StoreError {
    unconnected(endpoint, &Cause::default(), Place::Time, "", about)
}

/// The host name leads nowhere.
pub(super) fn unknown_name(endpoint: &Endpoint) -> StoreError {
    let url = endpoint.url();
    let message = format!("the host name in {url} is not known here; check the endpoint");
    StoreError::new(ErrorKind::Unreachable, message)
}

/// Where the making of a connection ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Name,
    Time,
    Peer,
}

/// Why there is no connection. No request was read, as the handshake did not come to its end.
fn unconnected(
    endpoint: &Endpoint,
    cause: &Cause,
    place: Place,
    words: &str,
    about: Circumstances,
) -> StoreError {
    let url = endpoint.url();
    if let Some(tls) = &cause.tls {
        let message = tls_words::explain(url, tls, about.identity, SystemTime::now());
        return StoreError::new(ErrorKind::Tls, message);
    }
    if place == Place::Name {
        return unknown_name(endpoint);
    }
    let (kind, message) = if place == Place::Time || cause.io == Some(io::ErrorKind::TimedOut) {
        let limit = about.dial_timeout.as_secs_f32();
        let message = format!(
            "no connection to {url} within {limit} s (--dial-timeout); is the host up, does a firewall drop packets?"
        );
        (ErrorKind::Unreachable, message)
    } else if cause.io == Some(io::ErrorKind::ConnectionRefused) {
        let message = format!(
            "nothing listens at {url} (connection refused); is etcd running, is the port right?"
        );
        (ErrorKind::Unreachable, message)
    } else if endpoint.is_tls() && cause.is_closed() {
        let message = format!(
            "{url} closed the connection during the TLS handshake; if it speaks plain HTTP, write http:// instead"
        );
        (ErrorKind::Tls, message)
    } else {
        (ErrorKind::Unreachable, format!("no connection to {url}: {words}"))
    };
    StoreError::new(kind, message)
}

/// What lies at the bottom of an error.
#[derive(Debug, Default)]
struct Cause {
    tls: Option<rustls::Error>,
    io: Option<io::ErrorKind>,
}

impl Cause {
    fn of(error: Option<&(dyn std::error::Error + 'static)>) -> Cause {
        let mut cause = Cause::default();
        let mut next = error;
        while let Some(error) = next {
            cause.look_at(error);
            next = error.source();
        }
        cause
    }

    fn look_at(&mut self, error: &(dyn std::error::Error + 'static)) {
        if let Some(tls) = error.downcast_ref::<rustls::Error>() {
            self.tls = Some(tls.clone());
        } else if let Some(io) = error.downcast_ref::<io::Error>() {
            self.io = Some(io.kind());
            // `source` of an I/O error skips what is wrapped in it.
            if let Some(inner) = io.get_ref() {
                self.look_at(inner);
            }
        }
    }

    fn is_closed(&self) -> bool {
        matches!(
            self.io,
            Some(
                io::ErrorKind::UnexpectedEof
                    | io::ErrorKind::ConnectionReset
                    | io::ErrorKind::ConnectionAborted
                    | io::ErrorKind::BrokenPipe
            )
        )
    }
}

/// The causes of an error on one line, without its first words, which repeat the URL.
pub(super) fn chain(error: &reqwest::Error) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut next = error.source();
    while let Some(error) = next {
        let text = escape::message(&error.to_string());
        if words.last() != Some(&text) {
            words.push(text);
        }
        next = error.source();
    }
    if words.is_empty() {
        return "no reason given".to_owned();
    }
    super::error::excerpt(&words.join(": "))
}
