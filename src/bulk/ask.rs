//! Reads made while a plan is made: asked again for a moment when the connection fails.

use tokio::time::sleep;

use crate::recipe::backoff::{Backoff, jitter};
use crate::store::{ErrorKind, Reply, StoreError};

/// How often the same is asked.
const TRIES: usize = 6;

/// Makes a read, again with growing waits while the connection fails: some seconds in all.
pub(super) async fn ask<'a, T>(call: impl Fn() -> Reply<'a, T>) -> Result<T, StoreError> {
    let mut backoff = Backoff::default();
    for _ in 1..TRIES {
        match call().await {
            Err(error) if error.is_connection() && error.kind != ErrorKind::Tls => {
                sleep(backoff.next(jitter())).await;
            }
            result @ (Ok(_) | Err(_)) => return result,
        }
    }
    call().await
}
