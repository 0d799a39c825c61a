//! Work on many keys at once: what is asked for, what it would touch, and what became of it.
//!
//! A plan is made first, at one revision, and shown (the [`Survey`]); only then is it carried out, in
//! transactions in which every key is guarded by the revision it was planned at. What changed since
//! then is left, named and counted (the [`Report`]).

mod export;
mod report;
mod survey;

use std::path::PathBuf;

use super::journal::JournalId;
use super::{Key, KeyRange, Revision};

pub use export::{Exported, Exporting};
pub use report::{Left, NAMED, Progress, Report, Why};
pub use survey::{SAMPLE, Sample, Survey, Verb};

/// What is to be planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PlanRequest {
    /// Delete every key in these ranges (prefixes, single keys; they may overlap).
    Delete(Vec<KeyRange>),
    /// Give keys another name, and leave or remove the old one. A key that exists there already is
    /// never overwritten.
    Transfer {
        /// Which keys and prefixes, and what they become: one, or several that were marked.
        names: Vec<Rename>,
        /// Whether the keys stay under their old names too: a copy.
        keep: bool,
    },
    /// Make these ranges what they were at a revision: keys that are gone come back, keys that were
    /// changed get their old value, keys that were not there then are deleted.
    Restore {
        /// Prefixes, or single keys.
        ranges: Vec<KeyRange>,
        /// When.
        revision: Revision,
    },
    /// Take back a recorded write.
    Undo(JournalId),
    /// Write what an exported file holds.
    Import(PathBuf),
}

/// A key or prefix, and what it is to be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rename {
    /// A key, or a prefix.
    pub from: Key,
    /// What `from` becomes: the key, or the prefix.
    pub to: Key,
    /// Whether they are prefixes.
    pub prefix: bool,
}

impl Rename {
    /// The keys that are renamed.
    pub fn range(&self) -> KeyRange {
        let from = self.from.clone();
        if self.prefix { KeyRange::prefix(from) } else { KeyRange::single(from) }
    }

    /// What a key that lies in the range is to be called; nothing for others.
    ///
    /// ```
    /// use etcdeck::domain::bulk::Rename;
    ///
    /// let rename = Rename { from: "/a/".into(), to: "/b/".into(), prefix: true };
    /// assert_eq!(rename.name(&"/a/x".into()), Some("/b/x".into()));
    /// assert_eq!(rename.name(&"/c".into()), None);
    /// ```
    pub fn name(&self, key: &Key) -> Option<Key> {
        let rest = key.as_bytes().strip_prefix(self.from.as_bytes())?;
        (self.prefix || rest.is_empty()).then(|| Key::from([self.to.as_bytes(), rest].concat()))
    }
}

impl PlanRequest {
    /// What it does, for titles and the journal.
    ///
    /// ```
    /// use etcdeck::domain::bulk::PlanRequest;
    /// use etcdeck::domain::{KeyRange, Revision};
    ///
    /// let ranges = vec![KeyRange::prefix("/a/")];
    /// let restore = PlanRequest::Restore { ranges, revision: Revision(7) };
    /// assert_eq!(restore.title(), "restore /a/ as of revision 7");
    /// ```
    pub fn title(&self) -> String {
        match self {
            PlanRequest::Delete(ranges) => format!("delete {}", names(ranges)),
            PlanRequest::Transfer { names, keep } => {
                let verb = if *keep { "copy" } else { "move" };
                match names.as_slice() {
                    [] => format!("{verb} nothing"),
                    [Rename { from, to, .. }] => format!("{verb} {from} to {to}"),
                    [Rename { from, .. }, ..] => {
                        format!("{verb} {from} and {} more", names.len() - 1)
                    }
                }
            }
            PlanRequest::Restore { ranges, revision } => {
                format!("restore {} as of revision {revision}", names(ranges))
            }
            PlanRequest::Undo(id) => format!("undo write {id}"),
            PlanRequest::Import(path) => {
                format!("import {}", super::escape::message(&path.to_string_lossy()))
            }
        }
    }
}

/// Ranges in a few words, safe on a terminal.
fn names(ranges: &[KeyRange]) -> String {
    match ranges {
        [] => "nothing".to_owned(),
        [one] if *one == KeyRange::all() => "the whole store".to_owned(),
        [one] => one.start().to_string(),
        [first, ..] => format!("{} and {} more", first.start(), ranges.len() - 1),
    }
}
