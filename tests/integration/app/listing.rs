//! Long levels: listed from either end and around a key, as far as the screen needs, within the load
//! that may be put on the server.

use std::time::{Duration, SystemTime};

use etcdeck::app::effect::{Answer, Call, CallResult, Effect, WatchId};
use etcdeck::app::message::{Message, WatchNews};
use etcdeck::app::settings::Settings;
use etcdeck::domain::limit::Limits;
use etcdeck::domain::load::Load;
use etcdeck::domain::tree::{Dir, Level, NodeId, RowKind};
use etcdeck::domain::txn::{Op, OpResponse, RangeRequest, RangeResponse, TxnResponse};
use etcdeck::domain::{EventKind, Key, Revision, escape};
use etcdeck::store::{ErrorKind, StoreError};

use super::table::{Open, Table};
use crate::domain::model::Model;

/// A table whose listings and counts a simulated server answers, which counts as etcd does.
struct Desk {
    table: Table,
    model: Model,
    revision: Revision,
    /// Requests, and the keys counted for them.
    rounds: usize,
    walked: i64,
    most_open: usize,
}

impl Desk {
    /// Started on these keys; the first page is there.
    fn on(keys: impl Iterator<Item = String>, load: Load) -> Desk {
        let mut desk = Desk::begun(keys, load);
        desk.rests();
        desk
    }

    /// Started on these keys; nothing is answered yet.
    fn begun(keys: impl Iterator<Item = String>, load: Load) -> Desk {
        let model = Model::of(keys.map(|key| Key::from(key.as_str())));
        let limits = Limits { load, ..Limits::default() };
        let mut table = Table::new();
        table.app = etcdeck::app::App::new(Settings { limits, ..Settings::default() }, table.now);
        table.shows(20, 10);
        let update = table.app.start();
        table.take(update);
        table.online();
        table.answers_leases(Vec::new());
        let revision = Revision(1_000_000);
        Desk { table, model, revision, rounds: 0, walked: 0, most_open: 0 }
    }

    /// The oldest open question that reads the tree.
    fn open(&mut self) -> Option<Open> {
        let is_read = |call: &Call| match call {
            Call::Range(request) => request.keys_only && request.serializable,
            Call::Txn(request) => request.is_read_only(),
            _ => false,
        };
        let open = self.table.open.iter().filter(|open| is_read(&open.call)).count();
        self.most_open = self.most_open.max(open);
        let at = self.table.open.iter().position(|open| is_read(&open.call))?;
        Some(self.table.open.remove(at))
    }

    fn range(&mut self, request: &RangeRequest) -> RangeResponse {
        let (entries, count, more) = self.model.range(&request.range, request.limit);
        self.walked += count;
        let entries = if request.count_only { Vec::new() } else { entries };
        RangeResponse { revision: self.revision, entries, count, more }
    }

    /// Answers the oldest question, if there is one.
    fn answers(&mut self) -> bool {
        let Some(open) = self.open() else { return false };
        self.rounds += 1;
        let answer = match &open.call {
            Call::Range(request) => Answer::Range(self.range(request)),
            Call::Txn(request) => {
                assert!(request.success.len() <= 128, "etcd takes no more");
                let answer = |op: &Op| match op {
                    Op::Range(request) => OpResponse::Range(self.range(request)),
                    op => panic!("{op:?}"),
                };
                let responses = request.success.iter().map(answer).collect();
                Answer::Txn(TxnResponse { revision: self.revision, succeeded: true, responses })
            }
            call => panic!("{call:?}"),
        };
        self.result(open, Ok(answer));
        true
    }

    fn result(&mut self, open: Open, result: CallResult) {
        self.table.answers(open.ticket, result);
        let update = self.table.app.set_viewport(self.table.app.viewport);
        self.table.take(update);
    }

    /// Answers until nothing is asked. Answers with the rounds that took.
    fn rests(&mut self) -> usize {
        let before = self.rounds;
        while self.answers() {
            assert!(self.rounds < before + 2000, "it never rests");
        }
        self.rounds - before
    }

    fn keys(&mut self, keys: &str) {
        self.table.keys(keys);
    }

    fn selected(&self) -> String {
        let row = self.table.app.keys.selected_row().expect("a row");
        match row {
            RowKind::Node(id) => {
                let tree = &self.table.app.keys.tree;
                escape::line(tree.full_key(id).as_bytes())
            }
            row => format!("{row:?}"),
        }
    }

    fn listed(&self) -> usize {
        self.table.app.keys.tree.dir(NodeId::ROOT).map_or(0, Dir::len)
    }

    /// The line of the screen that the selection is on.
    fn line(&self) -> usize {
        self.table.app.keys.cursor.selected - self.table.app.keys.cursor.top
    }

    fn gaps(&self) -> usize {
        let rows = self.table.app.keys.tree.rows().iter();
        rows.filter(|row| matches!(row.kind, RowKind::Gap { .. })).count()
    }

    fn left(&self) -> Option<i64> {
        self.table.app.keys.tree.dir(NodeId::ROOT).and_then(Dir::left)
    }
}

fn leaves(many: usize) -> impl Iterator<Item = String> {
    (0..many).map(|at| format!("host-{at:06}"))
}

#[test]
fn the_last_row_of_a_long_level_is_there_at_once() {
    let mut desk = Desk::on(leaves(30_000), Load::default());
    assert!(desk.rounds <= 3, "{} rounds to the first screen", desk.rounds);
    assert_eq!((desk.listed(), desk.left()), (1000, Some(29_000)));
    desk.keys("G");
    let rounds = desk.rests();
    assert_eq!(desk.selected(), "host-029999");
    assert!(rounds <= 6, "{rounds} rounds");
    assert!(desk.listed() < 3000, "{} listed", desk.listed());
    assert_eq!((desk.gaps(), desk.left()), (1, Some(30_000 - desk.listed() as i64)));
    // Up to the gap, and on: it is listed from below, and the selection stays among what was there.
    let mut line = desk.line();
    for _ in 0..2000 {
        let before = desk.selected();
        desk.keys("k");
        let rounds = desk.rests();
        let (at, now) = (desk.line(), desk.selected());
        assert!(now < before, "{now} above {before}");
        assert!(at == line || at + 1 == line, "{at} after {line}: {rounds} rounds");
        assert!(now.starts_with("host-"), "{now}");
        line = at;
    }
    assert_eq!(desk.selected(), "host-027999");
    // The first one again, and down into the gap from above.
    desk.keys("g");
    desk.rests();
    assert_eq!(desk.selected(), "host-000000");
    let mut before = 0;
    for _ in 0..200 {
        desk.keys("pgdn");
        desk.rests();
        let now: usize = desk.selected()["host-".len()..].parse().expect("a row of a key");
        assert!((before + 1..=before + 19).contains(&now), "{now} after {before}");
        before = now;
    }
    assert!(before > 3000, "{before}");
    assert_eq!(desk.gaps(), 1);
    // The end is still what it was, without asking.
    desk.keys("G");
    assert_eq!((desk.rests(), desk.selected().as_str()), (0, "host-029999"));
}

#[test]
fn the_end_is_listed_also_when_it_is_wanted_before_the_first_answer() {
    let mut desk = Desk::begun(leaves(20_000), Load::default());
    desk.keys("G");
    desk.rests();
    assert_eq!(desk.selected(), "host-019999");
    assert!(desk.listed() < 4000);
    // A small level needs no search.
    let mut desk = Desk::on(leaves(1500), Load::default());
    desk.keys("G");
    assert!(desk.rests() <= 2);
    assert_eq!((desk.selected().as_str(), desk.listed()), ("host-001499", 1500));
}

/// The end of a long level comes into view from below: it is listed, and not all that is before it.
#[test]
fn a_long_level_above_the_last_row_is_listed_from_its_end() {
    let keys = (0..20_000).map(|at| format!("a/{at:05}")).chain(["z".to_owned()]);
    let mut desk = Desk::on(keys, Load::default());
    desk.keys("l");
    desk.rests();
    desk.keys("G");
    desk.rests();
    assert_eq!((desk.selected().as_str(), desk.gaps()), ("z", 1));
    assert!(desk.table.app.keys.tree.rows().len() < 4000);
    desk.keys("k");
    desk.rests();
    assert_eq!(desk.selected(), "a/19999");
}

#[test]
fn a_key_in_the_middle_is_listed_with_what_is_around_it() {
    let mut desk = Desk::on(leaves(30_000), Load::default());
    desk.table.runs("goto host-017321");
    let rounds = desk.rests();
    assert_eq!(desk.selected(), "host-017321");
    assert!(rounds <= 6, "{rounds} rounds");
    assert!(desk.listed() < 5000, "{} listed", desk.listed());
    // There is something above it as well.
    let mut before = desk.selected();
    for _ in 0..50 {
        desk.keys("k");
        desk.rests();
        assert!(desk.selected() < before, "{} above {before}", desk.selected());
        before = desk.selected();
    }
    assert_eq!(desk.selected(), "host-017271");
    // What is not there is missed without reading it all.
    desk.table.runs("goto host-021111x");
    let rounds = desk.rests();
    assert!(rounds <= 8 && desk.listed() < 8000, "{rounds} rounds, {}", desk.listed());
    assert!(desk.table.notice().contains("no key or prefix"), "{}", desk.table.notice());
    // Events are followed where it is listed, and not made up where it is not.
    let listed = desk.listed();
    desk.table.others(1_000_001, "host-017321a", EventKind::Put);
    desk.table.others(1_000_002, "host-012000a", EventKind::Put);
    assert_eq!(desk.listed(), listed + 1);
}

/// What was missed makes a level stale as a whole; what is in view of it is true again, though its end,
/// where that is said, is not in view.
#[test]
fn what_is_in_view_is_read_again_after_a_gap_wherever_one_looks() {
    for (many, at) in [(200, "host-000100"), (30_000, "host-017321")] {
        let mut desk = Desk::on(leaves(many), Load::default());
        desk.table.happens(Message::Watch(
            WatchId::FOLLOW,
            WatchNews::Watching { revision: desk.revision },
        ));
        desk.table.runs(&format!("goto {at}"));
        desk.rests();
        let gone = format!("{}a", &at[..at.len() - 1]);
        desk.table.others(1_000_001, &gone, EventKind::Put);
        let has = |desk: &Desk, key: &str| {
            desk.table.app.keys.tree.find(key.as_bytes()).is_some_and(|id| id != NodeId::ROOT)
        };
        let height = usize::from(desk.table.app.viewport.keys.height);
        let unfollowed = |desk: &Desk| desk.table.app.keys.unfollowed_in_view(height).len();
        assert!(has(&desk, &gone) && unfollowed(&desk) == 0, "{gone}");
        // The store never had it, as far as a fresh listing tells.
        desk.revision = Revision(1_000_010);
        let gap = WatchNews::Gap {
            from: Revision(1_000_002),
            to: Revision(1_000_005),
            received: SystemTime::UNIX_EPOCH,
        };
        desk.table.happens(Message::Watch(WatchId::FOLLOW, gap));
        assert!(unfollowed(&desk) > 5, "nothing of it is certain");
        let rounds = desk.rests();
        assert_eq!((has(&desk, &gone), unfollowed(&desk)), (false, 0), "after {rounds} rounds");
        assert_eq!(desk.selected(), at);
        assert!(rounds <= 8, "{rounds} rounds");
        assert!(desk.listed() < 3000, "{}", desk.listed());
        desk.table.others(1_000_011, &gone, EventKind::Put);
        assert!(has(&desk, &gone), "followed again");
    }
}

#[test]
fn a_level_that_is_closed_is_not_listed_on() {
    let keys = |dir: usize| (0..100).map(move |key| format!("d/{dir:04}/{key}"));
    let mut desk = Desk::on((0..300).flat_map(keys), Load::default());
    desk.keys("l");
    assert!(desk.answers() && desk.answers(), "the first of many");
    let dir = desk.table.app.keys.tree.find(b"d/").expect("listed");
    let known = desk.table.app.keys.tree.dir(dir).map_or(0, Dir::len);
    assert!((1..300).contains(&known), "{known}");
    let open = desk.open().expect("more is asked");
    desk.table.effects.clear();
    desk.keys("h");
    assert!(desk.table.effects.contains(&Effect::GiveUp(vec![open.ticket])));
    assert_eq!(desk.rests(), 0, "nothing more is asked");
    // An answer that comes all the same is for nobody.
    let late = RangeResponse { revision: desk.revision, ..RangeResponse::default() };
    desk.result(open, Ok(Answer::Range(late)));
    let level = |desk: &Desk| desk.table.app.keys.tree.dir(dir).map(|dir| dir.level.clone());
    assert!(matches!(level(&desk), Some(Level::Ready { complete: false, .. })));
    // Opened again it goes on where it was.
    desk.keys("l G");
    desk.rests();
    assert_eq!(desk.selected(), "d/0299/");
}

#[test]
fn a_compaction_in_the_middle_begins_anew() {
    let keys = |dir: usize| (0..100).map(move |key| format!("{dir:04}/{key}"));
    let mut desk = Desk::begun((0..400).flat_map(keys), Load::default());
    assert!(desk.answers() && desk.answers());
    let Some(Open { ticket, call: Call::Txn(call), .. }) = desk.open() else { panic!("a batch") };
    let Some(Op::Range(first)) = call.success.first() else { panic!("a read") };
    assert_eq!(first.revision, desk.revision, "all at one revision");
    desk.revision = desk.revision.next();
    let gone = StoreError::new(ErrorKind::Compacted { oldest: Revision::NONE }, "compacted");
    desk.table.answers(ticket, Err(gone));
    desk.keys("G");
    desk.rests();
    assert_eq!(desk.selected(), "0399/");
    let level = desk.table.app.keys.tree.dir(NodeId::ROOT).map(|dir| dir.level.clone());
    assert!(
        matches!(level, Some(Level::Ready { revision, .. }) if revision == desk.revision),
        "{level:?}"
    );
}

/// With a small bound the listing waits for the bucket to fill, and counts come after it.
#[test]
fn the_load_is_bounded() {
    let keys = |dir: usize| (0..100).map(move |key| format!("{dir:04}/{key}"));
    let load = Load { keys_per_second: 1000, requests: 1 };
    // 20,000 keys: the first answer alone counts twice what may be counted at once.
    let mut desk = Desk::on((0..200).flat_map(keys), load);
    let start = desk.table.now;
    assert_eq!((desk.rounds, desk.walked), (1, 20_000), "the rest waits");
    for _ in 0..10_000 {
        let level = desk.table.app.keys.tree.dir(NodeId::ROOT).map(|dir| &dir.level);
        if matches!(level, Some(Level::Ready { complete: true, .. })) {
            break;
        }
        desk.table.passes(Duration::from_millis(100));
        desk.answers();
    }
    assert_eq!(desk.listed(), 200);
    let passed = (desk.table.now - start).as_secs_f64();
    let most = 10_000.0 + passed * 1000.0 + 20_000.0;
    assert!(desk.walked as f64 <= most, "{} in {passed} s", desk.walked);
    assert!(passed > 9.0, "{passed}");
    assert_eq!(desk.most_open, 1, "one request at a time");
    // What is counted in view comes when the bucket is half full again.
    let walked = desk.walked;
    desk.table.passes(Duration::from_secs(1));
    assert!(!desk.answers(), "no courtesies from an empty bucket");
    assert_eq!(desk.walked, walked);
}
