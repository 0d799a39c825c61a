//! TLS on real servers, right and wrong: each mistake gets its own sentence.

use std::path::{Path, PathBuf};

use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::gateway::{Credentials, Gateway, GatewayOptions, TlsOptions};
use etcdeck::store::{ErrorKind, Kv as _, StoreError, Watch as _, WatchRequest};

use super::next;
use crate::support::certs::Pair;
use crate::support::process::scratch_dir;
use crate::support::server_builder::Tls;
use crate::support::servers::Etcd;

fn tls(ca: Option<&PathBuf>, pair: Option<&Pair>) -> TlsOptions {
    TlsOptions {
        ca: ca.cloned(),
        cert: pair.map(|pair| pair.cert.clone()),
        key: pair.map(|pair| pair.key.clone()),
        ..TlsOptions::default()
    }
}

fn connect(url: impl Into<String>, tls: TlsOptions) -> Result<Gateway, StoreError> {
    Gateway::connect(GatewayOptions { tls, ..GatewayOptions::new([url]) })
}

async fn get(url: impl Into<String>, tls: TlsOptions) -> Result<(), StoreError> {
    connect(url, tls).expect("the files are right").range(RangeRequest::get("a")).await.map(|_| ())
}

async fn refusal(url: impl Into<String>, tls: TlsOptions) -> String {
    let error = get(url, tls).await.expect_err("TLS is wrong");
    assert_eq!(error.kind, ErrorKind::Tls, "{error:?}");
    error.message
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_named() {
    for version in Etcd::versions() {
        let server = Etcd::build(version).tls(Tls::Server).start();
        let (url, certs) = (server.url(), server.certs());
        get(&url, tls(Some(&certs.ca), None)).await.unwrap();
        // A CA file makes https of an endpoint without a scheme.
        get(server.address().to_string(), tls(Some(&certs.ca), None)).await.unwrap();
        let skip = TlsOptions { skip_verify: true, ..TlsOptions::default() };
        get(&url, skip.clone()).await.unwrap();
        let secure = TlsOptions { insecure_transport: false, ..skip };
        get(server.address().to_string(), secure).await.unwrap();

        let said = refusal(&url, tls(Some(&certs.stranger_ca), None)).await;
        assert!(
            said.contains("not trusted here") && said.contains("--cacert"),
            "{version}: {said}"
        );
    }
}

#[tokio::test]
async fn plain_and_encrypted_are_told_apart() {
    for version in Etcd::versions() {
        let server = Etcd::build(version).tls(Tls::Server).start();
        let said = refusal(server.url().replace("https:", "http:"), TlsOptions::default()).await;
        assert!(said.contains("write https:// instead"), "{version}: {said}");

        let server = Etcd::start(version);
        let skip = TlsOptions { skip_verify: true, ..TlsOptions::default() };
        let said = refusal(server.url().replace("http:", "https:"), skip).await;
        assert!(said.contains("write http:// instead"), "{version}: {said}");
    }
}

#[tokio::test]
async fn client_certificates_are_shown_when_wanted() {
    for version in Etcd::versions() {
        let server = Etcd::build(version).tls(Tls::Mutual).start();
        let (url, certs) = (server.url(), server.certs());
        let etcd = connect(&url, tls(Some(&certs.ca), Some(&certs.client))).unwrap();
        let put = etcd.put(PutRequest::new("a", "1")).await.unwrap();
        let request = WatchRequest::new(etcdeck::domain::KeyRange::single("a")).from(put.revision);
        let mut watch = etcd.watch(request).await.unwrap();
        next(&mut watch).await.unwrap();
        next(&mut watch).await.unwrap();

        let said = refusal(&url, tls(Some(&certs.ca), None)).await;
        assert!(said.contains("--cert"), "{version}: {said}");
        let said = refusal(&url, tls(Some(&certs.ca), Some(&certs.stranger))).await;
        assert!(said.contains("--cert"), "{version}: {said}");
    }
}

#[tokio::test]
async fn a_certificate_with_a_name_and_users_do_not_go_together() {
    for version in Etcd::versions() {
        let server = Etcd::build(version).tls(Tls::Mutual).start();
        server.enable_auth("secret");
        let certs = server.certs();
        let options = |pair| GatewayOptions {
            credentials: Some(Credentials::new("root", "secret")),
            tls: tls(Some(&certs.ca), Some(pair)),
            ..GatewayOptions::new([server.url()])
        };
        let named = Gateway::connect(options(&certs.named_client)).unwrap();
        let error = named.range(RangeRequest::get("a")).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::CommonName, "{version}: {error:?}");
        assert!(error.message.contains("certificate without a common name"), "{version}: {error}");
        let nameless = Gateway::connect(options(&certs.client)).unwrap();
        nameless.range(RangeRequest::get("a")).await.unwrap();
    }
}

#[test]
fn files_that_cannot_be_used_are_named() {
    let folder = scratch_dir("tls");
    let garbage = folder.path().join("garbage.pem");
    std::fs::write(&garbage, "nothing of the kind").unwrap();
    let broken = folder.path().join("broken.pem");
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\n!!!\n-----END CERTIFICATE-----\n")
        .unwrap();
    let locked = folder.path().join("locked.key");
    std::fs::write(&locked, "-----BEGIN ENCRYPTED PRIVATE KEY-----\n").unwrap();
    let certs = crate::support::certs::Certs::new(folder.path(), &[]);
    let missing = Path::new("/nowhere/ca.pem");

    let with = |ca: Option<&Path>, cert: Option<&Path>, key: Option<&Path>| TlsOptions {
        ca: ca.map(Path::to_path_buf),
        cert: cert.map(Path::to_path_buf),
        key: key.map(Path::to_path_buf),
        ..TlsOptions::default()
    };
    let (cert, key) = (certs.client.cert.as_path(), certs.client.key.as_path());
    let cases = [
        (with(Some(missing), None, None), "/nowhere/ca.pem"),
        (with(Some(&garbage), None, None), "-----BEGIN CERTIFICATE-----"),
        (with(Some(&broken), None, None), "broken.pem"),
        (with(None, Some(cert), None), "without --key"),
        (with(None, None, Some(key)), "without --cert"),
        (with(None, Some(&garbage), Some(key)), "garbage.pem"),
        (with(None, Some(cert), Some(&garbage)), "garbage.pem"),
        (with(None, Some(cert), Some(&locked)), "is encrypted"),
        (with(None, Some(cert), Some(&certs.server.key)), "do not fit"),
        (with(None, Some(&broken), Some(key)), "broken.pem"),
    ];
    for (tls, words) in cases {
        // With an authority, so that the roots of this machine play no part.
        let tls = TlsOptions { ca: tls.ca.or_else(|| Some(certs.ca.clone())), ..tls };
        let error = connect("h:1", tls.clone()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Tls, "{tls:?}");
        assert!(error.message.contains(words), "{tls:?}: {error}");
    }
}

#[test]
fn files_as_other_tools_write_them_are_taken() {
    let folder = scratch_dir("tls");
    let certs = crate::support::certs::Certs::new(folder.path(), &[]);
    let read = |path: &Path| std::fs::read_to_string(path).unwrap();
    // openssl puts the curve before an EC key and a description before a certificate; some tools
    // leave the last line open.
    let key = folder.path().join("openssl.key");
    let curve = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n";
    std::fs::write(&key, format!("{curve}{}", read(&certs.client.key).trim_end())).unwrap();
    let cert = folder.path().join("openssl.pem");
    let chain = format!("Certificate:\n    Data:\n{}{}", read(&certs.client.cert), read(&certs.ca));
    std::fs::write(&cert, chain.trim_end()).unwrap();
    let ca = folder.path().join("bundle.pem");
    std::fs::write(&ca, read(&certs.ca) + "\n" + &read(&certs.stranger_ca)).unwrap();
    let pair = Pair { cert, key };
    connect("h:1", tls(Some(&ca), Some(&pair))).unwrap();
}
