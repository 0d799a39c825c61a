//! Tokens: what is known of them. `login` gets them when first needed, and renews them when refused.
//!
//! Each endpoint has its own: a token lives in the memory of every member on its own clock, so use on
//! one does not keep it alive on another.

use std::sync::{Mutex as Plain, PoisonError};

use reqwest::header::HeaderValue;
use tokio::sync::Mutex;

use super::options::Credentials;
use crate::domain::Secret;
use crate::store::{ErrorKind, StoreError};

/// A token as it is sent, or none.
#[derive(Clone, Debug, Default)]
pub(super) struct Token {
    /// The raw token, without `Bearer`, which older servers refuse.
    pub(super) header: Option<HeaderValue>,
    /// Grows with each renewal at the same endpoint.
    pub(super) generation: u64,
}

/// The tokens of all endpoints.
#[derive(Debug)]
pub(super) struct Tokens {
    wanted: Plain<Wanted>,
    /// Locked while a login is under way, so that others wait for it instead of making their own.
    pub(super) slots: Vec<Mutex<Slot>>,
    pub(super) fixed: Option<HeaderValue>,
}

/// Who we are to be.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) credentials: Option<Credentials>,
    /// Grows when other credentials are given.
    pub(super) epoch: u64,
}

/// What is known of the token at one endpoint.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) epoch: u64,
    pub(super) generation: u64,
    pub(super) state: State,
}

/// How far a login came.
#[derive(Debug, Default)]
pub(super) enum State {
    /// Nobody asked yet.
    #[default]
    Unasked,
    /// Logged in.
    Held(HeaderValue),
    /// The server has authentication switched off and would refuse any token.
    Off,
    /// User or password are wrong: asking again would only load the server.
    Refused(StoreError),
}

impl Tokens {
    /// No token yet, for so many endpoints.
    pub(super) fn new(
        endpoints: usize,
        credentials: Option<Credentials>,
        fixed: Option<&Secret>,
    ) -> Result<Tokens, StoreError> {
        let fixed = match fixed {
            Some(secret) => Some(header(secret.reveal()).ok_or_else(|| {
                let message = "the token (--auth-jwt-token) holds characters no token can hold";
                StoreError::new(ErrorKind::Invalid, message)
            })?),
            None => None,
        };
        Ok(Tokens {
            wanted: Plain::new(Wanted { credentials, epoch: 0 }),
            slots: (0..endpoints).map(|_| Mutex::default()).collect(),
            fixed,
        })
    }

    /// Takes other credentials; every token is forgotten.
    pub(super) fn set_credentials(&self, credentials: Option<Credentials>) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        wanted.credentials = credentials;
        wanted.epoch += 1;
    }

    /// The user we are, if any.
    pub(super) fn user(&self) -> Option<String> {
        self.wanted().credentials.map(|credentials| credentials.user)
    }

    /// Who we are to be now.
    pub(super) fn wanted(&self) -> Wanted {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A token as the header that carries it, if it can be one.
pub(super) fn header(token: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(token).ok().filter(|header| !header.is_empty())?;
    header.set_sensitive(true);
    Some(header)
}
