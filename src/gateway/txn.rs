//! Transactions.

use super::Gateway;
use super::call::Call;
use super::kv::{
    delete_request, delete_response, put_request, put_response, range_request, range_response,
};
use super::wire::{Base64, Int64, txn as wire};
use crate::domain::Revision;
use crate::domain::txn::{Compare, Comparison, Op, OpResponse, Target, TxnRequest, TxnResponse};
use crate::store::{ErrorKind, StoreError};

impl Gateway {
    /// Runs a transaction; one that only reads may be sent twice.
    pub(super) async fn run_txn(&self, request: TxnRequest) -> Result<TxnResponse, StoreError> {
        const PATH: &str = "/v3/kv/txn";
        let call = if request.is_read_only() { Call::read(PATH).long() } else { Call::write(PATH) };
        let answer: Result<wire::TxnResponse, _> =
            self.http.call(call, &txn_request(&request)).await;
        answer.and_then(txn_response).map_err(|error| error.during(request.about()))
    }
}

fn txn_request(request: &TxnRequest) -> wire::TxnRequest<'_> {
    wire::TxnRequest {
        compare: request.compares.iter().map(compare).collect(),
        success: request.success.iter().map(op).collect(),
        failure: request.failure.iter().map(op).collect(),
    }
}

fn compare(compare: &Compare) -> wire::Compare<'_> {
    let (target, operand) = match &compare.target {
        Target::Version(version) => ("VERSION", wire::Operand::Version(Int64(version.0))),
        Target::Create(revision) => ("CREATE", wire::Operand::CreateRevision(Int64(revision.0))),
        Target::Mod(revision) => ("MOD", wire::Operand::ModRevision(Int64(revision.0))),
        Target::Value(value) => ("VALUE", wire::Operand::Value(Base64(value))),
        Target::Lease(lease) => ("LEASE", wire::Operand::Lease(Int64(lease.0))),
    };
    let result = match compare.comparison {
        Comparison::Equal => "EQUAL",
        Comparison::NotEqual => "NOT_EQUAL",
        Comparison::Greater => "GREATER",
        Comparison::Less => "LESS",
    };
    wire::Compare {
        key: Base64(compare.range.start().as_bytes()),
        range_end: Base64(compare.range.end()),
        result,
        target,
        operand,
    }
}

fn op(op: &Op) -> wire::RequestOp<'_> {
    match op {
        Op::Range(request) => wire::RequestOp::Range(range_request(request)),
        Op::Put(request) => wire::RequestOp::Put(put_request(request)),
        Op::Delete(request) => wire::RequestOp::Delete(delete_request(request)),
        Op::Txn(request) => wire::RequestOp::Txn(txn_request(request)),
    }
}

fn txn_response(answer: wire::TxnResponse) -> Result<TxnResponse, StoreError> {
    Ok(TxnResponse {
        revision: Revision(answer.header.revision.0),
        succeeded: answer.succeeded,
        responses: answer.responses.into_iter().map(op_response).collect::<Result<_, _>>()?,
    })
}

fn op_response(answer: wire::ResponseOp) -> Result<OpResponse, StoreError> {
    match answer {
        wire::ResponseOp { range: Some(range), .. } => Ok(OpResponse::Range(range_response(range))),
        wire::ResponseOp { put: Some(put), .. } => Ok(OpResponse::Put(put_response(put))),
        wire::ResponseOp { delete: Some(delete), .. } => {
            Ok(OpResponse::Delete(delete_response(delete)))
        }
        wire::ResponseOp { txn: Some(txn), .. } => txn_response(*txn).map(OpResponse::Txn),
        wire::ResponseOp { .. } => {
            let message = "the transaction's answer lacks the result of an operation";
            Err(StoreError::new(ErrorKind::BadAnswer, message))
        }
    }
}
