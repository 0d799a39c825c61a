//! The HTTP clients: certificates read, connections of unary calls apart from those of streams.

use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Client, Identity};

use super::call::Limits;
use super::endpoint::{Endpoint, Endpoints};
use super::options::{GatewayOptions, TlsOptions};
use crate::domain::escape;
use crate::store::{ErrorKind, StoreError};

/// The two pools. A watch keeps its HTTP/1.1 connection for itself, so it never takes one that a
/// unary call wants.
#[derive(Clone, Debug)]
pub(super) struct Clients {
    pub(super) unary: Client,
    pub(super) stream: Client,
}

/// Reads the files and builds the clients. Sends nothing.
pub(super) fn build(
    options: &GatewayOptions,
    limits: &Limits,
    endpoints: &Endpoints,
) -> Result<Clients, StoreError> {
    // Fails only when somebody installed one before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let identity = read_identity(&options.tls)?;
    let authorities = match &options.tls.ca {
        Some(path) => Some(read_authorities(path)?),
        None => None,
    };
    // What the kernel counts in whole seconds, with at least one.
    let seconds = |given: Duration| given.max(Duration::from_secs(1));
    let keepalive_time = seconds(options.keepalive_time);
    let build = |idle| {
        let mut builder = Client::builder()
            .user_agent(concat!("etcdeck/", env!("CARGO_PKG_VERSION")))
            .no_proxy()
            .http1_only()
            .redirect(reqwest::redirect::Policy::none())
            .tcp_nodelay(true)
            .connect_timeout(limits.dial)
            .pool_max_idle_per_host(idle)
            .tcp_keepalive(keepalive_time)
            .tcp_keepalive_interval(seconds(options.keepalive_timeout / 3))
            .tcp_keepalive_retries(3);
        #[cfg(target_os = "linux")]
        {
            // Also gives up a peer that vanished while a request was on its way to it.
            builder = builder.tcp_user_timeout(keepalive_time + seconds(options.keepalive_timeout));
        }
        if options.tls.skip_verify {
            builder = builder.tls_danger_accept_invalid_certs(true);
        } else if let Some(authorities) = &authorities {
            builder = builder.tls_certs_only(authorities.iter().cloned());
        } else if !endpoints.iter().any(Endpoint::is_tls) {
            // The roots of the system take milliseconds to read, and some hosts have none.
            builder = builder.tls_certs_only([]);
        }
        if let Some(identity) = &identity {
            builder = builder.identity(identity.clone());
        }
        builder.build().map_err(|error| cannot_build(&options.tls, &error))
    };
    Ok(Clients { unary: build(8)?, stream: build(0)? })
}

fn cannot_build(tls: &TlsOptions, error: &reqwest::Error) -> StoreError {
    let chain = super::transport::chain(error);
    let message = if chain.contains("No CA certificates were loaded") {
        "this host has no certificate authorities; name a CA file with --cacert".to_owned()
    } else if let (Some(cert), Some(key)) = (&tls.cert, &tls.key) {
        format!(
            "the client certificate {} (--cert) and the key {} (--key) do not fit: {chain}",
            shown(cert),
            shown(key)
        )
    } else {
        format!("TLS could not be set up: {chain}")
    };
    StoreError::new(ErrorKind::Tls, message)
}

fn read_authorities(path: &Path) -> Result<Vec<Certificate>, StoreError> {
    let pem = read(path, "the CA file", "--cacert")?;
    let wrong = || wrong_file(path, "the CA file", "--cacert", "-----BEGIN CERTIFICATE-----");
    match Certificate::from_pem_bundle(&pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) | Err(_) => Err(wrong()),
    }
}

fn read_identity(tls: &TlsOptions) -> Result<Option<Identity>, StoreError> {
    let (cert, key) = match (&tls.cert, &tls.key) {
        (None, None) => return Ok(None),
        (Some(cert), Some(key)) => (cert, key),
        (Some(_), None) => return Err(tls_error("--cert is given without --key; both are needed")),
        (None, Some(_)) => return Err(tls_error("--key is given without --cert; both are needed")),
    };
    let mut pem = read(cert, "the client certificate", "--cert")?;
    if !contains(&pem, "-----BEGIN CERTIFICATE-----") {
        let expected = "-----BEGIN CERTIFICATE-----";
        return Err(wrong_file(cert, "the client certificate", "--cert", expected));
    }
    let key_pem = read(key, "the client key", "--key")?;
    if contains(&key_pem, "ENCRYPTED") {
        let message = format!(
            "the client key {} (--key) is encrypted; decrypt it first (openssl pkey)",
            shown(key)
        );
        return Err(tls_error(message));
    }
    if !contains(&key_pem, "PRIVATE KEY-----") {
        return Err(wrong_file(key, "the client key", "--key", "-----BEGIN PRIVATE KEY-----"));
    }
    // The first file may lack its last line end.
    pem.push(b'\n');
    pem.extend_from_slice(&key_pem);
    Identity::from_pem(&pem).map(Some).map_err(|error| cannot_build(tls, &error))
}

fn read(path: &Path, what: &str, flag: &str) -> Result<Vec<u8>, StoreError> {
    std::fs::read(path).map_err(|error| {
        tls_error(format!("{what} {} ({flag}) cannot be read: {error}", shown(path)))
    })
}

fn wrong_file(path: &Path, what: &str, flag: &str, expected: &str) -> StoreError {
    let path = shown(path);
    tls_error(format!("{what} {path} ({flag}) is not what was expected: PEM with {expected}"))
}

fn tls_error(message: impl Into<String>) -> StoreError {
    StoreError::new(ErrorKind::Tls, message)
}

fn shown(path: &Path) -> String {
    escape::message(&path.display().to_string())
}

fn contains(haystack: &[u8], needle: &str) -> bool {
    memchr::memmem::find(haystack, needle.as_bytes()).is_some()
}
