//! What is wrong without TLS and users: nobody there, nothing said, somebody else, no gateway, a full
//! database, two clusters.

use std::net::TcpListener;

use super::{Report, snapshot};
use crate::gateway::on_all_versions;
use crate::support::install::Version;
use crate::support::server_builder::Gateway;
use crate::support::servers::{Etcd, dead_url};
use crate::support::stub::Stub;
use crate::support::stub_reply::Reply;

/// A runtime for the stub, while the program under test runs beside it.
fn with_stub(check: impl FnOnce(&Stub)) {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    let runtime = runtime.expect("a runtime");
    let stub = runtime.block_on(Stub::start());
    check(&stub);
}

#[test]
fn whatever_is_no_etcd_is_told_apart() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let silent = format!("http://{}", silent.local_addr().expect("an address"));
    let off = Etcd::build(Version::V3_5).gateway(Gateway::Off).start();
    with_stub(|web| {
        web.otherwise(Reply::html(200, "<html><body>It works!</body></html>"));
        let endpoints =
            [dead_url(), "http://nosuch.invalid:2379".to_owned(), silent, web.url(), off.url()];
        let report = Report::at(&endpoints, &["--dial-timeout=500ms", "--command-timeout=500ms"]);
        report.ends(1);
        snapshot("doctor-report-faults", &report);
    });
}

#[test]
fn a_gateway_that_is_off_is_named_on_every_version() {
    on_all_versions(async |version| {
        let etcd = Etcd::build(version).gateway(Gateway::Off).start();
        let report = Report::on(&etcd);
        report.ends(1).says("gateway", &["FAILED", "--enable-grpc-gateway", "→"]);
        report.says("version", &[&format!("etcd {version}.")]);
    });
}

#[test]
fn a_full_database_raises_an_alarm() {
    on_all_versions(async |version| {
        let etcd = Etcd::build(version).arg("--quota-backend-bytes=100000").start();
        let value = "x".repeat(100_000);
        let full = (0..20).any(|n| {
            let put = etcd.try_ctl(&["put", &format!("k{n}"), &value]);
            String::from_utf8_lossy(&put.stderr).contains("space exceeded")
        });
        assert!(full, "{version} takes more than its quota");
        let report = Report::on(&etcd);
        report.ends(1).says("database", &["of 97.7 KiB"]);
        let alarms = report.finding_of("cluster", "alarms");
        assert!(alarms.starts_with("FAILED alarms NOSPACE, raised by alone"), "{alarms}");
        assert!(alarms.contains("→ no member takes writes: compact, defragment"), "{alarms}");
    });
}

#[test]
fn endpoints_of_two_clusters_are_an_error() {
    let (one, other) = (Etcd::start(Version::V3_4), Etcd::start(Version::V3_5));
    let report = Report::at(&[one.url(), other.url()], &[]);
    let cluster = report.ends(1).finding_of("cluster", "cluster");
    assert!(
        cluster.contains("FAILED cluster the endpoints belong to different clusters"),
        "{cluster}"
    );
    assert!(cluster.contains(&one.url()) && cluster.contains(&other.url()), "{cluster}");
}

#[test]
fn a_server_that_hangs_midway_gets_a_report() {
    with_stub(|stub| {
        stub.on("/version", Reply::json(200, r#"{"etcdserver":"3.5.9","etcdcluster":"3.5.0"}"#));
        stub.on("/v3/kv/range", Reply::json(200, "{}"));
        stub.otherwise(Reply::silence());
        let args = ["--dial-timeout=300ms", "--command-timeout=300ms"];
        let report = Report::at(&[stub.url()], &args);
        report.ends(1).says("status", &["FAILED", "no answer from"]);
        report.says("the rest", &["leader, database, round trips, reads"]);
    });
}

#[test]
fn what_a_stranger_says_is_made_safe() {
    with_stub(|stub| {
        let version = r#"{"etcdserver":"3.5.9\u001b[2J\u202eevil","etcdcluster":"3.5.0"}"#;
        stub.on("/version", Reply::json(200, version));
        stub.otherwise(Reply::json(500, r#"{"message":"\u001b]0;owned\u0007","code":2}"#));
        let report = Report::at(&[stub.url()], &[]);
        assert!(!report.text.contains('\u{202e}') && !report.text.contains('\x07'));
        report.says("version", &["\\x1b[2J\\u{202e}evil"]);
    });
}
