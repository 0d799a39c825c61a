//! The Leases pane: time left, what dies with a lease, and what can be done with one.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use super::App;
use super::clock::Timer;
use super::dialog::{Confirmed, Dialog, PromptKind};
use super::effect::{Answer, Call, CallResult, Effect, Slot};
use super::filter::Filter;
use super::load::Load;
use super::message::KeepAliveNews;
use super::motion::movement;
use super::purpose::Purpose;
use super::viewport::Cursor;
use crate::domain::lease::LeaseStatus;
use crate::domain::{Key, LeaseId};
use crate::keymap::Action;

/// How often the leases are read again while they are on the screen.
const EVERY: Duration = Duration::from_secs(5);
/// How many leases are read in one round: those in view.
const MOST: usize = 64;

/// The Leases pane.
#[derive(Default)]
pub struct LeasesPane {
    /// All leases, by ID, so that rows stay where they are while leases are renewed.
    pub list: Load<Vec<LeaseRow>>,
    /// The selected row, of those the filter leaves, and the first one shown.
    pub cursor: Cursor,
    /// What the rows are filtered by.
    pub filter: Option<Filter>,
    /// The leases kept alive here.
    pub kept: BTreeMap<LeaseId, Kept>,
    anchor: Option<LeaseId>,
    /// When they were last asked for.
    asked: Option<Instant>,
    /// Those whose time was asked for at least once, answered or refused.
    told: BTreeSet<LeaseId>,
}

/// A lease, with what was last read of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaseRow {
    /// Its ID.
    pub id: LeaseId,
    /// What was read, if it was.
    pub reading: Option<Reading>,
}

/// What a lease said of itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Seconds granted.
    pub granted: i64,
    /// Its keys.
    pub keys: Vec<Key>,
    /// When it ends, as far as this reading tells.
    pub ends: Instant,
}

impl Reading {
    /// Whole seconds left.
    pub fn left(&self, now: Instant) -> i64 {
        // Rounded up: "0 s" means that it is over.
        self.ends.saturating_duration_since(now).as_millis().div_ceil(1000) as i64
    }
}

/// How a lease kept alive here is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Renewed in time.
    Alive,
    /// The last renewal failed; tried again while time remains.
    Failing,
}

impl LeasesPane {
    /// The rows that the filter leaves.
    pub fn rows(&self) -> Vec<&LeaseRow> {
        let text = self.filter.as_ref().and_then(Filter::text).map(str::to_lowercase);
        let matches = |row: &&LeaseRow| {
            text.as_ref().is_none_or(|text| {
                let keys = row.reading.iter().flat_map(|reading| &reading.keys);
                row.id.to_string().contains(text)
                    || keys.map(|key| key.to_string().to_lowercase()).any(|key| key.contains(text))
            })
        };
        self.list.ready().into_iter().flatten().filter(matches).collect()
    }

    /// The selected lease.
    pub fn selected(&self) -> Option<LeaseId> {
        self.rows().get(self.cursor.selected).map(|row| row.id)
    }

    fn row(&self, id: LeaseId) -> Option<&LeaseRow> {
        self.list.ready()?.iter().find(|row| row.id == id)
    }

    pub(super) fn filter_changed(&mut self) {
        self.anchor = None;
        self.cursor = Cursor::default();
    }

    /// Takes in a fresh list, keeping what was read of the leases that are still there.
    fn set_list(&mut self, mut ids: Vec<LeaseId>) -> bool {
        ids.sort_unstable();
        self.told.retain(|id| ids.binary_search(id).is_ok());
        let rows: Vec<LeaseRow> = ids
            .into_iter()
            .map(|id| {
                let reading = self.row(id).and_then(|row| row.reading.clone());
                LeaseRow { id, reading }
            })
            .collect();
        let changed = self.list.ready() != Some(&rows);
        self.list = Load::Ready(rows);
        changed
    }

    fn set_status(&mut self, id: LeaseId, status: Option<LeaseStatus>, now: Instant) {
        let Some(rows) = self.list.ready_mut() else { return };
        match status {
            None => rows.retain(|row| row.id != id),
            Some(mut status) => {
                status.keys.sort_unstable();
                if let Some(row) = rows.iter_mut().find(|row| row.id == id) {
                    let ends = now + Duration::from_secs(status.ttl.max(0) as u64);
                    let (granted, keys) = (status.granted, status.keys);
                    row.reading = Some(Reading { granted, keys, ends });
                }
            }
        }
    }
}

impl App {
    pub(super) fn read_leases(&mut self) {
        if matches!(self.leases.list, Load::Idle | Load::Failed(_)) {
            self.leases.list = Load::Loading;
            self.redraw = true;
        }
        self.leases.asked = Some(self.now);
        self.ask(Purpose::LeaseList, Some(Slot::Leases), Call::LeaseList);
    }

    pub(super) fn on_lease_list(&mut self, result: CallResult) {
        match result {
            Ok(Answer::LeaseList(ids)) => {
                self.redraw |= self.leases.set_list(ids);
                let top = self.leases.cursor.top;
                let rows = self.leases.rows();
                let height = usize::from(self.viewport.leases.height).min(MOST);
                let ids: Vec<LeaseId> =
                    rows.iter().skip(top).take(height).map(|row| row.id).collect();
                if !ids.is_empty() {
                    self.leases.told.extend(&ids);
                    let call = Call::LeaseStatuses(ids);
                    self.ask(Purpose::LeaseStatuses, Some(Slot::Leases), call);
                }
            }
            Ok(_) => {}
            Err(error) if error.is_connection() && self.leases.list.ready().is_some() => {
                self.connection_broke(&error);
            }
            // Not asked again by itself: a refusal would only be repeated. `R` does.
            Err(error) => {
                self.leases.list = Load::Failed(error);
                self.redraw = true;
            }
        }
    }

    pub(super) fn on_lease_statuses(&mut self, result: CallResult) {
        if let Ok(Answer::LeaseStatuses(statuses)) = result {
            for (id, status) in statuses {
                self.leases.set_status(id, status, self.now);
            }
        }
    }

    /// Rows, selection and countdown, after every message.
    pub(super) fn settle_leases(&mut self) {
        let pane = &mut self.leases;
        let ids: Vec<LeaseId> = pane.rows().iter().map(|row| row.id).collect();
        if let Some(index) = pane.anchor.and_then(|id| ids.iter().position(|other| *other == id)) {
            pane.cursor.selected = index;
        }
        let height = usize::from(self.viewport.leases.height);
        pane.cursor.settle(ids.len(), height);
        pane.anchor = ids.get(pane.cursor.selected).copied();
        if height > 0 && !ids.is_empty() {
            let in_view = pane.rows();
            let in_view = in_view.iter().skip(pane.cursor.top).take(height);
            let unread = |row: &&&LeaseRow| row.reading.is_none() && !pane.told.contains(&row.id);
            let unread = in_view.clone().any(|row| unread(&row));
            let ends = in_view.filter_map(|row| Some(row.reading.as_ref()?.ends)).min();
            if unread && !self.awaits_leases() && !self.connection.is_stale() {
                self.timers.set_earliest(Timer::Leases, self.now);
            }
            self.timers.set_earliest(Timer::Second, self.now + Duration::from_secs(1));
            // When one ends, see whether it is gone.
            if let Some(ends) = ends.filter(|ends| *ends > self.now) {
                self.timers.set_earliest(Timer::Leases, ends + Duration::from_millis(500));
            }
        }
        // Nobody looks, nobody asks.
        let is_listed = self.leases.list.ready().is_some();
        if let (true, true, Some(asked)) = (height > 0, is_listed, self.leases.asked)
            && !self.awaits_leases()
            && !self.connection.is_stale()
        {
            self.timers.set_earliest(Timer::Leases, (asked + EVERY).max(self.now));
        }
    }

    fn awaits_leases(&self) -> bool {
        self.tickets.awaits(|p| matches!(p, Purpose::LeaseList | Purpose::LeaseStatuses))
    }

    pub(super) fn act_in_leases(&mut self, action: Action) {
        let height = usize::from(self.viewport.leases.height);
        if let Some(movement) = movement(action, height) {
            let len = self.leases.rows().len();
            self.leases.cursor.go(movement, len, height);
            self.leases.anchor = self.leases.selected();
            return;
        }
        if action == Action::LeaseGrant {
            if !self.refuses_to_write() {
                self.open_prompt(
                    PromptKind::LeaseGrant,
                    "grant a lease: TTL in seconds [ID] ",
                    "60",
                );
            }
            return;
        }
        let Some(id) = self.leases.selected() else { return self.say("no lease is selected") };
        let writes =
            matches!(action, Action::LeaseRenew | Action::LeaseKeepAlive | Action::LeaseRevoke);
        if writes && self.refuses_to_write() {
            return;
        }
        match action {
            Action::LeaseRenew => self.renew_lease(id),
            Action::LeaseKeepAlive => self.toggle_keep_alive(id),
            Action::LeaseRevoke => self.look_before_revoke(id),
            Action::LeaseKeys => {
                let call = Call::LeaseStatuses(vec![id]);
                self.ask(Purpose::LeaseKeys(id), None, call);
            }
            _ => {}
        }
    }

    pub(super) fn grant_lease(&mut self, ttl: i64, id: LeaseId) {
        self.ask(Purpose::LeaseGrant, None, Call::LeaseGrant(ttl, id));
    }

    pub(super) fn on_granted(&mut self, result: CallResult) {
        match result {
            Ok(Answer::Granted(granted)) => {
                self.say(format!("lease {} granted for {} s", granted.id, granted.ttl));
                self.leases.anchor = Some(granted.id);
                self.read_leases();
            }
            Ok(_) => {}
            Err(error) => self.complain(App::write_failed("no lease granted", &error)),
        }
    }

    pub(super) fn renew_lease(&mut self, id: LeaseId) {
        self.ask(Purpose::LeaseRenew(id), None, Call::LeaseKeepAlive(id));
    }

    pub(super) fn on_renewed(&mut self, id: LeaseId, result: CallResult) {
        match result {
            Ok(Answer::Renewed(ttl)) => {
                self.say(format!("lease {id} renewed: {ttl} s"));
                self.read_leases();
            }
            Ok(_) => {}
            Err(error) => {
                self.complain(App::write_failed(&format!("lease {id} not renewed"), &error));
            }
        }
    }

    pub(super) fn look_before_revoke(&mut self, id: LeaseId) {
        self.ask(Purpose::RevokeLook(id), None, Call::LeaseStatuses(vec![id]));
    }

    /// The keys of a lease are known: what for?
    pub(super) fn on_lease_look(&mut self, purpose: Purpose, result: CallResult) {
        let statuses = match result {
            Ok(Answer::LeaseStatuses(statuses)) => statuses,
            Ok(_) => return,
            Err(error) => return self.complain(error.to_string()),
        };
        let Some((id, status)) = statuses.into_iter().next() else { return };
        let Some(mut status) = status else {
            self.read_leases();
            return self.complain(format!("lease {id} is gone"));
        };
        // Servers name them in any order, another one each time.
        status.keys.sort_unstable();
        match purpose {
            Purpose::RevokeLook(_) => {
                let title = match status.keys.len() {
                    0 => format!("Revoke lease {id}? It has no keys"),
                    1 => format!("Revoke lease {id}? 1 key vanishes with it"),
                    n => format!("Revoke lease {id}? {n} keys vanish with it"),
                };
                let lines = status.keys.iter().map(ToString::to_string).collect();
                self.question(title, lines, Confirmed::RevokeLease(id));
            }
            Purpose::KeepAliveLook(_) => self.keep_alive(id, status.ttl),
            _ if status.keys.is_empty() => self.say(format!("lease {id} has no keys")),
            _ => {
                let cursor = Cursor::default();
                self.dialogs.push(Dialog::LeaseKeys { id, keys: status.keys, cursor });
            }
        }
    }

    pub(super) fn revoke_lease(&mut self, id: LeaseId) {
        self.ask(Purpose::LeaseRevoke(id), None, Call::LeaseRevoke(id));
    }

    pub(super) fn on_revoked(&mut self, id: LeaseId, result: CallResult) {
        match result {
            Ok(_) => {
                self.let_go(id);
                self.say(format!("lease {id} revoked"));
            }
            Err(error) => {
                self.complain(App::write_failed(&format!("lease {id} not revoked"), &error));
            }
        }
        self.read_leases();
    }

    pub(super) fn toggle_keep_alive(&mut self, id: LeaseId) {
        if self.leases.kept.contains_key(&id) {
            self.let_go(id);
            return self.say(format!("lease {id} is no longer kept alive"));
        }
        self.ask(Purpose::KeepAliveLook(id), None, Call::LeaseStatuses(vec![id]));
    }

    fn keep_alive(&mut self, id: LeaseId, ttl: i64) {
        self.leases.kept.insert(id, Kept::Alive);
        self.effects.push(Effect::KeepAlive { id, ttl });
        self.say(format!("lease {id} is kept alive until told otherwise"));
    }

    /// Stops keeping a lease alive, if that was done.
    pub(super) fn let_go(&mut self, id: LeaseId) {
        if self.leases.kept.remove(&id).is_some() {
            self.effects.push(Effect::LetGo(id));
        }
    }

    pub(super) fn on_keep_alive(&mut self, id: LeaseId, news: KeepAliveNews) {
        if !self.leases.kept.contains_key(&id) {
            return;
        }
        self.redraw = true;
        match news {
            KeepAliveNews::Renewed { ttl } => {
                self.leases.kept.insert(id, Kept::Alive);
                let ends = self.now + Duration::from_secs(ttl.max(0) as u64);
                let rows = self.leases.list.ready_mut().into_iter().flatten();
                let row = rows.filter(|row| row.id == id).filter_map(|row| row.reading.as_mut());
                row.for_each(|reading| reading.ends = ends);
            }
            KeepAliveNews::Failing(_) => {
                self.leases.kept.insert(id, Kept::Failing);
            }
            KeepAliveNews::Gone => {
                self.leases.kept.remove(&id);
                self.complain(format!("lease {id} is gone; it is no longer kept alive"));
                self.read_leases();
            }
            KeepAliveNews::GivenUp(error) => {
                self.leases.kept.remove(&id);
                self.complain(format!("lease {id} could not be kept alive: {error}"));
            }
        }
    }
}
