//! What the transport says when a call fails, put into words: what is wrong, where, what to do.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use rustls::{AlertDescription, CertificateError};

use super::endpoint::Endpoint;
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
        let message = format!(
            "no answer from {} within {} s (--command-timeout); is the server stopped or overloaded?",
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
    /// Whether we have a client certificate to show.
    pub(super) identity: bool,
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
    let cause = Cause::of(error);
    if let Some(tls) = &cause.tls {
        // The handshake did not come to its end, so no request was read.
        let message = explain_tls(url, tls, about.identity);
        return Failure::new(Phase::NotSent, ErrorKind::Tls, message);
    }
    let words = chain(error);
    if error.is_connect() {
        let (kind, message) = if error.is_dns() {
            let message = format!("the host name in {url} is not known here; check the endpoint");
            (ErrorKind::Unreachable, message)
        } else if error.is_timeout() || cause.io == Some(io::ErrorKind::TimedOut) {
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
        return Failure::new(Phase::NotSent, kind, message);
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

fn explain_tls(url: &str, error: &rustls::Error, identity: bool) -> String {
    use rustls::Error;
    match error {
        Error::InvalidCertificate(certificate) => explain_certificate(url, certificate),
        Error::InvalidMessage(_) => {
            format!("{url} does not answer in TLS; if it speaks plain HTTP, write http:// instead")
        }
        Error::AlertReceived(AlertDescription::ProtocolVersion) => {
            format!("{url} speaks no TLS version that we speak (1.2 and 1.3)")
        }
        Error::AlertReceived(alert) if identity => format!(
            "{url} refused our client certificate ({alert:?}); check --cert and --key, and that the server trusts their authority"
        ),
        Error::AlertReceived(alert) => format!(
            "{url} refused the connection ({alert:?}); it probably wants a client certificate: give --cert and --key"
        ),
        other => format!("TLS with {url} failed: {other}"),
    }
}

fn explain_certificate(url: &str, error: &CertificateError) -> String {
    let what = match error {
        CertificateError::UnknownIssuer => {
            "is signed by an authority that is not trusted here; name its CA file with --cacert"
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "is for another host name; use the name that stands in it"
        }
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "has expired; renew it, or check the clock of this host"
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "is not valid yet; check the clock of this host"
        }
        CertificateError::Revoked => "is revoked",
        other => {
            let other = escape::message(&other.to_string());
            return format!("the certificate of {url} is not accepted: {other}");
        }
    };
    format!("the certificate of {url} {what}")
}

/// What lies at the bottom of an error.
#[derive(Debug, Default)]
struct Cause {
    tls: Option<rustls::Error>,
    io: Option<io::ErrorKind>,
}

impl Cause {
    fn of(error: &reqwest::Error) -> Cause {
        let mut cause = Cause::default();
        let mut next = error.source();
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_of_a_certificate_has_its_own_advice() {
        let cases = [
            (CertificateError::UnknownIssuer, "--cacert"),
            (CertificateError::NotValidForName, "another host name"),
            (CertificateError::Expired, "has expired"),
            (CertificateError::NotValidYet, "clock"),
            (CertificateError::Revoked, "revoked"),
            (CertificateError::BadEncoding, "is not accepted"),
        ];
        for (fault, words) in cases {
            let error = rustls::Error::InvalidCertificate(fault);
            let said = explain_tls("https://h:2379", &error, false);
            assert!(said.starts_with("the certificate of https://h:2379 "), "{said}");
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn an_alert_blames_the_certificate_we_showed_or_did_not_show() {
        let alert = rustls::Error::AlertReceived(AlertDescription::CertificateRequired);
        assert!(explain_tls("https://h", &alert, false).contains("give --cert and --key"));
        assert!(explain_tls("https://h", &alert, true).contains("refused our client certificate"));
    }
}
