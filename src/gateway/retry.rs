//! Whether a failed call is tried again, and where.

use tokio::time::Instant;

use super::call::Repeat;
use super::endpoint::Endpoints;
use super::transport::{Failure, Phase};
use crate::store::{ErrorKind, StoreError};

/// The attempts of one call. It starts at the endpoint in use; what fails there moves every later
/// call on as well, where there is an endpoint that is no worse.
#[derive(Debug)]
pub(super) struct Attempts<'a> {
    endpoints: &'a Endpoints,
    repeat: Repeat,
    index: usize,
    tried: Vec<usize>,
    /// Where a connection broke that had been kept: a new one may stand at once.
    anew: Option<usize>,
    failures: Vec<StoreError>,
    repeated: bool,
}

impl<'a> Attempts<'a> {
    pub(super) fn new(endpoints: &'a Endpoints, repeat: Repeat) -> Attempts<'a> {
        Attempts {
            endpoints,
            repeat,
            index: endpoints.current(),
            tried: Vec::new(),
            anew: None,
            failures: Vec::new(),
            repeated: false,
        }
    }

    /// Where to call now.
    pub(super) fn index(&self) -> usize {
        self.index
    }

    /// Takes the failure of the attempt at [`Attempts::index`] and moves on to another endpoint, or
    /// gives up with what is to be told.
    pub(super) fn failed(&mut self, failure: Failure) -> Result<(), StoreError> {
        let Failure { error, phase } = failure;
        let index = self.index;
        self.tried.push(index);
        match (phase, error.kind) {
            (
                Phase::NotSent,
                ErrorKind::WrongPassword | ErrorKind::PermissionDenied | ErrorKind::CommonName,
            ) => {
                return Err(error);
            }
            (Phase::NotSent, _) => {
                let reason = error.clone();
                self.endpoints.learn(|health| health.unreachable(index, reason, Instant::now()));
            }
            (Phase::Broken | Phase::Silent, _) | (Phase::Answered, ErrorKind::Unavailable) => {
                self.endpoints.learn(|health| health.suspect(index));
                if self.repeat == Repeat::Never || self.repeated {
                    return Err(error);
                }
                self.repeated = true;
                if phase == Phase::Broken && error.kind == ErrorKind::Unknown {
                    self.anew = Some(index);
                }
            }
            (Phase::Answered, _) => return Err(error),
        }
        self.failures.push(error);
        let next = self.endpoints.health().after(&self.tried);
        if let Some(next) = next.or_else(|| self.anew.take()) {
            if let Some(at) = self.tried.iter().position(|tried| *tried == next) {
                // What comes of it now is what is told of this endpoint.
                self.tried.remove(at);
                self.failures.remove(at);
            }
            self.index = next;
            return Ok(());
        }
        Err(none_reached(std::mem::take(&mut self.failures)))
    }
}

/// One error for all endpoints that cannot be used; there must be one at least.
pub(super) fn none_reached(mut errors: Vec<StoreError>) -> StoreError {
    if errors.len() == 1 {
        return errors.remove(0);
    }
    let same = errors.iter().all(|error| error.kind == errors[0].kind);
    let kind = if same { errors[0].kind } else { ErrorKind::Unreachable };
    let reasons: Vec<&str> = errors.iter().map(|error| error.message.as_str()).collect();
    let message =
        format!("none of the {} endpoints can be used: {}", errors.len(), reasons.join("; "));
    StoreError::new(kind, message)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoints(names: &[&str]) -> Endpoints {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Endpoints::parse(&names, "http").unwrap()
    }

    fn failure(phase: Phase, kind: ErrorKind) -> Failure {
        Failure::new(phase, kind, "x")
    }

    #[test]
    fn what_was_not_sent_goes_round_once() {
        let endpoints = endpoints(&["a", "b", "c"]);
        for repeat in [Repeat::Harmless, Repeat::Never] {
            let mut attempts = Attempts::new(&endpoints, repeat);
            for _ in 0..2 {
                let next = (attempts.index() + 1) % 3;
                attempts.failed(failure(Phase::NotSent, ErrorKind::Unreachable)).unwrap();
                assert_eq!(attempts.index(), next);
            }
            let error = attempts.failed(failure(Phase::NotSent, ErrorKind::Unreachable));
            assert_eq!(error.unwrap_err().kind, ErrorKind::Unreachable);
        }
    }

    #[test]
    fn a_write_that_may_have_happened_is_not_repeated_but_the_endpoint_is_left() {
        for (phase, kind) in [
            (Phase::Broken, ErrorKind::Unknown),
            (Phase::Silent, ErrorKind::Unknown),
            (Phase::Answered, ErrorKind::Unavailable),
        ] {
            let endpoints = endpoints(&["a", "b"]);
            let mut attempts = Attempts::new(&endpoints, Repeat::Never);
            assert_eq!(attempts.failed(failure(phase, kind)).unwrap_err().kind, kind);
            assert_eq!(endpoints.current(), 1);
        }
    }

    #[test]
    fn a_read_is_repeated_once() {
        for (phase, kind, alone) in [
            (Phase::Broken, ErrorKind::Unknown, true),
            (Phase::Silent, ErrorKind::Unknown, false),
            (Phase::Answered, ErrorKind::Unavailable, false),
        ] {
            let two = endpoints(&["a", "b"]);
            let mut attempts = Attempts::new(&two, Repeat::Harmless);
            attempts.failed(failure(phase, kind)).unwrap();
            assert_eq!(attempts.index(), 1);
            attempts.failed(failure(phase, kind)).unwrap_err();

            let one = endpoints(&["a"]);
            let mut attempts = Attempts::new(&one, Repeat::Harmless);
            assert_eq!(attempts.failed(failure(phase, kind)).is_ok(), alone, "{phase:?}");
        }
    }

    #[test]
    fn a_kept_connection_that_broke_is_made_anew_when_there_is_nobody_else() {
        let endpoints = endpoints(&["a", "b"]);
        let mut attempts = Attempts::new(&endpoints, Repeat::Harmless);
        attempts.failed(failure(Phase::Broken, ErrorKind::Unknown)).unwrap();
        assert_eq!(attempts.index(), 1);
        attempts.failed(failure(Phase::NotSent, ErrorKind::Unreachable)).unwrap();
        assert_eq!(attempts.index(), 0);
        let error = attempts.failed(failure(Phase::NotSent, ErrorKind::Unreachable)).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unreachable, "{error}");
    }

    #[test]
    fn what_the_server_refuses_is_not_asked_again() {
        let endpoints = endpoints(&["a", "b"]);
        let mut attempts = Attempts::new(&endpoints, Repeat::Harmless);
        attempts.failed(failure(Phase::Answered, ErrorKind::PermissionDenied)).unwrap_err();
        assert_eq!(endpoints.current(), 0);
    }
}
