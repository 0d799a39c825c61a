//! The command line as typed. What it means is decided elsewhere.

use std::path::PathBuf;

use clap::{Args as Group, Parser, ValueEnum};

use super::command::Command;

const EXAMPLES: &str = "\
Examples:
  etcdeck                                       the server on this machine
  etcdeck --demo                                no server: sample data to try things on
  etcdeck /config/                              open at a prefix
  ETCDCTL_ENDPOINTS=10.0.0.1:2379,10.0.0.2:2379 etcdeck
  etcdeck --endpoints https://db:2379 --cacert ca.pem --cert client.pem --key client-key.pem
  etcdeck --user root                           asks for the password
  etcdeck --read-only                           look, but touch nothing
  etcdeck --profile prod                        a cluster out of the configuration file
  etcdeck config                                what is in force, and where each setting came from
  etcdeck doctor                                what is wrong with the connection or the cluster
  etcdeck export backup.jsonl /config/          write a prefix to a file
  etcdeck import --dry-run backup.jsonl         list what writing it back would change
  etcdeck -- export                             open at the prefix \"export\"

Every connection option can also be set as an environment variable, with the name and meaning that
etcdctl gives it: ETCDCTL_ENDPOINTS, ETCDCTL_USER, ETCDCTL_PASSWORD, ETCDCTL_CACERT, ETCDCTL_CERT,
ETCDCTL_KEY, ETCDCTL_INSECURE_SKIP_TLS_VERIFY, ETCDCTL_INSECURE_TRANSPORT, ETCDCTL_DIAL_TIMEOUT,
ETCDCTL_COMMAND_TIMEOUT, ETCDCTL_KEEPALIVE_TIME, ETCDCTL_KEEPALIVE_TIMEOUT, ETCDCTL_AUTH_JWT_TOKEN,
ETCDCTL_DISCOVERY_SRV, ETCDCTL_DISCOVERY_SRV_NAME, ETCDCTL_INSECURE_DISCOVERY.
A flag beats a variable, a variable beats the profile. Durations are written as in 5s, 1m30s, 300ms;
booleans as true or false. NO_COLOR switches colors off.

Profiles stand in $XDG_CONFIG_HOME/etcdeck/config.toml, or ~/.config/etcdeck/config.toml. What must
survive a run is kept in $XDG_STATE_HOME/etcdeck, or ~/.local/state/etcdeck.";

const USAGE: &str = "\
etcdeck [OPTIONS] [PREFIX]
       etcdeck [OPTIONS] <COMMAND>";

/// Browse, edit and watch an etcd v3 in the terminal.
#[derive(Debug, Parser)]
#[command(name = "etcdeck", version, after_help = EXAMPLES, override_usage = USAGE, args_override_self = true, disable_help_subcommand = true)]
pub(super) struct Args {
    /// Open at this prefix; \xNN, \n, \t, \\ and the like stand for bytes
    pub(super) prefix: Option<String>,

    /// Run on sample data in this process; no server needed
    #[arg(long, global = true)]
    pub(super) demo: bool,

    /// Use a profile of the configuration file; empty for none
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) profile: Option<String>,

    /// Read this configuration file
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) config: Option<String>,

    /// Mark the cluster, type to confirm, and start read-only; false takes a mark away
    #[arg(long, global = true, value_name = "WORD", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) production: Option<String>,

    /// Refuse every write
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) read_only: Option<String>,

    /// What separates the parts of a key [default: /]
    #[arg(long, global = true, value_name = "C", allow_hyphen_values = true)]
    pub(super) delimiter: Option<String>,

    /// Keep the tree current by a watch in the background; without, R reads again [default: true]
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) follow: Option<String>,

    /// When to use colors; auto heeds NO_COLOR [default: auto]
    #[arg(long, global = true, value_name = "WHEN", value_enum)]
    pub(super) color: Option<ColorChoice>,

    /// Draw at most so many frames a second, 1 to 60 [default: 30]
    #[arg(long, global = true, value_name = "N", allow_hyphen_values = true)]
    pub(super) fps: Option<String>,

    /// Send at most so many bytes a second to a terminal at the end of a slow line, as in 20KiB; 0 any
    /// number [default: 0]
    #[arg(long, global = true, value_name = "BYTES", allow_hyphen_values = true)]
    pub(super) bytes_per_second: Option<String>,

    /// Write to this file what went on with the servers; nothing that is stored is in it
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) log_file: Option<PathBuf>,

    /// How much is written there: error, info, or debug for every request [default: info]
    #[arg(long, global = true, value_name = "LEVEL")]
    pub(super) log_level: Option<String>,

    #[command(flatten)]
    pub(super) connection: ConnectionArgs,

    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    Auto,
    Always,
    Never,
}

#[derive(Debug, Group)]
#[command(next_help_heading = "Connection (as etcdctl)")]
pub(super) struct ConnectionArgs {
    /// Servers, separated by commas; may be repeated [default: 127.0.0.1:2379]
    #[arg(long, global = true, value_name = "LIST")]
    pub(super) endpoints: Vec<String>,

    /// User; without a password it is asked for on the terminal
    #[arg(long, global = true, value_name = "NAME[:PASSWORD]", allow_hyphen_values = true)]
    pub(super) user: Option<String>,

    /// Password of the user; better leave it out and be asked
    #[arg(long, global = true, allow_hyphen_values = true)]
    pub(super) password: Option<String>,

    /// Certificates to trust instead of those of the system, PEM
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) cacert: Option<String>,

    /// Client certificate, PEM
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) cert: Option<String>,

    /// Key of the client certificate, PEM
    #[arg(long, global = true, value_name = "FILE")]
    pub(super) key: Option<String>,

    /// Accept any certificate of the server
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) insecure_skip_tls_verify: Option<String>,

    /// Speak http with endpoints that do not say https:// [default: true]
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) insecure_transport: Option<String>,

    /// Limit for making a connection [default: 2s]
    #[arg(long, global = true, value_name = "DURATION", allow_hyphen_values = true)]
    pub(super) dial_timeout: Option<String>,

    /// Limit for one request [default: 5s]
    #[arg(long, global = true, value_name = "DURATION", allow_hyphen_values = true)]
    pub(super) command_timeout: Option<String>,

    /// Probe a connection that was silent for so long; 0 never [default: 2s]
    #[arg(long, global = true, value_name = "DURATION", allow_hyphen_values = true)]
    pub(super) keepalive_time: Option<String>,

    /// Limit for the answer to a probe [default: 6s]
    #[arg(long, global = true, value_name = "DURATION", allow_hyphen_values = true)]
    pub(super) keepalive_timeout: Option<String>,

    /// Token to send instead of a user and password
    #[arg(long, global = true, value_name = "TOKEN")]
    pub(super) auth_jwt_token: Option<String>,

    /// Domain whose SRV records tell where the servers are
    #[arg(long, global = true, value_name = "DOMAIN")]
    pub(super) discovery_srv: Option<String>,

    /// Service name in those records, where a domain has several clusters
    #[arg(long, global = true, value_name = "NAME")]
    pub(super) discovery_srv_name: Option<String>,

    /// Take servers without TLS from those records too [default: true]
    #[arg(long, global = true, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    pub(super) insecure_discovery: Option<String>,
}

impl ConnectionArgs {
    /// A flag that was typed, if there is one.
    pub(super) fn first_given(&self) -> Option<&'static str> {
        let given = [
            ("--endpoints", !self.endpoints.is_empty()),
            ("--user", self.user.is_some()),
            ("--password", self.password.is_some()),
            ("--cacert", self.cacert.is_some()),
            ("--cert", self.cert.is_some()),
            ("--key", self.key.is_some()),
            ("--insecure-skip-tls-verify", self.insecure_skip_tls_verify.is_some()),
            ("--insecure-transport", self.insecure_transport.is_some()),
            ("--dial-timeout", self.dial_timeout.is_some()),
            ("--command-timeout", self.command_timeout.is_some()),
            ("--keepalive-time", self.keepalive_time.is_some()),
            ("--keepalive-timeout", self.keepalive_timeout.is_some()),
            ("--auth-jwt-token", self.auth_jwt_token.is_some()),
            ("--discovery-srv", self.discovery_srv.is_some()),
            ("--discovery-srv-name", self.discovery_srv_name.is_some()),
            ("--insecure-discovery", self.insecure_discovery.is_some()),
        ];
        given.into_iter().find_map(|(flag, typed)| typed.then_some(flag))
    }
}
