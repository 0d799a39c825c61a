//! Only one test runs.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::alone::alone;

#[test]
fn two_tests_never_run_at_once() {
    let running = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                alone(async || {
                    assert_eq!(running.fetch_add(1, Ordering::SeqCst), 0, "another one runs");
                    tokio::time::sleep(Duration::from_millis(50)).await;
                    running.fetch_sub(1, Ordering::SeqCst);
                });
            });
        }
    });
}
