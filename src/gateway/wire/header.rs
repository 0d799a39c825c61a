//! The header of every answer.

use serde::Deserialize;

use super::{Int64, Uint64};

/// Absent in some answers, and without a revision in others.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Header {
    pub(crate) cluster_id: Uint64,
    pub(crate) member_id: Uint64,
    pub(crate) revision: Int64,
}
