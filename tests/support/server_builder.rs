//! How a server of the tests is set up before it starts.

use std::path::{Path, PathBuf};

use super::certs::Certs;
use super::install::Version;
use super::servers::Etcd;

/// The transport of the client port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tls {
    /// Plain HTTP.
    Off,
    /// HTTPS; clients need no certificate.
    Server,
    /// HTTPS; clients must show a certificate of the authority (`--client-cert-auth`).
    Mutual,
}

/// The HTTP/JSON gateway.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Gateway {
    On,
    /// `--enable-grpc-gateway=false`.
    Off,
}

/// Heartbeat and election timeout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Timing {
    /// Elections within 100 ms, so that a start takes about that long. The least TTL of a lease is
    /// one and a half election timeouts, so here it is **1 s**.
    Quick,
    /// etcd's own: an election takes up to a second, the least TTL of a lease is **2 s**.
    Standard,
}

/// One member of a cluster that is still to be started.
#[derive(Debug, Clone)]
pub(crate) struct Seat {
    pub(crate) name: String,
    /// `name=url,name=url,…` of all members.
    pub(crate) initial_cluster: String,
    /// Where the others call it, its peer port or something in front of that.
    pub(crate) peer_url: String,
    pub(crate) ports: Ports,
}

/// Where a server listens, all on one address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ports {
    pub(crate) address: std::net::IpAddr,
    pub(crate) client: u16,
    pub(crate) peer: u16,
    /// Health without TLS.
    pub(crate) metrics: u16,
}

/// A server to be; see [`Etcd::build`].
#[derive(Debug, Clone)]
pub(crate) struct Builder {
    pub(crate) version: Version,
    pub(crate) tls: Tls,
    pub(crate) gateway: Gateway,
    pub(crate) timing: Timing,
    pub(crate) args: Vec<String>,
    pub(crate) data_dir: Option<PathBuf>,
    pub(crate) seat: Option<Seat>,
}

impl Builder {
    pub(crate) fn new(version: Version) -> Self {
        Self {
            version,
            tls: Tls::Off,
            gateway: Gateway::On,
            timing: Timing::Quick,
            args: vec![],
            data_dir: None,
            seat: None,
        }
    }

    /// HTTPS on the client port, with certificates made for this server: [`Etcd::certs`].
    pub(crate) fn tls(mut self, tls: Tls) -> Self {
        self.tls = tls;
        self
    }

    pub(crate) fn gateway(mut self, gateway: Gateway) -> Self {
        self.gateway = gateway;
        self
    }

    pub(crate) fn timing(mut self, timing: Timing) -> Self {
        self.timing = timing;
        self
    }

    /// After how many seconds without use a token is forgotten.
    pub(crate) fn auth_token_ttl(self, seconds: u32) -> Self {
        self.arg(format!("--auth-token-ttl={seconds}"))
    }

    /// One more argument for etcd, `--name=value`.
    pub(crate) fn arg(mut self, arg: impl Into<String>) -> Self {
        self.args.push(arg.into());
        self
    }

    /// Keeps the data here, also after the server is dropped. Otherwise it lives in a scratch folder.
    pub(crate) fn data_dir(mut self, folder: &Path) -> Self {
        self.data_dir = Some(folder.to_owned());
        self
    }

    /// Takes one place in a cluster instead of being a cluster of one.
    pub(crate) fn seat(mut self, seat: Seat) -> Self {
        self.seat = Some(seat);
        self
    }

    /// Starts it and waits until it has a leader.
    ///
    /// # Panics
    /// When it does not come up within half a minute, with its log.
    pub(crate) fn start(self) -> Etcd {
        let server = self.launch();
        server.wait_until_healthy();
        server
    }

    /// Starts it without waiting.
    pub(crate) fn launch(self) -> Etcd {
        Etcd::launch(self)
    }

    /// The arguments for a server that listens on `ports`.
    pub(crate) fn command_line(
        &self,
        ports: Ports,
        data: &Path,
        certs: Option<&Certs>,
    ) -> Vec<String> {
        let Ports { address, client, peer, metrics } = ports;
        let scheme = if certs.is_some() { "https" } else { "http" };
        let seat = self.seat.clone().unwrap_or_else(|| {
            let peer_url = format!("http://{address}:{peer}");
            let initial_cluster = format!("alone={peer_url}");
            Seat { name: "alone".to_owned(), initial_cluster, peer_url, ports }
        });
        let mut args = vec![
            format!("--name={}", seat.name),
            format!("--data-dir={}", data.display()),
            format!("--listen-client-urls={scheme}://{address}:{client}"),
            format!("--advertise-client-urls={scheme}://{address}:{client}"),
            format!("--listen-peer-urls=http://{address}:{peer}"),
            format!("--initial-advertise-peer-urls={}", seat.peer_url),
            format!("--initial-cluster={}", seat.initial_cluster),
            format!("--listen-metrics-urls=http://{address}:{metrics}"),
            "--logger=zap".to_owned(),
        ];
        if self.timing == Timing::Quick {
            args.extend(["--heartbeat-interval=10", "--election-timeout=100"].map(str::to_owned));
        }
        if self.gateway == Gateway::Off {
            args.push("--enable-grpc-gateway=false".to_owned());
        }
        if let Some(certs) = certs {
            args.push(format!("--cert-file={}", certs.server.cert.display()));
            args.push(format!("--key-file={}", certs.server.key.display()));
            // An authority alone already makes etcd ask for client certificates.
            if self.tls == Tls::Mutual {
                args.push(format!("--trusted-ca-file={}", certs.ca.display()));
                args.push("--client-cert-auth".to_owned());
            }
        }
        args.extend_from_slice(&self.args);
        args
    }
}
