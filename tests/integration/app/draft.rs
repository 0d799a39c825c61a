//! A draft that was given up leaves nothing behind that the next one could take for its own.

use std::time::{Instant, SystemTime};

use etcdeck::app::App;
use etcdeck::app::dialog::Dialog;
use etcdeck::app::effect::{Answer, Call, CallResult, Effect, WatchId};
use etcdeck::app::message::{Message, WatchNews};
use etcdeck::app::settings::Settings;
use etcdeck::app::ticket::Ticket;
use etcdeck::domain::edit::State;
use etcdeck::domain::txn::{OpResponse, PutResponse, RangeResponse, TxnResponse};
use etcdeck::domain::{Entry, Event, EventKind, Revision};
use etcdeck::keymap::Chord;
use etcdeck::store::{ErrorKind, StoreError};

struct Desk {
    app: App,
    now: Instant,
}

impl Desk {
    fn new() -> Desk {
        let now = tokio::time::Instant::now().into_std();
        let settings = Settings::default();
        Desk { app: App::new(settings, now), now }
    }

    /// Types keys, one a word, and gives the calls they lead to.
    fn keys(&mut self, keys: &str) -> Vec<(Ticket, Call)> {
        let chords = keys.split(' ').map(|key| Chord::parse(key).expect("a chord"));
        chords.flat_map(|chord| self.take(Message::Key(chord))).collect()
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer) -> Vec<(Ticket, Call)> {
        let result: CallResult = Ok(answer);
        self.take(Message::Answered(ticket, result))
    }

    fn take(&mut self, message: Message) -> Vec<(Ticket, Call)> {
        let effects = self.app.update(message, self.now).effects;
        let call = |effect| match effect {
            Effect::Call { ticket, call, .. } => Some((ticket, call)),
            _ => None,
        };
        effects.into_iter().filter_map(call).collect()
    }

    /// The tree lists an empty store at revision 7, and follows it from then on.
    fn lists_nothing(&mut self) {
        let mut effects = self.app.start().effects;
        while let Some(effect) = effects.pop() {
            if let Effect::Call { ticket, call: Call::Range(_), .. } = effect {
                let answer = Answer::Range(RangeResponse {
                    revision: Revision(7),
                    entries: Vec::new(),
                    count: 0,
                    more: false,
                });
                effects.extend(
                    self.app.update(Message::Answered(ticket, Ok(answer)), self.now).effects,
                );
            }
        }
    }

    /// Makes a key of one letter with a value of one letter, up to the save, which is not answered.
    fn save_new(&mut self, key: &str) -> Ticket {
        let calls = self.keys("1 n");
        assert!(calls.is_empty(), "{calls:?}");
        self.take(Message::Paste(key.to_owned()));
        let look = self.keys("enter");
        let [(look, Call::Range(_))] = look.as_slice() else { panic!("{look:?}") };
        let nothing =
            RangeResponse { revision: Revision(7), entries: Vec::new(), count: 0, more: false };
        self.answer(*look, Answer::Range(nothing));
        let save = self.keys("x ctrl-s");
        let [(save, Call::Txn(_))] = save.as_slice() else { panic!("{save:?}") };
        assert!(matches!(self.state(), Some(State::Saving { .. })));
        *save
    }

    fn state(&self) -> Option<&State> {
        self.app.value.edit.as_ref().map(|draft| draft.session.state())
    }
}

fn saved(revision: i64) -> Answer {
    let revision = Revision(revision);
    let put = OpResponse::Put(PutResponse { revision, previous: None });
    Answer::Txn(TxnResponse { revision, succeeded: true, responses: vec![put] })
}

#[test]
fn the_answer_to_a_save_is_not_taken_for_that_of_the_next_draft() {
    let mut desk = Desk::new();
    let first = desk.save_new("a");
    desk.keys("esc x");
    assert!(desk.state().is_none(), "given up");
    let notice = desk.app.notice.as_ref().expect("it is said").text.clone();
    assert!(notice.contains("may have been saved"), "{notice}");
    let second = desk.save_new("b");
    desk.answer(first, saved(8));
    assert!(matches!(desk.state(), Some(State::Saving { .. })), "{:?}", desk.state());
    desk.answer(second, saved(9));
    assert!(matches!(desk.state(), Some(State::Clean)), "{:?}", desk.state());
}

#[test]
fn what_is_saved_meanwhile_is_not_asked_about_any_more() {
    let mut desk = Desk::new();
    let save = desk.save_new("a");
    desk.keys("esc");
    assert!(matches!(desk.app.dialogs.last(), Some(Dialog::Unsaved { quit: false })));
    desk.answer(save, saved(8));
    assert!(desk.app.dialogs.is_empty() && matches!(desk.state(), Some(State::Clean)));
}

#[test]
fn a_read_from_before_a_save_tells_nothing_of_what_became_of_it() {
    let mut desk = Desk::new();
    desk.lists_nothing();
    let first = desk.save_new("a");
    desk.answer(first, saved(8));
    // The tree's watch tells of a write, whose value is read.
    let seen = desk.take(Message::Watch(WatchId::FOLLOW, written_at(9)));
    let [(peek, Call::Range(_))] = seen.as_slice() else { panic!("{seen:?}") };
    // Before that is answered the next save is sent, and nobody knows what became of it.
    let save = desk.keys("y ctrl-s");
    let [(save, Call::Txn(_))] = save.as_slice() else { panic!("{save:?}") };
    let silence = StoreError::new(ErrorKind::Unknown, "silence");
    let reads = desk.take(Message::Answered(*save, Err(silence)));
    assert!(matches!(desk.state(), Some(State::Unknown { .. })), "{:?}", desk.state());
    let [(read, Call::Range(_))] = reads.as_slice() else { panic!("{reads:?}") };
    // The key as it was when the first read was asked for.
    desk.answer(*peek, read_at(8, "x", 8));
    assert!(matches!(desk.state(), Some(State::Unknown { .. })), "{:?}", desk.state());
    desk.answer(*read, read_at(10, "xy", 10));
    assert!(matches!(desk.state(), Some(State::Clean)), "{:?}", desk.state());
}

/// The key `a`, written at a revision, as the tree's watch tells it.
fn written_at(revision: i64) -> WatchNews {
    let mod_revision = Revision(revision);
    let entry = Entry { key: "a".into(), mod_revision, ..Entry::default() };
    let event = Event { kind: EventKind::Put, entry, previous: None };
    WatchNews::Events { events: vec![event], received: SystemTime::UNIX_EPOCH }
}

/// The key `a` as a read at a revision found it.
fn read_at(revision: i64, value: &str, written: i64) -> Answer {
    let (create_revision, mod_revision) = (Revision(8), Revision(written));
    let entry = Entry {
        key: "a".into(),
        value: value.into(),
        create_revision,
        mod_revision,
        ..Entry::default()
    };
    let revision = Revision(revision);
    Answer::Range(RangeResponse { revision, entries: vec![entry], count: 1, more: false })
}
