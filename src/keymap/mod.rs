//! What the user can do, the keys that do it, and the one table that joins them.
//!
//! The table in `table.rs` gives the binding, the footer hint, the help page and the key table of
//! the README, so they cannot disagree. This module is std only: it knows neither the terminal
//! library (which turns its events into a [`Chord`]) nor the state of the application (which asks
//! [`Keymap::resolve`] what a chord means where the user is).

mod action;
mod binding;
mod chord;
mod lookup;
mod markdown;
mod table;

pub use action::Action;
pub use binding::{Binding, Context};
pub use chord::{Chord, ChordError, Code};
pub use lookup::Keymap;
pub use markdown::markdown_table;
pub use table::BINDINGS;
