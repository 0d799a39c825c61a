//! Snapshots of the composer of transactions.

use etcdeck::domain::txn::PutRequest;
use etcdeck::store::{ErrorKind, Kv, Leases, StoreError};
use ratatui::style::{Color, Modifier};

use super::desk::{Answers, Desk, lease};
use super::{SMALL, USUAL, at_sizes, scene};

const WIDE: (u16, u16) = (120, 40);
const ALL: [(u16, u16); 3] = [WIDE, USUAL, SMALL];

/// A transaction of the usual kind.
const TEXT: &str = "# free the port, if nobody moved it\n\
                    value(\"/config/app/port\") = \"8080\"\n\
                    mod(\"/config/db/host\") > \"0\"\n\
                    \n\
                    put \"/config/app/port\" \"9090\"\n\
                    get \"/config/app/\" --prefix --keys-only\n\
                    \n\
                    get \"/config/app/port\"\n";

/// The composer with this text.
fn composing(text: &'static str) -> impl Fn((u16, u16)) -> Desk {
    move |size| {
        let mut desk = scene::fresh(size);
        desk.press(":");
        desk.type_text("txn");
        desk.press("enter");
        desk.happens(etcdeck::app::message::Message::Paste(text.to_owned()));
        desk.rest();
        desk
    }
}

/// The same after these keys.
fn after(text: &'static str, keys: &'static str) -> impl Fn((u16, u16)) -> Desk {
    move |size| {
        let mut desk = composing(text)(size);
        desk.press(keys);
        desk
    }
}

#[test]
fn the_text_and_what_it_means() {
    at_sizes("txn-empty", &ALL, composing(""));
    at_sizes("txn", &ALL, composing(TEXT));
    at_sizes("txn-wrong", &ALL, composing("mod(\"a\") > \"0\"\n\nput b 1\nput \"c\"\nget d\n"));
    at_sizes("txn-problems", &[USUAL], |size| {
        composing("\nput a 1 --lease=2a\nput a 2\nput \"\" x\n\ntxn {\n\nget a\n\n}\n")(size)
    });
    at_sizes("txn-strange", &[USUAL], composing("\nput \"\\x1b[2J\" \u{202e}\u{1b}[31m\n"));
}

#[test]
fn the_form() {
    at_sizes("txn-form", &ALL, after(TEXT, "ctrl-home ctrl-o tab right"));
    at_sizes("txn-form-wrong", &[USUAL, SMALL], after(TEXT, "ctrl-o right tab right enter"));
}

#[test]
fn before_and_after_a_run() {
    at_sizes("txn-ask", &[USUAL, SMALL], after(TEXT, "ctrl-r"));
    // The port is another one: the compare fails.
    at_sizes("txn-failed", &ALL, after(TEXT, "ctrl-r y"));
    at_sizes("txn-succeeded", &ALL, |size| {
        let mut desk = composing(TEXT)(size);
        let put = PutRequest::new("/config/app/port", "8080");
        desk.others(async |store| store.put(put).await).expect("the sandbox answers");
        desk.press("ctrl-r y");
        desk
    });
    at_sizes("txn-running", &[USUAL], |size| {
        let mut desk = composing(TEXT)(size);
        desk.answers = Answers::Never;
        desk.press("ctrl-r y");
        desk
    });
    at_sizes("txn-unknown", &[USUAL], |size| {
        let mut desk = composing(TEXT)(size);
        desk.answers = Answers::Error(StoreError::new(ErrorKind::Unknown, "no answer in 5 s"));
        desk.press("ctrl-r y");
        desk
    });
    at_sizes("txn-etcdctl", &[USUAL], after(TEXT, "alt-x"));
    at_sizes("txn-help", &[USUAL], after(TEXT, "f1"));
}

#[test]
fn files() {
    at_sizes("txn-save", &[USUAL], after(TEXT, "ctrl-s"));
    at_sizes("txn-unsaved", &[USUAL, SMALL], after(TEXT, "esc q"));
}

#[test]
fn what_is_wrong_is_red_and_marked_without_color_too() {
    let mut desk = composing("put a 1\n")(USUAL);
    let buffer = desk.draw();
    let row = |text: &str| {
        let screen = super::desk::text(&buffer);
        screen.lines().position(|line| line.contains(text)).expect(text) as u16
    };
    let number = &buffer[(3, row("1!"))];
    assert_eq!((number.symbol(), number.fg), ("1", Color::Red));
    assert!(number.modifier.contains(Modifier::BOLD));
    let screen = super::desk::text(&buffer);
    assert!(screen.contains("line 1, column 1: expected a compare"), "{screen}");
}

#[test]
fn a_lease_that_is_typed_is_looked_for() {
    let mut desk = composing("\nput a 1 --lease=694d81a1c0de0001")(USUAL);
    let is_missing = |desk: &mut Desk| desk.screen().contains("then 1: there is no lease");
    assert!(desk.screen().contains("on lease"), "{}", desk.screen());
    assert!(!is_missing(&mut desk));
    for (digit, missing) in [("9", true), ("2", false), ("", true), ("3", false)] {
        desk.press("backspace");
        desk.type_text(digit);
        assert_eq!(is_missing(&mut desk), missing, "{}", desk.screen());
        if digit.is_empty() {
            desk.type_text("0");
        }
    }
    // Granted meanwhile by somebody else: found by the next look, at the latest with the question.
    desk.press("backspace");
    desk.type_text("7");
    assert!(is_missing(&mut desk));
    desk.others(async |store| store.lease_grant(60, lease(7)).await).expect("the sandbox answers");
    desk.press("ctrl-r n");
    assert!(!is_missing(&mut desk), "{}", desk.screen());
}
