//! The harness sees what is there, judged with small shell programs.

use std::time::Duration;

use rustix::process::Signal;

use crate::modes::left_on;
use crate::program::Program;
use crate::support::install::Version;
use crate::support::servers::Etcd;

const LIMIT: Duration = Duration::from_secs(10);

#[test]
fn typed_keys_reach_the_program_and_its_words_the_screen() {
    let term = Program::sh("echo ready; read line; echo \"got <$line>\"; exit 3").start();
    term.wait("ready", LIMIT);
    assert!(term.is_running());
    term.keys("some words\r");
    term.wait("got <some words>", LIMIT);
    let exit = term.exit(LIMIT);
    assert_eq!(exit.status.exit_code(), 3);
    assert!(exit.screen.starts_with("ready\nsome words\ngot"), "{}", exit.screen);
    assert!(exit.output.ends_with(b"got <some words>\r\n"));
    exit.assert_terminal_restored();
}

#[test]
fn everything_written_before_the_end_is_seen() {
    let exit = Program::sh("seq 1 20000; echo last").start().exit(LIMIT);
    assert!(exit.output.ends_with(b"20000\r\nlast\r\n"));
}

#[test]
fn text_that_goes_and_bytes_that_come_are_noticed() {
    let term = Program::sh(r"printf one; read x; printf '\033[2J\033[Htwo'; read x").start();
    term.wait("one", LIMIT);
    assert_eq!(term.bytes_received(), 3);
    assert!(term.first_output().is_some_and(|it| it < LIMIT));
    term.keys("\r");
    term.wait_gone("one", LIMIT);
    term.wait("two", LIMIT);
    assert_eq!(term.screen(), "two");
    assert_eq!(term.output(), b"one\r\n\x1b[2J\x1b[Htwo");
}

#[test]
fn the_size_is_as_asked_and_changes_are_told() {
    let term = Program::sh("trap 'stty size' WINCH; stty size; while :; do read x; done")
        .size(100, 30)
        .start();
    term.wait("30 100", LIMIT);
    term.resize(40, 10);
    let columns = term.wait_for("the new size", LIMIT, |screen| {
        screen.contents().contains("10 40").then(|| screen.size().1.get())
    });
    assert_eq!(columns, 40);
}

#[test]
fn the_environment_is_clean_and_the_home_is_its_own() {
    let script = r#"echo "$TERM $LC_ALL <$ETCDCTL_ENDPOINTS> <$CARGO>"; [ "$PWD" = "$HOME" ] && ls -A; echo ."#;
    let term = Program::sh(script).env("ETCDCTL_ENDPOINTS", "here").start();
    term.wait("xterm-256color C.UTF-8 <here> <>\n.", LIMIT);
}

#[test]
fn signals_reach_the_program_and_tell_in_its_status() {
    let term = Program::sh("trap 'echo caught; exit 5' TERM; echo ready; while :; do read x; done");
    let term = term.start();
    term.wait("ready", LIMIT);
    term.signal(Signal::TERM);
    term.wait("caught", LIMIT);
    assert_eq!(term.exit(LIMIT).status.exit_code(), 5);

    let term = Program::sh("echo ready; exec cat").start();
    term.wait("ready", LIMIT);
    term.signal(Signal::HUP);
    assert!(term.exit(LIMIT).status.signal().is_some());
}

#[test]
fn settings_left_changed_are_found() {
    let exit = Program::sh("stty raw -echo; stty sane; stty raw -echo").start().exit(LIMIT);
    assert_ne!(exit.settings_before.local, exit.settings_after.local);
    assert!(std::panic::catch_unwind(|| exit.assert_terminal_restored()).is_err());

    let script = "saved=$(stty -g); stty raw -echo; echo ready; read x; stty $saved";
    let term = Program::sh(script).start();
    term.wait("ready", LIMIT);
    let during = term.settings();
    term.keys("\n");
    let exit = term.exit(LIMIT);
    assert_ne!(during, exit.settings_before);
    exit.assert_terminal_restored();
}

#[test]
fn modes_left_on_are_found() {
    let term = Program::sh(r"printf '\033[?1049h\033[?25lhidden'; read x").start();
    term.wait("hidden", LIMIT);
    assert_eq!(term.modes(), ["cursor hidden (?25)", "alternate screen (?1049)"]);
    term.keys("\r");
    let exit = term.exit(LIMIT);
    assert!(std::panic::catch_unwind(|| exit.assert_terminal_restored()).is_err());
}

#[test]
fn modes_are_read_from_the_bytes() {
    let cases: [(&str, &[&str]); 16] = [
        ("plain", &[]),
        ("\x1b[?1049h\x1b[?1049l", &[]),
        ("\x1b[?1049;2004h", &["alternate screen (?1049)", "bracketed paste (?2004)"]),
        ("\x1b[?1000h\x1b[?1006h\x1b[?1000l", &["mouse (?1006)"]),
        ("\x1b[?25l", &["cursor hidden (?25)"]),
        ("\x1b[?25l\x1b[?25h", &[]),
        ("\x1b[?2026h", &["synchronized update (?2026)"]),
        ("\x1b[?2026h\x1b[38;5;\x1b[?2026l", &[]),
        ("\x1b[?2026h\x1b\x1b[?2026l", &[]),
        ("\x1b[31mred", &["colors or attributes"]),
        ("\x1b[31mred\x1b[38;5;0m\x1b[0m", &[]),
        ("\x1b[38;5;0mblack", &["colors or attributes"]),
        ("\x1b[2;10r", &["scroll region"]),
        ("\x1b[2;10r\x1b[r\x1b[>1u\x1b[<1u", &[]),
        ("\x1b]0;\x1b[?1049\x07\x1b]52;c;AAAA\x1b\\", &[]),
        ("\x1b[?1049h\x1b[?25l\x1b[31m\x1b=\x1bc", &[]),
    ];
    for (bytes, expected) in cases {
        assert_eq!(left_on(bytes.as_bytes()), expected, "{bytes:?}");
    }
}

#[test]
fn a_program_under_a_job_shell_can_be_stopped_and_continued() {
    let term = Program::job_shell().start();
    term.wait("shell> ", LIMIT);
    term.keys("cat\r");
    term.keys("hello\r");
    term.wait("hello\nhello", LIMIT);
    term.keys("\x1a");
    term.wait("Stopped", LIMIT);
    term.wait("cat\nshell> ", LIMIT);
    term.keys("fg\r");
    term.wait("fg\ncat", LIMIT);
    term.keys("again\r");
    term.wait("again\nagain", LIMIT);
    term.keys("\x04");
    term.keys("exit 0\r");
    assert!(term.exit(LIMIT).status.success());
}

#[test]
fn pasted_text_comes_in_brackets() {
    let term = Program::sh("stty -echo; echo ready; exec cat -v").start();
    term.wait("ready", LIMIT);
    term.paste("a\nb");
    term.keys("\n");
    term.wait("^[[200~a\nb^[[201~", LIMIT);
}

#[test]
fn cpu_time_is_seen() {
    let term = Program::sh("echo ready; while :; do :; done").start();
    let busy = crate::support::wait::poll(LIMIT, || {
        term.cpu_time().filter(|used| *used >= Duration::from_millis(50))
    });
    assert!(busy.is_some(), "a busy loop uses CPU time");
}

#[test]
fn memory_is_seen() {
    let term =
        Program::sh("x=$(head -c 20000000 /dev/zero | tr '\\0' a); echo ready; read y").start();
    term.wait("ready", LIMIT);
    assert!(term.resident() >= Some(20_000_000), "{:?}", term.resident());
}

#[test]
fn the_built_program_runs_here_and_can_find_a_real_server() {
    let exit = Program::etcdeck().args(["--version"]).start().exit(LIMIT);
    exit.assert_terminal_restored();

    let etcd = Etcd::shared(Version::newest());
    let ctl = etcd.version().etcdctl();
    let program = Program::new(&ctl.display().to_string()).args(["endpoint", "health"]);
    program.envs(etcd.env()).start().wait("is healthy", LIMIT);
}

#[test]
#[should_panic(expected = "in vain for \"never\"; the screen:\nonly this")]
fn waiting_in_vain_shows_the_screen() {
    let term = Program::sh("echo only this; exec cat").start();
    term.wait("only this", LIMIT);
    term.wait("never", Duration::from_millis(50));
}
