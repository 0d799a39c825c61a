//! Chaos and timing: what the program does while servers, members and connections fail.
//!
//! These tests measure how soon something happens, so one runs at a time: each is a call of
//! [`alone::alone`]. Tests that measure nothing belong to `integration`, where all run at once.

#[expect(dead_code, reason = "the integration tests use the rest of it")]
#[path = "../support/mod.rs"]
mod support;

// The built program in a pseudo-terminal.
#[expect(dead_code, reason = "the tests of the terminal use it")]
#[path = "../pty/modes.rs"]
mod modes;
#[expect(dead_code, reason = "the tests of the terminal use the rest of it")]
#[path = "../pty/program.rs"]
mod program;
#[expect(dead_code, reason = "the tests of the terminal use the rest of it")]
#[path = "../pty/terminal.rs"]
mod terminal;

mod alone;

mod alone_check;
mod flood;
