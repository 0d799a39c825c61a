//! A failure of TLS in words: what is wrong, where, what to do.

use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error};

use super::certificate::{Validity, span};
use crate::domain::escape;

/// More names than this of a certificate are not listed.
const NAMES: usize = 5;

/// What a failed handshake means. `identity` is when our own certificate is good, where we have one.
pub(super) fn explain(
    url: &str,
    error: &Error,
    identity: Option<Validity>,
    now: SystemTime,
) -> String {
    match error {
        Error::InvalidCertificate(fault) => {
            format!("the certificate of {url} {}", certificate(fault))
        }
        Error::InvalidMessage(_) => {
            format!("{url} does not answer in TLS; if it speaks plain HTTP, write http:// instead")
        }
        Error::AlertReceived(AlertDescription::ProtocolVersion) | Error::PeerIncompatible(_) => {
            format!(
                "{url} speaks no TLS that we speak (1.2 and 1.3); see its --tls-min-version and \
                 --tls-max-version"
            )
        }
        Error::AlertReceived(AlertDescription::HandshakeFailure) => format!(
            "{url} found no way to encrypt that we know too; see its --cipher-suites, which must \
             name one with ECDHE and AES-GCM or ChaCha20"
        ),
        Error::AlertReceived(AlertDescription::UnrecognisedName) => {
            format!("{url} has no certificate for this host name; use a name it knows")
        }
        Error::AlertReceived(alert) => match identity {
            None => format!(
                "{url} refused the connection ({}); it probably wants a client certificate: give \
                 --cert and --key",
                alert_name(*alert)
            ),
            Some(identity) => {
                let why = identity.trouble(now).map(|trouble| {
                    let ended = identity.until < now;
                    let advice = if ended { "renew it" } else { "check the clock of this host" };
                    format!("it {trouble}; {advice}")
                });
                let why = why.unwrap_or_else(|| refused_identity(*alert));
                format!(
                    "{url} refused our client certificate (--cert, {}): {why}",
                    alert_name(*alert)
                )
            }
        },
        other => format!("TLS with {url} failed: {}", escape::message(&other.to_string())),
    }
}

/// What is wrong with a server's certificate, as the end of a sentence about it.
pub(crate) fn certificate(fault: &CertificateError) -> String {
    let now = SystemTime::now();
    match fault {
        CertificateError::UnknownIssuer => {
            "is signed by an authority that is not trusted here; name its CA file with --cacert"
                .to_owned()
        }
        CertificateError::NotValidForName => {
            "is for another host name; use the name that stands in it".to_owned()
        }
        CertificateError::NotValidForNameContext { presented, .. } if presented.is_empty() => {
            "names no host at all; it needs a subjectAltName with the host or address used here"
                .to_owned()
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let mut names: Vec<_> = presented.iter().take(NAMES).map(|name| bare(name)).collect();
            if presented.len() > NAMES {
                names.push(format!("{} more", presented.len() - NAMES));
            }
            format!(
                "is for another host: it names {}, not {}; use one of these names, or have the \
                 certificate made for this one too",
                names.join(", "),
                escape::message(&expected.to_str())
            )
        }
        CertificateError::Expired => {
            "has expired; renew it, or check the clock of this host".to_owned()
        }
        CertificateError::ExpiredContext { not_after, .. } => format!(
            "expired {} ago; renew it, or check the clock of this host",
            span(now.duration_since(time(*not_after)).unwrap_or_default())
        ),
        CertificateError::NotValidYet => {
            "is not valid yet; check the clock of this host".to_owned()
        }
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "is not valid yet, for another {}; check the clock of this host and of the one that \
             made it",
            span(time(*not_before).duration_since(now).unwrap_or_default())
        ),
        CertificateError::Revoked => "is revoked; the server needs another one".to_owned(),
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "is not for servers (its extended key usage lacks serverAuth); the server needs \
             another one"
                .to_owned()
        }
        CertificateError::BadSignature => {
            "is not signed by the authority it names; is --cacert an older one of the same name?"
                .to_owned()
        }
        other => {
            let other = other.to_string();
            if other.contains("CaUsedAsEndEntity") {
                return "is that of an authority, used as a server's; the server needs one of its \
                        own, signed by it"
                    .to_owned();
            }
            format!("is not accepted: {}", super::error::excerpt(&escape::message(&other)))
        }
    }
}

fn refused_identity(alert: AlertDescription) -> String {
    match alert {
        AlertDescription::UnknownCA => {
            "its authority is not one the server trusts (--trusted-ca-file there)".to_owned()
        }
        AlertDescription::CertificateExpired => {
            "the server takes it for expired; renew it, or check the clock of the server".to_owned()
        }
        AlertDescription::CertificateRevoked => "it is revoked; get another one".to_owned(),
        _ => "check that the server trusts its authority (--trusted-ca-file there) and that it is \
              for clients (extended key usage clientAuth)"
            .to_owned(),
    }
}

/// `bad certificate` for `BadCertificate`.
fn alert_name(alert: AlertDescription) -> String {
    let mut out = String::new();
    let name = format!("{alert:?}");
    let mut before = '_';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            out.push(' ');
        }
        before = c;
        out.push(c);
    }
    out.split(' ')
        .map(|word| if word == "CA" { word.to_owned() } else { word.to_lowercase() })
        .collect::<Vec<_>>()
        .join(" ")
}

/// `localhost` for `DnsName("localhost")`.
fn bare(name: &str) -> String {
    let inner = name.split_once('(').map_or(name, |(_, rest)| rest.trim_end_matches(')'));
    escape::message(inner.trim_matches('"'))
}

fn time(time: UnixTime) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(time.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://h:2379";

    fn said(error: &Error, identity: Option<Validity>) -> String {
        explain(URL, error, identity, SystemTime::now())
    }

    fn validity(from: i64, until: i64) -> Validity {
        let at = |days: i64| {
            let away = Duration::from_secs(days.unsigned_abs() * 86_400);
            let now = SystemTime::now();
            if days < 0 { now - away } else { now + away }
        };
        Validity { from: at(from), until: at(until) }
    }

    #[test]
    fn each_fault_of_a_certificate_has_its_own_advice() {
        let cases = [
            (CertificateError::UnknownIssuer, "--cacert"),
            (CertificateError::NotValidForName, "another host name"),
            (CertificateError::Expired, "has expired"),
            (CertificateError::NotValidYet, "clock"),
            (CertificateError::Revoked, "revoked"),
            (CertificateError::InvalidPurpose, "serverAuth"),
            (CertificateError::BadSignature, "older one of the same name"),
            (CertificateError::BadEncoding, "is not accepted"),
        ];
        for (fault, words) in cases {
            let said = said(&Error::InvalidCertificate(fault), None);
            assert!(said.starts_with("the certificate of https://h:2379 "), "{said}");
            assert!(said.contains(words), "{said}");
        }
    }

    #[test]
    fn an_alert_blames_the_certificate_we_showed_or_did_not_show() {
        let alert = |alert| Error::AlertReceived(alert);
        let required = alert(AlertDescription::CertificateRequired);
        assert!(said(&required, None).contains("give --cert and --key"));
        let good = Some(validity(-10, 10));
        assert!(said(&required, good).contains("refused our client certificate"));
        let unknown = said(&alert(AlertDescription::UnknownCA), good);
        assert!(unknown.contains("(--cert, unknown CA)") && unknown.contains("--trusted-ca-file"));
        // Older servers say "bad certificate" for one that has ended; ours knows better.
        let bad = alert(AlertDescription::BadCertificate);
        let ended = said(&bad, Some(validity(-10, -3)));
        assert!(
            ended.ends_with("(--cert, bad certificate): it expired 3 days ago; renew it"),
            "{ended}"
        );
        let early = said(&bad, Some(validity(3, 10)));
        assert!(early.contains("it is not valid yet"), "{early}");
        assert!(said(&bad, good).contains("clientAuth"));
    }

    #[test]
    fn what_cannot_be_agreed_on_is_named() {
        let alert = |alert| said(&Error::AlertReceived(alert), None);
        assert!(alert(AlertDescription::ProtocolVersion).contains("--tls-min-version"));
        assert!(alert(AlertDescription::HandshakeFailure).contains("--cipher-suites"));
    }
}
