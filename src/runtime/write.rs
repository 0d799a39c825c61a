//! The writes of the screen: made, and recorded in the journal at this one place.

use std::time::SystemTime;

use tokio::sync::mpsc;

use crate::app::effect::{Answer, CallResult};
use crate::app::message::Message;
use crate::domain::change::To;
use crate::domain::journal::{Before, JournalLine, Written};
use crate::domain::lease::LeaseStatus;
use crate::domain::txn::{Op, OpResponse, RangeRequest, TxnRequest};
use crate::domain::{Entry, Key, LeaseId, Revision};
use crate::journal::{self, Journal};
use crate::store::{ErrorKind, Kv, Leases, ReadOnly, StoreError};

/// How many keys are read or recorded at once: half of what etcd takes in a transaction unless told
/// otherwise.
const AT_ONCE: usize = 64;

/// What writes go through.
#[derive(Clone)]
pub(super) struct Writer {
    pub(super) store: ReadOnly,
    pub(super) journal: Journal,
    pub(super) inbox: mpsc::Sender<Message>,
}

/// A write on its way. When it is given up, because the program ends, it is recorded as one of which
/// nobody knows what became.
struct Sent {
    journal: Journal,
    what: String,
    written: Vec<Written>,
}

impl Sent {
    /// It was answered.
    fn arrived(mut self) -> (String, Vec<Written>) {
        (std::mem::take(&mut self.what), std::mem::take(&mut self.written))
    }

    fn lost(mut self) -> JournalLine {
        self.record_as_unknown()
    }

    fn record_as_unknown(&mut self) -> JournalLine {
        let mut recording = self.journal.begin(std::mem::take(&mut self.what), None);
        recording.add_unknown(std::mem::take(&mut self.written), SystemTime::now())
    }
}

impl Drop for Sent {
    fn drop(&mut self) {
        // Empty after an answer.
        if !self.what.is_empty() {
            self.record_as_unknown();
        }
    }
}

impl Writer {
    /// Runs a transaction that may write.
    pub(super) async fn txn(&self, request: TxnRequest) -> CallResult {
        let (what, written) = (journal::describe_sent(&request), journal::as_sent(&request));
        let sent = Sent { journal: self.journal.clone(), what, written };
        let (result, written) = journal::record_txn(&self.store, request.clone()).await;
        match &result {
            Ok(answer) => {
                sent.arrived();
                if !written.is_empty() || journal::unnamed(answer, &written) > 0 {
                    let what = journal::describe(&request, answer, &written);
                    self.record(what, written).await;
                }
            }
            Err(error) => self.failed(sent, error).await,
        }
        result.map(Answer::Txn)
    }

    /// Revokes a lease. Its keys and what they hold are read first, so they are recorded as they were
    /// right before; what is written to them or attached in between is not seen.
    pub(super) async fn revoke(&self, id: LeaseId) -> CallResult {
        let status = match self.store.lease_time_to_live(id, true).await {
            Ok(status) => status,
            Err(error) if error.kind == ErrorKind::PermissionDenied => None,
            Err(error) => return Err(error.during("nothing was revoked")),
        };
        let written = match status {
            Some(status) => self.keys_of(status).await?,
            None => Vec::new(),
        };
        let what = format!("revoke lease {id}");
        let sent = Sent { journal: self.journal.clone(), what, written };
        match self.store.lease_revoke(id).await {
            Ok(revision) => {
                let (what, mut written) = sent.arrived();
                for written in &mut written {
                    written.revision = revision;
                }
                if !written.is_empty() {
                    self.record(what, written).await;
                }
                Ok(Answer::Revoked)
            }
            Err(error) => {
                self.failed(sent, &error).await;
                Err(error)
            }
        }
    }

    /// The keys of a lease as deletes at no revision yet.
    async fn keys_of(&self, status: LeaseStatus) -> Result<Vec<Written>, StoreError> {
        let mut written = Vec::new();
        for keys in status.keys.chunks(AT_ONCE) {
            for (key, before) in self.look(keys).await? {
                // What hangs on another lease by now, or is gone, stays.
                let gone = match &before {
                    Before::Absent => false,
                    Before::Entry(entry) => entry.lease == status.id,
                    Before::Unknown => true,
                };
                if gone {
                    let (after, revision) = (To::Deleted, Revision::NONE);
                    written.push(Written { key, before, after, revision });
                }
            }
        }
        Ok(written)
    }

    /// Keys as they are now, at one revision; where one of them may not be read, one by one.
    async fn look(&self, keys: &[Key]) -> Result<Vec<(Key, Before)>, StoreError> {
        let get = |key: &Key| Op::Range(RangeRequest::get(key.clone()));
        let success = keys.iter().map(get).collect();
        match self.store.txn(TxnRequest { success, ..TxnRequest::default() }).await {
            Ok(answer) => {
                Ok(keys.iter().cloned().zip(answer.responses.into_iter().map(found)).collect())
            }
            // Or the server takes fewer operations at once.
            Err(error)
                if matches!(error.kind, ErrorKind::PermissionDenied | ErrorKind::Invalid) =>
            {
                let mut looked = Vec::new();
                for key in keys {
                    let before = match self.store.range(RangeRequest::get(key.clone())).await {
                        Ok(answer) => before(answer.entries),
                        Err(error) if error.kind == ErrorKind::PermissionDenied => Before::Unknown,
                        Err(error) => return Err(error.during("nothing was revoked")),
                    };
                    looked.push((key.clone(), before));
                }
                Ok(looked)
            }
            Err(error) => Err(error.during("nothing was revoked")),
        }
    }

    async fn failed(&self, sent: Sent, error: &StoreError) {
        if error.outcome_unknown() {
            self.tell(sent.lost()).await;
        } else {
            sent.arrived();
        }
    }

    async fn record(&self, what: String, written: Vec<Written>) {
        let now = SystemTime::now();
        let mut recording = self.journal.begin(what, None);
        let mut line = None;
        let mut rest = written.into_iter().peekable();
        while line.is_none() || rest.peek().is_some() {
            line = Some(recording.add(rest.by_ref().take(AT_ONCE).collect(), now));
        }
        if let Some(line) = line {
            self.tell(line).await;
        }
    }

    async fn tell(&self, line: JournalLine) {
        // The loop has ended when nobody receives.
        let _ = self.inbox.send(Message::Journaled(line)).await;
    }
}

fn found(response: OpResponse) -> Before {
    match response {
        OpResponse::Range(answer) => before(answer.entries),
        // No store answers a read with anything else.
        OpResponse::Put(_) | OpResponse::Delete(_) | OpResponse::Txn(_) => Before::Unknown,
    }
}

fn before(entries: Vec<Entry>) -> Before {
    entries.into_iter().next().map_or(Before::Absent, Before::Entry)
}
