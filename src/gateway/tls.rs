//! The HTTP clients: certificates read, connections of unary calls apart from those of streams.

use std::path::Path;
use std::time::Duration;

use reqwest::{Certificate, Client, Identity};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::call::Limits;
use super::certificate;
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
    /// What the client certificate says, where there is one.
    pub(super) identity: Option<certificate::Certificate>,
}

/// How the file behind `--cacert` is called.
const CA: &str = "the CA file";

/// Reads the files, and makes a client of them alone to see whether they fit: without the certificates
/// of the system, which take milliseconds to read.
pub(super) fn check(options: &GatewayOptions) -> Result<(), StoreError> {
    let tls = &options.tls;
    let identity = read_identity(tls)?;
    let authorities = tls.ca.as_deref().map(read_authorities).transpose()?;
    if identity.is_none() && authorities.is_none() {
        return Ok(());
    }
    install_provider();
    let mut builder = Client::builder().tls_certs_only(authorities.unwrap_or_default());
    if let Some((identity, _)) = identity {
        builder = builder.identity(identity);
    }
    builder.build().map(drop).map_err(|error| cannot_build(tls, &error))
}

fn install_provider() {
    // Fails only when somebody installed one before, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Reads the files and builds the clients. Sends nothing.
pub(super) fn build(
    options: &GatewayOptions,
    limits: &Limits,
    endpoints: &Endpoints,
) -> Result<Clients, StoreError> {
    install_provider();
    let identity = read_identity(&options.tls)?;
    let (identity, own) = identity.unzip();
    let authorities = options.tls.ca.as_deref().map(read_authorities).transpose()?;
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
    Ok(Clients { unary: build(8)?, stream: build(0)?, identity: own })
}

fn cannot_build(tls: &TlsOptions, error: &reqwest::Error) -> StoreError {
    let chain = super::transport::chain(error);
    let message = if chain.contains("No CA certificates were loaded") {
        return no_authorities();
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

/// A host without any trusted certificate, such as a bare container.
pub(super) fn no_authorities() -> StoreError {
    tls_error("this host has no certificate authorities; name a CA file with --cacert")
}

fn read_authorities(path: &Path) -> Result<Vec<Certificate>, StoreError> {
    let pem = read(path, CA, "--cacert")?;
    match Certificate::from_pem_bundle(&pem) {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) | Err(_) => Err(no_certificate(path, CA, "--cacert", &pem)),
    }
}

/// The authorities in a file, as the handshake wants them.
pub(super) fn authorities(path: &Path) -> Result<Vec<CertificateDer<'static>>, StoreError> {
    let pem = read(path, CA, "--cacert")?;
    match CertificateDer::pem_slice_iter(&pem).collect::<Result<Vec<_>, _>>() {
        Ok(found) if !found.is_empty() => Ok(found),
        Ok(_) | Err(_) => Err(no_certificate(path, CA, "--cacert", &pem)),
    }
}

/// What a client certificate lies in: its own file with its chain, and that of its key.
struct IdentityFiles {
    cert: Vec<u8>,
    key: Vec<u8>,
}

impl IdentityFiles {
    /// Reads both; nothing where none are named.
    fn read(tls: &TlsOptions) -> Result<Option<IdentityFiles>, StoreError> {
        let (cert, key) = match (&tls.cert, &tls.key) {
            (None, None) => return Ok(None),
            (Some(cert), Some(key)) => (cert, key),
            (Some(_), None) => {
                return Err(tls_error("--cert is given without --key; both are needed"));
            }
            (None, Some(_)) => {
                return Err(tls_error("--key is given without --cert; both are needed"));
            }
        };
        let pem = read(cert, "the client certificate", "--cert")?;
        if !contains(&pem, "-----BEGIN CERTIFICATE-----") {
            return Err(no_certificate(cert, "the client certificate", "--cert", &pem));
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
            let path = shown(key);
            let message = format!(
                "the client key {path} (--key) holds no key; PEM with -----BEGIN PRIVATE KEY----- \
                 was expected"
            );
            return Err(tls_error(message));
        }
        Ok(Some(IdentityFiles { cert: pem, key: key_pem }))
    }
}

fn read_identity(
    tls: &TlsOptions,
) -> Result<Option<(Identity, certificate::Certificate)>, StoreError> {
    let Some(IdentityFiles { cert, key }) = IdentityFiles::read(tls)? else { return Ok(None) };
    let leaf = CertificateDer::from_pem_slice(&cert).ok();
    let leaf = leaf.and_then(|der| certificate::Certificate::read(&der));
    let mut pem = cert;
    // The first file may lack its last line end.
    pem.push(b'\n');
    pem.extend_from_slice(&key);
    let identity = Identity::from_pem(&pem).map_err(|error| cannot_build(tls, &error))?;
    let own = leaf.ok_or_else(|| {
        let path = tls.cert.as_deref().map(shown).unwrap_or_default();
        tls_error(format!("the client certificate {path} (--cert) cannot be read"))
    })?;
    Ok(Some((identity, own)))
}

/// Our certificate with its chain, and its key, as the handshake wants them.
pub(super) fn identity(
    tls: &TlsOptions,
) -> Result<Option<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>)>, StoreError> {
    let Some(IdentityFiles { cert, key }) = IdentityFiles::read(tls)? else { return Ok(None) };
    let unreadable = |_| tls_error("the client certificate or its key cannot be read");
    let chain = CertificateDer::pem_slice_iter(&cert).collect::<Result<_, _>>();
    let chain = chain.map_err(unreadable)?;
    Ok(Some((chain, PrivateKeyDer::from_pem_slice(&key).map_err(unreadable)?)))
}

fn read(path: &Path, what: &str, flag: &str) -> Result<Vec<u8>, StoreError> {
    std::fs::read(path).map_err(|error| {
        tls_error(format!("{what} {} ({flag}) cannot be read: {error}", shown(path)))
    })
}

fn no_certificate(path: &Path, what: &str, flag: &str, pem: &[u8]) -> StoreError {
    let path = shown(path);
    let instead = if contains(pem, "-----BEGIN CERTIFICATE-----") {
        "holds a certificate that is damaged"
    } else if contains(pem, "PRIVATE KEY-----") {
        "holds a private key and no certificate"
    } else if pem.first() == Some(&0x30) {
        "is not PEM but probably DER (openssl x509 -inform der turns it into PEM)"
    } else {
        "holds no certificate"
    };
    let message = format!(
        "{what} {path} ({flag}) {instead}; PEM with -----BEGIN CERTIFICATE----- was expected"
    );
    tls_error(message)
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
