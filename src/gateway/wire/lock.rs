//! Locks.

use serde::{Deserialize, Serialize};

use super::{Base64, Bytes, Header, Int64, or_default};

/// Without a lease the server makes one that nobody keeps alive, so there always is one here.
#[derive(Debug, Serialize)]
pub(crate) struct LockRequest<'a> {
    pub(crate) name: Base64<'a>,
    pub(crate) lease: Int64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LockResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) header: Header,
    pub(crate) key: Bytes,
}

#[derive(Debug, Serialize)]
pub(crate) struct UnlockRequest<'a> {
    pub(crate) key: Base64<'a>,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct UnlockResponse {}
