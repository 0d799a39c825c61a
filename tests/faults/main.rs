//! Chaos and timing: what the program does while servers, members and connections fail.
//!
//! Those that measure milliseconds run one at a time, by [`alone::alone`]; the others beside one another,
//! by [`alone::beside`]. Tests that measure nothing belong to `integration`, where all run at once.

#![expect(clippy::print_stdout, reason = "what was measured is told")]

#[expect(dead_code, reason = "the integration tests use the rest of it")]
#[path = "../support/mod.rs"]
mod support;

mod alone;
mod chance;
mod program;
mod pty;
mod script;
mod seen;

mod alone_check;
mod cut_write;
mod flood;
mod kill;
mod member;
mod random;
