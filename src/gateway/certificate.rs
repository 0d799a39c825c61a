//! What stands in a certificate: who it is for, who signed it, and until when it is good.

use std::time::{Duration, SystemTime};

use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::time::ASN1Time;

const DAY: u64 = 24 * 60 * 60;

/// The facts of one certificate, as it says them: text from strangers, not yet escaped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Certificate {
    /// Whom it names, `CN=etcd-1, O=example`; may be empty.
    pub(crate) subject: String,
    /// Who signed it.
    pub(crate) issuer: String,
    /// The host names and addresses it is for.
    pub(crate) names: Vec<String>,
    /// When it is good.
    pub(crate) validity: Validity,
    /// The day it ends, `2027-02-21`.
    pub(crate) last_day: String,
}

impl Certificate {
    /// Reads a certificate; nothing where it is none.
    pub(crate) fn read(der: &[u8]) -> Option<Certificate> {
        let (_, parsed) = X509Certificate::from_der(der).ok()?;
        let names = parsed.subject_alternative_name().ok().flatten();
        let names = names.map_or_else(Vec::new, |names| {
            names.value.general_names.iter().filter_map(host).collect()
        });
        let validity = parsed.validity();
        Some(Certificate {
            subject: parsed.subject().to_string(),
            issuer: parsed.issuer().to_string(),
            names,
            validity: Validity { from: time(validity.not_before), until: time(validity.not_after) },
            last_day: validity.not_after.to_datetime().date().to_string(),
        })
    }
}

/// When a certificate is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Validity {
    /// Not before.
    pub(crate) from: SystemTime,
    /// Not after.
    pub(crate) until: SystemTime,
}

impl Validity {
    /// `expired 12 days ago`, `is not valid before 3 days from now`; nothing while it is good.
    pub(crate) fn trouble(&self, now: SystemTime) -> Option<String> {
        if now > self.until {
            return Some(format!("expired {} ago", span(since(self.until, now))));
        }
        (now < self.from)
            .then(|| format!("is not valid yet, for another {}", span(since(now, self.from))))
    }

    /// Whole days left; 0 when it has ended.
    pub(crate) fn days_left(&self, now: SystemTime) -> u64 {
        since(now, self.until).as_secs() / DAY
    }
}

/// `12 days`, `1 day`, `5 hours`, `3 minutes`: one unit, rounded down, enough to judge by.
pub(super) fn span(time: Duration) -> String {
    let seconds = time.as_secs();
    let (count, unit) = match seconds {
        DAY.. => (seconds / DAY, "day"),
        3600..DAY => (seconds / 3600, "hour"),
        60..3600 => (seconds / 60, "minute"),
        _ => (seconds, "second"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

fn since(earlier: SystemTime, later: SystemTime) -> Duration {
    later.duration_since(earlier).unwrap_or_default()
}

fn time(time: ASN1Time) -> SystemTime {
    let seconds = time.timestamp();
    let away = Duration::from_secs(seconds.unsigned_abs());
    let epoch = SystemTime::UNIX_EPOCH;
    let found = if seconds < 0 { epoch.checked_sub(away) } else { epoch.checked_add(away) };
    found.unwrap_or(epoch)
}

fn host(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => {
            if let Ok(four) = <[u8; 4]>::try_from(*bytes) {
                return Some(std::net::Ipv4Addr::from(four).to_string());
            }
            let sixteen = <[u8; 16]>::try_from(*bytes).ok()?;
            Some(std::net::Ipv6Addr::from(sixteen).to_string())
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DistinguishedName, DnType, KeyPair};

    use super::*;

    #[test]
    fn what_stands_in_it_is_read() {
        let hosts = ["etcd.example", "10.0.0.1", "::1"].map(str::to_owned);
        let mut params = CertificateParams::new(hosts).unwrap();
        params.distinguished_name = DistinguishedName::new();
        params.distinguished_name.push(DnType::CommonName, "etcd-1");
        params.not_after = rcgen::date_time_ymd(2030, 2, 21);
        let der = params.self_signed(&KeyPair::generate().unwrap()).unwrap();
        let read = Certificate::read(der.der()).unwrap();
        assert_eq!(read.subject, "CN=etcd-1");
        assert_eq!(read.issuer, "CN=etcd-1");
        assert_eq!(read.names, ["etcd.example", "10.0.0.1", "::1"]);
        assert_eq!(read.last_day, "2030-02-21");
        assert_eq!(
            read.validity.until,
            SystemTime::UNIX_EPOCH + Duration::from_secs(1_897_862_400)
        );
        assert_eq!(Certificate::read(b"no certificate"), None);
    }

    #[test]
    fn times_are_told_in_one_unit() {
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        let validity = Validity { from: at(1000), until: at(1000 + 40 * DAY) };
        assert_eq!(validity.trouble(at(1000)), None);
        assert_eq!(validity.days_left(at(1000)), 40);
        assert_eq!(validity.trouble(at(999)).unwrap(), "is not valid yet, for another 1 second");
        assert_eq!(validity.trouble(at(1000 + 42 * DAY)).unwrap(), "expired 2 days ago");
        assert_eq!(validity.days_left(at(1000 + 42 * DAY)), 0);
        assert_eq!(span(Duration::from_secs(7200)), "2 hours");
        assert_eq!(span(Duration::from_secs(61)), "1 minute");
    }
}
