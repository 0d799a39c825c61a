//! The built program in a pseudo-terminal.

#[expect(dead_code, reason = "the integration tests use the rest of it")]
#[path = "../support/mod.rs"]
mod support;

mod modes;
mod program;
mod terminal;

mod harness_check;
