//! What can be seen of a program at work: its state, and what it told so far.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use etcdeck::app::App;
use etcdeck::app::connection::Connection;
use etcdeck::app::effect::WatchId;
use etcdeck::app::message::{Message, WatchNews};
use etcdeck::app::watch::Watching;
use etcdeck::domain::edit::State;
use etcdeck::domain::tree::{Level, NodeId};
use etcdeck::domain::watch::Logged;
use etcdeck::domain::{Event, EventKind};

use crate::support::oracle::Happened;

/// The first watch that is started on the screen.
pub(crate) const PANE: WatchId = WatchId(1);

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

impl Seen {
    /// Nothing yet, of a program that is about to start.
    pub(crate) fn new(app: App) -> Seen {
        Seen {
            app,
            delivered: HashMap::new(),
            connection: Vec::new(),
            watching: Vec::new(),
            headers: Vec::new(),
            editing: Vec::new(),
            rows: Vec::new(),
        }
    }

    /// A frame was drawn.
    pub(crate) fn note_frame(&mut self, rows: Vec<String>) {
        let header = rows.first().cloned().unwrap_or_default();
        note(&mut self.headers, header);
        self.rows = rows;
    }

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

    /// Whether the level of these keys is whole, and says so.
    pub(crate) fn tree_is_true(&self) -> bool {
        let root = self.app.keys.tree.dir(NodeId::ROOT);
        root.is_some_and(|root| matches!(root.level, Level::Ready { complete: true, .. }))
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

    /// A message comes to the program.
    pub(crate) fn note(&mut self, message: &Message) {
        let Message::Watch(id, news) = message else { return };
        if let WatchNews::Events { events, .. } = news {
            let keys_only = *id == WatchId::FOLLOW;
            let delivered = self.delivered.entry(*id).or_default();
            delivered.extend(events.iter().map(|event| happened(event, keys_only)));
        }
    }

    /// The program has taken it.
    pub(crate) fn note_changes(&mut self) {
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

pub(crate) fn now() -> Instant {
    tokio::time::Instant::now().into_std()
}
