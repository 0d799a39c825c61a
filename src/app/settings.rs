//! What the application is told at its start.

use std::path::PathBuf;

use super::etcdctl::Etcdctl;
use crate::domain::Key;
use crate::domain::limit::Limits;
use crate::domain::mark::Mark;

/// The settings of a run that the screen and its behavior depend on.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Nothing may be written.
    pub read_only: bool,
    /// The tree follows the store. Without, what it shows is as old as its last reading.
    pub follow: bool,
    /// The store is the built-in sandbox.
    pub demo: bool,
    /// What separates the segments of keys.
    pub delimiter: Vec<u8>,
    /// The prefix the tree begins at; empty for everything.
    pub root: Key,
    /// Who we are to the server, for the header.
    pub user: Option<String>,
    /// Who we are stands in a ready-made token, which cannot be renewed.
    pub token: bool,
    /// The server's certificate is not checked: marked in the header for as long as it lasts.
    pub skip_verify: bool,
    /// The endpoints, as given, for the header before anything has answered; none until they are found.
    pub endpoints: Vec<String>,
    /// The domain whose name server is asked where the endpoints are.
    pub domain: Option<String>,
    /// How etcdctl reaches them, for `X`.
    pub etcdctl: Etcdctl,
    /// The profile in use, for the header.
    pub profile: Option<String>,
    /// The mark of a cluster in which a mistake hurts: always in sight, and confirmations are typed.
    pub production: Option<Mark>,
    /// Whether drafts are kept in files, so that they survive a crash.
    pub keep_drafts: bool,
    /// The folder for what must survive a run: drafts, backups, journal. `None` where the
    /// environment names no place for it; nothing is kept then. Created by who first writes there.
    pub state_dir: Option<PathBuf>,
    /// The file every write is recorded in, beside the journal in memory.
    pub journal_file: Option<PathBuf>,
    /// How much may be held in memory, and what reading may cost the server.
    pub limits: Limits,
}

impl Default for Settings {
    /// Those of a run on a store nobody marked, without a place to keep anything in.
    fn default() -> Settings {
        Settings {
            read_only: false,
            follow: true,
            demo: false,
            delimiter: b"/".to_vec(),
            root: Key::default(),
            user: None,
            token: false,
            skip_verify: false,
            endpoints: Vec::new(),
            domain: None,
            etcdctl: Etcdctl::default(),
            profile: None,
            production: None,
            keep_drafts: true,
            state_dir: None,
            journal_file: None,
            limits: Limits::default(),
        }
    }
}

impl Settings {
    /// Whether drafts are kept: that is wanted, there is a place for them, and the store outlives the
    /// program.
    pub fn keeps_drafts(&self) -> bool {
        self.keep_drafts && self.state_dir.is_some() && !self.demo
    }
}
