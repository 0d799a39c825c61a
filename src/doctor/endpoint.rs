//! One endpoint: from its name to its database, as far as each step carries.

use super::chart::Chart;
use super::{auth, network, server, tls};
use crate::gateway::examine::Examination;
use crate::store::{ErrorKind, Status, StoreError};

/// What can be looked at over a connection, for the line that says that it was not.
const OVER_HTTP: [&str; 8] =
    ["version", "clock", "gateway", "auth", "leader", "database", "round trips", "reads"];

/// An endpoint that answered, for what is asked of the cluster as a whole.
pub(super) struct Visit {
    pub(super) examination: Examination,
    pub(super) status: Status,
    /// The version it told, where it told one.
    pub(super) version: Option<String>,
}

/// Looks at an endpoint; nothing comes back where the member did not tell how it fares.
pub(super) async fn examine(mut examination: Examination, chart: &Chart<'_>) -> Option<Visit> {
    let Some(address) = network::examine(&examination, chart).await else {
        let rest: Vec<_> = std::iter::once("TLS").chain(OVER_HTTP).collect();
        chart.skip_all(&rest, "there is no connection");
        return None;
    };
    if !tls::examine(&examination, address, chart).await {
        chart.skip_all(&OVER_HTTP, "there is no TLS connection");
        return None;
    }
    let greeting = match examination.greet().await {
        Ok(greeting) => Ok(greeting),
        Err(error) if is_an_answer(&error) => Err(error),
        Err(error) => {
            let about_tls = error.kind == ErrorKind::Tls && examination.is_tls();
            let check = if about_tls { "TLS" } else { "HTTP" };
            chart.fail_by(check, &error);
            chart.skip_all(&OVER_HTTP, "the server does not answer");
            return None;
        }
    };
    if let Ok(greeting) = &greeting {
        server::version(greeting, chart);
        server::clock(greeting, chart);
    }
    let Some(wanted) = gateway(&examination, chart).await else {
        chart.skip_all(&OVER_HTTP[3..], "the gateway does not answer");
        return None;
    };
    if let Err(error) = &greeting {
        let why = format!("the server does not tell it: {}", error.message);
        for check in &OVER_HTTP[..2] {
            chart.skip(check, &why);
        }
    }
    // Before 3.4.42, 3.5.28 and 3.6.9 the status is told to strangers too.
    let early = examination.status().await.ok();
    let led = early.is_none_or(|told| told.status.leader != 0);
    let local = address.ip().is_loopback();
    auth::examine(&mut examination, wanted, local, led, chart).await;
    let told = match examination.status().await {
        Ok(told) => told,
        Err(error) => {
            let rest = ["leader", "database", "round trips", "reads"];
            if error.kind == ErrorKind::Unauthenticated {
                chart.skip_all(&rest, "nobody is logged in");
            } else {
                chart.fail_by("status", &error);
                chart.skip_all(&rest, "the member does not tell how it fares");
            }
            return None;
        }
    };
    server::member(&told, chart);
    server::database(&examination, &told, chart).await;
    server::round_trips(&examination, told.status.leader != 0, chart).await;
    let status = told.status;
    Some(Visit { examination, status, version: greeting.ok().map(|greeting| greeting.server) })
}

/// Whether the gateway answers; if so, whether it wants a user, where that can be told.
async fn gateway(examination: &Examination, chart: &Chart<'_>) -> Option<Option<bool>> {
    let answers = "/v3 answers in JSON";
    match examination.wants_user().await {
        Ok(wanted) => {
            chart.ok("gateway", answers);
            Some(Some(wanted))
        }
        // It is the gateway that says so, and it will say nothing else.
        Err(error) if error.kind == ErrorKind::CommonName => {
            chart.ok("gateway", answers);
            chart.fail_by("auth", &error);
            None
        }
        // A learner, a full queue: etcd's own words.
        Err(error) if matches!(error.kind, ErrorKind::Unavailable | ErrorKind::Other) => {
            chart.ok("gateway", answers);
            Some(None)
        }
        Err(error) => {
            chart.fail_by("gateway", &error);
            None
        }
    }
}

/// Whether the server answered at all, if not as one would wish: a proxy may serve the gateway alone.
fn is_an_answer(error: &StoreError) -> bool {
    matches!(
        error.kind,
        ErrorKind::Unsupported
            | ErrorKind::BadAnswer
            | ErrorKind::PermissionDenied
            | ErrorKind::Unauthenticated
    )
}
