//! Ten thousand connections cut after a write was sent, or while it was: nothing is written twice, and
//! what is reported is what became of it.
//!
//! 9,200 are plain puts of the client, 800 are saves of the edit session. A cut on the way there leaves
//! the server without a whole request; one on the way back comes after the server has begun to answer,
//! so it has written. What the client says of each is compared with the history at the end.

use std::collections::HashMap;

use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::Kv as _;
use futures_util::future::join_all;

use crate::alone::beside;
use crate::chance::Chance;
use crate::program::{LIMIT, Program};
use crate::seen::{Editing, Seen, now};
use crate::support::install::Version;
use crate::support::oracle::{Happened, Oracle};
use crate::support::proxy::{Plan, Proxy, Then};
use crate::support::servers::Etcd;
use crate::support::wait::eventually;

const PUTS: usize = 9_200;
const SAVES: usize = 800;
/// Clients at once.
const PUTTERS: usize = 8;
/// Programs at once: a save waits for the connection to be found again.
const EDITORS: usize = 16;

/// A cut of a write: on the way there, or of its answer.
fn cut(chance: &mut Chance) -> Plan {
    let how = *chance.one_of(&[Then::Close, Then::Reset, Then::HalfClose]);
    match chance.below(8) {
        0..=2 => Plan::up(chance.below(1_000), how),
        3..=6 => Plan::down(chance.below(500), how),
        _ => {
            let count = chance.below(50);
            Plan::garbage(chance.below(500), chance.bytes(count))
        }
    }
}

fn proxies(etcd: &Etcd) -> [Proxy; 2] {
    [Proxy::start(etcd.address()), Proxy::start(etcd.address())]
}

fn options(proxies: &[Proxy; 2]) -> GatewayOptions {
    GatewayOptions::new(proxies.iter().map(Proxy::url))
}

/// What was reported of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    Written,
    NotWritten,
    /// Nobody knew, and a read told.
    ReadWritten,
    ReadNotWritten,
}

impl Told {
    /// How often the history has it, when what was told is right.
    fn times(self) -> usize {
        match self {
            Told::Written | Told::ReadWritten => 1,
            Told::NotWritten | Told::ReadNotWritten => 0,
        }
    }
}

#[test]
fn puts_that_are_cut_off_are_never_sent_twice() {
    beside(async || {
        let chance = Chance::seeded();
        let etcd = Etcd::start(Version::newest());
        let began = now();
        let lanes = (0..PUTTERS).map(|number| puts(number, chance.branch(number as u64), &etcd));
        let told: Vec<_> = join_all(lanes).await.into_iter().flatten().collect();
        let took = now() - began;
        etcd.ctl(&["put", "c~end", ""]);
        let history = Oracle::default().history(&etcd, "c", 1, "c~end");
        judge("puts", &told, &history);
        println!("{PUTS} puts cut off in {took:?}");
    });
}

/// Puts until enough were cut off; answers with what was told of each key.
async fn puts(number: usize, mut chance: Chance, etcd: &Etcd) -> Vec<(String, String, Told)> {
    let proxies = proxies(etcd);
    let gateway = Gateway::connect(options(&proxies)).expect("fine URLs");
    let mut told = Vec::new();
    let mut cuts = 0;
    while cuts < PUTS / PUTTERS {
        let key = format!("c{number}/{}", told.len());
        let value = format!("{number}.{}", told.len());
        let plan = cut(&mut chance);
        for proxy in &proxies {
            proxy.at_request("/v3/kv/put", plan.clone());
        }
        let outcome = gateway.put(PutRequest::new(key.as_str(), value.as_str())).await;
        for proxy in &proxies {
            proxy.forget_request();
        }
        cuts += usize::from(outcome.is_err());
        let outcome = match outcome {
            Ok(_) => Told::Written,
            Err(error) if error.outcome_unknown() => {
                let get = async || gateway.range(RangeRequest::get(key.as_str())).await.ok();
                let found = eventually("a read", LIMIT, get).await;
                let found = found.entries.iter().any(|entry| entry.value == value.as_bytes());
                if found { Told::ReadWritten } else { Told::ReadNotWritten }
            }
            Err(_) => Told::NotWritten,
        };
        told.push((key, value, outcome));
    }
    told
}

#[test]
fn saves_that_are_cut_off_are_told_right_and_never_sent_twice() {
    beside(async || {
        let chance = Chance::seeded();
        let etcd = Etcd::start(Version::newest());
        let began = now();
        let lanes = (0..EDITORS).map(|number| saves(number, chance.branch(number as u64), &etcd));
        let told: Vec<_> = join_all(lanes).await.into_iter().flatten().collect();
        let took = now() - began;
        etcd.ctl(&["put", "e~end", ""]);
        let history = Oracle::default().history(&etcd, "e", 1, "e~end");
        judge("saves", &told, &history);
        println!("{SAVES} saves cut off in {took:?}");
    });
}

/// Types and saves until enough saves were cut off; answers with what was told of each value.
async fn saves(number: usize, mut chance: Chance, etcd: &Etcd) -> Vec<(String, String, Told)> {
    let proxies = proxies(etcd);
    let key = format!("e{number}");
    etcd.ctl(&["put", &key, "|"]);
    let program = Program::open(options(&proxies), &key);
    program.runs(&format!("goto {key}")).await;
    let shown = |seen: &Seen| seen.rows.iter().any(|row| row.contains("text 1 B")).then_some(());
    program.until("the value", LIMIT, shown).await;
    program.keys("e").await;
    program.until("the editor", LIMIT, |seen| seen.edits_to(Editing::Clean)).await;

    let mut told = Vec::new();
    let mut cuts = 0;
    while cuts < SAVES / EDITORS {
        let before = program.look(Seen::draft).len();
        program.types("x").await;
        let longer = |seen: &Seen| Some(seen.draft()).filter(|draft| draft.len() > before);
        let value = program.until("a longer draft", LIMIT, longer).await;
        let plan = cut(&mut chance);
        for proxy in &proxies {
            proxy.at_request("/v3/kv/txn", plan.clone());
        }
        let before = program.look(|seen| seen.editing.len());
        program.keys("ctrl-s").await;
        let what = format!("the outcome of {value:?} with {plan:?}");
        let outcome = program.until(&what, LIMIT, |seen| {
            // Saving, perhaps unknown, and then what was decided.
            let since = &seen.editing[before..];
            let doubted = since.contains(&Editing::Unknown);
            match since.last()? {
                Editing::Clean if doubted => Some(Told::ReadWritten),
                Editing::Clean => Some(Told::Written),
                Editing::Changed if doubted => Some(Told::ReadNotWritten),
                Editing::Changed => Some(Told::NotWritten),
                Editing::Saving | Editing::Unknown => None,
                Editing::Nothing | Editing::Undecided => {
                    let state = seen.app.value.edit.as_ref().map(|draft| draft.session.state());
                    panic!("{what}: {since:?}, {state:?}, told {told:?}\n{}", seen.rows.join("\n"))
                }
            }
        });
        let outcome = outcome.await;
        for proxy in &proxies {
            proxy.forget_request();
        }
        cuts += usize::from(outcome != Told::Written);
        told.push((key.clone(), value, outcome));
    }
    told
}

/// Compares what was told of each value with how often the history has it.
fn judge(what: &str, told: &[(String, String, Told)], history: &[Happened]) {
    let mut times: HashMap<(&str, &str), usize> = HashMap::new();
    for it in history {
        *times.entry((&it.key, it.value.as_deref().unwrap_or_default())).or_default() += 1;
    }
    let (mut twice, mut wrong) = (Vec::new(), Vec::new());
    let mut counts = [0; 4];
    for (key, value, told) in told {
        counts[*told as usize] += 1;
        let times = times.get(&(key.as_str(), value.as_str())).copied().unwrap_or(0);
        if times > 1 {
            twice.push((key, value, told, times));
        }
        if times != told.times() {
            wrong.push((key, value, told, times));
        }
    }
    let [written, not_written, read_written, read_not_written] = counts;
    println!(
        "{what}: {written} written, {not_written} surely not sent, of the unknown {read_written} \
         were written and {read_not_written} were not"
    );
    assert!(twice.is_empty(), "{what}: {} written twice: {:?}", twice.len(), twice.first());
    assert!(wrong.is_empty(), "{what}: {} told wrong: {:?}", wrong.len(), wrong.first());
    assert!(read_written > 0 && read_not_written > 0, "{what}: both ways were cut");
}
