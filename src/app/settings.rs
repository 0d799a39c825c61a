//! What the application is told at its start.

use crate::domain::Key;

/// The settings of a run that the screen and its behavior depend on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Nothing may be written.
    pub read_only: bool,
    /// The store is the built-in sandbox.
    pub demo: bool,
    /// What separates the segments of keys.
    pub delimiter: Vec<u8>,
    /// The prefix the tree begins at; empty for everything.
    pub root: Key,
    /// Who we are to the server, for the header.
    pub user: Option<String>,
    /// The server's certificate is not checked: marked in the header for as long as it lasts.
    pub skip_verify: bool,
    /// The endpoints, as given, for the header before anything has answered and for `X`.
    pub endpoints: Vec<String>,
}
