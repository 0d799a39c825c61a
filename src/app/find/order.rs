//! What the view of finding wants done, and what comes back.

use crate::domain::find::{Fault, Hits, IndexState, Query, Searched, ValueHit};
use crate::domain::load::Load;
use crate::domain::{KeyRange, Revision};
use crate::store::StoreError;

/// What is to be done with the index of keys. There is one at most.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FindOrder {
    /// Read all keys of some ranges into a new index, and follow the store from there.
    Index(Indexing),
    /// Stop reading; what was read stays, and can be searched.
    Stop,
    /// Go on reading.
    GoOn,
    /// Look for a query, and again whenever the index has changed. It takes the place of the one
    /// before.
    Search(Search),
    /// Look for nothing any more.
    Rest,
}

/// An index that is to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Indexing {
    /// Which keys: in order, and none twice.
    pub ranges: Vec<KeyRange>,
    /// As of when; [`Revision::NONE`] is now, and followed from then on.
    pub revision: Revision,
    /// How many keys there are, as far as is known.
    pub total: u64,
    /// The load that may be put on the server.
    pub load: Load,
}

/// A search in the index.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Search {
    /// Comes back with what was found.
    pub number: u64,
    /// What is looked for.
    pub query: Query,
    /// So many are listed at most; all are counted.
    pub most: usize,
}

/// A search in the values of some ranges.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ValueSearch {
    /// Which keys: in order, and none twice.
    pub ranges: Vec<KeyRange>,
    /// As of when; [`Revision::NONE`] is now.
    pub revision: Revision,
    /// What is looked for: a substring or an expression.
    pub query: Query,
    /// So many are listed at most; all are counted.
    pub most: usize,
    /// The load that may be put on the server.
    pub load: Load,
}

/// News of the index and of the search in it.
#[derive(Debug)]
pub enum FindNews {
    /// How far the index is.
    Index(IndexState),
    /// What the search of this number has found so far.
    Hits(u64, Hits),
    /// The query of this number cannot be looked for.
    Fault(u64, Fault),
}

/// News of a search in values.
#[derive(Debug)]
pub enum ValuesNews {
    /// How far it is, and what was found since it last told.
    Looking(Searched, Vec<ValueHit>),
    /// The connection is lost; it goes on when it stands again.
    Waiting(StoreError),
    /// The query cannot be looked for.
    Fault(Fault),
    /// All was looked at.
    Ended(Searched),
    /// It could not go on.
    Failed(StoreError),
}
