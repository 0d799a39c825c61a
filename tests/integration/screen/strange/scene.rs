//! What takes several steps that fit together: drafts and what others do to their keys, files, jobs.

use etcdeck::domain::Key;

use super::super::desk::{Answers, Desk};
use super::walk::{command, forms, home, news, paste};

/// A key that the scenes have for themselves, and its value.
const JSON: &str = "{\"a\": \"\u{202e}\u{301}\"}";

/// Goes through all of them.
pub(super) fn all(desk: &mut Desk) {
    let scenes: [fn(&mut Desk); 19] = [
        left_unsaved,
        conflict,
        gone,
        broken,
        from_the_editor,
        event,
        log_to_a_file,
        plan_as_lines,
        given_up,
        compared,
        found,
        exported,
        copied,
        keys_of_a_lease,
        carried_out,
        recorded,
        composed,
        holding,
        searched,
    ];
    for scene in scenes {
        home(desk);
        if let Some(world) = &mut desk.strange {
            // Nothing is refused here, or the steps would not fit together.
            world.patience = usize::MAX;
        }
        desk.answers = Answers::Store;
        news(desk, 0);
        scene(desk);
        desk.resize(160, 25);
        desk.resize(160, 24);
    }
}

fn runs(desk: &mut Desk, name: &str) {
    let form = forms().find(|form| form.name == name).expect(name);
    command(desk, form);
}

/// A new key of a stranger's name, selected.
fn on_a_key(desk: &mut Desk, value: &str) -> Key {
    let Some(world) = &mut desk.strange else { panic!("strangers are here") };
    let (key, typed) = (world.stranger.key(), world.stranger.below(1000));
    let key = Key::from([key.as_bytes(), typed.to_string().as_bytes()].concat());
    desk.put(key.clone(), value);
    desk.press("1 o");
    paste(desk, &key.to_string());
    desk.press("enter");
    key
}

/// A value that is laid out by a task, and a text looked for in it.
fn searched(desk: &mut Desk) {
    let Some(world) = &mut desk.strange else { panic!("strangers are here") };
    let text = world.stranger.text();
    let value = format!("[{}0]", format!("{JSON}, ").repeat(4200));
    on_a_key(desk, &value);
    desk.press("2 /");
    paste(desk, &text);
    desk.press("esc / \\ x");
    desk.press("enter n N v n v v G n");
}

fn editing(desk: &mut Desk, value: &str) -> Key {
    let key = on_a_key(desk, value);
    desk.press("e");
    let text = desk.strange.as_mut().map(|world| world.stranger.text());
    paste(desk, &text.expect("strangers are here"));
    key
}

fn left_unsaved(desk: &mut Desk) {
    editing(desk, "x");
    desk.press("esc");
}

fn conflict(desk: &mut Desk) {
    let key = editing(desk, "one\ntwo\u{202e}\n");
    desk.put(key, "one\nthree\u{200b}\n");
    desk.press("ctrl-s j j X");
}

fn gone(desk: &mut Desk) {
    let key = editing(desk, "x");
    desk.delete(key);
    desk.press("ctrl-s");
}

fn broken(desk: &mut Desk) {
    editing(desk, JSON);
    desk.press("ctrl-s");
}

fn from_the_editor(desk: &mut Desk) {
    on_a_key(desk, "x");
    desk.press("E j j");
}

fn event(desk: &mut Desk) {
    on_a_key(desk, "x");
    desk.press("w");
    let key = on_a_key(desk, "y");
    desk.press("w");
    desk.put(key, JSON);
    desk.press("4 G enter j");
}

fn log_to_a_file(desk: &mut Desk) {
    desk.press("4 s");
    paste(desk, "/tmp/log");
    desk.press("enter");
}

fn plan_as_lines(desk: &mut Desk) {
    runs(desk, "delete-prefix");
    desk.press("alt-x X s");
    paste(desk, "/tmp/lines");
    desk.press("enter");
}

fn given_up(desk: &mut Desk) {
    desk.press(":");
    paste(desk, "lock same 60");
    desk.press("enter");
    desk.press(":");
    paste(desk, "unlock same");
    desk.press("enter");
}

/// With yes where that is enough, with the number of keys where it is to be typed.
fn carried_out(desk: &mut Desk) {
    runs(desk, "delete-prefix");
    desk.press("y backspace");
    paste(desk, "54");
    desk.press("enter j j");
}

fn recorded(desk: &mut Desk) {
    news(desk, 7);
    runs(desk, "journal");
    desk.press("enter j");
}

fn composed(desk: &mut Desk) {
    runs(desk, "txn");
    desk.press("ctrl-o tab");
    let text = desk.strange.as_mut().map(|world| world.stranger.text());
    paste(desk, &text.expect("strangers are here"));
    desk.press("enter esc");
    paste(desk, "put \u{202e}");
    desk.press("alt-o");
    paste(desk, "/tmp/txn");
    desk.press("enter");
}

fn holding(desk: &mut Desk) {
    // Some of them end by themselves.
    for name in ["one", "two", "three", "four"] {
        desk.press(":");
        paste(desk, &format!("lock {name} 60"));
        desk.press("enter");
    }
    desk.press("q X");
}

fn keys_of_a_lease(desk: &mut Desk) {
    desk.press("3 R a j a enter j");
}

fn compared(desk: &mut Desk) {
    runs(desk, "diff");
    desk.press("enter j enter");
}

fn found(desk: &mut Desk) {
    for _ in 0..5 {
        runs(desk, "find-values");
        desk.press("j y R");
        home(desk);
    }
    runs(desk, "find");
    for _ in 0..3 {
        desk.press("tab ctrl-r down");
        let text = desk.strange.as_mut().map(|world| world.stranger.text());
        paste(desk, &text.expect("strangers are here"));
    }
    desk.press("ctrl-y enter");
}

fn exported(desk: &mut Desk) {
    runs(desk, "export");
    home(desk);
    runs(desk, "txn");
    home(desk);
    runs(desk, "drafts");
}

fn copied(desk: &mut Desk) {
    on_a_key(desk, JSON);
    desk.press("y Y");
}
