//! How etcdctl is called, so that it reaches the servers that are used here.

use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use super::quote::quote;

/// What stands before the arguments of etcdctl: variables for this one call.
///
/// Variables and not flags, because etcdctl ends at once where a variable of the shell and a flag say
/// the same thing, and whoever starts this program with etcdctl's variables has them in the shell.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Etcdctl {
    /// Where the servers are, or how they are found: `NAME=WORD`, quoted.
    place: Vec<String>,
    /// The rest, likewise.
    variables: Vec<String>,
    /// How curl is told the same.
    curl: Vec<String>,
    /// Where the gateway is.
    gateway: Option<String>,
    /// Whether the gateway asks for a user, which curl could not be.
    closed: bool,
}

impl Etcdctl {
    /// For these endpoints; for none, whatever the shell says.
    pub fn new(endpoints: &[String]) -> Etcdctl {
        Etcdctl::default().at(endpoints)
    }

    /// For servers that etcdctl is to find by DNS itself.
    pub fn discovering(domain: &str, service: Option<&str>, insecure: bool) -> Etcdctl {
        let mut place = vec![variable("DISCOVERY_SRV", domain.as_bytes())];
        place.extend(service.map(|name| variable("DISCOVERY_SRV_NAME", name.as_bytes())));
        place.push(variable("INSECURE_DISCOVERY", if insecure { b"true" } else { b"false" }));
        Etcdctl { place, ..Etcdctl::default() }
    }

    /// The same for these endpoints.
    #[must_use]
    pub fn at(self, endpoints: &[String]) -> Etcdctl {
        let mut place = Vec::new();
        if !endpoints.is_empty() {
            place.push(variable("ENDPOINTS", endpoints.join(",").as_bytes()));
        }
        if endpoints.iter().any(|url| url.starts_with("https:")) {
            // Without it and without a file etcdctl speaks plainly, whatever the URL says.
            place.push(variable("INSECURE_TRANSPORT", b"false"));
        }
        Etcdctl { place, gateway: endpoints.first().cloned(), ..self }
    }

    /// As this user. The password is never part of a line: the shell has it in `ETCDCTL_PASSWORD`,
    /// without which the line fails at once (etcdctl would ask, and take the transaction on its input
    /// for the answer). Where the shell has both in `ETCDCTL_USER` the line leaves that alone.
    #[must_use]
    pub fn user(mut self, name: &str, shell_has_both: bool) -> Etcdctl {
        if !shell_has_both {
            self.set("USER", name.as_bytes());
            self.variables.push("ETCDCTL_PASSWORD=\"${ETCDCTL_PASSWORD:?}\"".to_owned());
        }
        self.closed = true;
        self
    }

    /// The same as another user, whose password the shell need not have.
    #[must_use]
    pub fn as_user(mut self, name: &str) -> Etcdctl {
        let of_user = |variable: &String| {
            variable.starts_with("ETCDCTL_USER=") || variable.starts_with("ETCDCTL_PASSWORD=")
        };
        self.variables.retain(|variable| !of_user(variable));
        self.user(name, false)
    }

    /// With a token, which the shell has in `ETCDCTL_AUTH_JWT_TOKEN`.
    #[must_use]
    pub fn token(mut self) -> Etcdctl {
        self.closed = true;
        self
    }

    /// Trusting the certificates of this file.
    #[must_use]
    pub fn ca(mut self, path: &Path) -> Etcdctl {
        self.file("CACERT", "--cacert", path);
        self
    }

    /// With a certificate and its key.
    #[must_use]
    pub fn identity(mut self, cert: &Path, key: &Path) -> Etcdctl {
        self.file("CERT", "--cert", cert);
        self.file("KEY", "--key", key);
        self
    }

    /// Without a look at the server's certificate.
    #[must_use]
    pub fn skip_verify(mut self) -> Etcdctl {
        self.set("INSECURE_SKIP_TLS_VERIFY", b"true");
        self.curl.push("--insecure".to_owned());
        self
    }

    fn file(&mut self, name: &str, flag: &str, path: &Path) {
        let bytes = path.as_os_str().as_bytes();
        self.set(name, bytes);
        self.curl.push(format!("{flag} {}", quote(bytes)));
    }

    fn set(&mut self, name: &str, value: &[u8]) {
        self.variables.push(variable(name, value));
    }

    /// The call up to where its arguments begin.
    pub(super) fn command(&self) -> String {
        let words: Vec<&str> =
            self.place.iter().chain(&self.variables).map(String::as_str).collect();
        [&words[..], &["etcdctl"]].concat().join(" ")
    }

    /// The call of curl, and the URL of the gateway; none where it would need a token.
    pub(super) fn curl(&self) -> Option<(String, &str)> {
        let url = self.gateway.as_deref().filter(|_| !self.closed)?;
        let words: Vec<&str> =
            ["curl", "-sS"].into_iter().chain(self.curl.iter().map(String::as_str)).collect();
        Some((words.join(" "), url))
    }
}

fn variable(name: &str, value: &[u8]) -> String {
    format!("ETCDCTL_{name}={}", quote(value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn etcdctl_is_called_as_the_program_was() {
        let endpoints = ["https://a:2379".to_owned(), "https://b:2379".to_owned()];
        let etcdctl = Etcdctl::new(&endpoints).ca(Path::new("/tls/my ca.pem"));
        let etcdctl = etcdctl.identity(Path::new("c"), Path::new("k"));
        assert_eq!(
            etcdctl.command(),
            "ETCDCTL_ENDPOINTS=https://a:2379,https://b:2379 ETCDCTL_INSECURE_TRANSPORT=false \
             ETCDCTL_CACERT='/tls/my ca.pem' ETCDCTL_CERT=c ETCDCTL_KEY=k etcdctl"
        );
        let curl = etcdctl.curl().expect("nobody has to log in");
        assert_eq!(curl.0, "curl -sS --cacert '/tls/my ca.pem' --cert c --key k");
        assert_eq!(curl.1, "https://a:2379");
        assert_eq!(Etcdctl::default().command(), "etcdctl");
        assert_eq!(Etcdctl::default().curl(), None);
    }

    #[test]
    fn servers_that_are_not_found_yet_are_found_by_etcdctl() {
        let etcdctl = Etcdctl::discovering("example.com", Some("blue"), false);
        let etcdctl = etcdctl.ca(Path::new("ca.pem"));
        assert_eq!(
            etcdctl.command(),
            "ETCDCTL_DISCOVERY_SRV=example.com ETCDCTL_DISCOVERY_SRV_NAME=blue \
             ETCDCTL_INSECURE_DISCOVERY=false ETCDCTL_CACERT=ca.pem etcdctl"
        );
        assert_eq!(etcdctl.curl(), None);
        let found = etcdctl.at(&["http://a:2379".to_owned()]);
        assert_eq!(
            found.command(),
            "ETCDCTL_ENDPOINTS=http://a:2379 ETCDCTL_CACERT=ca.pem etcdctl"
        );
        assert_eq!(found.curl().map(|(_, url)| url), Some("http://a:2379"));
    }

    #[test]
    fn a_password_is_never_part_of_a_line() {
        let url = ["http://a:2379".to_owned()];
        assert_eq!(
            Etcdctl::new(&url).user("o'brien", false).command(),
            "ETCDCTL_ENDPOINTS=http://a:2379 ETCDCTL_USER='o'\\''brien' \
             ETCDCTL_PASSWORD=\"${ETCDCTL_PASSWORD:?}\" etcdctl"
        );
        let both = Etcdctl::new(&url).user("root", true);
        assert_eq!(both.command(), "ETCDCTL_ENDPOINTS=http://a:2379 etcdctl");
        assert_eq!(both.curl(), None);
    }
}
