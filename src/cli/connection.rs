//! What the flags and variables shared with etcdctl mean together.

use std::path::PathBuf;
use std::time::Duration;

use super::args::ConnectionArgs;
use super::given::{Env, Given, Rank};
use crate::config::{self, Connection, Credentials, Discovery, Servers, Tls, Transport};
use crate::domain::Secret;

const DEFAULT_ENDPOINT: &str = "127.0.0.1:2379";
const DIAL_TIMEOUT: Duration = Duration::from_secs(2);
const COMMAND_TIMEOUT: Duration = Duration::from_secs(5);
const KEEPALIVE_TIME: Duration = Duration::from_secs(2);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(6);

pub(super) fn connection(args: ConnectionArgs, env: Env<'_>) -> Result<Connection, String> {
    let find = |flag: &str, typed: Option<String>| Given::find(flag, typed, env);
    let typed = (!args.endpoints.is_empty()).then(|| args.endpoints.join(","));
    let endpoints = find("--endpoints", typed)?;
    let domain = find("--discovery-srv", args.discovery_srv)?;
    let service = find("--discovery-srv-name", args.discovery_srv_name)?;
    let insecure_discovery = find("--insecure-discovery", args.insecure_discovery)?;

    let ca = find("--cacert", args.cacert)?;
    let cert = find("--cert", args.cert)?;
    let key = find("--key", args.key)?;
    let insecure = find("--insecure-transport", args.insecure_transport)?;
    let skip = find("--insecure-skip-tls-verify", args.insecure_skip_tls_verify)?;
    // As etcdctl: naming any TLS file asks for TLS.
    let files = ca.is_given() || cert.is_given() || key.is_given();
    let plain = insecure.boolean()?.unwrap_or(true) && !files;
    let transport = if plain { Transport::Plain } else { Transport::Tls };
    let identity = match (cert.is_given(), key.is_given()) {
        (true, false) => return Err(format!("{} needs --key (or ETCDCTL_KEY) too", cert.name)),
        (false, true) => return Err(format!("{} needs --cert (or ETCDCTL_CERT) too", key.name)),
        _ => cert.text().map(PathBuf::from).zip(key.text().map(PathBuf::from)),
    };
    let tls = Tls {
        ca: ca.text().map(PathBuf::from),
        identity,
        skip_verify: skip.boolean()?.unwrap_or(false),
    };

    let user = find("--user", args.user)?;
    let password = find("--password", args.password)?;
    let token = find("--auth-jwt-token", args.auth_jwt_token)?;
    Ok(Connection {
        servers: servers(endpoints, transport, domain, service, insecure_discovery)?,
        credentials: credentials(user, password, token)?,
        tls,
        dial_timeout: find("--dial-timeout", args.dial_timeout)?.limit()?.unwrap_or(DIAL_TIMEOUT),
        command_timeout: find("--command-timeout", args.command_timeout)?
            .limit()?
            .unwrap_or(COMMAND_TIMEOUT),
        keepalive_time: find("--keepalive-time", args.keepalive_time)?
            .duration()?
            .unwrap_or(KEEPALIVE_TIME),
        keepalive_timeout: find("--keepalive-timeout", args.keepalive_timeout)?
            .limit()?
            .unwrap_or(KEEPALIVE_TIMEOUT),
    })
}

/// As etcdctl, DNS comes first; but where a variable names a domain, a flag may name servers.
fn servers(
    endpoints: Given,
    transport: Transport,
    domain: Given,
    service: Given,
    insecure: Given,
) -> Result<Servers, String> {
    let by_dns = domain.is_given() && (domain.rank == Rank::Flag || endpoints.rank != Rank::Flag);
    if !by_dns {
        return urls(endpoints, transport).map(Servers::Listed);
    }
    let insecure = insecure.boolean()?.unwrap_or(true);
    let service = service.label()?;
    let domain = domain.domain()?;
    Ok(Servers::Discovered(Discovery { domain, service, insecure }))
}

fn urls(given: Given, transport: Transport) -> Result<Vec<String>, String> {
    let name = given.name.clone();
    let list = given.text().unwrap_or_else(|| DEFAULT_ENDPOINT.to_owned());
    let mut urls = Vec::new();
    for text in list.split(',') {
        let url =
            config::endpoint(text.trim(), transport).map_err(|error| format!("{name}: {error}"))?;
        if !urls.contains(&url) {
            urls.push(url);
        }
    }
    Ok(urls)
}

/// Complaints here never repeat what was given.
fn credentials(user: Given, password: Given, token: Given) -> Result<Credentials, String> {
    let (from, rank) = (user.name.clone(), user.rank);
    if token.is_given() && user.is_given() && token.rank == rank {
        return Err(format!("{from} and {}: give one of them", token.name));
    }
    if token.is_given() && token.rank > rank {
        return Ok(token
            .text()
            .map_or(Credentials::None, |text| Credentials::Token(Secret::new(text))));
    }
    let Some(user) = user.text() else {
        // A variable may be left over; a flag was meant.
        return match password.rank {
            Rank::Flag => Err("--password needs --user (or ETCDCTL_USER) too".to_owned()),
            Rank::Environment | Rank::Default => Ok(Credentials::None),
        };
    };
    // As etcdctl: beside a password of its own the user is a name as a whole, colons and all.
    let (name, password) =
        match (password.is_given() && password.rank >= rank, user.split_once(':')) {
            (false, Some((name, inside))) => (name.to_owned(), Some(inside.to_owned())),
            (_, _) => (user, password.text()),
        };
    if name.is_empty() {
        return Err(format!("{from}: the name is empty; expected NAME or NAME:PASSWORD"));
    }
    Ok(Credentials::User { name, password: password.map(Secret::new) })
}
