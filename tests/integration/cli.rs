//! The built program where it draws nothing: help, version, wrong usage.

use std::process::{Command, Output};

fn run(args: &[&str], env: &[(&str, &str)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etcdeck"));
    command.env_clear().args(args).envs(env.iter().copied());
    command.output().expect("the program starts")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

#[test]
fn help_goes_to_stdout_and_names_every_option() {
    let output = run(&["--help"], &[("ETCDCTL_PASSWORD", "hunter2")]);
    assert_eq!(output.status.code(), Some(0));
    assert!(output.stderr.is_empty());
    let help = text(&output.stdout);
    for part in [
        "--endpoints",
        "--user",
        "--password",
        "--cacert",
        "--cert",
        "--key",
        "--demo",
        "--read-only",
        "--insecure-skip-tls-verify",
        "--insecure-transport",
        "--dial-timeout",
        "--command-timeout",
        "--keepalive-time",
        "--keepalive-timeout",
        "--auth-jwt-token",
        "--discovery-srv",
        "--discovery-srv-name",
        "--insecure-discovery",
        "--delimiter",
        "--color",
        "Examples:",
        "ETCDCTL_ENDPOINTS",
        "NO_COLOR",
    ] {
        assert!(help.contains(part), "{part} is missing in:\n{help}");
    }
    assert!(!help.contains("hunter2"));
}

#[test]
fn the_version_is_that_of_the_package() {
    let output = run(&["--version"], &[]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(text(&output.stdout), format!("etcdeck {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn wrong_usage_is_said_on_stderr_with_status_2() {
    for (args, env, part) in [
        (&["--bogus"][..], &[][..], "--bogus"),
        (&["--dial-timeout", "soon"], &[], "--dial-timeout: \"soon\" is not a duration"),
        (&[], &[("ETCDCTL_INSECURE_TRANSPORT", "perhaps")], "ETCDCTL_INSECURE_TRANSPORT"),
        (&["--demo", "--endpoints", "a:1"], &[], "--demo needs no server"),
    ] {
        let output = run(args, env);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
        let said = text(&output.stderr);
        assert!(said.starts_with("error: ") && said.contains(part), "{said}");
    }
}

#[test]
fn a_domain_without_servers_is_said() {
    let args = ["export", "-", "--discovery-srv", "nothing.invalid", "--command-timeout", "2s"];
    let output = run(&args, &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    let said = text(&output.stderr);
    // Where there is no name server either, the reason is another one.
    assert!(said.starts_with("etcdeck: --discovery-srv: "), "{said}");
}
