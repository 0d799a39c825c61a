//! The release build in a pseudo-terminal of 200 columns and 50 rows, in color.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::pty::program::Program;
use crate::pty::terminal::Terminal;
use crate::support::servers::Etcd;

/// Longer than anything measured here may take.
pub(crate) const LIMIT: Duration = Duration::from_secs(60);

/// Builds the program as it is released, for the benchmark itself is built to be quick to build.
///
/// # Panics
/// When it does not build.
pub(crate) fn release_build() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let target = crate::support::process::target_dir();
    let status = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["build", "--release", "--locked", "--bin", "etcdeck"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", target)
        .status();
    assert!(status.expect("cargo starts").success(), "the release build fails");
    target.join("release/etcdeck")
}

/// Starts a program on a server.
pub(crate) fn start(program: &Path, etcd: &Etcd, args: &[&str]) -> Terminal {
    Program::new(program.to_str().expect("a path of letters"))
        .args(args)
        .envs(etcd.env())
        .env("COLORTERM", "truecolor")
        .size(200, 50)
        .start()
}

/// Waits until a text is on the screen; says whether it came.
pub(crate) fn comes(term: &Terminal, text: &str, limit: Duration) -> bool {
    term.try_wait_for(limit, |screen| screen.contents().contains(text).then_some(())).is_some()
}

/// Waits until nothing was written for a while.
pub(crate) fn settles(term: &Terminal, quiet: Duration, limit: Duration) {
    let start = tokio::time::Instant::now();
    while start.elapsed() < limit {
        if term.output_within(quiet).is_empty() {
            return;
        }
    }
}

/// What a program may do during a span of time, on the real clock.
pub(crate) fn after(span: Duration, term: &Terminal) {
    // Never comes: what is waited for is the time.
    let _nothing = term.try_wait_for(span, |_| None::<()>);
}
