//! What is held here: locks, candidacies, registrations. Nothing is called held before the store
//! said so, and nothing is forgotten on the way out.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use super::App;
use super::clock::Timer;
use super::dialog::Dialog;
use super::effect::Effect;
use super::hold::{Hold, HoldId};
use super::message::HoldNews;
use crate::domain::{Key, LeaseId, Revision};
use crate::keymap::Action;
use crate::store::ErrorKind;

/// How long quitting waits for what is being released.
const RELEASE_LIMIT: Duration = Duration::from_secs(5);

/// How something held here is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HoldState {
    /// Asked for; in a queue, or on the way into one.
    Waiting,
    /// Held, as the store said: its key exists and is the first of its queue.
    Held {
        /// The key that stands for it.
        key: Key,
        /// Its creation revision: what writes are fenced with.
        fencing: Revision,
        /// The lease it hangs on.
        lease: LeaseId,
    },
    /// It may be lost: no word from the server; it is held until this time at the longest.
    Doubtful {
        /// When the lease runs out, as far as is known here.
        until: Instant,
        /// Why.
        reason: String,
    },
    /// Being given up.
    Releasing,
}

/// Something held here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Holding {
    /// What.
    pub hold: Hold,
    /// How it is doing.
    pub state: HoldState,
    /// Since when it is in this state.
    pub since: Instant,
    /// The lease that its key hangs on, or will, as soon as it is known.
    pub lease: Option<LeaseId>,
}

/// All that is held here, by number.
#[derive(Debug, Default)]
pub struct Holdings {
    /// What is held.
    pub all: BTreeMap<HoldId, Holding>,
    started: u32,
    /// The program ends when all is released.
    quitting: bool,
}

impl Holdings {
    /// The number of what is held under this description.
    pub fn find(&self, is: impl Fn(&Hold) -> bool) -> Option<HoldId> {
        self.all.iter().find(|(_, holding)| is(&holding.hold)).map(|(id, _)| *id)
    }

    /// What is held, or waited for, with a key on this lease.
    pub fn on_lease(&self, lease: LeaseId) -> Option<&Holding> {
        self.all.values().find(|holding| holding.lease == Some(lease))
    }
}

impl App {
    /// Asks for something to be held. Twice the same is refused.
    pub(super) fn hold(&mut self, hold: Hold) {
        if self.refuses_to_write() {
            return;
        }
        let same = |held: &Hold| held.name() == hold.name();
        if self.holdings.find(same).is_some() {
            return self.complain(format!("{} is held or waited for here already", hold.name()));
        }
        if self.rehearsing {
            let lines = self.settings.etcdctl.hold(&hold);
            return self.show_lines_as_etcdctl(lines);
        }
        self.holdings.started += 1;
        let id = HoldId(self.holdings.started);
        self.say(format!("waiting for {}", hold.name()));
        let (state, since) = (HoldState::Waiting, self.now);
        let holding = Holding { hold: hold.clone(), state, since, lease: None };
        self.holdings.all.insert(id, holding);
        self.effects.push(Effect::Hold(id, hold));
    }

    /// Gives up what is held under this description, or its wait.
    pub(super) fn release(&mut self, name: &str, is: impl Fn(&Hold) -> bool) {
        match self.holdings.find(is) {
            Some(id) => self.release_one(id),
            None => self.complain(format!("{name} is not held here")),
        }
    }

    pub(super) fn release_one(&mut self, id: HoldId) {
        let Some(holding) = self.holdings.all.get_mut(&id) else { return };
        if holding.state != HoldState::Releasing && self.rehearsing {
            self.effects.push(Effect::Release(id));
        } else if holding.state != HoldState::Releasing {
            holding.state = HoldState::Releasing;
            holding.since = self.now;
            self.effects.push(Effect::Release(id));
        }
    }

    pub(super) fn on_hold(&mut self, id: HoldId, news: HoldNews) {
        let Some(holding) = self.holdings.all.get_mut(&id) else { return };
        let name = holding.hold.name();
        self.redraw = true;
        match news {
            HoldNews::Queued(lease) => {
                if matches!(holding.state, HoldState::Waiting | HoldState::Releasing) {
                    holding.lease = Some(lease);
                }
            }
            HoldNews::Held { .. } | HoldNews::Doubtful { .. }
                if holding.state == HoldState::Releasing => {}
            HoldNews::Held { key, fencing, lease } => {
                let was_waiting = holding.state == HoldState::Waiting;
                holding.state = HoldState::Held { key, fencing, lease };
                holding.lease = Some(lease);
                holding.since = self.now;
                self.seen(fencing);
                if was_waiting {
                    self.say(format!("{name} held, fencing revision {fencing}"));
                }
            }
            HoldNews::Doubtful { until, reason } => {
                holding.state = HoldState::Doubtful { until, reason };
                holding.since = self.now;
            }
            HoldNews::Lost(reason) => {
                self.holdings.all.remove(&id);
                self.complain(format!("{name} LOST: {reason}"));
            }
            HoldNews::Released => {
                self.holdings.all.remove(&id);
                self.say(format!("{name} given up"));
            }
            HoldNews::Failed(error) => {
                self.holdings.all.remove(&id);
                let why = match error.kind {
                    ErrorKind::ReadOnly => "read-only".to_owned(),
                    _ => error.to_string(),
                };
                self.complain(format!("{name} not held: {why}"));
            }
        }
        if self.holdings.quitting && self.holdings.all.is_empty() {
            self.effects.push(Effect::Quit);
        }
    }

    /// Whether leaving would let something run out.
    pub(super) fn holds_something(&self) -> bool {
        !self.holdings.all.is_empty() || !self.leases.kept.is_empty()
    }

    /// What is held here, a line each, for the question before quitting.
    pub fn held_lines(&self) -> Vec<String> {
        let held = self.holdings.all.values().map(|holding| {
            let state = match &holding.state {
                HoldState::Waiting => "waited for",
                HoldState::Held { .. } => "held",
                HoldState::Doubtful { .. } => "perhaps lost",
                HoldState::Releasing => "being given up",
            };
            format!("{}: {state}", holding.hold.name())
        });
        let kept = self.leases.kept.keys().map(|id| format!("lease {id}: kept alive"));
        held.chain(kept).collect()
    }

    /// The keys of the question before quitting.
    pub(super) fn act_in_holding(&mut self, action: Action) {
        match action {
            Action::Cancel => {
                self.dialogs.pop();
                self.holdings.quitting = false;
            }
            Action::ShowAsEtcdctl => self.rehearse(App::release_all),
            Action::QuitAnyway => self.effects.push(Effect::Quit),
            Action::ReleaseAll => {
                self.release_all();
                if self.holdings.all.is_empty() {
                    return self.effects.push(Effect::Quit);
                }
                self.holdings.quitting = true;
                self.timers.set(Timer::Release, self.now + RELEASE_LIMIT);
            }
            _ => {}
        }
    }

    fn release_all(&mut self) {
        let kept: Vec<LeaseId> = self.leases.kept.keys().copied().collect();
        for id in kept {
            self.let_go(id);
        }
        let held: Vec<HoldId> = self.holdings.all.keys().copied().collect();
        for id in held {
            self.release_one(id);
        }
    }

    /// What was to be released before quitting takes too long.
    pub(super) fn release_takes_long(&mut self) {
        if self.holdings.quitting {
            self.complain(
                "not everything could be given up yet; x quits, leases run out by themselves",
            );
        }
    }

    pub(super) fn ask_before_quitting(&mut self) {
        if !matches!(self.dialogs.last(), Some(Dialog::Holding)) {
            self.dialogs.push(Dialog::Holding);
        }
    }
}
