//! The find index: very many keys in little memory, and the search in them.
//!
//! Everything here is plain functions on data: the runtime reads the keys, keeps the index current and
//! chooses the threads that search. An index is a list of sorted chunks of which a [`Snapshot`] is a
//! cheap copy, so that a search goes on in what it began with while the index changes.

mod chunk;
mod cutter;
mod fuzzy;
mod index;
mod pattern;
mod regex;
mod search;
mod value;

pub use cutter::{Ask, Cutter};
pub use index::{Index, Snapshot};
pub use pattern::{Matcher, Pattern};
pub use search::{Found, search};
pub use value::look_into;
