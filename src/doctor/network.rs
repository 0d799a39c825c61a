//! The name of an endpoint, and whether a connection can be made to where it leads.

use std::net::{IpAddr, SocketAddr};

use futures_util::future::join_all;
use tokio::time::Instant;

use super::chart::Chart;
use super::words;
use crate::gateway::examine::Examination;

/// More addresses than this of one name are not listed.
const LISTED: usize = 4;

/// Looks the name up and connects to all its addresses; answers with one that takes connections.
pub(super) async fn examine(examination: &Examination, chart: &Chart<'_>) -> Option<SocketAddr> {
    let (host, _) = examination.host();
    let began = Instant::now();
    let addresses = match examination.addresses().await {
        Ok(addresses) => addresses,
        Err(error) => {
            chart.fail_by("name", &error);
            return None;
        }
    };
    let shown: Vec<String> = addresses.iter().map(|address| address.ip().to_string()).collect();
    if host.parse::<IpAddr>().is_ok() {
        chart.ok("name", format!("{host} is an address; there is no name to look up"));
    } else {
        let found = words::list(&shown, LISTED);
        chart.ok("name", format!("{host} is {found}, in {}", words::time(began.elapsed())));
    }
    connect(examination, &addresses, chart).await
}

async fn connect(
    examination: &Examination,
    addresses: &[SocketAddr],
    chart: &Chart<'_>,
) -> Option<SocketAddr> {
    let tries = addresses.iter().map(|address| examination.connect(*address));
    let tries: Vec<_> = addresses.iter().zip(join_all(tries).await).collect();
    let connected = tries.iter().find_map(|(at, tried)| Some((**at, *tried.as_ref().ok()?)));
    let Some((address, took)) = connected else {
        if let Some(Err(error)) = tries.first().map(|(_, tried)| tried) {
            chart.fail_by("TCP", error);
        }
        return None;
    };
    let found = format!("connected to {address} in {}", words::time(took));
    let others: Vec<_> = tries
        .iter()
        .filter_map(|(at, tried)| Some((at.ip().to_string(), tried.as_ref().err()?)))
        .collect();
    if others.is_empty() {
        chart.ok("TCP", found);
        return Some(address);
    }
    let names: Vec<String> = others.iter().map(|(name, _)| name.clone()).collect();
    let found = format!("{found}; not to {}", words::list(&names, LISTED));
    // A refusal costs nothing: `localhost` is two addresses nearly everywhere, of which servers take one.
    if others.iter().all(|(_, error)| error.message.contains("refused")) {
        chart.ok("TCP", format!("{found}, which refused"));
    } else {
        let advice = "clients that try these addresses first wait for them; take them out of DNS, \
                      or bring their hosts up";
        chart.warn("TCP", found, advice);
    }
    Some(address)
}
