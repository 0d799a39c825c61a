//! The program at work: its state, runtime and drawing in a loop as the real one, with everything that
//! a watch delivered and every change of the header written down with its time.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use etcdeck::app::App;
use etcdeck::app::effect::WatchId;
use etcdeck::app::follow::Follow;
use etcdeck::app::message::Message;
use etcdeck::app::settings::Settings;
use etcdeck::domain::tree::NodeId;
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

use crate::seen::{PANE, Seen, now};
use crate::support::wait::eventually;

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
        let seen = Arc::new(Mutex::new(Seen::new(App::new(settings, now()))));
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
            let seen = lock(&self.seen);
            let keys = &seen.app.keys;
            let level = keys.tree.dir(NodeId::ROOT).map(|root| &root.level);
            let told = |id| seen.delivered(id).last();
            panic!(
                "waited {limit:?} in vain for {what}; the watch told {:?}, the tree's {:?}, \
                 following is {:?}, the level {level:?}; the screen:\n{}",
                told(PANE),
                told(WatchId::FOLLOW),
                keys.follow,
                seen.rows.join("\n")
            )
        })
    }

    /// Waits until the watch in the pane and the tree have seen the key that is written last. After a
    /// flood, as the replay of what was missed can be, the tree lists its levels again.
    pub(crate) async fn comes_to(&self, last: &str, limit: Duration) {
        let told = |seen: &Seen, id| seen.delivered(id).last().is_some_and(|it| it.key == last);
        let watch = |seen: &Seen| told(seen, PANE).then_some(());
        self.until(&format!("the watch to tell {last}"), limit, watch).await;
        let follow = |seen: &Seen| told(seen, WatchId::FOLLOW).then_some(());
        self.until(&format!("the tree's watch to tell {last}"), limit, follow).await;
        let tree = |seen: &Seen| seen.tree_is_true().then_some(());
        self.until("a tree that is true", limit, tree).await;
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.task.abort();
    }
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
            seen.note_frame(rows(&terminal));
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

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
    seen.lock().unwrap_or_else(PoisonError::into_inner)
}
