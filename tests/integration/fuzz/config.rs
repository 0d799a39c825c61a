//! The configuration file, and the small languages in it and on the command line.

use std::fs;
use std::path::Path;

use etcdeck::config::{ConfigFile, Transport, boolean, duration, endpoint, size, size_text};

use super::{Target, seeds};

const WORDS: &[&str] = &[
    "[profile.x]\n",
    "endpoints = [\"http://a:1\"]\n",
    "user = \"u\"\n",
    "delimiter = \"/\"\n",
    "[limits]\n",
    "dial_timeout = \"5s\"\n",
    "default = \"x\"\n",
    "\"\"\"",
    "'''",
    "read_only = true\n",
    "mark = \"PROD\"\n",
];

#[test]
fn fuzz_configuration() {
    fn read(bytes: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        match ConfigFile::parse(Path::new("/etc/c.toml"), text, Some(Path::new("/home/a"))) {
            Ok(_) => true,
            Err(sentence) => {
                assert!(sentence.starts_with("/etc/c.toml"), "{sentence}");
                assert!(sentence.len() < 4000 + 4 * bytes.len(), "{sentence}");
                false
            }
        }
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/config");
    let files = fs::read_dir(folder).expect("fixtures").map(|entry| entry.expect("a file").path());
    let files = files.filter(|path| path.extension().is_some_and(|ending| ending == "toml"));
    let all = files.map(|path| fs::read(path).expect("a readable file")).collect();
    Target { name: "configuration", seeds: all, words: WORDS, read }.run();
}

#[test]
fn fuzz_small_languages() {
    fn read(bytes: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        let mut understood = false;
        if let Some(time) = duration(text) {
            assert!(time.as_nanos() <= i64::MAX as u128);
            assert_eq!(duration(&format!("{}ns", time.as_nanos())), Some(time));
            understood = true;
        }
        if let Some(bytes) = size(text) {
            assert_eq!(size(&size_text(bytes)), Some(bytes), "{}", size_text(bytes));
            understood = true;
        }
        understood |= boolean(text).is_some();
        for transport in [Transport::Plain, Transport::Tls] {
            match endpoint(text, transport) {
                Ok(url) => {
                    // What people type becomes one address, and stays that.
                    assert_eq!(endpoint(&url, transport).as_ref(), Ok(&url), "{text:?}");
                    understood = true;
                }
                Err(error) => assert!(error.to_string().len() < 500 + 20 * text.len()),
            }
        }
        understood
    }
    let all = seeds(&[
        "5s",
        "1m30s",
        "1.5h",
        "300ms",
        "0",
        "+1us",
        "4 MiB",
        "512k",
        "true",
        "F",
        "localhost:2379",
        "http://10.0.0.1:2379",
        "https://[::1]:2379/",
        "etcd.example",
        "unix:///x",
        "http://a:b@c",
    ]);
    let words =
        &["://", "http", "https", "@", "[::1]", ":2379", "ms", "GiB", "µs", "%31", "?", "#", "\\"];
    Target { name: "small-languages", seeds: all, words, read }.run();
}
