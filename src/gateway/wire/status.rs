//! The status of a member.

use serde::Deserialize;

use super::{Header, Int64, Uint64, or_default};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct StatusResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) header: Header,
    #[serde(deserialize_with = "or_default")]
    pub(crate) version: String,
    #[serde(rename = "dbSize")]
    pub(crate) db_size: Int64,
    #[serde(rename = "dbSizeInUse")]
    pub(crate) db_size_in_use: Int64,
    pub(crate) leader: Uint64,
    #[serde(rename = "raftIndex")]
    pub(crate) raft_index: Uint64,
    #[serde(rename = "raftTerm")]
    pub(crate) raft_term: Uint64,
    #[serde(rename = "isLearner", deserialize_with = "or_default")]
    pub(crate) is_learner: bool,
    /// From 3.4 on.
    #[serde(rename = "raftAppliedIndex")]
    pub(crate) raft_applied_index: Uint64,
    /// From 3.6 on.
    #[serde(rename = "dbSizeQuota")]
    pub(crate) db_size_quota: Int64,
    #[serde(deserialize_with = "or_default")]
    pub(crate) errors: Vec<String>,
}
