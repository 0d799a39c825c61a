//! Deadlines: when the application wants to be woken, and that an idle one does not.

use std::time::Duration;

use etcdeck::app::effect::{Answer, Effect};
use etcdeck::app::message::Message;
use etcdeck::domain::EventKind::Put;
use etcdeck::domain::txn::RangeResponse;

use super::table::{NOW, Table, denied, down, entry, is_counting, is_listing};

#[test]
fn nothing_to_do_wants_no_waking() {
    let mut table = Table::holding(&[]);
    table.shows(10, 0);
    table.passes(Duration::from_secs(60));
    assert_eq!(table.app.next_deadline(), None);
    // With the leases on the screen they are read now and then, and nothing is drawn for that.
    table.shows(10, 10);
    for _ in 0..3 {
        table.passes(Duration::from_secs(5)).answers_leases(Vec::new());
        assert!(!table.redraw && table.open.is_empty());
    }
    // While nobody answers nothing is asked.
    table.lost().passes(Duration::from_secs(60));
    assert!(table.open.is_empty(), "{:?}", table.open);
}

#[test]
fn a_notice_goes_away_by_itself() {
    let mut table = Table::holding(&["a"]);
    table.keys("f12");
    assert!(table.notice().contains("does nothing"));
    table.passes(Duration::from_millis(4_999));
    assert!(!table.notice().is_empty());
    table.passes(Duration::from_millis(1));
    assert_eq!(table.notice(), "");
}

#[test]
fn a_count_that_failed_is_not_asked_for_in_a_circle() {
    let mut table = Table::new();
    table.happens(Message::Resize).online().keys("R");
    // More than the page holds: how many there are below `dir/` is not known.
    let open = table.asked(is_listing);
    let entries = vec![entry("dir/a", "")];
    let page = RangeResponse { revision: NOW, entries, count: 5000, more: true };
    table.answers(open.ticket, Ok(Answer::Range(page))).lists(&[]);
    assert_eq!(table.rows(), ">dir/");
    let mut asked = 0;
    for _ in 0..100 {
        table.passes(Duration::from_millis(100));
        while table.open.iter().any(|open| is_counting(&open.call)) {
            let open = table.asked(is_counting);
            asked += 1;
            table.answers(open.ticket, Err(denied()));
        }
    }
    assert!((1..=2).contains(&asked), "counted {asked} times in ten seconds");
}

#[test]
fn a_flood_of_events_does_not_put_a_deadline_off() {
    let mut table = Table::holding(&["a"]);
    table.passes(Duration::from_millis(60)).reads("a", Some("v"));
    for revision in 101..200 {
        table.others(revision, "a", Put);
        table.passes(Duration::from_millis(10));
    }
    let read = table.open.iter().any(|open| super::table::is_reading(&open.call, "a"));
    assert!(read, "a second of writes and the value was not read");
}

#[test]
fn a_connection_that_comes_back_asks_for_what_failed() {
    let mut table = Table::new();
    table.happens(Message::Resize).keys("R");
    let open = table.asked(is_listing);
    table.answers(open.ticket, Err(down()));
    assert_eq!(table.rows(), ">failed");
    assert!(table.effects.contains(&Effect::Probe));
    table.lost().passes(Duration::from_secs(10));
    assert!(!table.open.iter().any(|open| is_listing(&open.call)), "asked while nobody answers");
    table.online().lists(&["a"]);
    assert_eq!(table.rows(), ">a");
}
