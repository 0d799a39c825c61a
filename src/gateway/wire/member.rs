//! The members of a cluster.

use serde::Deserialize;

use super::{Uint64, or_default};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct MemberListResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) members: Vec<Member>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Member {
    #[serde(rename = "ID")]
    pub(crate) id: Uint64,
    #[serde(deserialize_with = "or_default")]
    pub(crate) name: String,
    #[serde(rename = "peerURLs", deserialize_with = "or_default")]
    pub(crate) peer_urls: Vec<String>,
    #[serde(rename = "clientURLs", deserialize_with = "or_default")]
    pub(crate) client_urls: Vec<String>,
    #[serde(rename = "isLearner", deserialize_with = "or_default")]
    pub(crate) is_learner: bool,
}
