//! The program at work: its state, runtime and drawing in a loop as the real one, with everything that
//! a watch delivered and every change of the header written down with its time.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use etcdeck::app::App;
use etcdeck::app::connection::Connection;
use etcdeck::app::effect::WatchId;
use etcdeck::app::follow::Follow;
use etcdeck::app::message::{Message, WatchNews};
use etcdeck::app::settings::Settings;
use etcdeck::app::watch::Watching;
use etcdeck::domain::edit::State;
use etcdeck::domain::tree::NodeId;
use etcdeck::domain::watch::Logged;
use etcdeck::domain::{Event, EventKind};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::journal::Journal;
use etcdeck::keymap::Chord;
use etcdeck::runtime::{Inbox, Runtime, inbox};
use etcdeck::store::{Cluster as _, ReadOnly};
use etcdeck::ui::{self, Theme};
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::support::oracle::Happened;
use crate::support::wait::eventually;

/// The first watch that is started on the screen.
pub(crate) const PANE: WatchId = WatchId(1);

/// Longer than anything takes that is not measured.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// The shortest time between two frames, as in the real loop.
const FRAME: Duration = Duration::from_millis(33);

/// A running program. Dropping it ends it.
pub(crate) struct Program {
    gateway: Gateway,
    seen: Arc<Mutex<Seen>>,
    keys: mpsc::Sender<Message>,
    task: JoinHandle<()>,
}

/// What can be seen of it.
pub(crate) struct Seen {
    pub(crate) app: App,
    /// What each watch delivered, in the order it was delivered.
    delivered: HashMap<WatchId, Vec<Happened>>,
    /// Every state of the connection since the start, with the time it began.
    pub(crate) connection: Vec<(Instant, How)>,
    /// The same of the watch in the pane.
    pub(crate) watching: Vec<(Instant, How)>,
    /// Every header that was drawn, with the time.
    pub(crate) headers: Vec<(Instant, String)>,
    /// Every state of the draft.
    pub(crate) editing: Vec<Editing>,
    /// The last frame.
    pub(crate) rows: Vec<String>,
}

/// How far a draft is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Editing {
    /// There is none.
    Nothing,
    Clean,
    Changed,
    Saving,
    /// Nobody knows whether it was saved.
    Unknown,
    /// The operator is to decide: somebody else wrote or deleted the key.
    Undecided,
}

/// How a connection or a watch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// Nothing is known yet.
    Unknown,
    Well,
    Lost,
    Refused,
}

impl Program {
    /// Opens it at a prefix of a cluster, with a watch of that prefix, and waits until that stands.
    pub(crate) async fn watching(options: GatewayOptions, prefix: &str) -> Program {
        let program = Program::open(options, prefix);
        program.runs(&format!("watch {prefix}")).await;
        let stands =
            |seen: &Seen| (seen.watches() && seen.app.keys.follow == Follow::Live).then_some(());
        program.until("the watches stand", LIMIT, stands).await;
        program
    }

    /// Opens it at a prefix.
    pub(crate) fn open(options: GatewayOptions, prefix: &str) -> Program {
        let gateway = Gateway::connect(options).expect("fine URLs");
        let store = Arc::new(gateway.clone());
        let (inbox_sender, inbox) = inbox();
        let runtime = Runtime::start(ReadOnly::new(store, false), inbox_sender, Journal::default());
        let settings = Settings { root: prefix.into(), ..Settings::default() };
        let seen = Arc::new(Mutex::new(Seen {
            app: App::new(settings, now()),
            delivered: HashMap::new(),
            connection: Vec::new(),
            watching: Vec::new(),
            headers: Vec::new(),
            editing: Vec::new(),
            rows: Vec::new(),
        }));
        let (keys, typed) = mpsc::channel(1024);
        let task = tokio::spawn(run(seen.clone(), runtime, typed, inbox));
        Program { gateway, seen, keys, task }
    }

    /// Runs a command of the command line.
    pub(crate) async fn runs(&self, command: &str) {
        self.types(":").await;
        self.types(command).await;
        self.keys("enter").await;
    }

    /// Presses keys, written as in the key table.
    pub(crate) async fn keys(&self, keys: &str) {
        for key in keys.split_whitespace() {
            self.presses(Chord::parse(key).expect(key)).await;
        }
    }

    /// Types a text, character by character.
    pub(crate) async fn types(&self, text: &str) {
        for letter in text.chars() {
            self.presses(Chord::char(letter)).await;
        }
    }

    async fn presses(&self, chord: Chord) {
        self.keys.send(Message::Key(chord)).await.expect("the program runs");
    }

    /// The URL of the member in use.
    pub(crate) fn endpoint(&self) -> String {
        self.gateway.endpoint()
    }

    /// Looks at it now.
    pub(crate) fn look<T>(&self, look: impl FnOnce(&Seen) -> T) -> T {
        look(&lock(&self.seen))
    }

    /// Waits until `look` finds something.
    ///
    /// # Panics
    /// When it does not in time, with the screen.
    pub(crate) async fn until<T>(
        &self,
        what: &str,
        limit: Duration,
        look: impl Fn(&Seen) -> Option<T>,
    ) -> T {
        let looking = eventually(what, LIMIT.max(limit) * 2, async || {
            assert!(!self.task.is_finished(), "the program ended");
            look(&lock(&self.seen))
        });
        tokio::time::timeout(limit, looking).await.unwrap_or_else(|_| {
            let screen = lock(&self.seen).rows.join("\n");
            panic!("waited {limit:?} in vain for {what}; the screen:\n{screen}")
        })
    }

    /// Waits until the watch in the pane and the tree have seen the key that is written last.
    pub(crate) async fn comes_to(&self, last: &str, limit: Duration) {
        self.until(&format!("the event of {last}"), limit, |seen| {
            let newest = |id| seen.delivered(id).last().is_some_and(|it| it.key == last);
            (newest(PANE) && newest(WatchId::FOLLOW)).then_some(())
        })
        .await;
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Seen {
    /// What a watch delivered.
    pub(crate) fn delivered(&self, id: WatchId) -> &[Happened] {
        self.delivered.get(&id).map_or(&[], Vec::as_slice)
    }

    /// The newest revision that the watch in the pane has told; 0 before the first.
    pub(crate) fn newest(&self) -> i64 {
        self.delivered(PANE).last().map_or(0, |it| it.revision)
    }

    /// Whether the watch in the pane stands.
    pub(crate) fn watches(&self) -> bool {
        self.watching.last().is_some_and(|(_, how)| *how == How::Well)
    }

    /// Whether the connection stands.
    pub(crate) fn is_online(&self) -> bool {
        self.connection.last().is_some_and(|(_, how)| *how == How::Well)
    }

    /// The draft as it is.
    pub(crate) fn draft(&self) -> String {
        let draft = self.app.value.edit.as_ref().expect("a draft is open");
        text(&draft.session.draft_bytes().expect("a draft of text"))
    }

    /// Whether the draft is in this state now.
    pub(crate) fn edits_to(&self, state: Editing) -> Option<()> {
        (self.editing.last() == Some(&state)).then_some(())
    }

    /// When the header first said something else than online, after this moment.
    pub(crate) fn first_not_online(&self, after: Instant) -> Option<Instant> {
        let later = self.headers.iter().filter(|(at, _)| *at >= after);
        later.filter(|(_, header)| !header.contains("● online")).map(|(at, _)| *at).next()
    }

    /// The keys right below the root of the tree, with the revisions they were last written at.
    pub(crate) fn tree(&self) -> BTreeMap<String, i64> {
        let tree = &self.app.keys.tree;
        let keys = tree.children(NodeId::ROOT).filter_map(|id| {
            let leaf = tree.get(id)?.as_leaf()?;
            Some((tree.full_key(id).to_string(), leaf.mod_revision.0))
        });
        keys.collect()
    }

    /// Whether the background watch has told everything up to a revision.
    pub(crate) fn tree_is_at(&self, revision: i64) -> bool {
        self.delivered(WatchId::FOLLOW).last().is_some_and(|it| it.revision == revision)
    }

    /// The events in the watch log, and how many left it to make room.
    pub(crate) fn log(&self) -> (Vec<Happened>, u64) {
        let events = self.app.watch.log.all().filter_map(|line| match &line.what {
            Logged::Event(event) => Some(happened(event, false)),
            _ => None,
        });
        (events.collect(), self.app.watch.log.dropped())
    }

    /// Prints what changed since then and shortly before, for a test that fails.
    pub(crate) fn tells_since(&self, then: Instant) {
        let from = then.checked_sub(Duration::from_secs(1)).unwrap_or(then);
        let mut changes: Vec<_> = Vec::new();
        changes.extend(self.headers.iter().map(|(at, header)| (*at, header.trim_end().to_owned())));
        changes
            .extend(self.connection.iter().map(|(at, how)| (*at, format!("connection {how:?}"))));
        changes.extend(self.watching.iter().map(|(at, how)| (*at, format!("watch {how:?}"))));
        changes.retain(|(at, _)| *at >= from);
        changes.sort();
        for (at, what) in changes {
            let before = then.saturating_duration_since(at);
            println!("{:?} - {before:?}: {what}", at.saturating_duration_since(then));
        }
    }

    fn note(&mut self, message: &Message) {
        let Message::Watch(id, news) = message else { return };
        if let WatchNews::Events { events, .. } = news {
            let keys_only = *id == WatchId::FOLLOW;
            let delivered = self.delivered.entry(*id).or_default();
            delivered.extend(events.iter().map(|event| happened(event, keys_only)));
        }
    }

    fn note_changes(&mut self) {
        let connection = match &self.app.connection.now {
            Connection::Online => How::Well,
            Connection::Lost { .. } => How::Lost,
            Connection::Denied { .. } => How::Refused,
            Connection::Connecting => How::Unknown,
        };
        note(&mut self.connection, connection);
        let watch = self.app.watch.running.iter().find(|running| running.id == PANE);
        let watching = match watch.map(|running| &running.state) {
            Some(Watching::Live) => How::Well,
            Some(Watching::Lost(_)) => How::Lost,
            Some(Watching::Refused(_)) => How::Refused,
            _ => How::Unknown,
        };
        note(&mut self.watching, watching);
        let editing = match self.app.value.edit.as_ref().map(|draft| draft.session.state()) {
            None => Editing::Nothing,
            Some(State::Clean) => Editing::Clean,
            Some(State::Dirty { .. }) => Editing::Changed,
            Some(State::Saving { .. }) => Editing::Saving,
            Some(State::Unknown { .. }) => Editing::Unknown,
            Some(State::Conflict { .. } | State::Gone { .. }) => Editing::Undecided,
        };
        if self.editing.last() != Some(&editing) {
            self.editing.push(editing);
        }
    }
}

fn note<T: PartialEq>(trail: &mut Vec<(Instant, T)>, now_is: T) {
    if trail.last().is_none_or(|(_, before)| *before != now_is) {
        trail.push((now(), now_is));
    }
}

/// An event as the oracle knows it. The background watch carries no values.
fn happened(event: &Event, keys_only: bool) -> Happened {
    let value = if keys_only { String::new() } else { text(&event.entry.value) };
    Happened {
        revision: event.revision().0,
        key: text(event.entry.key.as_bytes()),
        value: (event.kind == EventKind::Put).then_some(value),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the tests write text")
}

/// The loop, in the order of the real one: keyboard, clock, inbox.
async fn run(
    seen: Arc<Mutex<Seen>>,
    mut runtime: Runtime,
    mut keys: mpsc::Receiver<Message>,
    mut inbox: Inbox,
) {
    let mut terminal = Terminal::new(TestBackend::new(120, 60)).expect("a test terminal");
    let theme = Theme::new(true, TimeZone::UTC);
    let update = lock(&seen).app.start();
    let mut effects = update.effects;
    let (mut dirty, mut next_frame) = (true, now());
    loop {
        for effect in effects.drain(..) {
            runtime.execute(effect);
        }
        if dirty && now() >= next_frame {
            let mut seen = lock(&seen);
            let mut viewport = None;
            let frame =
                terminal.draw(|frame| viewport = Some(ui::render(frame, &seen.app, &theme)));
            frame.expect("a test terminal does not fail");
            seen.rows = rows(&terminal);
            let header = seen.rows[0].clone();
            note(&mut seen.headers, header);
            (dirty, next_frame) = (false, now() + FRAME);
            if let Some(viewport) = viewport {
                let update = seen.app.set_viewport(viewport);
                dirty = update.redraw;
                effects = update.effects;
            }
            continue;
        }
        let deadline = lock(&seen).app.next_deadline();
        let wake = [dirty.then_some(next_frame), deadline].into_iter().flatten().min();
        let message = tokio::select! {
            biased;
            Some(message) = keys.recv() => message,
            () = sleep_until(wake) => {
                if deadline.is_none_or(|at| at > now()) {
                    continue;
                }
                Message::Clock
            }
            Some(message) = inbox.recv() => message,
        };
        let mut seen = lock(&seen);
        seen.note(&message);
        let update = seen.app.update(message, now());
        seen.note_changes();
        dirty |= update.redraw;
        effects = update.effects;
    }
}

fn rows(terminal: &Terminal<TestBackend>) -> Vec<String> {
    let buffer = terminal.backend().buffer();
    let cells = buffer.content().chunks(usize::from(buffer.area.width));
    cells.map(|cells| cells.iter().map(ratatui::buffer::Cell::symbol).collect()).collect()
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => tokio::time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}

pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
