//! Finding keys anywhere: a text is typed, and what matches stands below it, from an index of all keys
//! that the runtime reads, keeps current and searches. Only what is listed is held here.
//!
//! The query and the index stay while the view is closed. The index is of what the tree shows: what
//! lies below its root and may be read, now or at the revision that is looked at.

mod act;
mod count;
pub mod order;
pub mod values;

use super::App;
use super::bulk::counted;
use super::connection::Connection;
use super::effect::{CallResult, Effect};
use super::purpose::{Purpose, ViewPurpose};
use super::question::Confirmed;
use super::view::View;
use super::viewport::Cursor;
use crate::domain::find::{Fault, Hit, Hits, IndexState, Mode, Phase, Query};
use crate::domain::size::size;
use crate::domain::text::Field;
use crate::domain::tree::NodeId;
use crate::domain::{KeyRange, Revision, escape};
use crate::store::StoreError;
use order::{FindNews, FindOrder, Indexing, Search};

/// With more keys than this it is asked before all of them are read.
pub const MANY: u64 = 100_000;
/// So many keys are listed; all that match are counted.
pub const LISTED: usize = 1000;
/// What a key takes in the index, about, in bytes; and how many are read in a second.
const MEMORY: u64 = 60;
const RATE: u64 = 100_000;

/// What the view of finding shows, and what stays of it while it is closed.
pub struct Finder {
    /// What is typed.
    pub field: Field,
    /// How it is compared.
    pub mode: Mode,
    /// How far the index is, where there is one.
    pub index: Option<IndexState>,
    /// What is done to have one.
    pub start: Start,
    /// What was found last.
    pub hits: Hits,
    /// What is wrong with what is typed; what was found before stays.
    pub fault: Option<Fault>,
    /// The selected row and the first one shown.
    pub cursor: Cursor,
    /// What the index is of.
    of: Option<Scope>,
    asked: Option<Query>,
    number: u64,
}

/// Which keys an index is of, and as of when.
type Scope = (Vec<KeyRange>, Revision);

/// What is done to have an index.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Start {
    /// Nothing: there is one, or nobody wants one.
    #[default]
    Rests,
    /// The keys are being counted.
    Counting,
    /// There are many, and it was asked whether they are to be read.
    Asked(u64),
    /// The keys could not be counted.
    Failed(StoreError),
    /// There is nothing that may be read.
    Nothing,
}

impl Default for Finder {
    fn default() -> Finder {
        Finder {
            field: Field::new(""),
            mode: Mode::default(),
            index: None,
            start: Start::default(),
            hits: Hits::default(),
            fault: None,
            cursor: Cursor::default(),
            of: None,
            asked: None,
            number: 0,
        }
    }
}

impl Finder {
    /// The selected key.
    pub fn selected(&self) -> Option<&Hit> {
        self.hits.rows.get(self.cursor.selected)
    }

    /// What the index is of.
    pub fn ranges(&self) -> &[KeyRange] {
        self.of.as_ref().map_or(&[], |(ranges, _)| ranges)
    }

    /// The revision that is looked at, where the index is of the past.
    pub fn past(&self) -> Option<Revision> {
        self.of.as_ref().map(|(_, revision)| *revision).filter(|revision| revision.is_some())
    }

    /// What was found anew: the selection stays on its key, or on the first row.
    fn take(&mut self, hits: Hits) {
        let selected = self.selected().map(|hit| hit.key.clone());
        let at = selected
            .filter(|_| self.cursor.selected > 0)
            .and_then(|key| hits.rows.iter().position(|hit| hit.key == key));
        self.cursor.selected = at.unwrap_or(self.cursor.selected);
        self.hits = hits;
    }
}

impl App {
    /// `f` and `:find`: with a text, or with the one before.
    pub(super) fn open_find(&mut self, text: Option<&[u8]>) {
        if let Some(text) = text {
            let text = match self.finder.mode {
                Mode::Fuzzy | Mode::Substring => escape::line(text),
                Mode::Regex => String::from_utf8_lossy(text).into_owned(),
            };
            self.finder.field.set(&text);
        }
        self.open_view(View::Find);
        let has_one = self.finder.index.as_ref().is_some_and(|index| match index.phase {
            Phase::Failed(_) => false,
            Phase::Reading
            | Phase::Stopped
            | Phase::Waiting(_)
            | Phase::Live
            | Phase::Lost(_)
            | Phase::Still(_)
            | Phase::Stale(_) => true,
        });
        if !has_one || self.finder.of.as_ref() != Some(&self.scope()) {
            self.index_anew();
        }
    }

    /// What an index would be of now.
    fn scope(&self) -> Scope {
        (self.readable_of(NodeId::ROOT), self.pinned())
    }

    /// Counts the keys, to ask before many are read.
    pub(super) fn index_anew(&mut self) {
        let (ranges, _) = self.scope();
        if ranges.is_empty() {
            self.finder.start = Start::Nothing;
            return;
        }
        self.give_up(|purpose| matches!(purpose, Purpose::View(ViewPurpose::Count)));
        self.finder.start = Start::Counting;
        self.count(&ranges);
    }

    pub(super) fn on_find_answer(&mut self, purpose: &ViewPurpose, result: CallResult) {
        if *purpose != ViewPurpose::Count {
            return;
        }
        match count::counted(result) {
            Ok(total) if total > MANY => self.ask_to_index(total),
            Ok(total) => self.index(total),
            Err(error) => {
                if error.is_connection() {
                    self.connection_broke(&error);
                }
                self.finder.start = Start::Failed(error);
            }
        }
    }

    fn ask_to_index(&mut self, total: u64) {
        self.finder.start = Start::Asked(total);
        let load = self.settings.limits.load;
        let seconds = total.div_ceil(RATE.min(load.keys_per_second));
        let title = format!("Read {} to find in?", counted(total));
        let lines = vec![
            format!("It takes about {seconds} s, and {} of memory here.", size(total * MEMORY)),
            format!(
                "The server counts at most {} a second for it in the long run, for {} requests at a \
                 time; [limits] sets that.",
                counted(load.keys_per_second),
                load.requests
            ),
            "What is read can be searched at once, and the reading be stopped.".to_owned(),
        ];
        self.question(title, lines, Confirmed::Index(total));
    }

    /// Has all keys read.
    pub(super) fn index(&mut self, total: u64) {
        let (ranges, revision) = self.scope();
        if ranges.is_empty() {
            self.finder.start = Start::Nothing;
            return;
        }
        self.finder.of = Some((ranges.clone(), revision));
        self.finder.start = Start::Rests;
        self.finder.hits = Hits::default();
        self.finder.cursor = Cursor::default();
        self.finder.index =
            Some(IndexState { keys: 0, total, bytes: 0, rate: 0, revision, phase: Phase::Reading });
        let load = self.settings.limits.load;
        let indexing = Indexing { ranges, revision, total, load };
        self.effects.push(Effect::Find(FindOrder::Index(indexing)));
        self.redraw = true;
    }

    pub(super) fn on_find(&mut self, news: FindNews) {
        let shown = matches!(self.view, Some(View::Find));
        match news {
            FindNews::Index(state) => {
                self.redraw |= shown && self.finder.index.as_ref() != Some(&state);
                self.finder.index = Some(state);
            }
            FindNews::Hits(number, hits) if number == self.finder.number => {
                self.redraw |= shown && self.finder.hits != hits;
                self.finder.take(hits);
            }
            FindNews::Fault(number, fault) if number == self.finder.number => {
                self.redraw |= shown;
                self.finder.fault = Some(fault);
            }
            // Of a query before.
            FindNews::Hits(..) | FindNews::Fault(..) => {}
        }
    }

    /// After every message: what is typed is looked for.
    pub(super) fn settle_find(&mut self) {
        let height = usize::from(self.viewport.view.height);
        let online = self.connection.now == Connection::Online;
        if online && matches!(&self.finder.start, Start::Failed(error) if error.is_connection()) {
            self.index_anew();
        }
        let finder = &mut self.finder;
        let query = Query { mode: finder.mode, text: finder.field.text().to_owned() };
        if finder.asked.as_ref() != Some(&query) {
            finder.number += 1;
            if finder.asked.is_some() {
                finder.cursor = Cursor::default();
            }
            finder.asked = Some(query.clone());
            finder.fault = None;
            let search = Search { number: finder.number, query, most: LISTED };
            self.effects.push(Effect::Find(FindOrder::Search(search)));
        }
        self.finder.cursor.settle(self.finder.hits.rows.len(), height);
    }

    /// The view is closed: nothing is looked for. The index stays, and is kept current.
    pub(super) fn rest_find(&mut self) {
        self.finder.asked = None;
        if self.finder.start == Start::Counting {
            self.finder.start = Start::Rests;
        }
        self.effects.push(Effect::Find(FindOrder::Rest));
    }
}
