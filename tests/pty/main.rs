//! The built program in a pseudo-terminal.
