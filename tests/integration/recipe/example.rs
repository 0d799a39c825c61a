//! The examples, run against a real server.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::install::Version;
use crate::support::servers::Etcd;

/// Where cargo has built them, beside the tests.
fn example(name: &str) -> PathBuf {
    let tests = std::env::current_exe().expect("this program has a path");
    let profile = tests.parent().and_then(Path::parent).expect("target, profile, deps");
    let example = profile.join("examples").join(name);
    assert!(
        example.exists(),
        "{} is not there: `cargo test` builds the examples, `cargo test --test` does not; run \
         `cargo build --examples` first",
        example.display()
    );
    example
}

#[test]
fn every_example_does_what_it_says() {
    let etcd = Etcd::start(Version::newest());
    for (name, said) in [
        ("put_get_watch", "saved: true"),
        ("distributed_lock", "written: true\nreleased"),
        ("election", "resigned"),
        ("service_registry", "down node-"),
        ("transaction", "succeeded: false"),
    ] {
        let done = Command::new(example(name)).env_clear().envs(etcd.env()).output();
        let done = done.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let output = String::from_utf8_lossy(&done.stdout);
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && output.contains(said), "{name}: {output}{errors}");
    }
}
