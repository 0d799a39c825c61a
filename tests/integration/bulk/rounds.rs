//! Two writers on one key set, one through the program and one outside, while calls and answers are
//! cut: no foreign write is overwritten, nothing is written twice, and what is said is what the
//! store's history tells.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use etcdeck::bulk::Limits;
use etcdeck::domain::bulk::{PlanRequest, Rename, Report, Why};
use etcdeck::domain::change::To;
use etcdeck::domain::edit::{Base, EditSession, Form, Outcome, SaveFailure};
use etcdeck::domain::journal::{Before, JournalId, Written};
use etcdeck::domain::txn::{DeleteRequest, PutRequest, RangeRequest};
use etcdeck::domain::{Event, EventKind, Key, KeyRange, Revision};
use etcdeck::journal::{Journal, record_txn};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{Store, WatchMessage, WatchRequest};
use futures_util::StreamExt as _;

use super::client;
use super::meddled::{Cut, Meddled};
use super::program::Program;
use super::world::World;
use crate::support::servers::Etcd;

/// Numbers that look random and come again with the same seed (xorshift).
#[derive(Clone)]
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice((seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % bound
    }
}

/// The writer outside. What it did is what the store answered.
struct Outside {
    world: World,
    dice: Mutex<Dice>,
    done: Mutex<Vec<(Key, Option<Vec<u8>>, Revision)>>,
}

impl Outside {
    fn roll(&self, bound: u64) -> u64 {
        self.dice.lock().unwrap_or_else(PoisonError::into_inner).below(bound)
    }

    /// Writes or deletes some key, without any care.
    async fn act(&self) {
        let key = self.world.key(&name(self.roll(2), self.roll(NAMES)));
        let store = &self.world.store;
        let done = if self.roll(3) == 0 {
            let request = DeleteRequest::new(KeyRange::single(key.clone()));
            let answer = store.delete(request).await.expect("the store itself is well");
            (answer.deleted > 0).then_some((key, None, answer.revision))
        } else {
            let value = format!("theirs-{}", self.roll(1 << 40)).into_bytes();
            let request = PutRequest::new(key.clone(), value.clone());
            let answer = store.put(request).await.expect("the store itself is well");
            Some((key, Some(value), answer.revision))
        };
        self.done.lock().unwrap_or_else(PoisonError::into_inner).extend(done);
    }

    /// What happens right before a transaction of the program, and what to it.
    async fn meddle(&self) -> Cut {
        for _ in 0..self.roll(3) {
            self.act().await;
        }
        match self.roll(20) {
            0 => Cut::Unsent,
            1 | 2 => Cut::Before,
            3..=5 => Cut::After,
            6 | 7 => Cut::Late,
            _ => Cut::None,
        }
    }
}

const NAMES: u64 = 12;

fn name(folder: u64, key: u64) -> String {
    format!("{}/{key:02}", if folder == 0 { "a" } else { "b" })
}

/// What one job said.
#[derive(Debug)]
struct Said {
    request: PlanRequest,
    planned_at: Revision,
    report: Report,
}

/// What one save said.
#[derive(Debug)]
struct Saved {
    key: Key,
    value: Vec<u8>,
    looked: Revision,
    outcome: Outcome,
    /// It was cut once, so that it may have been written before others came.
    cut: bool,
}

/// One round; gives how many keys were written and left by jobs, and how many saves were written.
async fn round(seed: u64, which: &str, store: Arc<dyn Store>) -> (u64, u64, u64) {
    let world = World::new(format!("{which}, seed {seed}"), store.clone(), &format!("/r/{seed}/"));
    let mut dice = Dice::new(seed);
    let outside = Outside {
        world: world.through(store.clone()),
        dice: Mutex::new(Dice::new(seed ^ 0xffff)),
        done: Mutex::default(),
    };
    let outside = Arc::new(outside);
    let start = store.status().await.expect("status").revision;
    for _ in 0..10 {
        outside.act().await;
    }
    let meddler = outside.clone();
    let meddled = Meddled::new(store.clone(), move |_| {
        let meddler = meddler.clone();
        async move { meddler.meddle().await }
    });
    let meddled = Arc::new(meddled);
    let limits = Limits { changes: 1 + dice.below(6) as usize, ..Limits::default() };
    let journal = Journal::default();
    let mut program = Program::start(meddled.clone(), journal.clone(), limits);

    let (mut jobs, mut saves) = (Vec::new(), Vec::new());
    for turn in 0..5 {
        let rename = || vec![Rename { from: world.key("a/"), to: world.key("b/"), prefix: true }];
        let request = match dice.below(6) {
            0 => PlanRequest::Delete(vec![world.under("a/"), world.under("b/0")]),
            1 => PlanRequest::Transfer { names: rename(), keep: false },
            2 => PlanRequest::Transfer { names: rename(), keep: true },
            3 => {
                let now = store.status().await.expect("status").revision;
                let revision = Revision(start.0 + 1 + dice.below(8) as i64).min(now);
                PlanRequest::Restore { ranges: vec![world.under("a/")], revision }
            }
            4 => match jobs.iter().rev().find_map(|said: &Said| said.report.journal) {
                Some(record) => PlanRequest::Undo(record),
                None => PlanRequest::Delete(vec![world.all()]),
            },
            _ => {
                let key = world.key(&name(dice.below(2), dice.below(NAMES)));
                let value = format!("mine-{seed}-{turn}").into_bytes();
                saves.push(save(&*meddled, key, value).await);
                continue;
            }
        };
        let (planned_at, report) = program.job(request.clone()).await;
        jobs.extend(report.map(|report| Said { request, planned_at, report }));
    }
    meddled.arrive().await;
    let history = history(&world, start).await;
    check(&world, &outside, &history, &journal, &jobs, &saves);
    let done = jobs.iter().map(|said| said.report.done).sum();
    let left = jobs.iter().map(|said| said.report.left_count).sum();
    let saved = saves.iter().filter(|saved| matches!(saved.outcome, Outcome::Saved(_))).count();
    (done, left, saved as u64)
}

/// A save as the editor makes it: read, changed, written under guard, and read back when unanswered.
async fn save(store: &Meddled, key: Key, value: Vec<u8>) -> Saved {
    let read = async || {
        let answer = etcdeck::store::Kv::range(store, RangeRequest::get(key.clone())).await;
        let answer = answer.expect("reads are not cut");
        (answer.entries.into_iter().next(), answer.revision)
    };
    let (found, looked) = read().await;
    let base = found.map_or_else(|| Base::Absent(key.clone()), Base::Entry);
    let mut session = EditSession::new(base, Form::Text);
    session.adopt(&value);
    let (mut outcome, mut cut) = (Outcome::Nothing, false);
    // Asked again as long as nothing was sent, as somebody would press the key again. What was sent
    // and not found is not: it may be on its way.
    for _ in 0..20 {
        let txn = session.save().expect("there is something to save");
        outcome = match record_txn(store, txn).await.0 {
            Ok(answer) => session.on_saved(answer),
            Err(error) if error.outcome_unknown() => {
                cut = true;
                session.on_save_failed(SaveFailure::OutcomeUnknown(error.to_string()))
            }
            Err(error) => session.on_save_failed(SaveFailure::NotSent(error.to_string())),
        };
        while let Outcome::ReadBack(_) = outcome {
            let (entry, revision) = read().await;
            outcome = session.on_read_back(entry, revision);
        }
        if cut || !matches!(outcome, Outcome::NotWritten(_)) {
            break;
        }
    }
    Saved { key, value, looked, outcome, cut }
}

/// Everything that happened to the keys of a round.
async fn history(world: &World, start: Revision) -> Vec<Event> {
    let end = world.put("the end", "").await;
    let request = WatchRequest::new(world.all()).from(start.next()).prev_kv();
    let mut stream = world.store.watch(request).await.expect("a watch");
    let mut history = Vec::new();
    loop {
        match stream.next().await.expect("it goes on").expect("no error") {
            WatchMessage::Events(events) => history.extend(events),
            WatchMessage::Created { .. } | WatchMessage::Progress { .. } => {}
        }
        if history.last().is_some_and(|event| event.revision() == end) {
            history.pop();
            return history;
        }
    }
}

fn check(
    world: &World,
    outside: &Outside,
    history: &[Event],
    journal: &Journal,
    jobs: &[Said],
    saves: &[Saved],
) {
    let at = &world.name;
    // Who made each event. Every claim takes one away, and none may be claimed twice.
    let mut open: BTreeMap<(Revision, Key), &Event> =
        history.iter().map(|event| ((event.revision(), event.entry.key.clone()), event)).collect();
    let foreign = outside.done.lock().expect("no panic").clone();
    for (key, value, revision) in &foreign {
        let event = open.remove(&(*revision, key.clone()));
        let event = event.unwrap_or_else(|| panic!("{at}: their write at {revision} is gone"));
        assert_eq!(value.is_none(), event.kind == EventKind::Delete, "{at}");
        assert!(value.as_ref().is_none_or(|value| *value == event.entry.value), "{at}");
    }
    // Also a save of ours that arrived late: it is no part of the job.
    let somebody_since = |key: &Key, since: Revision| {
        history.iter().any(|event| event.entry.key == *key && event.revision() > since)
    };
    // Whether an event took away what they wrote after somebody here had looked.
    let overwrote = |event: &Event, looked: Revision| {
        let previous = event.previous.as_ref().filter(|entry| entry.mod_revision > looked);
        previous.is_some_and(|previous| {
            foreign.iter().any(|(key, _, revision)| {
                *key == previous.key && *revision == previous.mod_revision
            })
        })
    };
    let mut unknown = Vec::new();
    for Said { request, planned_at, report } in jobs {
        let said = format!("{at}: {request:?}: {report:?}");
        assert_eq!(report.done + report.left_count, report.total, "{said}");
        assert_eq!((report.stopped, &report.error), (false, &None), "{said}");
        let written = report
            .journal
            .map_or(Vec::new(), |id: JournalId| journal.read(id, usize::MAX).expect("the record"));
        let (known, unsure): (Vec<Written>, Vec<Written>) =
            written.into_iter().partition(|written| written.revision.is_some());
        unknown.extend(unsure);
        for Written { key, before, after, revision } in &known {
            let event = open.remove(&(*revision, key.clone()));
            let event = event.unwrap_or_else(|| panic!("{said}: {key} was not written then"));
            match after {
                To::Put { value, lease } => {
                    assert_eq!((&event.entry.value, event.entry.lease), (value, *lease), "{said}");
                    assert_eq!(event.kind, EventKind::Put, "{said}");
                }
                To::Deleted => assert_eq!(event.kind, EventKind::Delete, "{said}"),
            }
            match before {
                Before::Absent => assert_eq!(event.previous, None, "{said}"),
                Before::Entry(entry) => assert_eq!(event.previous.as_ref(), Some(entry), "{said}"),
                Before::Unknown => panic!("{said}: everything can be read here"),
            }
            assert!(!overwrote(event, *planned_at), "{said}: {key} overwritten");
        }
        // One that arrived twice, and was taken back, is written more than once, and still one key.
        let keys: BTreeSet<&Key> = known.iter().map(|written| &written.key).collect();
        match request {
            PlanRequest::Transfer { keep: false, .. } => {
                assert_eq!(keys.len() as u64, 2 * report.done, "{said}");
            }
            // It may take back a move.
            PlanRequest::Undo(_) => assert!(keys.len() as u64 >= report.done, "{said}"),
            PlanRequest::Delete(_)
            | PlanRequest::Transfer { keep: true, .. }
            | PlanRequest::Restore { .. }
            | PlanRequest::Import(_) => assert_eq!(keys.len() as u64, report.done, "{said}"),
        }
        for left in &report.left {
            let mine = known.iter().any(|written| written.key == left.key);
            assert!(!mine, "{said}: {} was written and is called left", left.key);
            match left.why {
                Why::Changed | Why::Exists => {
                    let somebody = somebody_since(&left.key, *planned_at);
                    assert!(somebody, "{said}: nobody changed {}", left.key);
                }
                Why::Unknown => {}
                Why::Denied | Why::Refused(_) | Why::NotReached => panic!("{said}"),
            }
        }
    }
    for Saved { key, value, looked, outcome, cut } in saves {
        let said = format!("{at}: save {key}: {outcome:?}");
        let found: Vec<Revision> = open
            .iter()
            .filter(|((_, of), event)| of == key && event.entry.value == *value)
            .map(|((revision, _), _)| *revision)
            .collect();
        assert!(found.len() <= 1, "{said}: written more than once");
        for revision in &found {
            let event = open.remove(&(*revision, key.clone())).expect("it was found");
            assert!(!overwrote(event, *looked), "{said}: overwritten");
        }
        match outcome {
            Outcome::Saved(at) | Outcome::AlreadyThere(at) | Outcome::Late(at) => {
                assert_eq!(found, [*at], "{said}");
            }
            // Written by a call of which nobody heard, and then written by others.
            _ if *cut => {}
            Outcome::Conflict(_) | Outcome::Gone(_) | Outcome::NotWritten(_) => {
                assert!(found.is_empty(), "{said}");
            }
            other => panic!("{said}: {other:?} is no end"),
        }
    }
    // What is left was done by nobody but those who said that they do not know.
    for ((revision, key), event) in open {
        let sent = unknown.iter().any(|written| {
            written.key == key
                && (written.after == To::Deleted) == (event.kind == EventKind::Delete)
        });
        assert!(
            sent,
            "{at}: {key} was written at {revision} and nobody said so: {event:?}; jobs {jobs:?}; \
             saves {saves:?}"
        );
    }
}

/// Many rounds; all kinds of endings must have come.
async fn rounds(seeds: std::ops::Range<u64>, which: &str, store: Arc<dyn Store>) {
    let (mut done, mut left, mut saved) = (0, 0, 0);
    for seed in seeds {
        let (d, l, s) = round(seed, which, store.clone()).await;
        (done, left, saved) = (done + d, left + l, saved + s);
    }
    println!("{which}: {done} keys written, {left} left, {saved} saved");
    assert!(done > 0 && left > 0 && saved > 0, "{which}: {done} {left} {saved}");
}

/// The first seed: another one for other rounds.
fn first_seed() -> u64 {
    let given = std::env::var("ETCDECK_SEED").ok();
    given.map_or(0, |seed| seed.parse().expect("ETCDECK_SEED is a number"))
}

#[tokio::test(start_paused = true)]
async fn a_thousand_rounds_of_two_writers_on_the_sandbox() {
    let first = first_seed();
    rounds(first..first + 1000, "the sandbox", Arc::new(Sandbox::new())).await;
}

#[test]
fn two_hundred_rounds_of_two_writers_on_real_servers() {
    let first = first_seed();
    let versions = Etcd::versions();
    let each = 200_u64.div_ceil(versions.len() as u64);
    std::thread::scope(|scope| {
        for (at, version) in versions.into_iter().enumerate() {
            scope.spawn(move || {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(async {
                    let store = Arc::new(client(Etcd::shared(version)));
                    let seeds = first + each * at as u64..first + each * (at as u64 + 1);
                    rounds(seeds, &format!("etcd {version}"), store).await;
                });
            });
        }
    });
}
