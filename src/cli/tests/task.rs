//! Subcommands, the tasks they are, and the prefixes that are named like them.

use super::{read, server, urls};
use crate::config::{Output, Task};
use crate::domain::{Key, Revision};

#[test]
fn subcommands_are_tasks_and_a_prefix_of_their_name_stays_one() {
    let task = |args: &str| read(args, &[]).expect(args).task;
    let export = |output, prefix: &str, revision| Task::Export {
        output,
        prefix: Key::from(prefix),
        revision: Revision(revision),
    };
    let file = |name: &str| Output::File(name.into());
    for (args, expected) in [
        ("", Task::Screen),
        ("/export", Task::Screen),
        ("-- export", Task::Screen),
        ("-- import", Task::Screen),
        ("export f", export(file("f"), "", 0)),
        ("export f /a/", export(file("f"), "/a/", 0)),
        ("export - /a/ --rev 7", export(Output::Stdout, "/a/", 7)),
        ("--endpoints a export --rev=7 ./-", export(file("./-"), "", 7)),
        ("import f", Task::Import { file: "f".into(), dry_run: false, yes: false }),
        ("import --dry-run f", Task::Import { file: "f".into(), dry_run: true, yes: false }),
        ("import f --yes", Task::Import { file: "f".into(), dry_run: false, yes: true }),
        ("import export", Task::Import { file: "export".into(), dry_run: false, yes: false }),
    ] {
        assert_eq!(task(args), expected, "{args}");
    }
    assert_eq!(read("-- export", &[]).expect("a prefix").prefix, b"export");
}

#[test]
fn the_flags_of_the_connection_may_stand_on_either_side() {
    for (args, endpoint) in [
        ("--endpoints a:1 export -", "http://a:1"),
        ("export - --endpoints b:1", "http://b:1"),
        ("import f --endpoints b:1", "http://b:1"),
    ] {
        assert_eq!(urls(&server(args, &[])), [endpoint], "{args}");
    }
}
