//! The built program in a pseudo-terminal, as the tests of the terminal have it.

#[expect(dead_code, reason = "the tests of the terminal use the rest of it")]
#[path = "../pty/modes.rs"]
mod modes;
#[expect(dead_code, reason = "the tests of the terminal use the rest of it")]
#[path = "../pty/program.rs"]
pub(crate) mod program;
#[expect(dead_code, reason = "the tests of the terminal use the rest of it")]
#[path = "../pty/terminal.rs"]
pub(crate) mod terminal;
