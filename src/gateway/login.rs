//! Login: a token for a user and password when first needed, another one when it is refused.

use super::call::Call;
use super::error::NOT_ENABLED;
use super::http::{Http, encode};
use super::options::Credentials;
use super::token::{State, Token, header};
use super::transport::{Failure, Phase};
use super::wire::auth::{AuthenticateRequest, AuthenticateResponse};
use crate::store::ErrorKind;

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
