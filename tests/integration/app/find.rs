//! Finding: when keys are read, what is looked for, and what becomes of the answers.

use etcdeck::app::effect::{Answer, Call, Effect};
use etcdeck::app::find::order::{FindNews, FindOrder, Indexing, Search, ValueSearch, ValuesNews};
use etcdeck::app::message::Message;
use etcdeck::app::ticket::Ticket;
use etcdeck::app::view::View;
use etcdeck::domain::find::{Fault, Hit, Hits, IndexState, Mode, Phase, Searched, ValueHit};
use etcdeck::domain::txn::RangeResponse;
use etcdeck::domain::{Key, KeyRange, Revision};

use super::table::{NOW, Table, down};

fn count(keys: i64) -> Answer {
    Answer::Range(RangeResponse { revision: NOW, count: keys, ..RangeResponse::default() })
}

fn is_counting(call: &Call) -> bool {
    matches!(call, Call::Range(request) if request.count_only)
}

/// Answers the count that was asked for.
fn counts(table: &mut Table, keys: i64) {
    let open = table.asked(is_counting);
    table.answers(open.ticket, Ok(count(keys)));
}

fn indexing(table: &Table) -> Vec<Indexing> {
    let order = |effect: &Effect| match effect {
        Effect::Find(FindOrder::Index(indexing)) => Some(indexing.clone()),
        _ => None,
    };
    table.effects.iter().filter_map(order).collect()
}

/// What was looked for last.
fn search(table: &Table) -> Search {
    let order = |effect: &Effect| match effect {
        Effect::Find(FindOrder::Search(search)) => Some(search.clone()),
        _ => None,
    };
    table.effects.iter().rev().find_map(order).expect("something is looked for")
}

fn hits(keys: &[&str]) -> Hits {
    let hit = |key: &&str| Hit { key: Key::from(*key), marks: Vec::new() };
    let rows: Vec<Hit> = keys.iter().map(hit).collect();
    Hits { matches: rows.len() as u64, rows, of: 9, complete: true }
}

fn state(phase: Phase) -> Message {
    let (revision, keys) = (NOW, 2);
    Message::Find(FindNews::Index(IndexState {
        keys,
        total: 3,
        bytes: 9,
        rate: 1,
        revision,
        phase,
    }))
}

fn rows(table: &Table) -> Vec<String> {
    let mark = |at| if at == table.app.finder.cursor.selected { ">" } else { "" };
    let rows = table.app.finder.hits.rows.iter().enumerate();
    rows.map(|(at, hit)| format!("{}{}", mark(at), hit.key)).collect()
}

/// The view is open, and few keys are read.
fn finding() -> Table {
    let mut table = Table::holding(&["a", "b"]);
    table.effects.clear();
    table.keys("f");
    counts(&mut table, 2);
    table
}

fn types(table: &mut Table, text: &str) {
    table.happens(Message::Paste(text.to_owned()));
}

#[test]
fn few_keys_are_read_at_once_and_what_is_typed_is_looked_for() {
    let mut table = finding();
    let [first] = indexing(&table).try_into().expect("one index");
    assert_eq!((first.ranges, first.total), (vec![KeyRange::all()], 2));
    assert_eq!(first.revision, Revision::NONE);
    let before = search(&table).number;
    types(&mut table, "q j");
    let asked = search(&table);
    assert_eq!((asked.query.text.as_str(), asked.query.mode), ("q j", Mode::Fuzzy));
    // What comes late is of no interest.
    table.happens(Message::Find(FindNews::Hits(before, hits(&["old"]))));
    assert!(rows(&table).is_empty());
    table.happens(Message::Find(FindNews::Hits(asked.number, hits(&["x", "y", "z"]))));
    assert_eq!(rows(&table), [">x", "y", "z"]);
    // The selection stays on its key when others come before it.
    table.keys("down").happens(Message::Find(FindNews::Hits(asked.number, hits(&["w", "x", "y"]))));
    assert_eq!(rows(&table), ["w", "x", ">y"]);
    // The same again is not drawn.
    table.happens(Message::Find(FindNews::Hits(asked.number, hits(&["w", "x", "y"]))));
    assert!(!table.redraw);
    table.keys("tab");
    assert_eq!(search(&table).query.mode, Mode::Substring);
    assert_eq!(table.app.finder.cursor.selected, 0);
    assert_eq!(indexing(&table).len(), 1);
}

#[test]
fn a_query_that_is_none_keeps_what_was_found() {
    let mut table = finding();
    types(&mut table, "x");
    let asked = search(&table).number;
    table.happens(Message::Find(FindNews::Hits(asked, hits(&["x"]))));
    table.keys("tab tab");
    types(&mut table, "(");
    let fault = Fault { reason: "unclosed group".to_owned(), at: 1..2 };
    table.happens(Message::Find(FindNews::Fault(search(&table).number, fault.clone())));
    assert_eq!(
        (table.app.finder.fault.as_ref(), rows(&table)),
        (Some(&fault), vec![">x".to_owned()])
    );
    table.keys("backspace");
    assert_eq!(table.app.finder.fault, None);
}

#[test]
fn many_keys_are_asked_about_first() {
    let mut table = Table::holding(&["a", "b"]);
    table.effects.clear();
    table.keys("f");
    counts(&mut table, 100_001);
    assert_eq!(table.app.dialogs.len(), 1);
    table.keys("n");
    assert!(indexing(&table).is_empty() && table.app.dialogs.is_empty());
    assert!(matches!(table.app.view, Some(View::Find)));
    table.keys("ctrl-r");
    counts(&mut table, 1_204_551);
    table.keys("y");
    assert_eq!(indexing(&table)[0].total, 1_204_551);
    // A text that is typed meanwhile goes into the field, and not into the question.
    types(&mut table, "y");
    assert_eq!(search(&table).query.text, "y");
}

#[test]
fn the_text_and_the_index_stay_when_one_comes_back() {
    let mut table = finding();
    types(&mut table, "b");
    table.happens(state(Phase::Live));
    table.happens(Message::Find(FindNews::Hits(search(&table).number, hits(&["b"]))));
    table.keys("enter");
    assert!(table.app.view.is_none());
    assert_eq!(table.rows(), "a >b");
    assert!(table.effects.contains(&Effect::Find(FindOrder::Rest)));
    // Nothing is drawn for what is not shown.
    table.happens(state(Phase::Lost("broken".to_owned())));
    assert!(!table.redraw);
    table.open.clear();
    table.keys("f");
    assert_eq!((search(&table).query.text.as_str(), indexing(&table).len()), ("b", 1));
    assert!(!table.open.iter().any(|open| is_counting(&open.call)));
    table.keys("esc").runs("find a\\xff");
    assert_eq!(search(&table).query.text, "a\\xff");
    table.keys("esc");
    assert!(table.app.view.is_none());
}

#[test]
fn the_past_has_an_index_of_its_own() {
    let mut table = finding();
    table.happens(state(Phase::Live)).keys("esc");
    table.open.clear();
    table.runs("rev 7");
    let look = table.asked(|call| matches!(call, Call::Range(_)));
    table.answers(look.ticket, Ok(count(0)));
    table.open.clear();
    table.keys("1 f");
    let open = table.asked(is_counting);
    let Call::Range(request) = &open.call else { unreachable!("it counts") };
    assert_eq!((request.revision, request.serializable), (Revision(7), false));
    table.answers(open.ticket, Ok(count(2)));
    assert_eq!(indexing(&table).last().expect("an index").revision, Revision(7));
}

#[test]
fn the_reading_is_stopped_and_goes_on() {
    let mut table = finding();
    table.happens(state(Phase::Reading)).keys("ctrl-s");
    assert_eq!(table.effects.last(), Some(&Effect::Find(FindOrder::Stop)));
    table.happens(state(Phase::Stopped)).keys("ctrl-s");
    assert_eq!(table.effects.last(), Some(&Effect::Find(FindOrder::GoOn)));
    table.happens(state(Phase::Live)).keys("ctrl-s");
    assert!(table.notice().contains("nothing to stop"), "{}", table.notice());
}

#[test]
fn a_count_that_fails_is_asked_for_again_when_the_connection_stands() {
    let mut table = Table::holding(&["a"]);
    table.keys("f");
    let open = table.asked(is_counting);
    table.answers(open.ticket, Err(down()));
    assert!(indexing(&table).is_empty());
    table.lost().online();
    counts(&mut table, 1);
    assert_eq!(indexing(&table).len(), 1);
}

fn values(table: &Table) -> (Ticket, ValueSearch) {
    let search = |effect: &Effect| match effect {
        Effect::SearchValues { ticket, search } => Some((*ticket, search.clone())),
        _ => None,
    };
    table.effects.iter().rev().find_map(search).expect("values are read")
}

fn value_hit(key: &str) -> ValueHit {
    ValueHit {
        key: Key::from(key),
        at: 0,
        line: 1,
        matches: 1,
        excerpt: b"x".to_vec(),
        mark: 0..1,
        cut: (false, false),
    }
}

#[test]
fn values_are_read_stopped_and_read_again() {
    let mut table = Table::holding(&["a", "b"]);
    table.effects.clear();
    table.runs("find-values a x");
    counts(&mut table, 10_001);
    assert_eq!(table.app.dialogs.len(), 1);
    table.keys("y");
    let (ticket, wanted) = values(&table);
    assert_eq!((wanted.ranges, wanted.query.text), (vec![KeyRange::prefix("a")], "x".to_owned()));
    let searched = Searched { keys: 1, total: 9, bytes: 1, matches: 1, revision: NOW };
    let news = ValuesNews::Looking(searched, vec![value_hit("b")]);
    table.happens(Message::Values(ticket, news)).keys("esc");
    assert!(table.effects.contains(&Effect::GiveUp(vec![ticket])));
    // What was on its way comes to nothing; what was found stays.
    table.happens(Message::Values(ticket, ValuesNews::Ended(searched)));
    let Some(View::Values(view)) = &table.app.view else { panic!("it is open") };
    assert_eq!((view.hits.len(), view.stage.is_running()), (1, false));
    table.keys("R");
    counts(&mut table, 3);
    let (again, _) = values(&table);
    assert_ne!(again, ticket);
    table.happens(Message::Values(again, ValuesNews::Looking(searched, vec![value_hit("b")])));
    table.happens(Message::Values(again, ValuesNews::Ended(searched))).keys("enter");
    assert!(table.app.view.is_none());
    assert_eq!(table.rows(), "a >b");
}

#[test]
fn values_are_left_with_two_presses_of_escape() {
    let mut table = Table::holding(&["a"]);
    table.runs("find-values a x").keys("esc");
    assert!(table.app.view.is_some());
    table.keys("esc");
    assert!(table.app.view.is_none());
    table.runs("find-values a");
    assert!(!table.app.dialogs.is_empty(), "the line stays");
}
