//! One test at a time, so that none is slowed down by another.

use std::sync::{Mutex, PoisonError};

/// Held by the test that runs.
static TURN: Mutex<()> = Mutex::new(());

/// Waits for its turn, then runs a test on two threads: one for what is tested, one for the rest.
///
/// ```ignore
/// #[test]
/// fn a_kill_is_noticed() {
///     alone(async || { ... });
/// }
/// ```
pub(crate) fn alone(test: impl AsyncFnOnce()) {
    // A test that failed has poisoned it, which means nothing to the next one.
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(test());
}
