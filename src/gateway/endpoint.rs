//! Endpoints: what was typed, made into the address that is called, and which one is in use.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch as signal;
use tokio::time::Instant;

use super::health::{Health, Record};
use crate::domain::escape;
use crate::store::{EndpointHealth, ErrorKind, StoreError};

/// The port etcd listens on for clients when nobody says otherwise.
const CLIENT_PORT: u16 = 2379;

/// One member's address.
#[derive(Debug)]
pub(super) struct Endpoint {
    /// `scheme://host:port`, possibly with the path of a proxy, without a slash at the end.
    url: String,
    /// Whether it ever gave an answer. A connection closed without a word means something else the
    /// first time (wrong scheme) than later (server killed).
    answered: AtomicBool,
}

impl Endpoint {
    /// Reads `HOST`, `HOST:PORT` or a URL. `scheme` is for those that have none.
    pub(super) fn parse(text: &str, scheme: &str) -> Result<Endpoint, StoreError> {
        let wrong = |what: &str| {
            let shown = escape::message(text);
            let message = format!(
                "endpoint \"{shown}\": {what}; expected HOST:PORT, http://HOST:PORT or https://HOST:PORT"
            );
            StoreError::new(ErrorKind::Invalid, message)
        };
        let text = text.trim();
        let (scheme, rest) = match text.split_once("://") {
            Some((given, rest)) if given.eq_ignore_ascii_case("http") => ("http", rest),
            Some((given, rest)) if given.eq_ignore_ascii_case("https") => ("https", rest),
            Some(("unix" | "unixs", _)) => return Err(wrong("unix sockets are not supported")),
            Some(_) => return Err(wrong("unknown scheme")),
            None => (scheme, text),
        };
        if rest.contains('@') {
            // The text is not shown here: what stands before the @ may be a password.
            let message =
                "an endpoint holds a user name or password; give them with --user instead";
            return Err(StoreError::new(ErrorKind::Invalid, message));
        }
        let (authority, path) = match rest.find('/') {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let (host, port) = split_port(authority).ok_or_else(|| wrong("the port is no number"))?;
        if host.is_empty() {
            return Err(wrong("there is no host"));
        }
        let url = format!("{scheme}://{host}:{port}{}", path.trim_end_matches('/'));
        match reqwest::Url::parse(&url) {
            Ok(parsed) if parsed.query().is_none() && parsed.fragment().is_none() => {
                Ok(Endpoint { url, answered: AtomicBool::new(false) })
            }
            Ok(_) => Err(wrong("a query has no meaning here")),
            Err(_) => Err(wrong("not an address")),
        }
    }

    /// The address, for people and as the beginning of every URL.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Whether the connection is encrypted.
    pub(super) fn is_tls(&self) -> bool {
        self.url.starts_with("https:")
    }

    /// Notes that it answered.
    pub(super) fn set_answered(&self) {
        self.answered.store(true, Ordering::Relaxed);
    }

    /// Whether it ever answered.
    pub(super) fn has_answered(&self) -> bool {
        self.answered.load(Ordering::Relaxed)
    }
}

/// Host and port; a bracketed IPv6 address keeps its brackets, a bare one gets them.
fn split_port(authority: &str) -> Option<(String, u16)> {
    if authority.starts_with('[') {
        let (host, port) = authority.split_at(authority.find(']')? + 1);
        return match port.strip_prefix(':') {
            Some(port) => Some((host.to_owned(), port.parse().ok()?)),
            None if port.is_empty() => Some((host.to_owned(), CLIENT_PORT)),
            None => None,
        };
    }
    match authority.split_once(':') {
        Some((_, rest)) if rest.contains(':') => Some((format!("[{authority}]"), CLIENT_PORT)),
        Some((host, port)) => Some((host.to_owned(), port.parse().ok()?)),
        None => Some((authority.to_owned(), CLIENT_PORT)),
    }
}

/// All endpoints, how they fare, and the one in use.
#[derive(Debug)]
pub(super) struct Endpoints {
    list: Vec<Endpoint>,
    health: Mutex<Health>,
    /// Tells those who wait that something about the health has changed.
    changed: signal::Sender<()>,
}

impl Endpoints {
    /// Reads the list.
    pub(super) fn parse(texts: &[String], scheme: &str) -> Result<Endpoints, StoreError> {
        let list: Result<Vec<_>, _> = texts.iter().map(|t| Endpoint::parse(t, scheme)).collect();
        let list = list?;
        if list.is_empty() {
            let message = "no endpoint is given; name at least one, for example 127.0.0.1:2379";
            return Err(StoreError::new(ErrorKind::Invalid, message));
        }
        let health = Mutex::new(Health::new(list.len()));
        Ok(Endpoints { list, health, changed: signal::Sender::new(()) })
    }

    /// How many there are; at least one.
    pub(super) fn len(&self) -> usize {
        self.list.len()
    }

    /// Each one, in the order given.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Endpoint> {
        self.list.iter()
    }

    /// The one with this number.
    pub(super) fn get(&self, index: usize) -> &Endpoint {
        &self.list[index % self.list.len()]
    }

    /// The number of the one in use.
    pub(super) fn current(&self) -> usize {
        self.health().current()
    }

    /// What is known of them. Nothing may be awaited while it is held.
    pub(super) fn health(&self) -> MutexGuard<'_, Health> {
        // Every change is done in one step, so a panic elsewhere leaves nothing half done.
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes what is known, and tells those who wait for it.
    pub(super) fn learn<T>(&self, change: impl FnOnce(&mut Health) -> T) -> T {
        let learned = change(&mut self.health());
        self.changed.send_replace(());
        learned
    }

    /// A call was answered there.
    pub(super) fn served(&self, index: usize) {
        let news = self.health().served(index, Instant::now());
        if news {
            self.changed.send_replace(());
        }
    }

    /// Wakes when something changes from now on.
    pub(super) fn changes(&self) -> signal::Receiver<()> {
        self.changed.subscribe()
    }

    /// What is known of each, for those outside.
    pub(super) fn told(&self) -> Vec<EndpointHealth> {
        let health = self.health();
        let told = |(index, (endpoint, record)): (usize, (&Endpoint, &Record))| EndpointHealth {
            url: endpoint.url().to_owned(),
            in_use: index == health.current(),
            state: record.state.clone(),
            latency: record.latency,
            status: record.status.clone(),
        };
        self.list.iter().zip(health.records()).enumerate().map(told).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_becomes_an_address() {
        let cases = [
            ("127.0.0.1:2379", "http://127.0.0.1:2379"),
            ("localhost", "http://localhost:2379"),
            (" etcd.example:1234/ ", "http://etcd.example:1234"),
            ("http://h", "http://h:2379"),
            ("HTTPS://h:443", "https://h:443"),
            ("http://h:80", "http://h:80"),
            ("[::1]:5", "http://[::1]:5"),
            ("[::1]", "http://[::1]:2379"),
            ("::1", "http://[::1]:2379"),
            ("https://proxy/etcd/", "https://proxy:2379/etcd"),
        ];
        for (text, url) in cases {
            assert_eq!(Endpoint::parse(text, "http").unwrap().url(), url, "{text}");
        }
        assert_eq!(Endpoint::parse("h:1", "https").unwrap().url(), "https://h:1");
    }

    #[test]
    fn what_is_no_address_is_refused_with_a_sentence() {
        for wrong in
            ["", "http://", ":2379", "h:port", "h:99999", "ftp://h", "unix://x", "h:1?x", "a b:1"]
        {
            let error = Endpoint::parse(wrong, "http").unwrap_err();
            assert_eq!(error.kind, ErrorKind::Invalid, "{wrong}");
            assert!(error.message.contains("expected HOST:PORT"), "{}", error.message);
        }
        let error = Endpoint::parse("http://root:hunter2@h:1", "http").unwrap_err();
        assert!(!error.message.contains("hunter2"), "{}", error.message);
    }
}
