//! Writes what a prefix holds at one revision to a file.

use std::io::{self, Write};
use std::path::Path;
use std::time::SystemTime;

use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::ask::ask;
use super::error::PlanError;
use super::pages::{Pages, oldest};
use crate::archive::{Header, NewFile, Writer};
use crate::domain::bulk::{Exported, Exporting};
use crate::domain::txn::RangeRequest;
use crate::domain::{Key, KeyRange, Revision};
use crate::store::{ErrorKind, Store};

/// Writes every key that begins with `prefix`, as it was at `revision` ([`Revision::NONE`]: as it is
/// now), in the format of [`archive`](crate::archive), page by page (etcd's `Range`). Dropping the
/// future stops it.
///
/// # Errors
/// The store cannot be read, or `out` not written. What was written lacks its last line then.
pub async fn export<W: Write + Send + 'static>(
    store: &dyn Store,
    prefix: Key,
    revision: Revision,
    out: W,
    progress: &watch::Sender<Exporting>,
) -> Result<(Exported, W), PlanError> {
    let range = KeyRange::prefix(prefix.clone());
    let (revision, total) = counted(store, &range, revision).await?;
    progress.send_modify(|now| now.total = total);
    let header = Header::new(revision, prefix, total, SystemTime::now());
    let mut writer = blocking(move || Writer::new(out, &header)).await?;
    let mut pages = Pages::new(store, range, revision);
    let mut leased = 0;
    while let Some(entries) = pages.page().await? {
        leased += entries.iter().filter(|entry| entry.lease.is_some()).count() as u64;
        // A slow disk must not keep the other tasks waiting.
        writer = blocking(move || {
            entries.iter().try_for_each(|entry| writer.write(entry))?;
            Ok(writer)
        })
        .await?;
        let (keys, bytes) = (writer.written(), writer.bytes());
        progress.send_modify(|now| (now.keys, now.bytes) = (keys, bytes));
    }
    writer = blocking(move || writer.end().map(|()| writer)).await?;
    let exported = Exported { revision, keys: writer.written(), leased, bytes: writer.bytes() };
    Ok((exported, writer.into_inner()))
}

/// The same, to a new file that only its owner can read. It has its name only once it is whole and on
/// the disk; an export that fails or is stopped leaves nothing.
///
/// # Errors
/// As [`export`]; and a file that exists is never overwritten.
pub async fn export_file(
    store: &dyn Store,
    prefix: Key,
    revision: Revision,
    path: &Path,
    progress: &watch::Sender<Exporting>,
) -> Result<Exported, PlanError> {
    let path = path.to_owned();
    let file = blocking(move || NewFile::create(&path)).await?;
    let (exported, file) = export(store, prefix, revision, file, progress).await?;
    blocking(move || file.finish()).await?;
    Ok(exported)
}

/// How many keys there are, at the revision that all of them are then read at.
async fn counted(
    store: &dyn Store,
    range: &KeyRange,
    revision: Revision,
) -> Result<(Revision, u64), PlanError> {
    let request = RangeRequest::new(range.clone()).count_only().at(revision);
    match ask(|| store.range(request.clone())).await {
        Ok(answer) => {
            let at = if revision.is_some() { revision } else { answer.revision };
            Ok((at, answer.count.max(0) as u64))
        }
        Err(error) => {
            let refused = match error.kind {
                ErrorKind::Compacted { .. } => {
                    let left = oldest(store, range, revision).await.unwrap_or(Revision::NONE);
                    revision.compacted(left)
                }
                ErrorKind::FutureRevision => format!("revision {revision} is in the future"),
                _ => return Err(error.into()),
            };
            Err(PlanError::Refused(refused))
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, PlanError> {
    Ok(spawn_blocking(work).await.map_err(io::Error::other)??)
}
