//! Transactions as text: etcdctl's own, read and written, and what is said of them to people.
//!
//! Three parts, each ended by one blank line: compares, requests for when they hold, requests for
//! when one fails.
//!
//! ```text
//! mod("key1") > "0"
//!
//! put "key1" "overwrote-key1"
//!
//! put "key1" "created-key1"
//! put "key2" "some extra key"
//!
//! ```
//!
//! Lines that begin with `#` are comments, which etcdctl does not know. Two things it cannot say are
//! written in forms of our own (see [`beyond_etcdctl`]): a compare over an interval,
//! `mod("a/" --prefix) > "0"`, `mod("a" --from-key) > "0"` or `mod("a" "z") > "0"`; and a transaction
//! inside, from a line `txn {` to a line `}`.

mod check;
mod compare;
mod cursor;
pub mod describe;
mod explain;
mod flag;
mod insert;
mod op;
mod parse;
mod print;
mod quote;

pub use check::{LIMIT_BYTES, LIMIT_OPS, Part, Place, Problem, ProblemKind, check, unknown_leases};
pub use cursor::TextError;
pub use explain::{Explaining, Held, Verdict, explain, explaining};
pub use insert::{Inserted, insert, part_at};
pub use parse::{parse, parse_compare, parse_op};
pub use print::{beyond_etcdctl, lease_id, print, print_compare, print_op, save};
pub use quote::quoted;
