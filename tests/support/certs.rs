//! Certificates for the TLS tests, made anew for each server.

use std::fs;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};

/// Where a certificate and its key lie, both PEM (the key PKCS#8).
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    pub(crate) cert: PathBuf,
    pub(crate) key: PathBuf,
}

/// One private authority and what it has signed.
#[derive(Debug, Clone)]
pub(crate) struct Certs {
    /// The authority's certificate.
    pub(crate) ca: PathBuf,
    /// For the server's addresses and `localhost`; good for clients too, as etcd's gateway dials its own
    /// server with it.
    pub(crate) server: Pair,
    /// A client without a common name: the one an etcd with authentication accepts over its gateway.
    pub(crate) client: Pair,
    /// A client whose common name is `alice`.
    pub(crate) named_client: Pair,
    /// A client signed by an authority that the server does not know.
    pub(crate) stranger: Pair,
    /// That other authority's certificate.
    pub(crate) stranger_ca: PathBuf,
}

impl Certs {
    /// Makes them all in `folder`, the server's for `addresses`.
    pub(crate) fn new(folder: &Path, addresses: &[IpAddr]) -> Self {
        let mut names: Vec<String> = addresses.iter().map(ToString::to_string).collect();
        names.push("localhost".to_owned());
        let authority = Authority::new("etcdeck test authority");
        let other = Authority::new("another authority");
        Self {
            ca: write(folder, "ca.pem", &authority.pem),
            server: authority.sign(folder, "server", None, names),
            client: authority.sign(folder, "client", None, vec![]),
            named_client: authority.sign(folder, "alice", Some("alice"), vec![]),
            stranger: other.sign(folder, "stranger", None, vec![]),
            stranger_ca: write(folder, "stranger-ca.pem", &other.pem),
        }
    }
}

/// Certificates with which something is wrong, all of one authority.
#[derive(Debug, Clone)]
pub(crate) struct OddCerts {
    /// The authority's certificate.
    pub(crate) ca: PathBuf,
    /// For a server, ended in 2020.
    pub(crate) expired: Pair,
    /// For a server, good from 2090 on.
    pub(crate) early: Pair,
    /// For a server of another name, `elsewhere.example`.
    pub(crate) elsewhere: Pair,
    /// For a server of the address asked for, good for ten more days.
    pub(crate) ending: Pair,
    /// For a client, ended in 2020.
    pub(crate) old_client: Pair,
}

impl OddCerts {
    /// Makes them all in `folder`, which is not that of [`Certs`].
    pub(crate) fn new(folder: &Path, address: IpAddr) -> Self {
        let authority = Authority::new("etcdeck odd authority");
        let past = |params: &mut CertificateParams| {
            params.not_before = rcgen::date_time_ymd(2019, 1, 1);
            params.not_after = rcgen::date_time_ymd(2020, 1, 1);
        };
        let future = |params: &mut CertificateParams| {
            params.not_before = rcgen::date_time_ymd(2090, 1, 1);
        };
        let days = std::time::Duration::from_secs(10 * 86_400 + 3600);
        let soon = |params: &mut CertificateParams| {
            params.not_after = (std::time::SystemTime::now() + days).into();
        };
        let here = || vec![address.to_string()];
        let elsewhere = vec!["elsewhere.example".to_owned()];
        Self {
            ca: write(folder, "odd-ca.pem", &authority.pem),
            expired: authority.sign_for(folder, "expired", None, here(), past),
            early: authority.sign_for(folder, "early", None, here(), future),
            elsewhere: authority.sign(folder, "elsewhere", None, elsewhere),
            ending: authority.sign_for(folder, "ending", None, here(), soon),
            old_client: authority.sign_for(folder, "old-client", None, vec![], past),
        }
    }
}

struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

impl Authority {
    fn new(name: &str) -> Self {
        let key = KeyPair::generate().expect("ring makes keys");
        let mut params = params(Some(name), vec![]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let pem = params.self_signed(&key).expect("the parameters are whole").pem();
        Self { issuer: Issuer::new(params, key), pem }
    }

    fn sign(&self, folder: &Path, file: &str, name: Option<&str>, hosts: Vec<String>) -> Pair {
        self.sign_for(folder, file, name, hosts, |_| {})
    }

    /// The same, with something changed before it is signed.
    fn sign_for(
        &self,
        folder: &Path,
        file: &str,
        name: Option<&str>,
        hosts: Vec<String>,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Pair {
        let key = KeyPair::generate().expect("ring makes keys");
        let mut params = params(name, hosts);
        change(&mut params);
        params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        params.extended_key_usages =
            vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
        let cert = params.signed_by(&key, &self.issuer).expect("the parameters are whole");
        Pair {
            cert: write(folder, &format!("{file}.pem"), &cert.pem()),
            key: write(folder, &format!("{file}.key"), &key.serialize_pem()),
        }
    }
}

fn params(name: Option<&str>, hosts: Vec<String>) -> CertificateParams {
    let mut params = CertificateParams::new(hosts).expect("host names and addresses");
    params.distinguished_name = DistinguishedName::new();
    if let Some(name) = name {
        params.distinguished_name.push(DnType::CommonName, name);
    }
    params
}

fn write(folder: &Path, file: &str, pem: &str) -> PathBuf {
    let path = folder.join(file);
    fs::write(&path, pem).expect("the scratch folder can be written to");
    path
}
