//! What the flags and variables shared with etcdctl mean together.

use std::path::PathBuf;
use std::time::Duration;

use super::args::ConnectionArgs;
use super::effective::{Effective, MASKED};
use super::given::{Given, Rank, Sources};
use crate::config::{self, Connection, Credentials, Discovery, Servers, Tls, Transport};
use crate::domain::Secret;

const DEFAULT_ENDPOINT: &str = "127.0.0.1:2379";
const DIAL_TIMEOUT: Duration = Duration::from_secs(2);
const COMMAND_TIMEOUT: Duration = Duration::from_secs(5);
const KEEPALIVE_TIME: Duration = Duration::from_secs(2);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(6);

pub(super) fn connection(
    args: ConnectionArgs,
    sources: Sources<'_>,
    effective: &mut Effective,
) -> Result<Connection, String> {
    let find = |flag: &str, typed: Option<String>| sources.find(flag, typed);
    let typed = (!args.endpoints.is_empty()).then(|| args.endpoints.join(","));
    let asked = Asked {
        endpoints: find("--endpoints", typed)?,
        domain: find("--discovery-srv", args.discovery_srv)?,
        service: find("--discovery-srv-name", args.discovery_srv_name)?,
        insecure: find("--insecure-discovery", args.insecure_discovery)?,
    };

    let ca = find("--cacert", args.cacert)?;
    let cert = find("--cert", args.cert)?;
    let key = find("--key", args.key)?;
    let insecure = find("--insecure-transport", args.insecure_transport)?;
    let skip = find("--insecure-skip-tls-verify", args.insecure_skip_tls_verify)?;
    // As etcdctl: naming any TLS file asks for TLS.
    let files = ca.is_given() || cert.is_given() || key.is_given();
    let plain = insecure.boolean()?.unwrap_or(true) && !files;
    let transport = if plain { Transport::Plain } else { Transport::Tls };
    let servers = servers(asked, transport, effective)?;

    let user = find("--user", args.user)?;
    let password = find("--password", args.password)?;
    let token = find("--auth-jwt-token", args.auth_jwt_token)?;
    let credentials = credentials(user, password, token, effective)?;

    for (name, given) in [("cacert", &ca), ("cert", &cert), ("key", &key)] {
        effective.given(name, given.text_or(""), given);
    }
    let identity = match (cert.is_given(), key.is_given()) {
        (true, false) => return Err(format!("{} needs --key (or ETCDCTL_KEY) too", cert.name)),
        (false, true) => return Err(format!("{} needs --cert (or ETCDCTL_CERT) too", key.name)),
        _ => cert.text().map(PathBuf::from).zip(key.text().map(PathBuf::from)),
    };
    let told = if files { "false".to_owned() } else { plain.to_string() };
    let why = if files { "TLS files are named".to_owned() } else { insecure.origin.clone() };
    effective.add("insecure_transport", told, why);
    let skip_verify = skip.boolean()?.unwrap_or(false);
    effective.given("insecure_skip_tls_verify", skip_verify.to_string(), &skip);
    let tls = Tls { ca: ca.text().map(PathBuf::from), identity, skip_verify };

    let mut limit = |name: &'static str, given: Given, default: Duration| {
        let limit = given.limit()?.unwrap_or(default);
        effective.given(name, format!("{limit:?}"), &given);
        Ok::<Duration, String>(limit)
    };
    let dial = find("--dial-timeout", args.dial_timeout)?;
    let command = find("--command-timeout", args.command_timeout)?;
    let answer = find("--keepalive-timeout", args.keepalive_timeout)?;
    let dial_timeout = limit("dial_timeout", dial, DIAL_TIMEOUT)?;
    let command_timeout = limit("command_timeout", command, COMMAND_TIMEOUT)?;
    let keepalive_timeout = limit("keepalive_timeout", answer, KEEPALIVE_TIMEOUT)?;
    let silence = find("--keepalive-time", args.keepalive_time)?;
    let keepalive_time = silence.duration()?.unwrap_or(KEEPALIVE_TIME);
    effective.given("keepalive_time", format!("{keepalive_time:?}"), &silence);
    Ok(Connection {
        servers,
        credentials,
        tls,
        dial_timeout,
        command_timeout,
        keepalive_time,
        keepalive_timeout,
    })
}

/// What was said of where the servers are.
struct Asked {
    endpoints: Given,
    domain: Given,
    service: Given,
    insecure: Given,
}

/// As etcdctl, DNS comes first; but a flag that names servers beats a variable that names a domain,
/// and both beat the profile.
fn servers(
    asked: Asked,
    transport: Transport,
    effective: &mut Effective,
) -> Result<Servers, String> {
    let Asked { endpoints, domain, service, insecure } = asked;
    if !domain.is_given() || domain.rank < endpoints.rank {
        let urls = urls(endpoints.clone(), transport)?;
        effective.given("endpoints", urls.join(" "), &endpoints);
        return Ok(Servers::Listed(urls));
    }
    effective.given("discovery_srv", domain.text_or(""), &domain);
    effective.given("discovery_srv_name", service.text_or(""), &service);
    let both = insecure.boolean()?.unwrap_or(true);
    effective.given("insecure_discovery", both.to_string(), &insecure);
    let service = service.label()?;
    let domain = domain.domain()?;
    Ok(Servers::Discovered(Discovery { domain, service, insecure: both }))
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
fn credentials(
    user: Given,
    password: Given,
    token: Given,
    effective: &mut Effective,
) -> Result<Credentials, String> {
    let (from, rank) = (user.name.clone(), user.rank);
    if token.is_given() && user.is_given() && token.rank == rank {
        return Err(format!("{from} and {}: give one of them", token.name));
    }
    if token.is_given() && token.rank > rank {
        effective.given("auth_jwt_token", MASKED, &token);
        return Ok(token
            .text()
            .map_or(Credentials::None, |text| Credentials::Token(Secret::new(text))));
    }
    let origin = user.origin.clone();
    let Some(user) = user.text() else {
        effective.add("user", "", "default");
        // A variable may be left over; a flag was meant.
        return match password.rank {
            Rank::Flag => Err("--password needs --user (or ETCDCTL_USER) too".to_owned()),
            Rank::Environment | Rank::File | Rank::Default => Ok(Credentials::None),
        };
    };
    let own = password.is_given() && password.rank >= rank;
    let password_origin = if password.is_given() { password.origin.clone() } else { String::new() };
    // As etcdctl: beside a password of its own the user is a name as a whole, colons and all.
    let (name, password, password_origin) = match (own, user.split_once(':')) {
        (false, Some((name, inside))) => (name.to_owned(), Some(inside.to_owned()), origin.clone()),
        (_, _) => (user, password.text(), password_origin),
    };
    if name.is_empty() {
        return Err(format!("{from}: the name is empty; expected NAME or NAME:PASSWORD"));
    }
    effective.add("user", name.clone(), origin);
    match &password {
        Some(_) => effective.add("password", MASKED, password_origin),
        None => effective.add("password", "", "asked for at the start"),
    }
    Ok(Credentials::User { name, password: password.map(Secret::new) })
}
