//! Transactions.

use serde::{Deserialize, Serialize};

use super::kv::{
    DeleteRequest, DeleteResponse, PutRequest, PutResponse, RangeRequest, RangeResponse,
};
use super::{Base64, Header, Int64, or_default};

#[derive(Debug, Serialize)]
pub(crate) struct Compare<'a> {
    pub(crate) key: Base64<'a>,
    #[serde(skip_serializing_if = "Base64::is_empty")]
    pub(crate) range_end: Base64<'a>,
    pub(crate) result: &'static str,
    pub(crate) target: &'static str,
    #[serde(flatten)]
    pub(crate) operand: Operand<'a>,
}

/// The member of the union that fits the target; another one would count as 0.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Operand<'a> {
    Version(Int64),
    CreateRevision(Int64),
    ModRevision(Int64),
    Value(Base64<'a>),
    Lease(Int64),
}

#[derive(Debug, Serialize)]
pub(crate) enum RequestOp<'a> {
    #[serde(rename = "request_range")]
    Range(RangeRequest<'a>),
    #[serde(rename = "request_put")]
    Put(PutRequest<'a>),
    #[serde(rename = "request_delete_range")]
    Delete(DeleteRequest<'a>),
    #[serde(rename = "request_txn")]
    Txn(TxnRequest<'a>),
}

#[derive(Debug, Serialize)]
pub(crate) struct TxnRequest<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) compare: Vec<Compare<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) success: Vec<RequestOp<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) failure: Vec<RequestOp<'a>>,
}

/// One of its members is there.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct ResponseOp {
    #[serde(rename = "response_range")]
    pub(crate) range: Option<RangeResponse>,
    #[serde(rename = "response_put")]
    pub(crate) put: Option<PutResponse>,
    #[serde(rename = "response_delete_range")]
    pub(crate) delete: Option<DeleteResponse>,
    #[serde(rename = "response_txn")]
    pub(crate) txn: Option<Box<TxnResponse>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct TxnResponse {
    #[serde(deserialize_with = "or_default")]
    pub(crate) header: Header,
    #[serde(deserialize_with = "or_default")]
    pub(crate) succeeded: bool,
    #[serde(deserialize_with = "or_default")]
    pub(crate) responses: Vec<ResponseOp>,
}
