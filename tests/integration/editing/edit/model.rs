//! Edits beside a store with other clients, in any order: no draft lost, no write unguarded.

use std::collections::VecDeque;

use etcdeck::domain::edit::{Base, EditSession, Form, SaveFailure, State};
use etcdeck::domain::text::TextBuffer;
use etcdeck::domain::txn::{
    Comparison, Op, OpResponse, PutResponse, RangeResponse, Target, TxnRequest, TxnResponse,
};
use etcdeck::domain::{Entry, Event, EventKind, Key, LeaseId, Revision, Version};
use proptest::prelude::*;

/// A store of one key, with the events it owes the watch and the save on its way to it.
struct Store {
    entry: Option<Entry>,
    revision: i64,
    events: VecDeque<Event>,
    request: Option<TxnRequest>,
    /// A save whose answer got lost, that may still arrive.
    stray: Option<TxnRequest>,
}

impl Store {
    fn write(&mut self, value: Vec<u8>, lease: LeaseId) {
        self.revision += 1;
        let mod_revision = Revision(self.revision);
        let (create_revision, version) = match &self.entry {
            Some(entry) => (entry.create_revision, Version(entry.version.0 + 1)),
            None => (mod_revision, Version(1)),
        };
        let key = Key::from("/a");
        let entry = Entry { key, value, create_revision, mod_revision, version, lease };
        self.entry = Some(entry.clone());
        self.events.push_back(Event { kind: EventKind::Put, entry, previous: None });
    }

    fn delete(&mut self) {
        if self.entry.take().is_some() {
            self.revision += 1;
            let mod_revision = Revision(self.revision);
            let entry = Entry { key: Key::from("/a"), mod_revision, ..Entry::default() };
            self.events.push_back(Event { kind: EventKind::Delete, entry, previous: None });
        }
    }

    /// Does a save as etcd would, and checks that it is one that may be sent.
    fn txn(&mut self, request: &TxnRequest) -> TxnResponse {
        let [guard] = &request.compares[..] else { panic!("not one guard: {request:?}") };
        let [Op::Put(put)] = &request.success[..] else { panic!("not one put: {request:?}") };
        assert!(matches!(&request.failure[..], [Op::Range(range)] if range.range == guard.range));
        assert!(guard.range.is_single() && guard.range.contains(put.key.as_bytes()));
        assert_eq!(guard.comparison, Comparison::Equal);
        let succeeded = match (&guard.target, &self.entry) {
            (Target::Mod(wanted), Some(entry)) => *wanted == entry.mod_revision,
            (Target::Create(wanted), found) => {
                assert_eq!(*wanted, Revision::NONE);
                found.is_none()
            }
            (Target::Mod(wanted), None) => {
                assert!(wanted.is_some());
                false
            }
            (other, _) => panic!("no guard: {other:?}"),
        };
        let response = if succeeded {
            let lease = self.entry.as_ref().map_or(LeaseId::NONE, |entry| entry.lease);
            assert_eq!(put.lease, lease, "the key's lease is kept");
            self.write(put.value.clone(), put.lease);
            OpResponse::Put(PutResponse { revision: Revision(self.revision), previous: None })
        } else {
            let entries: Vec<Entry> = self.entry.clone().into_iter().collect();
            let count = entries.len() as i64;
            let revision = Revision(self.revision);
            OpResponse::Range(RangeResponse { revision, entries, count, more: false })
        };
        TxnResponse { revision: Revision(self.revision), succeeded, responses: vec![response] }
    }
}

/// What can happen, weighed by how often.
#[derive(Clone, Copy, Debug)]
enum Step {
    Type(u8),
    Undo,
    Save,
    /// The save reaches the store and is answered.
    Answer,
    /// It reaches the store, the answer does not reach us.
    LoseAnswer,
    /// Nobody knows where it is.
    LoseRequest,
    Refuse,
    /// The lost save reaches the store after all.
    Arrive,
    ReadBack,
    /// The watch tells one event.
    Event,
    TheirPut(u8),
    TheirDelete,
    Take,
    Keep,
    Merge,
    Anew,
    Discard,
}

fn any_step() -> impl Strategy<Value = Step> {
    use Step::{
        Anew, Answer, Arrive, Discard, Event, Keep, LoseAnswer, LoseRequest, Merge, ReadBack,
        Refuse, Save, Take, TheirDelete, TheirPut, Type, Undo,
    };
    prop_oneof![
        4 => (0u8..4).prop_map(Type),
        4 => Just(Save),
        4 => Just(Answer),
        4 => Just(Event),
        2 => (0u8..4).prop_map(TheirPut),
        2 => Just(ReadBack),
        1 => prop::sample::select(&[
            Undo, LoseAnswer, LoseRequest, Refuse, Arrive, TheirDelete, Take, Keep, Merge, Anew, Discard,
        ][..]),
    ]
}

fn value(n: u8) -> &'static str {
    ["one", "two\n2", "", "three"][usize::from(n)]
}

fn run(start: Option<u8>, steps: &[Step]) {
    let events = VecDeque::new();
    let mut store = Store { entry: None, revision: 1, events, request: None, stray: None };
    if let Some(n) = start {
        store.write(value(n).into(), LeaseId(7));
        store.events.clear();
    }
    let base = store.entry.clone().map_or(Base::Absent(Key::from("/a")), Base::Entry);
    let mut session = EditSession::new(base, Form::Text).as_of(Revision(store.revision));
    for step in steps {
        let before = session.clone();
        let lost = || SaveFailure::OutcomeUnknown("lost".to_owned());
        let mut own = false;
        match step {
            Step::Type(n) => {
                own = true;
                session.edit(|buffer| buffer.insert_str(value(*n)));
            }
            Step::Undo => {
                own = true;
                session.edit(TextBuffer::undo);
            }
            Step::Save => {
                if let Ok(request) = session.save() {
                    assert!(store.request.is_none(), "two saves at once");
                    store.request = Some(request);
                }
            }
            Step::Answer => {
                if let Some(request) = store.request.take() {
                    let response = store.txn(&request);
                    session.on_saved(response);
                }
            }
            Step::LoseAnswer => {
                if let Some(request) = store.request.take() {
                    store.txn(&request);
                    session.on_save_failed(lost());
                }
            }
            Step::LoseRequest => {
                if let Some(request) = store.request.take() {
                    store.stray = Some(request);
                    session.on_save_failed(lost());
                }
            }
            Step::Refuse => {
                if store.request.take().is_some() {
                    session.on_save_failed(SaveFailure::NotSent("refused".to_owned()));
                }
            }
            Step::Arrive => {
                if let Some(request) = store.stray.take() {
                    // The key may have lost its lease and got it back since: not of this test.
                    store.txn(&request);
                }
            }
            Step::ReadBack => {
                session.on_read_back(store.entry.clone(), Revision(store.revision));
            }
            Step::Event => {
                if let Some(event) = store.events.pop_front() {
                    session.on_event(&event);
                }
            }
            Step::TheirPut(n) => {
                let lease = store.entry.as_ref().map_or(LeaseId::NONE, |_| LeaseId(9));
                store.write(format!("their {}", value(*n)).into(), lease);
            }
            Step::TheirDelete => store.delete(),
            Step::Take | Step::Keep | Step::Merge | Step::Anew | Step::Discard => {
                own = true;
                match step {
                    Step::Take => _ = session.take_theirs(),
                    Step::Keep => _ = session.keep_mine(),
                    Step::Merge => _ = session.merge(),
                    Step::Anew => _ = session.create_anew(),
                    _ => _ = session.discard(),
                }
            }
        }
        if !own && before.changed() {
            assert_eq!(session.buffer().text(), before.buffer().text(), "{step:?} took the draft");
        }
        if matches!(step, Step::Keep | Step::Anew) {
            assert_eq!(session.buffer().text(), before.buffer().text());
        }
        if let (Step::Take | Step::Discard | Step::Merge, false) =
            (step, session.buffer().revision() == before.buffer().revision())
        {
            let mut back = session.clone();
            back.edit(TextBuffer::undo);
            assert_eq!(back.buffer().text(), before.buffer().text(), "{step:?} cannot be undone");
        }
        if session.state() == &State::Clean {
            assert!(!session.changed());
            assert_eq!(session.draft_bytes().as_deref(), Ok(session.base().value()));
        }
    }
    // In the end everything is told, and what the session believes is so.
    store.stray = None;
    if let Some(request) = store.request.take() {
        let response = store.txn(&request);
        session.on_saved(response);
    }
    while let Some(event) = store.events.pop_front() {
        session.on_event(&event);
    }
    // Where the outcome was known the events alone have to lead there.
    if matches!(session.state(), State::Unknown { .. }) {
        session.on_read_back(store.entry.clone(), Revision(store.revision));
    }
    let base = match session.base() {
        Base::Entry(entry) => Some(entry),
        Base::Absent(_) => None,
    };
    match session.state() {
        State::Clean | State::Dirty { behind: None } => assert_eq!(base, store.entry.as_ref()),
        State::Dirty { behind: Some(theirs) } | State::Conflict { theirs } => {
            assert_eq!(Some(theirs), store.entry.as_ref());
        }
        State::Gone { .. } => assert_eq!(store.entry, None),
        state @ (State::Saving { .. } | State::Unknown { .. }) => panic!("still {state:?}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_order_of_things_loses_a_draft_or_writes_blindly(
        start in prop::option::of(0u8..4), steps in prop::collection::vec(any_step(), 0..40),
    ) {
        run(start, &steps);
    }
}
