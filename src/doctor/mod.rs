//! The doctor: looks at every endpoint of a client and at the cluster behind, and says in words what
//! is wrong and what to do.
//!
//! It reads only, and everything it waits for has a limit, so that a server that accepts and never
//! answers gets a report too. Endpoints are looked at side by side; what depends on a check that
//! failed is not asked for, and says so.

mod auth;
mod chart;
mod cluster;
mod endpoint;
mod lease;
mod network;
mod server;
mod tls;
mod words;

use std::sync::Mutex;

use crate::domain::diagnosis::{Diagnosis, DiagnosisNews, Finding};
use crate::gateway::Gateway;
use chart::Chart;
use endpoint::Visit;

/// How the section about the whole is called.
const CLUSTER: &str = "cluster";

/// Examines all endpoints of a client. Each finding is told as it comes; what comes back is all of
/// them. Takes two seconds where a lease can be watched, and no longer than a few of the limits of the
/// client where nothing answers.
///
/// ```no_run
/// # async fn doctor() -> Result<(), etcdeck::store::StoreError> {
/// use etcdeck::gateway::{Gateway, GatewayOptions};
///
/// let gateway = Gateway::connect(GatewayOptions::new(["10.0.0.1:2379", "10.0.0.2:2379"]))?;
/// let diagnosis = etcdeck::doctor::examine(&gateway, |_| {}).await;
/// if !diagnosis.is_well() {
///     println!("{}", diagnosis.verdict());
/// }
/// # Ok(())
/// # }
/// ```
pub async fn examine(gateway: &Gateway, tell: impl Fn(DiagnosisNews) + Sync) -> Diagnosis {
    let diagnosis = Mutex::new(Diagnosis::default());
    let note = |news: DiagnosisNews| {
        if let Ok(mut diagnosis) = diagnosis.lock() {
            diagnosis.take(news.clone());
        }
        tell(news);
    };
    let examinations = gateway.examinations();
    let mut titles: Vec<String> = gateway.endpoints();
    titles.push(CLUSTER.to_owned());
    let last = titles.len() - 1;
    note(DiagnosisNews::Began(titles));
    let visits = examinations.into_iter().enumerate().map(|(section, examination)| {
        let chart = Chart::new(section, &note);
        async move {
            let visit = endpoint::examine(examination, &chart).await;
            chart.end();
            visit
        }
    });
    let visits = futures_util::future::join_all(visits).await;
    let visits: Vec<Visit> = visits.into_iter().flatten().collect();
    let chart = Chart::new(last, &note);
    cluster::examine(&visits, &chart).await;
    chart.end();
    diagnosis.into_inner().unwrap_or_default()
}

/// What there is to say where nothing can be examined: one section, and what was found.
pub fn report(title: &str, findings: Vec<Finding>, tell: impl Fn(DiagnosisNews)) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    let found = findings.into_iter().map(|finding| DiagnosisNews::Found(0, finding));
    let news = std::iter::once(DiagnosisNews::Began(vec![title.to_owned()]));
    for news in news.chain(found).chain([DiagnosisNews::Ended(0)]) {
        diagnosis.take(news.clone());
        tell(news);
    }
    diagnosis
}

/// What the doctor says of a sandbox.
pub fn sandbox(tell: impl Fn(DiagnosisNews)) -> Diagnosis {
    let findings = vec![
        Finding::ok("sandbox", "sample data in this process: no server, no network, no disk"),
        Finding::ok("lifetime", "what is written is gone when the program ends"),
        Finding::skipped("the rest", "there is no cluster to look at; leave --demo out for one"),
    ];
    report("DEMO sandbox", findings, tell)
}
