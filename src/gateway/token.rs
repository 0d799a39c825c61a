//! Tokens: what is known of them. `login` gets them when first needed, and renews them when refused.
//!
//! Each endpoint has its own: a token lives in the memory of every member on its own clock, so use on
//! one does not keep it alive on another. A password is wrong everywhere, and is tried once.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex as Plain, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use reqwest::header::HeaderValue;
use tokio::sync::{Mutex, MutexGuard};

use super::certificate::span;
use super::options::Credentials;
use super::transport::Failure;
use super::wire::jwt::Claims;
use crate::domain::Secret;
use crate::store::{ErrorKind, StoreError};

/// A login takes about a tenth of a second; who waits for one this long goes ahead.
const LONGEST_TURN: Duration = Duration::from_secs(1);

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
    slots: Vec<Gate>,
    /// Held during a login, so that a password that is wrong is found out at one endpoint only.
    turn: Mutex<()>,
    pub(super) fixed: Option<Fixed>,
}

/// Who we are to be.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    pub(super) credentials: Option<Credentials>,
    /// Grows when other credentials are given.
    pub(super) epoch: u64,
    /// User or password are wrong: asking again would only load the servers.
    pub(super) refused: Option<StoreError>,
}

/// A token given once and for all.
#[derive(Debug)]
pub(super) struct Fixed {
    pub(super) header: HeaderValue,
    claims: Option<Claims>,
}

/// The way to the slot of an endpoint.
#[derive(Debug, Default)]
struct Gate {
    /// How many logins have failed.
    failed: AtomicU64,
    /// Locked while a login is under way, so that others wait for it instead of making their own.
    slot: Mutex<Slot>,
}

/// What is known of the token at one endpoint.
#[derive(Debug, Default)]
pub(super) struct Slot {
    pub(super) epoch: u64,
    pub(super) generation: u64,
    pub(super) state: State,
    failure: Option<Failure>,
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
}

impl Tokens {
    /// No token yet, for so many endpoints.
    pub(super) fn new(
        endpoints: usize,
        credentials: Option<Credentials>,
        fixed: Option<&Secret>,
    ) -> Result<Tokens, StoreError> {
        let fixed = match fixed {
            Some(secret) => Some(Fixed::new(secret).ok_or_else(|| {
                let message = "the token (--auth-jwt-token) holds characters no token can hold";
                StoreError::new(ErrorKind::Invalid, message)
            })?),
            None => None,
        };
        Ok(Tokens {
            wanted: Plain::new(Wanted { credentials, ..Wanted::default() }),
            slots: (0..endpoints).map(|_| Gate::default()).collect(),
            turn: Mutex::default(),
            fixed,
        })
    }

    /// Takes other credentials; every token is forgotten. Answers with their number.
    pub(super) fn set_credentials(&self, credentials: Option<Credentials>) -> u64 {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        let epoch = wanted.epoch + 1;
        *wanted = Wanted { credentials, epoch, refused: None };
        epoch
    }

    /// These credentials are wrong, unless others were given meanwhile.
    pub(super) fn set_refused(&self, epoch: u64, error: &StoreError) {
        let mut wanted = self.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if wanted.epoch == epoch {
            wanted.refused = Some(error.clone());
        }
    }

    /// The user we are, if any.
    pub(super) fn user(&self) -> Option<String> {
        let user = self.wanted().credentials.map(|credentials| credentials.user);
        user.or_else(|| self.fixed.as_ref()?.user())
    }

    /// Who we are to be now.
    pub(super) fn wanted(&self) -> Wanted {
        self.wanted.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The slot of an endpoint, once no login is under way there; an error when the one that was
    /// waited for failed: all who waited share its failure, instead of each trying after the other.
    pub(super) async fn slot(&self, index: usize) -> Result<MutexGuard<'_, Slot>, Failure> {
        let gate = &self.slots[index];
        let before = gate.failed.load(Ordering::SeqCst);
        let slot = gate.slot.lock().await;
        match &slot.failure {
            Some(failure) if gate.failed.load(Ordering::SeqCst) > before => Err(failure.clone()),
            _ => Ok(slot),
        }
    }

    /// Waits until no other endpoint is asked for a token; not for long, since that one may hang.
    pub(super) async fn turn(&self) -> Option<MutexGuard<'_, ()>> {
        tokio::time::timeout(LONGEST_TURN, self.turn.lock()).await.ok()
    }

    /// A login at an endpoint failed.
    pub(super) fn set_failed(&self, index: usize, slot: &mut Slot, failure: &Failure) {
        slot.failure = Some(failure.clone());
        self.slots[index].failed.fetch_add(1, Ordering::SeqCst);
    }
}

impl Fixed {
    fn new(secret: &Secret) -> Option<Fixed> {
        Some(Fixed { header: header(secret.reveal())?, claims: Claims::of(secret.reveal()) })
    }

    /// Whose it is, where it says so.
    fn user(&self) -> Option<String> {
        let user = self.claims.as_ref().map(|claims| claims.username.clone());
        user.filter(|user| !user.is_empty())
    }

    /// What to tell with a server's refusal of it.
    pub(super) fn refused(&self) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let ended = self.claims.as_ref().map(|claims| claims.exp).filter(|exp| *exp > 0);
        let what = match ended.and_then(|ended| now.checked_sub(ended)) {
            Some(seconds) => format!("expired {} ago", span(Duration::from_secs(seconds))),
            None => "is not accepted, or no longer".to_owned(),
        };
        format!(
            "the token given with --auth-jwt-token {what}, and cannot be renewed here: start again \
             with a new one, or log in as a user"
        )
    }
}

/// A token as the header that carries it, if it can be one.
pub(super) fn header(token: &str) -> Option<HeaderValue> {
    let mut header = HeaderValue::from_str(token).ok().filter(|header| !header.is_empty())?;
    header.set_sensitive(true);
    Some(header)
}
