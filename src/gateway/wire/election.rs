//! Elections.

use serde::{Deserialize, Serialize};

use super::kv::KeyValue;
use super::{Base64, Bytes, Int64, or_default};

#[derive(Debug, Serialize)]
pub(crate) struct CampaignRequest<'a> {
    pub(crate) name: Base64<'a>,
    pub(crate) lease: Int64,
    pub(crate) value: Base64<'a>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CampaignResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) leader: LeaderKey,
}

/// Name and lease come back as they were sent.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LeaderKey {
    pub(crate) key: Bytes,
    pub(crate) rev: Int64,
}

/// What proclaim and resign must be given whole.
#[derive(Debug, Serialize)]
pub(crate) struct Leader<'a> {
    pub(crate) name: Base64<'a>,
    pub(crate) key: Base64<'a>,
    pub(crate) rev: Int64,
    pub(crate) lease: Int64,
}

#[derive(Debug, Serialize)]
pub(crate) struct ProclaimRequest<'a> {
    pub(crate) leader: Leader<'a>,
    pub(crate) value: Base64<'a>,
}

#[derive(Debug, Serialize)]
pub(crate) struct ResignRequest<'a> {
    pub(crate) leader: Leader<'a>,
}

/// Of proclaim and resign.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct DoneResponse {}

/// Of leader and observe.
#[derive(Debug, Serialize)]
pub(crate) struct LeaderRequest<'a> {
    pub(crate) name: Base64<'a>,
}

/// The answer of leader, and one line of observe.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct LeaderResponse {
    pub(crate) kv: Option<KeyValue>,
}
