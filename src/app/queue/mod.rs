//! The views of locks and elections: queues by shape, their members in order, followed live.
//!
//! Invariant: nothing is called held or led but what a whole reading of the queue says; where only
//! single keys were read, the first of them is called the first and no more.

mod act;
mod live;
mod search;

use std::collections::{HashMap, HashSet};
use std::time::{Duration, Instant};

use super::App;
use super::clock::Timer;
use super::filter::Filter;
use super::follow::Follow;
use super::hold::Hold;
use super::holding::Holdings;
use super::load::Load;
use super::viewport::Cursor;
use crate::domain::lease::Reading;
use crate::domain::queue::{Coverage, Member, Queue, QueueKind, Queues};
use crate::domain::{Key, LeaseId, Revision, escape};
use search::Search;

/// How often the leases of the rows in view are read.
const LIVES: Duration = Duration::from_secs(2);
/// How often queues are put together anew at most, when there are many.
const COUNTED: Duration = Duration::from_millis(100);
/// So many queues and members are many.
const MANY: usize = 500;

/// What the view of locks or elections shows.
pub struct QueuesView {
    /// Which of the two.
    pub kind: QueueKind,
    /// Only queues below this prefix; empty for everywhere.
    pub prefix: Key,
    /// The queues of this kind, by name.
    pub found: Load<Vec<Queue>>,
    /// Whether the queues follow the store.
    pub follow: Follow,
    /// What was last read of the leases in view; nothing for one that is gone.
    pub lives: HashMap<LeaseId, Option<Reading>>,
    /// The selected row and the first one shown.
    pub cursor: Cursor,
    /// What the rows are filtered by.
    pub filter: Option<Filter>,
    known: Queues,
    /// What a reading under way has found so far; shown when it is complete.
    next: Option<Queues>,
    search: Search,
    /// The names that were ever seen: other keys under them matter as well.
    names: HashSet<Key>,
    /// Members whose key was seen to be created, and when.
    arrived: HashMap<Key, Instant>,
    /// Queues whose holder was seen to change, to which one and when.
    took: HashMap<Key, (Key, Instant)>,
    /// Something happened that the queues shown do not tell yet.
    changed: bool,
    counted: Option<Instant>,
    lives_due: Option<Instant>,
    lives_refused: bool,
    anchor: Option<RowId>,
}

/// What a row stands for: the selection stays on it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum RowId {
    Queue(Key),
    Member(Key),
}

/// A row of the view.
#[derive(Clone, Copy, Debug)]
pub enum Row<'a> {
    /// A queue.
    Queue(&'a Queue),
    /// A member of it, with its place from 0.
    Member(&'a Queue, usize, &'a Member),
}

impl<'a> Row<'a> {
    /// The queue it is of.
    pub fn queue(&self) -> &'a Queue {
        match self {
            Row::Queue(queue) | Row::Member(queue, ..) => queue,
        }
    }

    fn id(&self) -> RowId {
        match self {
            Row::Queue(queue) => RowId::Queue(queue.name.clone()),
            Row::Member(_, _, member) => RowId::Member(member.key.clone()),
        }
    }
}

/// How a member stands in its queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// It holds the lock, or leads.
    Holds,
    /// It is the first of those that were read; whether it holds is not known.
    First,
    /// It waits, with so many members before it.
    Waits(usize),
}

/// How a member at this place stands.
pub fn standing(queue: &Queue, place: usize) -> Standing {
    match place {
        0 if queue.holder().is_none() => Standing::Waits(0),
        0 if queue.coverage == Coverage::Part => Standing::First,
        0 => Standing::Holds,
        place => Standing::Waits(place),
    }
}

impl QueuesView {
    pub(super) fn new(kind: QueueKind, prefix: Key) -> QueuesView {
        QueuesView {
            kind,
            prefix,
            found: Load::Loading,
            follow: Follow::Off,
            lives: HashMap::new(),
            cursor: Cursor::default(),
            filter: None,
            known: Queues::new(),
            next: None,
            search: Search::default(),
            names: HashSet::new(),
            arrived: HashMap::new(),
            took: HashMap::new(),
            changed: false,
            counted: None,
            lives_due: None,
            lives_refused: false,
            anchor: None,
        }
    }

    /// The rows that the filter leaves: each queue, then its members in order.
    pub fn rows(&self) -> Vec<Row<'_>> {
        let text = self.filter.as_ref().and_then(Filter::text).map(str::to_lowercase);
        let mut rows = Vec::new();
        for queue in self.found.ready().into_iter().flatten() {
            let members = queue.members.iter().enumerate();
            let members = members.map(|(place, member)| Row::Member(queue, place, member));
            let Some(text) = &text else {
                rows.push(Row::Queue(queue));
                rows.extend(members);
                continue;
            };
            let named = has(&queue.name.to_string(), text);
            let kept: Vec<Row> = members.filter(|row| named || matches(row, text)).collect();
            if named || !kept.is_empty() {
                rows.push(Row::Queue(queue));
                rows.extend(kept);
            }
        }
        rows
    }

    /// The selected row.
    pub fn selected(&self) -> Option<Row<'_>> {
        self.rows().get(self.cursor.selected).copied()
    }

    /// Since when a member holds, or waits, when that was seen here.
    pub fn since(&self, row: &Row) -> Option<Instant> {
        let Row::Member(queue, place, member) = row else { return None };
        let took = self.took.get(&queue.name).filter(|(key, _)| *key == member.key);
        let took = took.filter(|_| *place == 0).map(|(_, since)| *since);
        took.or_else(|| self.arrived.get(&member.key).copied())
    }

    /// How far a reading under way is, in words.
    pub fn progress(&self) -> Option<String> {
        self.search.progress()
    }

    /// Whether a queue belongs into this view. A lock of etcd's has no values and a candidate has one,
    /// but neither must be so: a queue with both, one whose name speaks for the other kind, and one
    /// that is taken for the other kind here are shown in both views.
    fn shows(&self, queue: &Queue, held: &HashSet<Key>) -> bool {
        let name = queue.name.to_string().to_lowercase();
        let named = |words: [&str; 2]| words.iter().any(|word| name.contains(word));
        let plain = || queue.members.iter().any(|member| member.value.is_empty());
        queue.kind == self.kind
            || held.contains(&queue.name)
            || match self.kind {
                QueueKind::Lock => plain() || named(["lock", "mutex"]),
                QueueKind::Election => named(["elect", "leader"]),
            }
    }

    /// Puts the queues together anew; `live` when what changed was seen to change just now.
    fn count(&mut self, held: &HashSet<Key>, now: Instant, live: bool) {
        let all = self.known.queues();
        let found: Vec<Queue> = all.into_iter().filter(|queue| self.shows(queue, held)).collect();
        let holder = |queue: &Queue| queue.holder().map(|holder| holder.key.clone());
        if let Some(before) = self.found.ready() {
            let before: HashMap<&Key, Option<Key>> =
                before.iter().map(|queue| (&queue.name, holder(queue))).collect();
            for queue in &found {
                let was = before.get(&queue.name).cloned().flatten();
                match holder(queue) {
                    Some(now_first) if was.as_ref() == Some(&now_first) => {}
                    Some(now_first) if live => {
                        self.took.insert(queue.name.clone(), (now_first, now));
                    }
                    _ => drop(self.took.remove(&queue.name)),
                }
            }
        }
        let names: HashSet<&Key> = found.iter().map(|queue| &queue.name).collect();
        self.took.retain(|name, _| names.contains(name));
        let keys = found.iter().flat_map(|queue| &queue.members);
        let keys: HashSet<&Key> = keys.map(|member| &member.key).collect();
        self.arrived.retain(|key, _| keys.contains(key));
        let leases: HashSet<LeaseId> =
            found.iter().flat_map(|queue| &queue.members).map(|member| member.lease).collect();
        self.lives.retain(|id, _| leases.contains(id));
        self.found = Load::Ready(found);
        self.changed = false;
        self.counted = Some(now);
    }
}

fn has(text: &str, part: &str) -> bool {
    text.to_lowercase().contains(part)
}

fn matches(row: &Row, text: &str) -> bool {
    let Row::Member(_, _, member) = row else { return false };
    has(&member.lease.to_string(), text) || has(&escape::line(&member.value), text)
}

/// The names that somebody here holds or waits for as what the view shows.
fn held_as(kind: QueueKind, holdings: &Holdings) -> HashSet<Key> {
    let names = holdings.all.values().filter_map(|holding| match (&holding.hold, kind) {
        (Hold::Lock { name, .. }, QueueKind::Lock)
        | (Hold::Candidacy { name, .. }, QueueKind::Election) => Some(name.clone()),
        _ => None,
    });
    names.collect()
}

impl App {
    fn count_queues(&mut self, live: bool) {
        let (now, holdings) = (self.now, &self.holdings);
        if let Some(view) = self.view.as_mut().and_then(|view| view.queues_mut()) {
            let held = held_as(view.kind, holdings);
            view.count(&held, now, live);
            self.redraw = true;
        }
    }

    /// After every message: rows, selection, countdown, and what is to be read.
    pub(super) fn settle_queues(&mut self) {
        let now = self.now;
        let height = usize::from(self.viewport.view.height);
        let Some(view) = self.queues() else { return };
        if view.changed && view.found.ready().is_some() {
            let rows = view.found.ready().into_iter().flatten().map(|q| 1 + q.members.len());
            let due = view.counted.filter(|_| rows.sum::<usize>() > MANY).map(|at| at + COUNTED);
            match due.filter(|due| *due > now) {
                Some(due) => self.timers.set_earliest(Timer::View, due),
                None => self.count_queues(true),
            }
        }
        let Some(view) = self.queues_mut() else { return };
        let ids: Vec<RowId> = view.rows().iter().map(Row::id).collect();
        let at = view.anchor.as_ref().and_then(|id| ids.iter().position(|other| other == id));
        if let Some(index) = at {
            view.cursor.selected = index;
        }
        view.cursor.settle(ids.len(), height);
        view.anchor = ids.get(view.cursor.selected).cloned();
        if !ids.is_empty() && height > 0 {
            self.timers.set_earliest(Timer::Second, now + Duration::from_secs(1));
            self.settle_lives();
        }
    }

    /// The view's timer.
    pub(super) fn queues_again(&mut self) {
        self.search_again();
        self.read_lives();
    }

    /// The newest revision that the watch of the view told of.
    fn queues_seen(&mut self, revision: Revision) {
        self.seen(revision);
    }

    fn give_up_search(&mut self) {
        use super::purpose::{Purpose, ViewPurpose};
        self.give_up(|purpose| {
            matches!(
                purpose,
                Purpose::View(ViewPurpose::Leases | ViewPurpose::LeaseKeys | ViewPurpose::Entries)
            )
        });
    }
}
