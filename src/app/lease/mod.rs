//! The Leases pane: time left, what dies with a lease, and what can be done with one.

mod change;
mod list;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub use list::{LeaseList, LeaseRow, LeaseSort};

use super::App;
use super::clock::Timer;
use super::dialog::PromptKind;
use super::effect::{Answer, Call, CallResult, Slot};
use super::filter::Filter;
use super::load::Load;
use super::motion::movement;
use super::purpose::Purpose;
use super::viewport::Cursor;
use crate::domain::LeaseId;
use crate::domain::lease::{Reading, Renewal};
use crate::keymap::Action;
use crate::store::StoreError;

/// How often the list is read again while it is on the screen.
const EVERY: Duration = Duration::from_secs(5);
/// Leases whose seconds change at different times are drawn so often at the most.
pub(super) const TICK: Duration = Duration::from_millis(250);
/// How many leases are read in one round: those in view.
const MOST: usize = 64;
/// Up to so many leases all are read for a sort that needs it. Above, only those that were in view
/// have their place, which the pane says: a large store is not asked ten thousand questions.
const SORTED: usize = 512;

/// The Leases pane.
#[derive(Default)]
pub struct LeasesPane {
    /// All leases.
    pub list: Load<LeaseList>,
    /// The selected row, of those the filter leaves, and the first one shown.
    pub cursor: Cursor,
    /// What the rows are filtered by.
    pub filter: Option<Filter>,
    /// What the rows are sorted by.
    pub sort: LeaseSort,
    /// The leases kept alive here.
    pub kept: BTreeMap<LeaseId, Kept>,
    /// Why times left could not be read, since they last could.
    pub unreadable: Option<StoreError>,
    /// The selected lease: the selection stays on it when rows move.
    anchor: Option<LeaseId>,
    /// To be selected as soon as it is listed.
    wanted: Option<LeaseId>,
    listed: Option<Instant>,
    /// When something is to be read again, while anybody looks.
    due: Option<Instant>,
    /// Those asked for, and not told yet.
    asking: Vec<LeaseId>,
}

/// How a lease kept alive here is doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kept {
    /// Renewed in time.
    Alive,
    /// The last renewal failed; tried again while time remains.
    Failing,
}

/// Who keeps a lease alive, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeper {
    /// This program, until told otherwise.
    Here,
    /// This program, but its last renewal failed.
    Failing,
    /// This program, for a lock, a candidacy or a registration.
    Held,
    /// Somebody else: its time left went up between two readings.
    Elsewhere,
    /// Nobody: it was not renewed for longer than anybody waits who means to keep it.
    Nobody,
    /// The readings do not tell yet.
    Unknown,
}

impl LeasesPane {
    /// How many rows the filter leaves.
    pub fn len(&self) -> usize {
        self.list.ready().map_or(0, LeaseList::shown)
    }

    /// Whether the filter leaves none, or there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The selected lease.
    pub fn selected(&self) -> Option<LeaseId> {
        self.list.ready()?.row(self.cursor.selected).map(|row| row.id)
    }

    /// What was read of a lease, if it was.
    pub fn reading(&self, id: LeaseId) -> Option<&Reading> {
        self.list.ready()?.find(id)?.reading.as_ref()
    }

    pub(super) fn filter_changed(&mut self) {
        self.anchor = None;
        self.cursor = Cursor::default();
    }

    /// The rows from the first one shown on, as many as are read in one round.
    fn in_view(&self, height: u16) -> impl Iterator<Item = &LeaseRow> + Clone {
        let rows = self.list.ready().map(|list| list.from(self.cursor.top));
        rows.into_iter().flatten().take(usize::from(height).min(MOST))
    }
}

impl App {
    /// Who keeps a lease alive.
    pub fn keeper(&self, row: &LeaseRow) -> Keeper {
        match (self.leases.kept.get(&row.id), &row.reading) {
            (Some(Kept::Alive), _) => Keeper::Here,
            (Some(Kept::Failing), _) => Keeper::Failing,
            (None, _) if self.holdings.on_lease(row.id).is_some() => Keeper::Held,
            (None, None) => Keeper::Unknown,
            (None, Some(reading)) => match reading.renewal() {
                Renewal::Unknown => Keeper::Unknown,
                Renewal::Elsewhere => Keeper::Elsewhere,
                Renewal::Nobody => Keeper::Nobody,
            },
        }
    }

    pub(super) fn read_leases(&mut self) {
        if matches!(self.leases.list, Load::Idle | Load::Failed(_)) {
            self.leases.list = Load::Loading;
            self.redraw = true;
        }
        self.leases.due = Some(self.now + EVERY);
        self.ask(Purpose::LeaseList, Some(Slot::Leases), Call::LeaseList);
    }

    /// The timer: the list now and then, in between the leases in view.
    pub(super) fn leases_again(&mut self) {
        let due = |at: Instant| self.now.saturating_duration_since(at) >= EVERY;
        if self.leases.listed.is_none_or(due) || self.leases.list.ready().is_none() {
            self.read_leases();
        } else {
            self.read_leases_in_view();
        }
    }

    pub(super) fn on_lease_list(&mut self, result: CallResult) {
        match result {
            Ok(Answer::LeaseList(ids)) => {
                let mut list = match std::mem::take(&mut self.leases.list) {
                    Load::Ready(list) => list,
                    Load::Idle | Load::Loading | Load::Failed(_) => {
                        self.redraw = true;
                        LeaseList::default()
                    }
                };
                self.redraw |= list.set(ids);
                self.leases.list = Load::Ready(list);
                self.leases.listed = Some(self.now);
                self.leases.unreadable = None;
                // Which are in view is known when the list is in order.
                self.settle_rows_of_leases();
                self.read_leases_in_view();
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

    /// Reads the leases in view, and where the sort needs it some of those never read.
    fn read_leases_in_view(&mut self) {
        let height = self.viewport.leases.height;
        let mut ids: Vec<LeaseId> = self.leases.in_view(height).map(|row| row.id).collect();
        if let Some(list) = self.leases.list.ready().filter(|list| lacks_readings(list)) {
            let others: Vec<LeaseId> = list.never_read().take(MOST).collect();
            ids.extend(others.into_iter().filter(|id| !ids.contains(id)).collect::<Vec<_>>());
        }
        self.leases.due = Some(self.now + EVERY);
        if !ids.is_empty() && height > 0 {
            self.leases.asking.clone_from(&ids);
            let call = Call::LeaseStatuses(ids);
            self.ask(Purpose::LeaseStatuses, Some(Slot::Leases), call);
        }
    }

    pub(super) fn on_lease_statuses(&mut self, result: CallResult) {
        let mut asking = std::mem::take(&mut self.leases.asking);
        match result {
            Ok(Answer::LeaseStatuses(statuses)) => {
                self.leases.unreadable = None;
                if let Some(list) = self.leases.list.ready_mut() {
                    for (id, status) in statuses {
                        asking.retain(|other| *other != id);
                        list.read(id, status, self.now);
                        if self.leases.kept.contains_key(&id) {
                            // A renewal made here may be answered after what it did was read.
                            list.change(id, Reading::forget_renewals);
                        }
                    }
                    for id in asking {
                        list.refuse(id);
                    }
                }
                self.settle_rows_of_leases();
                let in_view = self.leases.in_view(self.viewport.leases.height);
                let soon = in_view.filter_map(|row| Some(row.reading.as_ref()?.good_for())).min();
                self.leases.due = Some(self.now + soon.unwrap_or(EVERY));
            }
            Ok(_) => {}
            Err(error) if error.is_connection() => self.connection_broke(&error),
            Err(error) => self.leases.unreadable = Some(error),
        }
    }

    /// Rows, selection and countdown, after every message. Costs what is in view, not what there is.
    pub(super) fn settle_leases(&mut self) {
        self.settle_rows_of_leases();
        let height = self.viewport.leases.height;
        let Some(list) = self.leases.list.ready().filter(|_| height > 0) else { return };
        let in_view = self.leases.in_view(height);
        let lacks = lacks_readings(list) || in_view.clone().any(LeaseRow::is_unread);
        let readings = in_view.filter_map(|row| row.reading.as_ref());
        let tick = readings.clone().map(|reading| reading.next_second(self.now)).min();
        let ends = readings.map(Reading::ends).filter(|ends| *ends > self.now).min();
        if let Some(tick) = tick {
            self.timers.set_earliest(Timer::Second, self.now + tick.max(TICK));
        }
        // Nobody looks, nobody asks; and while nobody answers neither.
        if self.awaits_leases() || self.connection.is_stale() {
            return;
        }
        if lacks && self.leases.unreadable.is_none() {
            self.read_leases_in_view();
        } else if let Some(due) = self.leases.due {
            // When one ends, see whether it is gone.
            let gone = ends.map(|ends| ends + Duration::from_millis(500));
            let next = gone.map_or(due, |gone| gone.min(due));
            self.timers.set_earliest(Timer::Leases, next.max(self.now));
        }
    }

    /// The order of the rows, where something changed, and the selection in it.
    fn settle_rows_of_leases(&mut self) {
        let pane = &mut self.leases;
        let height = usize::from(self.viewport.leases.height);
        if let Some(list) = pane.list.ready_mut() {
            list.set_filter(pane.filter.as_ref().and_then(Filter::text).unwrap_or_default());
            list.set_sort(pane.sort);
            if list.refresh() {
                let wanted = pane.wanted.and_then(|id| list.index_of(id));
                if wanted.is_some() {
                    pane.wanted = None;
                }
                let index = wanted.or_else(|| list.index_of(pane.anchor?));
                pane.cursor.selected = index.unwrap_or(pane.cursor.selected);
            }
        }
        pane.cursor.settle(pane.len(), height);
        pane.anchor = pane.selected();
    }

    fn awaits_leases(&self) -> bool {
        self.tickets.awaits(|p| matches!(p, Purpose::LeaseList | Purpose::LeaseStatuses))
    }

    pub(super) fn act_in_leases(&mut self, action: Action) {
        let height = usize::from(self.viewport.leases.height);
        if let Some(movement) = movement(action, height) {
            let len = self.leases.len();
            self.leases.cursor.go(movement, len, height);
            self.leases.anchor = self.leases.selected();
            return;
        }
        match action {
            Action::LeaseGrant if self.refuses_to_write() => return,
            Action::LeaseGrant => {
                let label = "grant a lease: TTL in seconds [ID] ";
                return self.open_prompt(PromptKind::LeaseGrant, label, "60");
            }
            Action::LeaseSort => {
                self.leases.sort = self.leases.sort.next();
                return self.say(format!("leases by {}", self.leases.sort.name()));
            }
            _ => {}
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
}

/// Whether the sort needs readings that can be had at a bearable price.
fn lacks_readings(list: &LeaseList) -> bool {
    list.sort() != LeaseSort::Id && list.unread() > 0 && list.count() <= SORTED
}
