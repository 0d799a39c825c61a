//! Authentication, users and roles.

use serde::{Deserialize, Serialize};

use super::{Bytes, or_default};

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

#[derive(Serialize)]
pub(crate) struct UserGetRequest<'a> {
    pub(crate) name: &'a str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct UserGetResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) roles: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct RoleGetRequest<'a> {
    pub(crate) role: &'a str,
}

#[derive(Default, Deserialize)]
#[serde(default)]
pub(crate) struct RoleGetResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) perm: Vec<Permission>,
}

/// A permission; `READ` is left out of `permType`, and `range_end` for a single key.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Permission {
    #[serde(rename = "permType", deserialize_with = "or_default")]
    pub(crate) kind: String,
    pub(crate) key: Bytes,
    pub(crate) range_end: Bytes,
}
