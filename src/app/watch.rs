//! The Watch pane: the running watches and the log of what they saw.

use std::time::{Duration, Instant};

use super::App;
use super::clock::Timer;
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

/// How often the seconds of silence of the running watches change.
const SECOND: Duration = Duration::from_secs(1);

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
    /// How many times the server broke a promise to it.
    pub faults: u64,
    /// How many gaps it has: revisions that were compacted before they could be told.
    pub gaps: u64,
    /// The newest revision it told of; none before its first word.
    pub last: Revision,
    /// When it last gave a sign of life; when it was asked for, before its first.
    pub heard: Instant,
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
    /// The keys are listed, after a gap or of another store; then it goes on.
    Listing,
    /// The stream broke; it goes on after the last event by itself.
    Lost(StoreError),
    /// The server refuses it; it is asked for again now and then.
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
            | WatchNews::Progress { .. }
            | WatchNews::Fault { .. }
            | WatchNews::Replaced { .. }
            | WatchNews::Found { .. } => {}
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
        let now = self.now;
        let Some(running) = self.watch.find(id) else { return };
        self.redraw = true;
        if !matches!(news, WatchNews::Lost { .. } | WatchNews::Refused(_)) {
            running.heard = now;
        }
        match news {
            WatchNews::Watching { revision } => {
                running.state = Watching::Live;
                self.watched(id, revision);
            }
            WatchNews::Events { events, received } => {
                running.events += events.len() as u64;
                running.rate.add(self.now, events.len() as u64);
                self.look_at_rates();
                if let Some(last) = events.last() {
                    let revision = last.revision();
                    self.watched(id, revision);
                }
                for event in events {
                    self.watch.log.push(received, id.0, Logged::Event(event));
                }
            }
            WatchNews::Progress { revision } => self.watched(id, revision),
            WatchNews::Lost { error } => {
                running.state = Watching::Lost(error.clone());
                self.connection_broke(&error);
            }
            WatchNews::Gap { from, to, received } => {
                running.state = Watching::Listing;
                running.gaps += 1;
                self.watch.log.push(received, id.0, Logged::Gap { from, to });
            }
            WatchNews::Fault { fault, received } => {
                running.faults += 1;
                self.watch.log.push(received, id.0, Logged::Fault(fault));
            }
            WatchNews::Replaced { replaced, received } => {
                running.state = Watching::Listing;
                running.last = Revision::NONE;
                self.watch.log.push(received, id.0, Logged::Replaced(replaced));
                self.complain(replaced.to_string());
            }
            WatchNews::Found { found, listed, received } => {
                let at = listed.at;
                self.watch.log.push(received, id.0, Logged::Listed(listed));
                for found in found {
                    self.watch.log.push(received, id.0, Logged::Found(found));
                }
                self.watched(id, at);
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

    /// A watch told of this revision.
    fn watched(&mut self, id: WatchId, revision: Revision) {
        if let Some(running) = self.watch.find(id) {
            running.last = running.last.max(revision);
        }
        self.seen(revision);
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
        let running = Running {
            id,
            range: range.clone(),
            state,
            events: 0,
            faults: 0,
            gaps: 0,
            last: Revision::NONE,
            heard: self.now,
            rate: Rate::default(),
        };
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
                self.say(match stopped {
                    1 => "1 watch stopped".to_owned(),
                    _ => format!("{stopped} watches stopped"),
                });
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

    /// `R` in the pane: what waits for its next try goes now, each where it was.
    pub(super) fn watch_again(&mut self) {
        let waits = |running: &Running| match running.state {
            Watching::Lost(_) | Watching::Refused(_) => true,
            Watching::Starting | Watching::Live | Watching::Listing => false,
        };
        if self.watch.running.iter().any(waits) && !self.connection.is_stale() {
            self.effects.push(Effect::Probe);
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
        if matches!(self.dialogs.last(), Some(Dialog::Watches(_))) && !pane.running.is_empty() {
            // How long they have been silent is on the screen.
            self.timers.set_earliest(Timer::Second, self.now + SECOND);
        }
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
            (Action::WatchDetail, _) => match line.sentence() {
                // At length, where the row has little room.
                Some(sentence) => {
                    let title = "Watch log".to_owned();
                    self.dialogs.push(Dialog::Text { title, lines: vec![sentence], scroll: 0 });
                }
                None => self.dialogs.push(Dialog::Event { line: Box::new(line), scroll: 0 }),
            },
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
