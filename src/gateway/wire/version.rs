//! What a server says of itself outside of the gateway: `GET /version`.

use serde::Deserialize;

use super::or_default;

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct VersionResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) etcdserver: String,
    /// What all members of the cluster can do; less than `etcdserver` in the midst of an upgrade.
    #[serde(deserialize_with = "or_default")]
    pub(crate) etcdcluster: String,
}
