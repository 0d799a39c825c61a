//! The view of services: instances, their health from their leases, and how often they came and went.

mod act;
mod rows;

use std::collections::BTreeMap;
use std::time::Duration;

pub use rows::ServiceRow;

use super::App;
use super::clock::Timer;
use super::connection::Connection;
use super::effect::{Answer, Call, CallResult, Effect, WatchId};
use super::filter::Filter;
use super::hold::Hold;
use super::holding::Holding;
use super::lease::TICK;
use super::load::Load;
use super::message::WatchNews;
use super::purpose::{Purpose, ViewPurpose};
use super::viewport::Cursor;
use crate::domain::lease::Reading;
use crate::domain::service::{Health, Instance, ROOT, Services};
use crate::domain::txn::RangeRequest;
use crate::domain::watch::FaultKind;
use crate::domain::{Entry, Key, KeyRange, LeaseId, Revision};
use crate::store::StoreError;

/// How many instances one page asks for.
const PAGE: i64 = 500;
/// How many keys are read at the most; what lies behind is said to be left out.
const MOST: usize = 20_000;
/// How many leases are read in one round: those in view.
const LEASES: usize = 64;

/// What the view of services shows.
#[derive(Default)]
pub struct ServicesView {
    /// What stands before `NAME/ID`.
    pub root: Key,
    /// What is shown: the root, or only a part of what is below it.
    pub prefix: Key,
    /// The services.
    pub services: Load<Services>,
    /// Whether they are followed.
    pub follow: Following,
    /// Whether there are more keys than are read.
    pub cut: bool,
    /// The rows that the filter leaves.
    pub rows: Vec<ServiceRow>,
    /// The selected row and the first one shown.
    pub cursor: Cursor,
    /// What the rows are filtered by.
    pub filter: Option<Filter>,
    /// Why leases could not be read, since they last could.
    pub unreadable: Option<StoreError>,
    /// The leases of instances: as read, or gone.
    leases: BTreeMap<LeaseId, Option<Reading>>,
    /// Asked for, and not told yet.
    asking: Vec<LeaseId>,
    /// Pages that came so far, all at the revision of the first.
    pages: Vec<Entry>,
    read_at: Revision,
    /// The row the selection stays on.
    anchor: Option<Key>,
    /// The filter the rows were made with; none when they are old.
    made_with: Option<String>,
    /// It could not be read for want of a connection, and is read as soon as there is one.
    owed: bool,
    /// The instance that is about to be deregistered.
    leaving: Option<Key>,
}

/// Whether the view follows the store.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Following {
    /// Not yet.
    #[default]
    Off,
    /// It does.
    Live,
    /// The stream broke; it goes on after the last event by itself.
    Lost,
    /// The server refuses the watch: what is shown is as it was read.
    Refused(StoreError),
}

impl ServicesView {
    pub(super) fn new(typed: Key) -> ServicesView {
        let mut root = typed.clone().into_bytes();
        if root.is_empty() || root.starts_with(ROOT) {
            root = ROOT.to_vec();
        } else if !root.ends_with(b"/") {
            root.push(b'/');
        }
        let root = Key::from(root);
        let prefix =
            if typed.as_bytes().starts_with(root.as_bytes()) { typed } else { root.clone() };
        ServicesView { root, prefix, ..ServicesView::default() }
    }

    /// The selected row.
    pub fn selected(&self) -> Option<&ServiceRow> {
        self.rows.get(self.cursor.selected)
    }

    /// What was read of the lease of an instance.
    pub fn reading(&self, instance: &Instance) -> Option<&Reading> {
        self.leases.get(&instance.lease)?.as_ref()
    }

    /// How an instance does, as far as the store said.
    pub fn health(&self, instance: &Instance) -> Health {
        match self.leases.get(&instance.lease) {
            Some(None) if instance.is_up() => Health::Ended,
            Some(Some(reading)) => instance.health(Some(&reading.status(instance.lease))),
            _ => instance.health(None),
        }
    }

    /// The leases of the instances in view.
    fn in_view(&self, height: u16) -> Vec<LeaseId> {
        let rows = self.rows.iter().skip(self.cursor.top).take(usize::from(height).min(LEASES));
        let up = rows.filter_map(ServiceRow::instance).filter(|i| i.is_up() && i.lease.is_some());
        let mut leases: Vec<LeaseId> = up.map(|instance| instance.lease).collect();
        leases.sort_unstable();
        leases.dedup();
        leases
    }
}

impl App {
    /// What this program holds of an instance: its registration, if it is one of ours.
    pub fn registration(&self, key: &Key) -> Option<&Holding> {
        self.holdings.all.values().find(|holding| is_registration(&holding.hold, key))
    }

    /// Reads all of it, from the first page on.
    pub(super) fn read_services(&mut self) {
        let Some(view) = self.services_mut() else { return };
        if view.services.ready().is_none() {
            view.services = Load::Loading;
        }
        view.pages = Vec::new();
        view.read_at = Revision::NONE;
        view.unreadable = None;
        self.tickets.forget(|p| *p == Purpose::View(ViewPurpose::Entries));
        self.redraw = true;
        self.ask_services_page();
    }

    fn ask_services_page(&mut self) {
        let Some(view) = self.services_mut() else { return };
        let mut range = KeyRange::prefix(view.prefix.clone());
        if let Some(last) = view.pages.last() {
            // The next key after the last one.
            range = range.starting_at(Key::from([last.key.as_bytes(), b"\0"].concat()));
        }
        let request = RangeRequest::new(range).limit(PAGE).at(view.read_at);
        self.ask(Purpose::View(ViewPurpose::Entries), None, Call::Range(request));
    }

    pub(super) fn on_services_answer(&mut self, purpose: ViewPurpose, result: CallResult) {
        match (purpose, result) {
            (ViewPurpose::Entries, result) => self.on_services_page(result),
            (ViewPurpose::Lives, result) => self.on_services_lives(result),
            (ViewPurpose::FreeLook(lease), result) => self.on_deregister_look(lease, result),
            _ => {}
        }
    }

    fn on_services_page(&mut self, result: CallResult) {
        let now = self.now;
        let Some(view) = self.services_mut() else { return };
        let page = match result {
            Ok(Answer::Range(page)) => page,
            Ok(_) => return,
            Err(error) => {
                if view.services.ready().is_none() {
                    view.services = Load::Failed(error.clone());
                }
                if error.is_connection() {
                    view.owed = true;
                    return self.connection_broke(&error);
                }
                return self.complain(format!("services not read: {error}"));
            }
        };
        if !view.read_at.is_some() {
            view.read_at = page.revision;
        }
        let is_last = !page.more || page.entries.is_empty();
        view.pages.extend(page.entries);
        if !is_last && view.pages.len() < MOST {
            return self.ask_services_page();
        }
        view.cut = !is_last;
        let entries = std::mem::take(&mut view.pages);
        let mut services = match std::mem::take(&mut view.services) {
            Load::Ready(services) => services,
            _ => Services::new(view.root.clone()),
        };
        services.load(&entries, view.read_at, now);
        view.services = Load::Ready(services);
        view.made_with = None;
        view.follow = Following::Off;
        let (range, from) = (KeyRange::prefix(view.prefix.clone()), view.read_at.next());
        self.effects.push(Effect::Watch { id: WatchId::VIEW, range, from });
    }

    pub(super) fn on_services_watch(&mut self, news: WatchNews) {
        let now = self.now;
        let Some(view) = self.services_mut() else { return };
        match news {
            WatchNews::Watching { revision } => {
                view.follow = Following::Live;
                self.seen(revision);
            }
            WatchNews::Progress { revision } => self.seen(revision),
            WatchNews::Events { events, .. } => {
                if let Some(services) = view.services.ready_mut() {
                    for event in &events {
                        services.apply(event, now);
                    }
                    services.forget(now);
                    view.made_with = None;
                }
                if let Some(last) = events.last() {
                    self.seen(last.revision());
                    self.timers.set(Timer::Marks, now + super::follow::MARKED);
                }
            }
            WatchNews::Lost { error } => {
                view.follow = Following::Lost;
                self.connection_broke(&error);
            }
            WatchNews::Gap { from, to, .. } => {
                self.complain(format!(
                    "revisions {from} to {to} were compacted before they were seen; reading again"
                ));
                self.read_services();
            }
            WatchNews::Fault { fault, .. } => {
                self.complain(format!("fault in the watch of services: {fault}"));
                if matches!(fault.kind, FaultKind::Late | FaultKind::Missed) {
                    self.read_services();
                }
            }
            WatchNews::Replaced { .. } => {
                view.services = Load::Loading;
                self.read_services();
            }
            // The view reads its keys itself.
            WatchNews::Found { .. } => {}
            WatchNews::Refused(error) => view.follow = Following::Refused(error),
        }
    }

    /// Reads how long the leases in view live.
    pub(super) fn read_services_lives(&mut self) {
        let height = self.viewport.view.height;
        let Some(view) = self.services_mut() else { return };
        let leases = view.in_view(height);
        if !leases.is_empty() {
            view.asking.clone_from(&leases);
            self.tickets.forget(|p| *p == Purpose::View(ViewPurpose::Lives));
            self.ask(Purpose::View(ViewPurpose::Lives), None, Call::LeaseStatuses(leases));
        }
    }

    fn on_services_lives(&mut self, result: CallResult) {
        let (now, height) = (self.now, self.viewport.view.height);
        let Some(view) = self.services_mut() else { return };
        view.asking = Vec::new();
        let mut next = Duration::from_secs(5);
        match result {
            Ok(Answer::LeaseStatuses(statuses)) => {
                view.unreadable = None;
                for (id, status) in statuses {
                    let before = view.leases.remove(&id).flatten();
                    let reading = status.map(|status| match before {
                        Some(before) => before.again(status, now),
                        None => Reading::first(status, now),
                    });
                    view.leases.insert(id, reading);
                }
                let in_view = view.in_view(height);
                let readings = in_view.iter().filter_map(|id| view.leases.get(id)?.as_ref());
                next = readings.map(Reading::good_for).min().unwrap_or(next);
            }
            Ok(_) => {}
            Err(error) if error.is_connection() => self.connection_broke(&error),
            Err(error) => view.unreadable = Some(error),
        }
        self.timers.set(Timer::View, now + next);
    }

    /// After every message: rows, selection, countdown, and what has come into view.
    pub(super) fn settle_services(&mut self) {
        let (now, height) = (self.now, self.viewport.view.height);
        let may_ask = self.connection.now == Connection::Online && !self.connection.is_doubted();
        let asking = |purpose: &ViewPurpose| {
            self.tickets.awaits(|p| matches!(p, Purpose::View(p) if p == purpose))
        };
        let (reading, listing) = (asking(&ViewPurpose::Lives), asking(&ViewPurpose::Entries));
        let Some(view) = self.services_mut() else { return };
        if view.owed && may_ask && !listing {
            view.owed = false;
            return self.read_services();
        }
        view.refresh();
        view.cursor.settle(view.rows.len(), usize::from(height));
        view.anchor = view.selected().map(|row| row.key(&view.root));
        let in_view = view.in_view(height);
        let unread = in_view.iter().any(|id| !view.leases.contains_key(id));
        let readable = view.unreadable.is_none();
        let readings = in_view.iter().filter_map(|id| view.leases.get(id)?.as_ref());
        let tick = readings.map(|reading| reading.next_second(now)).min();
        // What came or went says how long ago.
        let tells = view.rows.iter().filter_map(ServiceRow::instance).any(|i| i.since.is_some());
        let tick = tick.or_else(|| tells.then_some(Duration::from_secs(1)));
        if unread && readable && may_ask && !reading {
            self.read_services_lives();
        }
        if let Some(tick) = tick {
            self.timers.set_earliest(Timer::Second, now + tick.max(TICK));
        }
        if !in_view.is_empty() && may_ask && !reading {
            self.timers.set_earliest(Timer::View, now + Duration::from_secs(5));
        }
    }
}

impl ServicesView {
    /// Makes the rows anew where they or the filter changed; the selection stays on its row.
    fn refresh(&mut self) {
        let Load::Ready(services) = &self.services else { return };
        let filter = self.filter.as_ref().and_then(Filter::text).unwrap_or_default();
        if self.made_with.as_deref() == Some(filter) {
            return;
        }
        self.rows = rows::rows(services, filter);
        self.made_with = Some(filter.to_owned());
        let leases = services.leases();
        self.leases.retain(|id, _| leases.contains(id));
        if let Some(anchor) = &self.anchor
            && let Some(index) = self.rows.iter().position(|row| row.key(&self.root) == *anchor)
        {
            self.cursor.selected = index;
        }
    }
}

/// Whether a registration made here stands, or is to stand, under this key.
fn is_registration(hold: &Hold, key: &Key) -> bool {
    let Hold::Registration { service, .. } = hold else { return false };
    let (name, id) = (service.name.as_bytes(), service.id.as_bytes());
    crate::domain::service::instance_key(ROOT, name, id).is_ok_and(|other| other == *key)
}
