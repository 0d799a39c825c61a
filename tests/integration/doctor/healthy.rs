//! Where all is well.

use super::{Report, snapshot};
use crate::gateway::on_all_versions;
use crate::support::cluster::Cluster;
use crate::support::install::Version;
use crate::support::server_builder::Tls;
use crate::support::servers::Etcd;

#[test]
fn every_version_is_well_with_a_lease_that_runs() {
    on_all_versions(async |version| {
        let etcd = Etcd::start(version);
        etcd.ctl(&["lease", "grant", "600"]);
        let revision = etcd.ctl(&["get", "x", "-w", "json"]);
        let report = Report::on(&etcd);
        report.ends(0).says("version", &[&format!("etcd {version}.")]);
        report
            .says("auth", &["ok", "switched off"])
            .says("database", &["ok", "of 2.0 GiB", "in use"]);
        assert!(!report.text.contains("if its quota"), "every version tells it: {}", report.text);
        report.says("leader", &["this member leads"]).says("clock", &["ok"]).says("reads", &["ok"]);
        let leases = report.finding_of("cluster", "leases");
        assert!(leases.contains("ok leases 1 lease; the time left of them runs"), "{leases}");
        assert_eq!(etcd.ctl(&["get", "x", "-w", "json"]), revision, "nothing was written");
        match version {
            Version::V3_4 => report.says("version", &["warning", "June 2026"]),
            // Which the calendar will end.
            Version::V3_5 => report.says("version", &["3.5"]),
            Version::V3_6 | Version::V3_7 => report.says("version", &["ok", "is kept up"]),
        };
    });
}

#[test]
fn the_whole_report_of_a_healthy_server() {
    let etcd = Etcd::build(Version::newest()).tls(Tls::Mutual).start();
    let report = Report::on(&etcd);
    report.ends(0);
    snapshot("doctor-report-healthy", &report);
}

#[test]
fn a_cluster_of_three_is_well_until_it_loses_two() {
    let cluster = Cluster::start(Version::V3_5);
    let report = Report::at(&cluster.endpoints(), &[]);
    report.ends(0);
    let members = report.finding_of("cluster", "members");
    assert!(
        members.contains("3 members (") && members.contains("of which 1 may fail"),
        "{members}"
    );
    assert!(report.finding_of("cluster", "raft").contains("ok raft the members are within"));
    assert!(report.finding_of("cluster", "leader").ends_with(" leads"), "{}", report.text);

    let [left, rest @ ..] = cluster.members() else { panic!("three members") };
    rest.iter().for_each(Etcd::kill);
    // It notices within two election timeouts.
    let limit = std::time::Duration::from_secs(20);
    let report = crate::support::wait::poll(limit, || {
        let report = Report::on(left);
        report.finding("leader").contains("FAILED").then_some(report)
    });
    let report = report.expect("the last member notices that it is alone");
    report.ends(1).says("leader", &["knows no leader", "→ see that more than half"]);
    report.says("reads", &["by agreement not: no leader"]);
    let leader = report.finding_of("cluster", "leader");
    assert!(leader.contains("FAILED leader nobody leads"), "{leader}");
    let leases = report.finding_of("cluster", "leases");
    assert!(leases.contains("not checked, because there is no leader"), "{leases}");
}

#[test]
fn the_demo_says_what_a_sandbox_is() {
    let report = Report::of(&[] as &[(&str, &str)], &["--demo"]);
    assert_eq!(report.status, 0);
    assert!(report.text.starts_with("DEMO sandbox\n  ok       sandbox"), "{}", report.text);
}
