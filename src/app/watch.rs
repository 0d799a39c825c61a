//! The Watch pane: the running watches and the log of what they saw.

use super::App;
use super::dialog::{Dialog, PromptKind};
use super::effect::{Effect, WatchId};
use super::filter::Filter;
use super::message::WatchNews;
use super::motion::movement;
use super::notice::named;
use super::viewport::{Cursor, Move};
use crate::domain::watch::{Flow, LogLine, Logged, Rate, WatchLog, json_line};
use crate::domain::{KeyRange, Revision};
use crate::keymap::Action;
use crate::store::StoreError;

/// The Watch pane.
#[derive(Default)]
pub struct WatchPane {
    /// What was seen.
    pub log: WatchLog,
    /// The watches under way, by number.
    pub running: Vec<Running>,
    /// The selected line and the first one shown.
    pub cursor: Cursor,
    /// Whether the selection stays on the newest line.
    pub follows: bool,
    /// What the lines are filtered by.
    pub filter: Option<Filter>,
    /// The number of the selected line: the selection stays on it when lines leave the log.
    anchor: Option<u64>,
    started: u32,
}

/// A watch under way.
#[derive(Clone, Debug)]
pub struct Running {
    /// Its number.
    pub id: WatchId,
    /// What it watches.
    pub range: KeyRange,
    /// How it is doing.
    pub state: Watching,
    /// How many events it brought.
    pub events: u64,
    /// How many it brings a second.
    pub rate: Rate,
}

/// How a watch is doing.
#[derive(Clone, Debug, PartialEq)]
pub enum Watching {
    /// Asked for.
    Starting,
    /// It stands.
    Live,
    /// The stream broke; it goes on after the last event by itself.
    Lost(StoreError),
    /// The server refused it; it has ended.
    Refused(StoreError),
}

impl Running {
    /// `/config/*` for a prefix, the key itself for a key.
    pub fn name(&self) -> String {
        match self.range.as_prefix() {
            Some(prefix) if prefix.is_empty() => "all keys".to_owned(),
            Some(prefix) => format!("{prefix}*"),
            None => self.range.start().to_string(),
        }
    }
}

impl WatchPane {
    /// The selected line.
    pub fn selected(&self) -> Option<&LogLine> {
        self.log.row(self.cursor.selected)
    }

    pub(super) fn filter_changed(&mut self) {
        let text = self.filter.as_ref().and_then(Filter::text).unwrap_or_default();
        self.log.set_filter(text);
        self.follows = true;
    }

    fn find(&mut self, id: WatchId) -> Option<&mut Running> {
        self.running.iter_mut().find(|running| running.id == id)
    }
}

impl App {
    pub(super) fn on_watch(&mut self, id: WatchId, news: WatchNews) {
        match &news {
            WatchNews::Refused(error) => self.turned_away(error),
            WatchNews::Watching { .. } => self.let_in(),
            WatchNews::Lost { .. }
            | WatchNews::Gap { .. }
            | WatchNews::Events { .. }
            | WatchNews::Progress { .. } => {}
        }
        if let Some(at) = id.as_following() {
            if self.past.is_some() {
                // Sent before the watch was ended; the past does not change.
                return;
            }
            return self.on_follow(at, news);
        }
        if id == WatchId::VIEW {
            self.redraw = true;
            return self.on_view_watch(news);
        }
        let Some(running) = self.watch.find(id) else { return };
        self.redraw = true;
        match news {
            WatchNews::Watching { revision } => {
                running.state = Watching::Live;
                self.seen(revision);
            }
            WatchNews::Events { events, received } => {
                running.events += events.len() as u64;
                running.rate.add(self.now, events.len() as u64);
                self.look_at_rates();
                if let Some(last) = events.last() {
                    let revision = last.revision();
                    self.seen(revision);
                }
                for event in events {
                    self.watch.log.push(received, id.0, Logged::Event(event));
                }
            }
            WatchNews::Progress { revision } => self.seen(revision),
            WatchNews::Lost { error, .. } => {
                running.state = Watching::Lost(error.clone());
                self.connection_broke(&error);
            }
            WatchNews::Gap { from, to, received } => {
                self.watch.log.push(received, id.0, Logged::Gap { from, to });
            }
            WatchNews::Refused(error) => {
                running.state = Watching::Refused(error.clone());
                let name = running.name();
                self.complain(format!(
                    "the watch of {named} was refused: {error}",
                    named = named(&name)
                ));
            }
        }
    }

    /// `w` on a key or directory: watches it, or stops the watch that does.
    pub(super) fn toggle_watch(&mut self, range: KeyRange) {
        match self.watch.running.iter().position(|running| running.range == range) {
            Some(index) => self.stop_watch_at(index),
            None => self.start_watch(range, Revision::NONE),
        }
    }

    pub(super) fn start_watch(&mut self, range: KeyRange, from: Revision) {
        self.watch.started += 1;
        let id = WatchId(self.watch.started);
        let state = Watching::Starting;
        let running = Running { id, range: range.clone(), state, events: 0, rate: Rate::default() };
        let name = running.name();
        self.watch.running.push(running);
        self.watch.follows = true;
        self.effects.push(Effect::Watch { id, range, from });
        self.say(format!("watch {} of {named}", id.0, named = named(&name)));
    }

    pub(super) fn stop_watch_at(&mut self, index: usize) {
        if index >= self.watch.running.len() {
            return;
        }
        let running = self.watch.running.remove(index);
        self.effects.push(Effect::Unwatch(running.id));
        self.say(format!("watch {} of {} stopped", running.id.0, running.name()));
    }

    /// `:unwatch [N]`
    pub(super) fn stop_watches(&mut self, number: Option<u32>) {
        match number {
            None => {
                let stopped = self.watch.running.len();
                while !self.watch.running.is_empty() {
                    self.stop_watch_at(0);
                }
                self.say(format!("{stopped} watches stopped"));
            }
            Some(number) => {
                let running = &self.watch.running;
                match running.iter().position(|running| running.id == WatchId(number)) {
                    Some(index) => self.stop_watch_at(index),
                    None => self.complain(format!("there is no watch {number}")),
                }
            }
        }
    }

    /// `R` in the pane: what was refused is tried again.
    pub(super) fn watch_again(&mut self) {
        for running in &mut self.watch.running {
            if matches!(running.state, Watching::Refused(_)) {
                running.state = Watching::Starting;
                let (id, range) = (running.id, running.range.clone());
                self.effects.push(Effect::Watch { id, range, from: Revision::NONE });
            }
        }
    }

    /// After every message: the selection stays on its line, or on the newest.
    pub(super) fn settle_watch(&mut self) {
        let height = usize::from(self.viewport.watch.height);
        let len = self.watch.log.len();
        let pane = &mut self.watch;
        if pane.follows {
            pane.cursor.go(Move::Last, len, height);
        } else {
            // Lines that left the log moved all others up.
            let moved = pane.anchor.and_then(|id| pane.log.position(id));
            let row = moved.unwrap_or(pane.cursor.selected);
            pane.cursor.top = (pane.cursor.top + row).saturating_sub(pane.cursor.selected);
            pane.cursor.selected = row;
            pane.cursor.settle(len, height);
        }
        pane.anchor = pane.selected().map(|line| line.id);
    }

    pub(super) fn act_in_watch(&mut self, action: Action) {
        let height = usize::from(self.viewport.watch.height);
        let len = self.watch.log.len();
        if let Some(movement) = movement(action, height) {
            self.watch.cursor.go(movement, len, height);
            self.watch.follows = self.watch.cursor.selected + 1 >= len;
            self.watch.anchor = self.watch.selected().map(|line| line.id);
            return;
        }
        match action {
            Action::WatchPause => match self.watch.log.flow() {
                Flow::Paused => self.watch.log.resume(),
                Flow::Live => self.watch.log.pause(),
            },
            Action::WatchClear => {
                self.watch.log.clear();
                self.watch.follows = true;
            }
            Action::WatchList => self.dialogs.push(Dialog::Watches(Cursor::default())),
            Action::WatchSave if len == 0 => self.say("the log is empty: nothing to save"),
            Action::WatchSave => {
                self.open_prompt(PromptKind::SaveLog, "save the watch log to ", "watch.jsonl");
            }
            Action::BeforeEvent => self.look_before_event(),
            Action::WatchDetail | Action::WatchGoto => self.act_on_line(action),
            _ => {}
        }
    }

    fn act_on_line(&mut self, action: Action) {
        let Some(line) = self.watch.selected().cloned() else {
            return self.say("no line is selected");
        };
        match (action, line.key().cloned()) {
            (Action::WatchDetail, Some(_)) => {
                self.dialogs.push(Dialog::Event { line: Box::new(line), scroll: 0 });
            }
            (Action::WatchGoto, Some(key)) => self.go_to(key),
            _ => self.say("this line is no event of a key"),
        }
    }

    /// The tree as it was just before the event that is shown or selected, at its key.
    pub(super) fn look_before_event(&mut self) {
        let line = match self.dialogs.last() {
            Some(Dialog::Event { line, .. }) => Some((**line).clone()),
            _ => self.watch.selected().cloned(),
        };
        match line.as_ref().and_then(LogLine::event) {
            Some(event) => {
                let (before, key) = (Revision(event.revision().0 - 1), event.entry.key.clone());
                self.dialogs.clear();
                self.look_at(before, Some(key));
            }
            None => self.say("this line is no event of a key"),
        }
    }

    pub(super) fn accept_log_file(&mut self, text: &str) -> Result<(), String> {
        let lines = self.watch.log.all().filter_map(json_line).collect();
        self.save_lines(text, lines)
    }
}
