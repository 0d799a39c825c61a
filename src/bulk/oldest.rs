//! The oldest revision that can still be read.

use std::time::Duration;

use futures_util::StreamExt;
use tokio::time::timeout;

use crate::domain::txn::RangeRequest;
use crate::domain::{Key, KeyRange, Revision};
use crate::store::{ErrorKind, Store, StoreError, WatchRequest};

/// A watch tells at once whether its start was compacted; a server that does not is not waited for.
const PATIENCE: Duration = Duration::from_secs(5);

/// The oldest revision a read may name; [`Revision::NONE`] when the server does not tell.
///
/// The refusal of a read (`/v3/kv/range` at revision 1) does not name it, that of a watch from
/// revision 1 does. `key` is only asked about: it need not exist, but the user must be allowed to
/// read it.
///
/// # Errors
/// When the store cannot be asked.
pub async fn oldest(store: &dyn Store, key: Key) -> Result<Revision, StoreError> {
    let first = RangeRequest::get(key.clone()).keys_only().at(Revision(1));
    match store.range(first).await {
        Ok(_) => return Ok(Revision(1)),
        Err(StoreError { kind: ErrorKind::Compacted { oldest }, .. }) if oldest.is_some() => {
            return Ok(oldest);
        }
        Err(StoreError { kind: ErrorKind::Compacted { .. }, .. }) => {}
        Err(error) => return Err(error),
    }
    let refusal = async {
        let request = WatchRequest::new(KeyRange::single(key)).from(Revision(1));
        let mut stream = store.watch(request).await?;
        while let Some(message) = stream.next().await {
            match message {
                Ok(_) => {}
                Err(StoreError { kind: ErrorKind::Compacted { oldest }, .. }) => return Ok(oldest),
                Err(error) => return Err(error),
            }
        }
        Ok(Revision::NONE)
    };
    timeout(PATIENCE, refusal).await.unwrap_or(Ok(Revision::NONE))
}
