//! From the settings to a store.

use super::discovery;
use crate::app::etcdctl::Etcdctl;
use crate::config::{self, Credentials, Discovery, Servers, Target};
use crate::gateway::{self, Gateway, GatewayOptions, Outline, TlsOptions};
use crate::log::Log;
use crate::sandbox::Sandbox;
use crate::store::{ErrorKind, StoreError};
use crate::terminal::{Ending, Signals, TerminalError, ask_password};

/// What there is to work on.
pub(super) enum Prepared {
    /// A sandbox in this process.
    Sandbox(Sandbox),
    /// A cluster. Nothing has been sent to anybody.
    Server(Box<Server>),
    /// A signal came first.
    Ended(Ending),
}

/// A cluster, as far as it is known without asking.
pub(super) struct Server {
    /// How its client is made.
    pub(super) plan: Plan,
    /// Who we will be, and where.
    pub(super) outline: Outline,
    /// How etcdctl is called to reach it.
    pub(super) etcdctl: Etcdctl,
    /// The domain whose name server is to tell where it is.
    pub(super) domain: Option<String>,
    /// Whether who one is there stands in a ready-made token.
    pub(super) token: bool,
    /// Whether any certificate is accepted.
    pub(super) skip_verify: bool,
}

/// How a client is made. All that can be found wrong with the settings alone has been.
pub(super) struct Plan {
    options: GatewayOptions,
    user: Option<String>,
    discovery: Option<Discovery>,
}

impl Plan {
    /// Finds the servers, where they are to be found, and makes the client. Reads the certificates of
    /// the system where they are needed.
    ///
    /// # Errors
    /// That DNS knows no server, or what has become of the files since they were looked at.
    pub(super) async fn make(&self) -> Result<Gateway, StoreError> {
        let mut options = self.options.clone();
        if let Some(discovery) = &self.discovery {
            let found = discovery::discover(discovery, &self.options).await;
            let unknown = |error| StoreError::new(ErrorKind::Unreachable, format!("{error:#}"));
            options.endpoints = found.map_err(unknown)?;
        }
        let making = tokio::task::spawn_blocking(move || Gateway::connect(options));
        making.await.unwrap_or_else(|error| {
            Err(StoreError::new(ErrorKind::Other, format!("no client could be made: {error}")))
        })
    }

    /// Where that leads, for people, before it is known any better.
    pub(super) fn place(&self) -> String {
        let domain = self.discovery.as_ref().map(|discovery| discovery.domain.clone());
        domain.or_else(|| self.options.endpoints.first().cloned()).unwrap_or_default()
    }

    /// The user we will be.
    pub(super) fn user(&self) -> Option<String> {
        self.user.clone()
    }
}

/// Whether a password will be asked for.
pub(super) fn asks(target: &Target) -> bool {
    let Target::Server(connection) = target else { return false };
    matches!(connection.credentials, Credentials::User { password: None, .. })
}

/// Asks for a password that is missing, and looks at everything that can be wrong whatever the
/// servers do. Asks nobody else, and waits for nobody else.
///
/// # Errors
/// What is wrong with the settings.
pub(super) async fn prepare(
    target: Target,
    log: &Log,
    signals: &mut Signals,
) -> anyhow::Result<Prepared> {
    let connection = match target {
        Target::Demo => return Ok(Prepared::Sandbox(Sandbox::demo())),
        Target::Server(connection) => *connection,
    };
    let (endpoints, discovery) = match connection.servers.clone() {
        Servers::Listed(urls) => (urls, None),
        Servers::Discovered(discovery) => (Vec::new(), Some(discovery)),
    };
    let etcdctl = etcdctl(&connection, &endpoints);
    let options = match gateway_options(connection, endpoints, log, signals).await {
        Ok(options) => options,
        Err(TerminalError::Ended(ending)) => return Ok(Prepared::Ended(ending)),
        Err(error) => return Err(error.into()),
    };
    let outline = Gateway::check(&options)?;
    Ok(Prepared::Server(Box::new(Server {
        etcdctl,
        domain: discovery.as_ref().map(|discovery| discovery.domain.clone()),
        token: options.jwt_token.is_some(),
        skip_verify: options.tls.skip_verify,
        plan: Plan { options, user: outline.user.clone(), discovery },
        outline,
    })))
}

/// What there is to work on for who draws nothing.
pub(super) enum Connected {
    /// A sandbox in this process.
    Sandbox(Sandbox),
    /// The client of a cluster. Nothing has been sent to it.
    Server(Gateway),
    /// A signal came first.
    Ended(Ending),
}

/// The same, and makes the client.
///
/// # Errors
/// What is wrong with the settings, or that DNS knows no server.
pub(super) async fn connect(
    target: Target,
    log: &Log,
    signals: &mut Signals,
) -> anyhow::Result<Connected> {
    let plan = match prepare(target, log, signals).await? {
        Prepared::Sandbox(sandbox) => return Ok(Connected::Sandbox(sandbox)),
        Prepared::Ended(ending) => return Ok(Connected::Ended(ending)),
        Prepared::Server(server) => server.plan,
    };
    tokio::select! {
        made = plan.make() => Ok(Connected::Server(made?)),
        ending = signals.ending() => Ok(Connected::Ended(ending)),
    }
}

/// How etcdctl is to be called in the shell this program was started from.
fn etcdctl(connection: &config::Connection, endpoints: &[String]) -> Etcdctl {
    let mut etcdctl = match &connection.servers {
        Servers::Listed(_) => Etcdctl::new(endpoints),
        Servers::Discovered(Discovery { domain, service, insecure }) => {
            Etcdctl::discovering(domain, service.as_deref(), *insecure)
        }
    };
    if let Some(path) = &connection.tls.ca {
        etcdctl = etcdctl.ca(path);
    }
    if let Some((cert, key)) = &connection.tls.identity {
        etcdctl = etcdctl.identity(cert, key);
    }
    if connection.tls.skip_verify {
        etcdctl = etcdctl.skip_verify();
    }
    match &connection.credentials {
        Credentials::None => etcdctl,
        Credentials::Token(_) => etcdctl.token(),
        Credentials::User { name, .. } => {
            // `NAME:PASSWORD`, of which only the name may be written anywhere.
            let both = std::env::var("ETCDCTL_USER")
                .is_ok_and(|user| user.split_once(':').is_some_and(|(before, _)| before == name));
            etcdctl.user(name, both)
        }
    }
}

/// What the settings mean to the gateway; a password that is missing is asked for.
async fn gateway_options(
    connection: config::Connection,
    endpoints: Vec<String>,
    log: &Log,
    signals: &mut Signals,
) -> Result<GatewayOptions, TerminalError> {
    let (credentials, jwt_token) = match connection.credentials {
        Credentials::None => (None, None),
        Credentials::Token(token) => (None, Some(token)),
        Credentials::User { name, password } => {
            let password = if let Some(password) = password {
                password.reveal().to_owned()
            } else {
                let shown = crate::domain::escape::message(&name);
                ask_password(&format!("Password of {shown}: "), signals).await?
            };
            (Some(gateway::Credentials::new(name, password)), None)
        }
    };
    let (cert, key) = connection.tls.identity.unzip();
    Ok(GatewayOptions {
        endpoints,
        credentials,
        jwt_token,
        tls: TlsOptions {
            ca: connection.tls.ca,
            cert,
            key,
            skip_verify: connection.tls.skip_verify,
            ..TlsOptions::default()
        },
        dial_timeout: connection.dial_timeout,
        command_timeout: connection.command_timeout,
        keepalive_time: connection.keepalive_time,
        keepalive_timeout: connection.keepalive_timeout,
        log: log.clone(),
    })
}
