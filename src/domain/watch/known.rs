//! What a watch knows of its range: which key was written last when, as long as that is little; and
//! what a listing after a gap shows of what happened unseen.
//!
//! Pure, and bounded: with more keys than [`KEYS`] or more bytes of them than [`BYTES`] only their
//! number is known. Then changed keys are still found, since the store tells when each was written
//! last; deleted ones are counted and cannot be named.

use std::collections::BTreeMap;
use std::ops::Bound;

use super::found::{Found, FoundKind, Gone, Listed};
use crate::domain::{Entry, Event, EventKind, Key, Revision};

/// The keys of a range that are remembered at most.
pub const KEYS: usize = 10_000;
/// The bytes of remembered keys at most.
pub const BYTES: usize = 1 << 20;
/// The keys that a difference names at most; more are counted.
pub const NAMED: usize = 1000;

/// What is known of a range.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// As of when; what happened up to then does not count again.
    at: Revision,
    what: What,
}

#[derive(Clone, Debug, Default)]
enum What {
    /// Nothing.
    #[default]
    Nothing,
    /// So many keys, too many to remember.
    Count(u64),
    /// Every key, and when it was written last.
    Keys { keys: BTreeMap<Key, Revision>, bytes: usize },
}

impl Known {
    /// A range that was empty at a revision.
    pub fn empty(at: Revision) -> Known {
        Known { at, what: What::Keys { keys: BTreeMap::new(), bytes: 0 } }
    }

    /// A range of this many keys, of which no more is known.
    pub fn counted(at: Revision, keys: u64) -> Known {
        Known { at, what: What::Count(keys) }
    }

    /// When a key was written last, where all keys are known; none where it is not there.
    pub fn written(&self, key: &Key) -> Option<Option<Revision>> {
        match &self.what {
            What::Keys { keys, .. } => Some(keys.get(key).copied()),
            What::Nothing | What::Count(_) => None,
        }
    }

    /// As of when it was read.
    pub fn at(&self) -> Revision {
        self.at
    }

    /// Follows an event that may have been followed already, now in order: it decides.
    pub fn apply_again(&mut self, event: &Event) {
        match &self.what {
            What::Keys { .. } => {
                self.apply(event);
            }
            What::Nothing | What::Count(_) => {}
        }
    }

    /// Follows an event; each once. Answers with what [`Known::written`] said before.
    pub fn apply(&mut self, event: &Event) -> Option<Option<Revision>> {
        let key = &event.entry.key;
        if event.revision() <= self.at {
            return self.written(key);
        }
        let before = match &mut self.what {
            What::Nothing => None,
            What::Count(count) => {
                match event.kind {
                    EventKind::Put if event.is_create() => *count += 1,
                    EventKind::Put => {}
                    EventKind::Delete => *count = count.saturating_sub(1),
                }
                None
            }
            What::Keys { keys, bytes } => Some(match (event.kind, keys.get_mut(key)) {
                (EventKind::Put, Some(known)) => {
                    let before = *known;
                    *known = event.revision().max(before);
                    Some(before)
                }
                (EventKind::Put, None) => {
                    *bytes += key.as_bytes().len();
                    keys.insert(key.clone(), event.revision());
                    None
                }
                (EventKind::Delete, known) => {
                    let before = known.copied();
                    if before.is_some_and(|before| before < event.revision()) {
                        keys.remove(key);
                        *bytes -= key.as_bytes().len();
                    }
                    before
                }
            }),
        };
        self.bound();
        before
    }

    fn add(&mut self, entry: &Entry) {
        match &mut self.what {
            What::Nothing => {}
            What::Count(count) => *count += 1,
            What::Keys { keys, bytes } => {
                *bytes += entry.key.as_bytes().len();
                keys.insert(entry.key.clone(), entry.mod_revision);
            }
        }
        self.bound();
    }

    /// Forgets which keys there are when they are too many.
    fn bound(&mut self) {
        if let What::Keys { keys, bytes } = &self.what
            && (keys.len() > KEYS || *bytes > BYTES)
        {
            self.what = What::Count(keys.len() as u64);
        }
    }
}

/// By what a listing is compared with what was known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// Nothing: the range is only learned.
    Nothing,
    /// The same store, of which all is known up to a revision.
    Since(Revision),
    /// Another store, whose revisions have nothing to do with those known.
    AnotherStore,
}

/// A listing under way, compared page by page with what was known.
#[derive(Clone, Debug)]
pub struct Looking {
    before: Known,
    against: Against,
    now: Known,
    /// The last key that was seen.
    seen: Option<Key>,
    found: Vec<Found>,
    listed: Listed,
    /// Keys that were created since.
    created: u64,
}

impl Looking {
    /// Begins; pages are to come in key order, at one revision.
    pub fn new(before: Known, against: Against) -> Looking {
        let now = Known::empty(Revision::NONE);
        let (found, listed) = (Vec::new(), Listed::default());
        Looking { before, against, now, seen: None, found, listed, created: 0 }
    }

    /// The next entries.
    pub fn page(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.listed.keys += 1;
            self.gone_before(Some(&entry.key));
            if let Some(kind) = self.judge(entry) {
                self.note(kind, entry.key.clone(), entry.mod_revision);
            }
            self.seen = Some(entry.key.clone());
            self.now.add(entry);
        }
    }

    /// How an entry differs from what was known.
    fn judge(&mut self, entry: &Entry) -> Option<FoundKind> {
        let known = self.before.written(&entry.key);
        let since = match self.against {
            Against::Nothing => return None,
            Against::Since(since) => since,
            Against::AnotherStore => {
                return match known? {
                    None => Some(FoundKind::Put),
                    Some(before) => (before != entry.mod_revision).then_some(FoundKind::Changed),
                };
            }
        };
        let created = entry.create_revision > since;
        self.created += u64::from(created);
        if entry.mod_revision <= since {
            return None;
        }
        Some(match known {
            Some(Some(before)) if before == entry.mod_revision => return None,
            Some(None) => FoundKind::Put,
            None if created => FoundKind::Put,
            Some(Some(_)) | None => FoundKind::Changed,
        })
    }

    /// The known keys between the last one seen and this one are gone.
    fn gone_before(&mut self, key: Option<&Key>) {
        let What::Keys { keys, .. } = &self.before.what else { return };
        if self.against == Against::Nothing {
            return;
        }
        if let (Some(seen), Some(key)) = (&self.seen, key)
            && key <= seen
        {
            // Out of order: no store lists so.
            return;
        }
        let from = self.seen.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let to = key.map_or(Bound::Unbounded, Bound::Excluded);
        let gone: Vec<Key> = keys.range::<Key, _>((from, to)).map(|(key, _)| key.clone()).collect();
        for key in gone {
            self.note(FoundKind::Gone, key, Revision::NONE);
        }
    }

    fn note(&mut self, kind: FoundKind, key: Key, revision: Revision) {
        match kind {
            FoundKind::Put => self.listed.put += 1,
            FoundKind::Changed => self.listed.changed += 1,
            FoundKind::Gone => {
                let gone = match self.listed.gone {
                    Gone::Named(gone) => gone,
                    Gone::Counted(_) | Gone::Unknown => 0,
                };
                self.listed.gone = Gone::Named(gone + 1);
            }
        }
        if self.found.len() < NAMED {
            self.found.push(Found { kind, key, revision });
        } else {
            self.listed.unnamed += 1;
        }
    }

    /// The listing has come to its end: what is known now, what was found, and how it is summed up.
    pub fn finish(mut self, at: Revision) -> (Known, Vec<Found>, Listed) {
        self.gone_before(None);
        let survived = self.listed.keys.saturating_sub(self.created);
        let is_known = matches!(self.before.what, What::Keys { .. });
        self.listed.gone = match (self.against, &self.before.what) {
            (_, What::Keys { .. }) => self.listed.gone,
            (Against::Since(_), What::Count(count)) => {
                Gone::Counted(count.saturating_sub(survived))
            }
            _ => Gone::Unknown,
        };
        self.listed.is_compared = match self.against {
            Against::Nothing => false,
            Against::Since(_) => true,
            Against::AnotherStore => is_known,
        };
        if let Against::Since(since) = self.against {
            self.listed.since = since;
        }
        self.listed.at = at;
        self.now.at = at;
        (self.now, self.found, self.listed)
    }

    /// Gives the listing up: what was known is known.
    pub fn give_up(self) -> Known {
        self.before
    }
}
