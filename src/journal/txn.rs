//! A transaction sent so that its answer tells what it overwrote.

use crate::domain::Revision;
use crate::domain::change::To;
use crate::domain::journal::{Before, Written};
use crate::domain::txn::{Op, OpResponse, TxnRequest, TxnResponse};
use crate::store::{ErrorKind, Kv, StoreError};

/// Runs a transaction (etcd's `Txn`) and tells what it wrote, with what was there before. The answer
/// is the one that the request as given would have had.
///
/// Each put and delete is sent with `prev_kv`. A user who may write but not read is refused for that
/// alone; such a refusal surely wrote nothing, so it is sent again as given, and what was there stays
/// [`Before::Unknown`]. Keys deleted by an interval are then named by nobody, and are missing.
///
/// Nothing is written when the compares fail and the other branch only reads. After an error whose
/// outcome is unknown the list is what was sent ([`as_sent`]); after any other error it is empty.
pub async fn record_txn<S: Kv + Sync + ?Sized>(
    store: &S,
    request: TxnRequest,
) -> (Result<TxnResponse, StoreError>, Vec<Written>) {
    if request.is_read_only() {
        return (store.txn(request).await, Vec::new());
    }
    let mut curious = request.clone();
    let added = ask_for_previous(&mut curious);
    match store.txn(curious.clone()).await {
        Ok(mut answer) => {
            let written = from_answer(&curious, &answer);
            hide_previous(&request, &mut answer);
            (Ok(answer), written)
        }
        Err(error) if added && error.kind == ErrorKind::PermissionDenied => {
            match store.txn(request.clone()).await {
                Ok(answer) => {
                    let written = from_answer(&request, &answer);
                    (Ok(answer), written)
                }
                Err(error) => with_what_was_sent(error, &request),
            }
        }
        Err(error) => with_what_was_sent(error, &request),
    }
}

fn with_what_was_sent(
    error: StoreError,
    request: &TxnRequest,
) -> (Result<TxnResponse, StoreError>, Vec<Written>) {
    let written = if error.outcome_unknown() { as_sent(request) } else { Vec::new() };
    (Err(error), written)
}

/// What a transaction may write, for the record of one whose answer never came: the keys of its puts
/// and of its deletes of single keys, in either branch, at no revision. Which keys an interval would
/// delete only the answer tells.
pub fn as_sent(request: &TxnRequest) -> Vec<Written> {
    let mut sent = Vec::new();
    collect_sent(request, &mut sent);
    sent
}

fn collect_sent(request: &TxnRequest, sent: &mut Vec<Written>) {
    for op in request.success.iter().chain(&request.failure) {
        let (key, after) = match op {
            Op::Put(put) => {
                let to = To::Put { value: put.value.clone(), lease: put.lease };
                (put.key.clone(), to)
            }
            Op::Delete(delete) if delete.range.is_single() => {
                (delete.range.start().clone(), To::Deleted)
            }
            Op::Range(_) | Op::Delete(_) => continue,
            Op::Txn(inner) => {
                collect_sent(inner, sent);
                continue;
            }
        };
        sent.push(Written { key, before: Before::Unknown, after, revision: Revision::NONE });
    }
}

/// Has every put and delete answer with what was there; false when all of them did already.
fn ask_for_previous(request: &mut TxnRequest) -> bool {
    let mut added = false;
    for op in request.success.iter_mut().chain(&mut request.failure) {
        let asked = match op {
            Op::Range(_) => continue,
            Op::Put(put) => &mut put.prev_kv,
            Op::Delete(delete) => &mut delete.prev_kv,
            Op::Txn(inner) => {
                added |= ask_for_previous(inner);
                continue;
            }
        };
        added |= !std::mem::replace(asked, true);
    }
    added
}

/// The branch that was done.
fn branch<'a>(request: &'a TxnRequest, answer: &TxnResponse) -> &'a [Op] {
    if answer.succeeded { &request.success } else { &request.failure }
}

/// What a transaction wrote, by its answer; `sent` is the request that was answered.
fn from_answer(sent: &TxnRequest, answer: &TxnResponse) -> Vec<Written> {
    let mut written = Vec::new();
    // Everything inside is written at the revision of the whole.
    collect_answered(sent, answer, answer.revision, &mut written);
    written
}

fn collect_answered(
    sent: &TxnRequest,
    answer: &TxnResponse,
    revision: Revision,
    written: &mut Vec<Written>,
) {
    for (op, response) in branch(sent, answer).iter().zip(&answer.responses) {
        match (op, response) {
            (Op::Put(put), OpResponse::Put(answer)) => {
                let before = match &answer.previous {
                    Some(entry) => Before::Entry(entry.clone()),
                    None if put.prev_kv => Before::Absent,
                    None => Before::Unknown,
                };
                let after = To::Put { value: put.value.clone(), lease: put.lease };
                written.push(Written { key: put.key.clone(), before, after, revision });
            }
            (Op::Delete(delete), OpResponse::Delete(answer)) if delete.prev_kv => {
                written.extend(answer.previous.iter().map(|entry| Written {
                    key: entry.key.clone(),
                    before: Before::Entry(entry.clone()),
                    after: To::Deleted,
                    revision,
                }));
            }
            (Op::Delete(delete), OpResponse::Delete(answer)) => {
                if delete.range.is_single() && answer.deleted > 0 {
                    let (key, before) = (delete.range.start().clone(), Before::Unknown);
                    written.push(Written { key, before, after: To::Deleted, revision });
                }
            }
            (Op::Txn(inner), OpResponse::Txn(answer)) => {
                collect_answered(inner, answer, revision, written);
            }
            // A read; or an answer to something else, which no store gives.
            (Op::Range(_) | Op::Put(_) | Op::Delete(_) | Op::Txn(_), _) => {}
        }
    }
}

/// Takes out of the answer what `asked` did not want to know.
fn hide_previous(asked: &TxnRequest, answer: &mut TxnResponse) {
    let done = branch(asked, answer);
    for (op, response) in done.iter().zip(&mut answer.responses) {
        match (op, response) {
            (Op::Put(put), OpResponse::Put(answer)) if !put.prev_kv => answer.previous = None,
            (Op::Delete(delete), OpResponse::Delete(answer)) if !delete.prev_kv => {
                answer.previous.clear();
            }
            (Op::Txn(inner), OpResponse::Txn(answer)) => hide_previous(inner, answer),
            (Op::Range(_) | Op::Put(_) | Op::Delete(_) | Op::Txn(_), _) => {}
        }
    }
}

/// How many keys a transaction deleted that the answer does not name: those of intervals that may
/// be deleted but not read.
pub fn unnamed(answer: &TxnResponse, written: &[Written]) -> u64 {
    let named = written.iter().filter(|written| written.after == To::Deleted).count() as u64;
    deleted(answer).saturating_sub(named)
}

fn deleted(answer: &TxnResponse) -> u64 {
    let of_one = |response: &OpResponse| match response {
        OpResponse::Range(_) | OpResponse::Put(_) => 0,
        OpResponse::Delete(answer) => answer.deleted.max(0) as u64,
        OpResponse::Txn(answer) => deleted(answer),
    };
    answer.responses.iter().map(of_one).sum()
}
