//! The client over HTTP/JSON, against real servers of every version and against a stub that does
//! what no healthy server would.

mod access;
mod answers;
mod auth;
mod cut_anywhere;
mod election;
mod etcdctl;
mod expiry;
mod failover;
mod health;
mod journal;
mod kv;
mod lease;
mod lock;
mod lock_auth;
mod silence;
mod tls;
mod txn;
mod watch;
mod watch_faults;

use std::time::Duration;

use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::{StoreError, WatchMessage, WatchStream};
use futures_util::StreamExt as _;

use crate::support::install::Version;
use crate::support::servers::Etcd;
use crate::support::stub::Stub;

/// Longer than anything here takes on a loaded machine.
const LIMIT: Duration = Duration::from_secs(20);

/// A client of one server, as a user without credentials.
fn client(etcd: &Etcd) -> Gateway {
    Gateway::connect(GatewayOptions::new([etcd.url()])).expect("the options are right")
}

/// A client of a stub that waits half a second for an answer.
fn client_of(stub: &Stub) -> Gateway {
    Gateway::connect(impatient([stub.url()])).expect("the options are right")
}

/// Options that give up soon.
fn impatient<E: Into<String>>(endpoints: impl IntoIterator<Item = E>) -> GatewayOptions {
    GatewayOptions {
        dial_timeout: Duration::from_millis(500),
        command_timeout: Duration::from_millis(500),
        ..GatewayOptions::new(endpoints)
    }
}

/// Checks all versions at the same time, for what takes long by its nature. Each has a thread and a
/// runtime of its own, since starting a server blocks.
pub(crate) fn on_all_versions(check: impl AsyncFn(Version) + Sync) {
    let run = |version| {
        let mut runtime = tokio::runtime::Builder::new_current_thread();
        runtime.enable_all().build().expect("a runtime").block_on(check(version));
    };
    std::thread::scope(|scope| {
        for version in Etcd::versions() {
            let run = &run;
            scope.spawn(move || run(version));
        }
    });
}

/// The next message of a watch.
async fn next(watch: &mut WatchStream) -> Result<WatchMessage, StoreError> {
    tokio::time::timeout(LIMIT, watch.next()).await.expect("a message in time").expect("a message")
}

/// The next events of a watch, shown as `PUT /a=1 (was 0)`.
async fn next_events(watch: &mut WatchStream) -> Vec<String> {
    match next(watch).await.expect("the watch stands") {
        WatchMessage::Events(events) => events.iter().map(shown).collect(),
        other => panic!("{other:?}"),
    }
}

fn shown(event: &etcdeck::domain::Event) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let mut shown = format!("{:?} {}", event.kind, event.entry.key);
    if !event.entry.value.is_empty() {
        shown = format!("{shown}={}", text(&event.entry.value));
    }
    if let Some(previous) = &event.previous {
        shown = format!("{shown} (was {})", text(&previous.value));
    }
    shown
}
