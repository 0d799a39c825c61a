//! How many keys the directories in view have: asked for when the list rests, after everything else.

use std::time::Duration;

use super::App;
use super::effect::{Answer, Call, CallResult, Slot};
use super::purpose::Purpose;
use crate::domain::KeyRange;
use crate::domain::load::Urgency;
use crate::domain::tree::{NodeId, RowKind};
use crate::domain::txn::{Op, OpResponse, RangeRequest, TxnRequest};
use crate::store::ErrorKind;

/// How long to wait before directories are counted again, when that failed.
const COUNT_AGAIN: Duration = Duration::from_secs(10);
/// How many directories are counted in one request.
const COUNTS: usize = 32;

impl App {
    /// Counts the directories in view, all in one request of the lowest priority.
    pub(super) fn read_counts(&mut self) {
        let height = usize::from(self.viewport.keys.height);
        // A directory of which several ranges may be read is there once for each of them, and counted at
        // once or not at all.
        let due = self.due_counts(height).take(COUNTS);
        let parts: Vec<(NodeId, KeyRange)> = due
            .flat_map(|dir| self.readable_of(dir).into_iter().map(move |range| (dir, range)))
            .collect();
        let fits = (0..=parts.len().min(self.keys.asks))
            .rev()
            .find(|at| *at == 0 || *at == parts.len() || parts[*at].0 != parts[*at - 1].0)
            .unwrap_or(0);
        let (dirs, ranges): (Vec<NodeId>, Vec<KeyRange>) = parts.into_iter().take(fits).unzip();
        if dirs.is_empty() || self.tickets.awaits(|purpose| matches!(purpose, Purpose::Counts(_))) {
            return;
        }
        if !self.meter.allows(Urgency::Idle, self.now) {
            // When all else is done, it comes here again.
            let free = self.meter.free_at(Urgency::Idle, self.now);
            self.keys.counts_from = self.keys.counts_from.max(free);
            return;
        }
        self.meter.sent();
        let pinned = self.pinned();
        let count = |range: KeyRange| {
            let request = RangeRequest::new(range).count_only().at(pinned);
            Op::Range(RangeRequest { serializable: !pinned.is_some(), ..request })
        };
        let success = ranges.into_iter().map(count).collect();
        let txn = TxnRequest { success, ..TxnRequest::default() };
        self.ask(Purpose::Counts(dirs), Some(Slot::Counts), Call::Txn(txn));
    }

    /// The directories whose number of keys is wanted: those in view, and those perhaps empty.
    pub(super) fn due_counts(&self, height: usize) -> impl Iterator<Item = NodeId> {
        let keys = &self.keys;
        let readable = !self.past.is_some_and(|past| past.compacted);
        // While counts change faster than they are read none is asked for.
        let online = !self.connection.is_stale() && readable && !keys.too_fast;
        let rows = keys.tree.rows().iter().skip(keys.cursor.top).take(height);
        let in_view = rows.filter_map(|row| match row.kind {
            RowKind::Node(id) => Some(id),
            _ => None,
        });
        let wanted = in_view.chain(keys.recount.iter().copied());
        wanted.filter(move |id| online && keys.tree.count_due(*id) && self.may_count(*id))
    }

    /// Counts of which none is in view any more are not waited for.
    pub(super) fn drop_counts(&mut self) {
        if !self.tickets.awaits(|purpose| matches!(purpose, Purpose::Counts(_))) {
            return;
        }
        let height = usize::from(self.viewport.keys.height);
        let due: Vec<NodeId> = self.due_counts(height).collect();
        self.stop_reading(|purpose| {
            matches!(purpose, Purpose::Counts(dirs) if !dirs.iter().any(|dir| due.contains(dir)))
        });
    }

    pub(super) fn on_counts(&mut self, dirs: Vec<NodeId>, result: CallResult) {
        let answer = match result {
            Ok(Answer::Txn(answer)) => answer,
            Ok(_) => return self.meter.ended(0, self.now),
            Err(error) => {
                self.meter.ended(0, self.now);
                if self.asks_too_much(&error) {
                    // What is due is counted when the list rests.
                    return;
                }
                // A count is a courtesy: without it the row shows none. Asked again some time, since a
                // refusal would be repeated.
                self.keys.counts_from = self.now + COUNT_AGAIN;
                if error.is_connection() {
                    self.connection_broke(&error);
                }
                if matches!(error.kind, ErrorKind::Compacted { .. }) {
                    self.past_is_compacted();
                }
                return;
            }
        };
        let at = self.past.map_or(answer.revision, |past| past.revision);
        let counted = answer.responses.iter().map(|response| match response {
            OpResponse::Range(range) => range.count,
            _ => 0,
        });
        self.meter.ended(counted.sum(), self.now);
        let mut counts: Vec<(NodeId, i64)> = Vec::new();
        for (dir, response) in dirs.into_iter().zip(answer.responses) {
            let OpResponse::Range(range) = response else { continue };
            match counts.last_mut() {
                Some((last, count)) if *last == dir => *count += range.count,
                _ => counts.push((dir, range.count)),
            }
        }
        for (dir, count) in counts {
            self.keys.recount.remove(&dir);
            let applied = self.keys.tree.set_count(dir, count, at);
            self.applied(applied);
        }
    }
}
