//! Waiting for a condition, always with a limit: the one place in the tests that lets time pass.

use std::time::Duration;

/// How long one look waits for the next.
const PACE: Duration = Duration::from_millis(10);

/// Asks `look` until it answers, in an async test.
///
/// In a test with paused time the limit is tokio's time, which runs ahead when all is idle.
///
/// # Panics
/// When `limit` has passed, naming `what` was awaited.
pub(crate) async fn eventually<T>(
    what: &str,
    limit: Duration,
    mut look: impl AsyncFnMut() -> Option<T>,
) -> T {
    let asking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(PACE).await;
        }
    };
    let in_time = tokio::time::timeout(limit, asking).await;
    in_time.unwrap_or_else(|_| panic!("waited {limit:?} in vain for {what}"))
}

/// Asks `look` until it answers, on this thread; `None` when `limit` has passed.
///
/// `look` is asked at least once, and once more at the end of the limit. The limit is real time even
/// where a test has paused tokio's clock, since it waits for other programs.
#[expect(clippy::disallowed_methods, reason = "waits for other programs, on the real clock")]
pub(crate) fn poll<T>(limit: Duration, mut look: impl FnMut() -> Option<T>) -> Option<T> {
    let start = std::time::Instant::now();
    loop {
        let over = start.elapsed() >= limit;
        match look() {
            Some(found) => return Some(found),
            None if over => return None,
            None => std::thread::sleep(PACE),
        }
    }
}
