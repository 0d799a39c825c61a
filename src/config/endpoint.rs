//! Where a server listens, as etcdctl users write it.

use std::fmt;

/// What is spoken with an endpoint that does not say so itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// http.
    Plain,
    /// https.
    Tls,
}

/// Reads an endpoint into a URL without a slash at the end: `10.0.0.1:2379`, `db`, `[::1]:2379`,
/// `https://db.example:2379`, `https://proxy.example/etcd`.
///
/// Without a scheme `transport` decides, and the port is 2379 unless given; with a scheme the port is
/// that of the scheme unless given.
///
/// # Errors
/// Says what is wrong with it.
pub fn endpoint(text: &str, transport: Transport) -> Result<String, EndpointError> {
    let wrong = |reason| Err(EndpointError { found: masked(text), reason });
    if text.is_empty() {
        return wrong("it is empty");
    }
    if text.chars().any(|c| c.is_whitespace() || c.is_control()) {
        return wrong("it holds blanks or control characters");
    }
    let (scheme, rest) = match text.split_once("://") {
        None => (None, text),
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            "http" => (Some("http"), rest),
            "https" => (Some("https"), rest),
            "unix" | "unixs" => return wrong("the gateway does not listen on Unix sockets"),
            _ => return wrong("expected http:// or https://"),
        },
    };
    if rest.contains(['?', '#']) {
        return wrong("a query or fragment has no place here");
    }
    let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    if authority.contains('@') {
        return wrong("give the user with --user");
    }
    let (host, port) = match host_and_port(authority) {
        Ok(parts) => parts,
        Err(reason) => return wrong(reason),
    };
    let path = path.trim_end_matches('/');
    let url = match (scheme, port, transport) {
        (Some(scheme), Some(port), _) => format!("{scheme}://{host}:{port}{path}"),
        (Some(scheme), None, _) => format!("{scheme}://{host}{path}"),
        (None, port, Transport::Plain) => format!("http://{host}:{}{path}", port.unwrap_or(2379)),
        (None, port, Transport::Tls) => format!("https://{host}:{}{path}", port.unwrap_or(2379)),
    };
    Ok(url)
}

fn host_and_port(authority: &str) -> Result<(&str, Option<u16>), &'static str> {
    const PORT: &str = "the port must be a number from 1 to 65535";
    let (host, port) = if authority.starts_with('[') {
        let end = authority.find(']').ok_or("the bracket is not closed")?;
        let (host, tail) = authority.split_at(end + 1);
        if host[1..end].parse::<std::net::Ipv6Addr>().is_err() {
            return Err("there is no IPv6 address in the brackets");
        }
        match tail {
            "" => (host, None),
            tail => (host, Some(tail.strip_prefix(':').ok_or("expected : and a port after ]")?)),
        }
    } else {
        match authority.split_once(':') {
            None => (authority, None),
            Some((_, port)) if port.contains(':') => {
                return Err("an IPv6 address stands in brackets, as in [::1]:2379");
            }
            Some((host, port)) => (host, Some(port)),
        }
    };
    let name = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_' | '[' | ']' | ':');
    if host.is_empty() {
        return Err("there is no host");
    }
    if !host.chars().all(name) {
        return Err("the host holds a character that no name or address has");
    }
    let port = port.map(|text| text.parse::<u16>().ok().filter(|port| *port > 0).ok_or(PORT));
    Ok((host, port.transpose()?))
}

/// What stands before an `@` may be a password.
fn masked(text: &str) -> String {
    match text.rsplit_once('@') {
        Some((_, host)) => format!("***@{host}"),
        None => text.to_owned(),
    }
}

/// An endpoint that cannot be one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndpointError {
    /// What was given.
    pub found: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is not an endpoint: {}; expected one like 127.0.0.1:2379 or https://host:2379",
            self.found, self.reason
        )
    }
}

impl std::error::Error for EndpointError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_become_urls() {
        for (text, url) in [
            ("127.0.0.1:2379", "http://127.0.0.1:2379"),
            ("db", "http://db:2379"),
            ("db_1.local:80", "http://db_1.local:80"),
            ("[::1]:2379", "http://[::1]:2379"),
            ("[fe80::1]", "http://[fe80::1]:2379"),
            ("http://db:2379/", "http://db:2379"),
            ("HTTPS://db", "https://db"),
            ("https://proxy/etcd/", "https://proxy/etcd"),
        ] {
            assert_eq!(endpoint(text, Transport::Plain).as_deref(), Ok(url), "{text}");
        }
        assert_eq!(endpoint("db:1", Transport::Tls).as_deref(), Ok("https://db:1"));
        assert_eq!(endpoint("http://db:1", Transport::Tls).as_deref(), Ok("http://db:1"));
    }

    #[test]
    fn what_is_none_is_refused_with_the_reason() {
        for (text, reason) in [
            ("", "empty"),
            ("a b", "blanks"),
            ("ftp://db", "http://"),
            ("unix:///tmp/x", "Unix"),
            ("::1:2379", "brackets"),
            ("[::1", "closed"),
            ("[x]:1", "IPv6"),
            ("[::1]2379", "port"),
            ("db:0", "port"),
            ("db:65536", "port"),
            ("db:", "port"),
            (":2379", "no host"),
            ("http://", "no host"),
            ("db?x", "query"),
            ("d\"b", "character"),
        ] {
            let error = endpoint(text, Transport::Plain).expect_err(text).to_string();
            assert!(error.contains(reason), "{text}: {error}");
        }
        let error = endpoint("http://root:secret@db", Transport::Plain).expect_err("a user");
        assert!(!error.to_string().contains("secret"), "{error}");
    }
}
