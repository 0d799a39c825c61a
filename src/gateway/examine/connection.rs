//! The connection to an endpoint, step by step: its name, TCP, TLS.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout};

use super::{Certificate, Examination, Handshake};
use crate::gateway::handshake::{Fault, shake};
use crate::gateway::transport::{explain_io, too_late, unknown_name};
use crate::gateway::{error, tls_words};
use crate::store::{ErrorKind, StoreError};

impl Examination {
    /// Host and port: a name, or an address without brackets.
    pub(crate) fn host(&self) -> (String, u16) {
        let parsed = reqwest::Url::parse(self.url()).ok();
        let host = parsed.as_ref().and_then(|url| url.host_str()).unwrap_or_default();
        let port = parsed.as_ref().and_then(reqwest::Url::port_or_known_default);
        (host.trim_matches(['[', ']']).to_owned(), port.unwrap_or_default())
    }

    /// The addresses the name stands for; never none.
    pub(crate) async fn addresses(&self) -> Result<Vec<SocketAddr>, StoreError> {
        let (host, port) = self.host();
        let limit = self.dial_limit();
        match timeout(limit, tokio::net::lookup_host((host.as_str(), port))).await {
            Ok(Ok(found)) => {
                let mut addresses: Vec<_> = found.collect();
                addresses.dedup();
                if addresses.is_empty() { Err(self.unknown()) } else { Ok(addresses) }
            }
            Ok(Err(_)) => Err(self.unknown()),
            Err(_) => {
                let message = format!(
                    "the name servers say nothing about {host} within {} s (--dial-timeout); are \
                     they up? see /etc/resolv.conf",
                    limit.as_secs_f32()
                );
                Err(StoreError::new(ErrorKind::Unreachable, message))
            }
        }
    }

    fn unknown(&self) -> StoreError {
        unknown_name(self.endpoint())
    }

    /// Makes a connection and lets go of it; how long it took.
    pub(crate) async fn connect(&self, address: SocketAddr) -> Result<Duration, StoreError> {
        let began = Instant::now();
        match timeout(self.dial_limit(), TcpStream::connect(address)).await {
            Ok(Ok(_)) => Ok(began.elapsed()),
            Ok(Err(error)) => Err(explain_io(self.endpoint(), &error, self.about())),
            Err(_) => Err(too_late(self.endpoint(), self.about())),
        }
    }

    /// Makes a TLS connection and lets go of it. The certificate may be wrong, see
    /// [`Handshake::refused`]; beside it stands what ended the handshake after that, if something did.
    pub(crate) async fn handshake(
        &self,
        address: SocketAddr,
    ) -> Result<(Handshake, Option<StoreError>), StoreError> {
        let (host, _) = self.host();
        let shaking = shake(&self.http.tls, &host, address);
        match timeout(self.dial_limit(), shaking).await {
            Ok(Ok((handshake, broken))) => {
                let broken = broken.map(|error| explain_io(self.endpoint(), &error, self.about()));
                Ok((handshake, broken))
            }
            Ok(Err(Fault::Here(error))) => Err(error),
            Ok(Err(Fault::There(error))) => Err(explain_io(self.endpoint(), &error, self.about())),
            Err(_) => {
                let message = format!(
                    "{} takes the connection but does not answer the TLS handshake within {} s; \
                     is it stopped, or does it speak something else than TLS?",
                    self.url(),
                    self.dial_limit().as_secs_f32()
                );
                Err(StoreError::new(ErrorKind::Tls, message))
            }
        }
    }

    /// Why a client that verifies would refuse the certificate, as the end of a sentence about it.
    pub(crate) fn refusal(handshake: &Handshake) -> Option<String> {
        handshake.refused.as_ref().map(|error| match error {
            rustls::Error::InvalidCertificate(fault) => tls_words::certificate(fault),
            other => format!("is not accepted: {}", error::excerpt(&other.to_string())),
        })
    }

    /// Our own certificate, where there is one to show.
    pub(crate) fn own_certificate(&self) -> Option<Certificate> {
        self.http.clients.identity.clone()
    }
}
