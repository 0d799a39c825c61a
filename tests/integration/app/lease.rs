//! Leases: what is asked for how often, and what keeping alive comes to.

use std::time::Duration;

use etcdeck::app::effect::{Answer, Call, Effect};
use etcdeck::app::message::{KeepAliveNews, Message};
use etcdeck::domain::LeaseId;
use etcdeck::domain::lease::LeaseStatus;

use super::table::{Table, denied, down};

/// What is answered of lease 7.
fn status(ttl: i64, keys: &[&str]) -> Answer {
    let keys = keys.iter().map(|key| (*key).into()).collect();
    let status = LeaseStatus { id: LeaseId(7), ttl, granted: 60, keys };
    Answer::LeaseStatuses(vec![(LeaseId(7), Some(status))])
}

#[test]
fn a_reading_that_is_refused_is_not_repeated_in_a_circle() {
    let mut table = Table::holding(&[]);
    table.keys("3 R").answers_leases(vec![LeaseId(7)]);
    let mut asked = 0;
    for _ in 0..100 {
        while let Some(at) =
            table.open.iter().position(|o| matches!(o.call, Call::LeaseStatuses(_)))
        {
            asked += 1;
            let open = table.open.remove(at);
            table.answers(open.ticket, Err(denied()));
        }
        while table.open.iter().any(|open| open.call == Call::LeaseList) {
            table.answers_leases(vec![LeaseId(7)]);
        }
        table.passes(Duration::from_millis(100));
    }
    assert!((1..=3).contains(&asked), "asked {asked} times in ten seconds");
}

#[test]
fn a_lease_is_kept_alive_until_told_otherwise() {
    // what comes of it, whether it is still kept, what is said
    let cases = [
        (KeepAliveNews::Renewed { ttl: 60 }, true, ""),
        (KeepAliveNews::Failing(down()), true, ""),
        (KeepAliveNews::Gone, false, "lease 7 is gone"),
        (KeepAliveNews::GivenUp(down()), false, "could not be kept alive: connection refused"),
    ];
    for (news, kept, said) in cases {
        let mut table = Table::holding(&[]);
        table.keys("3 R").answers_leases(vec![LeaseId(7)]);
        table.keys("a");
        let open = table.asked(|call| *call == Call::LeaseStatuses(vec![LeaseId(7)]));
        table.answers(open.ticket, Ok(status(60, &[])));
        table.keys("a");
        let open = table.asked(|call| *call == Call::LeaseStatuses(vec![LeaseId(7)]));
        table.answers(open.ticket, Ok(status(60, &[])));
        assert!(table.effects.iter().any(|e| matches!(e, Effect::KeepAlive { .. })));
        let shown = format!("{news:?}");
        table.happens(Message::KeepAlive(LeaseId(7), news));
        assert_eq!(table.app.leases.kept.contains_key(&LeaseId(7)), kept, "{shown}");
        assert!(table.notice().contains(said), "{shown}: {}", table.notice());
        // What comes after it was let go changes nothing.
        table.app.leases.kept.clear();
        table.happens(Message::KeepAlive(LeaseId(7), KeepAliveNews::Failing(down())));
        assert!(table.app.leases.kept.is_empty());
    }
}

#[test]
fn revoking_looks_at_the_keys_first_and_lets_go() {
    let mut table = Table::holding(&[]);
    table.runs("lease revoke 7");
    assert!(!table.open.iter().any(|open| open.call == Call::LeaseRevoke(LeaseId(7))));
    let open = table.asked(|call| *call == Call::LeaseStatuses(vec![LeaseId(7)]));
    table.answers(open.ticket, Ok(status(60, &["b", "a"])));
    table.keys("n");
    assert!(!table.open.iter().any(|open| open.call == Call::LeaseRevoke(LeaseId(7))));
    table.runs("lease revoke 7");
    let open = table.asked(|call| *call == Call::LeaseStatuses(vec![LeaseId(7)]));
    table.answers(open.ticket, Ok(Answer::LeaseStatuses(vec![(LeaseId(7), None)])));
    assert!(table.notice().contains("is gone") && table.app.dialogs.is_empty());
}
