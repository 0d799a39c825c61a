//! Answers: each to its question, and none to a question that nobody asks any more.

use std::time::Duration;

use etcdeck::app::effect::{Answer, Call, Effect, Slot};
use etcdeck::app::message::Message;
use etcdeck::app::ticket::Ticket;
use etcdeck::domain::LeaseId;
use etcdeck::domain::lease::LeaseStatus;

use super::table::{Table, found, is_listing, is_reading};

const REST: Duration = Duration::from_millis(60);

#[test]
fn an_answer_that_nobody_awaits_is_dropped() {
    let mut table = Table::holding(&["a", "b"]);
    table.passes(REST);
    let open = table.asked(|call| is_reading(call, "a"));
    table.answers(open.ticket, Ok(found("a", Some("first"))));
    assert!(table.redraw);
    // A second time, and one that was never asked.
    for ticket in [open.ticket, Ticket(9999)] {
        table.answers(ticket, Ok(found("a", Some("second"))));
        assert!(!table.redraw);
    }
    let entry = table.app.value.entry.ready().cloned().flatten().expect("a value");
    assert_eq!(entry.value, b"first");
}

#[test]
fn a_level_listed_anew_takes_no_older_page() {
    let mut table = Table::new();
    table.happens(Message::Resize).keys("R");
    let old = table.asked(is_listing);
    table.keys("R");
    let new = table.asked(is_listing);
    table.answers(old.ticket, Ok(found("old", Some(""))));
    assert_eq!(table.rows(), ">loading");
    table.answers(new.ticket, Ok(found("new", Some(""))));
    assert_eq!(table.rows(), ">new");
}

#[test]
fn a_value_is_read_at_once_or_when_the_cursor_rests_and_the_latest_wins() {
    let mut table = Table::holding(&["a", "b", "c", "d"]);
    table.passes(REST).keys("j");
    let b = table.asked(|call| is_reading(call, "b"));
    // From then on the cursor runs.
    table.effects.clear();
    for key in ["j", "j", "k"] {
        table.passes(REST / 2).keys(key);
        assert!(table.open.is_empty(), "asked for what was passed by: {:?}", table.open);
    }
    assert!(table.effects.contains(&Effect::GiveUp(vec![b.ticket])), "{:?}", table.effects);
    table.passes(REST);
    let c = table.asked(|call| is_reading(call, "c"));
    assert_eq!(c.slot, Some(Slot::Value));
    table.keys("k").passes(REST);
    let b = table.asked(|call| is_reading(call, "b"));
    // The older answer comes after all, and again later.
    table.answers(c.ticket, Ok(found("c", Some("of c"))));
    assert!(table.app.value.entry.ready().is_none() && !table.redraw);
    table.answers(b.ticket, Ok(found("b", Some("of b"))));
    table.answers(c.ticket, Ok(found("c", Some("of c"))));
    let entry = table.app.value.entry.ready().cloned().flatten().expect("a value");
    assert_eq!(entry.value, b"of b");
    // What was read is not read again.
    table.keys("j").passes(REST);
    let c = table.asked(|call| is_reading(call, "c"));
    table.answers(c.ticket, Ok(found("c", Some("of c"))));
    table.keys("k j").passes(REST);
    assert!(table.open.is_empty(), "{:?}", table.open);
}

#[test]
fn a_question_replaced_in_its_slot_does_not_hold_up_others() {
    // The reading of the leases in view is replaced before it is answered; rows that come into view
    // later are read all the same.
    let mut table = Table::holding(&["a"]);
    table.shows(10, 2);
    let ids: Vec<LeaseId> = (1..=4).map(LeaseId).collect();
    table.keys("3 R").answers_leases(ids.clone());
    let replaced = table.asked(|call| matches!(call, Call::LeaseStatuses(_)));
    table.keys("R").answers_leases(ids);
    let open = table.asked(|call| matches!(call, Call::LeaseStatuses(_)));
    assert_ne!(open.ticket, replaced.ticket);
    let status = |id| (id, Some(LeaseStatus { id, ttl: 60, granted: 60, keys: Vec::new() }));
    let statuses = vec![status(LeaseId(1)), status(LeaseId(2))];
    table.answers(open.ticket, Ok(Answer::LeaseStatuses(statuses)));
    assert!(table.open.is_empty());
    table.keys("G").passes(Duration::from_millis(1));
    table.asked(|call| *call == Call::LeaseStatuses(vec![LeaseId(3), LeaseId(4)]));
}
