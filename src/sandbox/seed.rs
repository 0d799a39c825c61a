//! What the demo starts with: `assets/demo.json`, played as writes so that keys have a history.
//!
//! Bytes that are not UTF-8 stand in it under the same name with `_base64` behind it. A `json` value
//! is stored as the document, indented. A key may be written several times, or deleted again.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Deserialize;
use tokio::time::Instant;

use super::kubernetes::{self, Kubernetes};
use super::{Sandbox, State, check};
use crate::domain::txn::PutRequest;
use crate::domain::{Key, KeyRange, LeaseId};

const DEMO: &str = include_str!("../../assets/demo.json");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Seed {
    leases: Vec<SeedLease>,
    writes: Vec<Write>,
    kubernetes: Kubernetes,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SeedLease {
    id: String,
    ttl: i64,
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Write {
    key: String,
    key_base64: String,
    value: String,
    value_base64: String,
    json: Option<serde_json::Value>,
    lease: String,
    delete: bool,
}

impl Sandbox {
    /// A store with sample data that shows everything: configuration with a history, services on
    /// leases, a lock with a queue, some hundred generated keys, and the odd keys and values that
    /// break other programs. The leases run out unless [`start_traffic`](Sandbox::start_traffic)
    /// keeps them alive.
    pub fn demo() -> Sandbox {
        let mut state = State::default();
        state.sow(DEMO).expect("assets/demo.json is part of the program, and a test reads it");
        Sandbox::holding(state)
    }
}

impl State {
    /// Plays a seed; the error says what of it cannot be read.
    fn sow(&mut self, text: &str) -> Result<(), String> {
        let seed: Seed = serde_json::from_str(text).map_err(|error| error.to_string())?;
        let now = Instant::now();
        for lease in seed.leases {
            let id = lease_id(&lease.id)?;
            self.lessor.grant(lease.ttl, id, now).map_err(|error| error.to_string())?;
        }
        for (key, value) in kubernetes::objects(&seed.kubernetes) {
            self.write(PutRequest::new(key.into_bytes(), value))?;
        }
        for write in seed.writes {
            let key = if write.key_base64.is_empty() {
                Key::from(write.key.as_str())
            } else {
                Key::new(bytes(&write.key_base64)?)
            };
            if write.delete {
                self.history.delete(&KeyRange::single(key));
                self.history.commit();
                continue;
            }
            let value = match write.json {
                Some(document) => format!("{document:#}").into_bytes(),
                None if write.value_base64.is_empty() => write.value.into_bytes(),
                None => bytes(&write.value_base64)?,
            };
            let lease =
                if write.lease.is_empty() { LeaseId::NONE } else { lease_id(&write.lease)? };
            self.write(PutRequest::new(key, value).lease(lease))?;
        }
        Ok(())
    }

    fn write(&mut self, request: PutRequest) -> Result<(), String> {
        check::put(&request)
            .and_then(|()| self.check_lease(request.lease))
            .map_err(|error| format!("{}: {error}", request.key))?;
        self.put(request);
        self.history.commit();
        Ok(())
    }
}

fn bytes(base64: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(base64).map_err(|error| format!("{base64}: {error}"))
}

fn lease_id(hex: &str) -> Result<LeaseId, String> {
    hex.parse().map_err(|error| format!("{hex}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_demo_holds_one_of_everything() {
        let sandbox = Sandbox::demo();
        let state = sandbox.shared.lock();
        let entries: Vec<_> =
            state.history.range(&KeyRange::all(), state.history.revision()).cloned().collect();
        assert!((200..600).contains(&entries.len()), "{} keys", entries.len());
        let any = |what: &str, is: &dyn Fn(&crate::domain::Entry) -> bool| {
            assert!(entries.iter().any(|entry| is(entry)), "no entry {what}");
        };
        any("on a lease", &|entry| entry.lease.is_some());
        any("with a history", &|entry| entry.version.0 >= 3);
        any("with a key that is no text", &|entry| {
            std::str::from_utf8(entry.key.as_bytes()).is_err()
        });
        any("with an escape sequence", &|entry| entry.key.as_bytes().contains(&0x1b));
        any("with an empty value", &|entry| entry.value.is_empty());
        any("of Kubernetes", &|entry| entry.value.starts_with(b"k8s\0"));
        any("of some 40 KiB", &|entry| (36 << 10..44 << 10).contains(&entry.value.len()));
        any("that is a directory too", &|entry| entry.key == Key::from("/app"));
        let queue = KeyRange::prefix("/locks/migrate/");
        assert_eq!(state.history.range(&queue, state.history.revision()).count(), 2);
    }

    #[test]
    fn a_seed_that_cannot_be_read_is_named() {
        let mut state = State::default();
        let wrong = state.sow(r#"{"leases":[{"id":"xyz","ttl":1}],"writes":[]}"#);
        assert!(wrong.expect_err("kubernetes is missing").contains("kubernetes"));
        assert!(bytes("no base64").is_err() && lease_id("xyz").is_err());
    }
}
