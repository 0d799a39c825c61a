//! Each failure of TLS, on real servers: what the doctor says of it, and what every call says.

use std::net::TcpListener;

use etcdeck::domain::txn::RangeRequest;
use etcdeck::gateway::{Gateway, GatewayOptions, TlsOptions};
use etcdeck::store::{ErrorKind, Kv as _};

use super::Report;
use crate::gateway::on_all_versions;
use crate::support::certs::{OddCerts, Pair};
use crate::support::process::scratch_dir;
use crate::support::server_builder::Tls;
use crate::support::servers::{Etcd, dead_url, free_ports};

/// A server that shows this certificate.
fn showing(version: crate::support::install::Version, pair: &Pair) -> Etcd {
    Etcd::build(version)
        .tls(Tls::Server)
        .arg(format!("--cert-file={}", pair.cert.display()))
        .arg(format!("--key-file={}", pair.key.display()))
        .start()
}

/// What a call says that TLS keeps from being made.
async fn refusal(url: &str, tls: TlsOptions) -> String {
    let options = GatewayOptions { tls, ..GatewayOptions::new([url]) };
    let gateway = Gateway::connect(options).expect("the files are right");
    let error = gateway.range(RangeRequest::get("a")).await.expect_err("TLS is wrong");
    assert_eq!(error.kind, ErrorKind::Tls, "{error:?}");
    error.message
}

#[test]
fn certificates_that_are_not_good_are_told_apart() {
    on_all_versions(async |version| {
        let folder = scratch_dir("odd");
        let odd = OddCerts::new(folder.path(), free_ports().address);
        let ca = odd.ca.display().to_string();
        let trust = || TlsOptions { ca: Some(odd.ca.clone()), ..TlsOptions::default() };
        let cases: [(&Pair, &str, &str); 3] = [
            (&odd.expired, "expired", "renew it"),
            (&odd.early, "is not valid yet", "check the clock of this host"),
            (&odd.elsewhere, "names elsewhere.example, not", "use one of these names"),
        ];
        for (pair, what, advice) in cases {
            let etcd = showing(version, pair);
            let said = refusal(&etcd.url(), trust()).await;
            assert!(said.contains(what) && said.contains(advice), "{version}: {said}");
            assert!(said.contains(&etcd.url()), "{version} says where: {said}");
            let report = Report::at(&[etcd.url()], &["--cacert", &ca]);
            report.ends(1).says("certificate", &["FAILED", what, advice]);
            report.says("the rest", &["there is no TLS connection"]);
            // Believed unseen, all else is looked at, and the mark stays.
            let skip = ["--cacert", &ca, "--insecure-skip-tls-verify"];
            let report = Report::at(&[etcd.url()], &skip);
            report.says(
                "certificate",
                &["warning", "not verified (--insecure-skip-tls-verify)", what],
            );
            report.says("gateway", &["ok"]).says("reads", &["ok"]);
        }
        let etcd = showing(version, &odd.ending);
        let report = Report::at(&[etcd.url()], &["--cacert", &ca]);
        report.ends(0).says("expiry", &["warning", "10 more days", "→ renew it"]);
        report.says("TLS", &["TLS 1."]);
        let report = Report::at(&[etcd.url()], &["--cacert", &ca, "--insecure-skip-tls-verify"]);
        report.ends(0).says("certificate", &["warning", "though it would pass"]);
    });
}

#[test]
fn authorities_and_client_certificates_are_told_apart() {
    on_all_versions(async |version| {
        let folder = scratch_dir("odd");
        let odd = OddCerts::new(folder.path(), free_ports().address);
        let etcd = Etcd::build(version).tls(Tls::Mutual).start();
        let (url, certs) = (etcd.url(), etcd.certs());
        let ca = certs.ca.display().to_string();
        let with = |pair: &Pair| {
            let (cert, key) = (pair.cert.display().to_string(), pair.key.display().to_string());
            Report::at(&[etcd.url()], &["--cacert", &ca, "--cert", &cert, "--key", &key])
        };
        let stranger = certs.stranger_ca.display().to_string();
        let report = Report::at(std::slice::from_ref(&url), &["--cacert", &stranger]);
        report.ends(1).says("certificate", &["FAILED", "not trusted here", "--cacert"]);
        let report = Report::at(std::slice::from_ref(&url), &["--cacert", &ca]);
        assert!(report.ends(1).text.contains("client certificate"), "{}", report.text);
        let report = with(&certs.stranger);
        assert!(report.ends(1).text.contains("refused our"), "{}", report.text);
        assert!(report.text.contains("--trusted-ca-file"), "{}", report.text);
        with(&certs.client).ends(0).says("client cert", &["ok", "our certificate (--cert"]);

        // Signed by somebody the server trusts, and ended.
        let etcd = Etcd::build(version)
            .tls(Tls::Mutual)
            .arg(format!("--trusted-ca-file={}", odd.ca.display()))
            .start();
        let tls = TlsOptions {
            ca: Some(etcd.certs().ca.clone()),
            cert: Some(odd.old_client.cert.clone()),
            key: Some(odd.old_client.key.clone()),
            ..TlsOptions::default()
        };
        let said = refusal(&etcd.url(), tls).await;
        assert!(said.contains("refused our client certificate"), "{version}: {said}");
        assert!(said.contains("it expired") && said.contains("days ago; renew it"), "{said}");
        let (cert, key) =
            (odd.old_client.cert.display().to_string(), odd.old_client.key.display().to_string());
        let ca = etcd.certs().ca.display().to_string();
        let report = Report::at(&[etcd.url()], &["--cacert", &ca, "--cert", &cert, "--key", &key]);
        report.ends(1).says("client cert", &["FAILED", "expired", "days ago"]);
    });
}

#[test]
fn ports_that_speak_something_else_are_told_apart() {
    on_all_versions(async |version| {
        let plain = Etcd::start(version);
        let report =
            Report::at(&[plain.url().replace("http:", "https:")], &["--insecure-skip-tls-verify"]);
        report.ends(1).says("TLS", &["FAILED", "→"]);
        assert!(report.finding("TLS").contains("write http:// instead"), "{}", report.text);
        let encrypted = Etcd::build(version).tls(Tls::Server).start();
        let report = Report::at(&[encrypted.url().replace("https:", "http:")], &[]);
        report.ends(1).says("HTTP", &["FAILED", "write https:// instead"]);
    });
}

#[test]
fn a_server_of_an_old_tls_is_named() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("https://{}", listener.local_addr().expect("an address"));
    let server = std::thread::spawn(move || {
        use std::io::{Read as _, Write as _};
        // One to look whether somebody listens, one to shake hands.
        for _ in 0..2 {
            let (mut stream, _) = listener.accept().expect("a client");
            let mut hello = [0; 64];
            if stream.read(&mut hello).is_ok_and(|read| read > 0) {
                // A fatal alert: protocol_version.
                stream.write_all(&[0x15, 3, 1, 0, 2, 2, 70]).expect("the client listens");
                // Closing with something unread would reset the connection.
                let _ = stream.shutdown(std::net::Shutdown::Write);
                let _ = std::io::copy(&mut stream, &mut std::io::sink());
            }
        }
    });
    let report = Report::at(&[url], &["--insecure-skip-tls-verify"]);
    report.ends(1).says("TLS", &["FAILED", "speaks no TLS that we speak (1.2 and 1.3)"]);
    server.join().expect("the server ends");
}

#[test]
fn files_that_cannot_be_used_end_the_report_at_once() {
    let folder = scratch_dir("files");
    let certs = OddCerts::new(folder.path(), free_ports().address);
    let url = dead_url().replace("http:", "https:");
    let key = certs.old_client.key.display().to_string();
    let other = certs.expired.key.display().to_string();
    let cert = certs.old_client.cert.display().to_string();
    let ca = certs.ca.display().to_string();
    let cases: [(&[&str], &str); 4] = [
        (&["--cacert", "/nowhere/ca.pem"], "/nowhere/ca.pem (--cacert) cannot be read"),
        (&["--cacert", &key], "holds a private key and no certificate"),
        (&["--cacert", &ca, "--cert", &cert, "--key", &other], "do not fit"),
        (&["--cacert", &ca, "--cert", &cert, "--key", &cert], "(--key) holds no key"),
    ];
    for (args, words) in cases {
        let report = Report::at(std::slice::from_ref(&url), args);
        assert_eq!(report.status, 1, "{}", report.text);
        let finding = report.finding_of("settings", "TLS");
        // Paths are broken where a row ends.
        assert!(finding.replace(' ', "").contains(&words.replace(' ', "")), "{finding}");
    }
}
