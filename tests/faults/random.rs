//! A thousand faults of the network, picked by chance: after each one the watch, the tree and the log are
//! what the history says.
//!
//! Several programs go through it at once, each on two proxies of its own before the same server, since
//! most of the time is spent waiting for the next try.

use std::time::Duration;

use etcdeck::gateway::{Gateway, GatewayOptions};
use futures_util::future::join_all;

use crate::alone::beside;
use crate::chance::Chance;
use crate::kill::check;
use crate::program::{LIMIT, Program};
use crate::script::Script;
use crate::seen::{Seen, now};
use crate::support::install::Version;
use crate::support::oracle::Oracle;
use crate::support::proxy::{Plan, Proxy, Then};
use crate::support::servers::Etcd;
use crate::support::stub_reply::Reply;

const FAULTS: usize = 1_000;
/// Programs at once.
const LANES: usize = 10;

#[test]
fn a_thousand_random_faults_change_nothing_of_what_is_told() {
    beside(async || {
        let chance = Chance::seeded();
        let etcd = Etcd::start(Version::newest());
        let began = now();
        let lanes = (0..LANES).map(|number| lane(number, chance.branch(number as u64), &etcd));
        let connections: usize = join_all(lanes).await.into_iter().sum();
        println!("{FAULTS} faults in {:?}, {connections} connections made", now() - began);
    });
}

/// One program and its share of the faults; answers with how many connections were made.
async fn lane(number: usize, mut chance: Chance, etcd: &Etcd) -> usize {
    let prefix = format!("r{number}/");
    let proxies = [Proxy::start(etcd.address()), Proxy::start(etcd.address())];
    let options = GatewayOptions::new(proxies.iter().map(Proxy::url));
    let program = Program::watching(options, &prefix).await;
    let direct = Gateway::connect(GatewayOptions::new([etcd.url()])).expect("a fine URL");
    let mut script = Script::new(direct, &prefix);
    for _ in 0..FAULTS / LANES {
        let fault = Fault::pick(&mut chance);
        let name = format!("lane {number}: {fault:?}");
        script.writes(&mut chance, 2).await;
        fault.strikes(&mut chance, &proxies);
        script.writes(&mut chance, 3).await;
        fault.passes(&mut chance, &proxies).await;
        let last = script.writes(&mut chance, 1).await;
        let what = format!("{name}, revision {last}");
        let told = |seen: &Seen| {
            (seen.newest() == last && seen.tree_is_at(last) && seen.tree_is_true()).then_some(())
        };
        program.until(&what, LIMIT, told).await;
        check(&program, &name, script.history());
    }
    // What is compared with is what the server itself says.
    script.ends().await;
    let history = Oracle::default().history(etcd, &prefix, 1, &format!("{prefix}~end"));
    assert_eq!(history, script.history(), "the script of lane {number}");
    proxies.iter().map(|proxy| proxy.counts().opened).sum()
}

/// What happens to the network.
#[derive(Clone, Debug)]
enum Fault {
    /// Every connection ends.
    Cut(Then),
    /// Every open connection fails after some more bytes, wherever that is.
    Soon(Plan),
    /// The next connections fail after some bytes.
    Next(Plan),
    /// Nobody listens at one of the endpoints, or at both, and what is open ends.
    Refused { both: bool },
    /// No bytes and no FIN for a moment.
    Stalled { cut: bool },
    /// All is slow.
    Slow,
}

impl Fault {
    fn pick(chance: &mut Chance) -> Fault {
        let ends = [Then::Close, Then::Reset, Then::HalfClose];
        match chance.below(12) {
            0 => Fault::Cut(*chance.one_of(&ends[..2])),
            1..=3 => Fault::Soon(Plan::down(chance.below(700), *chance.one_of(&ends))),
            4 => Fault::Soon(Plan::garbage(chance.below(700), garbage(chance))),
            5 => Fault::Next(Plan::down(chance.below(1_500), *chance.one_of(&ends))),
            6 => Fault::Next(Plan::up(chance.below(300), *chance.one_of(&ends))),
            7 => Fault::Next(Plan::garbage(chance.below(1_500), garbage(chance))),
            8 => Fault::Next(Plan::instead(nonsense(chance))),
            9 => Fault::Refused { both: chance.below(2) == 0 },
            10 => Fault::Stalled { cut: chance.below(2) == 0 },
            _ => Fault::Slow,
        }
    }

    /// It begins.
    fn strikes(&self, chance: &mut Chance, proxies: &[Proxy; 2]) {
        for (at, proxy) in proxies.iter().enumerate() {
            // What was planned for connections that were never made: at an endpoint that is not in use
            // it would pile up.
            proxy.otherwise(Plan::default());
            match self {
                Fault::Cut(how) => proxy.cut(*how),
                Fault::Soon(plan) => proxy.now(plan.clone()),
                Fault::Next(plan) => {
                    for _ in 0..=chance.below(3) {
                        proxy.next(plan.clone());
                    }
                    proxy.cut(Then::Reset);
                }
                Fault::Refused { both } => {
                    if *both || at == 0 {
                        proxy.refuse();
                        proxy.cut(Then::Reset);
                    }
                }
                Fault::Stalled { .. } => proxy.stall(),
                Fault::Slow => {
                    proxy.otherwise(Plan::delay(Duration::from_millis(chance.below(10))));
                    proxy.now(Plan::delay(Duration::from_millis(chance.below(10))));
                }
            }
        }
    }

    /// It is over; what it has done to open connections stays.
    async fn passes(&self, chance: &mut Chance, proxies: &[Proxy; 2]) {
        tokio::time::sleep(Duration::from_millis(chance.below(40))).await;
        for proxy in proxies {
            match self {
                // What answers for the server does so for as long as its connection is kept.
                Fault::Next(plan) if plan.instead.is_some() => {
                    proxy.otherwise(Plan::default());
                    proxy.cut(Then::Close);
                }
                Fault::Cut(_) | Fault::Soon(_) | Fault::Next(_) => {}
                Fault::Refused { .. } => proxy.listen(),
                Fault::Stalled { cut } => {
                    if *cut {
                        proxy.cut(Then::Reset);
                    }
                    proxy.flow();
                }
                Fault::Slow => {
                    proxy.otherwise(Plan::default());
                    proxy.now(Plan::default());
                }
            }
        }
    }
}

/// What no server says. A forged event or answer is none of a network's faults, and not among it.
fn garbage(chance: &mut Chance) -> Vec<u8> {
    let texts: [&[u8]; 4] =
        [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"0\r\n\r\n", b"{}\n", b"ffffffffffffffff\r\n"];
    if chance.below(2) == 0 {
        return chance.one_of(&texts).to_vec();
    }
    let count = 1 + chance.below(200);
    chance.bytes(count)
}

/// What something in between answers in place of the server.
fn nonsense(chance: &mut Chance) -> Reply {
    let replies = [
        Reply::text(401, "who are you\n"),
        Reply::text(403, "not from here\n"),
        Reply::html(502, "<html><h1>Bad Gateway</h1></html>"),
        Reply::text(503, "no healthy upstream"),
        Reply::redirect(307, "http://127.0.0.1:1/v3/watch"),
        Reply::json(200, "[]"),
        Reply::raw(""),
        Reply::raw("SSH-2.0-OpenSSH_9.2\r\n"),
        Reply::chunks(["{\"result\":", "null}\n"]),
    ];
    chance.one_of(&replies).clone()
}
