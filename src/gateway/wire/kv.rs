//! Range, put, delete and compaction.

use serde::{Deserialize, Serialize};

use super::{Base64, Bytes, Header, Int64, Value, is_false, or_default};

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound = "V: Value")]
pub(crate) struct KeyValue<V = Bytes> {
    pub(crate) key: Bytes,
    pub(crate) value: V,
    pub(crate) create_revision: Int64,
    pub(crate) mod_revision: Int64,
    pub(crate) version: Int64,
    pub(crate) lease: Int64,
}

#[derive(Debug, Serialize)]
pub(crate) struct RangeRequest<'a> {
    pub(crate) key: Base64<'a>,
    #[serde(skip_serializing_if = "Base64::is_empty")]
    pub(crate) range_end: Base64<'a>,
    #[serde(skip_serializing_if = "Int64::is_zero")]
    pub(crate) limit: Int64,
    #[serde(skip_serializing_if = "Int64::is_zero")]
    pub(crate) revision: Int64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sort_order: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sort_target: Option<&'static str>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) serializable: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) keys_only: bool,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) count_only: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct RangeResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) header: Header,
    #[serde(deserialize_with = "or_default")]
    pub(crate) kvs: Vec<KeyValue>,
    #[serde(deserialize_with = "or_default")]
    pub(crate) more: bool,
    pub(crate) count: Int64,
}

#[derive(Debug, Serialize)]
pub(crate) struct PutRequest<'a> {
    pub(crate) key: Base64<'a>,
    pub(crate) value: Base64<'a>,
    #[serde(skip_serializing_if = "Int64::is_zero")]
    pub(crate) lease: Int64,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) prev_kv: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct PutResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) header: Header,
    pub(crate) prev_kv: Option<KeyValue>,
}

#[derive(Debug, Serialize)]
pub(crate) struct DeleteRequest<'a> {
    pub(crate) key: Base64<'a>,
    #[serde(skip_serializing_if = "Base64::is_empty")]
    pub(crate) range_end: Base64<'a>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) prev_kv: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct DeleteResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) header: Header,
    pub(crate) deleted: Int64,
    #[serde(deserialize_with = "or_default")]
    pub(crate) prev_kvs: Vec<KeyValue>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CompactionRequest {
    pub(crate) revision: Int64,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) physical: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct CompactionResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) header: Header,
}
