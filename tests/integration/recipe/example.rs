//! The examples, run against a real server.

use std::path::PathBuf;
use std::process::Command;

use crate::support::install::Version;
use crate::support::process::target_dir;
use crate::support::servers::Etcd;

/// Builds the examples, which takes no time when the whole of the tests is run, and answers where
/// they are.
fn examples() -> PathBuf {
    let built = Command::new(env!("CARGO"))
        .args(["build", "--examples", "--locked", "--offline", "--quiet"])
        .arg("--manifest-path")
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .env("CARGO_TARGET_DIR", target_dir())
        .output()
        .expect("cargo starts");
    assert!(built.status.success(), "{}", String::from_utf8_lossy(&built.stderr));
    target_dir().join("debug/examples")
}

#[test]
fn every_example_does_what_it_says() {
    let etcd = Etcd::start(Version::newest());
    let examples = examples();
    for (name, said) in [
        ("put_get_watch", "saved: true"),
        ("distributed_lock", "written: true\nreleased"),
        ("election", "resigned"),
        ("service_registry", "down node-"),
        ("transaction", "succeeded: false"),
    ] {
        let done = Command::new(examples.join(name)).env_clear().envs(etcd.env()).output();
        let done = done.unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let output = String::from_utf8_lossy(&done.stdout);
        let errors = String::from_utf8_lossy(&done.stderr);
        assert!(done.status.success() && output.contains(said), "{name}: {output}{errors}");
    }
}
