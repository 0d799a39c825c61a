//! From the settings to a store.

use super::discovery;
use crate::app::etcdctl::Etcdctl;
use crate::config::{self, Credentials, Servers, Target};
use crate::gateway::{self, Gateway, GatewayOptions, TlsOptions};
use crate::log::Log;
use crate::sandbox::Sandbox;
use crate::terminal::{Ending, Signals, TerminalError, ask_password};

/// What there is to work on.
pub(super) enum Connecting {
    /// A sandbox in this process.
    Sandbox(Sandbox),
    /// A cluster. Nothing has been sent to it.
    Server {
        /// Its client.
        gateway: Gateway,
        /// How etcdctl is called to reach it.
        etcdctl: Etcdctl,
        /// Whether who one is there stands in a ready-made token.
        token: bool,
        /// Whether any certificate is accepted.
        skip_verify: bool,
    },
    /// A signal came first.
    Ended(Ending),
}

/// Whether a password will be asked for.
pub(super) fn asks(target: &Target) -> bool {
    let Target::Server(connection) = target else { return false };
    matches!(connection.credentials, Credentials::User { password: None, .. })
}

/// Finds the servers, asks for a password that is missing, and makes a client.
///
/// # Errors
/// What is wrong with the settings, or that DNS knows no server.
pub(super) async fn connect(
    target: Target,
    log: &Log,
    signals: &mut Signals,
) -> anyhow::Result<Connecting> {
    let connection = match target {
        Target::Demo => return Ok(Connecting::Sandbox(Sandbox::demo())),
        Target::Server(connection) => *connection,
    };
    let endpoints = match &connection.servers {
        Servers::Listed(urls) => urls.clone(),
        Servers::Discovered(discovery) => tokio::select! {
            found = discovery::discover(discovery, &connection) => found?,
            ending = signals.ending() => return Ok(Connecting::Ended(ending)),
        },
    };
    let etcdctl = etcdctl(&connection, &endpoints);
    let options = match gateway_options(connection, endpoints, log, signals).await {
        Ok(options) => options,
        Err(TerminalError::Ended(ending)) => return Ok(Connecting::Ended(ending)),
        Err(error) => return Err(error.into()),
    };
    let token = options.jwt_token.is_some();
    let skip_verify = options.tls.skip_verify;
    let gateway = Gateway::connect(options)?;
    Ok(Connecting::Server { gateway, etcdctl, token, skip_verify })
}

/// How etcdctl is to be called in the shell this program was started from.
fn etcdctl(connection: &config::Connection, endpoints: &[String]) -> Etcdctl {
    let mut etcdctl = Etcdctl::new(endpoints);
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
