//! What the configuration file says, and what is said of one that is wrong.

use std::fs;
use std::path::{Path, PathBuf};

use etcdeck::config::ConfigFile;
use etcdeck::domain::escape;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn parse(text: &str) -> Result<ConfigFile, String> {
    ConfigFile::parse(Path::new("config.toml"), text, Some(Path::new("/home/a")))
}

/// Beside each wrong file stands what is said of it; with `ETCDECK_WRITE_MESSAGES=1` it is written.
#[test]
fn each_mistake_is_told_with_its_place() {
    let folder = root().join("tests/fixtures/config");
    let mut seen = 0;
    for entry in fs::read_dir(&folder).expect("the folder of wrong files") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "toml") {
            continue;
        }
        seen += 1;
        let text = fs::read_to_string(&path).expect("a text");
        let said = parse(&text).expect_err(&format!("{} is wrong", path.display()));
        // As it is printed.
        let said = escape::message(&said);
        assert!(!said.contains("hunter2"), "{}: {said}", path.display());
        let beside = path.with_extension("txt");
        if std::env::var_os("ETCDECK_WRITE_MESSAGES").is_some() {
            fs::write(&beside, format!("{said}\n")).expect("written");
        }
        let expected = fs::read_to_string(&beside).expect("the message beside it");
        assert_eq!(said, expected.trim_end(), "{}", path.display());
    }
    assert!(seen >= 30, "{seen} wrong files");
}

/// The default file without the marks of comments from its settings.
fn uncommented(text: &str) -> String {
    let bare = |line: &str| match line.strip_prefix('#') {
        Some(rest) if !rest.is_empty() && !rest.starts_with(' ') => format!("{rest}\n"),
        _ => format!("{line}\n"),
    };
    text.lines().map(bare).collect()
}

#[test]
fn the_default_file_says_nothing_and_shows_everything() {
    let text = fs::read_to_string(root().join("assets/config.toml")).expect("the default file");
    let as_it_is = parse(&text).expect("valid as it is");
    assert!(as_it_is.fields.is_empty() && as_it_is.limits.is_empty(), "{as_it_is:?}");
    assert!(as_it_is.profiles.values().all(|profile| profile.fields.is_empty()), "{as_it_is:?}");

    let whole = parse(&uncommented(&text)).expect("valid with all of its settings");
    let names = |fields: &etcdeck::config::Fields| fields.keys().copied().collect::<Vec<_>>();
    let mut all = names(&whole.fields);
    all.extend(names(&whole.limits));
    all.extend(whole.profiles.values().flat_map(|profile| names(&profile.fields)));
    all.sort_unstable();
    // What the reader knows is what it names when it is asked for something else.
    let mut known: Vec<String> = Vec::new();
    for (before, table) in [("", ""), ("[limits]\n", "limits."), ("[profiles.p]\n", "profiles.p.")]
    {
        let said = parse(&format!("{before}qqqqqqqqqq = 1\n")).expect_err("unknown");
        let (_, names) = said.split_once("expected ").expect(table);
        known.extend(names.split(", ").map(str::to_owned));
    }
    known.retain(|name| name != "profiles" && name != "limits");
    known.sort_unstable();
    assert_eq!(all, known, "the default file explains every setting");
}

#[test]
fn what_is_written_keeps_its_meaning_and_line() {
    let text = "journal = true\n\n[limits]\nbulk_memory = 0x10_0000\n\n[profiles.prod]\n\
                endpoints = [\"a:1\", \"https://b\"]\nproduction = \"LIVE\"\nread_only = false\n\
                prefix = '/a\\xff'\ncacert = \"ca.pem\"\nkey = \"~/k\"\ncert = \"/c\"\n";
    let file = ConfigFile::parse(Path::new("/etc/x/config.toml"), text, Some(Path::new("/home/a")))
        .expect("valid");
    let prod = file.profile("prod").expect("it is there");
    let said = |name: &str| {
        let written = &prod.fields[name];
        (written.text.as_str(), written.line)
    };
    assert_eq!(said("endpoints"), ("a:1,https://b", 7));
    assert_eq!(said("production"), ("LIVE", 8));
    assert_eq!(said("read_only"), ("false", 9));
    assert_eq!(said("prefix"), ("/a\\xff", 10));
    assert_eq!(said("cacert"), ("/etc/x/ca.pem", 11));
    assert_eq!(said("key"), ("/home/a/k", 12));
    assert_eq!(said("cert"), ("/c", 13));
    assert_eq!(file.limits["bulk_memory"].text, "1048576");
    assert_eq!(file.fields["journal"].text, "true");
}

#[test]
fn a_file_is_looked_for_where_the_environment_says() {
    for (config, home, expected) in [
        (Some("/c"), Some("/home/a"), Some("/c/etcdeck/config.toml")),
        (Some("c"), Some("/home/a"), Some("/home/a/.config/etcdeck/config.toml")),
        (None, Some("/home/a"), Some("/home/a/.config/etcdeck/config.toml")),
        (None, None, None),
    ] {
        let env = |name: &str| match name {
            "XDG_CONFIG_HOME" => config.map(Into::into),
            "HOME" => home.map(Into::into),
            _ => None,
        };
        assert_eq!(ConfigFile::default_path(&env), expected.map(PathBuf::from));
    }
}

#[test]
fn what_is_no_configuration_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    assert_eq!(ConfigFile::load(&at("missing"), None), Ok(None));
    fs::write(at("binary"), b"drafts = true\n\xff").expect("written");
    let said = ConfigFile::load(&at("binary"), None).expect_err("not UTF-8");
    assert!(said.contains("not UTF-8 at byte 15"), "{said}");
    let said = ConfigFile::load(folder.path(), None).expect_err("a folder");
    assert!(said.contains("cannot be read"), "{said}");
    let said = ConfigFile::load(Path::new("/dev/zero"), None).expect_err("endless");
    assert!(said.contains("larger than 1 MiB"), "{said}");
}
