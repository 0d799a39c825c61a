//! More than anybody can read: memory stays bounded, drops are counted, keys are answered.

mod measure;
mod server;

use std::time::Duration;

use measure::press;
use server::{Flood, FloodServer};

use crate::alone::alone;
use crate::program::Program;
use crate::support::install::Version;
use crate::support::servers::Etcd;

const LIMIT: Duration = Duration::from_secs(30);

#[test]
fn fifty_thousand_events_a_second() {
    alone(async || {
        let etcd = Etcd::start(Version::V3_5);
        etcd.ctl(&["put", "/site/name", "shop"]);
        let secs: u64 = std::env::var("SECS").ok().and_then(|s| s.parse().ok()).unwrap_or(10);
        let value: usize = std::env::var("VALUE").ok().and_then(|s| s.parse().ok()).unwrap_or(100);
        let rate: u64 = std::env::var("RATE").ok().and_then(|s| s.parse().ok()).unwrap_or(50_000);
        let tree_too = std::env::var("TREE").is_ok();
        let flood = Flood { rate, value, tree_too };
        let server = FloodServer::start(etcd.url().trim_start_matches("http://"), flood).await;
        let term = Program::etcdeck().args(["--endpoints", &server.url()]).size(120, 40).start();
        term.wait("● online", LIMIT);
        term.wait("/site/", LIMIT);
        term.keys("w");
        term.wait("1 watching", LIMIT);
        if std::env::var("LIVE").is_err() {
            term.keys("4 ");
            term.wait("PAUSED", LIMIT);
        }
        term.keys(":zZz");
        term.wait(":zZz", LIMIT);
        server.flow(true);
        let measured = press(&term, Duration::from_secs(secs), Duration::from_millis(150)).await;
        println!("{}", term.screen());
        println!(
            "p50 {:?} p99 {:?} max {:?} of {} grown {:.1} MB (from {:.1}) cpu {:?} offered {} sent {}",
            measured.latencies[measured.latencies.len() / 2],
            measured.p99(),
            measured.latencies.last(),
            measured.latencies.len(),
            measured.grown() as f64 / 1e6,
            measured.resident_before as f64 / 1e6,
            measured.cpu,
            server.offered(),
            server.sent()
        );
    });
}
