//! The Value pane: what the selected key holds, fetched unless the cursor runs over it.

mod layout;
mod search;

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::App;
use super::clock::Timer;
use super::dialog::Dialog;
use super::edit::Draft;
use super::effect::{Answer, Call, CallResult, Slot};
use super::filter::Filter;
use super::load::Load;
use super::motion::{movement, scroll};
use super::pane::Pane;
use super::purpose::{Editor, Purpose};
use crate::domain::txn::RangeRequest;
use crate::domain::value::{Found, Rendering, View};
use crate::domain::{Entry, Event, EventKind, Key};
use crate::keymap::Action;
use crate::store::ErrorKind;
pub(super) use layout::{Laid, takes_long};

/// How long the cursor rests before a value is fetched, when it moves so fast that it did not rest
/// before either.
const REST: Duration = Duration::from_millis(60);
/// How many values are kept, and how many bytes of them.
const KEPT: usize = 64;
const KEPT_BYTES: usize = 8 << 20;

/// The Value pane.
#[derive(Default)]
pub struct ValuePane {
    /// The selected key or prefix, and whether it is a directory.
    pub key: Option<(Key, bool)>,
    /// The entry; `None` inside when the key does not exist.
    pub entry: Load<Option<Entry>>,
    /// How it is to be shown.
    pub rendering: Rendering,
    /// Its rows, for the width of the pane.
    pub view: Option<View>,
    /// The first row shown.
    pub top: usize,
    /// What is looked for.
    pub filter: Option<Filter>,
    /// Where it is; none while nothing is looked for.
    pub found: Option<Found>,
    /// The draft, while there is one.
    pub edit: Option<Draft>,
    /// What the view was laid out of.
    laid: Option<Laid>,
    /// The row at the top after the last layout, and the offset it stands for: a row begins there in
    /// no other width, and going to its start each time would wander upwards.
    anchor: (usize, usize),
    /// The offset at the top when the search began.
    began: usize,
    kept: VecDeque<Entry>,
    /// When another key was selected last.
    selected_at: Option<Instant>,
}

impl ValuePane {
    /// How many rows there are to scroll over.
    pub fn rows(&self) -> usize {
        self.view.as_ref().map_or(0, View::len)
    }

    fn keep(&mut self, entry: &Entry) {
        self.kept.retain(|kept| kept.key != entry.key);
        self.kept.push_back(entry.clone());
        let bytes = |kept: &VecDeque<Entry>| kept.iter().map(|e| e.value.len()).sum::<usize>();
        while self.kept.len() > KEPT || bytes(&self.kept) > KEPT_BYTES {
            self.kept.pop_front();
        }
    }

    /// A connection that came back makes a failed read worth repeating.
    pub(super) fn retry_if_failed(&mut self) {
        if matches!(self.entry, Load::Failed(_)) {
            self.key = None;
        }
    }

    /// Nothing of what was shown is true any more, though what is kept was true at its revision.
    pub(super) fn forget(&mut self) {
        self.key = None;
        self.entry = Load::Idle;
        self.laid = None;
    }

    fn show(&mut self, entry: Option<Entry>) {
        if let Some(entry) = &entry {
            self.keep(entry);
        }
        self.entry = Load::Ready(entry);
        self.laid = None;
    }
}

impl App {
    /// After every message: the pane shows what is selected, in the width it has.
    pub(super) fn settle_value(&mut self) {
        if self.value.edit.is_some() {
            return self.settle_draft();
        }
        let selected = self.keys.selected_key();
        if selected != self.value.key {
            self.value.key = selected;
            (self.value.view, self.value.laid) = (None, None);
            (self.value.top, self.value.anchor) = (0, (0, 0));
            (self.value.filter, self.value.found) = (None, None);
            self.select_value();
        }
        self.settle_layout();
        let last = self.value.rows().saturating_sub(usize::from(self.viewport.value.height));
        self.value.top = self.value.top.min(last);
    }

    /// Whether the value of the selected key was asked for, and is not here yet.
    pub fn awaits_value(&self) -> bool {
        self.tickets.awaits(|purpose| matches!(purpose, Purpose::Value(_)))
    }

    /// Another key is selected: shown at once where it is known, else fetched; where the cursor runs
    /// over many keys, when it rests.
    fn select_value(&mut self) {
        let before = self.value.selected_at.replace(self.now);
        let rested = before.is_none_or(|at| at + REST <= self.now);
        self.timers.clear(Timer::Value);
        self.give_up(|purpose| matches!(purpose, Purpose::Value(_)));
        self.redraw = true;
        self.forget_layouts();
        let Some((key, false)) = &self.value.key else {
            self.value.entry = Load::Idle;
            return;
        };
        let known = self.keys.selected_row().and_then(|row| self.keys.tree.get(row.node()));
        let revision = known.and_then(|node| node.as_leaf()).map(|leaf| leaf.mod_revision);
        let kept = self
            .value
            .kept
            .iter()
            .find(|entry| entry.key == *key && Some(entry.mod_revision) == revision);
        let kept = kept.cloned();
        self.value.entry = Load::Loading;
        match kept {
            Some(entry) => self.value_arrived(Some(entry)),
            None if rested => self.read_value(),
            None => self.timers.set(Timer::Value, self.now + REST),
        }
    }

    /// Fetches the value of the selected key; the latest request wins.
    pub(super) fn read_value(&mut self) {
        if let Some((key, false)) = self.value.key.clone() {
            let request = RangeRequest::get(key.clone());
            let request = match self.past {
                Some(past) => request.at(past.revision),
                None => request.serializable(),
            };
            self.ask(Purpose::Value(key), Some(Slot::Value), Call::Range(request));
        }
    }

    pub(super) fn on_value(&mut self, key: &Key, result: CallResult) {
        if self.value.key.as_ref().map(|(key, _)| key) != Some(key) {
            return;
        }
        match result {
            Ok(Answer::Range(answer)) => {
                self.seen(answer.revision);
                self.value_arrived(answer.entries.into_iter().next());
            }
            Ok(_) => {}
            Err(error) => {
                if error.is_connection() {
                    self.connection_broke(&error);
                }
                if matches!(error.kind, ErrorKind::Compacted { .. }) {
                    self.past_is_compacted();
                }
                // What is shown stays, marked stale by the header; with nothing shown, the reason.
                if self.value.entry.ready().is_none() || !error.is_connection() {
                    self.value.entry = Load::Failed(error);
                }
            }
        }
    }

    /// An event of the tree's watch: the value shown may be another now.
    pub(super) fn follow_value(&mut self, event: &Event) {
        if let Some(draft) = &self.value.edit {
            if *draft.key() == event.entry.key {
                self.draft_was_changed(event);
            }
            return;
        }
        if self.value.key.as_ref().is_none_or(|(key, dir)| *dir || *key != event.entry.key) {
            return;
        }
        let known = self.value.entry.ready().and_then(Option::as_ref).map(|e| e.mod_revision);
        match event.kind {
            _ if known >= Some(event.revision()) => {}
            EventKind::Put => self.timers.set_earliest(Timer::Value, self.now + REST),
            EventKind::Delete => self.value_arrived(None),
        }
    }

    /// A write made here, but not through the draft.
    pub(super) fn value_changed_elsewhere(&mut self, key: &Key) {
        if self.value.key.as_ref().is_some_and(|(shown, _)| shown == key) {
            self.timers.set_earliest(Timer::Value, self.now + REST);
        }
    }

    /// Many keys were written: the one that is shown may be among them.
    pub(super) fn value_may_have_changed(&mut self) {
        if let Some((_, false)) = &self.value.key {
            self.timers.set_earliest(Timer::Value, self.now + REST);
        }
    }

    /// `R` in the pane.
    pub(super) fn value_again(&mut self) {
        if matches!(self.value.entry, Load::Failed(_)) {
            self.value.entry = Load::Loading;
        }
        self.read_value();
    }

    pub(super) fn act_in_value(&mut self, action: Action) {
        let height = usize::from(self.viewport.value.height);
        if let Some(movement) = movement(action, height) {
            let len = self.value.rows();
            return scroll(&mut self.value.top, movement, len, height);
        }
        match action {
            Action::NextRendering => self.value.rendering = self.value.rendering.next(),
            Action::NextMatch | Action::PreviousMatch => self.look_at_match(action),
            Action::Edit => self.begin_edit(Editor::Here),
            Action::EditExternal => self.begin_edit(Editor::External),
            _ => {}
        }
    }

    pub(super) fn copy_value(&mut self) {
        let bytes = match (self.dialogs.last(), self.focus) {
            (Some(Dialog::Event { line, .. }), _) => line.value().map(<[u8]>::to_vec),
            (_, Pane::Watch) => {
                self.watch.selected().and_then(|line| line.value().map(<[u8]>::to_vec))
            }
            _ => self.value.entry.ready().and_then(Option::as_ref).map(|e| e.value.clone()),
        };
        match bytes {
            Some(bytes) => self.copy(bytes, "value"),
            None => self.say("there is no value to copy here"),
        }
    }
}
