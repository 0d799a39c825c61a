//! Plans to delete every key in some ranges.

use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::ask::ask;
use super::backup::{Backup, header};
use super::error::PlanError;
use super::limits::Limits;
use super::merge::merged;
use super::pages::{Looked, Pages};
use super::plan::{Builder, Plan};
use crate::domain::bulk::{PlanRequest, Verb};
use crate::domain::change::{Change, Guard, To};
use crate::domain::txn::RangeRequest;
use crate::domain::{Key, KeyRange, Revision};
use crate::store::Store;

/// A plan that deletes every key in these ranges (prefixes, single keys; they may overlap), as they
/// are at one revision (etcd's `Range`, in pages).
///
/// When the keys and values are more than [`Limits::backup`] bytes, they are written to a file of the
/// export format first, readable for its owner only, and lie on the disk when the plan is told. The
/// file is removed again when the plan is dropped without having been carried out.
///
/// # Errors
/// The store cannot be read, or the backup cannot be written.
pub async fn delete(
    store: &dyn Store,
    ranges: &[KeyRange],
    limits: &Limits,
    looked: &watch::Sender<Looked>,
) -> Result<Plan, PlanError> {
    let what = PlanRequest::Delete(ranges.to_vec()).title();
    let ranges = merged(ranges);
    let (revision, count) = counted(store, &ranges).await?;
    let mut builder = Builder::new(what, revision, limits);
    builder.complete(ranges.clone());
    let header = header(revision, shared_prefix(&ranges), count);
    let mut backup = Backup::new(limits.folder.clone(), limits.backup, header);
    for range in ranges {
        let mut pages = Pages::new(store, range, revision).counted(looked);
        while let Some(entries) = pages.page().await? {
            for entry in &entries {
                let guard = Guard::Unchanged(entry.mod_revision);
                let step = vec![Change { key: entry.key.clone(), guard, to: To::Deleted }];
                builder.push(step, Some(entry), Verb::Delete, String::new)?;
            }
            // A slow disk must not keep the other tasks waiting.
            let added = spawn_blocking(move || backup.add(&entries).map(|()| backup));
            backup = added.await.map_err(std::io::Error::other)??;
        }
    }
    let finished = spawn_blocking(move || backup.finish());
    if let Some(file) = finished.await.map_err(std::io::Error::other)?? {
        builder.backup(file);
    }
    Ok(builder.finish())
}

/// How many keys the ranges hold, at the revision that the plan is made at.
async fn counted(store: &dyn Store, ranges: &[KeyRange]) -> Result<(Revision, u64), PlanError> {
    let (mut revision, mut count) = (Revision::NONE, 0);
    for range in ranges {
        let request = RangeRequest::new(range.clone()).count_only().at(revision);
        let answer = ask(|| store.range(request.clone())).await?;
        if !revision.is_some() {
            revision = answer.revision;
        }
        count += answer.count.max(0) as u64;
    }
    Ok((revision, count))
}

/// What the names of all keys in the ranges begin with.
fn shared_prefix(ranges: &[KeyRange]) -> Key {
    let mut prefixes = ranges.iter().map(|range| match range.as_prefix() {
        Some(prefix) => prefix,
        None if range.is_single() => range.start().clone(),
        None => Key::default(),
    });
    let Some(first) = prefixes.next() else { return Key::default() };
    prefixes.fold(first, |shared, prefix| {
        let same = shared.as_bytes().iter().zip(prefix.as_bytes()).take_while(|(a, b)| a == b);
        Key::from(&shared.as_bytes()[..same.count()])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_named_by_what_its_keys_share() {
        let p = |prefix: &str| KeyRange::prefix(prefix);
        let cases = [
            (vec![], ""),
            (vec![p("/a/")], "/a/"),
            (vec![KeyRange::all()], ""),
            (vec![p("/a/b/"), KeyRange::single("/a/c")], "/a/"),
            (vec![p("/a/"), p("b")], ""),
            (vec![KeyRange::interval("/a/x", "/a/z")], ""),
        ];
        for (ranges, expected) in cases {
            assert_eq!(shared_prefix(&ranges), Key::from(expected), "{ranges:?}");
        }
    }
}
