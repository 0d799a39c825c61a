//! Plans to take back what was written from here.

use std::collections::{BTreeMap, HashMap};
use std::io;

use futures_util::{StreamExt, stream};
use tokio::sync::watch;

use super::ask::ask;
use super::error::PlanError;
use super::limits::Limits;
use super::look::{Look, Patience, Want};
use super::pages::Looked;
use super::plan::{Builder, Plan};
use super::resolve::{Fate, fate};
use crate::domain::bulk::{PlanRequest, Verb};
use crate::domain::change::{Change, To};
use crate::domain::journal::{Before, JournalId, Written};
use crate::domain::{Entry, Key, LeaseId, Revision};
use crate::store::{Store, StoreError};

/// Keys looked at together.
const CHUNK: usize = 1024;
/// Leases asked about at once.
const AT_ONCE: usize = 4;
/// Leases that have ended and are named; the others are counted.
const LEASES_NAMED: usize = 20;

/// A plan that puts back what the keys of a record were before it. `written` is the record's contents
/// in the order they were written
/// ([`Journal::iter`](crate::journal::Journal::iter)).
///
/// A key is put back only while it is as the record left it ([`Written::guard`]); one that was changed
/// since blocks itself, and so does one of which nobody knows what it was. The lease is kept where it
/// still lives; where it has ended the key comes back without one, which a note says.
///
/// # Errors
/// The store or the record cannot be read.
pub async fn undo(
    store: &dyn Store,
    record: JournalId,
    written: impl Iterator<Item = io::Result<Written>> + Send,
    limits: &Limits,
    looked: &watch::Sender<Looked>,
) -> Result<Plan, PlanError> {
    let what = PlanRequest::Undo(record).title();
    let mut undo = Undo {
        store,
        look: Look::new(store, Patience::Some),
        leases: HashMap::new(),
        ended: BTreeMap::new(),
        builder: Builder::new(what, Revision::NONE, limits),
    };
    undo.builder.undoes(record);
    let mut written = written.fuse();
    loop {
        let chunk: Vec<Written> = written.by_ref().take(CHUNK).collect::<io::Result<_>>()?;
        if chunk.is_empty() {
            break;
        }
        let keys = chunk.len() as u64;
        undo.chunk(joined(chunk)).await?;
        looked.send_modify(|looked| looked.keys += keys);
    }
    Ok(undo.finish())
}

/// What a record wrote to a key more than once is taken back as one.
fn joined(chunk: Vec<Written>) -> Vec<Written> {
    let mut at: HashMap<Key, usize> = HashMap::new();
    let mut joined: Vec<Written> = Vec::with_capacity(chunk.len());
    for written in chunk {
        if let Some(&first) = at.get(&written.key) {
            let first = &mut joined[first];
            (first.after, first.revision) = (written.after, written.revision);
        } else {
            at.insert(written.key.clone(), joined.len());
            joined.push(written);
        }
    }
    joined
}

/// Whether a move took `old` away when it wrote `new`.
fn is_moved(old: &Written, new: &Written) -> bool {
    let (Before::Entry(before), To::Put { value, .. }) = (&old.before, &new.after) else {
        return false;
    };
    old.after == To::Deleted
        && new.before == Before::Absent
        && old.revision == new.revision
        && before.value == *value
}

struct Undo<'a> {
    store: &'a dyn Store,
    look: Look<'a>,
    /// Whether a lease lives.
    leases: HashMap<LeaseId, bool>,
    /// How many keys come back without the lease they had.
    ended: BTreeMap<LeaseId, u64>,
    builder: Builder,
}

impl Undo<'_> {
    async fn chunk(&mut self, chunk: Vec<Written>) -> Result<(), PlanError> {
        let keys: Vec<&Key> = chunk.iter().map(|written| &written.key).collect();
        let revision = self.builder.survey().revision;
        let (revision, present) = self.look.at(&keys, revision, Want::Keys).await?;
        self.builder.read_at(revision);
        self.ask_leases(&chunk).await?;
        let mut pairs = chunk.into_iter().zip(present).peekable();
        let (mut changed, mut unanswered) = (Vec::new(), Vec::new());
        while let Some((written, now)) = pairs.next() {
            let moved = pairs.next_if(|(next, _)| is_moved(next, &written));
            let holds = |(written, now): &(Written, Option<Entry>)| {
                let modified = now.as_ref().map(|entry| entry.mod_revision);
                written.revision.is_some() && written.guard().holds(modified)
            };
            let first = (written, now);
            match moved {
                // What was moved goes back in one step, as it came, or stays where it is.
                Some(old) if holds(&first) && holds(&old) => self.move_back(&old.0, first)?,
                Some(old) if holds(&first) => changed.push(old.0),
                Some(_) => changed.push(first.0),
                None if holds(&first) => self.put_back(&first.0, first.1)?,
                None if first.0.revision.is_some() => changed.push(first.0),
                None => unanswered.push(first.0),
            }
        }
        self.unanswered(unanswered, revision).await?;
        self.left(&changed, revision).await
    }

    /// Writes without an answer: those that were done are taken back as well.
    async fn unanswered(
        &mut self,
        sent: Vec<Written>,
        revision: Revision,
    ) -> Result<(), PlanError> {
        let keys: Vec<&Key> = sent.iter().map(|written| &written.key).collect();
        let (_, present) = self.look.at(&keys, revision, Want::Values).await?;
        for (sent, now) in sent.into_iter().zip(present) {
            let key = sent.key.clone();
            match fate(self.store, sent, now.as_ref(), revision).await? {
                Fate::Written(Written { before: Before::Unknown, .. }) => {
                    let why = "no answer came of it, and what it was before is compacted";
                    self.builder.blocked(&key, why);
                }
                Fate::Written(written) => {
                    self.ask_leases(std::slice::from_ref(&written)).await?;
                    self.put_back(&written, now)?;
                }
                Fate::NotWritten => self.builder.same(),
                Fate::Unclear(why) => self.builder.blocked(&key, why),
            }
        }
        Ok(())
    }

    fn move_back(
        &mut self,
        old: &Written,
        (new, now): (Written, Option<Entry>),
    ) -> Result<(), PlanError> {
        let (Before::Entry(before), Some(now)) = (&old.before, now) else { return Ok(()) };
        let value = before.value.clone();
        let now = Entry { value: value.clone(), ..now };
        let to = To::Put { value, lease: self.lease(before.lease) };
        let step = vec![
            Change { key: old.key.clone(), guard: old.guard(), to },
            Change { key: new.key.clone(), guard: new.guard(), to: To::Deleted },
        ];
        self.builder.push(step, Some(&now), Verb::Move, || format!("becomes {} again", old.key))
    }

    /// Keys changed since: those that are what they were before need nothing, the others stay.
    async fn left(&mut self, changed: &[Written], revision: Revision) -> Result<(), PlanError> {
        let keys: Vec<&Key> = changed.iter().map(|written| &written.key).collect();
        let (_, present) = self.look.at(&keys, revision, Want::Values).await?;
        for (written, now) in changed.iter().zip(present) {
            let same = match (&written.before, &now) {
                (Before::Absent, None) => true,
                (Before::Entry(before), Some(now)) => {
                    (&before.value, before.lease) == (&now.value, now.lease)
                }
                (Before::Absent | Before::Entry(_) | Before::Unknown, _) => false,
            };
            match now {
                _ if same => self.builder.same(),
                None => self.builder.blocked(
                    &written.key,
                    "it was deleted since, by somebody else or with its lease, and stays deleted",
                ),
                Some(now) if now.create_revision > written.revision => {
                    let by = now.mod_revision;
                    let why = format!(
                        "somebody created it anew since; what was written at revision {by} stays"
                    );
                    self.builder.blocked(&written.key, why);
                }
                Some(now) => {
                    let by = now.mod_revision;
                    let why = format!(
                        "somebody changed it since; what was written at revision {by} stays"
                    );
                    self.builder.blocked(&written.key, why);
                }
            }
        }
        Ok(())
    }

    fn put_back(&mut self, written: &Written, now: Option<Entry>) -> Result<(), PlanError> {
        // Its guard holds, so its value is the one that was written.
        let now = match (now, &written.after) {
            (Some(entry), To::Put { value, lease }) => {
                Some(Entry { value: value.clone(), lease: *lease, ..entry })
            }
            (_, To::Deleted) | (None, To::Put { .. }) => None,
        };
        let (to, verb, detail) = match (&written.before, &now) {
            (Before::Unknown, _) => {
                let why = "nobody knows what it was before: it may be written here but not read";
                self.builder.blocked(&written.key, why);
                return Ok(());
            }
            (Before::Absent, None) => {
                self.builder.same();
                return Ok(());
            }
            (Before::Absent, Some(_)) => (To::Deleted, Verb::Delete, "it was not there before"),
            (Before::Entry(before), now) => {
                let verb = if now.is_some() { Verb::Change } else { Verb::Create };
                let lease = self.lease(before.lease);
                (To::Put { value: before.value.clone(), lease }, verb, "as it was before")
            }
        };
        let key = written.key.clone();
        let step = vec![Change { key, guard: written.guard(), to }];
        self.builder.push(step, now.as_ref(), verb, || detail.to_owned())
    }

    /// The lease a key comes back on.
    fn lease(&mut self, lease: LeaseId) -> LeaseId {
        if self.leases.get(&lease) == Some(&false) {
            *self.ended.entry(lease).or_default() += 1;
            return LeaseId::NONE;
        }
        lease
    }

    /// Finds out which of the leases that keys were on live still.
    async fn ask_leases(&mut self, chunk: &[Written]) -> Result<(), StoreError> {
        let mut unknown: Vec<LeaseId> = chunk
            .iter()
            .filter_map(|written| match &written.before {
                Before::Entry(entry) => Some(entry.lease),
                Before::Absent | Before::Unknown => None,
            })
            .filter(|lease| lease.is_some() && !self.leases.contains_key(lease))
            .collect();
        unknown.sort_unstable();
        unknown.dedup();
        let store = self.store;
        let asked: Vec<_> = unknown
            .into_iter()
            .map(|lease| async move {
                let status = ask(|| store.lease_time_to_live(lease, false)).await;
                (lease, status)
            })
            .collect();
        let mut asked = stream::iter(asked).buffer_unordered(AT_ONCE);
        while let Some((lease, status)) = asked.next().await {
            self.leases.insert(lease, status?.is_some());
        }
        Ok(())
    }

    fn finish(self) -> Plan {
        let Undo { ended, mut builder, .. } = self;
        for (lease, keys) in ended.iter().take(LEASES_NAMED) {
            let come =
                if *keys == 1 { "1 key comes".to_owned() } else { format!("{keys} keys come") };
            builder.note(format!("lease {lease} has ended: {come} back without a lease"));
        }
        if ended.len() > LEASES_NAMED {
            let keys: u64 = ended.values().skip(LEASES_NAMED).sum();
            let leases = ended.len() - LEASES_NAMED;
            builder.note(format!(
                "{leases} more leases have ended: {keys} keys come back without a lease"
            ));
        }
        builder.finish()
    }
}
