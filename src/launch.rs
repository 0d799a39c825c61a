//! Puts the parts together: settings, store, terminal, loop, exit status.

mod connect;
mod core_dump;
mod discovery;
mod doctor;
mod export;
mod import;
mod late;
mod said;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::tz::TimeZone;

use crate::app::{self, App};
use crate::bulk;
use crate::config::{self, Settings, Task};
use crate::domain::Key;
use crate::domain::limit::Limits;
use crate::event_loop::{self, Console, Ended, Pace};
use crate::journal::{Journal, Trail};
use crate::log::{Level, Log};
use crate::runtime::{Doctor, Runtime, inbox};
use crate::store::{Access as _, Cluster as _, ReadOnly, Store};
use crate::terminal::{Ending, Session, Signals, report_panics};
use crate::ui::Theme;
use connect::Prepared;
use late::Late;

/// Runs the program to its end and gives the status to exit with.
///
/// # Errors
/// What kept it from starting, or the terminal from being drawn on; the terminal is as it was found.
pub fn run(settings: Settings) -> anyhow::Result<u8> {
    core_dump::switch_off();
    let panicked = report_panics();
    let log = log(&settings)?;
    // A file that is not whole is removed by whoever writes to it just now.
    let linger = match &settings.task {
        Task::Export { .. } => Duration::from_secs(2),
        Task::Screen | Task::Doctor | Task::Import { .. } => Duration::from_millis(50),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        // One beside this thread, which has the screen: each chunk of a watch passes between two tasks,
        // and with two threads each passage would wake the other one. Nothing blocks a worker.
        .worker_threads(1)
        .enable_all()
        .build()
        .context("cannot start the tasks of the program")?;
    let status = runtime.block_on(async {
        tokio::select! {
            status = start(settings, &log) => status,
            // It has been told.
            () = panicked.wait() => Ok(panicked.exit_status()),
        }
    });
    match &status {
        Ok(status) => log.line(Level::Info, || format!("ended with status {status}")),
        // What it says may name a key.
        Err(_) => log.line(Level::Error, || "ended by an error, told on the terminal".to_owned()),
    }
    // A call that hangs must not keep the program from ending.
    runtime.shutdown_timeout(linger);
    status
}

/// The log file that was asked for, with its first line.
fn log(settings: &Settings) -> anyhow::Result<Log> {
    let Some((path, level)) = &settings.log else { return Ok(Log::default()) };
    let log = Log::to_file(path, *level)
        .with_context(|| format!("cannot write the log file {}", path.display()))?;
    log.line(Level::Info, || {
        let task = match &settings.task {
            Task::Screen => "screen",
            Task::Doctor => "doctor",
            Task::Export { .. } => "export",
            Task::Import { .. } => "import",
        };
        let (version, pid) = (env!("CARGO_PKG_VERSION"), std::process::id());
        format!("etcdeck {version} begins: {task}, process {pid}")
    });
    Ok(log)
}

async fn start(settings: Settings, log: &Log) -> anyhow::Result<u8> {
    let mut signals = Signals::new().context("cannot listen to signals")?;
    match settings.task.clone() {
        Task::Screen => open_screen(settings, log, signals).await,
        Task::Doctor => doctor::run(settings, log, &mut signals).await,
        Task::Export { output, prefix, revision } => {
            let ended = export::run(settings, output, prefix, revision, log, &mut signals).await;
            Ok(ended.unwrap_or_else(|error| said::failed(&error)))
        }
        Task::Import { file, dry_run, yes } => {
            let how = import::How { file, dry_run, yes };
            let ended = import::run(settings, how, log, &mut signals).await;
            Ok(ended.unwrap_or_else(|error| said::failed(&error)))
        }
    }
}

async fn open_screen(settings: Settings, log: &Log, mut signals: Signals) -> anyhow::Result<u8> {
    let mut told = app::settings::Settings {
        read_only: settings.read_only,
        follow: settings.follow,
        delimiter: settings.delimiter,
        root: Key::from(settings.prefix),
        profile: settings.profile,
        production: settings.production,
        keep_drafts: settings.keep_drafts,
        state_dir: settings.state_dir,
        journal_file: settings.journal_file,
        limits: settings.limits,
        ..app::settings::Settings::default()
    };
    if connect::asks(&settings.target) {
        // Nobody is to type a password for nothing.
        Session::check()?;
    }
    let (store, doctor) = match connect::prepare(settings.target, log, &mut signals).await? {
        Prepared::Ended(ending) => return Ok(ending.exit_status()),
        Prepared::Sandbox(sandbox) => {
            told.demo = true;
            sandbox.start_traffic();
            (Arc::new(sandbox) as Arc<dyn Store>, doctor::of_sandbox())
        }
        Prepared::Server(server) => {
            told.etcdctl = server.etcdctl;
            (told.token, told.skip_verify) = (server.token, server.skip_verify);
            (told.user, told.endpoints) = (server.outline.user, server.outline.endpoints);
            told.domain = server.domain;
            let store = Late::new(server.plan);
            let doctor = doctor::of(&store);
            (Arc::new(store) as Arc<dyn Store>, doctor)
        }
    };
    let theme = Theme::new(settings.color, TimeZone::system());
    let pace = Pace { frames: settings.frames_a_second, bytes: settings.bytes_a_second };
    screen(store, Some(doctor), told, &theme, pace, signals).await
}

/// Runs the screen on a store, on the terminal of this process, and gives the status to exit with. The
/// doctor, if there is one, looks at what is behind the store.
///
/// # Errors
/// When there is no terminal, or it fails.
pub async fn screen(
    store: Arc<dyn Store>,
    doctor: Option<Doctor>,
    settings: app::settings::Settings,
    theme: &Theme,
    pace: Pace,
    signals: Signals,
) -> anyhow::Result<u8> {
    let mut console = Console::enter(signals)?;
    let (sender, mut inbox) = inbox();
    let store = ReadOnly::new(store, settings.read_only);
    let limits = bulk_limits(&settings.limits, settings.state_dir.as_deref());
    let journal = journal(&settings.limits, settings.journal_file.as_deref(), store.clone());
    let mut runtime = Runtime::start(store, sender, journal).limits(limits);
    if let Some(doctor) = doctor {
        runtime = runtime.doctor(doctor);
    }
    if let Some(folder) = settings.state_dir.as_ref().filter(|_| settings.keeps_drafts()) {
        runtime.keep_drafts_in(folder.join("drafts"));
    }
    let now = tokio::time::Instant::now().into_std();
    let mut app = App::new(settings, now);
    let ended =
        event_loop::run(&mut app, &mut runtime, &mut inbox, &mut console, theme, pace).await;
    let panicked = console.panic_status();
    drop(console);
    if panicked.is_some() || !matches!(ended, Ok(Ended::Quit)) {
        // After a fault the state may be in disorder.
        let lines = catch_unwind(AssertUnwindSafe(|| app.farewell())).unwrap_or_default();
        for line in lines {
            said::say(&format!("etcdeck: {line}"));
        }
    }
    if let Some(status) = panicked {
        return Ok(status);
    }
    match ended {
        Ok(Ended::Quit) => Ok(0),
        Ok(Ended::Told(status)) => Ok(status),
        // Nobody is left to be told; the same status as for the signal that says so.
        Err(error) if crate::terminal::is_gone(&error) => Ok(Ending::Hangup.exit_status()),
        Err(error) => Err(error).context("the terminal failed"),
    }
}

/// The journal of this run, and of all runs where that is asked for.
fn journal(limits: &Limits, file: Option<&Path>, store: ReadOnly) -> Journal {
    let memory = usize::try_from(limits.journal_bytes).unwrap_or(usize::MAX);
    let journal = Journal::new(memory);
    if let Some(path) = file {
        if let Some(folder) = path.parent() {
            // Where this fails the trail cannot be opened either, and says so.
            let _ = config::create_private_dir(folder);
        }
        let who = store.clone();
        journal.keep_trail(Trail::new(path, move || who.user(), move || store.endpoint()));
    }
    journal
}

/// What the settings mean to work on many keys.
fn bulk_limits(limits: &Limits, state_dir: Option<&Path>) -> bulk::Limits {
    bulk::Limits {
        memory: usize::try_from(limits.bulk_bytes).unwrap_or(usize::MAX),
        backup: limits.bulk_bytes,
        folder: state_dir.map(|folder| folder.join("backups")),
        ..bulk::Limits::default()
    }
}
