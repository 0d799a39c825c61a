//! Servers found by DNS: the SRV records under which etcdctl looks for them too.

use anyhow::{Context as _, bail};
use hickory_resolver::TokioResolver;
use hickory_resolver::net::NetError;
use hickory_resolver::proto::rr::RData;
use hickory_resolver::proto::rr::rdata::SRV;

use crate::config::Discovery;
use crate::domain::escape;
use crate::gateway::GatewayOptions;

/// Asks the name servers of the system for the URLs of the servers, nearest first. Never empty.
///
/// # Errors
/// What DNS said, or that it said nothing within the limit for a request.
pub(super) async fn discover(
    discovery: &Discovery,
    limits: &GatewayOptions,
) -> anyhow::Result<Vec<String>> {
    let settings = "--discovery-srv: cannot use the DNS settings of the system";
    let mut builder = TokioResolver::builder_tokio().context(settings)?;
    let options = builder.options_mut();
    options.timeout = limits.dial_timeout;
    // Asked once, in a few seconds of a program's life.
    options.cache_size = 0;
    let resolver = builder.build().context(settings)?;
    let (domain, limit) = (&discovery.domain, limits.command_timeout);
    let finding = find(&resolver, discovery);
    if limit.is_zero() {
        return finding.await;
    }
    tokio::time::timeout(limit, finding).await.unwrap_or_else(|_| {
        bail!("--discovery-srv: DNS did not tell of etcd in {domain} within {limit:?}")
    })
}

/// Both kinds of records, those for https first.
async fn find(resolver: &TokioResolver, discovery: &Discovery) -> anyhow::Result<Vec<String>> {
    let domain = &discovery.domain;
    let suffix = discovery.service.as_ref().map(|name| format!("-{name}")).unwrap_or_default();
    let tls_name = format!("_etcd-client-ssl{suffix}._tcp.{domain}");
    let plain_name = format!("_etcd-client{suffix}._tcp.{domain}");
    let (tls, plain) = tokio::join!(look_up(resolver, &tls_name), look_up(resolver, &plain_name));
    let mut failures = Vec::new();
    let mut urls = |name: &str, scheme: &str, found: Result<Vec<SRV>, NetError>| match found {
        Ok(records) => to_urls(scheme, records),
        Err(error) => {
            failures.push(format!("{name}: {}", escape::message(&reason(&error))));
            Vec::new()
        }
    };
    let mut tls = urls(&tls_name, "https", tls);
    let plain = urls(&plain_name, "http", plain);
    match (tls.is_empty(), plain.is_empty()) {
        (true, true) if failures.is_empty() => {
            bail!("--discovery-srv: {domain} says that it has no etcd")
        }
        (true, true) => bail!("--discovery-srv: no etcd in {domain}: {}", failures.join("; ")),
        (true, false) if !discovery.insecure => bail!(
            "--discovery-srv: {domain} tells of http servers only, and --insecure-discovery=false \
             refuses them"
        ),
        _ => {}
    }
    if discovery.insecure {
        tls.extend(plain);
    }
    Ok(tls)
}

async fn look_up(resolver: &TokioResolver, name: &str) -> Result<Vec<SRV>, NetError> {
    let answer = resolver.srv_lookup(name).await?;
    let records = answer.answers().iter().filter_map(|record| match &record.data {
        RData::SRV(record) => Some(record.clone()),
        _ => None,
    });
    Ok(records.collect())
}

fn reason(error: &NetError) -> String {
    if error.is_no_records_found() {
        "there is no such record".to_owned()
    } else {
        error.to_string()
    }
}

/// URLs in the order of use: lower priorities first, greater weights first among equals.
fn to_urls(scheme: &str, mut records: Vec<SRV>) -> Vec<String> {
    records.sort_by_key(|record| (record.priority, std::cmp::Reverse(record.weight)));
    // The root as the target says that there is no such service.
    let served = records.iter().filter(|record| !record.target.is_root());
    let mut urls: Vec<String> = Vec::new();
    for record in served {
        let target = record.target.to_ascii();
        let url = format!("{scheme}://{}:{}", target.trim_end_matches('.'), record.port);
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    urls
}

#[cfg(test)]
#[path = "discovery_tests.rs"]
mod tests;
