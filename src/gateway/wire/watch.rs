//! Watching.

use serde::{Deserialize, Serialize};

use super::kv::KeyValue;
use super::{Base64, Header, Int64, Value, is_false, or_default};

#[derive(Debug, Serialize)]
pub(crate) struct WatchRequest<'a> {
    pub(crate) create_request: CreateRequest<'a>,
}

#[derive(Debug, Serialize)]
pub(crate) struct CreateRequest<'a> {
    pub(crate) key: Base64<'a>,
    #[serde(skip_serializing_if = "Base64::is_empty")]
    pub(crate) range_end: Base64<'a>,
    #[serde(skip_serializing_if = "Int64::is_zero")]
    pub(crate) start_revision: Int64,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) progress_notify: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) filters: Vec<&'static str>,
    #[serde(skip_serializing_if = "is_false")]
    pub(crate) prev_kv: bool,
    pub(crate) fragment: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound = "V: Value")]
pub(crate) struct WatchResponse<V> {
    #[serde(deserialize_with = "or_default")]
    pub(crate) header: Header,
    #[serde(deserialize_with = "or_default")]
    pub(crate) created: bool,
    #[serde(deserialize_with = "or_default")]
    pub(crate) canceled: bool,
    pub(crate) compact_revision: Int64,
    #[serde(deserialize_with = "or_default")]
    pub(crate) cancel_reason: String,
    #[serde(deserialize_with = "or_default")]
    pub(crate) fragment: bool,
    #[serde(deserialize_with = "or_default")]
    pub(crate) events: Vec<Event<V>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, bound = "V: Value")]
pub(crate) struct Event<V> {
    #[serde(rename = "type", deserialize_with = "or_default")]
    pub(crate) kind: EventType,
    #[serde(deserialize_with = "or_default")]
    pub(crate) kv: KeyValue<V>,
    pub(crate) prev_kv: Option<KeyValue<V>>,
}

/// Absent for a put, which is the zero value.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum EventType {
    #[default]
    Put,
    Delete,
}
