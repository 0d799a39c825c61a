//! `etcdeck doctor`: looks, says what is wrong, and exits with a status that says whether something is.

use std::io::{IsTerminal as _, Write as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::connect::{self, Connected};
use super::late::Late;
use super::said::followed;
use crate::config::Settings;
use crate::doctor;
use crate::domain::diagnosis::{Diagnosis, DiagnosisNews, Finding, Line, Outcome, lines};
use crate::log::Log;
use crate::runtime::Doctor;
use crate::store::{ErrorKind, StoreError};
use crate::terminal::Signals;

/// The columns of the report: no wider, so that it can be read and sent anywhere.
const WIDTH: usize = 80;

/// Examines, and gives the status to exit with: 1 when something failed.
///
/// # Errors
/// When stdout cannot be written to, other than that nobody reads it.
pub(super) async fn run(
    settings: Settings,
    log: &Log,
    signals: &mut Signals,
) -> anyhow::Result<u8> {
    let color = settings.color && std::io::stdout().is_terminal();
    let checked = AtomicUsize::new(0);
    let note = |news: DiagnosisNews| {
        if matches!(news, DiagnosisNews::Found(..)) {
            checked.fetch_add(1, Ordering::Relaxed);
        }
    };
    let diagnosis = match connect::connect(settings.target, log, signals).await {
        Ok(Connected::Ended(ending)) => return Ok(ending.exit_status()),
        Ok(Connected::Sandbox(_)) => doctor::sandbox(note),
        Ok(Connected::Server(gateway)) => {
            let state = || format!("looking … {} checked", checked.load(Ordering::Relaxed));
            tokio::select! {
                diagnosis = followed(doctor::examine(&gateway, note), state) => diagnosis,
                ending = signals.ending() => return Ok(ending.exit_status()),
            }
        }
        // A file that cannot be used, a password that cannot be asked for, DNS that knows nothing.
        Err(error) => {
            let of_tls = error
                .downcast_ref::<StoreError>()
                .is_some_and(|error| error.kind == ErrorKind::Tls);
            doctor::report("settings", vec![unusable(of_tls, &format!("{error:#}"))], note)
        }
    };
    let mut out = std::io::stdout().lock();
    match out.write_all(text(&diagnosis, color).as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => return Err(error.into()),
        // Whoever closed the pipe has seen enough.
        Ok(()) | Err(_) => {}
    }
    Ok(u8::from(!diagnosis.is_well()))
}

fn unusable(of_tls: bool, sentence: &str) -> Finding {
    let (found, advice) = sentence.split_once("; ").unwrap_or((sentence, ""));
    Finding::failed(if of_tls { "TLS" } else { "settings" }, found, advice)
}

/// The report as text, with its last line break.
fn text(diagnosis: &Diagnosis, color: bool) -> String {
    let mut out = String::new();
    for line in lines(diagnosis, WIDTH) {
        match line {
            Line::Blank | Line::Looking => {}
            Line::Title(title) => out.push_str(&title),
            Line::Row(row) => {
                if let Some((outcome, mark)) = row.mark {
                    out.push_str(&painted(outcome, &mark, color));
                }
                out.push_str(&row.text);
            }
        }
        out.push('\n');
    }
    out.push('\n');
    out.push_str(&diagnosis.verdict());
    out.push('\n');
    out
}

fn painted(outcome: Outcome, mark: &str, color: bool) -> String {
    let code = match outcome {
        _ if !color => return mark.to_owned(),
        Outcome::Ok => "32",
        Outcome::Warning => "1;33",
        Outcome::Failed => "1;31",
        Outcome::Skipped => "2",
    };
    format!("\x1b[{code}m{mark}\x1b[0m")
}

/// Whoever looks at the endpoints of this store, for the screen.
pub(super) fn of(store: &Late) -> Doctor {
    let store = store.clone();
    Arc::new(move |news| {
        let store = store.clone();
        Box::pin(async move {
            let tell = |found| {
                // The view was closed when nobody receives.
                let _ = news.send(found);
            };
            match store.client().await {
                Ok(gateway) => drop(doctor::examine(gateway, tell).await),
                Err(error) => {
                    let of_tls = error.kind == ErrorKind::Tls;
                    let finding = unusable(of_tls, &error.to_string());
                    drop(doctor::report("settings", vec![finding], tell));
                }
            }
        })
    })
}

/// The same for the demo.
pub(super) fn of_sandbox() -> Doctor {
    Arc::new(|news| {
        doctor::sandbox(|found| {
            let _ = news.send(found);
        });
        Box::pin(std::future::ready(()))
    })
}
