//! What an etcd holds and what an operator does with it, as plain data and plain functions.
//!
//! Invariant: std only. Nothing here knows serde, async, HTTP, the terminal or the clock; time is
//! always an argument.

pub mod access;
pub mod bulk;
pub mod change;
pub mod comparison;
pub mod diagnosis;
pub mod diff;
pub mod difference;
pub mod draft;
pub mod edit;
pub mod election;
pub mod entry;
pub mod escape;
pub mod find;
pub mod flap;
pub mod hex;
pub mod history;
pub mod journal;
pub mod json;
pub mod key;
pub mod lease;
pub mod limit;
pub mod lister;
pub mod load;
pub mod lock;
pub mod log;
pub mod mark;
pub mod merge;
pub mod near;
pub mod queue;
pub mod range;
pub mod record;
pub mod release;
pub mod revision;
pub mod secret;
pub mod service;
pub mod size;
pub mod text;
pub mod tree;
pub mod txn;
pub mod txn_text;
pub mod value;
pub mod watch;

pub use entry::{Entry, Event, EventKind};
pub use key::Key;
pub use range::KeyRange;
pub use revision::{LeaseId, Revision, Version};
pub use secret::Secret;
