//! Watching from a revision on: the past, a resumed watch, the future.

use etcdeck::domain::{Event, Revision};
use etcdeck::store::WatchRequest;

use super::target::Target;
use super::{Case, case};

pub(super) fn cases() -> Vec<Case> {
    vec![
        case(a_watch_from_the_past_replays_it_and_goes_on),
        case(a_watch_from_a_revision_includes_it),
        case(a_replay_knows_the_entries_before),
        case(a_replay_keeps_transactions_together),
        case(a_long_history_comes_whole_and_in_order),
        case(a_watch_that_is_not_read_loses_nothing),
        case(a_resumed_watch_loses_and_repeats_nothing),
        case(a_watch_from_the_future_waits_for_it),
    ]
}

fn from(t: &Target, revision: Revision) -> WatchRequest {
    WatchRequest::new(t.all()).from(revision)
}

async fn a_watch_from_the_past_replays_it_and_goes_on(t: Target) {
    let start = t.put("a", "1").await;
    t.delete("a").await;
    t.put("b", "2").await;
    let mut watch = t.watch(from(&t, start)).await;
    t.put("a", "3").await;
    assert_eq!(t.shorts(&watch.events(4).await), "a=1 -a b=2 a=3");
}

async fn a_watch_from_a_revision_includes_it(t: Target) {
    t.put("a", "1").await;
    let second = t.put("a", "2").await;
    t.put("a", "3").await;
    assert_eq!(t.shorts(&t.watch(from(&t, second)).await.events(2).await), "a=2 a=3");
    assert_eq!(t.shorts(&t.watch(from(&t, second.next())).await.events(1).await), "a=3");
}

async fn a_replay_knows_the_entries_before(t: Target) {
    let start = t.put("a", "1").await;
    let first = t.get("a").await;
    t.put("a", "2").await;
    let second = t.get("a").await;
    t.delete("a").await;
    let mut watch = t.watch(from(&t, start).prev_kv()).await;
    let events = watch.events(3).await;
    let previous: Vec<_> = events.into_iter().map(|event| event.previous).collect();
    assert_eq!(previous, [None, first, second]);
}

async fn a_replay_keeps_transactions_together(t: Target) {
    let start = t.put("x", "").await;
    for round in ["1", "2", "3"] {
        t.run(vec![t.op_put("b", round), t.op_put("a", round), t.op_put("c", round)]).await;
    }
    let mut watch = t.watch(from(&t, start)).await;
    let mut events: Vec<Event> = Vec::new();
    while events.len() < 10 {
        let message = watch.next().await;
        let last = events.last().map(Event::revision);
        assert_ne!(last, Some(message[0].revision()), "a revision is split over two messages");
        events.extend(message);
    }
    assert_eq!(events.len(), 10);
    assert!(events.is_sorted_by_key(Event::revision));
}

async fn a_long_history_comes_whole_and_in_order(t: Target) {
    // More than the thousand revisions that etcd replays at once.
    let first = t.put("n", "0").await;
    for number in 1..1500 {
        t.put("n", number.to_string()).await;
    }
    let events = t.watch(from(&t, first)).await.events(1500).await;
    let expected: Vec<String> = (0..1500).map(|number| format!("n={number}")).collect();
    assert_eq!(t.shorts(&events), expected.join(" "));
}

async fn a_watch_that_is_not_read_loses_nothing(t: Target) {
    let mut watch = t.watch_all().await;
    // More than any buffer on the way holds: the server must wait, and go on from its history.
    for number in 0..600 {
        t.put("n", format!("{number:<20000}")).await;
    }
    let events = watch.events(600).await;
    let versions: Vec<i64> = events.iter().map(|event| event.entry.version.0).collect();
    assert_eq!(versions, (1..=600).collect::<Vec<i64>>());
}

async fn a_resumed_watch_loses_and_repeats_nothing(t: Target) {
    let writer = tokio::spawn({
        let t = t.clone();
        async move {
            for number in 0..300 {
                t.put(format!("{}", number % 7), number.to_string()).await;
                tokio::task::yield_now().await;
            }
        }
    });
    let mut seen: Vec<Event> = Vec::new();
    let mut next = Revision(1);
    while seen.len() < 300 {
        let mut watch = t.watch(from(&t, next)).await;
        // A few messages, then it breaks.
        for _ in 0..3 {
            if seen.len() < 300 {
                seen.extend(watch.next().await);
            }
        }
        next = seen.last().expect("some were read").revision().next();
    }
    writer.await.unwrap();
    let values: Vec<String> = seen.iter().map(|event| t.short(event)).collect();
    let expected: Vec<String> = (0..300).map(|number| format!("{}={number}", number % 7)).collect();
    assert_eq!(values, expected);
}

async fn a_watch_from_the_future_waits_for_it(t: Target) {
    let start = Revision(t.put("n", "").await.0 + 20);
    let mut watch = t.watch(from(&t, start)).await;
    let mut expected = Vec::new();
    while expected.len() < 3 {
        let revision = t.put("n", "").await;
        if revision >= start {
            expected.push(revision);
        }
    }
    let seen: Vec<Revision> = watch.events(3).await.iter().map(Event::revision).collect();
    assert_eq!(seen, expected);
}
