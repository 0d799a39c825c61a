//! Tokens: got for a user and password when first needed, renewed when refused.
//!
//! Each endpoint has its own: a token lives in the memory of every member on its own clock, so use on
//! one does not keep it alive on another.

use std::sync::{Mutex as Plain, PoisonError};

use reqwest::header::HeaderValue;
use tokio::sync::Mutex;

use super::error::NOT_ENABLED;
use super::http::{Call, Http, encode};
use super::options::Credentials;
use super::transport::{Failure, Phase};
use super::wire::auth::{AuthenticateRequest, AuthenticateResponse};
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
    slots: Vec<Mutex<Slot>>,
    fixed: Option<HeaderValue>,
}

/// Who we are to be.
#[derive(Clone, Debug, Default)]
struct Wanted {
    credentials: Option<Credentials>,
    /// Grows when other credentials are given.
    epoch: u64,
}

#[derive(Debug, Default)]
struct Slot {
    epoch: u64,
    generation: u64,
    state: State,
}

#[derive(Debug, Default)]
enum State {
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

    fn wanted(&self) -> Wanted {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Http {
    /// The token for an endpoint; logs in if there is none yet.
    pub(super) async fn token(&self, index: usize) -> Result<Token, Failure> {
        self.token_after(index, None).await.map(Option::unwrap_or_default)
    }

    /// Another token than the refused one, or `None` if there is nothing to log in with.
    pub(super) async fn renew(
        &self,
        index: usize,
        refused: &Token,
    ) -> Result<Option<Token>, Failure> {
        self.token_after(index, Some(refused.generation)).await
    }

    async fn token_after(
        &self,
        index: usize,
        refused: Option<u64>,
    ) -> Result<Option<Token>, Failure> {
        let wanted = self.tokens.wanted();
        let Some(credentials) = wanted.credentials else {
            // A token given once and for all cannot be renewed.
            let fixed = Token { header: self.tokens.fixed.clone(), generation: 0 };
            return Ok(refused.is_none().then_some(fixed));
        };
        let mut slot = self.tokens.slots[index].lock().await;
        if slot.epoch != wanted.epoch {
            slot.epoch = wanted.epoch;
            slot.generation += 1;
            slot.state = State::Unasked;
        } else if refused == Some(slot.generation) && !matches!(slot.state, State::Refused(_)) {
            slot.state = State::Unasked;
        }
        if matches!(slot.state, State::Unasked) {
            slot.generation += 1;
            slot.state = self.login(index, &credentials).await?;
        }
        let header = match &slot.state {
            State::Held(header) => Some(header.clone()),
            State::Unasked | State::Off => None,
            State::Refused(error) => {
                return Err(Failure { error: error.clone(), phase: Phase::NotSent });
            }
        };
        Ok(Some(Token { header, generation: slot.generation }))
    }

    /// Logs in. A failure is one of a call that was not sent: the call waits for its token.
    async fn login(&self, index: usize, credentials: &Credentials) -> Result<State, Failure> {
        let Credentials { user, password } = credentials;
        let request = AuthenticateRequest { name: user, password: password.reveal() };
        let body = encode(&request).map_err(Failure::answered)?;
        let call = Call::read("/v3/auth/authenticate");
        let answer = self.exchange(index, call, body, &Token::default()).await;
        let url = self.endpoints.get(index).url();
        match answer {
            Ok(answer) => {
                let token = serde_json::from_slice::<AuthenticateResponse>(&answer);
                let token = token.ok().and_then(|answer| header(&answer.token));
                token.map(State::Held).ok_or_else(|| {
                    let message = format!("{url} answers a login without a token; is this etcd?");
                    Failure::new(Phase::Answered, ErrorKind::BadAnswer, message)
                })
            }
            Err(failure) if failure.error.message.contains(NOT_ENABLED) => Ok(State::Off),
            Err(mut failure) => {
                let error = &mut failure.error;
                if !password.reveal().is_empty() {
                    error.message = error.message.replace(password.reveal(), "***");
                }
                error.message = format!("login of user {user}: {}", error.message);
                match error.kind {
                    ErrorKind::WrongPassword => return Ok(State::Refused(failure.error)),
                    ErrorKind::Unknown | ErrorKind::Unavailable => {
                        error.kind = ErrorKind::Unreachable;
                    }
                    _ => {}
                }
                Err(Failure { phase: Phase::NotSent, ..failure })
            }
        }
    }
}

fn header(token: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(token).ok().filter(|header| !header.is_empty())?;
    header.set_sensitive(true);
    Some(header)
}
