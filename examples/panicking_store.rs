//! The screen on a store of one's own: the sandbox, but with a fault in it.
//!
//! Reading the value of [`FAULTY`] panics, in a task and far from the terminal. Move there: the terminal
//! comes back as it was, the fault is told on it, and the exit status is 101. Saving [`FRAGILE`] does
//! the same; the draft is then offered by the next start. And whatever the variable `PANIC_WHEN` names:
//! once that file holds the word `task`, `thread` or `blocking`, one of these panics.
//!
//! ```text
//! cargo run --example panicking_store
//! ```

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use etcdeck::app::settings::Settings;
use etcdeck::domain::txn::{
    DeleteRequest, DeleteResponse, Op, PutRequest, PutResponse, RangeRequest, RangeResponse,
    TxnRequest, TxnResponse,
};
use etcdeck::domain::{KeyRange, Revision};
use etcdeck::event_loop::Pace;
use etcdeck::launch;
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{Kv, Reply};
use etcdeck::terminal::Signals;
use etcdeck::ui::Theme;
use forward::forward;
use jiff::tz::TimeZone;

#[path = "../tests/support/forward.rs"]
mod forward;

/// The key whose value cannot be read.
const FAULTY: &str = "faulty";

/// The key that cannot be written.
const FRAGILE: &str = "fragile";

struct PanickingStore(Sandbox);

impl Kv for PanickingStore {
    fn range(&self, request: RangeRequest) -> Reply<'_, RangeResponse> {
        // Its value alone: listings of what lies around it go well.
        let asked_for = request.range == KeyRange::single(FAULTY);
        assert!(!asked_for, "the store read {FAULTY:?} with \x1b[31mgreat\x1b[0m care");
        self.0.range(request)
    }

    fn put(&self, request: PutRequest) -> Reply<'_, PutResponse> {
        self.0.put(request)
    }

    fn delete(&self, request: DeleteRequest) -> Reply<'_, DeleteResponse> {
        self.0.delete(request)
    }

    fn txn(&self, request: TxnRequest) -> Reply<'_, TxnResponse> {
        let writes = request
            .success
            .iter()
            .any(|op| matches!(op, Op::Put(put) if put.key.as_bytes() == FRAGILE.as_bytes()));
        assert!(!writes, "the store wrote {FRAGILE:?}");
        self.0.txn(request)
    }

    fn compact(&self, revision: Revision, physical: bool) -> Reply<'_, Revision> {
        self.0.compact(revision, physical)
    }
}

forward!(PanickingStore, 0: Leases, Locks, Elections, Watch, Cluster, Access);

/// Panics where a file says, as soon as it does.
async fn panic_when_asked(path: PathBuf) {
    let mut pace = tokio::time::interval(Duration::from_millis(20));
    loop {
        pace.tick().await;
        let asked = std::fs::read_to_string(&path).unwrap_or_default();
        if !asked.is_empty() {
            // Nobody else is to wait for it.
            let _ = std::fs::remove_file(&path);
        }
        match asked.trim() {
            "task" => panic!("a task was asked to panic"),
            "thread" => {
                std::thread::spawn(|| panic!("a thread was asked to panic"));
                return;
            }
            "blocking" => {
                tokio::task::spawn_blocking(|| panic!("a blocking thread was asked to panic"));
                return;
            }
            _ => {}
        }
    }
}

#[tokio::main]
async fn main() -> anyhow::Result<ExitCode> {
    let signals = Signals::new()?;
    let sandbox = Sandbox::new();
    sandbox.put(PutRequest::new("calm", "nothing happens here")).await?;
    sandbox.put(PutRequest::new(FAULTY, "never seen")).await?;
    sandbox.put(PutRequest::new(FRAGILE, "handle with care")).await?;
    let state_dir = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
    let settings = Settings { demo: state_dir.is_none(), state_dir, ..Settings::default() };
    if let Some(path) = std::env::var_os("PANIC_WHEN") {
        tokio::spawn(panic_when_asked(PathBuf::from(path)));
    }
    let theme = Theme::new(true, TimeZone::UTC);
    let store = Arc::new(PanickingStore(sandbox));
    let status = launch::screen(store, None, settings, &theme, Pace::default(), signals).await?;
    Ok(ExitCode::from(status))
}
