//! A store that counts what it is asked: requests, and the keys that the server walks to answer them.

use std::sync::{Arc, Mutex, PoisonError};

use etcdeck::domain::Revision;
use etcdeck::domain::txn::{
    DeleteRequest, DeleteResponse, Op, OpResponse, PutRequest, PutResponse, RangeRequest,
    RangeResponse, TxnRequest, TxnResponse,
};
use etcdeck::gateway::Gateway;
use etcdeck::store::{Kv, Reply};

use crate::forward::forward;

/// What was asked so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    /// Requests that list keys; each may ask for many ranges.
    pub(crate) requests: usize,
    /// Keys in the listed ranges: the server walks all of them, whatever the limit.
    pub(crate) walked: i64,
    /// Keys in ranges that were only counted.
    pub(crate) counted: i64,
    /// The listed ranges, in the order of their answers.
    pub(crate) pages: Vec<RangeRequest>,
}

/// A gateway and the tally of what it was asked.
pub(crate) struct Counting {
    inner: Gateway,
    tally: Arc<Mutex<Tally>>,
}

impl Counting {
    pub(crate) fn new(inner: Gateway, tally: Arc<Mutex<Tally>>) -> Counting {
        Counting { inner, tally }
    }

    /// Notes the answers of one request. The value of a key and what is read once in a while are no
    /// listing.
    fn note<'a>(&self, answers: impl Iterator<Item = (&'a RangeRequest, &'a RangeResponse)>) {
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        let before = tally.pages.len();
        for (request, answer) in answers {
            if request.count_only {
                tally.counted += answer.count;
            } else if !request.range.is_single() {
                tally.walked += answer.count;
                tally.pages.push(request.clone());
            }
        }
        tally.requests += usize::from(tally.pages.len() > before);
    }
}

impl Kv for Counting {
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse> {
        Box::pin(async move {
            let answer = self.inner.range(request.clone()).await?;
            self.note(std::iter::once((&request, &answer)));
            Ok(answer)
        })
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        Box::pin(async move {
            let answer = self.inner.txn(request.clone()).await?;
            let both = request.success.iter().zip(&answer.responses);
            self.note(both.filter_map(|pair| match pair {
                (Op::Range(request), OpResponse::Range(answer)) => Some((request, answer)),
                _ => None,
            }));
            Ok(answer)
        })
    }

    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse> {
        self.inner.put(request)
    }

    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse> {
        self.inner.delete(request)
    }

    fn compact(&self, revision: Revision, physical: bool) -> Reply<'_, Revision> {
        self.inner.compact(revision, physical)
    }
}

forward!(Counting, inner: Leases, Locks, Elections, Watch, Cluster, Access);
