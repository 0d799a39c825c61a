//! The view of the cluster, and what the header says of several endpoints.

use std::time::Duration;

use etcdeck::app::message::{ConnectionNews, Message};
use etcdeck::domain::Revision;
use etcdeck::store::{
    Alarm, EndpointHealth, EndpointState, ErrorKind, Latency, Status, StoreError,
};

use super::desk::{Answers, Desk};
use super::{SMALL, USUAL, at_sizes, scene, snapshot};

const LARGE: (u16, u16) = (200, 50);

/// The sandbox's own member, which is what it lists.
const MEMBER: u64 = 0x8e9e_05c5_2164_694d;

fn url(n: u64) -> String {
    format!("http://10.0.0.{n}:2379")
}

fn status(n: u64, member: u64) -> Status {
    Status {
        endpoint: url(n),
        version: "3.5.9".to_owned(),
        cluster: 1,
        member,
        leader: 3,
        revision: Revision(1204),
        db_size: 26 << 20,
        db_size_in_use: 13 << 20,
        raft_index: 1_204_551,
        raft_term: 7,
        ..Status::default()
    }
}

fn healthy(n: u64, member: u64) -> EndpointHealth {
    let last = Duration::from_micros(1_250 * n);
    EndpointHealth {
        url: url(n),
        state: EndpointState::Healthy,
        latency: Some(Latency { last, smoothed: last * 2 }),
        status: Some(status(n, member)),
        ..EndpointHealth::default()
    }
}

fn down() -> EndpointState {
    let words = "no sign of life from http://10.0.0.2:2379 within 6 s (--keepalive-timeout); is the server stopped, or cut off from here?";
    EndpointState::Down(StoreError::new(ErrorKind::Unknown, words))
}

/// Three endpoints, the first in use.
fn three() -> Vec<EndpointHealth> {
    let mut endpoints = vec![healthy(1, 1), healthy(2, 2), healthy(3, 3)];
    endpoints[0].in_use = true;
    endpoints
}

fn told(desk: &mut Desk, endpoints: Vec<EndpointHealth>) {
    desk.happens(Message::Connection(ConnectionNews::Endpoints(endpoints)));
}

fn runs(desk: &mut Desk, command: &str) {
    desk.press(":");
    desk.type_text(command);
    desk.press("enter");
}

fn opened(size: (u16, u16), endpoints: Vec<EndpointHealth>) -> Desk {
    let mut desk = scene::fresh(size);
    told(&mut desk, endpoints);
    runs(&mut desk, "cluster");
    desk
}

#[test]
fn endpoints_and_members_side_by_side() {
    at_sizes("cluster", &[LARGE, USUAL, SMALL], |size| {
        let mut endpoints = three();
        endpoints[0].status = Some(status(1, MEMBER));
        endpoints[1].state = down();
        let alarm = Alarm { member: 3, name: "NOSPACE".to_owned() };
        let third = Status { alarms: vec![alarm], raft_index: 900_000, ..status(3, 3) };
        endpoints[2].status = Some(third);
        opened(size, endpoints)
    });
}

#[test]
fn the_selected_row_is_explained() {
    let mut endpoints = three();
    endpoints[1].state = down();
    let mut desk = opened(USUAL, endpoints);
    desk.press("j");
    snapshot("cluster-down-80x24", &mut desk);
    // The sandbox's member is none of these.
    desk.press("G");
    snapshot("cluster-other-member-80x24", &mut desk);
}

#[test]
fn members_that_cannot_be_listed_keep_nothing_else_from_the_screen() {
    let mut desk = scene::fresh(USUAL);
    told(&mut desk, three());
    let error = StoreError::new(ErrorKind::PermissionDenied, "etcdserver: permission denied");
    desk.answers = Answers::Error(error);
    runs(&mut desk, "cluster");
    let screen = desk.screen();
    assert!(screen.contains("members unknown"), "{screen}");
    assert!(screen.contains("permission denied") && screen.contains("10.0.0.3"), "{screen}");
    desk.answers = Answers::Store;
    desk.press("R");
    assert!(desk.screen().contains("1 member"), "{}", desk.screen());
}

#[test]
fn the_header_says_which_one_is_used_and_that_others_are_ill() {
    let mut desk = scene::fresh(USUAL);
    told(&mut desk, three());
    let head = |desk: &mut Desk| desk.screen().lines().next().unwrap_or_default().to_owned();
    assert!(head(&mut desk).contains("10.0.0.1:2379"), "{}", head(&mut desk));
    assert!(!head(&mut desk).contains("endpoints"), "{}", head(&mut desk));

    let mut endpoints = three();
    endpoints[0].state = down();
    endpoints[0].in_use = false;
    endpoints[1].in_use = true;
    told(&mut desk, endpoints);
    assert!(head(&mut desk).contains("10.0.0.2:2379"), "{}", head(&mut desk));
    assert!(head(&mut desk).contains("2/3 endpoints"), "{}", head(&mut desk));
    let screen = desk.screen();
    assert!(screen.contains("going on at http://10.0.0.2:2379: no sign of life"), "{screen}");
}
