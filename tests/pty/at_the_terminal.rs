//! What the terminal itself brings: stopping, sizes, pastes, the clipboard, colors; and the flags that
//! change what is shown.

use crate::modes::colors;
use crate::program::Program;
use crate::steps::{CTRL_S, ENTER, LIMIT, escape, go_to, on, open, quit, value_of};
use crate::support::install::Version;
use crate::support::servers::Etcd;

#[test]
fn ctrl_z_stops_and_fg_comes_back() {
    let term = Program::job_shell().size(110, 30).start();
    term.wait("shell> ", LIMIT);
    term.keys("stty -g > before; $ETCDECK --demo\r");
    term.wait("▸ /", LIMIT);
    for times in 1..=2 {
        term.keys("\x1a");
        // Of the same words from before: one more, and the prompt below them.
        let prompt_after = |words: &str, count: usize| {
            term.wait_for(words, LIMIT, |screen| {
                let text = screen.contents();
                let last = text.lines().last().unwrap_or_default().trim_end();
                (text.matches(words).count() == count && last == "shell>").then_some(())
            });
        };
        prompt_after("Stopped", times);
        assert!(term.modes().is_empty(), "{:?}", term.modes());
        term.keys("stty -g > during; cmp before during && echo the same\r");
        prompt_after("\nthe same", times);
        term.keys("fg\r");
        // All of it is drawn anew, and the keyboard works.
        term.wait("1 Keys", LIMIT);
        term.wait("● online", LIMIT);
        term.keys("?");
        term.wait("┏ Help ", LIMIT);
        escape(&term, "┏ Help ");
    }
    // Typed as soon as the terminal is the shell's again: not a key of it is the program's any more.
    term.keys("q");
    term.wait("shell> ", LIMIT);
    term.keys("stty -g > after; cmp before after && exit 0; exit 1\r");
    let exit = term.exit(LIMIT);
    assert!(exit.status.success());
    assert!(exit.left_on.is_empty(), "{:?}", exit.left_on);
}

#[test]
fn every_size_is_drawn_for() {
    let etcd = Etcd::start(Version::newest());
    for number in 0..60 {
        etcd.ctl(&["put", &format!("/size/{number:02}"), "a value to see"]);
    }
    let term = on(&etcd).args(["/size/"]).size(80, 24).start();
    term.wait("a value to see", LIMIT);
    term.wait("┏ 1 Keys", LIMIT);
    assert!(!term.screen().contains("  30"));
    term.resize(200, 50);
    let screen = term.wait("  30", LIMIT);
    assert!(screen.lines().any(|line| line.chars().count() > 150), "{screen}");
    term.resize(20, 5);
    term.wait("40x10", LIMIT); // too small, and what is the least
    term.resize(40, 10);
    term.wait("┏ 1 Keys", LIMIT);
    term.resize(80, 24);
    let screen = term.wait("a value to see", LIMIT);
    for pane in ["1 Keys", "2 Value", "3 Leases", "4 Watch"] {
        assert!(screen.contains(pane), "{pane}:\n{screen}");
    }
    quit(term);
}

#[test]
fn pasted_text_is_text() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/paste", ""]);
    let term = open(&etcd, "/");
    // In a list: nothing runs, though each letter is a binding.
    term.paste("d\ny\nq\n:quit\n\x03");
    term.wait("nothing here takes pasted text", LIMIT);
    assert!(value_of(&etcd, "/paste").is_some());

    // In a field: the line break does not accept it.
    term.keys("o");
    term.wait("┏ go to ", LIMIT);
    term.paste("/nowhere\nq");
    term.wait("/nowhere", LIMIT);
    assert!(term.screen().contains("┏ go to "), "{}", term.screen());
    escape(&term, "┏ go to ");

    // In the editor: all of it, tab and line breaks included.
    go_to(&term, "/paste");
    term.keys("e");
    term.wait("unchanged  1:1", LIMIT);
    let text = "q:dd\tx\nsecond line ü\n";
    term.paste(text);
    term.wait("second line ü", LIMIT);
    term.keys(CTRL_S);
    term.wait("saved at revision 3", LIMIT);
    assert_eq!(value_of(&etcd, "/paste").as_deref(), Some(text.as_bytes()));
}

#[test]
fn keys_and_values_are_sent_to_the_clipboard_of_the_terminal() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/copy", "\x1b]0;x\x07 value"]);
    let term = open(&etcd, "");
    go_to(&term, "/copy");
    let sent =
        |sequence: &[u8]| term.output().windows(sequence.len()).any(|window| window == sequence);
    term.keys("y");
    term.wait("key sent to the terminal", LIMIT);
    assert!(sent(b"\x1b]52;c;L2NvcHk=\x07"), "/copy in base64");
    term.keys("Y");
    term.wait("value sent to the terminal", LIMIT);
    assert!(sent(b"\x1b]52;c;G10wO3gHIHZhbHVl\x07"), "the bytes of the value in base64");
    assert!(!sent(b"\x1b]0;x"));
    quit(term);
}

#[test]
fn colors_only_when_wanted() {
    let with = |program: Program| {
        let term = program.args(["--demo"]).start();
        term.wait("● online", LIMIT);
        term.keys("l:nonsense\r");
        term.wait("no command", LIMIT);
        colors(&term.output())
    };
    assert!(!with(Program::etcdeck()).is_empty(), "otherwise the rest shows nothing");
    let none: [String; 0] = [];
    assert_eq!(with(Program::etcdeck().env("NO_COLOR", "1")), none);
    assert_eq!(with(Program::etcdeck().args(["--color", "never"])), none);
    let insisting = Program::etcdeck().env("NO_COLOR", "1").args(["--color", "always"]);
    assert!(!with(insisting).is_empty());
}

#[test]
fn read_only_writes_nothing() {
    let etcd = Etcd::start(Version::newest());
    etcd.ctl(&["put", "/ro", "value"]);
    let granted = etcd.ctl(&["lease", "grant", "600"]);
    let term = on(&etcd).args(["--read-only", "/"]).start();
    let screen = term.wait("READ-ONLY", LIMIT);
    assert!(!screen.contains("e edit") && !screen.contains("d delete"), "{screen}");
    term.wait("value", LIMIT);
    term.wait("of 10m", LIMIT);
    let commands = [":put /ro x\r", ":delete /ro\r", ":lease grant 5\r"];
    for keys in ["e", "E", "d", "n", "3n", "3r", "3a", "3d"].into_iter().chain(commands) {
        // Another notice in between, so that each one is seen.
        term.keys("1y");
        term.wait("sent to the terminal", LIMIT);
        term.keys(keys);
        term.wait("read-only: nothing is written", LIMIT);
    }
    assert_eq!(value_of(&etcd, "/ro").as_deref(), Some(&b"value"[..]));
    let leases = etcd.ctl(&["lease", "list"]);
    let id = granted.split_whitespace().nth(1).expect("lease ID granted with TTL");
    assert!(leases.contains("found 1 leases") && leases.contains(id), "{leases}");

    term.keys(&format!(":read-only off{ENTER}"));
    term.wait("writing is allowed again", LIMIT);
    term.keys(&format!(":put /ro2 x{ENTER}"));
    term.wait("/ro2 written", LIMIT);
    quit(term);
}

#[test]
fn the_tree_begins_at_the_prefix_and_parts_at_the_delimiter() {
    let etcd = Etcd::start(Version::newest());
    for key in ["/a/b/x", "/a/c", "/z", "one:two:three", "one:four"] {
        etcd.ctl(&["put", key, "value"]);
    }
    let term = open(&etcd, "/a/");
    let screen = term.wait("▸ b/", LIMIT);
    assert!(screen.contains(" c ") && !screen.contains("one:"), "{screen}");
    quit(term);

    let term = on(&etcd).args(["--delimiter", ":"]).start();
    term.wait("▸ one:", LIMIT);
    let screen = term.screen();
    assert!(screen.contains("/a/b/x"), "no delimiter in it: {screen}");
    term.wait_for("the count", LIMIT, |screen| {
        let text = screen.contents();
        text.lines().find(|line| line.contains("▸ one:"))?.contains(" 2 ").then_some(())
    });
    term.keys("Gl");
    term.wait("▸ two:", LIMIT);
    quit(term);
}

#[test]
fn wrong_usage_is_told_before_the_terminal_is_touched() {
    let cases: [(&[&str], &str); 4] = [
        (&["--nonsense"], "--nonsense"),
        (&["--endpoints", "http://"], "--endpoints"),
        (&["--dial-timeout", "soon"], "--dial-timeout"),
        (&["--demo", "--endpoints", "x:1"], "--demo needs no server"),
    ];
    for (args, words) in cases {
        let exit = Program::etcdeck().args(args).start().exit(LIMIT);
        assert_eq!(exit.status.exit_code(), 2, "{args:?}");
        assert!(exit.screen.contains(words), "{args:?}: {}", exit.screen);
        assert!(!exit.output.contains(&0x1b), "{args:?}: {}", exit.screen);
    }
}
