//! etcd over the HTTP/JSON gateway that every member serves on its client port.
//!
//! [`Gateway`] is the only way in; the store traits are spread over files named after them. Below lie
//! `http` (calls, deadlines, failover), `token` (login), `stream` (endless answers) and `wire` (the
//! messages). Base64 and integers as strings are known to `wire` alone.

mod access;
mod call;
mod certificate;
mod check;
mod election;
mod endpoint;
mod error;
pub(crate) mod examine;
#[cfg(test)]
mod fuzz;
mod guard;
mod handshake;
mod health;
mod http;
mod kv;
mod lease;
mod lock;
mod login;
mod options;
mod retry;
mod status;
mod stream;
mod tls;
mod tls_words;
mod token;
mod trace;
mod transport;
mod txn;
mod watch;
mod watch_message;
mod wire;

use std::fmt;
use std::sync::Arc;

pub use self::call::LONG_CALL;
pub use self::options::{Credentials, GatewayOptions, TlsOptions};

use self::call::Limits;
use self::endpoint::{Endpoint, Endpoints};
use self::http::Http;
use self::token::Tokens;
use self::trace::Trace;
use crate::domain::{KeyRange, escape};
use crate::store::StoreError;

/// A client of one etcd cluster. Clones are cheap and share connections, tokens and the choice of the
/// endpoint.
///
/// Calls need a tokio runtime with I/O and time switched on.
#[derive(Clone)]
pub struct Gateway {
    http: Arc<Http>,
}

/// What is known of a client before there is one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Outline {
    /// All endpoints, in the order given, as they will be called (`http://127.0.0.1:2379`).
    pub endpoints: Vec<String>,
    /// The user who will ask, if any.
    pub user: Option<String>,
}

impl Gateway {
    /// Looks at everything that would keep [`Gateway::connect`] from making a client whatever the
    /// servers do, and does not need the certificates of the system for that. No endpoints are no
    /// mistake here: they may have to be found first.
    ///
    /// # Errors
    /// As those of [`Gateway::connect`].
    pub fn check(options: &GatewayOptions) -> Result<Outline, StoreError> {
        let mut endpoints = Vec::new();
        for text in &options.endpoints {
            endpoints.push(Endpoint::parse(text, options.tls.scheme())?.url().to_owned());
        }
        tls::check(options)?;
        let tokens = Tokens::new(0, options.credentials.clone(), options.jwt_token.as_ref())?;
        Ok(Outline { endpoints, user: tokens.user() })
    }

    /// Prepares a client: reads certificate files, but sends nothing yet. Installs the process-wide
    /// default of rustls, unless there is one.
    ///
    /// # Errors
    /// [`Invalid`](crate::store::ErrorKind::Invalid) for an endpoint that is none and
    /// [`Tls`](crate::store::ErrorKind::Tls) for a file that cannot be used; the message names it and
    /// says what was expected.
    pub fn connect(options: GatewayOptions) -> Result<Gateway, StoreError> {
        let endpoints = Endpoints::parse(&options.endpoints, options.tls.scheme())?;
        let limits = Limits::of(&options);
        let clients = tls::build(&options, &limits, &endpoints)?;
        let tokens = Tokens::new(endpoints.len(), options.credentials, options.jwt_token.as_ref())?;
        let trace = Trace::new(options.log);
        let tls = options.tls;
        Ok(Gateway { http: Arc::new(Http { endpoints, clients, limits, tokens, trace, tls }) })
    }

    /// All endpoints, in the order given, as they are called (`http://127.0.0.1:2379`).
    pub fn endpoints(&self) -> Vec<String> {
        self.http.endpoints.iter().map(|endpoint| endpoint.url().to_owned()).collect()
    }

    /// The user whose token is sent, if any.
    pub fn user(&self) -> Option<String> {
        self.http.tokens.user()
    }

    /// Becomes another user, or nobody. Tokens got before are forgotten, and so is the memory of a
    /// wrong password. Streams that are open stay what they are.
    pub fn set_credentials(&self, credentials: Option<Credentials>) {
        self.http.tokens.set_credentials(credentials);
    }
}

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("endpoints", &self.endpoints())
            .field("user", &self.user())
            .finish_non_exhaustive()
    }
}

/// `range /config/`: a call and what it is about, for messages.
fn about(call: &str, range: &KeyRange) -> String {
    match range.as_prefix() {
        Some(prefix) if prefix.is_empty() => format!("{call} of all keys"),
        Some(prefix) => named(call, prefix.as_bytes()),
        None => named(call, range.start().as_bytes()),
    }
}

/// `put /config/a`, with the end of a very long key left out.
fn named(call: &str, key: &[u8]) -> String {
    format!("{call} {}", error::excerpt(&escape::line(key)))
}
