//! Puts the parts together: settings, store, terminal, loop, exit status.

mod discovery;

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use jiff::tz::TimeZone;
use tokio::sync::mpsc;

use crate::app::etcdctl::Etcdctl;
use crate::app::{self, App};
use crate::bulk;
use crate::config::{self, Credentials, Servers, Settings, Target};
use crate::domain::Key;
use crate::event_loop::{self, Console, Ended};
use crate::gateway::{self, Gateway, GatewayOptions, TlsOptions};
use crate::journal::{Journal, Trail};
use crate::runtime::{INBOX, Runtime};
use crate::sandbox::Sandbox;
use crate::store::{Cluster, ReadOnly, Store};
use crate::terminal::{Signals, TerminalError, ask_password};
use crate::ui::Theme;

/// Runs the program to its end and gives the status to exit with.
///
/// # Errors
/// What kept it from starting, or the terminal from being drawn on; the terminal is as it was found.
pub fn run(settings: Settings) -> anyhow::Result<u8> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .context("cannot start the tasks of the program")?;
    let status = runtime.block_on(start(settings));
    // A call that hangs must not keep the program from ending.
    runtime.shutdown_timeout(Duration::from_millis(50));
    status
}

async fn start(settings: Settings) -> anyhow::Result<u8> {
    let mut signals = Signals::new().context("cannot listen to signals")?;
    let mut told = app::settings::Settings {
        read_only: settings.read_only,
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
    let store: Arc<dyn Store> = match settings.target {
        Target::Demo => {
            told.demo = true;
            let sandbox = Sandbox::demo();
            sandbox.start_traffic();
            Arc::new(sandbox)
        }
        Target::Server(connection) => {
            let endpoints = match &connection.servers {
                Servers::Listed(urls) => urls.clone(),
                Servers::Discovered(discovery) => tokio::select! {
                    found = discovery::discover(discovery, &connection) => found?,
                    ending = signals.ending() => return Ok(ending.exit_status()),
                },
            };
            told.etcdctl = etcdctl(&connection, &endpoints);
            let options = match gateway_options(*connection, endpoints, &mut signals).await {
                Ok(options) => options,
                Err(TerminalError::Ended(ending)) => return Ok(ending.exit_status()),
                Err(error) => return Err(error.into()),
            };
            told.skip_verify = options.tls.skip_verify;
            told.user = options.credentials.as_ref().map(|credentials| credentials.user.clone());
            let gateway = Gateway::connect(options)?;
            told.endpoints = gateway.endpoints();
            Arc::new(gateway)
        }
    };
    let theme = Theme::new(settings.color, TimeZone::system());
    screen(store, told, &theme, signals).await
}

/// Runs the screen on a store, on the terminal of this process, and gives the status to exit with.
///
/// # Errors
/// When there is no terminal, or it fails.
pub async fn screen(
    store: Arc<dyn Store>,
    settings: app::settings::Settings,
    theme: &Theme,
    signals: Signals,
) -> anyhow::Result<u8> {
    let mut console = Console::enter(signals)?;
    let (sender, mut inbox) = mpsc::channel(INBOX);
    let store = ReadOnly::new(store, settings.read_only);
    let limits = bulk_limits(&settings);
    let journal = journal(&settings, store.clone());
    let mut runtime = Runtime::start(store, sender, journal).limits(limits);
    if let Some(folder) = settings.state_dir.as_ref().filter(|_| settings.keeps_drafts()) {
        runtime.keep_drafts_in(folder.join("drafts"));
    }
    let now = tokio::time::Instant::now().into_std();
    let mut app = App::new(settings, now);
    let ended = event_loop::run(&mut app, &mut runtime, &mut inbox, &mut console, theme).await;
    let panicked = console.panic_status();
    drop(console);
    if let Some(status) = panicked {
        return Ok(status);
    }
    match ended {
        Ok(Ended::Quit) => Ok(0),
        Ok(Ended::Told(status)) => Ok(status),
        // Nobody is left to be told; the same status as for the signal that says so.
        Err(error) if crate::terminal::is_gone(&error) => Ok(129),
        Err(error) => Err(error).context("the terminal failed"),
    }
}

/// The journal of this run, and of all runs where that is asked for.
fn journal(settings: &app::settings::Settings, store: ReadOnly) -> Journal {
    let memory = usize::try_from(settings.limits.journal_bytes).unwrap_or(usize::MAX);
    let journal = Journal::new(memory);
    if let Some(path) = &settings.journal_file {
        if let Some(folder) = path.parent() {
            // Where this fails the trail cannot be opened either, and says so on the screen.
            let _ = config::create_private_dir(folder);
        }
        journal.keep_trail(Trail::new(path, settings.user.clone(), move || store.endpoint()));
    }
    journal
}

/// What the settings mean to work on many keys.
fn bulk_limits(settings: &app::settings::Settings) -> bulk::Limits {
    bulk::Limits {
        memory: usize::try_from(settings.limits.bulk_bytes).unwrap_or(usize::MAX),
        backup: settings.limits.bulk_bytes,
        folder: settings.state_dir.as_ref().map(|folder| folder.join("backups")),
        ..bulk::Limits::default()
    }
}

/// How etcdctl is to be called in the shell this program was started from.
fn etcdctl(connection: &config::Connection, endpoints: &[String]) -> Etcdctl {
    let mut etcdctl = Etcdctl::new(endpoints);
    if let Some(path) = &connection.tls.ca {
        etcdctl = etcdctl.ca(path);
    }
    if let Some((cert, key)) = &connection.tls.identity {
        etcdctl = etcdctl.identity(cert, key);
    }
    if connection.tls.skip_verify {
        etcdctl = etcdctl.skip_verify();
    }
    match &connection.credentials {
        Credentials::None => etcdctl,
        Credentials::Token(_) => etcdctl.token(),
        Credentials::User { name, .. } => {
            // `NAME:PASSWORD`, of which only the name may be written anywhere.
            let both = std::env::var("ETCDCTL_USER")
                .is_ok_and(|user| user.split_once(':').is_some_and(|(before, _)| before == name));
            etcdctl.user(name, both)
        }
    }
}

/// What the settings mean to the gateway; a password that is missing is asked for.
async fn gateway_options(
    connection: config::Connection,
    endpoints: Vec<String>,
    signals: &mut Signals,
) -> Result<GatewayOptions, TerminalError> {
    let (credentials, jwt_token) = match connection.credentials {
        Credentials::None => (None, None),
        Credentials::Token(token) => (None, Some(token)),
        Credentials::User { name, password } => {
            let password = if let Some(password) = password {
                password.reveal().to_owned()
            } else {
                let shown = crate::domain::escape::message(&name);
                ask_password(&format!("Password of {shown}: "), signals).await?
            };
            (Some(gateway::Credentials::new(name, password)), None)
        }
    };
    let (cert, key) = connection.tls.identity.unzip();
    Ok(GatewayOptions {
        endpoints,
        credentials,
        jwt_token,
        tls: TlsOptions {
            ca: connection.tls.ca,
            cert,
            key,
            skip_verify: connection.tls.skip_verify,
            ..TlsOptions::default()
        },
        dial_timeout: connection.dial_timeout,
        command_timeout: connection.command_timeout,
        keepalive_time: connection.keepalive_time,
        keepalive_timeout: connection.keepalive_timeout,
    })
}
