//! `etcdeck import` where it asks: on a terminal.

use crate::program::Program;
use crate::steps::{ENTER, LIMIT, value_of};
use crate::support::install::Version;
use crate::support::servers::Etcd;

/// Exports, and then imports twice, each when Enter is pressed.
const SCRIPT: &str = "\
\"$ETCDECK\" export i.jsonl /i/; read enter
\"$ETCDECK\" import i.jsonl; echo \"first $?\"; read enter
\"$ETCDECK\" import i.jsonl; echo \"second $?\"; read enter";

#[test]
fn a_few_keys_are_asked_for_with_yes_and_many_by_their_number() {
    for (keys, wrong, right, question) in
        [(3, "n", "y", "write 3 keys? [y/N]"), (12, "11", "12", "type 12 to write 12 keys:")]
    {
        let etcd = Etcd::start(Version::newest());
        let put_all = |value: &str| {
            for n in 0..keys {
                etcd.ctl(&["put", &format!("/i/{n:02}"), value]);
            }
        };
        let now = || value_of(&etcd, "/i/00");
        put_all("then");
        let term = Program::sh(SCRIPT).envs(etcd.env()).size(100, 40).start();
        term.wait(&format!("{keys} keys at revision"), LIMIT);
        put_all("now");
        term.keys(ENTER);
        term.wait("change /i/00: now → then", LIMIT);
        term.wait(&format!("{keys} to change"), LIMIT);
        term.wait(question, LIMIT);
        term.keys(&format!("{wrong}{ENTER}"));
        term.wait("nothing was written", LIMIT);
        term.wait("first 1", LIMIT);
        assert_eq!(now().as_deref(), Some(&b"now"[..]));
        term.keys(ENTER);
        term.wait_for("the question again", LIMIT, |screen| {
            (screen.contents().matches(question).count() == 2).then_some(())
        });
        term.keys(&format!("{right}{ENTER}"));
        term.wait(&format!("{keys} of {keys} keys written"), LIMIT);
        term.wait("second 0", LIMIT);
        assert_eq!(now().as_deref(), Some(&b"then"[..]));
    }
}

#[test]
fn ctrl_c_at_the_question_writes_nothing() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/i/00", "then"]);
    let term = Program::sh(&format!("trap : INT\n{SCRIPT}")).envs(etcd.env()).start();
    term.wait("1 key at revision", LIMIT);
    etcd.ctl(&["put", "/i/00", "now"]);
    term.keys(ENTER);
    term.wait("write 1 key? [y/N]", LIMIT);
    term.keys(crate::steps::CTRL_C);
    term.wait("nothing was written", LIMIT);
    term.wait("first 130", LIMIT);
    assert_eq!(value_of(&etcd, "/i/00").as_deref(), Some(&b"now"[..]));
}
