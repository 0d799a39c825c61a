//! A walk through everything that can be shown: every command, then every key that is bound where it
//! led, then every key in the dialog that one opened. What is new in the tables is walked to by itself.

use etcdeck::app::App;
use etcdeck::app::command::{FORMS, Form};
use etcdeck::app::effect::WatchId;
use etcdeck::app::hold::HoldId;
use etcdeck::app::message::{ConnectionNews, HoldNews, Message, WatchNews};
use etcdeck::app::settings::Settings;
use etcdeck::domain::mark::Mark;
use etcdeck::domain::txn::PutRequest;
use etcdeck::domain::watch::{Fault, FaultKind, Found, FoundKind, Listed, Replaced};
use etcdeck::domain::{Event, EventKind, Revision};
use etcdeck::keymap::{Action, Binding};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{Alarm, ErrorKind, Kv as _, Leases as _, Status, StoreError};

use super::super::desk::{Answers, Desk, lease, settings};
use super::stranger::Stranger;
use super::world::{World, received};

/// Opens the screen on a store that strangers have filled.
pub(super) fn among(pool: &[Vec<u8>], size: (u16, u16)) -> Desk {
    let mut stranger = Stranger::new(pool.to_vec());
    let settings = Settings {
        user: Some(stranger.text()),
        profile: Some(stranger.text()),
        endpoints: vec![stranger.text()],
        state_dir: Some(stranger.path()),
        production: (pool.len() % 2 == 1).then(Mark::default),
        ..settings()
    };
    let mut desk = Desk::new(settings, Sandbox::new(), size);
    desk.others(async |store| fill(store, pool).await);
    desk.strange = Some(World::new(stranger));
    desk.start();
    online(&mut desk);
    desk.press("w l j");
    desk
}

async fn fill(store: &Sandbox, pool: &[Vec<u8>]) {
    let put = async |key: Vec<u8>, value: &[u8], on: i64| {
        let request = PutRequest::new(key, value).lease(lease(on));
        store.put(request).await.expect("the sandbox answers");
    };
    for n in 1..=3 {
        store.lease_grant(60 * n, lease(n)).await.expect("the sandbox answers");
    }
    let next = |n: usize| &pool[(n + 1) % pool.len()][..];
    for (n, bytes) in pool.iter().enumerate() {
        let key = |prefix: &str| [prefix.as_bytes(), bytes].concat();
        put(bytes.clone(), next(n), 1).await;
        put(key("/s/"), next(n), 1).await;
        put(key("/s/"), bytes, 1).await;
        put([&key("/s/d")[..], b"/", next(n)].concat(), bytes, 2).await;
        for place in ["/locks/", "/election/"] {
            let name = [&key(place)[..], b"/", lease(3).to_string().as_bytes()].concat();
            put(name, bytes, 3).await;
        }
        put([&key("/services/")[..], b"/", next(n)].concat(), bytes, 3).await;
        put([b"/services/api/", next(n)].concat(), bytes, 3).await;
    }
}

/// A member answers, and what it says of itself is a stranger's.
fn online(desk: &mut Desk) {
    let status = desk.status();
    let Some(world) = &mut desk.strange else { return };
    let words = &mut world.stranger;
    let status = Status {
        endpoint: words.text(),
        version: words.text(),
        alarms: vec![
            Alarm { member: 1, name: words.text() },
            Alarm { member: 2, name: words.text() },
        ],
        errors: vec![words.words()],
        ..status
    };
    desk.answers = Answers::Store;
    desk.happens(Message::Connection(ConnectionNews::Online(status)));
    desk.rest();
}

/// How many kinds of [`news`] there are.
pub(super) const NEWS: usize = 19;

/// What may come at any time, unasked.
pub(super) fn news(desk: &mut Desk, which: usize) {
    let status = desk.status();
    let retry_at = desk.later(5);
    let Some(world) = &mut desk.strange else { return };
    let id = WatchId(1);
    let event = |world: &mut World, kind| {
        let entry = world.entry();
        Event { kind, previous: Some(world.entry()), entry }
    };
    let message = match which % NEWS {
        0 => return online(desk),
        1 => Message::Connection(ConnectionNews::Denied(world.stranger.error())),
        2 => Message::Connection(ConnectionNews::Lost { error: world.stranger.error(), retry_at }),
        3 => Message::Watch(id, WatchNews::Lost { error: world.stranger.error() }),
        4 => Message::Watch(id, WatchNews::Refused(world.stranger.error())),
        5 => Message::Watch(
            id,
            WatchNews::Gap { from: Revision(2), to: Revision(9), received: received() },
        ),
        6 => {
            let events = vec![event(world, EventKind::Put), event(world, EventKind::Delete)];
            Message::Watch(id, WatchNews::Events { events, received: received() })
        }
        7 => Message::Journaled(world.journal_line()),
        8 => Message::JournalTrouble(world.stranger.words()),
        9 => Message::DraftNotKept(world.stranger.words()),
        10 => Message::Hold(HoldId(1), HoldNews::Lost(world.stranger.words())),
        11 => Message::Hold(HoldId(1), HoldNews::Failed(world.stranger.error())),
        14 => Message::Connection(ConnectionNews::Endpoints(world.endpoints(&status))),
        15 => {
            let kinds = [FaultKind::Stray, FaultKind::Missed, FaultKind::Repeated];
            let kind = kinds[world.stranger.below(kinds.len())];
            let (revision, key) = (Revision(9), world.stranger.key());
            let fault = Fault { kind, revision, key, others: 2 };
            Message::Watch(id, WatchNews::Fault { fault, received: received() })
        }
        16 => {
            let replaced = Replaced { told: Revision(9), now: Revision(5), other_cluster: false };
            Message::Watch(id, WatchNews::Replaced { replaced, received: received() })
        }
        17 => {
            let kinds = [FoundKind::Put, FoundKind::Changed, FoundKind::Gone];
            let found =
                kinds.map(|kind| Found { kind, key: world.stranger.key(), revision: Revision(9) });
            let (listed, received) = (Listed { put: 1, ..Listed::default() }, received());
            Message::Watch(id, WatchNews::Found { found: found.to_vec(), listed, received })
        }
        18 => {
            let error = StoreError::new(ErrorKind::WrongPassword, world.stranger.words());
            Message::Connection(ConnectionNews::Denied(error))
        }
        12 => Message::Watch(id, WatchNews::Progress { revision: Revision(90) }),
        _ => Message::Watch(id, WatchNews::Watching { revision: Revision(90) }),
    };
    desk.happens(message);
}

/// Back to the panes, whatever is open.
pub(super) fn home(desk: &mut Desk) {
    for _ in 0..30 {
        let app = &desk.app;
        if app.dialogs.is_empty() && app.view.is_none() && !app.is_editing() {
            return;
        }
        // Leave; throw away what is asked about then, or say no.
        for key in ["x", "d", "n", "esc"] {
            if !desk.app.dialogs.is_empty() || key == "esc" {
                desk.press(key);
            }
        }
    }
    panic!("there is no way out of {:?}\n{}", desk.app.contexts(), desk.screen());
}

/// Types a command with words of strangers for its arguments.
pub(super) fn command(desk: &mut Desk, form: &Form) {
    let Some(world) = &mut desk.strange else { return };
    let mut line = form.name.to_owned();
    for word in form.arguments.split_whitespace().filter(|word| !word.starts_with("[from")) {
        line.push(' ');
        line.push_str(&argument(form, word.trim_matches(['[', ']']), &mut world.stranger));
    }
    desk.press(":");
    paste(desk, &line);
    desk.press("enter");
}

/// As typed, but drawn once only.
pub(super) fn paste(desk: &mut Desk, text: &str) {
    desk.happens(Message::Paste(text.to_owned()));
}

fn argument(form: &Form, word: &str, stranger: &mut Stranger) -> String {
    match word {
        "regex" => ["", "regex"][stranger.below(2)].to_owned(),
        "REV" => "3".to_owned(),
        "N|before|live" => ["4", "before", "live"][stranger.below(3)].to_owned(),
        "TTL" => "60".to_owned(),
        "N" => "1".to_owned(),
        "on|off" => "off".to_owned(),
        "ID" if form.name.starts_with("lease") => lease(1).to_string(),
        _ => stranger.typed(),
    }
}

/// Whether a key may be pressed: the walk goes on after it.
fn stays(binding: &Binding) -> bool {
    !matches!(binding.action, Action::Quit | Action::QuitAnyway)
}

/// The keys that are bound where the program is.
pub(super) fn keys(app: &App) -> Vec<&'static str> {
    let contexts = app.contexts();
    let rows = contexts.iter().flat_map(|context| app.keymap.bindings(*context));
    rows.filter(|row| stays(row)).filter_map(|row| row.chords.first().copied()).collect()
}

/// Presses a key; where it is a field that gets the keys, it is filled and accepted too.
pub(super) fn press(desk: &mut Desk, key: &str) {
    let dialogs = desk.app.dialogs.len();
    desk.press(key);
    if desk.app.dialogs.len() > dialogs {
        let Some(world) = &mut desk.strange else { return };
        let text = world.stranger.text();
        desk.happens(Message::Paste(text));
    }
}

/// All commands there are.
pub(super) fn forms() -> impl Iterator<Item = &'static Form> {
    FORMS.iter().filter(|form| form.name != "quit")
}
