//! What a user may do: its roles, and what each of them grants.

use serde::{Deserialize, Serialize};

use super::{Bytes, or_default};

#[derive(Serialize)]
pub(crate) struct UserGetRequest<'a> {
    pub(crate) name: &'a str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct UserGetResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) roles: Vec<String>,
}

#[derive(Serialize)]
pub(crate) struct RoleGetRequest<'a> {
    pub(crate) role: &'a str,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RoleGetResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) perm: Vec<Permission>,
}

/// A single key when there is no end; the end `\0` is "to the end of all keys".
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Permission {
    /// `READWRITE` or `WRITE`; reading is left out.
    #[serde(rename = "permType", deserialize_with = "or_default")]
    pub(crate) perm_type: String,
    pub(crate) key: Bytes,
    pub(crate) range_end: Bytes,
}
