//! Being refused by the server, and logging in.

use std::time::Duration;

use etcdeck::app::connection::Connection;
use etcdeck::app::dialog::Dialog;
use etcdeck::app::effect::{Answer, Call, Effect};
use etcdeck::app::login::form::LoginForm;
use etcdeck::app::message::{ConnectionNews, Message};
use etcdeck::domain::Secret;
use etcdeck::store::{ErrorKind, StoreError};

use super::table::{Open, Table, is_listing};

fn wrong() -> StoreError {
    let words =
        "login of user root: etcdserver: authentication failed, invalid user ID or password";
    StoreError::new(ErrorKind::WrongPassword, words)
}

fn nobody() -> StoreError {
    let words = "etcdserver: user name is empty (this etcd wants a user: give --user)";
    StoreError::new(ErrorKind::Unauthenticated, words)
}

/// Online as root, with one key.
fn as_root() -> Table {
    let mut table = Table::holding(&["k"]);
    table.app.settings.user = Some("root".to_owned());
    table
}

fn refused(table: &mut Table, error: StoreError) -> &mut Table {
    table.happens(Message::Connection(ConnectionNews::Denied(error)))
}

fn form(table: &Table) -> Option<&LoginForm> {
    table.app.dialogs.iter().find_map(|dialog| match dialog {
        Dialog::Login(form) => Some(&**form),
        _ => None,
    })
}

fn is_denied(table: &Table) -> bool {
    matches!(table.app.connection.now, Connection::Denied { .. })
}

fn login(table: &mut Table) -> (Open, String, Secret) {
    let open = table.asked(|call| matches!(call, Call::LogIn(..)));
    let Call::LogIn(user, password) = open.call.clone() else { unreachable!() };
    (open, user, password)
}

fn pastes(table: &mut Table, text: &str) {
    table.happens(Message::Paste(text.to_owned()));
}

#[test]
fn a_wrong_password_is_asked_for_once_and_each_answer_is_one_login() {
    let mut table = as_root();
    refused(&mut table, wrong());
    assert!(is_denied(&table));
    assert_eq!(form(&table).expect("it asks").user.text(), "root");
    for _ in 0..3 {
        refused(&mut table, wrong());
    }
    assert_eq!(table.app.dialogs.len(), 1);

    table.keys("b a d enter");
    let (open, user, password) = login(&mut table);
    assert_eq!((user.as_str(), password.reveal()), ("root", "bad"));
    // While the server is asked nothing is typed, and no second answer can be given.
    table.keys("x enter");
    assert!(table.open.iter().all(|open| !matches!(open.call, Call::LogIn(..))));
    table.answers(open.ticket, Err(wrong()));
    let asks = form(&table).expect("it asks again");
    assert!(asks.password.is_empty() && asks.why.contains("authentication failed"));

    pastes(&mut table, "good\r\n");
    table.keys("enter");
    let (open, _, password) = login(&mut table);
    assert_eq!(password.reveal(), "good", "the end of the line is no part of it");
    table.effects.clear();
    table.answers(open.ticket, Ok(Answer::LoggedIn));
    assert!(form(&table).is_none() && !is_denied(&table));
    assert!(table.effects.contains(&Effect::Probe));
    assert!(table.notice().contains("logged in as root"), "{}", table.notice());
}

#[test]
fn giving_up_leaves_everything_usable_and_is_not_asked_about_again() {
    let mut table = as_root();
    refused(&mut table, wrong()).keys("x esc");
    assert!(table.app.dialogs.is_empty());
    assert!(table.notice().contains(":login"), "{}", table.notice());
    refused(&mut table, wrong()).passes(Duration::from_secs(100));
    // An older server tells its status to anybody.
    table.online();
    assert!(table.app.dialogs.is_empty() && is_denied(&table));
    assert!(table.open.iter().all(|open| !matches!(open.call, Call::LogIn(..))));

    // A login that is under way can be given up too.
    table.runs("login").keys("x enter");
    let (open, ..) = login(&mut table);
    table.keys("esc").answers(open.ticket, Ok(Answer::LoggedIn));
    assert!(table.effects.contains(&Effect::GiveUp(vec![open.ticket])) && is_denied(&table));
    // R asks.
    table.keys("R");
    assert!(form(&table).is_some());
}

#[test]
fn who_is_nobody_is_asked_for_the_user_first() {
    let mut table = Table::holding(&["k"]);
    table.keys("R");
    let open = table.asked(is_listing);
    table.answers(open.ticket, Err(nobody()));
    assert!(is_denied(&table));
    table.keys("enter");
    assert_eq!(form(&table).expect("it asks").why, "a user is needed");
    table.keys("b o b enter p w left left x ctrl-e backspace enter");
    let (open, user, password) = login(&mut table);
    assert_eq!((user.as_str(), password.reveal()), ("bob", "xp"));
    table.answers(open.ticket, Ok(Answer::LoggedIn));
    assert_eq!(table.app.settings.user.as_deref(), Some("bob"));
    let lines = table.app.settings.etcdctl.leases();
    assert!(lines.starts_with("ETCDCTL_USER=bob ETCDCTL_PASSWORD="), "{lines}");
    // Another user may see other keys.
    table.asked(is_listing);
}

#[test]
fn nobody_is_interrupted_while_typing() {
    let mut table = as_root();
    table.keys(": p u t");
    refused(&mut table, wrong()).keys("x enter");
    assert!(form(&table).is_none() && is_denied(&table), "the command line keeps the keys");
    table.keys("esc");
    assert!(form(&table).is_some());
    table.keys("esc / k");
    assert!(form(&table).is_none());
}

#[test]
fn the_password_is_in_the_call_alone() {
    let mut table = as_root();
    table.runs("login alice");
    pastes(&mut table, "canary-4711");
    let shown = format!("{:?}", table.app.dialogs);
    assert!(shown.contains("***") && !shown.contains("canary"), "{shown}");
    table.keys("enter");
    let shown = format!("{:?}", table.open);
    assert!(shown.contains("alice") && !shown.contains("canary"), "{shown}");
    let (open, ..) = login(&mut table);
    table.answers(open.ticket, Ok(Answer::LoggedIn));
    // Neither in the history of the command line.
    table.keys(": up");
    let Some(Dialog::Prompt(prompt)) = table.app.dialogs.last() else { panic!("a command line") };
    assert_eq!(prompt.field.text(), "login alice");
    table.keys("ctrl-u");
    pastes(&mut table, "canary");
    table.keys("ctrl-r");
    let shown = format!("{:?}", table.app.dialogs);
    assert!(shown.contains("no earlier command"), "{shown}");
}

#[test]
fn ctrl_u_clears_and_tab_goes_to_the_other_field() {
    let mut table = as_root();
    table.runs("login").keys("a b ctrl-u c tab ctrl-u e v e tab enter");
    let (_, user, password) = login(&mut table);
    assert_eq!((user.as_str(), password.reveal()), ("eve", "c"));
}

#[test]
fn a_failed_connection_keeps_what_was_typed() {
    let mut table = as_root();
    table.runs("login").keys("p w enter");
    let (open, ..) = login(&mut table);
    table.answers(open.ticket, Err(super::table::down()));
    let asks = form(&table).expect("it stays");
    assert!(asks.why.contains("connection refused") && asks.password.len() == 2);
    table.keys("enter");
    assert_eq!(login(&mut table).2.reveal(), "pw");
}

#[test]
fn a_certificate_with_a_name_is_explained_once_and_no_password_asked_for() {
    let mut table = as_root();
    let error = StoreError::new(ErrorKind::CommonName, "it refuses every request");
    for _ in 0..2 {
        refused(&mut table, error.clone());
    }
    let [Dialog::Text { lines, .. }] = table.app.dialogs.as_slice() else {
        panic!("{:?}", table.app.dialogs)
    };
    let text = lines.join(" ");
    assert!(
        text.contains("without a common name") && text.contains("--client-cert-auth"),
        "{text}"
    );
    table.keys("esc");
    refused(&mut table, error);
    assert!(table.app.dialogs.is_empty() && is_denied(&table));
}

#[test]
fn a_token_that_cannot_be_renewed_is_told_in_words() {
    let mut table = Table::holding(&["k"]);
    table.app.settings.token = true;
    let words = "etcdserver: invalid auth token (the token expired 5 min ago)";
    let error = StoreError::new(ErrorKind::Unauthenticated, words);
    refused(&mut table, error);
    assert!(table.app.dialogs.is_empty(), "there may be no password");
    assert!(table.notice().contains("expired 5 min ago"), "{}", table.notice());
    table.runs("login root").keys("p enter");
    let (open, ..) = login(&mut table);
    table.answers(open.ticket, Ok(Answer::LoggedIn));
    assert!(!table.app.settings.token && !is_denied(&table));
}

#[test]
fn authentication_switched_off_elsewhere_closes_the_question() {
    let mut table = Table::holding(&["k"]);
    refused(&mut table, nobody());
    assert!(form(&table).is_some());
    table.passes(Duration::from_secs(10));
    let watching = etcdeck::app::message::WatchNews::Watching { revision: super::table::NOW };
    table.happens(Message::Watch(etcdeck::app::effect::WatchId::FOLLOW, watching));
    assert!(form(&table).is_none() && !is_denied(&table));
    table.online();
    assert_eq!(table.app.connection.now, Connection::Online);
}
