//! What a [`Gateway`](super::Gateway) is told: where etcd is, who is asking, how long to wait.

use std::path::PathBuf;
use std::time::Duration;

use crate::domain::Secret;
use crate::log::Log;

/// How to reach an etcd. The defaults are those of etcdctl.
#[derive(Clone, Debug)]
pub struct GatewayOptions {
    /// Where etcd listens, in the order of preference: `http://HOST:PORT`, `https://…`, `HOST:PORT`,
    /// `HOST`. Without a scheme it is `https` when [`TlsOptions`] ask for it, else `http`; without a
    /// port it is 2379.
    pub endpoints: Vec<String>,
    /// User and password, exchanged for a token when first needed.
    pub credentials: Option<Credentials>,
    /// A ready-made token, sent as it is. Not used when there are credentials.
    pub jwt_token: Option<Secret>,
    /// How to encrypt.
    pub tls: TlsOptions,
    /// The limit for making a connection: name, TCP and TLS together. Zero means none, here and below.
    pub dial_timeout: Duration,
    /// The limit for an answer to begin, and for each silence within it. Calls that may keep the
    /// server busy for long (unlimited or sorted ranges, physical compaction) get at least
    /// [`LONG_CALL`](super::LONG_CALL).
    pub command_timeout: Duration,
    /// After this much silence the kernel asks whether the peer is still there; and whoever waits there
    /// (a watch, an observer) has the member asked for its status, once for all of them.
    pub keepalive_time: Duration,
    /// A peer that has not answered for this long is given up, and the streams there end with an
    /// error. So silence is noticed after the sum of both at the latest.
    pub keepalive_timeout: Duration,
    /// Where requests are noted: path, endpoint, status and time, never what they are about.
    pub log: Log,
}

impl Default for GatewayOptions {
    fn default() -> GatewayOptions {
        GatewayOptions {
            endpoints: vec!["127.0.0.1:2379".to_owned()],
            credentials: None,
            jwt_token: None,
            tls: TlsOptions::default(),
            dial_timeout: Duration::from_secs(2),
            command_timeout: Duration::from_secs(5),
            keepalive_time: Duration::from_secs(2),
            keepalive_timeout: Duration::from_secs(6),
            log: Log::default(),
        }
    }
}

impl GatewayOptions {
    /// The defaults, with these endpoints.
    pub fn new<E: Into<String>>(endpoints: impl IntoIterator<Item = E>) -> GatewayOptions {
        GatewayOptions {
            endpoints: endpoints.into_iter().map(Into::into).collect(),
            ..GatewayOptions::default()
        }
    }
}

/// A user of etcd.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credentials {
    /// The name.
    pub user: String,
    /// The password.
    pub password: Secret,
}

impl Credentials {
    /// A user with a password.
    pub fn new(user: impl Into<String>, password: impl Into<String>) -> Credentials {
        Credentials { user: user.into(), password: Secret::new(password) }
    }
}

/// How to encrypt, with the meaning of etcdctl's flags. All files are PEM.
#[derive(Clone, Debug)]
pub struct TlsOptions {
    /// The authorities to trust (`--cacert`); without it, those of the system.
    pub ca: Option<PathBuf>,
    /// Our certificate (`--cert`), followed by its chain.
    pub cert: Option<PathBuf>,
    /// The key to it (`--key`): PKCS#8, PKCS#1 or SEC1, not encrypted.
    pub key: Option<PathBuf>,
    /// Believe whatever certificate the server shows (`--insecure-skip-tls-verify`).
    pub skip_verify: bool,
    /// Whether an endpoint without a scheme may be plain HTTP when no file is given
    /// (`--insecure-transport`, which is on unless switched off). An explicit scheme always wins.
    pub insecure_transport: bool,
}

impl Default for TlsOptions {
    fn default() -> TlsOptions {
        TlsOptions { ca: None, cert: None, key: None, skip_verify: false, insecure_transport: true }
    }
}

impl TlsOptions {
    /// The scheme of an endpoint that names none.
    pub(super) fn scheme(&self) -> &'static str {
        let files = self.ca.is_some() || self.cert.is_some() || self.key.is_some();
        if files || !self.insecure_transport { "https" } else { "http" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_never_shown() {
        let options = GatewayOptions {
            credentials: Some(Credentials::new("root", "hunter2")),
            jwt_token: Some(Secret::new("hunter2")),
            ..GatewayOptions::default()
        };
        let shown = format!("{options:?} {:#?} {}", options.credentials, Secret::new("hunter2"));
        assert!(!shown.contains("hunter2"), "{shown}");
        assert!(shown.contains("root"), "{shown}");
    }
}
