//! What a call is: where to, how it may be treated, and how long it may take.

use std::time::Duration;

use super::options::GatewayOptions;

/// The least time that calls get which may keep the server busy: it computes the whole answer before
/// it sends the first byte, which took 18 s for a million keys.
pub const LONG_CALL: Duration = Duration::from_secs(30);

/// What sending a call twice does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Nothing more than sending it once: it may be tried again elsewhere.
    Harmless,
    /// It might change something twice.
    Never,
}

/// How long the server may think.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Patience {
    /// The command timeout.
    Ordinary,
    /// At least [`LONG_CALL`].
    Long,
    /// Without limit once the connection stands: somebody else decides when there is an answer. Such
    /// a call has a connection for itself, as a stream has.
    Endless,
}

/// What becomes of a call at a member that has lost its leader.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leader {
    /// It is answered, or fails by itself.
    Any,
    /// It is to be ended: a stream would be silent for ever.
    Required,
}

/// When an endpoint is given up by those who wait there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Waiting {
    /// When it gives no sign of life, or is left for a healthy one: without a sign of its own this
    /// would wait for ever.
    ForEver,
    /// When it is left for a healthy one, where the call can be made again. It has a limit anyway.
    AtMost,
}

/// A call: where to, and how it may be treated.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call {
    pub(super) path: &'static str,
    pub(super) repeat: Repeat,
    pub(super) patience: Patience,
    pub(super) leader: Leader,
}

impl Call {
    /// A call that changes nothing.
    pub(super) const fn read(path: &'static str) -> Call {
        Call { path, repeat: Repeat::Harmless, patience: Patience::Ordinary, leader: Leader::Any }
    }

    /// A call that changes something.
    pub(super) const fn write(path: &'static str) -> Call {
        Call { repeat: Repeat::Never, ..Call::read(path) }
    }

    /// The same call, ended by a member that has lost its leader.
    pub(super) const fn with_leader(self) -> Call {
        Call { leader: Leader::Required, ..self }
    }

    /// The same call for an answer that takes long.
    pub(super) const fn long(self) -> Call {
        Call { patience: Patience::Long, ..self }
    }

    /// The same call for an answer that comes when somebody else makes room.
    pub(super) const fn endless(self) -> Call {
        Call { patience: Patience::Endless, ..self }
    }
}

/// How the parts of a call are limited in time.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) dial: Duration,
    pub(super) command: Duration,
    /// After so much silence an endpoint is asked whether it is still there.
    pub(super) silence: Duration,
    /// It has so long to answer that.
    pub(super) sign: Duration,
}

impl Limits {
    /// Zero means "no limit" to etcdctl; a day is as good, and can be added to.
    pub(super) fn of(options: &GatewayOptions) -> Limits {
        let limit = |given: Duration| {
            let endless = Duration::from_secs(24 * 60 * 60);
            if given.is_zero() { endless } else { given.min(endless) }
        };
        Limits {
            dial: limit(options.dial_timeout),
            command: limit(options.command_timeout),
            silence: limit(options.keepalive_time),
            sign: limit(options.keepalive_timeout),
        }
    }

    /// Between two pieces of an answer that has begun.
    pub(super) fn gap(&self, patience: Patience) -> Duration {
        match patience {
            Patience::Ordinary | Patience::Endless => self.command,
            Patience::Long => self.command.max(LONG_CALL),
        }
    }

    /// Until the headers: the connection, the request on its way (64 KiB/s at the least), the answer.
    /// `None` where only the connection is limited, which the client sees to.
    pub(super) fn headers(&self, patience: Patience, size: usize) -> Option<Duration> {
        let limit = self.dial + self.gap(patience) + Duration::from_secs((size >> 16) as u64);
        (patience != Patience::Endless).then_some(limit)
    }
}
