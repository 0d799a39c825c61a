//! How many keys there are, before they are read.

use crate::app::App;
use crate::app::effect::{Answer, Call, CallResult};
use crate::app::purpose::{Purpose, ViewPurpose};
use crate::domain::KeyRange;
use crate::domain::txn::{Op, OpResponse, RangeRequest, TxnRequest};
use crate::store::{ErrorKind, StoreError};

/// Ranges that are counted at most: etcd takes 128 operations at once. The number is for a question.
const RANGES: usize = 100;

impl App {
    /// Asks how many keys some ranges hold, for the open view.
    pub(super) fn count(&mut self, ranges: &[KeyRange]) {
        let revision = self.pinned();
        let serializable = !revision.is_some();
        let request = |range: &KeyRange| RangeRequest {
            serializable,
            ..RangeRequest::new(range.clone()).count_only().at(revision)
        };
        let call = match ranges {
            [range] => Call::Range(request(range)),
            ranges => Call::Txn(TxnRequest {
                success: ranges
                    .iter()
                    .take(RANGES)
                    .map(|range| Op::Range(request(range)))
                    .collect(),
                ..TxnRequest::default()
            }),
        };
        self.ask(Purpose::View(ViewPurpose::Count), None, call);
        self.redraw = true;
    }
}

/// The number that was answered.
pub(super) fn counted(result: CallResult) -> Result<u64, StoreError> {
    let counts = match result? {
        Answer::Range(answer) => vec![answer.count],
        Answer::Txn(answer) => answer
            .responses
            .iter()
            .filter_map(|response| match response {
                OpResponse::Range(range) => Some(range.count),
                OpResponse::Put(_) | OpResponse::Delete(_) | OpResponse::Txn(_) => None,
            })
            .collect(),
        _ => return Err(StoreError::new(ErrorKind::BadAnswer, "this is no count")),
    };
    Ok(counts.into_iter().map(|count| count.max(0) as u64).sum())
}
