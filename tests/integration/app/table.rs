//! An application at a table: its questions are laid out, and answered by hand.

use std::time::{Duration, Instant, SystemTime};

use etcdeck::app::effect::{Answer, Call, CallResult, Effect, Slot, WatchId};
use etcdeck::app::message::{ConnectionNews, Message, WatchNews};
use etcdeck::app::settings::Settings;
use etcdeck::app::ticket::Ticket;
use etcdeck::app::viewport::{PaneSize, Viewport};
use etcdeck::app::{App, Update};
use etcdeck::domain::tree::RowKind;
use etcdeck::domain::txn::{OpResponse, RangeResponse, TxnResponse};
use etcdeck::domain::{Entry, Event, EventKind, Revision, Version, escape};
use etcdeck::keymap::Chord;
use etcdeck::store::{ErrorKind, Status, StoreError};

/// The revision at which everything is answered, unless said otherwise.
pub(super) const NOW: Revision = Revision(100);

/// A question that waits for its answer.
#[derive(Clone, Debug)]
pub(super) struct Open {
    pub(super) ticket: Ticket,
    pub(super) slot: Option<Slot>,
    pub(super) call: Call,
}

/// The application, its open questions, and whatever else it asked for.
pub(super) struct Table {
    pub(super) app: App,
    pub(super) now: Instant,
    pub(super) open: Vec<Open>,
    /// What was asked for and is no call, in order.
    pub(super) effects: Vec<Effect>,
    /// Whether the last message had anything drawn.
    pub(super) redraw: bool,
}

impl Table {
    /// Nothing asked yet; panes as on a usual terminal.
    pub(super) fn new() -> Table {
        let settings = Settings::default();
        let now = tokio::time::Instant::now().into_std();
        let app = App::new(settings, now);
        let mut table = Table { app, now, open: Vec::new(), effects: Vec::new(), redraw: false };
        table.shows(10, 10);
        table
    }

    /// Gives the tree and the leases so many rows.
    pub(super) fn shows(&mut self, keys: u16, leases: u16) {
        let pane = |height| PaneSize { width: 60, height };
        let (keys, leases) = (pane(keys), pane(leases));
        let (value, watch) = (pane(10), pane(10));
        let viewport = Viewport { keys, value, leases, watch, ..Viewport::default() };
        let update = self.app.set_viewport(viewport);
        self.take(update);
    }

    /// Started, online, these keys listed, no leases, and nothing left open.
    pub(super) fn holding(keys: &[&str]) -> Table {
        Table::set(&Settings::default(), keys)
    }

    /// The same with other settings.
    pub(super) fn set(settings: &Settings, keys: &[&str]) -> Table {
        let mut table = Table::new();
        table.app.settings = settings.clone();
        let update = table.app.start();
        table.take(update);
        table.online();
        table.lists(keys).passes(Duration::from_millis(1)).answers_leases(Vec::new());
        table
    }

    pub(super) fn take(&mut self, update: Update) {
        self.redraw = update.redraw;
        for effect in update.effects {
            match effect {
                Effect::Call { ticket, slot, call } => {
                    // As the runtime does: the question before in the same slot is given up.
                    self.open.retain(|open| slot.is_none() || open.slot != slot);
                    self.open.push(Open { ticket, slot, call });
                }
                effect => self.effects.push(effect),
            }
        }
    }

    /// Something happens.
    pub(super) fn happens(&mut self, message: Message) -> &mut Table {
        let update = self.app.update(message, self.now);
        self.take(update);
        self
    }

    /// Presses keys, written as in the key table.
    pub(super) fn keys(&mut self, keys: &str) -> &mut Table {
        for key in keys.split_whitespace() {
            self.happens(Message::Key(Chord::parse(key).expect(key)));
        }
        self
    }

    /// Runs a command.
    pub(super) fn runs(&mut self, command: &str) -> &mut Table {
        self.keys(":");
        command.chars().for_each(|c| {
            self.happens(Message::Key(Chord::char(c)));
        });
        self.keys("enter")
    }

    /// Lets time pass, waking the application at every deadline on the way.
    pub(super) fn passes(&mut self, time: Duration) -> &mut Table {
        let end = self.now + time;
        for _ in 0..1000 {
            let Some(at) = self.app.next_deadline().filter(|at| *at <= end) else {
                self.now = end;
                return self;
            };
            self.now = self.now.max(at);
            self.happens(Message::Clock);
        }
        panic!("the application wants to be woken for ever");
    }

    /// The member answers.
    pub(super) fn online(&mut self) -> &mut Table {
        let status = Status { revision: NOW, leader: 1, member: 1, ..Status::default() };
        self.happens(Message::Connection(ConnectionNews::Online(status)))
    }

    /// Nobody answers.
    pub(super) fn lost(&mut self) -> &mut Table {
        let retry_at = self.now + Duration::from_secs(2);
        self.happens(Message::Connection(ConnectionNews::Lost { error: down(), retry_at }))
    }

    /// The one open question of this kind, taken from the table.
    pub(super) fn asked(&mut self, wanted: impl Fn(&Call) -> bool) -> Open {
        let at = self.open.iter().position(|open| wanted(&open.call));
        let at = at.unwrap_or_else(|| panic!("not asked; open are {:#?}", self.open));
        self.open.remove(at)
    }

    /// Answers a question.
    pub(super) fn answers(&mut self, ticket: Ticket, result: CallResult) -> &mut Table {
        self.happens(Message::Answered(ticket, result))
    }

    /// Answers the listing of a level that asks for one interval, with these keys.
    pub(super) fn lists(&mut self, keys: &[&str]) -> &mut Table {
        self.lists_at(keys, NOW)
    }

    /// The same, as of a revision.
    pub(super) fn lists_at(&mut self, keys: &[&str], revision: Revision) -> &mut Table {
        let open = self.asked(is_listing);
        let entries = keys.iter().map(|key| entry(key, "")).collect();
        let range = RangeResponse { revision, entries, count: keys.len() as i64, more: false };
        self.answers(open.ticket, Ok(Answer::Range(range)))
    }

    /// Answers the list of leases.
    pub(super) fn answers_leases(&mut self, ids: Vec<etcdeck::domain::LeaseId>) -> &mut Table {
        let open = self.asked(|call| *call == Call::LeaseList);
        self.answers(open.ticket, Ok(Answer::LeaseList(ids)))
    }

    /// Answers the reading of a key; no value for none.
    pub(super) fn reads(&mut self, key: &str, value: Option<&str>) -> &mut Table {
        let open = self.asked(|call| is_reading(call, key));
        self.answers(open.ticket, Ok(found(key, value)))
    }

    /// Somebody writes a key, or deletes it.
    pub(super) fn others(&mut self, revision: i64, key: &str, kind: EventKind) -> &mut Table {
        let version = Version(i64::from(kind == EventKind::Put));
        let mod_revision = Revision(revision);
        let create_revision = Revision(if kind == EventKind::Put { revision } else { 0 });
        let entry = Entry { mod_revision, create_revision, version, ..entry(key, "") };
        let events = vec![Event { kind, entry, previous: None }];
        let news = WatchNews::Events { events, received: SystemTime::UNIX_EPOCH };
        self.happens(Message::Watch(WatchId::FOLLOW, news))
    }

    /// The rows of the tree, the selected one marked: `a/ >b …`.
    pub(super) fn rows(&self) -> String {
        let tree = &self.app.keys.tree;
        let names = tree.rows().iter().enumerate().map(|(index, row)| {
            let name = match row.kind {
                RowKind::Node(id) => escape::line(tree.get(id).expect("a row").name),
                RowKind::Gap { .. } => "gap".to_owned(),
                RowKind::More(_) => "more".to_owned(),
                RowKind::Loading(_) => "loading".to_owned(),
                RowKind::Failed(_) => "failed".to_owned(),
                RowKind::Empty(_) => "empty".to_owned(),
                RowKind::Stale(_) => "stale".to_owned(),
            };
            if index == self.app.keys.cursor.selected { format!(">{name}") } else { name }
        });
        names.collect::<Vec<_>>().join(" ")
    }

    /// What the notice says.
    pub(super) fn notice(&self) -> &str {
        self.app.notice.as_ref().map_or("", |notice| &notice.text)
    }
}

/// An entry as if it were written at revision 50.
pub(super) fn entry(key: &str, value: &str) -> Entry {
    Entry {
        key: key.into(),
        value: value.into(),
        create_revision: Revision(40),
        mod_revision: Revision(50),
        version: Version(3),
        ..Entry::default()
    }
}

/// The answer to the reading of one key.
pub(super) fn found(key: &str, value: Option<&str>) -> Answer {
    let entries: Vec<Entry> = value.map(|value| entry(key, value)).into_iter().collect();
    let count = entries.len() as i64;
    Answer::Range(RangeResponse { revision: NOW, entries, count, more: false })
}

/// The answer of a transaction.
pub(super) fn txn(succeeded: bool, responses: Vec<OpResponse>) -> Answer {
    Answer::Txn(TxnResponse { revision: NOW.next(), succeeded, responses })
}

pub(super) fn down() -> StoreError {
    StoreError::new(ErrorKind::Unreachable, "connection refused")
}

pub(super) fn denied() -> StoreError {
    StoreError::new(ErrorKind::PermissionDenied, "etcdserver: permission denied")
}

/// Whether a call reads a page of a level.
pub(super) fn is_listing(call: &Call) -> bool {
    matches!(call, Call::Range(request) if request.keys_only && request.serializable)
}

/// Whether a call counts directories.
pub(super) fn is_counting(call: &Call) -> bool {
    matches!(call, Call::Txn(request) if request.is_read_only())
}

/// Whether a call reads the value of this key.
pub(super) fn is_reading(call: &Call, key: &str) -> bool {
    matches!(call, Call::Range(request)
        if !request.keys_only && request.range == etcdeck::domain::KeyRange::single(key))
}
