//! The view of a search in values: which keys of a prefix hold a text in their values. The values are
//! read once, page by page, and not kept.

use crate::app::viewport::Cursor;
use crate::domain::find::{Fault, Query, Searched, ValueHit};
use crate::domain::{Key, escape};
use crate::store::StoreError;

/// What the view shows.
pub struct ValuesView {
    /// Which keys.
    pub prefix: Key,
    /// What is looked for.
    pub query: Query,
    /// What it does.
    pub stage: Stage,
    /// How far it is.
    pub searched: Searched,
    /// What was found, as far as it is listed.
    pub hits: Vec<ValueHit>,
    /// The selected row and the first one shown.
    pub cursor: Cursor,
}

/// What a search in values does.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// The keys are being counted.
    Counting,
    /// There are many, and it was asked whether their values are to be read.
    Asked(u64),
    /// The values are being read.
    Looking,
    /// It waits for the connection.
    Waiting(StoreError),
    /// It was stopped.
    Stopped,
    /// All values were looked at.
    Ended,
    /// The query cannot be looked for.
    Fault(Fault),
    /// It could not go on.
    Failed(StoreError),
    /// There is nothing that may be read.
    Nothing,
}

impl Stage {
    /// Whether it can be stopped.
    pub fn is_running(&self) -> bool {
        match self {
            Stage::Counting | Stage::Looking | Stage::Waiting(_) => true,
            Stage::Asked(_)
            | Stage::Stopped
            | Stage::Ended
            | Stage::Fault(_)
            | Stage::Failed(_)
            | Stage::Nothing => false,
        }
    }
}

impl ValuesView {
    /// The selected row.
    pub fn selected(&self) -> Option<&ValueHit> {
        self.hits.get(self.cursor.selected)
    }

    /// What is looked for, made safe.
    pub fn what(&self) -> String {
        let text = escape::message(&self.query.text);
        format!("{} “{text}”", self.query.mode.name())
    }
}
