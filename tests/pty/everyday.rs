//! The whole main job by keyboard, on a real server of every release line.

use crate::steps::{CTRL_S, ENTER, LIMIT, escape, leave_draft, on, quit, value_of};
use crate::support::install::Version;
use crate::support::servers::Etcd;

/// Runs on each release line at once; the thread's name in a panic tells which it was.
pub(crate) fn on_every_version(test: fn(Version)) {
    let threads: Vec<_> = Etcd::versions()
        .into_iter()
        .map(|version| {
            let thread = std::thread::Builder::new().name(format!("etcd {version}"));
            (version, thread.spawn(move || test(version)).expect("a thread"))
        })
        .collect();
    let failed: Vec<_> = threads
        .into_iter()
        .filter_map(|(version, thread)| thread.join().is_err().then(|| version.to_string()))
        .collect();
    assert!(failed.is_empty(), "failed on etcd {failed:?}");
}

#[test]
fn three_levels_a_value_an_edit_and_the_changes_of_others() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        etcd.ctl(&["put", "/site/app/db/host", "one.example"]);
        etcd.ctl(&["put", "/site/app/db/port", "5432"]);
        etcd.ctl(&["put", "/site/app/name", "shop"]);
        let term = on(&etcd).start();
        term.wait(&format!("etcd {version}."), LIMIT);
        term.wait("● online", LIMIT);

        // Three levels, one by one; a directory shows how many keys are below it.
        term.wait("▸ /site/", LIMIT);
        term.keys("l");
        term.wait("▸ app/", LIMIT);
        term.keys("jl");
        term.wait("▸ db/", LIMIT);
        term.keys("jl");
        term.wait("host", LIMIT);
        term.keys("j");
        term.wait("one.example", LIMIT);

        // Edit and save; the other client sees it.
        term.keys("e");
        term.wait("unchanged  1:1", LIMIT);
        term.keys("now-");
        term.wait("now-one.example", LIMIT);
        term.wait("━ changed", LIMIT);
        assert_eq!(value_of(&etcd, "/site/app/db/host").as_deref(), Some(&b"one.example"[..]));
        term.keys(CTRL_S);
        term.wait("saved at revision 5", LIMIT);
        assert_eq!(value_of(&etcd, "/site/app/db/host").as_deref(), Some(&b"now-one.example"[..]));
        leave_draft(&term);
        term.wait("version 2", LIMIT);

        // The other client's change, new key and deletion appear here.
        etcd.ctl(&["put", "/site/app/db/host", "changed elsewhere"]);
        let screen = term.wait("changed elsewhere", LIMIT);
        assert!(screen.contains("version 3"), "{screen}");
        etcd.ctl(&["put", "/site/app/db/user", "root"]);
        term.wait("user", LIMIT);
        etcd.ctl(&["del", "/site/app/db/port"]);
        term.wait_gone("port", LIMIT);
        quit(term);
    });
}

#[test]
fn keys_are_created_and_deleted() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        etcd.ctl(&["put", "/dir/first", "1"]);
        let term = on(&etcd).args(["/dir/"]).start();
        term.wait("● online", LIMIT);
        term.wait("first", LIMIT);
        term.keys("n");
        term.wait("┏ new key ", LIMIT);
        term.keys(&format!("made{ENTER}"));
        // The server is asked first whether somebody else has made it.
        term.wait("unchanged  1:1", LIMIT);
        term.keys("two words");
        term.keys(CTRL_S);
        term.wait("saved at revision 3", LIMIT);
        assert_eq!(value_of(&etcd, "/dir/made").as_deref(), Some(&b"two words"[..]));
        leave_draft(&term);
        term.wait("created 3", LIMIT);

        // No leaves it, yes deletes it.
        term.keys("1d");
        term.wait("Delete /dir/made?", LIMIT);
        term.keys("n");
        term.wait("left as it was", LIMIT);
        assert!(value_of(&etcd, "/dir/made").is_some());
        term.keys("d");
        term.wait("Delete /dir/made?", LIMIT);
        term.keys("y");
        term.wait("/dir/made deleted at revision 4", LIMIT);
        assert_eq!(value_of(&etcd, "/dir/made"), None);

        // A directory of more than ten keys: the count must be typed.
        for number in 0..12 {
            etcd.ctl(&["put", &format!("/dir/sub/{number}"), "x"]);
        }
        term.wait("▸ sub/", LIMIT);
        term.keys(&format!(":delete-prefix /dir/sub/{ENTER}"));
        term.wait("Delete /dir/sub/, as of revision 16", LIMIT);
        term.wait("12 deleted", LIMIT);
        term.keys(&format!("11{ENTER}"));
        term.wait("type 12 to confirm", LIMIT);
        assert!(value_of(&etcd, "/dir/sub/0").is_some());
        term.keys(&format!("\x1512{ENTER}"));
        term.wait("all 12 keys done", LIMIT);
        assert_eq!(value_of(&etcd, "/dir/sub/0"), None);
        assert!(value_of(&etcd, "/dir/first").is_some());
        escape(&term, "all 12 keys done");
        quit(term);
    });
}

#[test]
fn a_prefix_is_watched_while_others_write() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        etcd.ctl(&["put", "/w/a", "old"]);
        etcd.ctl(&["put", "/v/a", "not watched"]);
        let term = on(&etcd).start();
        term.wait("▸ /w/", LIMIT);
        term.keys("jw");
        term.wait("1 watching /w/*", LIMIT);
        term.wait("watch 1 of /w/*", LIMIT);
        for value in ["first", "second"] {
            etcd.ctl(&["put", "/w/a", value]);
        }
        etcd.ctl(&["put", "/v/a", "still not watched"]);
        etcd.ctl(&["put", "/w/b/c", "created"]);
        etcd.ctl(&["del", "/w/a"]);
        let screen = term.wait("was second", LIMIT);
        for words in ["old → first", "first → second", "/w/b/c", "created", "DELETE"] {
            assert!(screen.contains(words), "{words}:\n{screen}");
        }
        assert!(!screen.contains("still not watched"), "{screen}");

        // Paused, it holds still and loses nothing.
        term.keys("4 ");
        term.wait("PAUSED", LIMIT);
        etcd.ctl(&["put", "/w/late", "after the pause"]);
        term.wait("PAUSED, 1 new", LIMIT);
        assert!(!term.screen().contains("after the pause"));
        term.keys(" ");
        term.wait("after the pause", LIMIT);
        quit(term);
    });
}

#[test]
fn a_lease_counts_down_and_takes_its_key_along() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        let term = on(&etcd).start();
        term.wait("no leases", LIMIT);
        term.keys("3n");
        term.wait("grant", LIMIT);
        term.keys(&format!("\x155{ENTER}"));
        term.wait("of 5s", LIMIT);
        let listed = etcd.ctl(&["lease", "list"]);
        let id = listed.lines().last().expect("one lease").trim();
        etcd.ctl(&["put", "--lease", id, "/mortal", "for a while"]);
        term.wait("mortal", LIMIT);
        let left = |below: u32| {
            term.wait_for("the countdown", LIMIT, |screen| {
                let screen = screen.contents();
                let (before, _) = screen.split_once(" of 5s")?;
                let left = before.split_whitespace().last()?.trim_end_matches(['s', '!']);
                let left: u32 = left.parse().ok()?;
                (left < below).then_some(left)
            })
        };
        let first = left(6);
        assert!(left(first) < first);
        term.keys(&format!(":watch /mortal{ENTER}"));
        term.wait("1 watching /mortal", LIMIT);
        term.wait("DELETE", LIMIT);
        term.wait("was for a while", LIMIT);
        term.wait("no leases", LIMIT);
        term.wait_for("no key in the tree", LIMIT, |screen| {
            let text = screen.contents();
            text.lines()
                .all(|line| !line.starts_with('│') || !line.contains("mortal"))
                .then_some(())
        });
        assert_eq!(value_of(&etcd, "/mortal"), None);
        quit(term);
    });
}
