//! Login: a token for a user and password when first needed, another one when it is refused.

use super::call::{Call, Repeat};
use super::error::NOT_ENABLED;
use super::http::{Http, encode};
use super::options::Credentials;
use super::retry::Attempts;
use super::token::{State, Token, header};
use super::transport::{Failure, Phase};
use super::wire::auth::{AuthenticateRequest, AuthenticateResponse};
use crate::store::{ErrorKind, StoreError};

impl Http {
    /// The token for an endpoint; logs in if there is none yet.
    pub(super) async fn token(&self, index: usize) -> Result<Token, Failure> {
        self.token_after(index, None).await.map(Option::unwrap_or_default)
    }

    /// Another token than the refused one, in place of which the server gave `failure`; that failure
    /// if there is nothing to log in with.
    pub(super) async fn renew(
        &self,
        index: usize,
        refused: &Token,
        mut failure: Failure,
    ) -> Result<Token, Failure> {
        if let Some(token) = self.token_after(index, Some(refused.generation)).await? {
            return Ok(token);
        }
        if let Some(fixed) = &self.tokens.fixed {
            failure.error.message = format!("{} ({})", failure.error.message, fixed.refused());
        }
        Err(failure)
    }

    async fn token_after(
        &self,
        index: usize,
        refused: Option<u64>,
    ) -> Result<Option<Token>, Failure> {
        let mut slot = self.tokens.slot(index).await?;
        let wanted = self.tokens.wanted();
        let Some(credentials) = wanted.credentials else {
            // A token given once and for all cannot be renewed.
            let header = self.tokens.fixed.as_ref().map(|fixed| fixed.header.clone());
            return Ok(refused.is_none().then_some(Token { header, generation: slot.generation }));
        };
        if let Some(error) = wanted.refused {
            return Err(Failure { error, phase: Phase::NotSent });
        }
        if slot.epoch != wanted.epoch {
            slot.epoch = wanted.epoch;
            slot.generation += 1;
            slot.state = State::Unasked;
        } else if refused == Some(slot.generation) {
            slot.state = State::Unasked;
        }
        if matches!(slot.state, State::Unasked) {
            let _turn = self.tokens.turn().await;
            if let Some(error) = self.tokens.wanted().refused {
                return Err(Failure { error, phase: Phase::NotSent });
            }
            slot.generation += 1;
            match self.login(index, &credentials).await {
                Ok(state) => slot.state = state,
                Err(failure) => {
                    if failure.error.kind == ErrorKind::WrongPassword {
                        self.tokens.set_refused(wanted.epoch, &failure.error);
                    }
                    self.tokens.set_failed(index, &mut slot, &failure);
                    return Err(failure);
                }
            }
        }
        let header = match &slot.state {
            State::Held(header) => Some(header.clone()),
            State::Unasked | State::Off => None,
        };
        Ok(Some(Token { header, generation: slot.generation }))
    }

    /// Becomes another user, if the server takes the password.
    pub(super) async fn log_in(&self, credentials: Credentials) -> Result<(), StoreError> {
        let mut attempts = Attempts::new(&self.endpoints, Repeat::Never);
        loop {
            let index = attempts.index();
            // Before the call: others are to wait for this login, and not to make one of their own.
            let mut slot = match self.tokens.slot(index).await {
                Ok(slot) => slot,
                Err(failure) => {
                    attempts.failed(failure)?;
                    continue;
                }
            };
            match self.login(index, &credentials).await {
                Ok(State::Held(header)) => {
                    slot.epoch = self.tokens.set_credentials(Some(credentials));
                    slot.generation += 1;
                    slot.state = State::Held(header);
                    return Ok(());
                }
                Ok(State::Unasked | State::Off) => {
                    let message = "this etcd has authentication switched off: nobody logs in";
                    return Err(StoreError::new(ErrorKind::Invalid, message));
                }
                Err(failure) => attempts.failed(failure)?,
            }
        }
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
                if matches!(error.kind, ErrorKind::Unknown | ErrorKind::Unavailable) {
                    error.kind = ErrorKind::Unreachable;
                }
                Err(Failure { phase: Phase::NotSent, ..failure })
            }
        }
    }
}
