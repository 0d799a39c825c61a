//! The built program in a pseudo-terminal.

#[expect(dead_code, reason = "the integration tests use the rest of it")]
#[path = "../support/mod.rs"]
mod support;

mod modes;
mod profile;
mod program;
mod terminal;

mod by_hand;
mod steps;

mod harness_check;
mod place;

mod at_the_terminal;
mod bulk;
mod bytes;
mod canary;
mod connecting;
mod crash;
mod draft;
mod editing;
mod everyday;
mod guest;
mod holding;
mod importing;
mod leaving;
mod starting;
mod stopping;
mod strange_bytes;
mod stuck;
mod ways_out;
