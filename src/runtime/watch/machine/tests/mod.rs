//! The machine against a server that cuts, repeats, swaps, splits, strays and compacts, compared with
//! the history of that server.

mod cases;
mod server;

use std::collections::BTreeMap;
use std::time::{Duration, Instant, SystemTime};

use proptest::prelude::*;

use self::server::{Server, WATCHED, broken, range};
use super::{Input, Machine, Moment, Step};
use crate::app::message::WatchNews;
use crate::domain::watch::{FaultKind, FoundKind, Gone};
use crate::domain::{Event, EventKind, Key, Revision};
use crate::store::WatchMessage;

/// A machine, its server, and all it told.
struct Bench {
    machine: Machine,
    server: Server,
    news: Vec<WatchNews>,
    now: Instant,
    /// The next revision of the open stream.
    cursor: Revision,
    /// The last message of the stream.
    sent: Vec<Event>,
    /// Whether the server forgets deletes at the revision of a compaction, and whether the stream was
    /// opened there.
    forgets: bool,
    forgetting: Revision,
}

impl Bench {
    fn new(from: Revision, server: Server) -> Bench {
        Bench {
            machine: Machine::new(range(), from, true),
            server,
            news: Vec::new(),
            now: Instant::now(),
            cursor: Revision::NONE,
            sent: Vec::new(),
            forgets: false,
            forgetting: Revision::NONE,
        }
    }

    fn feed(&mut self, input: Input) {
        self.now += Duration::from_millis(1);
        let moment = Moment { now: self.now, clock: SystemTime::UNIX_EPOCH, jitter: 0.5 };
        self.news.extend(self.machine.take(input, moment));
    }

    fn send(&mut self, events: Vec<Event>) {
        if self.machine.next() == Step::Read {
            self.sent.clone_from(&events);
            self.feed(Input::Message(WatchMessage::Events(events)));
        }
    }

    /// Does the next step; `how` decides what goes wrong, 0 nothing.
    fn step(&mut self, how: u8) {
        match self.machine.next() {
            Step::List(_) | Step::Open(_) | Step::Prove(_) if how % 8 == 7 => {
                self.feed(Input::Failed(broken()));
            }
            Step::List(at) => self.list(at),
            Step::Open(from) => {
                let created = self.server.revision();
                self.cursor = if from.is_some() { from } else { created.next() };
                self.sent.clear();
                let forgets = self.forgets && self.cursor == self.server.compacted;
                self.forgetting = if forgets { self.cursor } else { Revision::NONE };
                self.feed(Input::Opened);
                self.feed(Input::Message(WatchMessage::Created { revision: created, cluster: 1 }));
            }
            Step::Prove(request) => match self.server.range(&request) {
                Ok(answer) => self.feed(Input::Proved(answer)),
                Err(error) => self.feed(Input::Failed(error)),
            },
            Step::Wait(_) => {
                self.now += Duration::from_secs(1);
                self.feed(Input::Waited);
            }
            Step::Read => self.read(how),
        }
    }

    fn list(&mut self, at: Revision) {
        let at = if at.is_some() { at } else { self.server.revision() };
        if let Some(error) = self.server.gone(at) {
            return self.feed(Input::Failed(error));
        }
        let entries: Vec<_> = self.server.at(at).into_values().collect();
        let total = entries.len() as u64;
        for page in entries.chunks(3) {
            self.feed(Input::Page { entries: page.to_vec(), at, total });
        }
        self.feed(Input::Listed(at));
    }

    fn take(&mut self) -> Vec<Event> {
        let events = self.server.events(self.cursor, self.forgetting == self.cursor);
        self.cursor = self.cursor.next();
        events
    }

    fn read(&mut self, how: u8) {
        // It says so after it has said that the watch stands.
        if let Some(error) = self.server.gone(self.cursor) {
            return self.feed(Input::Failed(error));
        }
        if self.cursor > self.server.revision() {
            let revision = self.server.revision();
            return match how % 4 {
                3 => self.feed(Input::Failed(broken())),
                _ => self.feed(Input::Message(WatchMessage::Progress { revision })),
            };
        }
        match how % 8 {
            1 => self.feed(Input::Failed(broken())),
            2 => self.send(self.sent.clone()),
            3 if self.cursor < self.server.revision() => {
                let (first, second) = (self.take(), self.take());
                self.send(second);
                self.send(first);
            }
            4 => {
                let mut first = self.take();
                let second = first.split_off(first.len() / 2);
                self.send(first);
                self.send(second);
            }
            5 => {
                let mut events = self.take();
                let mut stray = events.clone();
                stray.truncate(1);
                stray.iter_mut().for_each(|event| event.entry.key = Key::from("elsewhere"));
                events.extend(stray);
                self.send(events);
            }
            _ => {
                let mut events = self.take();
                if how & 8 != 0 && self.cursor <= self.server.revision() {
                    events.extend(self.take());
                }
                self.send(events);
            }
        }
    }

    /// Nothing goes wrong any more until all is told.
    fn settle(&mut self) {
        for _ in 0..10_000 {
            if self.machine.next() == Step::Read && self.cursor > self.server.revision() {
                return;
            }
            self.step(0);
        }
        panic!("the watch never comes to rest: {:?}", self.machine);
    }

    /// What was told, in short.
    fn story(&self) -> String {
        let line = |news: &WatchNews| match news {
            WatchNews::Events { events, .. } => {
                let short = |e: &Event| format!("{:?} {}@{}", e.kind, e.entry.key, e.revision());
                events.iter().map(short).collect::<Vec<_>>().join(" ")
            }
            WatchNews::Gap { from, to, .. } => format!("gap {from}..{to}"),
            WatchNews::Fault { fault, .. } => fault.to_string(),
            WatchNews::Found { found, listed, .. } => format!("{listed}: {found:?}"),
            WatchNews::Watching { revision } => format!("watching at {revision}"),
            WatchNews::Progress { revision } => format!("progress {revision}"),
            other => format!("{other:?}"),
        };
        self.news.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn told(&self) -> Vec<&Event> {
        let events = self.news.iter().filter_map(|news| match news {
            WatchNews::Events { events, .. } => Some(events),
            _ => None,
        });
        events.flatten().collect()
    }

    fn gaps(&self) -> Vec<(Revision, Revision)> {
        let gap = |news: &WatchNews| match news {
            WatchNews::Gap { from, to, .. } => Some((*from, *to)),
            _ => None,
        };
        self.news.iter().filter_map(gap).collect()
    }

    fn faults(&self) -> Vec<FaultKind> {
        let fault = |news: &WatchNews| match news {
            WatchNews::Fault { fault, .. } => Some(fault.kind),
            _ => None,
        };
        self.news.iter().filter_map(fault).collect()
    }

    /// The keys as whoever reads the log has to believe they are.
    fn believed(&self, mut keys: BTreeMap<Key, Revision>) -> BTreeMap<Key, Revision> {
        let mut gone: BTreeMap<Key, Revision> = BTreeMap::new();
        for news in &self.news {
            match news {
                WatchNews::Events { events, .. } => {
                    for Event { kind, entry, .. } in events {
                        let last = keys.get(&entry.key).max(gone.get(&entry.key)).copied();
                        if last.is_some_and(|last| last > entry.mod_revision) {
                            continue; // it came late
                        }
                        match kind {
                            EventKind::Put => {
                                keys.insert(entry.key.clone(), entry.mod_revision);
                            }
                            EventKind::Delete => {
                                keys.remove(&entry.key);
                                gone.insert(entry.key.clone(), entry.mod_revision);
                            }
                        }
                    }
                }
                WatchNews::Found { found, .. } => {
                    for found in found {
                        match found.kind {
                            FoundKind::Gone => keys.remove(&found.key),
                            FoundKind::Put | FoundKind::Changed => {
                                keys.insert(found.key.clone(), found.revision)
                            }
                        };
                    }
                }
                _ => {}
            }
        }
        keys
    }
}

fn revisions(server: &Server, at: Revision) -> BTreeMap<Key, Revision> {
    server.at(at).into_iter().map(|(key, entry)| (key, entry.mod_revision)).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    /// Whatever breaks, each event is told once, in order unless the server itself swapped some (which
    /// is said), and what compaction took is said and made up for by the listing.
    #[test]
    fn nothing_is_lost_repeated_or_hidden(
        before in prop::collection::vec(any::<u8>(), 0..12),
        from in 0i64..6,
        forgets: bool,
        script in prop::collection::vec((0u8..20, any::<u8>()), 0..150),
    ) {
        let mut server = Server::default();
        before.iter().for_each(|bits| server.write(*bits));
        let from = Revision(if from > server.revision().0 { 0 } else { from });
        let mut bench = Bench::new(from, server);
        bench.forgets = forgets;
        bench.settle();
        let start = if from.is_some() { from } else { bench.server.revision().next() };
        let mut swaps = false;
        for (what, how) in script {
            match what {
                0..=5 => bench.server.write(how),
                6 => {
                    let (compacted, now) = (bench.server.compacted.0, bench.server.revision().0);
                    let span = (now - compacted).max(1);
                    bench.server.compacted = Revision(compacted + i64::from(how) % span);
                }
                _ => {
                    swaps |= matches!(how % 8, 3 | 4);
                    bench.step(how);
                }
            }
        }
        bench.settle();

        let now = bench.server.revision();
        let gaps = bench.gaps();
        let told: Vec<(Revision, Key)> =
            bench.told().iter().map(|e| (e.revision(), e.entry.key.clone())).collect();
        let mut sorted = told.clone();
        sorted.sort();
        sorted.dedup();
        prop_assert_eq!(sorted.len(), told.len(), "something is told twice: {:?}", &told);
        let mut missing = Vec::new();
        for event in (start.0..=now.0).flat_map(|n| bench.server.events(Revision(n), false)) {
            let (at, key) = (event.revision(), event.entry.key.clone());
            let in_gap = gaps.iter().any(|(from, to)| *from <= at && at <= *to);
            let forgotten = forgets
                && event.kind == EventKind::Delete
                && (at == start || gaps.iter().any(|(_, to)| to.next() == at));
            if sorted.binary_search(&(at, key.clone())).is_err() && !in_gap && !forgotten {
                missing.push((at, key));
            }
        }
        prop_assert!(missing.is_empty(), "not told: {:?} of\n{}", missing, bench.story());
        if !swaps {
            prop_assert!(told.is_sorted_by_key(|(revision, _)| *revision), "order: {:?}", &told);
            let disorder = [FaultKind::Late, FaultKind::Split, FaultKind::Missed];
            prop_assert!(!bench.faults().iter().any(|kind| disorder.contains(kind)));
        }
        prop_assert!(gaps.is_sorted_by(|one, next| one.1 < next.0), "gaps: {:?}", gaps);
        // Whoever reads the log, knowing what there was, knows what there is, unless the log itself
        // says that it does not tell.
        let is_told = |news: &WatchNews| match news {
            WatchNews::Found { listed, .. } => listed.gone != Gone::Unknown,
            _ => true,
        };
        if bench.news.iter().all(is_told) {
            let base = revisions(&bench.server, Revision(start.0 - 1));
            prop_assert_eq!(
                bench.believed(base),
                revisions(&bench.server, now),
                "{}",
                bench.story()
            );
        }
        for name in WATCHED {
            let key = Key::from(name);
            let known = bench.machine.known.as_ref().and_then(|known| known.written(&key));
            if let Some(known) = known {
                prop_assert_eq!(known, revisions(&bench.server, now).get(&key).copied());
            }
        }
    }
}
