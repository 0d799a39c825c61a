//! What the program holds, and what becomes of it when the program dies without a word.

use std::time::Duration;

use rustix::process::Signal;

use crate::everyday::on_every_version;
use crate::steps::{ENTER, LIMIT, on};
use crate::support::servers::Etcd;
use crate::support::wait::poll;

/// The time to live of what is held here, in seconds.
const TTL: u64 = 3;

/// The keys below a prefix, one a line.
fn keys(etcd: &Etcd, prefix: &str) -> String {
    etcd.ctl(&["get", "--prefix", "--keys-only", prefix])
}

#[test]
fn a_killed_program_is_gone_from_the_store_when_its_leases_end() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        let term = on(&etcd).start();
        term.wait("● online", LIMIT);
        for command in
            [format!("service register api i-1 10.0.0.1:80 {TTL}"), format!("lock /migrate {TTL}")]
        {
            term.keys(":");
            term.keys(&format!("{command}{ENTER}"));
        }
        term.wait("HOLDING", LIMIT);
        let held = poll(LIMIT, || {
            let both = keys(&etcd, "/services/api/i-1").contains("i-1")
                && keys(&etcd, "/migrate/").contains("/migrate/");
            both.then_some(())
        });
        assert!(held.is_some(), "registered and locked on etcd {version}");

        // Several times as long as the leases live: kept alive.
        let ended = poll(Duration::from_secs(3 * TTL), || {
            let both = keys(&etcd, "/services/api/i-1").contains("i-1")
                && keys(&etcd, "/migrate/").contains("/migrate/");
            (!both).then_some(())
        });
        assert!(ended.is_none(), "lost while the program lives, on etcd {version}");

        term.signal(Signal::KILL);
        let gone = poll(Duration::from_secs(TTL + 2), || {
            (keys(&etcd, "/services/").is_empty() && keys(&etcd, "/migrate/").is_empty())
                .then_some(())
        });
        assert!(gone.is_some(), "still there on etcd {version}: {}", keys(&etcd, "/"));
    });
}
