//! `etcdeck export`: draws nothing, writes a file, says what is in it.

use std::io;
use std::sync::Arc;

use tokio::sync::watch;

use super::connect::{self, Connected};
use super::said::{followed, keys, number, say};
use crate::bulk::{self, PlanError};
use crate::config::{Output, Settings};
use crate::domain::bulk::{Exported, Exporting};
use crate::domain::{Key, Revision, escape};
use crate::log::Log;
use crate::store::{ReadOnly, Store};
use crate::terminal::Signals;

/// Exports, and gives the status to exit with.
///
/// # Errors
/// What kept it from being whole; no file is left then.
pub(super) async fn run(
    settings: Settings,
    output: Output,
    prefix: Key,
    revision: Revision,
    log: &Log,
    signals: &mut Signals,
) -> anyhow::Result<u8> {
    let store: Arc<dyn Store> = match connect::connect(settings.target, log, signals).await? {
        Connected::Ended(ending) => return Ok(ending.exit_status()),
        Connected::Sandbox(sandbox) => Arc::new(sandbox),
        Connected::Server(gateway) => Arc::new(gateway),
    };
    // Whatever the settings say: nothing is written to the store here.
    let store = ReadOnly::new(store, true);
    let (sender, progress) = watch::channel(Exporting::default());
    let work = followed(to(&store, &output, prefix, revision, &sender), || {
        let Exporting { keys, total, bytes } = *progress.borrow();
        format!("{} of {} keys, {} bytes", number(keys), number(total), number(bytes))
    });
    let exported = tokio::select! {
        exported = work => exported?,
        ending = signals.ending() => {
            say(&format!("etcdeck: ended by {ending}: the export is not whole"));
            return Ok(ending.exit_status());
        }
    };
    let Exported { revision, keys: count, leased, bytes } = exported;
    let place = match &output {
        Output::Stdout => "stdout".to_owned(),
        Output::File(path) => escape::message(&path.to_string_lossy()),
    };
    let leased = match leased {
        0 => String::new(),
        n => format!(", {} of them on leases", number(n)),
    };
    say(&format!(
        "{} at revision {revision}{leased}: {} bytes to {place}",
        keys(count),
        number(bytes)
    ));
    Ok(0)
}

async fn to(
    store: &ReadOnly,
    output: &Output,
    prefix: Key,
    revision: Revision,
    progress: &watch::Sender<Exporting>,
) -> Result<Exported, PlanError> {
    match output {
        Output::File(path) => bulk::export_file(store, prefix, revision, path, progress).await,
        Output::Stdout => {
            let out = io::BufWriter::new(io::stdout());
            let exported = bulk::export(store, prefix, revision, out, progress).await;
            exported.map(|(exported, _)| exported)
        }
    }
}
