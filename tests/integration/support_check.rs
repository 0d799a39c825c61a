//! The test servers do what the tests rely on.

use std::fs;
use std::net::TcpStream;
use std::process::Command;
use std::time::Duration;

use crate::support::cluster::Cluster;
use crate::support::install::Version;
use crate::support::process::{Process, scratch_dir};
use crate::support::server_builder::{Gateway, Timing, Tls};
use crate::support::servers::{Etcd, dead_url};
use crate::support::wait::{eventually, poll};

const LIMIT: Duration = Duration::from_secs(10);

/// What curl would show, by hand: status line, headers and body.
fn post(etcd: &Etcd, path: &str, body: &str) -> std::io::Result<String> {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect_timeout(&etcd.address(), LIMIT)?;
    stream.set_read_timeout(Some(Duration::from_millis(500)))?;
    let length = body.len();
    let request = format!("POST {path} HTTP/1.0\r\nContent-Length: {length}\r\n\r\n{body}");
    stream.write_all(request.as_bytes())?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer)
}

#[test]
fn each_version_is_itself_and_keeps_its_data_over_kill_and_restart() {
    for version in Etcd::versions() {
        let etcd = Etcd::start(version);
        assert_ne!(etcd.peer_address(), etcd.address());
        let status = post(&etcd, "/v3/maintenance/status", "{}").unwrap();
        assert!(status.contains(&format!(r#""version":"{version}."#)), "{status}");
        assert!(TcpStream::connect(etcd.peer_address()).is_ok(), "the port for other members");

        assert_eq!(etcd.ctl(&["put", "/check", "kept"]), "OK\n");
        etcd.kill();
        assert!(post(&etcd, "/v3/kv/range", "{}").is_err(), "{version} answers after the kill");
        etcd.restart();
        assert_eq!(etcd.ctl(&["get", "/check", "--print-value-only"]), "kept\n");
    }
}

#[test]
fn a_paused_server_takes_connections_but_does_not_answer() {
    let etcd = Etcd::start(Version::newest());
    etcd.pause();
    let error = post(&etcd, "/v3/maintenance/status", "{}").expect_err("it sleeps");
    assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock, "a time-out, not a refusal");
    etcd.resume();
    let answer = poll(LIMIT, || post(&etcd, "/v3/maintenance/status", "{}").ok());
    assert!(answer.is_some_and(|it| it.contains("200 OK")));
}

#[test]
fn a_stop_is_orderly_even_from_a_pause() {
    let etcd = Etcd::start(Version::V3_5);
    // It says so once it has handlers for signals.
    let ready = poll(LIMIT, || etcd.log().contains("notified init daemon").then_some(()));
    assert!(ready.is_some(), "{}", etcd.log());
    etcd.pause();
    etcd.stop();
    assert!(etcd.log().contains("received signal; shutting down"), "{}", etcd.log());
}

#[test]
fn shared_servers_are_started_once_with_the_usual_least_ttl() {
    for version in Etcd::versions() {
        let etcd = Etcd::shared(version);
        assert_eq!(etcd.version(), version);
        assert_eq!(etcd.url(), Etcd::shared(version).url());
        let grant = etcd.ctl(&["lease", "grant", "1"]);
        assert!(grant.contains("TTL(2s)"), "{grant}");
    }
    let quick = Etcd::start(Version::V3_4);
    assert!(quick.ctl(&["lease", "grant", "1"]).contains("TTL(1s)"));
}

#[test]
fn tls_with_client_certificates_lets_only_known_clients_in() {
    for version in Etcd::versions() {
        let etcd = Etcd::build(version).tls(Tls::Mutual).start();
        assert!(etcd.url().starts_with("https://"));
        assert_eq!(etcd.ctl(&["put", "/check", "1"]), "OK\n");

        let certs = etcd.certs();
        let with = |pair: &crate::support::certs::Pair| {
            Command::new(version.etcdctl())
                .envs(etcd.env())
                .env("ETCDCTL_CERT", &pair.cert)
                .env("ETCDCTL_KEY", &pair.key)
                .args(["get", "/check", "--command-timeout=1s"])
                .output()
                .unwrap()
        };
        assert!(with(&certs.named_client).status.success());
        assert!(!with(&certs.stranger).status.success(), "{version} lets a stranger in");
        assert!(certs.stranger_ca.exists());
    }
}

#[test]
fn tls_of_the_server_alone_asks_for_no_client_certificate() {
    let etcd = Etcd::build(Version::V3_5).tls(Tls::Server).start();
    let done = Command::new(etcd.version().etcdctl())
        .env("ETCDCTL_API", "3")
        .env("ETCDCTL_ENDPOINTS", etcd.url())
        .env("ETCDCTL_CACERT", &etcd.certs().ca)
        .args(["put", "/check", "1"])
        .output()
        .unwrap();
    assert!(done.status.success(), "{done:?}");
}

#[test]
fn authentication_can_be_switched_on_and_outlives_a_restart() {
    for version in Etcd::versions() {
        let etcd = Etcd::build(version).auth_token_ttl(2).start();
        etcd.enable_auth("secret");
        etcd.restart();
        assert_eq!(etcd.ctl(&["put", "/check", "1"]), "OK\n");
        let refused = post(&etcd, "/v3/kv/range", r#"{"key":"YQ=="}"#).unwrap();
        assert!(refused.contains("user name is empty"), "{version}: {refused}");
    }
}

#[test]
fn the_gateway_can_be_switched_off() {
    for version in Etcd::versions() {
        let etcd = Etcd::build(version).gateway(Gateway::Off).start();
        let answer = post(&etcd, "/v3/kv/range", r#"{"key":"YQ=="}"#).unwrap();
        assert!(answer.contains(" 404 "), "{version}: {answer}");
        assert_eq!(etcd.ctl(&["put", "/check", "1"]), "OK\n");
    }
}

#[test]
fn data_can_live_in_a_given_folder_under_given_arguments() {
    let folder = scratch_dir("kept");
    let build = || Etcd::build(Version::V3_4).data_dir(folder.path());
    let etcd = build().timing(Timing::Standard).start();
    etcd.ctl(&["put", "/check", "1"]);
    assert_eq!(etcd.data_dir(), folder.path());
    drop(etcd);

    // The name of the only member is in the data, its address need not be the same.
    let etcd = build().arg("--max-request-bytes=1000").start();
    assert_eq!(etcd.ctl(&["get", "/check", "--print-value-only"]), "1\n");
    let refused = etcd.try_ctl(&["put", "/check", &"x".repeat(2000)]);
    assert!(!refused.status.success());
}

#[test]
#[should_panic(expected = "flag provided but not defined")]
fn a_server_that_cannot_start_says_why() {
    Etcd::build(Version::V3_5).arg("--no-such-flag").start();
}

#[test]
fn a_cluster_works_with_one_member_down_and_not_with_two() {
    let cluster = Cluster::start(Version::V3_5);
    let [one, two, three] = cluster.members() else { panic!("three members") };
    assert_eq!(cluster.endpoints(), [one.url(), two.url(), three.url()]);
    assert!(cluster.leader() < 3);

    one.ctl(&["put", "/check", "1"]);
    three.kill();
    // The others may first have to agree on a new leader, and say so until then.
    let put = || two.try_ctl(&["put", "/check", "2"]).status.success().then_some(());
    assert!(poll(Duration::from_secs(30), put).is_some(), "two of three accept writes");
    two.pause();
    // A read, since a write that timed out may still come through.
    assert!(!one.try_ctl(&["get", "/check", "--command-timeout=1s"]).status.success());
    two.resume();
    three.restart();
    assert_eq!(three.ctl(&["get", "/check", "--print-value-only"]), "2\n");
}

#[test]
fn nobody_listens_at_the_dead_url() {
    let address = dead_url();
    let address = address.strip_prefix("http://").unwrap();
    let error = std::net::TcpStream::connect(address).expect_err("refused");
    assert_eq!(error.kind(), std::io::ErrorKind::ConnectionRefused);
}

#[test]
fn a_dropped_process_is_killed_and_one_that_ended_is_told() {
    let folder = scratch_dir("process");
    let file = folder.path().join("pid");
    let mut process = Process::spawn("/bin/sh".as_ref(), |command| {
        command.args(["-c", "echo $$ > pid; exec cat"]).current_dir(folder.path());
        command.stdin(std::process::Stdio::piped());
    })
    .unwrap();
    assert!(process.ended().is_none());
    let pid = poll(LIMIT, || fs::read_to_string(&file).ok().filter(|it| it.ends_with('\n')))
        .expect("the shell writes its number");
    let proc = std::path::Path::new("/proc").join(pid.trim());
    assert!(proc.exists());
    drop(process);
    assert!(!proc.exists());

    let mut process = Process::spawn("/bin/false".as_ref(), |_| ()).unwrap();
    assert_eq!(process.wait(LIMIT).and_then(|status| status.code()), Some(1));
}

#[tokio::test(start_paused = true)]
#[should_panic(expected = "in vain for a miracle")]
async fn waiting_has_a_limit() {
    eventually::<()>("a miracle", LIMIT, async || None).await;
}
