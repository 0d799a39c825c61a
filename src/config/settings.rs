//! Everything decided before the screen opens.

use std::num::NonZeroU64;
use std::path::PathBuf;
use std::time::Duration;

use super::Task;
use crate::domain::Secret;
use crate::domain::limit::Limits;
use crate::domain::log::Level;
use crate::domain::mark::Mark;

/// What the program runs with. Checked: nothing in here needs to be refused later.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// What to do.
    pub task: Task,
    /// What to connect to.
    pub target: Target,
    /// The prefix to open at, as bytes; empty for the whole store.
    pub prefix: Vec<u8>,
    /// What separates the parts of a key; never empty.
    pub delimiter: Vec<u8>,
    /// Whether the tree follows the store.
    pub follow: bool,
    /// Whether every write is refused.
    pub read_only: bool,
    /// Whether colors are used: `--color`, else `NO_COLOR` and the terminal decide.
    pub color: bool,
    /// The most frames a second, 1 to 60.
    pub frames_a_second: u8,
    /// The most bytes a second that frames may take, where the line to the terminal is slow.
    pub bytes_a_second: Option<NonZeroU64>,
    /// The profile in use.
    pub profile: Option<String>,
    /// The mark of a cluster in which a mistake hurts.
    pub production: Option<Mark>,
    /// Whether drafts are kept in files.
    pub keep_drafts: bool,
    /// The folder for what must survive a run; `None` where the environment names no place for it.
    pub state_dir: Option<PathBuf>,
    /// The file every write is recorded in.
    pub journal_file: Option<PathBuf>,
    /// How much may be held in memory, and what reading may cost the server.
    pub limits: Limits,
    /// The log file, and how much goes into it.
    pub log: Option<(PathBuf, Level)>,
}

/// What to connect to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The sandbox in this process, with sample data and gentle traffic.
    Demo,
    /// Real servers.
    Server(Box<Connection>),
}

/// How to reach real servers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connection {
    /// Where they are.
    pub servers: Servers,
    /// Who asks.
    pub credentials: Credentials,
    /// How https is spoken.
    pub tls: Tls,
    /// The limit for making a connection.
    pub dial_timeout: Duration,
    /// The limit for one request, from its start to the end of its answer.
    pub command_timeout: Duration,
    /// How long a connection may be silent before it is probed; zero switches that off.
    pub keepalive_time: Duration,
    /// How long a probe may stay unanswered.
    pub keepalive_timeout: Duration,
}

/// Where the servers are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Servers {
    /// URLs such as `http://127.0.0.1:2379`, without a slash at the end; never empty.
    Listed(Vec<String>),
    /// DNS is to be asked before the screen opens.
    Discovered(Discovery),
}

/// The SRV records that tell where the servers are: `_etcd-client-ssl._tcp.DOMAIN` for https,
/// `_etcd-client._tcp.DOMAIN` for http.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Discovery {
    /// The domain.
    pub domain: String,
    /// Tells clusters in one domain apart: `_etcd-client-ssl-NAME._tcp.DOMAIN`.
    pub service: Option<String>,
    /// Whether http servers are taken too.
    pub insecure: bool,
}

/// Who asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Credentials {
    /// Nobody in particular.
    None,
    /// A user; without a password it is to be asked for before the screen opens.
    User {
        /// The name.
        name: String,
        /// The password, when it was given.
        password: Option<Secret>,
    },
    /// A ready token, sent as it is.
    Token(Secret),
}

/// How https is spoken. The files are read by the one who connects.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tls {
    /// Certificates to trust instead of those of the system, PEM.
    pub ca: Option<PathBuf>,
    /// Client certificate and its key, PEM.
    pub identity: Option<(PathBuf, PathBuf)>,
    /// Whether the server's certificate is accepted unseen.
    pub skip_verify: bool,
}
