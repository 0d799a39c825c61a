//! The program's own loop in this process, on a real server, with every request counted.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use etcdeck::app::App;
use etcdeck::app::settings::Settings;
use etcdeck::event_loop::{self, Happening, Pace};
use etcdeck::journal::Journal;
use etcdeck::keymap::Chord;
use etcdeck::runtime::{Runtime, inbox};
use etcdeck::store::ReadOnly;
use etcdeck::terminal::Input;
use etcdeck::ui::Theme;
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{Instant, timeout};

use crate::counting::{Counting, Tally};
use crate::host::{LoopHost, Shown};
use crate::load::client;
use crate::support::servers::Etcd;

/// A running loop, seen from its keyboard and its screen. Dropping it ends it.
pub(crate) struct Looped {
    keys: mpsc::Sender<Happening>,
    shown: watch::Receiver<Option<Shown>>,
    task: JoinHandle<()>,
    sent: usize,
}

impl Looped {
    /// Opens it at a prefix, on a screen of so many columns and rows.
    pub(crate) fn open(etcd: &Etcd, prefix: &str, (columns, rows): (u16, u16)) -> Looped {
        let (keys, happenings) = mpsc::channel(1024);
        let (sender, shown) = watch::channel(None);
        let tally = Arc::new(Mutex::new(Tally::default()));
        let store = Counting::new(client(etcd), tally.clone());
        let settings = Settings { root: prefix.into(), ..Settings::default() };
        let task = tokio::spawn(async move {
            let terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal");
            let mut host = LoopHost { terminal, keys: happenings, shown: sender, tally, taken: 0 };
            let (inbox_sender, mut inbox) = inbox();
            let store = ReadOnly::new(Arc::new(store), false);
            let mut runtime = Runtime::start(store, inbox_sender, Journal::default());
            let mut app = App::new(settings, Instant::now().into_std());
            let theme = Theme::new(true, TimeZone::UTC);
            event_loop::run(&mut app, &mut runtime, &mut inbox, &mut host, &theme, Pace::default())
                .await
                .expect("a screen in memory does not fail");
        });
        Looped { keys, shown, task, sent: 0 }
    }

    /// Presses keys, written as in the key table, and says when.
    pub(crate) fn keys(&mut self, keys: &str) -> Instant {
        for key in keys.split_whitespace() {
            let chord = Chord::parse(key).expect("a key of the key table");
            self.press(chord);
        }
        Instant::now()
    }

    fn press(&mut self, chord: Chord) {
        self.sent += 1;
        let happening = Happening::Input(Input::Chord(chord));
        self.keys.try_send(happening).expect("the loop reads its keyboard");
    }

    /// The first frame that is as wished, all keys taken in; `None` when it does not come in time.
    pub(crate) async fn until(
        &mut self,
        limit: Duration,
        wished: impl Fn(&Shown) -> bool,
    ) -> Option<Shown> {
        let sent = self.sent;
        let seen = |shown: &Option<Shown>| {
            shown.as_ref().is_some_and(|shown| shown.taken >= sent && wished(shown))
        };
        let waiting = timeout(limit, self.shown.wait_for(seen)).await;
        waiting.ok()?.ok()?.clone()
    }

    /// The newest frame.
    pub(crate) fn now(&self) -> Option<Shown> {
        self.shown.borrow().clone()
    }
}

impl Drop for Looped {
    fn drop(&mut self) {
        self.task.abort();
    }
}
