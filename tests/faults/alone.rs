//! Who runs when: what measures milliseconds runs alone, the others beside one another.

use std::sync::{PoisonError, RwLock};

/// Written by a test that runs alone, read by those that run beside others.
static TURN: RwLock<()> = RwLock::new(());

/// Waits for its turn, then runs a test on two threads: one for what is tested, one for the rest.
/// No other one runs meanwhile.
///
/// ```ignore
/// #[test]
/// fn a_kill_is_noticed() {
///     alone(async || { ... });
/// }
/// ```
pub(crate) fn alone(test: impl AsyncFnOnce()) {
    // A test that failed has poisoned it, which means nothing to the next one.
    let _turn = TURN.write().unwrap_or_else(PoisonError::into_inner);
    run(test);
}

/// As [`alone`], for a test that measures no time, or seconds, most of which it waits: others of its
/// kind may run at the same time.
pub(crate) fn beside(test: impl AsyncFnOnce()) {
    let _turn = TURN.read().unwrap_or_else(PoisonError::into_inner);
    run(test);
}

fn run(test: impl AsyncFnOnce()) {
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.worker_threads(2).enable_all().build().expect("a runtime");
    runtime.block_on(test());
}
