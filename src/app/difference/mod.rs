//! The view of what became of a prefix since a revision.

mod act;

use std::collections::BTreeSet;

use super::App;
use super::connection::Connection;
use super::effect::{Answer, CallResult, Effect};
use super::filter::Filter;
use super::load::Load;
use super::purpose::{Purpose, ViewPurpose};
use super::ticket::Ticket;
use super::viewport::Cursor;
use crate::domain::difference::{DiffRow, Difference};
use crate::domain::txn::OpResponse;
use crate::domain::{Key, KeyRange, Revision};
use crate::store::{ErrorKind, StoreError};

/// What the view of a difference shows.
pub struct DifferenceView {
    /// The prefix.
    pub prefix: Key,
    /// Since when.
    pub then: Revision,
    /// What was found.
    pub found: Load<Difference>,
    /// How many keys were read so far, of both revisions.
    pub looked: u64,
    /// The rows that the filter leaves, by their number.
    pub rows: Vec<usize>,
    /// The selected row and the first one shown.
    pub cursor: Cursor,
    /// The marked rows, by their number.
    pub marked: BTreeSet<usize>,
    /// What the rows are filtered by.
    pub filter: Option<Filter>,
    /// The filter the rows were made with; none when they are old.
    made_with: Option<String>,
}

impl DifferenceView {
    pub(super) fn new(prefix: Key, then: Revision) -> DifferenceView {
        DifferenceView {
            prefix,
            then,
            found: Load::Loading,
            looked: 0,
            rows: Vec::new(),
            cursor: Cursor::default(),
            marked: BTreeSet::new(),
            filter: None,
            made_with: None,
        }
    }

    /// A row of those the filter leaves, and whether it is marked.
    pub fn row(&self, index: usize) -> Option<(&DiffRow, bool)> {
        let number = *self.rows.get(index)?;
        Some((self.found.ready()?.rows.get(number)?, self.marked.contains(&number)))
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&DiffRow> {
        self.row(self.cursor.selected).map(|(row, _)| row)
    }

    /// Makes the rows anew where the filter changed.
    fn refresh(&mut self) {
        let Load::Ready(found) = &self.found else { return };
        let filter = self.filter.as_ref().and_then(Filter::text).unwrap_or_default();
        if self.made_with.as_deref() == Some(filter) {
            return;
        }
        let text = filter.to_lowercase();
        let has = |row: &DiffRow| row.key.to_string().to_lowercase().contains(&text);
        let rows = found.rows.iter().enumerate().filter(|(_, row)| has(row));
        self.rows = rows.map(|(number, _)| number).collect();
        self.made_with = Some(filter.to_owned());
    }
}

impl App {
    /// Compares anew; what is read already is given up.
    pub(super) fn read_difference(&mut self) {
        let Some(view) = self.difference_mut() else { return };
        view.found = Load::Loading;
        view.looked = 0;
        view.marked.clear();
        view.rows.clear();
        view.made_with = None;
        let (prefix, then) = (view.prefix.clone(), view.then);
        self.give_up(|purpose| matches!(purpose, Purpose::View(_)));
        let ticket = self.tickets.issue(Purpose::View(ViewPurpose::Difference), self.now);
        let range = KeyRange::prefix(prefix);
        self.effects.push(Effect::Compare { ticket, range, then });
        self.redraw = true;
    }

    /// How far the comparison has come.
    pub(super) fn on_comparing(&mut self, ticket: Ticket, keys: u64) {
        if self.tickets.is_open(ticket)
            && let Some(view) = self.difference_mut()
        {
            view.looked = keys;
            self.redraw = true;
        }
    }

    pub(super) fn on_compared(
        &mut self,
        ticket: Ticket,
        result: Result<Box<Difference>, StoreError>,
    ) {
        if self.tickets.redeem(ticket).is_none() {
            return;
        }
        self.redraw = true;
        let Some(view) = self.difference_mut() else { return };
        match result {
            Ok(found) => {
                let now = found.now;
                view.found = Load::Ready(*found);
                self.seen(now);
            }
            Err(error) => {
                let then = view.then;
                let error = match error.kind {
                    // The sentence alone: which call met it is of no use here.
                    ErrorKind::Compacted { oldest } => {
                        StoreError::new(error.kind, then.compacted(oldest))
                    }
                    ErrorKind::FutureRevision => {
                        StoreError::new(error.kind, format!("revision {then} is in the future"))
                    }
                    _ => error,
                };
                view.found = Load::Failed(error.clone());
                if error.is_connection() {
                    self.connection_broke(&error);
                }
            }
        }
    }

    pub(super) fn on_difference_answer(&mut self, purpose: ViewPurpose, result: CallResult) {
        let ViewPurpose::Sides(number) = purpose else { return };
        match result {
            Ok(Answer::Txn(answer)) => {
                let values = answer.responses.into_iter().filter_map(|response| match response {
                    OpResponse::Range(range) => Some(range.entries.into_iter().next()?.value),
                    OpResponse::Put(_) | OpResponse::Delete(_) | OpResponse::Txn(_) => None,
                });
                self.show_sides(number, values.collect());
            }
            Ok(_) => {}
            Err(error) => match (error.kind, self.difference_mut().map(|view| view.then)) {
                (ErrorKind::Compacted { .. }, Some(then)) => self.say_oldest(then),
                _ => self.complain(format!("values not read: {error}")),
            },
        }
    }

    /// After every message: the rows follow the filter, and a lost connection that is back reads on.
    pub(super) fn settle_difference(&mut self) {
        let height = usize::from(self.viewport.view.height);
        let online = self.connection.now == Connection::Online;
        let Some(view) = self.difference_mut() else { return };
        if online && matches!(&view.found, Load::Failed(error) if error.is_connection()) {
            return self.read_difference();
        }
        view.refresh();
        view.cursor.settle(view.rows.len(), height);
    }
}
