//! One TLS handshake that is watched: what the server showed, and what the client makes of it.
//!
//! It goes on whatever the certificate is, so that a wrong one can be told about, and it sends
//! nothing afterwards. Calls make their own connections, in `tls`, and believe nothing of this.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{
    ClientConfig, DigitallySignedStruct, ProtocolVersion, RootCertStore, SignatureScheme,
};
use tokio::net::TcpStream;
use tokio::time::Instant;
use tokio_rustls::TlsConnector;

use super::certificate::Certificate;
use super::options::TlsOptions;
use super::tls;
use crate::store::{ErrorKind, StoreError};

/// What a handshake showed.
#[derive(Clone, Debug)]
pub(crate) struct Handshake {
    /// `TLS 1.3`.
    pub(crate) version: &'static str,
    /// How long it took, without the connection below it.
    pub(crate) took: Duration,
    /// What the server showed: its own certificate, then those that lead to the authority. A
    /// certificate that cannot be read is left out.
    pub(crate) chain: Vec<Certificate>,
    /// Why a client that verifies would not go on.
    pub(crate) refused: Option<rustls::Error>,
}

/// Why there was none.
#[derive(Debug)]
pub(super) enum Fault {
    /// Nothing was sent: what is wrong here.
    Here(StoreError),
    /// The peer, before it showed anything.
    There(std::io::Error),
}

/// Makes a connection to `address`, says that it looks for `host`, and lets go of it. A server that
/// showed its certificate may still end the handshake; what it said then stands beside.
pub(super) async fn shake(
    options: &TlsOptions,
    host: &str,
    address: SocketAddr,
) -> Result<(Handshake, Option<std::io::Error>), Fault> {
    let here = |message: String| Fault::Here(StoreError::new(ErrorKind::Tls, message));
    let provider = Arc::new(ring::default_provider());
    let witness = Arc::new(Witness::new(options, provider.clone()).map_err(Fault::Here)?);
    let builder = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| here(error.to_string()))?
        .dangerous()
        .with_custom_certificate_verifier(witness.clone());
    let mut config = match tls::identity(options).map_err(Fault::Here)? {
        None => builder.with_no_client_auth(),
        Some((chain, key)) => {
            builder.with_client_auth_cert(chain, key).map_err(|error| here(error.to_string()))?
        }
    };
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let name = ServerName::try_from(host.to_owned())
        .map_err(|_| here(format!("{host} is no name that a certificate could be for")))?;
    let tcp = TcpStream::connect(address).await.map_err(Fault::There)?;
    let began = Instant::now();
    let stream = TlsConnector::from(Arc::new(config)).connect(name, tcp).await;
    let took = began.elapsed();
    let (chain, refused) = witness.seen.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let spoken = match &stream {
        Ok(stream) => stream.get_ref().1.protocol_version(),
        Err(_) => None,
    };
    let version = match spoken {
        Some(ProtocolVersion::TLSv1_3) => "TLS 1.3",
        Some(ProtocolVersion::TLSv1_2) => "TLS 1.2",
        _ => "TLS",
    };
    let handshake = Handshake { version, took, chain, refused };
    match stream {
        Ok(_) => Ok((handshake, None)),
        Err(error) if handshake.chain.is_empty() => Err(Fault::There(error)),
        Err(error) => Ok((handshake, Some(error))),
    }
}

/// Verifies as a call would, keeps the outcome, and goes on in any case.
#[derive(Debug)]
struct Witness {
    /// Where there is none, this host trusts nobody, and was told not to verify anyway.
    verifier: Result<Arc<dyn ServerCertVerifier>, rustls::Error>,
    provider: Arc<CryptoProvider>,
    seen: Mutex<(Vec<Certificate>, Option<rustls::Error>)>,
}

impl Witness {
    fn new(options: &TlsOptions, provider: Arc<CryptoProvider>) -> Result<Witness, StoreError> {
        let failed = |error: String| StoreError::new(ErrorKind::Tls, error);
        let verifier: Result<Arc<dyn ServerCertVerifier>, _> = match &options.ca {
            Some(path) => {
                let mut roots = RootCertStore::empty();
                roots.add_parsable_certificates(tls::authorities(path)?);
                let roots =
                    WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone());
                Ok(roots.build().map_err(|error| failed(error.to_string()))?)
            }
            None => match rustls_platform_verifier::Verifier::new(provider.clone()) {
                Ok(verifier) => Ok(Arc::new(verifier)),
                Err(error) if options.skip_verify => Err(error),
                Err(_) => return Err(tls::no_authorities()),
            },
        };
        Ok(Witness { verifier, provider, seen: Mutex::default() })
    }
}

impl ServerCertVerifier for Witness {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let chain = std::iter::once(end_entity).chain(intermediates);
        let chain = chain.filter_map(|der| Certificate::read(der)).collect();
        let verified = self.verifier.clone().and_then(|verifier| {
            verifier.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now)
        });
        let refused = verified.err();
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = (chain, refused);
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, signed, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, signed, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
