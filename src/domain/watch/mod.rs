//! The log of what watches told: a ring of bounded size, with pause, filter and counters.
//!
//! While paused the rows stand still: what arrives waits in a second ring of the same bounds, so
//! memory stays within twice the limits whatever the flood. What is pushed out is counted, and what
//! is pushed out without ever having been shown is counted by itself.

mod fault;
mod found;
mod known;
mod rate;
mod record;
mod sequence;

use std::collections::VecDeque;
use std::ops::Range;
use std::time::SystemTime;

use super::{Event, EventKind, Key, Revision, escape};

pub use fault::{Fault, FaultKind};
pub use found::{Found, FoundKind, Gone, Listed, Replaced};
pub use known::{Against, BYTES, KEYS, Known, Looking, NAMED};
pub use rate::Rate;
pub use record::json_line;
pub use sequence::{Checked, Sequence};

/// What a line costs besides what it says, roughly.
const LINE: usize = 64;

/// What a line of the log says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Logged {
    /// Something happened to a key.
    Event(Event),
    /// Revisions that were compacted before they could be told, both included.
    Gap {
        /// The first one missing.
        from: Revision,
        /// The last one missing.
        to: Revision,
    },
    /// A server broke a promise; the watch was opened anew.
    Fault(Fault),
    /// The store is another one than before.
    Replaced(Replaced),
    /// The keys were listed after a gap: what the lines of kind [`Logged::Found`] behind it sum up to.
    Listed(Listed),
    /// What that listing found of a key: a difference, no event.
    Found(Found),
    /// Something about the watch itself, for people: that it was lost, that it goes on.
    Note(String),
}

/// A line of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLine {
    /// Its number: grows by one with each line and is never used again.
    pub id: u64,
    /// When it was received.
    pub time: SystemTime,
    /// Which watch it is of.
    pub watch: u32,
    /// What it says.
    pub what: Logged,
}

impl LogLine {
    /// The event, if it is one.
    pub fn event(&self) -> Option<&Event> {
        match &self.what {
            Logged::Event(event) => Some(event),
            Logged::Gap { .. }
            | Logged::Fault(_)
            | Logged::Replaced(_)
            | Logged::Listed(_)
            | Logged::Found(_)
            | Logged::Note(_) => None,
        }
    }

    /// The key it is about: of an event, or of what a listing found.
    pub fn key(&self) -> Option<&Key> {
        match &self.what {
            Logged::Event(event) => Some(&event.entry.key),
            Logged::Found(found) => Some(&found.key),
            Logged::Gap { .. }
            | Logged::Fault(_)
            | Logged::Replaced(_)
            | Logged::Listed(_)
            | Logged::Note(_) => None,
        }
    }

    /// What it says as a sentence, escaped; nothing for an event, which has columns of its own.
    pub fn sentence(&self) -> Option<String> {
        Some(match &self.what {
            Logged::Event(_) => return None,
            Logged::Gap { from, to } => {
                format!("revisions {from} to {to} were compacted, not shown")
            }
            Logged::Fault(fault) => format!("fault: {fault}"),
            Logged::Replaced(replaced) => replaced.to_string(),
            Logged::Listed(listed) => listed.to_string(),
            Logged::Found(found) => {
                format!("found {} by a listing, no event: {}", found.kind.word(), found.key)
            }
            Logged::Note(text) => escape::message(text),
        })
    }

    /// The value the event tells of: the new one, of a delete the one that was there.
    pub fn value(&self) -> Option<&[u8]> {
        let event = self.event()?;
        let entry = match event.kind {
            EventKind::Put => Some(&event.entry),
            EventKind::Delete => event.previous.as_ref(),
        };
        entry.map(|entry| entry.value.as_slice())
    }

    /// The bytes it is taken to cost.
    fn size(&self) -> usize {
        LINE + match &self.what {
            Logged::Event(event) => event.size(),
            Logged::Gap { .. } | Logged::Replaced(_) | Logged::Listed(_) => 0,
            Logged::Fault(fault) => fault.key.as_bytes().len(),
            Logged::Found(found) => found.key.as_bytes().len(),
            Logged::Note(text) => text.len(),
        }
    }
}

/// The bounds of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Lines at most.
    pub lines: usize,
    /// Bytes of keys, values and lines at most; the newest line is kept however large it is.
    pub bytes: usize,
}

impl Default for Limits {
    /// 10,000 lines and 16 MiB.
    fn default() -> Limits {
        Limits { lines: 10_000, bytes: 16 << 20 }
    }
}

/// Whether new lines are shown as they come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flow {
    /// They are.
    #[default]
    Live,
    /// The rows stand still and new lines wait.
    Paused,
}

/// The log of all watches.
#[derive(Clone, Debug, Default)]
pub struct WatchLog {
    limits: Limits,
    next_id: u64,
    flow: Flow,
    shown: Ring,
    waiting: Ring,
    dropped: u64,
    missed: u64,
    filter: String,
    /// The lines of `shown` that pass the filter; empty while there is none.
    passing: VecDeque<u64>,
}

impl WatchLog {
    /// An empty log.
    pub fn new(limits: Limits) -> WatchLog {
        WatchLog { limits, ..WatchLog::default() }
    }

    /// Adds a line and answers with its number. Takes constant time.
    pub fn push(&mut self, time: SystemTime, watch: u32, what: Logged) -> u64 {
        let id = self.next_id;
        self.next_id += 1;
        let line = LogLine { id, time, watch, what };
        match self.flow {
            Flow::Live => self.show(line),
            Flow::Paused => {
                self.waiting.push(line);
                while self.waiting.trim(self.limits).is_some() {
                    self.missed += 1;
                }
            }
        }
        id
    }

    fn show(&mut self, line: LogLine) {
        if !self.filter.is_empty() && passes(&line, &self.filter) {
            self.passing.push_back(line.id);
        }
        self.shown.push(line);
        while let Some(oldest) = self.shown.trim(self.limits) {
            self.dropped += 1;
            if self.passing.front() == Some(&oldest.id) {
                self.passing.pop_front();
            }
        }
    }

    /// Lets the rows stand still.
    pub fn pause(&mut self) {
        self.flow = Flow::Paused;
    }

    /// Shows what waited and what comes.
    pub fn resume(&mut self) {
        self.flow = Flow::Live;
        for line in std::mem::take(&mut self.waiting).lines {
            self.show(line);
        }
    }

    /// Whether the rows stand still.
    pub fn flow(&self) -> Flow {
        self.flow
    }

    /// How many lines wait for the end of the pause.
    pub fn waiting(&self) -> usize {
        self.waiting.lines.len()
    }

    /// Throws every line away, those that wait too, and begins to count anew. Pause and filter stay.
    pub fn clear(&mut self) {
        self.shown = Ring::default();
        self.waiting = Ring::default();
        self.passing.clear();
        (self.dropped, self.missed) = (0, 0);
    }

    /// How many shown lines left the log to make room.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// How many lines left the log during a pause, without ever having been shown.
    pub fn missed(&self) -> u64 {
        self.missed
    }

    /// Shows only lines whose key (as displayed) or note holds this text; gaps, faults and what sums
    /// up a listing are always shown.
    /// Without an upper case letter in it, case does not matter. An empty text shows everything.
    pub fn set_filter(&mut self, text: &str) {
        text.clone_into(&mut self.filter);
        self.passing.clear();
        if !text.is_empty() {
            let lines = self.shown.lines.iter();
            self.passing.extend(lines.filter(|line| passes(line, text)).map(|line| line.id));
        }
    }

    /// The text that lines are filtered by.
    pub fn filter(&self) -> &str {
        &self.filter
    }

    /// How many rows there are to show: filtered, without those that wait.
    pub fn len(&self) -> usize {
        if self.filter.is_empty() { self.shown.lines.len() } else { self.passing.len() }
    }

    /// Whether there is no row to show.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A row, the oldest being 0.
    pub fn row(&self, index: usize) -> Option<&LogLine> {
        if self.filter.is_empty() {
            self.shown.lines.get(index)
        } else {
            self.shown.get(*self.passing.get(index)?)
        }
    }

    /// The rows in a window, as far as there are any.
    pub fn window(&self, rows: Range<usize>) -> impl DoubleEndedIterator<Item = &LogLine> {
        let end = rows.end.min(self.len());
        (rows.start.min(end)..end).filter_map(|index| self.row(index))
    }

    /// At which row a line is: where the cursor belongs after rows before it were dropped.
    pub fn position(&self, id: u64) -> Option<usize> {
        if self.filter.is_empty() {
            self.shown.index(id)
        } else {
            self.passing.binary_search(&id).ok()
        }
    }

    /// A line by its number, filtered out or waiting too.
    pub fn get(&self, id: u64) -> Option<&LogLine> {
        self.shown.get(id).or_else(|| self.waiting.get(id))
    }

    /// Every line there is, the oldest first: filtered out and waiting ones too.
    pub fn all(&self) -> impl Iterator<Item = &LogLine> {
        self.shown.lines.iter().chain(&self.waiting.lines)
    }

    /// The bytes all lines are taken to cost.
    pub fn bytes(&self) -> usize {
        self.shown.bytes + self.waiting.bytes
    }
}

/// Whether a line passes a filter.
fn passes(line: &LogLine, filter: &str) -> bool {
    let holds = |text: &str| {
        if filter.chars().any(char::is_uppercase) {
            text.contains(filter)
        } else {
            text.to_lowercase().contains(filter)
        }
    };
    match &line.what {
        Logged::Event(event) => holds(&escape::line(event.entry.key.as_bytes())),
        Logged::Found(found) => holds(&escape::line(found.key.as_bytes())),
        Logged::Gap { .. } | Logged::Fault(_) | Logged::Replaced(_) | Logged::Listed(_) => true,
        Logged::Note(text) => holds(text),
    }
}

/// Lines in order of their numbers. The numbers rise, though not always by one: those that were
/// pushed out during a pause are missing.
#[derive(Clone, Debug, Default)]
struct Ring {
    lines: VecDeque<LogLine>,
    bytes: usize,
}

impl Ring {
    fn push(&mut self, line: LogLine) {
        self.bytes += line.size();
        self.lines.push_back(line);
    }

    /// Takes the oldest line out, if there are too many or they are too large.
    fn trim(&mut self, limits: Limits) -> Option<LogLine> {
        let over = self.lines.len() > limits.lines || self.bytes > limits.bytes;
        if !over || self.lines.len() <= 1 {
            return None;
        }
        let oldest = self.lines.pop_front()?;
        self.bytes -= oldest.size();
        Some(oldest)
    }

    fn index(&self, id: u64) -> Option<usize> {
        self.lines.binary_search_by_key(&id, |line| line.id).ok()
    }

    fn get(&self, id: u64) -> Option<&LogLine> {
        self.lines.get(self.index(id)?)
    }
}
