//! The encryption of an endpoint: what the server shows, whether it is believed, until when.

use std::net::SocketAddr;
use std::time::SystemTime;

use super::chart::{Chart, halves};
use super::words;
use crate::gateway::examine::{Certificate, Examination, Handshake};

/// Fewer days left than this are said.
const SOON: u64 = 30;
/// More names than this of one certificate are not listed.
const LISTED: usize = 5;

/// Looks at the encryption; whether calls can be made over it.
pub(super) async fn examine(
    examination: &Examination,
    address: SocketAddr,
    chart: &Chart<'_>,
) -> bool {
    if !examination.is_tls() {
        chart.skip("TLS", "the endpoint says http://: nothing is encrypted");
        return true;
    }
    let (handshake, broken) = match examination.handshake(address).await {
        Ok(seen) => seen,
        Err(error) => {
            chart.fail_by("TLS", &error);
            own_certificate(examination, chart);
            return false;
        }
    };
    if broken.is_none() {
        let took = words::time(handshake.took);
        chart.ok("TLS", format!("{}, agreed on in {took}", handshake.version));
    }
    let good = certificate(examination, &handshake, chart);
    // What ends it after a certificate that no client accepts is of no interest.
    let ended = broken.filter(|_| good);
    if let Some(error) = &ended {
        chart.fail_by("TLS", error);
    }
    own_certificate(examination, chart);
    good && ended.is_none()
}

/// Whom the server shows itself to be, and whether that is believed.
fn certificate(examination: &Examination, handshake: &Handshake, chart: &Chart<'_>) -> bool {
    let now = SystemTime::now();
    let refusal = Examination::refusal(handshake);
    let Some(own) = handshake.chain.first() else {
        let why = refusal.unwrap_or_else(|| "cannot be read".to_owned());
        chart.fail("certificate", format!("the certificate of the server {why}"), "");
        return examination.skips_verify();
    };
    let whose = format!(
        "of {}, signed by {}, for {}",
        named(&own.subject),
        named(&own.issuer),
        if own.names.is_empty() { "no host".to_owned() } else { words::list(&own.names, LISTED) }
    );
    match (refusal, examination.skips_verify()) {
        (None, false) => chart.ok("certificate", whose),
        (None, true) => chart.warn(
            "certificate",
            format!("{whose}; not verified (--insecure-skip-tls-verify), though it would pass"),
            "leave --insecure-skip-tls-verify out: without it nobody can pretend to be the server",
        ),
        (Some(refusal), skips) => {
            let (found, advice) = halves(&refusal);
            if skips {
                let found =
                    format!("{whose}; not verified (--insecure-skip-tls-verify): it {found}");
                chart.warn("certificate", found, advice);
            } else {
                chart.fail("certificate", format!("{whose}; it {found}"), advice);
                return false;
            }
        }
    }
    // Whatever of the chain ends first ends all of it.
    if let Some(first) = handshake.chain.iter().min_by_key(|found| found.validity.until) {
        let whose = if first == own { "it".to_owned() } else { named(&first.subject) };
        expiry("expiry", &whose, first, now, chart);
    }
    true
}

/// The certificate that we show, if there is one.
fn own_certificate(examination: &Examination, chart: &Chart<'_>) {
    if let Some(own) = examination.own_certificate() {
        let whose = format!("our certificate (--cert, {})", named(&own.subject));
        expiry("client cert", &whose, &own, SystemTime::now(), chart);
    }
}

fn expiry(
    check: &'static str,
    whose: &str,
    certificate: &Certificate,
    now: SystemTime,
    chart: &Chart<'_>,
) {
    if let Some(trouble) = certificate.validity.trouble(now) {
        chart.fail(
            check,
            format!("{whose} {trouble}"),
            "renew it, or check the clock of this host",
        );
        return;
    }
    let days = certificate.validity.days_left(now);
    let day = &certificate.last_day;
    let found =
        format!("{whose} is good for {} (until {day})", words::counted(days as usize, "more day"));
    if days < SOON {
        chart.warn(check, found, "renew it before that day: then no client connects any more");
    } else {
        chart.ok(check, found);
    }
}

fn named(name: &str) -> String {
    if name.is_empty() { "nobody named".to_owned() } else { name.to_owned() }
}
