//! Plans to give keys another name, and to leave or remove the old one.

use std::collections::HashSet;

use tokio::sync::watch;

use super::error::PlanError;
use super::limits::Limits;
use super::merge::merged;
use super::pages::{Looked, Pages};
use super::plan::{Builder, Plan};
use crate::domain::bulk::{PlanRequest, Rename, Verb};
use crate::domain::change::{Change, Guard, To};
use crate::domain::{Entry, Key, KeyRange, Revision};
use crate::store::Store;

/// A plan that gives keys another name, as they are at one revision (etcd's `Range`, in pages). Value
/// and lease go along; a move writes the new key and deletes the old one in one transaction, a copy
/// (`keep`) leaves the old one. A key that exists under the new name is never overwritten: it blocks its
/// source, which stays as it is.
///
/// # Errors
/// The names make no sense together, or the store cannot be read.
pub async fn transfer(
    store: &dyn Store,
    names: &[Rename],
    keep: bool,
    limits: &Limits,
    looked: &watch::Sender<Looked>,
) -> Result<Plan, PlanError> {
    for rename in names {
        check(rename, keep).map_err(PlanError::Refused)?;
    }
    let what = PlanRequest::Transfer { names: names.to_vec(), keep }.title();
    let mut transfer = Transfer {
        store,
        keep,
        revision: Revision::NONE,
        given: may_meet(names).then(HashSet::new),
        builder: Builder::new(what, Revision::NONE, limits),
    };
    for (at, rename) in names.iter().enumerate() {
        let mut pages = Pages::new(store, rename.range(), transfer.revision).counted(looked);
        while let Some(mut entries) = pages.page().await? {
            transfer.revision = pages.revision();
            // What two names cover is renamed once, as the first one says.
            entries.retain(|entry| names[..at].iter().all(|name| name.name(&entry.key).is_none()));
            transfer.page(rename, &entries).await?;
        }
        transfer.revision = pages.revision();
    }
    let Transfer { mut builder, revision, .. } = transfer;
    builder.read_at(revision);
    if !keep {
        let prefixes = names.iter().filter(|rename| rename.prefix).map(Rename::range);
        builder.complete(merged(&prefixes.collect::<Vec<_>>()));
    }
    Ok(builder.finish())
}

fn check(rename: &Rename, keep: bool) -> Result<(), String> {
    let Rename { from, to, prefix } = rename;
    if from == to {
        return Err(format!("{from} has that name already: give another one"));
    }
    if !prefix && from.is_empty() {
        return Err("name the key to take: a key cannot be empty".to_owned());
    }
    if !prefix && to.is_empty() {
        return Err(format!("give {from} a new name: a key cannot be empty"));
    }
    if *prefix && !keep && to.as_bytes().starts_with(from.as_bytes()) {
        let from = if from.is_empty() { "everything".to_owned() } else { from.to_string() };
        return Err(format!("{from} cannot be moved into itself, to {to}: copy it instead"));
    }
    Ok(())
}

/// Whether keys of two names may be given the same new one.
fn may_meet(names: &[Rename]) -> bool {
    let mut targets: Vec<&[u8]> = names.iter().map(|rename| rename.to.as_bytes()).collect();
    targets.sort_unstable();
    targets.windows(2).any(|pair| pair[1].starts_with(pair[0]))
}

struct Transfer<'a> {
    store: &'a dyn Store,
    keep: bool,
    revision: Revision,
    /// The new names given so far, where two keys may be given the same.
    given: Option<HashSet<Key>>,
    builder: Builder,
}

impl Transfer<'_> {
    async fn page(&mut self, rename: &Rename, entries: &[Entry]) -> Result<(), PlanError> {
        let taken = self.taken(rename, entries).await?;
        for entry in entries {
            let Some(new) = rename.name(&entry.key) else { continue };
            let given = self.given.as_mut().is_some_and(|given| !given.insert(new.clone()));
            if new.is_empty() {
                self.builder.blocked(&entry.key, "nothing would be left of its name");
            } else if taken.contains(&new) {
                let why = format!("{new} exists already, and stays as it is");
                self.builder.blocked(&entry.key, why);
            } else if given {
                let why = format!("another key is to be called {new} as well");
                self.builder.blocked(&entry.key, why);
            } else {
                self.push(entry, new)?;
            }
        }
        Ok(())
    }

    fn push(&mut self, entry: &Entry, new: Key) -> Result<(), PlanError> {
        let to = To::Put { value: entry.value.clone(), lease: entry.lease };
        let mut step = vec![Change { key: new.clone(), guard: Guard::Absent, to }];
        if self.keep {
            let detail = || format!("a copy of {}", entry.key);
            return self.builder.push(step, None, Verb::Create, detail);
        }
        let guard = Guard::Unchanged(entry.mod_revision);
        step.push(Change { key: entry.key.clone(), guard, to: To::Deleted });
        self.builder.push(step, Some(entry), Verb::Move, || format!("becomes {new}"))
    }

    /// The new names of these entries that exist already. The names keep their order, so that one
    /// short interval holds them all.
    async fn taken(&self, rename: &Rename, entries: &[Entry]) -> Result<HashSet<Key>, PlanError> {
        let mut wanted = entries.iter().filter_map(|entry| rename.name(&entry.key));
        let Some(first) = wanted.next() else { return Ok(HashSet::new()) };
        let last = wanted.next_back().unwrap_or_else(|| first.clone());
        let range = if first == last && !first.is_empty() {
            KeyRange::single(first)
        } else {
            // A range cannot begin with the empty key, which no store holds.
            let first = if first.is_empty() { Key::from(&b"\0"[..]) } else { first };
            KeyRange::interval(first, last.successor().into_bytes())
        };
        let wanted: HashSet<Key> =
            entries.iter().filter_map(|entry| rename.name(&entry.key)).collect();
        let mut pages = Pages::new(self.store, range, self.revision).keys_only();
        let mut taken = HashSet::new();
        while let Some(entries) = pages.page().await? {
            let keys = entries.into_iter().map(|entry| entry.key);
            taken.extend(keys.filter(|key| wanted.contains(key)));
        }
        Ok(taken)
    }
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
            let rename = Rename { from: from.into(), to: to.into(), prefix };
            let told = check(&rename, keep).err();
            assert_eq!(told.as_deref(), expected, "{from} {to}");
        }
    }
}
