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
        let key = KeyPair::generate().expect("ring makes keys");
        let mut params = params(name, hosts);
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
