//! Running a transaction: what is asked before, what is sent, and what came of it.
//!
//! Sent is what was written and nothing else. When its compares failed, they are read afterwards, at
//! the revision they were compared at, to say which one it was.

use super::outline::{self, outline};
use super::reading::is_always_refused;
use crate::app::App;
use crate::app::dialog::Confirmed;
use crate::app::effect::{Answer, Call, CallResult};
use crate::app::purpose::{ComposerPurpose, Purpose};
use crate::domain::Revision;
use crate::domain::txn::{
    Compare, Op, OpResponse, RangeRequest, RangeResponse, Target, TxnRequest, TxnResponse,
};
use crate::domain::txn_text::{LIMIT_OPS, Verdict, describe, explain};
use crate::store::StoreError;

/// The keys of an interval that are read to find the one that failed.
const READ: i64 = 100;

/// What came of the last transaction that was run.
#[derive(Debug, Default)]
pub enum Run {
    /// None was run.
    #[default]
    None,
    /// Sent, not answered yet.
    Running {
        /// What was sent.
        request: TxnRequest,
        /// The revision of the text it was.
        text: u64,
    },
    /// Answered.
    Answered(Box<Answered>),
    /// Not done, as far as that is known.
    Failed {
        /// Whether it may have been done all the same.
        outcome: Outcome,
        /// Why, not yet made safe.
        error: StoreError,
        /// The revision of the text it was.
        text: u64,
    },
}

/// Whether a transaction without an answer was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Certainly not.
    NotDone,
    /// Nobody here knows: it was sent, and no answer came.
    Unknown,
}

/// A transaction and its answer.
#[derive(Debug)]
pub struct Answered {
    /// What was sent.
    pub request: TxnRequest,
    /// What came back.
    pub response: TxnResponse,
    /// Why the compares failed, where they did.
    pub why: Why,
    /// The revision of the text it was.
    text: u64,
}

/// Why compares failed.
#[derive(Debug, PartialEq)]
pub enum Why {
    /// They held, or there were none.
    NothingToTell,
    /// Being read.
    Reading,
    /// What was there: a verdict for each compare, as far as they were read.
    Known(Vec<Verdict>),
    /// It could not be read.
    Unreadable(StoreError),
}

impl Run {
    /// The revision of the text that was run.
    pub(super) fn text_revision(&self) -> Option<u64> {
        match self {
            Run::None => None,
            Run::Running { text, .. } | Run::Failed { text, .. } => Some(*text),
            Run::Answered(answered) => Some(answered.text),
        }
    }
}

impl App {
    /// Ctrl-r: says what will be sent, and asks.
    pub(super) fn look_before_run(&mut self) {
        self.composer.read();
        if matches!(self.composer.run, Run::Running { .. }) {
            return self.complain("a transaction is being run; its answer comes first");
        }
        let reading = &self.composer.reading;
        if let Some(error) = &reading.error {
            let (line, column) = (error.line - 1, error.column - 1);
            let text = error.to_string();
            self.composer.buffer.set_cursor(line, column);
            return self.complain(text);
        }
        if reading.request == TxnRequest::default() {
            return self.say("there is nothing to run yet");
        }
        if let Some(problem) = reading.refused() {
            let text = format!("not sent: {problem}");
            return self.complain(text);
        }
        let request = reading.request.clone();
        if !request.is_read_only() && self.refuses_to_write() {
            return;
        }
        let reading = &self.composer.reading;
        let doubts = reading.problems.iter().filter(|problem| !is_always_refused(problem));
        let mut lines: Vec<String> = doubts.map(|problem| format!("! {problem}")).collect();
        if !lines.is_empty() {
            // A lease may have been granted since; the next look is a fresh one.
            self.composer.asked_about.clear();
        }
        lines.extend(outline(&request).iter().map(outline::Line::indented));
        let title = if request.is_read_only() {
            "Run this transaction? It only reads".to_owned()
        } else {
            format!("Run this transaction? {}", counted(self.composer.reading.writes()))
        };
        self.question(title, lines, Confirmed::Txn(request));
    }

    pub(in crate::app) fn send_txn(&mut self, request: TxnRequest) {
        if self.rehearsing {
            return self.show_lines_as_etcdctl(self.settings.etcdctl.txn(&request));
        }
        let text = self.composer.buffer.revision();
        self.composer.run = Run::Running { request: request.clone(), text };
        self.composer.scroll = 0;
        // What explains the one before would be taken for an explanation of this one.
        self.tickets.forget(|p| *p == Purpose::Composer(ComposerPurpose::Explain));
        self.ask(Purpose::Composer(ComposerPurpose::Run), None, Call::Txn(request));
    }

    pub(super) fn on_txn_run(&mut self, result: CallResult) {
        let Run::Running { request, text, .. } = std::mem::take(&mut self.composer.run) else {
            return;
        };
        match result {
            Ok(Answer::Txn(response)) => self.on_txn_answer(request, response, text),
            Ok(_) => {}
            Err(error) => {
                if error.is_connection() {
                    self.connection_broke(&error);
                }
                let unknown = error.outcome_unknown() && !request.is_read_only();
                let outcome = if unknown { Outcome::Unknown } else { Outcome::NotDone };
                self.complain(match outcome {
                    Outcome::Unknown => App::write_failed("", &error),
                    Outcome::NotDone => format!("the transaction was not done: {error}"),
                });
                self.composer.run = Run::Failed { outcome, error, text };
            }
        }
    }

    fn on_txn_answer(&mut self, request: TxnRequest, response: TxnResponse, text: u64) {
        self.seen(response.revision);
        let revision = response.revision;
        let failed = !response.succeeded && !request.compares.is_empty();
        self.say(match (failed, request.failure.is_empty()) {
            (false, _) => format!("the transaction succeeded, revision {revision}"),
            (true, true) => "a compare failed: nothing was done".to_owned(),
            (true, false) => format!("a compare failed: the else part was done, {revision}"),
        });
        let why = if failed { Why::Reading } else { Why::NothingToTell };
        if failed {
            // The compares saw the store as it was before the else part wrote to it.
            let wrote = i64::from(has_written(&response));
            let reads = reads(&request.compares, Revision(revision.0 - wrote));
            self.ask(Purpose::Composer(ComposerPurpose::Explain), None, Call::Txn(reads));
        }
        let answered = Answered { request, response, why, text };
        self.composer.run = Run::Answered(Box::new(answered));
    }

    pub(super) fn on_txn_explained(&mut self, result: CallResult) {
        let Run::Answered(answered) = &mut self.composer.run else { return };
        // An answer that is about the transaction before this one explains nothing.
        if answered.why != Why::Reading {
            return;
        }
        answered.why = match result {
            Ok(Answer::Txn(response)) => {
                let present: Vec<RangeResponse> =
                    response.responses.into_iter().filter_map(read).collect();
                Why::Known(explain(&answered.request.compares, &present))
            }
            Ok(_) => return,
            Err(error) => Why::Unreadable(error),
        };
        let failed = |verdict: &&Verdict| verdict.held == crate::domain::txn_text::Held::No;
        if let Why::Known(verdicts) = &answered.why
            && let Some(verdict) = verdicts.iter().find(failed)
        {
            let text = verdict.text.clone();
            self.say(text);
        }
    }
}

/// Reads what compares are about, as it was at a revision.
fn reads(compares: &[Compare], revision: Revision) -> TxnRequest {
    let read = |compare: &Compare| {
        let request = RangeRequest::new(compare.range.clone()).limit(READ).at(revision);
        match compare.target {
            // Values may be large, and from 3.7 on leases come only with them.
            Target::Value(_) | Target::Lease(_) => Op::Range(request),
            Target::Version(_) | Target::Create(_) | Target::Mod(_) => {
                Op::Range(request.keys_only())
            }
        }
    };
    let success = compares.iter().take(LIMIT_OPS).map(read).collect();
    TxnRequest { success, ..TxnRequest::default() }
}

fn read(response: OpResponse) -> Option<RangeResponse> {
    match response {
        OpResponse::Range(read) => Some(read),
        OpResponse::Put(_) | OpResponse::Delete(_) | OpResponse::Txn(_) => None,
    }
}

/// Whether a transaction made a revision.
fn has_written(response: &TxnResponse) -> bool {
    response.responses.iter().any(|response| match response {
        OpResponse::Range(_) => false,
        OpResponse::Put(_) => true,
        OpResponse::Delete(delete) => delete.deleted > 0,
        OpResponse::Txn(inner) => has_written(inner),
    })
}

fn counted(writes: usize) -> String {
    if writes == 1 { "1 operation writes".to_owned() } else { format!("{writes} operations write") }
}

/// One answer in lines: the first says what it is, the others name the entries.
pub fn answer_lines(op: Option<&Op>, response: &OpResponse) -> Vec<String> {
    /// More are not read in a pane.
    const SHOWN: usize = 100;
    let mut lines = vec![describe::response(response)];
    let (entries, keys_only) = match (op, response) {
        (Some(Op::Range(request)), OpResponse::Range(read)) => {
            (read.entries.as_slice(), request.keys_only)
        }
        (_, OpResponse::Range(read)) => (read.entries.as_slice(), false),
        (_, OpResponse::Put(put)) => (put.previous.as_slice(), false),
        (_, OpResponse::Delete(delete)) => (delete.previous.as_slice(), false),
        (_, OpResponse::Txn(_)) => return lines,
    };
    let is_read = matches!(response, OpResponse::Range(_));
    if is_read && entries.len() == 1 && !keys_only {
        return lines;
    }
    if let ([entry], true) = (entries, keys_only) {
        return vec![format!("{} at revision {}", entry.key, entry.mod_revision)];
    }
    for entry in entries.iter().take(SHOWN) {
        let was = if is_read { "" } else { "was " };
        lines.push(if keys_only {
            format!("  {} at revision {}", entry.key, entry.mod_revision)
        } else {
            format!("  {was}{} = {}", entry.key, describe::value(&entry.value))
        });
    }
    if entries.len() > SHOWN {
        lines.push(format!("  … and {} more", entries.len() - SHOWN));
    }
    lines
}
