//! Which profile is in use, and whether the servers are its servers.

use std::path::Path;

use super::given::{Given, Sources};
use crate::config::{self, ConfigFile, Profile, Servers, Transport};

/// The profile that was named, else the default one of the file, with the origin of its name.
///
/// # Errors
/// Names the profiles there are.
pub(super) fn chosen<'a>(
    file: Option<&'a ConfigFile>,
    looked_at: Option<&Path>,
    typed: Option<String>,
    sources: Sources<'_>,
) -> Result<Option<(&'a Profile, Given)>, String> {
    // An empty name asks for no profile, whatever the file says.
    if typed.as_deref() == Some("") {
        return Ok(None);
    }
    let given = match typed {
        Some(name) => Given::flag("--profile", Some(name)),
        None => sources.global("default_profile"),
    };
    let name = given.text_or("");
    match (given.is_given(), file) {
        (false, _) => Ok(None),
        (true, Some(file)) => {
            let profile =
                file.profile(&name).map_err(|error| format!("{}: {error}", given.name))?;
            Ok(Some((profile, given)))
        }
        (true, None) => {
            let place = looked_at.map_or_else(
                || "HOME and XDG_CONFIG_HOME are not set".to_owned(),
                |path| format!("{} is not there", path.display()),
            );
            Err(format!("--profile {name:?}: there is no configuration file: {place}"))
        }
    }
}

/// Whether a profile speaks of these servers: one address in common is enough, since they are
/// members of one cluster.
pub(super) fn leads_to(profile: &Profile, servers: &Servers) -> bool {
    let field = |name: &str| profile.fields.get(name).map(|written| written.text.as_str());
    match servers {
        Servers::Listed(urls) => {
            let list = field("endpoints").unwrap_or_default();
            // The scheme does not matter: it is the same server.
            let own =
                list.split(',').filter_map(|text| config::endpoint(text, Transport::Plain).ok());
            own.map(|url| address(&url)).any(|own| urls.iter().any(|url| address(url) == own))
        }
        Servers::Discovered(discovery) => {
            field("discovery_srv") == Some(discovery.domain.as_str())
                && field("discovery_srv_name") == discovery.service.as_deref()
        }
    }
}

/// Host and port of a URL, and the path of a proxy behind them, in one spelling.
fn address(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("http", url));
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let host = authority.to_lowercase();
    let named = host.rsplit(']').next().is_some_and(|tail| tail.contains(':'));
    match (named, scheme) {
        (true, _) => format!("{host}{path}"),
        (false, "https") => format!("{host}:443{path}"),
        (false, _) => format!("{host}:80{path}"),
    }
}

/// What the header calls the profile: only a cluster that is its own gets its name alone.
pub(super) fn label(profile: &Profile, servers: &Servers) -> String {
    let says_where = ["endpoints", "discovery_srv"].iter().any(|f| profile.fields.contains_key(f));
    if says_where && !leads_to(profile, servers) {
        format!("{} (other servers)", profile.name)
    } else {
        profile.name.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_has_one_spelling() {
        for (a, b) in [
            ("http://db:2379", "https://DB:2379"),
            ("https://db", "https://db:443"),
            ("http://[::1]", "http://[::1]:80"),
        ] {
            assert_eq!(address(a), address(b));
        }
        for (a, b) in [
            ("http://db:2379", "http://db:2380"),
            ("http://db", "https://db"),
            ("https://proxy/a", "https://proxy/b"),
            ("http://[::1]:2379", "http://[::1]"),
        ] {
            assert_ne!(address(a), address(b));
        }
    }
}
