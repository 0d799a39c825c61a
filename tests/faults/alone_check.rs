//! Who runs alone does.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::alone::{alone, beside};

#[test]
fn nothing_runs_beside_a_test_that_is_alone() {
    const ALONE: usize = 100;
    let running = AtomicUsize::new(0);
    let running = &running;
    let runs = async |weight: usize| {
        let before = running.fetch_add(weight, Ordering::SeqCst);
        assert!(before == 0 || (weight == 1 && before < ALONE), "{before} run beside {weight}");
        tokio::time::sleep(Duration::from_millis(50)).await;
        running.fetch_sub(weight, Ordering::SeqCst);
    };
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| alone(async || runs(ALONE).await));
            scope.spawn(|| beside(async || runs(1).await));
        }
    });
}
