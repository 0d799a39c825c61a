//! The etcd releases on this machine, fetched by `tests/fetch-etcd` when they are not there yet.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use super::process::target_dir;

/// A release line of etcd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Version {
    V3_4,
    V3_5,
    V3_6,
    V3_7,
}

impl Version {
    /// Every line the project supports, oldest first, there or not.
    pub(crate) const ALL: [Self; 4] = [Self::V3_4, Self::V3_5, Self::V3_6, Self::V3_7];

    /// The lines there are on this machine, oldest first: 3.4 and 3.5 always, 3.6 and 3.7 where a Go
    /// toolchain could build them. Fetches them the first time.
    ///
    /// # Panics
    /// When a release that must be there cannot be had, with what the fetch script said.
    pub(crate) fn installed() -> &'static [Self] {
        static FOUND: OnceLock<Vec<Version>> = OnceLock::new();
        FOUND.get_or_init(|| {
            let said = fetch();
            let found: Vec<_> = Self::ALL.into_iter().filter(|it| it.is_there()).collect();
            for version in [Self::V3_4, Self::V3_5] {
                assert!(
                    found.contains(&version),
                    "etcd {version} is missing; it was said:\n{said}"
                );
            }
            found
        })
    }

    /// The newest line on this machine.
    pub(crate) fn newest() -> Self {
        *Self::installed().last().expect("3.4 and 3.5 are always there")
    }

    /// The server.
    pub(crate) fn etcd(self) -> PathBuf {
        self.folder().join("etcd")
    }

    /// The command line client of the same release.
    pub(crate) fn etcdctl(self) -> PathBuf {
        self.folder().join("etcdctl")
    }

    fn folder(self) -> PathBuf {
        target_dir().join("etcd").join(self.to_string())
    }

    fn is_there(self) -> bool {
        self.etcd().exists() && self.etcdctl().exists()
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::V3_4 => "3.4",
            Self::V3_5 => "3.5",
            Self::V3_6 => "3.6",
            Self::V3_7 => "3.7",
        })
    }
}

/// Runs the script, which does nothing when nothing is missing, and answers with what it said.
fn fetch() -> String {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fetch-etcd");
    let done = Command::new(&script)
        .env("CARGO_TARGET_DIR", target_dir())
        .output()
        .unwrap_or_else(|error| panic!("{} does not start: {error}", script.display()));
    let said = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(
        done.status.success(),
        "the tests need real etcd servers, and fetching failed:\n{said}"
    );
    said
}
