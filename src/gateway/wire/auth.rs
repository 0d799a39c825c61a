//! Authentication.

use serde::{Deserialize, Serialize};

use super::or_default;

#[derive(Serialize)]
pub(crate) struct AuthenticateRequest<'a> {
    pub(crate) name: &'a str,
    pub(crate) password: &'a str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct AuthenticateResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) token: String,
}
