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
    assert!(table.notice().contains("there is no lease") && table.app.dialogs.is_empty());
}

#[test]
fn ten_thousand_leases_cost_no_more_than_those_in_view() {
    let mut table = Table::holding(&["a"]);
    let ids: Vec<LeaseId> = (1..=10_000).map(LeaseId).collect();
    table.keys("3 R").answers_leases(ids);
    let mut read = 0;
    let mut reads = |table: &mut Table| {
        while let Some(at) =
            table.open.iter().position(|open| matches!(open.call, Call::LeaseStatuses(_)))
        {
            let open = table.open.remove(at);
            let Call::LeaseStatuses(ids) = open.call else { unreachable!("it was looked for") };
            read += ids.len();
            let status = |id| (id, Some(LeaseStatus { id, ttl: 59, granted: 60, keys: vec![] }));
            let statuses = ids.into_iter().map(status).collect();
            table.answers(open.ticket, Ok(Answer::LeaseStatuses(statuses)));
        }
    };
    reads(&mut table);
    let started = tokio::time::Instant::now();
    for n in 0..200 {
        match n % 4 {
            0 => table.keys("j"),
            1 => table.keys("pgdn"),
            2 => table.passes(Duration::from_millis(1)),
            _ => table.happens(Message::Resize),
        };
        reads(&mut table);
    }
    let took = started.elapsed();
    assert!(took < Duration::from_secs(1), "200 messages took {took:?}");
    assert!(read < 2_000, "{read} leases were read for 50 pages of ten");
    assert_eq!(table.app.leases.len(), 10_000);
}

#[test]
fn a_sort_reads_what_it_needs_of_a_few_leases_and_not_of_many() {
    for (count, all) in [(300, true), (2_000, false)] {
        let mut table = Table::holding(&[]);
        table.keys("3 R").answers_leases((1..=count).map(LeaseId).collect());
        table.keys("s");
        for _ in 0..50 {
            let wanted = |call: &Call| matches!(call, Call::LeaseStatuses(_));
            if !table.open.iter().any(|open| wanted(&open.call)) {
                break;
            }
            let open = table.asked(wanted);
            let Call::LeaseStatuses(ids) = open.call else { unreachable!("it was looked for") };
            assert!(ids.len() <= 128, "{} at once", ids.len());
            // Those of the highest IDs end first.
            let status = |id: LeaseId| LeaseStatus {
                id,
                ttl: 3_000 - id.0,
                granted: 3_000,
                keys: Vec::new(),
            };
            let statuses = ids.into_iter().map(|id| (id, Some(status(id)))).collect();
            table.answers(open.ticket, Ok(Answer::LeaseStatuses(statuses)));
        }
        let list = table.app.leases.list.ready().expect("the list");
        let first = list.from(0).next().expect("a row").id;
        assert_eq!(list.unread() == 0, all, "{count}: {} unread", list.unread());
        assert_eq!(first, LeaseId(if all { count } else { 10 }), "{count}");
    }
}
