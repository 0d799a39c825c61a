//! What the connection is said to be when one of several endpoints fails.

use etcdeck::app::connection::Connection;
use etcdeck::app::effect::{Effect, WatchId};
use etcdeck::app::message::{ConnectionNews, Message, WatchNews};
use etcdeck::store::{EndpointHealth, EndpointState};

use super::table::{Table, down};

fn endpoint(url: &str, state: EndpointState) -> EndpointHealth {
    EndpointHealth { url: url.to_owned(), state, ..EndpointHealth::default() }
}

/// Told of these endpoints, the one with this number in use.
fn told(table: &mut Table, used: usize, states: &[EndpointState]) {
    let all = ["http://a:1", "http://b:1", "http://c:1"].iter().zip(states);
    let mut all: Vec<_> = all.map(|(url, state)| endpoint(url, state.clone())).collect();
    all[used].in_use = true;
    table.happens(Message::Connection(ConnectionNews::Endpoints(all)));
}

fn breaks(table: &mut Table) {
    table.effects.clear();
    let news = WatchNews::Lost { error: down() };
    table.happens(Message::Watch(WatchId::FOLLOW, news));
    assert!(table.effects.contains(&Effect::Probe), "{:?}", table.effects);
}

#[test]
fn what_breaks_at_the_only_endpoint_is_lost_at_once() {
    use EndpointState::{Down, Healthy};
    for states in [&[][..], &[Healthy], &[Down(down()), Down(down())]] {
        let mut table = Table::holding(&["a"]);
        table.online();
        if !states.is_empty() {
            told(&mut table, 0, states);
        }
        breaks(&mut table);
        let now = &table.app.connection.now;
        assert!(matches!(now, Connection::Lost { retry_at: None, .. }), "{states:?}: {now:?}");
    }
}

#[test]
fn with_others_that_serve_it_is_for_the_runtime_to_say() {
    use EndpointState::{Down, Healthy};
    let mut table = Table::holding(&["a"]);
    table.online();
    told(&mut table, 0, &[Healthy, Healthy, Down(down())]);
    breaks(&mut table);
    assert_eq!(table.app.connection.now, Connection::Online);
    told(&mut table, 1, &[Down(down()), Healthy, Down(down())]);
    assert!(table.notice().starts_with("going on at http://b:1: "), "{}", table.notice());
    assert_eq!(table.app.connection.unhealthy(), Some((1, 3)));
    // What failed meanwhile is asked for again, though it never was lost.
    table.effects.clear();
    table.online();
    assert!(table.effects.contains(&Effect::Probe), "{:?}", table.effects);
    table.effects.clear();
    table.online();
    assert!(!table.effects.contains(&Effect::Probe), "once is enough: {:?}", table.effects);
    breaks(&mut table);
    table.lost();
    assert!(table.app.connection.is_stale());
}

#[test]
fn a_member_without_a_leader_is_not_lost_when_what_it_cannot_serve_fails() {
    let mut table = Table::holding(&["a"]);
    table.online();
    told(&mut table, 0, &[EndpointState::NoLeader]);
    breaks(&mut table);
    assert_eq!(table.app.connection.now, Connection::Online);
}

#[test]
fn an_idle_screen_is_not_drawn_for_round_trips() {
    use EndpointState::Healthy;
    let mut table = Table::holding(&["a"]);
    table.online();
    told(&mut table, 0, &[Healthy, Healthy]);
    told(&mut table, 0, &[Healthy, Healthy]);
    assert!(!table.redraw);
    let mut endpoints = table.app.connection.endpoints.clone();
    let last = std::time::Duration::from_millis(5);
    endpoints[0].latency = Some(etcdeck::store::Latency { last, smoothed: last });
    table.happens(Message::Connection(ConnectionNews::Endpoints(endpoints.clone())));
    assert!(!table.redraw);
    table.runs("cluster");
    endpoints[0].latency = Some(etcdeck::store::Latency { last: last * 2, smoothed: last });
    table.happens(Message::Connection(ConnectionNews::Endpoints(endpoints)));
    assert!(table.redraw, "the view shows them");
}
