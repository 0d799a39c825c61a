//! Leases. `ID` and `TTL` are upper case: `{"ttl":60}` would be a lease of two seconds.

use serde::{Deserialize, Serialize};

use super::{Bytes, Header, Int64, is_false, or_default};

#[derive(Debug, Serialize)]
pub(crate) struct GrantRequest {
    #[serde(rename = "TTL")]
    pub(crate) ttl: Int64,
    #[serde(rename = "ID", skip_serializing_if = "Int64::is_zero")]
    pub(crate) id: Int64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct GrantResponse {
    #[serde(rename = "ID")]
    pub(crate) id: Int64,
    #[serde(rename = "TTL")]
    pub(crate) ttl: Int64,
}

/// Of revoke and keepalive.
#[derive(Debug, Serialize)]
pub(crate) struct IdRequest {
    #[serde(rename = "ID")]
    pub(crate) id: Int64,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RevokeResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) header: Header,
}

/// One line of the answer stream; without a TTL the lease is gone.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct KeepAliveResponse {
    #[serde(rename = "ID")]
    pub(crate) id: Int64,
    #[serde(rename = "TTL")]
    pub(crate) ttl: Int64,
}

#[derive(Debug, Serialize)]
pub(crate) struct TimeToLiveRequest {
    #[serde(rename = "ID")]
    pub(crate) id: Int64,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) keys: bool,
}

/// A TTL of -1 says that there is no such lease; an absent one is the last second.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TimeToLiveResponse {
    #[serde(rename = "ID")]
    pub(crate) id: Int64,
    #[serde(rename = "TTL")]
    pub(crate) ttl: Int64,
    #[serde(rename = "grantedTTL")]
    pub(crate) granted_ttl: Int64,
    #[serde(deserialize_with = "or_default")]
    pub(crate) keys: Vec<Bytes>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LeasesResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) leases: Vec<LeaseEntry>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LeaseEntry {
    #[serde(rename = "ID")]
    pub(crate) id: Int64,
}
