//! Command lines and environments, and the settings or complaints they make.

mod profile;
mod task;

use std::ffi::OsString;
use std::time::Duration;

use super::*;
use crate::config::{Connection, Credentials, Discovery, Servers, Target};
use crate::domain::Secret;

fn read(args: &str, env: &[(&str, &str)]) -> Result<Settings, Exit> {
    let words = std::iter::once("etcdeck").chain(args.split_whitespace()).map(OsString::from);
    parse(words, |name| {
        env.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
    })
}

fn server(args: &str, env: &[(&str, &str)]) -> Connection {
    match read(args, env) {
        Ok(Settings { target: Target::Server(connection), .. }) => *connection,
        other => panic!("{args}: {other:?}"),
    }
}

fn urls(connection: &Connection) -> &[String] {
    match &connection.servers {
        Servers::Listed(urls) => urls,
        Servers::Discovered(_) => panic!("{connection:?} is to be found by DNS"),
    }
}

fn complaint(args: &str, env: &[(&str, &str)]) -> String {
    let exit = read(args, env).expect_err(args);
    assert_eq!((exit.status, exit.to_stdout), (2, false), "{args}: {}", exit.message);
    exit.message
}

fn user(name: &str, password: Option<&str>) -> Credentials {
    Credentials::User { name: name.to_owned(), password: password.map(Secret::new) }
}

#[test]
fn nothing_given_means_what_etcdctl_means() {
    let settings = read("", &[]).expect("valid");
    assert_eq!((settings.prefix.as_slice(), settings.delimiter.as_slice()), (&b""[..], &b"/"[..]));
    assert!(!settings.read_only && settings.color);
    let connection = server("", &[("ETCDCTL_ENDPOINTS", ""), ("ETCDCTL_API", "2")]);
    assert_eq!(urls(&connection), ["http://127.0.0.1:2379"]);
    assert_eq!(connection.credentials, Credentials::None);
    assert_eq!(connection.tls, crate::config::Tls::default());
    assert_eq!(connection.dial_timeout, Duration::from_secs(2));
    assert_eq!(connection.command_timeout, Duration::from_secs(5));
    assert_eq!(connection.keepalive_time, Duration::from_secs(2));
    assert_eq!(connection.keepalive_timeout, Duration::from_secs(6));
}

#[test]
fn a_flag_beats_a_variable_beats_the_default() {
    let env = [("ETCDCTL_DIAL_TIMEOUT", "1m30s"), ("ETCDCTL_ENDPOINTS", "a:1, b:2,a:1")];
    let connection = server("", &env);
    assert_eq!(connection.dial_timeout, Duration::from_secs(90));
    assert_eq!(urls(&connection), ["http://a:1", "http://b:2"]);
    let connection = server("--dial-timeout=300ms --endpoints c:3 --endpoints=d:4,e", &env);
    assert_eq!(connection.dial_timeout, Duration::from_millis(300));
    assert_eq!(urls(&connection), ["http://c:3", "http://d:4", "http://e:2379"]);
    let last = server("--command-timeout 1s --command-timeout 7s", &[]);
    assert_eq!(last.command_timeout, Duration::from_secs(7));
    // A wrong variable that is overruled harms nobody.
    assert_eq!(
        server("--dial-timeout 1s", &[("ETCDCTL_DIAL_TIMEOUT", "x")]).dial_timeout,
        Duration::from_secs(1)
    );
}

#[test]
fn tls_is_spoken_when_etcdctl_would() {
    for (args, env, url) in [
        ("", &[][..], "http://127.0.0.1:2379"),
        ("--cacert ca.pem", &[], "https://127.0.0.1:2379"),
        ("--cacert=", &[], "http://127.0.0.1:2379"),
        ("--insecure-transport", &[], "http://127.0.0.1:2379"),
        ("--insecure-transport=false", &[], "https://127.0.0.1:2379"),
        ("", &[("ETCDCTL_INSECURE_TRANSPORT", "F")], "https://127.0.0.1:2379"),
        (
            "--insecure-transport=true",
            &[("ETCDCTL_INSECURE_TRANSPORT", "F")],
            "http://127.0.0.1:2379",
        ),
        ("--insecure-skip-tls-verify", &[], "http://127.0.0.1:2379"),
        ("--endpoints http://a:1", &[("ETCDCTL_CACERT", "ca.pem")], "http://a:1"),
        ("--endpoints https://a:1", &[], "https://a:1"),
    ] {
        assert_eq!(urls(&server(args, env)), [url], "{args} {env:?}");
    }
    let tls = server("--cert c.pem --insecure-skip-tls-verify", &[("ETCDCTL_KEY", "k.pem")]).tls;
    assert_eq!(tls.identity, Some(("c.pem".into(), "k.pem".into())));
    assert!(tls.skip_verify);
}

#[test]
fn users_are_read_as_etcdctl_does() {
    let both = [("ETCDCTL_USER", "eve:e"), ("ETCDCTL_PASSWORD", "p")];
    for (args, env, expected) in [
        ("--user root", &[][..], user("root", None)),
        ("--user root:a:b", &[], user("root", Some("a:b"))),
        ("--user root:", &[], user("root", Some(""))),
        ("--user root --password -x", &[], user("root", Some("-x"))),
        ("--user ro:ot --password x", &[], user("ro:ot", Some("x"))),
        ("", &[("ETCDCTL_USER", "root:x")], user("root", Some("x"))),
        ("", &both, user("eve:e", Some("p"))),
        ("--user root", &both, user("root", Some("p"))),
        ("--user root:x", &both, user("root", Some("x"))),
        ("", &[("ETCDCTL_PASSWORD", "left over")], Credentials::None),
        ("", &[("ETCDCTL_AUTH_JWT_TOKEN", "t")], Credentials::Token(Secret::new("t"))),
        ("--user root", &[("ETCDCTL_AUTH_JWT_TOKEN", "t")], user("root", None)),
        ("--auth-jwt-token t", &both, Credentials::Token(Secret::new("t"))),
    ] {
        assert_eq!(server(args, env).credentials, expected, "{args} {env:?}");
    }
}

#[test]
fn a_mistake_is_named_with_its_place_and_what_was_expected() {
    for (args, env, parts) in [
        ("--dial-timeout 5", &[][..], &["--dial-timeout", "\"5\"", "1m30s"][..]),
        ("--command-timeout -5s", &[], &["--command-timeout", "\"-5s\"", "duration"]),
        ("--command-timeout 0", &[], &["--command-timeout", "nothing succeed"]),
        ("", &[("ETCDCTL_COMMAND_TIMEOUT", "soon")], &["ETCDCTL_COMMAND_TIMEOUT", "\"soon\""]),
        (
            "--insecure-transport=maybe",
            &[],
            &["--insecure-transport", "\"maybe\"", "true or false"],
        ),
        ("", &[("ETCDCTL_INSECURE_SKIP_TLS_VERIFY", "yes")], &["ETCDCTL_INSECURE_SKIP_TLS_VERIFY"]),
        ("--endpoints a,,b", &[], &["--endpoints", "empty"]),
        ("", &[("ETCDCTL_ENDPOINTS", "ftp://a")], &["ETCDCTL_ENDPOINTS", "ftp://a", "http://"]),
        ("--cert c.pem", &[], &["--cert needs --key"]),
        ("", &[("ETCDCTL_KEY", "k.pem")], &["ETCDCTL_KEY needs --cert"]),
        ("--password x", &[], &["--password needs --user"]),
        ("--user :x", &[], &["--user", "name is empty"]),
        ("--user a:b --auth-jwt-token t", &[], &["--user and --auth-jwt-token"]),
        ("--discovery-srv a..b", &[], &["--discovery-srv", "a..b", "example.com"]),
        ("--discovery-srv http://a", &[], &["--discovery-srv", "domain"]),
        ("--discovery-srv a --discovery-srv-name b.c", &[], &["--discovery-srv-name", "b.c"]),
        ("--discovery-srv a --insecure-discovery=x", &[], &["--insecure-discovery", "boolean"]),
        ("--demo --discovery-srv-name a", &[], &["--demo", "--discovery-srv-name"]),
        ("", &[("ETCDCTL_DISCOVERY_SRV", "a b")], &["ETCDCTL_DISCOVERY_SRV", "\"a b\""]),
        ("--delimiter=", &[], &["--delimiter", "not 0"]),
        ("--delimiter \\q", &[], &["--delimiter", "unknown escape"]),
        ("/a\\x1", &[], &["PREFIX", "unknown escape"]),
        ("--color sometimes", &[], &["--color", "sometimes", "always"]),
        ("--fps 0", &[], &["--fps", "\"0\"", "1 to 60"]),
        ("--fps fast", &[], &["--fps", "\"fast\"", "1 to 60"]),
        ("--bytes-per-second 2k", &[], &["--bytes-per-second", "\"2k\"", "20KiB", "0 for any"]),
        ("--bytes-per-second -1", &[], &["--bytes-per-second", "\"-1\"", "300 bytes"]),
        ("--endpoint a", &[], &["--endpoint", "--endpoints"]),
        ("one two", &[], &["two"]),
        ("--demo --endpoints a:1", &[], &["--demo", "--endpoints"]),
        ("--demo --user root", &[], &["--demo", "--user"]),
    ] {
        let said = complaint(args, env);
        for part in parts {
            assert!(said.contains(part), "{args} {env:?}: {part} is missing in: {said}");
        }
    }
}

#[test]
fn dns_comes_before_endpoints_unless_a_flag_beats_a_variable() {
    let found = |domain: &str, service: Option<&str>, insecure: bool| {
        let (domain, service) = (domain.to_owned(), service.map(str::to_owned));
        Servers::Discovered(Discovery { domain, service, insecure })
    };
    let listed = |url: &str| Servers::Listed(vec![url.to_owned()]);
    let domain = ("ETCDCTL_DISCOVERY_SRV", "env.example");
    let name = ("ETCDCTL_DISCOVERY_SRV_NAME", "blue");
    let secure = ("ETCDCTL_INSECURE_DISCOVERY", "false");
    for (args, env, servers) in [
        ("--discovery-srv a.example", &[][..], found("a.example", None, true)),
        ("--discovery-srv a.example. --endpoints b", &[], found("a.example.", None, true)),
        ("", &[domain, name, secure], found("env.example", Some("blue"), false)),
        ("", &[domain, ("ETCDCTL_ENDPOINTS", "b:1")], found("env.example", None, true)),
        ("--endpoints b:1", &[domain], listed("http://b:1")),
        ("--endpoints b:1", &[name, secure], listed("http://b:1")),
    ] {
        assert_eq!(server(args, env).servers, servers, "{args} {env:?}");
    }
}

#[test]
fn no_secret_is_ever_repeated() {
    for args in [
        "--user :hunter2",
        "--password hunter2",
        "--user a:hunter2 --auth-jwt-token hunter2",
        "--user root:hunter2 --bogus",
        "--endpoints http://root:hunter2@db",
        "--demo --password hunter2",
    ] {
        assert!(!complaint(args, &[]).contains("hunter2"), "{args}");
    }
    let settings = read("--user root:hunter2", &[]).expect("valid");
    assert!(!format!("{settings:?}").contains("hunter2"));
    let help = read("--help", &[("ETCDCTL_PASSWORD", "hunter2")]).expect_err("help");
    assert!(!help.message.contains("hunter2"));
}

#[test]
fn the_demo_is_not_disturbed_by_the_environment() {
    let env = [("ETCDCTL_ENDPOINTS", "::"), ("ETCDCTL_DIAL_TIMEOUT", "x"), ("ETCDCTL_KEY", "k")];
    assert_eq!(read("--demo", &env).expect("valid").target, Target::Demo);
}

#[test]
fn the_rest_is_read() {
    let settings = read("/a\\xff\\n --delimiter : --read-only", &[]).expect("valid");
    assert_eq!(settings.prefix, b"/a\xff\n");
    assert_eq!(settings.delimiter, b":");
    assert!(settings.read_only);
    assert!(!read("--read-only=false", &[]).expect("valid").read_only);
    let dash = read("--delimiter -", &[]).expect("valid");
    assert_eq!(dash.delimiter, b"-");
}

#[test]
fn colors_are_decided() {
    for (args, env, color) in [
        ("", &[][..], true),
        ("", &[("NO_COLOR", "")], true),
        ("", &[("NO_COLOR", "1")], false),
        ("--color always", &[("NO_COLOR", "1")], true),
        ("--color=never", &[], false),
        ("--color auto", &[("TERM", "xterm")], true),
    ] {
        assert_eq!(read(args, env).expect("valid").color, color, "{args} {env:?}");
    }
}

#[test]
fn help_and_version_go_to_stdout() {
    for (args, part) in [("--help", "Examples:"), ("-h", "--endpoints"), ("--version", "etcdeck ")]
    {
        let exit = read(args, &[]).expect_err(args);
        assert_eq!((exit.status, exit.to_stdout), (0, true), "{args}");
        assert!(exit.message.contains(part), "{}", exit.message);
    }
}

#[test]
fn what_is_repeated_of_a_command_line_is_harmless() {
    for wrong in
        ["--color=\x1b]0;x\x07", "--\x1b[2J\u{202e}", "--profile=\x1b[2J", "--endpoints=\u{9b}1m"]
    {
        let said = complaint(wrong, &[]);
        let acts: Vec<char> =
            said.chars().filter(|c| *c != '\n' && escape::is_unsafe(*c)).collect();
        assert!(acts.is_empty(), "{said:?}");
    }
}
