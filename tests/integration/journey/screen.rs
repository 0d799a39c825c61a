//! The notation of the journeys: keys in, screen out.
//!
//! Every look waits until the frame on the screen was drawn after all that was typed, so that
//! nothing is ever seen on an old one.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use etcdeck::app::App;
use etcdeck::app::effect::Edited;
use etcdeck::app::settings::Settings;
use etcdeck::domain::mark::Mark;
use etcdeck::event_loop::{self, Cut, Ended, Happening, Pace};
use etcdeck::journal::Journal;
use etcdeck::keymap::Chord;
use etcdeck::runtime::{Runtime, inbox};
use etcdeck::store::{ReadOnly, Store};
use etcdeck::terminal::Input;
use etcdeck::ui::Theme;
use jiff::tz::TimeZone;
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

use super::host::{Shown, TestHost};

/// Longer than anything takes on a loaded machine; with paused time it costs nothing.
const LIMIT: Duration = Duration::from_secs(30);

/// How a screen is opened.
pub(super) struct Opening {
    settings: Settings,
    size: (u16, u16),
    panics_at: Option<&'static str>,
}

impl Opening {
    pub(super) fn new() -> Opening {
        let settings = Settings::default();
        Opening { settings, size: (120, 40), panics_at: None }
    }

    /// At a prefix.
    pub(super) fn at(mut self, prefix: &str) -> Opening {
        self.settings.root = prefix.into();
        self
    }

    /// With `--read-only`.
    pub(super) fn read_only(mut self) -> Opening {
        self.settings.read_only = true;
        self
    }

    /// With drafts kept below this folder.
    pub(super) fn keeping(mut self, folder: &Path) -> Opening {
        self.settings.state_dir = Some(folder.to_owned());
        self
    }

    /// With other settings.
    pub(super) fn with(mut self, change: impl FnOnce(&mut Settings)) -> Opening {
        change(&mut self.settings);
        self
    }

    /// With a drawing that panics once this text is on the screen.
    pub(super) fn panics_at(mut self, text: &'static str) -> Opening {
        self.panics_at = Some(text);
        self
    }

    /// With `--production`: marked, and read-only until told otherwise.
    pub(super) fn production(mut self) -> Opening {
        self.settings.production = Some(Mark::default());
        self.settings.read_only = true;
        self
    }

    /// On a terminal of this many columns and rows.
    pub(super) fn size(mut self, columns: u16, rows: u16) -> Opening {
        self.size = (columns, rows);
        self
    }

    /// Runs the program's own loop on a store.
    pub(super) fn on(self, name: &str, store: Arc<dyn Store>) -> Screen {
        let (input, happenings) = mpsc::channel(1024);
        let (editor, edited) = mpsc::channel(1);
        let (sender, shown) = watch::channel(Shown::default());
        let Opening { settings, size, panics_at } = self;
        let task = tokio::spawn(async move {
            let (inbox_sender, mut inbox) = inbox();
            let mut host = TestHost::new(size, happenings, edited, sender);
            host.panics_at = panics_at;
            let read_only = settings.read_only;
            let store = ReadOnly::new(store, read_only);
            let mut runtime = Runtime::start(store, inbox_sender, Journal::default());
            if let Some(folder) = settings.state_dir.as_ref().filter(|_| settings.keeps_drafts()) {
                runtime.keep_drafts_in(folder.join("drafts"));
            }
            let mut app = App::new(settings, tokio::time::Instant::now().into_std());
            let theme = Theme::new(true, TimeZone::UTC);
            event_loop::run(&mut app, &mut runtime, &mut inbox, &mut host, &theme, Pace::default())
                .await
                .expect("a test terminal does not fail")
        });
        Screen { name: name.to_owned(), input, editor, shown, task, sent: 0 }
    }
}

/// A running program, seen from its keyboard and its screen.
pub(super) struct Screen {
    name: String,
    input: mpsc::Sender<Happening>,
    editor: mpsc::Sender<Result<Edited, Cut>>,
    shown: watch::Receiver<Shown>,
    task: JoinHandle<Ended>,
    sent: usize,
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Screen {
    /// Something happens at the terminal.
    pub(super) fn happens(&mut self, happening: Happening) -> &mut Screen {
        self.sent += 1;
        self.input.try_send(happening).unwrap_or_else(|error| {
            panic!("{}: the program does not read its keyboard: {error}", self.name)
        });
        self
    }

    /// Presses keys, written as in the key table: `j l enter ctrl-s`.
    pub(super) fn keys(&mut self, keys: &str) -> &mut Screen {
        for key in keys.split_whitespace() {
            let chord = Chord::parse(key).expect(key);
            self.happens(Happening::Input(Input::Chord(chord)));
        }
        self
    }

    /// Types a text, character by character.
    pub(super) fn types(&mut self, text: &str) -> &mut Screen {
        for c in text.chars() {
            self.happens(Happening::Input(Input::Chord(Chord::char(c))));
        }
        self
    }

    /// Pastes a text.
    pub(super) fn pastes(&mut self, text: &str) -> &mut Screen {
        self.happens(Happening::Input(Input::Paste(text.to_owned())))
    }

    /// Runs a command of the command line.
    pub(super) fn runs(&mut self, command: &str) -> &mut Screen {
        self.keys(":").types(command).keys("enter")
    }

    /// Gives the terminal another size.
    pub(super) fn resizes(&mut self, columns: u16, rows: u16) -> &mut Screen {
        self.happens(Happening::Input(Input::Resize(columns, rows)))
    }

    /// The editor that was opened ends.
    pub(super) fn editor_ends(&mut self, edited: Edited) -> &mut Screen {
        self.editor.try_send(Ok(edited)).expect("an editor is open");
        self
    }

    /// The program is told to end while the editor is open, which had changed this.
    pub(super) fn editor_is_cut(&mut self, changed: Option<Vec<u8>>) -> &mut Screen {
        self.editor.try_send(Err(Cut { status: 143, changed })).expect("an editor is open");
        self
    }

    /// Waits until what is shown is as wished, all that was typed having been taken in.
    pub(super) async fn until(
        &mut self,
        what: &str,
        wished: impl Fn(&Shown) -> bool,
    ) -> &mut Screen {
        let sent = self.sent;
        let waiting = self.shown.wait_for(|shown| shown.taken >= sent && wished(shown));
        let seen = tokio::time::timeout(LIMIT, waiting).await;
        let problem = match seen.map(|shown| shown.map(drop)) {
            Ok(Ok(())) => return self,
            Ok(Err(_)) => "the program ended".to_owned(),
            Err(_) => format!("waited {LIMIT:?} in vain"),
        };
        panic!("{}: {problem} for {what}; the screen:\n{}", self.name, self.shown.borrow().text());
    }

    /// Waits until a text is on the screen.
    pub(super) async fn sees(&mut self, text: &str) -> &mut Screen {
        self.until(&format!("{text:?}"), |shown| shown.has(text)).await
    }

    /// Waits until a text is not on the screen any more.
    pub(super) async fn loses(&mut self, text: &str) -> &mut Screen {
        self.until(&format!("{text:?} to go"), |shown| !shown.has(text)).await
    }

    /// Waits until one row holds all these texts.
    pub(super) async fn sees_row(&mut self, texts: &[&str]) -> &mut Screen {
        let holds = |row: &String| texts.iter().all(|text| row.contains(text));
        self.until(&format!("a row with {texts:?}"), |shown| shown.rows.iter().any(holds)).await
    }

    /// Goes to a key, and waits for a row with these texts.
    pub(super) async fn goes_to(&mut self, key: &str, texts: &[&str]) -> &mut Screen {
        self.runs(&format!("goto {key}")).sees_row(texts).await
    }

    /// Waits until the external editor is open, and answers with the bytes it was given.
    pub(super) async fn editor_opens(&mut self) -> (Vec<u8>, &'static str) {
        self.look(|shown| shown.editor.is_some(), "the editor").await.editor.expect("it is open")
    }

    async fn look(&mut self, wished: impl Fn(&Shown) -> bool, what: &str) -> Shown {
        let waiting = self.shown.wait_for(|shown| wished(shown));
        match tokio::time::timeout(LIMIT, waiting).await {
            Ok(Ok(shown)) => shown.clone(),
            _ => panic!("{}: waited in vain for {what}", self.name),
        }
    }

    /// What is shown now.
    pub(super) fn now(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Waits until the program has ended.
    pub(super) async fn ends(&mut self) -> Ended {
        let ended = tokio::time::timeout(LIMIT, &mut self.task).await;
        let Ok(ended) = ended else {
            let text = self.shown.borrow().text();
            panic!("{}: the program does not end; the screen:\n{text}", self.name);
        };
        ended.expect("the loop does not panic")
    }

    /// Waits until the program has ended in a panic.
    pub(super) async fn panics(&mut self) {
        let ended = tokio::time::timeout(LIMIT, &mut self.task).await;
        assert!(ended.expect("it ends").is_err_and(|error| error.is_panic()), "it panics");
    }

    /// The program ends without a moment to do anything.
    pub(super) async fn killed(mut self) {
        self.task.abort();
        assert!((&mut self.task).await.is_err_and(|error| error.is_cancelled()));
    }

    /// Whether the program still runs, all that was typed having been taken in.
    pub(super) async fn lives(&mut self) -> &mut Screen {
        self.until("a frame", |_| true).await
    }
}
