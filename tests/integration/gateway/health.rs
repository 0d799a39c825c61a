//! How endpoints fare, which one is used, and what becomes of those who wait at one that fell silent.

use std::time::Duration;

use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::domain::{Key, KeyRange, LeaseId};
use etcdeck::gateway::{Gateway, GatewayOptions};
use etcdeck::store::{
    Cluster as _, Elections as _, EndpointHealth, EndpointState, ErrorKind, Kv as _, Locks as _,
    Watch as _, WatchRequest,
};
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout};

use super::{LIMIT, next};
use crate::support::cluster::Cluster;
use crate::support::install::Version;
use crate::support::servers::{Etcd, dead_url};
use crate::support::stub::Stub;
use crate::support::stub_reply::{Feed, Reply};
use crate::support::wait::eventually;

const STATUS: &str = "/v3/maintenance/status";

/// Notices silence soon.
fn attentive(endpoints: impl IntoIterator<Item = String>) -> Gateway {
    with_patience(endpoints, Duration::from_millis(600))
}

/// Asks as soon, and waits so long for the answer.
fn with_patience(
    endpoints: impl IntoIterator<Item = String>,
    keepalive_timeout: Duration,
) -> Gateway {
    let options = GatewayOptions {
        keepalive_time: Duration::from_millis(200),
        keepalive_timeout,
        ..GatewayOptions::new(endpoints)
    };
    Gateway::connect(options).expect("the options are right")
}

fn good() -> Reply {
    Reply::json(200, r#"{"header":{"member_id":"7"},"leader":"7","version":"3.5.0"}"#)
}

fn leaderless() -> Reply {
    Reply::json(200, r#"{"header":{"member_id":"7"},"version":"3.5.0"}"#)
}

fn learner() -> Reply {
    let body = r#"{"header":{"member_id":"7"},"leader":"8","isLearner":true,"version":"3.5.0"}"#;
    Reply::json(200, body)
}

async fn stub(status: Reply) -> Stub {
    let stub = Stub::start().await;
    stub.on(STATUS, status);
    stub
}

/// A stub on which watches stay open, with what keeps them so.
async fn watched(status: Reply) -> (Stub, Vec<Feed>) {
    let stub = stub(status).await;
    let mut feeds = Vec::new();
    for _ in 0..8 {
        let (watch, feed) = Reply::live();
        stub.on("/v3/watch", watch);
        feed.chunk("{\"result\":{\"created\":true}}\n").await;
        feeds.push(feed);
    }
    (stub, feeds)
}

async fn health(etcd: &Gateway) -> Vec<EndpointHealth> {
    etcd.health().next().await.expect("health is told at once")
}

#[tokio::test]
async fn the_healthy_one_is_found_whatever_the_first_does() {
    let slow = std::sync::Arc::new(tokio::sync::Notify::new());
    let refused = r#"{"error":"etcdserver: permission denied","message":"etcdserver: permission denied","code":7}"#;
    let cases = [
        ("silent", Reply::silence()),
        ("slow", good().after(slow.clone())),
        ("learner", learner()),
        ("leaderless", leaderless()),
        ("refusing", Reply::json(403, refused)),
        ("closing", Reply::raw("")),
        ("a page", Reply::html(200, "<html>")),
    ];
    for (name, reply) in cases {
        let (bad, fine) = (stub(reply).await, stub(good()).await);
        let etcd = attentive([bad.url(), fine.url()]);
        let status = timeout(LIMIT, etcd.check()).await.expect("in time").expect(name);
        assert_eq!(status.endpoint, fine.url(), "{name}");
        assert_eq!(etcd.endpoint(), fine.url(), "{name}");
        let seen = eventually(name, LIMIT, async || {
            let seen = health(&etcd).await;
            (seen[0].state != EndpointState::Unknown).then_some(seen)
        });
        let seen = seen.await;
        let expected = match (name, &seen[0].state) {
            ("silent" | "slow" | "closing" | "a page", EndpointState::Down(_))
            | ("learner", EndpointState::Learner)
            | ("leaderless", EndpointState::NoLeader) => true,
            ("refusing", EndpointState::Refused(error)) => {
                error.kind == ErrorKind::PermissionDenied
            }
            _ => false,
        };
        assert!(expected, "{name}: {seen:?}");
        assert!(!seen[0].in_use && seen[1].in_use, "{name}: {seen:?}");
        assert_eq!(seen[1].state, EndpointState::Healthy, "{name}");
        assert!(seen[1].latency.is_some(), "{name}");
        // And nothing makes it go back to the first one, which was given first.
        etcd.check().await.expect(name);
        assert_eq!(etcd.endpoint(), fine.url(), "{name}");
    }
}

#[tokio::test]
async fn with_nothing_better_what_answers_is_kept() {
    for reply in [learner(), leaderless()] {
        let (bad, dead) = (stub(reply).await, dead_url());
        let etcd = attentive([dead.clone(), bad.url()]);
        let status = etcd.check().await.expect("it answers");
        assert_eq!((status.endpoint, etcd.endpoint()), (bad.url(), bad.url()));
    }
    let etcd = attentive([dead_url(), dead_url()]);
    let start = Instant::now();
    let error = etcd.check().await.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unreachable);
    assert!(error.message.contains("none of the 2 endpoints"), "{error}");
    // Far less than any limit: they are asked at the same time, and refuse.
    assert!(start.elapsed() < Duration::from_secs(2), "{:?}", start.elapsed());
}

#[tokio::test]
async fn a_silent_one_delays_neither_the_check_nor_the_news_of_others() {
    let (first, silent, third) =
        (stub(good()).await, stub(Reply::silence()).await, stub(good()).await);
    let options = GatewayOptions {
        command_timeout: Duration::from_secs(30),
        keepalive_timeout: Duration::from_secs(30),
        ..GatewayOptions::new([first.url(), silent.url(), third.url()])
    };
    let etcd = Gateway::connect(options).unwrap();
    timeout(Duration::from_secs(10), etcd.check()).await.expect("it is not waited for").unwrap();
    eventually("the third is heard of", Duration::from_secs(10), async || {
        let seen = health(&etcd).await;
        let states = seen.iter().map(|endpoint| &endpoint.state).collect::<Vec<_>>();
        let expected = [&EndpointState::Healthy, &EndpointState::Unknown, &EndpointState::Healthy];
        (states == expected).then_some(())
    })
    .await;
    etcd.check().await.unwrap();
    assert_eq!(silent.requests().len(), 1, "it is asked once at a time");
}

#[tokio::test]
async fn watches_at_a_silent_peer_end_and_share_one_question() {
    let (silent, feeds) = watched(Reply::silence()).await;
    let fine = stub(good()).await;
    let etcd = attentive([silent.url(), fine.url()]);
    let mut watches = Vec::new();
    for _ in 0..8 {
        let mut watch = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
        next(&mut watch).await.unwrap();
        watches.push(watch);
    }
    for watch in &mut watches {
        let error = next(watch).await.unwrap_err();
        assert!(error.is_connection(), "{error:?}");
        assert!(watch.next().await.is_none());
    }
    assert_eq!(etcd.endpoint(), fine.url());
    let questions = silent.requests().iter().filter(|it| it.path == STATUS).count();
    assert!(questions <= 3, "{questions} questions for 8 watches");
    drop(feeds);
}

#[tokio::test]
async fn a_single_silent_peer_is_noticed_by_all_who_wait_there() {
    let (silent, feeds) = watched(Reply::silence()).await;
    silent.on("/v3/lock/lock", Reply::silence()).on("/v3/election/observe", Reply::silence());
    silent.on(
        "/v3/election/leader",
        Reply::json(500, r#"{"code":2,"message":"election: no leader"}"#),
    );
    let etcd = attentive([silent.url()]);
    let mut watch = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
    next(&mut watch).await.unwrap();
    let mut leaders = etcd.observe(Key::from("e")).await.unwrap();
    let mut lock = etcd.lock(Key::from("l"), LeaseId(1));
    let told = timeout(LIMIT, async { tokio::join!(next(&mut watch), leaders.next()) });
    // Who waits in a queue stays there: the member may only be stopped.
    let (told, led) = tokio::select! {
        told = told => told.unwrap(),
        locked = &mut lock => panic!("{locked:?}"),
    };
    for error in [told.unwrap_err(), led.unwrap().unwrap_err()] {
        assert_eq!(error.kind, ErrorKind::Unknown, "{error:?}");
        assert!(error.message.contains("no sign of life"), "{error}");
    }
    drop(feeds);
}

#[tokio::test]
async fn an_idle_watch_at_a_member_that_answers_stays() {
    // What answers is alive, whatever it says: a proxy may let watches through and no status.
    for reply in [good(), Reply::text(404, "404 page not found\n"), leaderless(), learner()] {
        let (alive, feeds) = watched(reply.clone()).await;
        let etcd = with_patience([alive.url()], Duration::from_secs(10));
        let mut watch = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
        next(&mut watch).await.unwrap();
        let progress = async {
            alive.wait_for_requests(STATUS, 3, LIMIT).await;
            feeds[0].chunk("{\"result\":{\"header\":{\"revision\":\"9\"}}}\n").await;
        };
        let (told, ()) = tokio::join!(watch.next(), progress);
        told.expect("a message").unwrap_or_else(|error| panic!("{reply:?}: {error}"));
    }
}

#[tokio::test]
async fn a_watch_at_a_member_that_lost_its_leader_goes_on_elsewhere() {
    let (cut_off, feeds) = watched(good()).await;
    for _ in 0..50 {
        cut_off.on(STATUS, leaderless());
    }
    let fine = stub(good()).await;
    let etcd = attentive([cut_off.url(), fine.url()]);
    etcd.check().await.unwrap();
    let mut watch = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
    next(&mut watch).await.unwrap();
    let error = next(&mut watch).await.unwrap_err();
    assert!(error.message.contains("has no leader"), "{error}");
    assert!(error.message.contains(&fine.url()), "{error}");
    assert_eq!(etcd.endpoint(), fine.url());
    drop(feeds);
}

#[tokio::test]
async fn a_read_does_not_wait_for_its_limit_where_another_endpoint_serves() {
    let silent = Stub::start().await;
    silent.otherwise(Reply::silence());
    let fine = stub(good()).await;
    fine.otherwise(Reply::json(200, "{}"));
    let options = GatewayOptions {
        command_timeout: Duration::from_secs(120),
        keepalive_time: Duration::from_millis(200),
        keepalive_timeout: Duration::from_millis(600),
        ..GatewayOptions::new([silent.url(), fine.url()])
    };
    let etcd = Gateway::connect(options).unwrap();
    let read = async { etcd.range(RangeRequest::get("a")).await.unwrap() };
    let watches = async {
        // Something else finds out that the first is silent.
        etcd.check().await.unwrap();
    };
    timeout(LIMIT, async { tokio::join!(read, watches) }).await.expect("long before its limit");
}

#[tokio::test]
async fn a_call_given_up_closes_its_connection() {
    let stub = Stub::start().await;
    stub.otherwise(Reply::silence());
    let etcd = Gateway::connect(GatewayOptions::new([stub.url()])).unwrap();
    let reads: Vec<_> = (0..5)
        .map(|_| {
            let etcd = etcd.clone();
            tokio::spawn(async move { etcd.range(RangeRequest::get("a")).await.map(|_| ()) })
        })
        .collect();
    stub.wait_for_requests("/v3/kv/range", 5, LIMIT).await;
    assert_eq!(stub.open(), 5);
    reads[1..].iter().for_each(tokio::task::JoinHandle::abort);
    eventually("four are closed", LIMIT, async || (stub.open() == 1).then_some(())).await;
}

#[test]
fn members_are_listed_by_every_version() {
    super::on_all_versions(async |version| {
        let server = Etcd::shared(version);
        let etcd = super::client(server);
        let (members, status) = (etcd.members().await.unwrap(), etcd.check().await.unwrap());
        assert_eq!(members.len(), 1, "{version}");
        assert_eq!(members[0].id, status.member, "{version}");
        assert_eq!(members[0].client_urls, [server.url()], "{version}");
        assert!(!members[0].name.is_empty() && !members[0].peer_urls.is_empty(), "{version}");
        assert!(status.raft_term > 0 && status.raft_index > 0, "{version}: {status:?}");
    });
}

#[tokio::test]
async fn a_paused_member_is_left_and_not_gone_back_to() {
    let cluster = Cluster::start(Version::newest());
    let members = cluster.members();
    let options = GatewayOptions {
        keepalive_time: Duration::from_millis(500),
        // Long enough for a member that is merely slow on a busy machine.
        keepalive_timeout: Duration::from_secs(3),
        ..GatewayOptions::new(cluster.endpoints())
    };
    let etcd = Gateway::connect(options).unwrap();
    let status = etcd.check().await.unwrap();
    assert_eq!(status.endpoint, members[0].url());
    let watch = async || {
        let mut watch = etcd.watch(WatchRequest::new(KeyRange::all())).await.unwrap();
        next(&mut watch).await.unwrap();
        watch
    };
    let mut first = watch().await;
    members[0].pause();
    let error = next(&mut first).await.unwrap_err();
    assert!(error.is_connection(), "{error:?}");
    assert_ne!(etcd.endpoint(), members[0].url());
    let _second = watch().await;
    eventually("writing", LIMIT, async || etcd.put(PutRequest::new("a", "b")).await.ok()).await;
    let all_but = async |ill: usize| {
        eventually("the rest is well", LIMIT, async || {
            etcd.check().await.ok()?;
            let seen = health(&etcd).await;
            let healthy = |endpoint: &&EndpointHealth| endpoint.state == EndpointState::Healthy;
            (seen.iter().filter(healthy).count() + ill == 3).then_some(())
        })
        .await;
    };
    all_but(1).await;
    let used = etcd.endpoint();
    members[0].resume();
    all_but(0).await;
    assert_eq!(etcd.endpoint(), used, "there is no need to move");
}
