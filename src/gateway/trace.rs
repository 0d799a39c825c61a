//! Requests as lines of the log file: which call, where, how it went, how long it took. Never what it
//! was about: keys, values, names and tokens stay out.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use super::transport::Failure;
use crate::log::{Level, Log};

/// Writes to the log, and knows which endpoints answered last.
#[derive(Debug, Default)]
pub(super) struct Trace {
    log: Log,
    answering: Mutex<HashMap<String, bool>>,
}

impl Trace {
    pub(super) fn new(log: Log) -> Trace {
        Trace { log, answering: Mutex::default() }
    }

    /// A request has an answer that begins with this status, or none.
    pub(super) fn note(
        &self,
        url: &str,
        path: &str,
        took: Duration,
        outcome: Result<u16, &Failure>,
    ) {
        if !self.log.is_open() {
            return;
        }
        self.note_endpoint(url, outcome);
        let level = match outcome {
            Ok(status) if status < 400 => Level::Debug,
            Ok(_) | Err(_) => Level::Error,
        };
        self.log.line(level, || {
            let how = match outcome {
                Ok(status) => status.to_string(),
                Err(failure) => format!("no answer ({:?})", failure.error.kind),
            };
            format!("POST {path} at {url}: {how} after {} ms", took.as_millis())
        });
    }

    fn note_endpoint(&self, url: &str, outcome: Result<u16, &Failure>) {
        let mut answering = self.answering.lock().unwrap_or_else(PoisonError::into_inner);
        if answering.insert(url.to_owned(), outcome.is_ok()) == Some(outcome.is_ok()) {
            return;
        }
        self.log.line(Level::Info, || match outcome {
            Ok(_) => format!("{url} answers"),
            Err(failure) => format!("{url} does not answer ({:?})", failure.error.kind),
        });
    }
}
