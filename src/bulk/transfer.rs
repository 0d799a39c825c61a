//! Plans to give keys another name, and to leave or remove the old one.

use std::collections::HashSet;

use tokio::sync::watch;

use super::error::PlanError;
use super::limits::Limits;
use super::pages::{Looked, Pages};
use super::plan::{Builder, Plan};
use crate::domain::bulk::{PlanRequest, Verb};
use crate::domain::change::{Change, Guard, To};
use crate::domain::{Entry, Key, KeyRange, Revision};
use crate::store::Store;

/// What is to be transferred.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// A key, or a prefix.
    pub from: Key,
    /// What `from` becomes: the key, or the prefix.
    pub to: Key,
    /// Whether they are prefixes.
    pub prefix: bool,
    /// Whether the keys stay under their old names too: a copy.
    pub keep: bool,
}

/// A plan that gives keys another name, as they are at one revision (etcd's `Range`, in pages). Value
/// and lease go along; a move writes the new key and deletes the old one in one transaction. A key
/// that exists under the new name is never overwritten: it blocks its source, which stays as it is.
///
/// # Errors
/// The names make no sense together, or the store cannot be read.
pub async fn transfer(
    store: &dyn Store,
    transfer: &Transfer,
    limits: &Limits,
    looked: &watch::Sender<Looked>,
) -> Result<Plan, PlanError> {
    check(transfer)?;
    let Transfer { from, to, prefix, keep } = transfer.clone();
    let range = if prefix { KeyRange::prefix(from.clone()) } else { KeyRange::single(from.clone()) };
    let what = PlanRequest::Transfer { from, to, prefix, keep }.title();
    let mut pages = Pages::new(store, range.clone(), Revision::NONE).counted(looked);
    let first = pages.page().await?;
    let revision = pages.revision();
    let mut builder = Builder::new(what, revision, limits);
    if prefix && !keep {
        builder.complete(vec![range]);
    }
    let mut next = first;
    while let Some(entries) = next {
        let taken = taken(store, transfer, &entries, revision).await?;
        for entry in &entries {
            push(&mut builder, transfer, entry, &taken)?;
        }
        next = pages.page().await?;
    }
    Ok(builder.finish())
}

fn check(transfer: &Transfer) -> Result<(), PlanError> {
    let Transfer { from, to, prefix, keep } = transfer;
    let refused = |why: String| Err(PlanError::Refused(why));
    if from == to {
        return refused(format!("{from} has that name already: give another one"));
    }
    if !prefix && from.is_empty() {
        return refused("name the key to take: a key cannot be empty".to_owned());
    }
    if !prefix && to.is_empty() {
        return refused(format!("give {from} a new name: a key cannot be empty"));
    }
    if *prefix && !keep && to.as_bytes().starts_with(from.as_bytes()) {
        let from = if from.is_empty() { "everything".to_owned() } else { from.to_string() };
        return refused(format!("{from} cannot be moved into itself, to {to}: copy it instead"));
    }
    Ok(())
}

/// What a key is to be called.
fn renamed(transfer: &Transfer, key: &Key) -> Key {
    let rest = &key.as_bytes()[transfer.from.as_bytes().len()..];
    Key::from([transfer.to.as_bytes(), rest].concat())
}

/// The new names of these entries that exist already. The names keep their order, so that one short
/// interval holds them all.
async fn taken(
    store: &dyn Store,
    transfer: &Transfer,
    entries: &[Entry],
    revision: Revision,
) -> Result<HashSet<Key>, PlanError> {
    let (Some(first), Some(last)) = (entries.first(), entries.last()) else {
        return Ok(HashSet::new());
    };
    let wanted: HashSet<Key> = entries.iter().map(|entry| renamed(transfer, &entry.key)).collect();
    let (first, last) = (renamed(transfer, &first.key), renamed(transfer, &last.key));
    let range = if first == last && !first.is_empty() {
        KeyRange::single(first)
    } else {
        // A range cannot begin with the empty key, which no store holds.
        let first = if first.is_empty() { Key::from(&b"\0"[..]) } else { first };
        KeyRange::interval(first, last.successor().into_bytes())
    };
    let mut pages = Pages::new(store, range, revision).keys_only();
    let mut taken = HashSet::new();
    while let Some(entries) = pages.page().await? {
        let keys = entries.into_iter().map(|entry| entry.key);
        taken.extend(keys.filter(|key| wanted.contains(key)));
    }
    Ok(taken)
}

fn push(
    builder: &mut Builder,
    transfer: &Transfer,
    entry: &Entry,
    taken: &HashSet<Key>,
) -> Result<(), PlanError> {
    let new = renamed(transfer, &entry.key);
    if new.is_empty() {
        builder.blocked(&entry.key, "nothing would be left of its name");
        return Ok(());
    }
    if taken.contains(&new) {
        builder.blocked(&entry.key, format!("{new} exists already, and stays as it is"));
        return Ok(());
    }
    let to = To::Put { value: entry.value.clone(), lease: entry.lease };
    let detail = || format!("becomes {new}");
    let mut step = vec![Change { key: new.clone(), guard: Guard::Absent, to }];
    if transfer.keep {
        return builder.push(step, None, Verb::Create, || format!("a copy of {}", entry.key));
    }
    let guard = Guard::Unchanged(entry.mod_revision);
    step.push(Change { key: entry.key.clone(), guard, to: To::Deleted });
    builder.push(step, Some(entry), Verb::Move, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_make_no_sense_are_refused_in_a_sentence() {
        let cases: [(&str, &str, bool, bool, Option<&str>); 10] = [
            ("/a", "/b", false, false, None),
            ("/a", "/a/b", false, false, None),
            ("/a/", "/b/", true, false, None),
            ("/a/b/", "/a/", true, false, None),
            ("/a/", "/a/b/", true, true, None),
            ("/a", "/a", false, false, Some("/a has that name already: give another one")),
            ("/a/", "/a/", true, true, Some("/a/ has that name already: give another one")),
            ("/a", "", false, true, Some("give /a a new name: a key cannot be empty")),
            (
                "/a/",
                "/a/b/",
                true,
                false,
                Some("/a/ cannot be moved into itself, to /a/b/: copy it instead"),
            ),
            (
                "",
                "/old/",
                true,
                false,
                Some("everything cannot be moved into itself, to /old/: copy it instead"),
            ),
        ];
        for (from, to, prefix, keep, expected) in cases {
            let transfer = Transfer { from: from.into(), to: to.into(), prefix, keep };
            let told = check(&transfer).err().map(|error| error.to_string());
            assert_eq!(told.as_deref(), expected, "{from} {to}");
        }
    }
}
