//! Certificates, users, and everything that is no etcd: connected, or a sentence that says why not.

use std::fmt::Debug;
use std::io::{Read as _, Write as _};
use std::net::TcpListener;

use crate::everyday::on_every_version;
use crate::program::Program;
use crate::steps::{ENTER, ESC, LIMIT, escape, quit};
use crate::support::install::Version;
use crate::support::process::scratch_dir;
use crate::support::server_builder::{Gateway, Tls};
use crate::support::servers::Etcd;
use crate::terminal::Terminal;

/// The program with these arguments, wide enough for a sentence.
fn with<A: AsRef<std::ffi::OsStr> + Debug>(args: &[A]) -> Terminal {
    Program::etcdeck().size(220, 30).args(args).start()
}

/// The sentence is told, and the program lives on and quits in order.
fn assert_told(term: Terminal, state: &str, sentence: &str) {
    term.wait(sentence, LIMIT);
    term.wait(state, LIMIT);
    if state == "○ denied" {
        // It is asked who one is; without an answer the program lives on all the same.
        term.wait("Log in to etcd", LIMIT);
        escape(&term, "Log in to etcd");
    }
    term.keys("?");
    term.wait("┏ Help ", LIMIT);
    escape(&term, "┏ Help ");
    quit(term);
}

fn path(path: &std::path::Path) -> String {
    path.display().to_string()
}

#[test]
fn tls_with_an_authority_and_with_a_client_certificate() {
    on_every_version(|version| {
        let etcd = Etcd::build(version).tls(Tls::Mutual).start();
        etcd.ctl(&["put", "/secret", "behind TLS"]);
        let term = Program::etcdeck().size(150, 30).envs(etcd.env()).args(["/"]).start();
        let screen = term.wait("● online", LIMIT);
        assert!(screen.contains("https://") && !screen.contains("NOT VERIFIED"), "{screen}");
        term.wait("behind TLS", LIMIT);
        quit(term);
        let ca = path(&etcd.certs().ca);
        let url = etcd.url();
        let term = with(&["--endpoints", &url, "--cacert", &ca]);
        assert_told(term, "○ no connection", "give --cert and --key");
    });
}

#[test]
fn the_doctor_looks_from_within() {
    on_every_version(|version| {
        let etcd = Etcd::build(version).tls(Tls::Mutual).start();
        let term = Program::etcdeck().size(100, 50).envs(etcd.env()).start();
        term.wait("● online", LIMIT);
        term.keys(":doctor");
        term.keys(ENTER);
        let screen = term.wait("0 failed", LIMIT);
        assert!(screen.contains("ok       TLS          TLS 1."), "{screen}");
        assert!(screen.contains("client cert  our certificate (--cert"), "{screen}");
        etcd.kill();
        term.keys("R");
        term.wait("nothing listens at", LIMIT);
        term.wait("1 failed", LIMIT);
        term.keys("q");
        term.wait("1 Keys", LIMIT);
        quit(term);
    });
    let term = Program::etcdeck().size(80, 24).args(["--demo"]).start();
    term.wait("● online", LIMIT);
    term.keys(":doctor");
    term.keys(ENTER);
    term.wait("sample data in this process", LIMIT);
    term.keys("q");
    quit(term);
}

#[test]
fn tls_whose_authority_is_unknown_is_refused_unless_told_otherwise() {
    let etcd = Etcd::build(Version::newest()).tls(Tls::Server).start();
    etcd.ctl(&["put", "/secret", "behind TLS"]);
    let url = etcd.url();
    let certs = etcd.certs();
    // Whoever reads the certificates of the system here waits for ever.
    let folder = scratch_dir("roots");
    let roots = folder.path().join("fifo");
    let made = std::process::Command::new("mkfifo").arg(&roots).status().expect("mkfifo");
    assert!(made.success());
    let without_roots = |args: &[&str]| {
        let program = Program::etcdeck().size(220, 30).env("SSL_CERT_FILE", &roots);
        program.args(args).start()
    };
    let term = without_roots(&["--endpoints", &url, "--cacert", &path(&certs.ca), "/"]);
    term.wait("behind TLS", LIMIT);
    quit(term);

    let term = with(&["--endpoints", &url, "--cacert", &path(&certs.stranger_ca)]);
    assert_told(term, "○ no connection", "is signed by an authority that is not trusted here");

    let term = without_roots(&["--endpoints", &url, "--insecure-skip-tls-verify", "/"]);
    term.wait("TLS NOT VERIFIED", LIMIT);
    term.wait("behind TLS", LIMIT);
    quit(term);

    let plain = Etcd::shared(Version::newest());
    let term = without_roots(&["--endpoints", &plain.url()]);
    term.wait("● online", LIMIT);
    quit(term);
}

#[test]
fn plain_to_tls_and_tls_to_plain_are_told() {
    let tls = Etcd::build(Version::newest()).tls(Tls::Server).start();
    let plain = Etcd::shared(Version::newest());
    let url = format!("http://{}", tls.address());
    assert_told(
        with(&["--endpoints", &url]),
        "○ no connection",
        "if it speaks TLS, write https:// instead",
    );
    let url = format!("https://{}", plain.address());
    let term = with(&["--endpoints", &url, "--insecure-skip-tls-verify"]);
    assert_told(term, "○ no connection", "http://");
}

#[test]
fn users_with_a_password_given_asked_for_and_wrong() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        etcd.ctl(&["put", "/for/root", "seen"]);
        etcd.enable_auth("pass:word");
        let url = etcd.url();

        let term = with(&["--endpoints", &url, "--user", "root:pass:word", "/for/"]);
        let screen = term.wait("seen", LIMIT);
        assert!(screen.contains("user root"), "{screen}");
        quit(term);

        let term = with(&["--endpoints", &url, "--user", "root", "/for/"]);
        term.wait("Password of root: ", LIMIT);
        term.keys("pass:word\r");
        term.wait("seen", LIMIT);
        term.keys("q");
        let exit = term.exit(LIMIT);
        exit.assert_terminal_restored();
        let output = String::from_utf8_lossy(&exit.output).into_owned();
        assert!(!output.contains("pass:"), "the password was shown");
        for pair in output.as_bytes().windows(2) {
            assert_ne!(pair, b"p*", "not even its length");
        }

        let term = with(&["--endpoints", &url, "--user", "root:wrong"]);
        assert_told(term, "○ denied", "check --user and its password");
        let term = with(&["--endpoints", &url]);
        // Also where the server tells anybody its status, as 3.4 and 3.5 do.
        assert_told(term, "○ denied", "give --user");
    });
}

#[test]
fn a_password_given_up_leaves_the_terminal_alone() {
    let term = Program::etcdeck().args(["--user", "root"]).start();
    term.wait("Password of root: ", LIMIT);
    term.keys("\x03");
    let exit = term.exit(LIMIT);
    exit.assert_terminal_restored();
    assert!(!exit.status.success());
}

#[test]
fn nobody_types_a_password_for_a_screen_that_cannot_be_drawn() {
    let term = Program::etcdeck().args(["--user", "root"]).env("TERM", "dumb").start();
    let exit = term.exit(LIMIT);
    let output = String::from_utf8_lossy(&exit.output).into_owned();
    assert_eq!(exit.status.exit_code(), 2, "{output}");
    assert!(output.contains("TERM=dumb") && !output.contains("Password"), "{output}");
}

#[test]
fn a_user_who_may_read_one_prefix_sees_that_and_what_is_refused() {
    on_every_version(|version| {
        let etcd = Etcd::start(version);
        etcd.ctl(&["put", "/app/a", "allowed"]);
        etcd.ctl(&["put", "/other", "not allowed"]);
        etcd.ctl(&["user", "add", "eve:pw"]);
        etcd.ctl(&["role", "add", "reader"]);
        etcd.ctl(&["role", "grant-permission", "reader", "read", "--prefix=true", "/app/"]);
        etcd.ctl(&["user", "grant-role", "eve", "reader"]);
        etcd.enable_auth("pw");
        let url = etcd.url();

        let term = with(&["--endpoints", &url, "--user", "eve:pw", "/app/"]);
        term.wait("● online", LIMIT);
        term.wait("allowed", LIMIT);
        // Reading is allowed and writing is not: the draft stays, with the reason.
        term.keys("e");
        term.wait("unchanged  1:1", LIMIT);
        term.keys("X\x13");
        term.wait("permission denied", LIMIT);
        term.wait("Xallowed", LIMIT);
        term.keys(ESC);
        term.wait("Leave without saving?", LIMIT);
        term.keys("x");
        quit(term);

        let term = with(&["--endpoints", &url, "--user", "eve:pw"]);
        let screen = term.wait("limited", LIMIT);
        assert!(!screen.contains("not allowed"), "{screen}");
        term.keys(&format!(":goto /app/a{ENTER}"));
        term.wait("allowed", LIMIT);
        quit(term);
    });
}

#[test]
fn a_gateway_that_is_switched_off_is_told() {
    on_every_version(|version| {
        let etcd = Etcd::build(version).gateway(Gateway::Off).start();
        let term = with(&["--endpoints", &etcd.url()]);
        assert_told(term, "○ no connection", "has no HTTP/JSON gateway: it is switched off");
    });
}

/// Answers every connection with these bytes and closes it.
fn answering(bytes: &'static [u8]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("a bound socket"));
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let answered = stream.and_then(|mut stream| {
                let _request = stream.read(&mut [0; 4096])?;
                stream.write_all(bytes)
            });
            drop(answered); // the client may have gone
        }
    });
    url
}

#[test]
fn what_is_no_etcd_is_told() {
    let html = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 28\r\n\r\n\
        <html><b>Welcome</b></html>\n";
    let half = b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n{\"header\":{\"revis";
    let cases: [(&[u8], &str); 4] = [
        (html, "answers with a web page"),
        (half, "broke before the answer came"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "does not answer in HTTP/1.1: it is not etcd"),
        (b"", "closed the connection without an answer"),
    ];
    for (answer, sentence) in cases {
        let url = answering(answer);
        assert_told(with(&["--endpoints", &url]), "○ no connection", sentence);
    }
}

/// The port for the other members answers HTTP too, but has no gateway.
#[test]
fn the_port_of_the_peers_is_told() {
    let etcd = Etcd::shared(Version::newest());
    let url = format!("http://{}", etcd.peer_address());
    assert_told(with(&["--endpoints", &url]), "○ no connection", &url);
}
