//! A desk to draw at: the application, a sandbox that answers it at once, and a clock that moves
//! only when told. Keys go in through the public update function, frames come out; no tasks, no
//! network, no terminal.

mod answer;
mod find;
mod layout;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use etcdeck::app::App;
use etcdeck::app::Update;
use etcdeck::app::draft::FoundDraft;
use etcdeck::app::effect::{Call, Effect, WatchId};
use etcdeck::app::etcdctl::Etcdctl;
use etcdeck::app::message::{ConnectionNews, Message, WatchNews};
use etcdeck::app::settings::Settings;
use etcdeck::app::ticket::Ticket;
use etcdeck::bulk::{Looked, compare};
use etcdeck::domain::draft::{Home, KeptDraft};
use etcdeck::domain::txn::{DeleteRequest, PutRequest, RangeRequest};
use etcdeck::domain::{Entry, Event, EventKind, Key, KeyRange, LeaseId, Revision};
use etcdeck::journal::Journal;
use etcdeck::keymap::Chord;
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{
    Cluster, ErrorKind, Kv, Status, StoreError, Watch, WatchMessage, WatchRequest,
};
use etcdeck::ui::{Theme, render};
use futures_util::StreamExt as _;
use jiff::tz::TimeZone;
use ratatui::buffer::Buffer;
use tokio::time::timeout;

use super::emulator::Emulator;

/// What becomes of the calls.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Answers {
    /// The sandbox answers.
    Store,
    /// Nothing comes.
    Never,
    /// This error comes.
    Error(StoreError),
}

/// The application with everything around it.
pub(super) struct Desk {
    pub(super) app: App,
    pub(super) answers: Answers,
    pub(super) theme: Theme,
    pub(super) journal: Journal,
    pub(super) strange: Option<super::strange::World>,
    emulator: Emulator,
    store: Sandbox,
    runtime: tokio::runtime::Runtime,
    now: Instant,
    size: (u16, u16),
    watches: Vec<(WatchId, KeyRange)>,
    pending: Vec<(Ticket, Call)>,
    /// The keys that are found in.
    found: find::Found,
    /// The examination under way.
    pub(super) diagnosing: Option<Ticket>,
    /// Whether large values wait until they are laid out.
    pub(super) layouts_wait: bool,
    layouts: Vec<Message>,
}

/// The settings of a usual run.
pub(super) fn settings() -> Settings {
    let endpoints = vec!["http://10.0.0.1:2379".to_owned()];
    Settings { etcdctl: Etcdctl::new(&endpoints), endpoints, ..Settings::default() }
}

/// An error of the connection, as the gateway words it.
pub(super) fn refused() -> StoreError {
    let words = "nothing listens at http://10.0.0.1:2379 (connection refused); \
                 is etcd running, is the port right?";
    StoreError::new(ErrorKind::Unreachable, words).during("range of all keys")
}

/// When events arrive.
fn received(revision: i64) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(43_262_123 + revision as u64 * 877)
}

impl Desk {
    /// A desk with a store of its own, not started yet.
    pub(super) fn new(settings: Settings, store: Sandbox, size: (u16, u16)) -> Desk {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime of this thread");
        let now = runtime.block_on(async { tokio::time::Instant::now().into_std() });
        Desk {
            app: App::new(settings, now),
            answers: Answers::Store,
            theme: Theme::new(true, TimeZone::UTC),
            journal: Journal::default(),
            strange: None,
            emulator: Emulator::new(size),
            store,
            runtime,
            now,
            size,
            watches: Vec::new(),
            pending: Vec::new(),
            found: find::Found::default(),
            diagnosing: None,
            layouts_wait: false,
            layouts: Vec::new(),
        }
    }

    /// Does something to the store, as another client would.
    pub(super) fn others<T>(&self, calls: impl AsyncFnOnce(&Sandbox) -> T) -> T {
        self.runtime.block_on(async { calls(&self.store).await })
    }

    /// The start of a run, up to where nothing more is to be done.
    pub(super) fn start(&mut self) {
        self.draw();
        let update = self.app.start();
        self.carry_out(update);
        self.rest();
    }

    /// The status of a usual member.
    pub(super) fn status(&self) -> Status {
        let status = self.runtime.block_on(self.store.status()).expect("a status");
        Status {
            endpoint: "http://10.0.0.1:2379".to_owned(),
            version: "3.5.9".to_owned(),
            ..status
        }
    }

    /// A member answers.
    pub(super) fn online(&mut self) {
        let status = self.status();
        self.happens(Message::Connection(ConnectionNews::Online(status)));
        self.rest();
    }

    /// Nobody answers any more; tried again in so many seconds.
    pub(super) fn lost(&mut self, seconds: u64) {
        let retry_at = self.now + Duration::from_secs(seconds);
        let error = refused();
        self.happens(Message::Connection(ConnectionNews::Lost { error, retry_at }));
    }

    /// Something happens.
    pub(super) fn happens(&mut self, message: Message) {
        self.remembers(&message);
        let update = self.app.update(message, self.now);
        self.carry_out(update);
        let drawn = self.draw();
        if self.strange.is_some() {
            self.remembers_what_is_shown(&text(&drawn));
        }
    }

    /// So many seconds from now.
    pub(super) fn later(&self, seconds: u64) -> Instant {
        self.now + Duration::from_secs(seconds)
    }

    /// Presses keys, written as in the key table with blanks between them.
    pub(super) fn press(&mut self, chords: &str) {
        for chord in chords.split_whitespace() {
            self.happens(Message::Key(Chord::parse(chord).expect(chord)));
            self.rest();
        }
    }

    /// Types a text, character by character.
    pub(super) fn type_text(&mut self, text: &str) {
        for c in text.chars() {
            self.happens(Message::Key(Chord::char(c)));
        }
        self.rest();
    }

    /// Another client writes a key, and the watches tell.
    pub(super) fn put(&mut self, key: impl Into<Key>, value: impl Into<Vec<u8>>) {
        let key = key.into();
        let previous = self.read(&key);
        let request = PutRequest::new(key.clone(), value);
        self.runtime.block_on(self.store.put(request)).expect("a put");
        let entry = self.read(&key).expect("what was put");
        self.tell(Event { kind: EventKind::Put, entry, previous });
    }

    /// Another client deletes a key, and the watches tell.
    pub(super) fn delete(&mut self, key: impl Into<Key>) {
        let key = key.into();
        let previous = self.read(&key);
        let request = DeleteRequest::new(KeyRange::single(key.clone()));
        let answer = self.runtime.block_on(self.store.delete(request)).expect("a delete");
        let entry = Entry { key, mod_revision: answer.revision, ..Entry::default() };
        self.tell(Event { kind: EventKind::Delete, entry, previous });
    }

    fn read(&self, key: &Key) -> Option<Entry> {
        let answer = self.runtime.block_on(self.store.range(RangeRequest::get(key.clone())));
        answer.expect("a range").entries.into_iter().next()
    }

    /// What the store holds now.
    pub(super) fn value(&self, key: &str) -> Vec<u8> {
        self.read(&Key::from(key)).expect(key).value
    }

    fn tell(&mut self, event: Event) {
        let received = received(event.revision().0);
        for (id, range) in self.watches.clone() {
            if range.contains(event.entry.key.as_bytes()) {
                let events = vec![event.clone()];
                self.happens(Message::Watch(id, WatchNews::Events { events, received }));
            }
        }
    }

    /// Time passes.
    pub(super) fn wait(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            let next = self.app.next_deadline().filter(|at| *at <= end).unwrap_or(end);
            let step = next.saturating_duration_since(self.now);
            self.runtime.block_on(tokio::time::advance(step));
            self.now = self.now.max(next);
            self.happens(Message::Clock);
            if self.now >= end && self.app.next_deadline().is_none_or(|at| at > end) {
                return;
            }
        }
    }

    /// As long as it takes until the cursor has rested and what is in view was counted.
    pub(super) fn rest(&mut self) {
        self.wait(Duration::from_millis(300));
    }

    /// What was not answered gets its answer.
    pub(super) fn answer_pending(&mut self) {
        self.answers = Answers::Store;
        for (ticket, call) in std::mem::take(&mut self.pending) {
            let answer = self.answer(call);
            self.happens(Message::Answered(ticket, answer));
        }
        self.rest();
    }

    fn carry_out(&mut self, update: Update) {
        for effect in update.effects {
            let Some(effect) = self.strangers_answer(effect) else { continue };
            match effect {
                Effect::Call { ticket, call, .. } => match self.answers.clone() {
                    Answers::Never => self.pending.push((ticket, call)),
                    Answers::Error(error) => {
                        self.happens(Message::Answered(ticket, Err(error)));
                    }
                    Answers::Store => {
                        let answer = self.answer(call);
                        self.happens(Message::Answered(ticket, answer));
                    }
                },
                Effect::Watch { id, range, from } => {
                    self.watches.push((id, range.clone()));
                    let revision = self.status().revision;
                    self.happens(Message::Watch(id, WatchNews::Watching { revision }));
                    if from.is_some() && from <= revision {
                        self.replay(id, range, from);
                    }
                }
                Effect::Compare { ticket, range, then } => {
                    let (looked, _) = tokio::sync::watch::channel(Looked::default());
                    let found = compare(&self.store, range, then, &looked);
                    let found = self.runtime.block_on(found).map(Box::new);
                    self.happens(Message::Compared(ticket, found));
                }
                Effect::Find(order) => self.finds_keys(order),
                Effect::SearchValues { ticket, search } => self.finds_values(ticket, &search),
                Effect::Diagnose { ticket } => self.diagnosing = Some(ticket),
                Effect::ReadJournal { ticket, id, limit } => {
                    let contents = self.journal.read(id, limit);
                    self.happens(Message::JournalRead(ticket, contents));
                }
                Effect::LayOut { ticket, value, rendering, width } => {
                    self.lays_out(ticket, &value, rendering, width);
                }
                Effect::Unwatch(id) => self.watches.retain(|(other, _)| *other != id),
                // What concerns the runtime or the terminal changes nothing that is drawn.
                _ => {}
            }
        }
    }

    /// What happened before a watch was made, from a revision on.
    fn replay(&mut self, id: WatchId, range: KeyRange, from: Revision) {
        let messages = self.runtime.block_on(async {
            let request = WatchRequest::new(range).from(from);
            let mut stream = self.store.watch(request).await.expect("a watch");
            let mut messages = Vec::new();
            while let Ok(Some(message)) = timeout(Duration::from_millis(1), stream.next()).await {
                messages.push(message);
            }
            messages
        });
        for message in messages {
            if let Ok(WatchMessage::Events(events)) = message {
                let received = received(events[0].revision().0);
                self.happens(Message::Watch(id, WatchNews::Events { events, received }));
            }
        }
    }

    /// The draft that is open, as it is kept when the program must end.
    pub(super) fn kept_draft(&self) -> KeptDraft {
        self.app.value.edit.as_ref().expect("a draft").session.keep(Home::default())
    }

    /// Drafts of an earlier run were found.
    pub(super) fn finds(&mut self, drafts: Vec<FoundDraft>) {
        self.happens(Message::DraftsFound(Ok((drafts, Vec::new()))));
        self.rest();
    }

    /// Changes the size of the screen.
    pub(super) fn resize(&mut self, width: u16, height: u16) {
        self.size = (width, height);
        self.happens(Message::Resize);
        self.rest();
    }

    /// Draws until the application has nothing to say to the size of its panes any more.
    pub(super) fn draw(&mut self) -> Buffer {
        loop {
            let (buffer, viewport) = self.frame();
            let before = self.app.viewport;
            let update = self.app.set_viewport(viewport);
            if before == viewport {
                return buffer;
            }
            self.carry_out(update);
        }
    }

    fn frame(&mut self) -> (Buffer, etcdeck::app::viewport::Viewport) {
        if self.emulator.size() != self.size {
            self.emulator.resize(self.size);
        }
        let mut viewport = None;
        let (app, theme) = (&self.app, &self.theme);
        let buffer = self.emulator.draw(&mut |frame| viewport = Some(render(frame, app, theme)));
        let viewport = viewport.expect("what was drawn");
        assert_eq!(viewport.swept, 0, "the sweep is a net only:\n{}", text(&buffer));
        (buffer, viewport)
    }

    /// The screen as text, without blanks at the ends of lines.
    pub(super) fn screen(&mut self) -> String {
        text(&self.draw())
    }
}

/// A buffer as text: what a person would see, without the style.
pub(super) fn text(buffer: &Buffer) -> String {
    let mut out = String::new();
    for y in 0..buffer.area.height {
        let mut row = String::new();
        let mut skip = 0;
        for x in 0..buffer.area.width {
            let symbol = buffer[(x, y)].symbol();
            if skip == 0 {
                row.push_str(symbol);
            }
            let wide = unicode_width::UnicodeWidthStr::width(symbol);
            skip = if skip > 0 { skip - 1 } else { wide.saturating_sub(1) };
        }
        out.push_str(row.trim_end());
        out.push('\n');
    }
    out
}

/// A lease ID like those of a real server.
pub(super) fn lease(n: i64) -> LeaseId {
    LeaseId(0x694d_81a1_c0de_0000 + n)
}
