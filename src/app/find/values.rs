//! A search in values: begun after a question where it is long, stopped, and what its keys do.

use crate::app::App;
use crate::app::command::FindValues;
use crate::app::connection::Connection;
use crate::app::effect::{CallResult, Effect};
use crate::app::motion::movement;
use crate::app::purpose::{Purpose, ViewPurpose};
use crate::app::question::Confirmed;
use crate::app::ticket::Ticket;
use crate::app::view::View;
use crate::app::viewport::Cursor;
use crate::domain::find::Searched;
use crate::domain::{KeyRange, Revision};
use crate::keymap::Action;
use crate::store::StoreError;

use super::LISTED;
use super::count::counted;
use super::found::{Stage, ValuesView};
use super::order::{ValueSearch, ValuesNews};
use crate::app::bulk::counted as keys;

/// With more keys than this it is asked before their values are read.
const MANY_VALUES: u64 = 10_000;

impl App {
    /// `:find-values`
    pub(in crate::app) fn open_values(&mut self, FindValues { prefix, query }: FindValues) {
        if self.refuses_to_read(&prefix) {
            return;
        }
        self.open_view(View::Values(Box::new(ValuesView {
            prefix,
            query,
            stage: Stage::Counting,
            searched: Searched::default(),
            hits: Vec::new(),
            cursor: Cursor::default(),
        })));
        self.read_values();
    }

    fn values_mut(&mut self) -> Option<&mut ValuesView> {
        match &mut self.view {
            Some(View::Values(view)) => Some(view),
            _ => None,
        }
    }

    /// What of the prefix may be read.
    fn value_ranges(&mut self) -> Vec<KeyRange> {
        let Some(view) = self.values_mut() else { return Vec::new() };
        let range = KeyRange::prefix(view.prefix.clone());
        match &self.keys.limits {
            None => vec![range],
            Some(rights) => rights.readable_in(&range),
        }
    }

    /// Counts the keys, to ask before many are read. What was found is forgotten.
    pub(in crate::app) fn read_values(&mut self) {
        let ranges = self.value_ranges();
        let has_found = self.values_mut().is_some_and(|view| !view.hits.is_empty());
        if has_found && self.connection.is_stale() {
            return self.complain("no connection; what was found before stays".to_owned());
        }
        self.give_up(|purpose| matches!(purpose, Purpose::View(_)));
        let Some(view) = self.values_mut() else { return };
        view.hits.clear();
        view.searched = Searched::default();
        view.stage = if ranges.is_empty() { Stage::Nothing } else { Stage::Counting };
        self.redraw = true;
        if !ranges.is_empty() {
            self.count(&ranges);
        }
    }

    pub(in crate::app) fn on_values_answer(&mut self, purpose: &ViewPurpose, result: CallResult) {
        if *purpose != ViewPurpose::Count {
            return;
        }
        match counted(result) {
            Ok(total) if total > MANY_VALUES => {
                let Some(view) = self.values_mut() else { return };
                view.stage = Stage::Asked(total);
                let title = format!("Read the values of {}?", keys(total));
                let lines = vec![
                    format!("They are looked through for {}.", view.what()),
                    "Nothing of them is kept but what stands around a match; Esc stops.".to_owned(),
                ];
                self.question(title, lines, Confirmed::SearchValues);
            }
            Ok(_) => self.search_values(),
            Err(error) => self.values_failed(error),
        }
    }

    /// Has the values read.
    pub(in crate::app) fn search_values(&mut self) {
        let (ranges, revision) = (self.value_ranges(), self.pinned());
        let load = self.settings.limits.load;
        let Some(view) = self.values_mut() else { return };
        view.stage = Stage::Looking;
        let search =
            ValueSearch { ranges, revision, query: view.query.clone(), most: LISTED, load };
        let ticket = self.tickets.issue(Purpose::View(ViewPurpose::Values), self.now);
        self.effects.push(Effect::SearchValues { ticket, search });
        self.redraw = true;
    }

    pub(in crate::app) fn on_values(&mut self, ticket: Ticket, news: ValuesNews) {
        if !self.tickets.is_open(ticket) {
            return;
        }
        self.redraw = true;
        let Some(view) = self.values_mut() else { return };
        let (stage, revision) = match news {
            ValuesNews::Looking(searched, hits) => {
                view.searched = searched;
                view.hits.extend(hits);
                (Stage::Looking, searched.revision)
            }
            ValuesNews::Waiting(error) => {
                view.stage = Stage::Waiting(error.clone());
                return self.connection_broke(&error);
            }
            ValuesNews::Fault(fault) => (Stage::Fault(fault), Revision::NONE),
            ValuesNews::Ended(searched) => {
                view.searched = searched;
                (Stage::Ended, searched.revision)
            }
            ValuesNews::Failed(error) => {
                self.tickets.redeem(ticket);
                return self.values_failed(error);
            }
        };
        let goes_on = stage == Stage::Looking;
        view.stage = stage;
        if self.past.is_none() {
            self.seen(revision);
        }
        if !goes_on {
            self.tickets.redeem(ticket);
        }
    }

    fn values_failed(&mut self, error: StoreError) {
        if error.is_connection() {
            self.connection_broke(&error);
        }
        if let Some(view) = self.values_mut() {
            view.stage = Stage::Failed(error);
        }
    }

    pub(in crate::app) fn act_in_values(&mut self, action: Action) {
        let height = usize::from(self.viewport.view.height);
        let Some(view) = self.values_mut() else { return };
        if let Some(movement) = movement(action, height) {
            return view.cursor.go(movement, view.hits.len(), height);
        }
        if action == Action::JobStop {
            if !view.stage.is_running() {
                return self.leave_view();
            }
            view.stage = Stage::Stopped;
            self.give_up(|purpose| matches!(purpose, Purpose::View(_)));
            return self.say("stopped; what was found stays");
        }
        let Some(key) = view.selected().map(|hit| hit.key.clone()) else {
            return self.say("nothing is selected");
        };
        match action {
            Action::ViewGoto => {
                self.close_view();
                self.go_to(key);
            }
            Action::CopyKey => self.copy(key.into_bytes(), "key"),
            Action::CopyValue => self.say("values are not kept here; Enter goes to the key"),
            Action::ShowAsEtcdctl => {
                self.show_lines_as_etcdctl(self.settings.etcdctl.get(&key, false));
            }
            _ => {}
        }
    }

    /// After every message: a lost connection that is back is asked again.
    pub(in crate::app) fn settle_values(&mut self) {
        let height = usize::from(self.viewport.view.height);
        let online = self.connection.now == Connection::Online;
        let Some(view) = self.values_mut() else { return };
        if online && matches!(&view.stage, Stage::Failed(error) if error.is_connection()) {
            return self.read_values();
        }
        view.cursor.settle(view.hits.len(), height);
    }
}
