//! Configuration files under command lines and environments.

use std::ffi::OsString;
use std::num::NonZeroU64;
use std::time::Duration;

use super::{complaint, read, server, urls, user};
use crate::cli::parse;
use crate::config::{Connection, Credentials, Servers, Settings};
use crate::domain::Secret;
use crate::domain::mark::MarkColor;

/// A configuration file in a folder that is its home.
struct Home(std::path::PathBuf);

impl Home {
    fn new(name: &str, text: &str) -> Home {
        let home = std::env::temp_dir().join(format!("etcdeck-cli-{}-{name}", std::process::id()));
        let folder = home.join(".config/etcdeck");
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("config.toml"), text).expect("written");
        Home(home)
    }

    fn env<'a>(&'a self, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
        let home = ("HOME", self.0.to_str().expect("UTF-8"));
        std::iter::once(home).chain(more.iter().copied()).collect()
    }

    fn read(&self, args: &str, more: &[(&str, &str)]) -> Settings {
        read(args, &self.env(more)).unwrap_or_else(|exit| panic!("{args}: {}", exit.message))
    }

    fn server(&self, args: &str, more: &[(&str, &str)]) -> Connection {
        server(args, &self.env(more))
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

const FILE: &str = r#"
color = "never"
fps = 12
bytes_per_second = "4KiB"
journal = true
drafts = false

[limits]
bulk_memory = "1MiB"

[profiles.dev]
endpoints = "dev:2379"
user = "developer"
dial_timeout = "7s"
prefix = "/dev/"
delimiter = ":"
read_only = true

[profiles.prod]
endpoints = ["https://prod-1:2379", "https://prod-2:2379"]
cacert = "ca.pem"
production = "LIVE"
production_color = "magenta"

[profiles.open]
endpoints = "https://open"
production = true
read_only = false

[profiles.plain]
user = "anybody"

[profiles.found]
discovery_srv = "example.com"

[profiles.slow]
endpoints = "slow"
follow = false
"#;

#[test]
fn a_profile_is_beaten_by_a_variable_and_that_by_a_flag() {
    let home = Home::new("rank", FILE);
    for (args, env, url, dial, name) in [
        ("--profile dev", &[][..], "http://dev:2379", 7, "developer"),
        ("--profile dev", &[("ETCDCTL_DIAL_TIMEOUT", "8s")], "http://dev:2379", 8, "developer"),
        (
            "--profile dev --dial-timeout 9s",
            &[("ETCDCTL_DIAL_TIMEOUT", "8s")],
            "http://dev:2379",
            9,
            "developer",
        ),
        ("--profile dev", &[("ETCDCTL_ENDPOINTS", "env:1")], "http://env:1", 7, "developer"),
        (
            "--profile dev --endpoints flag:1",
            &[("ETCDCTL_ENDPOINTS", "env:1")],
            "http://flag:1",
            7,
            "developer",
        ),
        ("--profile dev", &[("ETCDCTL_USER", "env")], "http://dev:2379", 7, "env"),
        ("--profile dev --user me", &[("ETCDCTL_USER", "env")], "http://dev:2379", 7, "me"),
        ("--profile plain", &[], "http://127.0.0.1:2379", 2, "anybody"),
    ] {
        let connection = home.server(args, env);
        assert_eq!(urls(&connection), [url], "{args} {env:?}");
        assert_eq!(connection.dial_timeout, Duration::from_secs(dial), "{args} {env:?}");
        assert_eq!(connection.credentials, user(name, None), "{args} {env:?}");
    }
    let password = home.server("--profile dev", &[("ETCDCTL_PASSWORD", "x")]);
    assert_eq!(password.credentials, user("developer", Some("x")));
    let token = home.server("--profile dev --auth-jwt-token t", &[]);
    assert_eq!(token.credentials, Credentials::Token(Secret::new("t")));
    // Without a profile only the environment and the defaults speak.
    assert_eq!(home.server("", &[]).credentials, Credentials::None);
}

#[test]
fn the_pace_is_that_of_a_flag_or_the_file_or_none() {
    let home = Home::new("pace", FILE);
    for (args, frames, bytes) in [
        ("", 12, 4096),
        ("--fps 60 --bytes-per-second 300", 60, 300),
        ("--bytes-per-second=0", 12, 0),
    ] {
        let settings = home.read(args, &[]);
        assert_eq!(settings.frames_a_second, frames, "{args}");
        assert_eq!(settings.bytes_a_second, NonZeroU64::new(bytes), "{args}");
    }
    let unset = read("", &[]).unwrap_or_else(|exit| panic!("{}", exit.message));
    assert_eq!((unset.frames_a_second, unset.bytes_a_second), (30, None));
}

#[test]
fn a_profile_that_is_found_by_dns_gives_way_to_endpoints() {
    let home = Home::new("dns", FILE);
    let found = home.server("--profile found", &[]).servers;
    assert!(matches!(found, Servers::Discovered(_)), "{found:?}");
    for (args, env) in [
        ("--profile found --endpoints a:1", &[][..]),
        ("--profile found", &[("ETCDCTL_ENDPOINTS", "a:1")]),
    ] {
        assert_eq!(urls(&home.server(args, env)), ["http://a:1"], "{args} {env:?}");
    }
}

#[test]
fn a_profile_says_where_to_open_and_what_to_keep() {
    let home = Home::new("keep", FILE);
    for (args, prefix, delimiter, read_only) in [
        ("--profile dev", "/dev/", ":", true),
        ("--profile dev /x", "/x", ":", true),
        ("--profile dev --delimiter /", "/dev/", "/", true),
        ("--profile dev --read-only=false", "/dev/", ":", false),
        ("", "", "/", false),
    ] {
        let settings = home.read(args, &[]);
        assert_eq!(settings.prefix, prefix.as_bytes(), "{args}");
        assert_eq!(settings.delimiter, delimiter.as_bytes(), "{args}");
        assert_eq!(settings.read_only, read_only, "{args}");
    }
    for (args, follow) in [
        ("", true),
        ("--follow=false", false),
        ("--profile slow", false),
        ("--profile slow --follow", true),
    ] {
        assert_eq!(home.read(args, &[]).follow, follow, "{args}");
    }
    let words = ["etcdeck", "--profile", "dev", ""].map(OsString::from);
    let env = home.env(&[]);
    let env = |name: &str| env.iter().find(|(key, _)| *key == name).map(|(_, v)| OsString::from(v));
    assert_eq!(parse(words, env).expect("valid").prefix, b"", "everything, when asked for it");

    let settings = home.read("", &[]);
    assert!(!settings.color && !settings.keep_drafts);
    assert_eq!(settings.limits.bulk_bytes, 1 << 20);
    assert_eq!(settings.limits.journal_bytes, crate::domain::limit::Limits::DEFAULT.journal_bytes);
    let state = home.0.join(".local/state/etcdeck");
    assert_eq!(settings.journal_file, Some(state.join("journal.jsonl")));
    assert_eq!(settings.state_dir, Some(state));
    assert!(home.read("--color auto", &[]).color);
    // What is done in the demo is neither kept nor recorded.
    let demo = home.read("--demo", &[]);
    assert_eq!((demo.keep_drafts, demo.journal_file), (false, None));
}

#[test]
fn a_mark_holds_however_its_servers_are_named() {
    let home = Home::new("mark", FILE);
    let live = Some(("LIVE", MarkColor::Magenta));
    let red = |word| Some((word, MarkColor::Red));
    for (args, env, mark, read_only) in [
        ("--profile prod", &[][..], live, true),
        ("--profile prod --read-only=false", &[], live, false),
        ("--profile prod --production=X", &[], Some(("X", MarkColor::Magenta)), true),
        ("--profile prod --production=false", &[], None, false),
        ("--profile open", &[], red("PROD"), false),
        ("--profile open --read-only", &[], red("PROD"), true),
        ("--endpoints prod-2:2379", &[], live, true),
        ("", &[("ETCDCTL_ENDPOINTS", "other:1,https://PROD-1:2379")], live, true),
        ("--endpoints prod-2:2379 --read-only=false", &[], live, false),
        ("--endpoints prod-2:2379 --production=false", &[], None, false),
        ("--endpoints prod-2:2379 --profile dev", &[], live, true),
        ("--endpoints https://open:443", &[], red("PROD"), false),
        ("--endpoints prod-2:2380", &[], None, false),
        ("--production", &[], red("PROD"), true),
        ("--production=eu-live", &[], red("eu-live"), true),
        ("--demo --production", &[], red("PROD"), true),
        ("--profile dev", &[], None, true),
        ("", &[], None, false),
    ] {
        let settings = home.read(args, env);
        let found = settings.production.as_ref().map(|mark| (mark.word(), mark.color()));
        assert_eq!((found, settings.read_only), (mark, read_only), "{args} {env:?}");
    }
}

#[test]
fn a_profile_has_its_name_on_its_own_servers_only() {
    let home = Home::new("name", FILE);
    for (args, name) in [
        ("--profile prod", Some("prod")),
        ("--profile prod --endpoints prod-2:2379", Some("prod")),
        ("--profile prod --endpoints localhost:2379", Some("prod (other servers)")),
        ("--profile plain --endpoints localhost:2379", Some("plain")),
        ("--profile=", None),
        ("--endpoints prod-2:2379", None),
    ] {
        assert_eq!(home.read(args, &[]).profile.as_deref(), name, "{args}");
    }
    let default = Home::new("default", &format!("default_profile = \"dev\"\n{FILE}"));
    assert_eq!(default.read("", &[]).profile.as_deref(), Some("dev"));
    assert_eq!(default.read("--profile=", &[]).profile, None);
    assert_eq!(default.read("--profile prod", &[]).profile.as_deref(), Some("prod"));
    assert_eq!(default.read("--demo", &[]).profile, None);
}

#[test]
fn profiles_that_are_not_there_are_told() {
    let home = Home::new("unknown", FILE);
    for (args, parts) in [
        (
            "--profile prd",
            &["\"prd\"", "config.toml", "dev, found, open, plain, prod", "did you mean prod?"][..],
        ),
        ("--demo --profile prod", &["--demo", "--profile"]),
        ("--production=two/words", &["--production", "two/words", "PROD"]),
        ("--config /nowhere/c.toml", &["--config", "/nowhere/c.toml", "not there"]),
    ] {
        let said = complaint(args, &home.env(&[]));
        for part in parts {
            assert!(said.contains(part), "{args}: {part} is missing in: {said}");
        }
    }
    let said = complaint("--profile prod", &[]);
    assert!(said.contains("no configuration file"), "{said}");
    let wrong = Home::new("wrong", "drafts = 3\n");
    let said = complaint("", &wrong.env(&[]));
    assert!(said.contains("config.toml:1:10: drafts: expected true or false"), "{said}");
    let journal = Home::new("journal", "journal = true\n");
    let file = journal.0.join(".config/etcdeck/config.toml");
    let said = complaint(&format!("--config {}", file.display()), &[]);
    assert!(said.contains(":1: journal:") && said.contains("XDG_STATE_HOME"), "{said}");
}

#[test]
fn config_tells_what_is_in_force_and_where_it_came_from() {
    let home = Home::new("config", FILE);
    let env = home.env(&[("ETCDCTL_PASSWORD", "hunter2"), ("ETCDCTL_COMMAND_TIMEOUT", "1m30s")]);
    let file = home.0.join(".config/etcdeck/config.toml");
    let file = file.display();
    for args in [
        "--profile dev --read-only=false config",
        "config --profile dev --read-only=false",
        "--profile dev config --read-only=false",
    ] {
        let exit = read(args, &env).expect_err("it is printed");
        assert_eq!((exit.status, exit.to_stdout), (0, true), "{args}");
        let rows: Vec<Vec<&str>> =
            exit.message.lines().map(|line| line.split_whitespace().collect()).collect();
        let at = |line: usize| format!("{file}:{line}");
        let profile = |line: usize| format!("profile dev, {}", at(line));
        for (name, value, origin) in [
            ("profile", "dev", "--profile".to_owned()),
            ("endpoints", "http://dev:2379", profile(12)),
            ("user", "developer", profile(13)),
            ("password", "***", "ETCDCTL_PASSWORD".to_owned()),
            ("dial_timeout", "7s", profile(14)),
            ("command_timeout", "90s", "ETCDCTL_COMMAND_TIMEOUT".to_owned()),
            ("keepalive_time", "2s", "default".to_owned()),
            ("production", "-", "default".to_owned()),
            ("read_only", "false", "--read-only".to_owned()),
            ("prefix", "/dev/", profile(15)),
            ("follow", "true", "default".to_owned()),
            ("color", "never", at(2)),
            ("fps", "12", at(3)),
            ("bytes_per_second", "4KiB", at(4)),
            ("drafts", "false", at(6)),
            ("limits.bulk_memory", "1MiB", at(9)),
            ("limits.journal_memory", "8MiB", "default".to_owned()),
            ("limits.keys_per_second", "500000", "default".to_owned()),
            ("limits.requests", "4", "default".to_owned()),
        ] {
            let expected: Vec<&str> =
                [name, value].into_iter().chain(origin.split_whitespace()).collect();
            assert!(
                rows.contains(&expected),
                "{args}: {expected:?} is missing in:\n{}",
                exit.message
            );
        }
        assert!(!exit.message.contains("hunter2"), "{}", exit.message);
    }
    let exit = read("config --user root:hunter2", &[]).expect_err("it is printed");
    assert!(!exit.message.contains("hunter2"), "{}", exit.message);
    assert!(exit.message.contains("HOME and XDG_CONFIG_HOME are not set"), "{}", exit.message);
    let exit = read("config --auth-jwt-token hunter2", &[]).expect_err("it is printed");
    assert!(exit.message.contains("***") && !exit.message.contains("hunter2"), "{}", exit.message);
    let marked = home.env(&[("ETCDCTL_ENDPOINTS", "prod-1:2379")]);
    let exit = read("config", &marked).expect_err("it is printed");
    assert!(exit.message.contains(", by its servers"), "{}", exit.message);
}

#[test]
fn a_prefix_may_be_named_like_a_subcommand() {
    assert_eq!(read("-- config", &[]).expect("valid").prefix, b"config");
    assert_eq!(read("config/", &[]).expect("valid").prefix, b"config/");
    assert_eq!(read("--demo -- config", &[]).expect("valid").prefix, b"config");
}
