//! What the monkey does: keys that are bound where it is, keys from the whole keyboard, commands typed
//! in full, pastes, other sizes, and time that passes.

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use etcdeck::app::App;
use etcdeck::app::command::{Command, FORMS, parse};
use etcdeck::app::dialog::{Dialog, PromptKind};
use etcdeck::app::effect::{Edited, Effect, TerminalEffect};
use etcdeck::app::message::Message;
use etcdeck::app::settings::Settings;
use etcdeck::journal::Journal;
use etcdeck::keymap::{Action, BINDINGS, Chord, Code, Context};
use etcdeck::runtime::{Inbox, Runtime, inbox};
use etcdeck::store::ReadOnly;
use etcdeck::ui::{self, Theme};
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::super::door::Doorway;
use crate::fuzz::fuzzer::random::Random;

/// So many presses lie between two frames: a monkey is faster than a screen.
const FRAME: usize = 40;
/// What is told of the last things it did, when something goes wrong.
const REMEMBERED: usize = 60;

const CODES: [Code; 16] = [
    Code::Enter,
    Code::Esc,
    Code::Tab,
    Code::BackTab,
    Code::Up,
    Code::Down,
    Code::Left,
    Code::Right,
    Code::Home,
    Code::End,
    Code::PageUp,
    Code::PageDown,
    Code::Backspace,
    Code::Delete,
    Code::Insert,
    Code::F(5),
];

/// What stands for the arguments of commands.
const WORDS: [&str; 23] = [
    "/config/app/name",
    "/config/",
    "/config/app",
    "/many/",
    "/many/003",
    "plain",
    "often",
    "binary\\xff\\x00",
    "\"\"",
    "'a b'",
    "1",
    "2",
    "3",
    "40",
    "7fffffffffffffff",
    "0",
    "from",
    "on",
    "off",
    "live",
    "jobs/nightly",
    "api",
    "\"unclosed",
];

const PASTES: [&str; 6] = [
    "x",
    "two\nlines\r\n",
    "\u{1b}[2J\u{7}\0",
    "é\u{202e}😀",
    "\n\nput \"/monkey\" \"was here\"\n\n\n",
    "mod(\"plain\") > \"0\"\n\ndel \"\" --prefix\n\n\n",
];

/// A monkey, with the program it plays with.
pub(super) struct Monkey {
    random: Random,
    /// How many keys it pressed.
    pub(super) pressed: usize,
    read_only: bool,
    store: Arc<Doorway>,
    app: App,
    runtime: Runtime,
    inbox: Inbox,
    terminal: Terminal<TestBackend>,
    theme: Theme,
    last: VecDeque<String>,
    seen: BTreeSet<Context>,
    /// How often it was about to switch read-only off.
    held_back: usize,
    restarts: usize,
}

/// Tells where it was when the program panics.
impl Drop for Monkey {
    #[expect(clippy::print_stderr, reason = "a test that fails may say why")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.story());
        }
    }
}

fn program(store: &Arc<Doorway>, read_only: bool) -> (App, Runtime, Inbox) {
    let (sender, inbox) = inbox();
    let store = ReadOnly::new(store.clone(), read_only);
    let runtime = Runtime::start(store, sender, Journal::default());
    let settings = Settings { read_only, ..Settings::default() };
    (App::new(settings, tokio::time::Instant::now().into_std()), runtime, inbox)
}

impl Monkey {
    pub(super) fn new(random: Random, store: Arc<Doorway>, read_only: bool) -> Monkey {
        let (app, runtime, inbox) = program(&store, read_only);
        let terminal = Terminal::new(TestBackend::new(100, 30)).expect("a test terminal");
        let theme = Theme::new(true, TimeZone::UTC);
        let (last, seen) = (VecDeque::new(), BTreeSet::new());
        let mut monkey = Monkey {
            random,
            pressed: 0,
            read_only,
            store,
            app,
            runtime,
            inbox,
            terminal,
            theme,
            last,
            seen,
            held_back: 0,
            restarts: 0,
        };
        monkey.starts();
        monkey
    }

    /// What it did last, and how to have it do the same again.
    pub(super) fn story(&self) -> String {
        let last: Vec<&str> = self.last.iter().map(String::as_str).collect();
        format!(
            "seed {}, {} keys pressed, {} restarts, kept {} times from :read-only off; in {:?}; last: {}",
            self.random.seed,
            self.pressed,
            self.restarts,
            self.held_back,
            self.seen,
            last.join(" ")
        )
    }

    /// Whether it has been in every place that one can come to while nothing may be written.
    pub(super) fn seen_all(&self) -> bool {
        let places = [
            Context::Keys,
            Context::Value,
            Context::Leases,
            Context::Watch,
            Context::Watches,
            Context::Locks,
            Context::Elections,
            Context::Services,
            Context::History,
            Context::Difference,
            Context::Txn,
            Context::Form,
            Context::Etcdctl,
            Context::LeaseKeys,
            Context::CommandLine,
        ];
        places.iter().all(|place| self.seen.contains(place))
    }

    fn starts(&mut self) {
        let update = self.app.start();
        self.carry_out(update.effects);
        self.draws();
    }

    /// Does one thing.
    pub(super) async fn plays(&mut self) {
        match self.random.below(100) {
            0..=54 => {
                let contexts = self.app.contexts();
                let context = contexts[self.random.below(contexts.len())];
                let rows: Vec<&[&str]> =
                    self.app.keymap.bindings(context).map(|row| row.chords).collect();
                let row = self.random.one(&rows);
                let chord = Chord::parse(self.random.one(row)).expect("the table can be read");
                self.presses(chord).await;
            }
            55..=66 => {
                let row = self.random.below(BINDINGS.len());
                let chord = Chord::parse(self.random.one(BINDINGS[row].chords)).expect("as above");
                self.presses(chord).await;
            }
            67..=82 => {
                let chord = Chord::char(char::from(b' ' + self.random.below(95) as u8));
                self.presses(chord).await;
            }
            83..=89 => {
                let code = self.random.one(&CODES);
                let held = self.random.below(16);
                self.presses(Chord::new(code, held == 1, held == 2, held == 3)).await;
            }
            90..=93 => self.types_a_command().await,
            94..=95 => {
                let text = self.random.one(&PASTES);
                self.remembers(format!("paste {text:?}"));
                self.happens(Message::Paste(text.to_owned())).await;
            }
            96 => {
                let (columns, rows) = (1 + self.random.below(160), 1 + self.random.below(50));
                self.remembers(format!("{columns}x{rows}"));
                self.terminal.backend_mut().resize(columns as u16, rows as u16);
                self.happens(Message::Resize).await;
                self.draws();
            }
            _ => {
                let passes = Duration::from_millis(self.random.below(4000) as u64);
                self.remembers(format!("{passes:?}"));
                tokio::time::advance(passes).await;
                self.settles().await;
            }
        }
    }

    /// A command with arguments that may fit, from wherever it is.
    async fn types_a_command(&mut self) {
        for key in ["esc", "esc", "esc", "1", ":"] {
            self.presses(Chord::parse(key).expect(key)).await;
        }
        let form = &FORMS[self.random.below(FORMS.len())];
        let mut line = form.name.to_owned();
        for _ in form.arguments.split_whitespace().filter(|word| *word != "from") {
            // A name of a file would be one.
            let word =
                if form.arguments.contains("FILE") { "/dev/null" } else { self.random.one(&WORDS) };
            line.push(' ');
            line.push_str(word);
        }
        for c in line.chars() {
            self.presses(Chord::char(c)).await;
        }
        let accept = if self.random.below(5) == 0 { "alt-x" } else { "enter" };
        self.presses(Chord::parse(accept).expect(accept)).await;
    }

    async fn presses(&mut self, chord: Chord) {
        let contexts = self.app.contexts();
        self.seen.extend(contexts.iter().copied());
        self.pressed += 1;
        if self.app.keymap.resolve(&contexts, chord) == Some(Action::FieldAccept)
            && self.is_about_to_allow_writing()
        {
            // The one command it may not run: what follows would prove nothing.
            self.held_back += 1;
            return;
        }
        let action = self.app.keymap.resolve(&contexts, chord);
        if matches!(action, Some(Action::Quit | Action::Close | Action::QuitAnyway))
            && self.random.below(20) > 0
        {
            // It would mostly sit before an empty screen.
            return;
        }
        self.remembers(chord.to_string());
        self.happens(Message::Key(chord)).await;
        if self.pressed.is_multiple_of(FRAME) {
            self.draws();
        }
    }

    fn is_about_to_allow_writing(&self) -> bool {
        let Some(Dialog::Prompt(prompt)) = self.app.dialogs.last() else { return false };
        self.read_only
            && prompt.kind == PromptKind::Command
            && parse(prompt.field.text()) == Ok(Command::ReadOnly(false))
    }

    fn remembers(&mut self, what: String) {
        self.last.push_back(what);
        if self.last.len() > REMEMBERED {
            self.last.pop_front();
        }
    }

    async fn happens(&mut self, message: Message) {
        let update = self.app.update(message, now());
        self.carry_out(update.effects);
        self.settles().await;
    }

    /// Lets the tasks run, and takes in what they and the clock have to say.
    async fn settles(&mut self) {
        for _ in 0..3 {
            tokio::task::yield_now().await;
            while let Some(message) = self.inbox.try_recv() {
                let update = self.app.update(message, now());
                self.carry_out(update.effects);
            }
            if self.app.next_deadline().is_some_and(|at| at <= now()) {
                let update = self.app.update(Message::Clock, now());
                self.carry_out(update.effects);
            }
        }
    }

    /// As the program's own loop does, but for files and the terminal: those are only answered.
    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            assert!(
                !self.read_only || effect != Effect::ReadOnly(false),
                "it was kept from this: {}",
                self.story()
            );
            let answer = match effect {
                Effect::WriteFile { ticket, .. } => {
                    Some(Message::FileWritten(ticket, Err("no space left".to_owned())))
                }
                Effect::ReadFile { ticket, .. } => Some(Message::FileRead(
                    ticket,
                    Ok("\n\nput \"/monkey\" \"x\"\n\n\n".to_owned()),
                )),
                effect => match self.runtime.execute(effect) {
                    None => None,
                    Some(Effect::Terminal(TerminalEffect::Edit { mut bytes, .. })) => {
                        bytes.push(b'x');
                        Some(Message::Edited(Edited::Changed(bytes)))
                    }
                    Some(Effect::Terminal(TerminalEffect::Copy { what, .. })) => {
                        Some(Message::Copied(Ok(what.to_owned())))
                    }
                    Some(Effect::Terminal(TerminalEffect::Suspend | TerminalEffect::Redraw)) => {
                        None
                    }
                    // The program ends; the next one begins.
                    Some(_) => return self.starts_anew(),
                },
            };
            if let Some(answer) = answer {
                let update = self.app.update(answer, now());
                self.carry_out(update.effects);
            }
        }
    }

    fn starts_anew(&mut self) {
        self.restarts += 1;
        (self.app, self.runtime, self.inbox) = program(&self.store, self.read_only);
        self.starts();
    }

    fn draws(&mut self) {
        let mut viewport = None;
        let (app, theme) = (&self.app, &self.theme);
        let drawn = self.terminal.draw(|frame| viewport = Some(ui::render(frame, app, theme)));
        drawn.expect("a test terminal does not fail");
        if let Some(viewport) = viewport {
            let update = self.app.set_viewport(viewport);
            self.carry_out(update.effects);
        }
    }
}

fn now() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}
