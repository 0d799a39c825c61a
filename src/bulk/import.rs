//! Plans to write what an exported file holds.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use tokio::sync::watch;
use tokio::task::spawn_blocking;

use super::error::PlanError;
use super::lease::Leases;
use super::limits::Limits;
use super::look::{Look, Patience, Want};
use super::pages::Looked;
use super::plan::{Builder, Plan, beginning};
use crate::archive::{Ending, Fault, Reader};
use crate::domain::bulk::{PlanRequest, Verb};
use crate::domain::change::{Change, Guard, To};
use crate::domain::{Entry, Key, Revision, escape};
use crate::store::{ErrorKind, Store, StoreError};

/// Keys compared together at most.
const KEYS: usize = 128;
/// Bytes of keys and values compared together, as far as can be known before they are read.
const BYTES: usize = 4 << 20;
/// Keys compared together while nobody knows how large the values in the store are.
const FIRST: usize = 16;
/// Entries checked together before the store is asked for anything.
const CHECKED: usize = 1000;

type Source = Reader<BufReader<File>>;

/// A plan that makes the store hold every entry of a file in the format of
/// [`archive`](crate::archive): keys that are missing are created, keys that differ in value or lease
/// are changed, each guarded by what it is now. Keys that are not in the file are left alone. A key
/// goes on the lease the file names where that lives on this cluster, else it keeps the lease it has
/// now, or hangs on none. `tell` hears of every key what would happen to it.
///
/// The whole file is checked first, so that one with a fault plans nothing. A file that was cut is
/// read as far as it goes, and its plan says so in a note.
///
/// # Errors
/// What is wrong with the file, by line; or the store cannot be read.
pub async fn import(
    store: &dyn Store,
    path: &Path,
    limits: &Limits,
    looked: &watch::Sender<Looked>,
    mut tell: impl FnMut(Verb, &Key) + Send,
) -> Result<Plan, PlanError> {
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    if !file.metadata().is_ok_and(|data| data.is_file()) {
        let error =
            io::Error::new(io::ErrorKind::InvalidInput, "expected a file, which is read twice");
        return Err(unreadable(path, &error).into());
    }
    let ending = checked(path, open(path, &file)?).await?;
    let source = open(path, &file)?;
    let mut source = if ending.ordered { source } else { source.remembering() };

    let mut compare = Compare::new(store);
    let (mut entries, mut size) = (Vec::new(), FIRST);
    (source, entries) = read(path, source, entries, size).await?;
    compare.look(&entries).await?;
    let what = PlanRequest::Import(path.to_owned()).title();
    let mut builder = Builder::new(what, compare.revision, limits);
    while !entries.is_empty() {
        let bytes = entries.iter().map(weight).sum::<usize>() as u64;
        looked.send_modify(|looked| {
            looked.keys += entries.len() as u64;
            looked.bytes += bytes;
        });
        let largest = compare.largest.max(entries.iter().map(weight).max().unwrap_or(0));
        for (entry, now) in entries.drain(..).zip(compare.found.drain(..)) {
            push(&mut builder, &mut compare.leases, entry, now, &mut tell).await?;
        }
        size = (BYTES / largest.max(1)).clamp(1, KEYS);
        (source, entries) = read(path, source, entries, size).await?;
        compare.look(&entries).await?;
    }
    ending.notes.into_iter().for_each(|note| builder.note(note));
    compare.notes(&mut builder);
    Ok(builder.finish())
}

/// The keys of the store that are compared with those of the file.
struct Compare<'a> {
    look: Look<'a>,
    leases: Leases<'a>,
    /// What is read now is read as it was at this revision.
    revision: Revision,
    first: Revision,
    found: Vec<Found>,
    /// Bytes of the largest entry of the last look.
    largest: usize,
}

/// What the store has of a key.
enum Found {
    Entry(Option<Entry>),
    /// The user may not read it.
    Denied,
}

impl<'a> Compare<'a> {
    fn new(store: &'a dyn Store) -> Compare<'a> {
        Compare {
            look: Look::new(store, Patience::Some),
            leases: Leases::new(store),
            revision: Revision::NONE,
            first: Revision::NONE,
            found: Vec::new(),
            largest: 0,
        }
    }

    async fn look(&mut self, entries: &[Entry]) -> Result<(), StoreError> {
        let keys: Vec<&Key> = entries.iter().map(|entry| &entry.key).collect();
        match self.read(&keys).await {
            Err(error) if error.kind == ErrorKind::PermissionDenied => {
                // One that is forbidden fails them all: which is it?
                for key in keys {
                    match self.read(&[key]).await {
                        Err(error) if error.kind == ErrorKind::PermissionDenied => {
                            self.found.push(Found::Denied);
                        }
                        result @ (Ok(_) | Err(_)) => self.keep(result?),
                    }
                }
            }
            result @ (Ok(_) | Err(_)) => self.keep(result?),
        }
        let sizes = self.found.iter().map(|found| match found {
            Found::Entry(Some(entry)) => weight(entry),
            Found::Entry(None) | Found::Denied => 0,
        });
        self.largest = sizes.max().unwrap_or(0);
        Ok(())
    }

    fn keep(&mut self, entries: Vec<Option<Entry>>) {
        self.found.extend(entries.into_iter().map(Found::Entry));
    }

    async fn read(&mut self, keys: &[&Key]) -> Result<Vec<Option<Entry>>, StoreError> {
        let mut answer = self.look.at(keys, self.revision, Want::SmallValues).await;
        if let Err(error) = &answer
            && matches!(error.kind, ErrorKind::Compacted { .. })
        {
            // Each key is guarded by what was seen of it, whatever the revision: go on with the present.
            answer = self.look.at(keys, Revision::NONE, Want::SmallValues).await;
        }
        let (revision, entries) = answer?;
        self.revision = revision;
        if !self.first.is_some() {
            self.first = revision;
        }
        Ok(entries)
    }

    fn notes(&self, builder: &mut Builder) {
        self.leases.note(builder, ("does not live here", "do not live here"));
        if self.revision != self.first {
            builder.note(format!(
                "the store was compacted meanwhile: the later keys were looked at as of revision {}",
                self.revision
            ));
        }
    }
}

async fn push(
    builder: &mut Builder,
    leases: &mut Leases<'_>,
    wanted: Entry,
    now: Found,
    tell: &mut (impl FnMut(Verb, &Key) + Send),
) -> Result<(), PlanError> {
    let Found::Entry(now) = now else {
        builder
            .blocked(&wanted.key, "it may not be read, so nobody knows what would be overwritten");
        return Ok(());
    };
    let lease = leases.of(&wanted, now.as_ref()).await?;
    let verb = match &now {
        None => Verb::Create,
        Some(now) if now.value == wanted.value && now.lease == lease => Verb::Same,
        Some(_) => Verb::Change,
    };
    tell(verb, &wanted.key);
    if verb == Verb::Same {
        builder.same();
        return Ok(());
    }
    let detail = match &now {
        None => beginning(&wanted.value),
        Some(now) if now.value == wanted.value => format!("lease {} → {lease}", now.lease),
        Some(now) => format!("{} → {}", beginning(&now.value), beginning(&wanted.value)),
    };
    let guard = Guard::of(now.as_ref().map(|now| now.mod_revision));
    let to = To::Put { value: wanted.value, lease };
    let step = vec![Change { key: wanted.key, guard, to }];
    builder.push(step, now.as_ref(), verb, || detail)
}

fn weight(entry: &Entry) -> usize {
    entry.key.as_bytes().len() + entry.value.len()
}

/// A reader of the file from its start.
fn open(path: &Path, mut file: &File) -> Result<Source, PlanError> {
    let mut again = || {
        io::Seek::rewind(&mut file)?;
        file.try_clone()
    };
    let file = again().map_err(|error| unreadable(path, &error))?;
    Reader::new(BufReader::new(file)).map_err(|fault| refused(path, &fault))
}

/// Reads the file to its end.
async fn checked(path: &Path, mut source: Source) -> Result<Ending, PlanError> {
    loop {
        if let Some(ending) = source.ending() {
            return Ok(ending);
        }
        // In pieces, so that giving it up ends it.
        let work = move || {
            let fault = source.by_ref().take(CHECKED).find_map(Result::err);
            (source, fault)
        };
        let fault;
        (source, fault) = spawn_blocking(work).await.map_err(io::Error::other)?;
        if let Some(fault) = fault {
            return Err(refused(path, &fault));
        }
    }
}

/// The next entries: so many at most, and not much more than [`BYTES`]. None at the end.
async fn read(
    path: &Path,
    mut source: Source,
    mut entries: Vec<Entry>,
    most: usize,
) -> Result<(Source, Vec<Entry>), PlanError> {
    let work = move || {
        let mut bytes = 0;
        while entries.len() < most && bytes < BYTES {
            match source.next() {
                None => break,
                Some(Err(fault)) => return Err(fault),
                Some(Ok(entry)) => {
                    bytes += weight(&entry);
                    entries.push(entry);
                }
            }
        }
        Ok((source, entries))
    };
    let read = spawn_blocking(work).await.map_err(io::Error::other)?;
    read.map_err(|fault| refused(path, &fault))
}

fn refused(path: &Path, fault: &Fault) -> PlanError {
    PlanError::Refused(format!("{}, {fault}", escape::message(&path.to_string_lossy())))
}

fn unreadable(path: &Path, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{}: {error}", path.display()))
}
