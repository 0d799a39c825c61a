//! What the test binaries share: real etcd servers, clusters of them, certificates, a scripted stub
//! gateway, and waiting for a condition with a limit.
//!
//! ```ignore
//! let etcd = Etcd::start(Version::V3_5);              // its own server, killed when dropped
//! let etcd = Etcd::shared(version);                   // one per version and process; use an own prefix
//! let etcd = Etcd::build(version).tls(Tls::Mutual).auth_token_ttl(2).start();
//! etcd.ctl(&["put", "/app/a", "1"]);                  // etcdctl of that version, must succeed
//! etcd.kill();
//! etcd.restart();                                     // same data, same port
//! let seen = eventually("the key", Duration::from_secs(5), async || read().await).await;
//! ```

mod carry;
pub(crate) mod certs;
pub(crate) mod cluster;
pub(crate) mod install;
pub(crate) mod oracle;
pub(crate) mod process;
pub(crate) mod proxy;
pub(crate) mod scanner;
pub(crate) mod server_builder;
pub(crate) mod servers;
pub(crate) mod stub;
pub(crate) mod stub_reply;
pub(crate) mod wait;
pub(crate) mod writer;
