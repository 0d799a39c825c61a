//! Editing and saving a value, and making new keys.

use etcdeck::app::effect::Edited;
use etcdeck::domain::LeaseId;

use super::world::{everywhere, in_the_sandbox};

#[test]
fn a_value_is_edited_and_saved() {
    everywhere(async |world| {
        world.holds(&["name=api"]).await;
        let mut screen = world.screen();
        screen.sees("text 3 B").await.keys("e").sees("editing rev").await;
        screen.keys("end").types("-2").sees("changed").await.keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("name").await, "api-2");
        screen.keys("esc").sees("version 2").await.sees("api-2").await;
        // Nothing changed, nothing is written.
        screen.keys("e").sees("editing rev").await.keys("ctrl-s").sees("nothing to save").await;
        assert_eq!(world.get("name").await.expect("it is there").version.0, 2);
    });
}

#[test]
fn line_ends_and_final_newlines_are_kept() {
    everywhere(async |world| {
        world.put("k", "one\r\ntwo\n\tthree\n").await;
        let mut screen = world.screen();
        screen.sees("text 16 B").await.keys("e").sees("editing rev").await;
        screen
            .sees("one\\r")
            .await
            .keys("down end")
            .types("!")
            .keys("ctrl-s")
            .sees("saved at")
            .await;
        assert_eq!(world.value("k").await, "one\r\ntwo!\n\tthree\n");
    });
}

#[test]
fn a_new_key_begins_with_the_path_and_is_selected_in_the_end() {
    everywhere(async |world| {
        world.holds(&["app/one=1", "app/two=2", "zoo=3"]).await;
        let mut screen = world.screen();
        screen.sees("▸ app/").await.keys("l").sees("one").await.keys("n").sees("new key").await;
        screen.types("three").sees("app/three").await.keys("enter").sees("new key").await;
        screen.types("drei").keys("enter").types("trois").keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("app/three").await, "drei\ntrois");
        screen.keys("esc").sees_row(&["app/three", "text 10 B"]).await.sees("trois").await;
    });
}

#[test]
fn a_new_key_may_be_empty_and_must_not_exist() {
    everywhere(async |world| {
        world.holds(&["taken=by somebody"]).await;
        let mut screen = world.screen();
        screen.sees("taken").await.keys("n").types("taken").keys("enter");
        screen.sees("taken exists already").await.sees("by somebody").await;
        screen.keys("n").types("empty").keys("enter").sees("new key").await.keys("ctrl-s");
        screen.sees("saved at").await;
        assert_eq!(world.value("empty").await, "");
        screen.keys("esc n").keys("enter").sees("a key cannot be empty").await;
        screen.types("\\q").keys("enter").sees("unknown escape").await.keys("esc");
        assert_eq!(world.value("taken").await, "by somebody");
    });
}

#[test]
fn a_new_key_that_somebody_makes_meanwhile_is_a_conflict() {
    everywhere(async |world| {
        let mut screen = world.screen();
        screen.sees("● online").await.keys("n").sees("new key").await;
        screen.types("k").keys("enter").sees("new key").await.types("mine").sees("mine").await;
        world.put("k", "theirs").await;
        screen.sees("by somebody else").await.keys("ctrl-s").sees("Somebody else changed").await;
        screen.sees("theirs: revision").await.keys("m").sees("saved at").await;
        assert_eq!(world.value("k").await, "mine");
    });
}

#[test]
fn a_key_keeps_its_lease_when_it_is_saved() {
    everywhere(async |world| {
        let lease = world.grant(600).await;
        world.put_leased("k", "v", lease).await;
        let mut screen = world.screen();
        screen.sees("text 1 B").await.keys("e").sees("keeps lease").await;
        screen.types("n").keys("ctrl-s").sees("saved at").await;
        let entry = world.get("k").await.expect("it is there");
        assert_eq!((entry.lease, entry.value), (lease, b"nv".to_vec()));
        // The command does too.
        screen.keys("esc").runs("put k x").sees("Replace the value").await.keys("y");
        screen.sees("written at revision").await;
        assert_eq!(world.get("k").await.expect("it is there").lease, lease);
    });
}

#[test]
fn a_key_deleted_during_the_edit_is_made_anew_or_given_up() {
    everywhere(async |world| {
        world.holds(&["a=1", "b=2"]).await;
        let mut screen = world.screen();
        screen.sees("text 1 B").await.keys("e").sees("editing rev").await.types("mine ");
        world.delete("a").await;
        screen.sees("deleted meanwhile").await.sees("mine 1").await;
        // Typing goes on: what is typed never decides anything.
        screen.types("xc ").sees("mine xc 1").await;
        assert_eq!(world.value("a").await, "-");
        screen.keys("ctrl-s").sees("This key was deleted meanwhile").await;
        screen.keys("esc ctrl-s").sees("create anew").await.keys("c").sees("saved at").await;
        assert_eq!(world.value("a").await, "mine xc 1");

        screen.keys("esc").sees("version 1").await.keys("e").sees("editing rev").await;
        screen.types("never ").lives().await;
        world.delete("a").await;
        screen.sees("deleted meanwhile").await.keys("ctrl-s").sees("discard").await.keys("x");
        screen.loses("never").await;
        assert_eq!(world.value("a").await, "-");
    });
}

#[test]
fn a_lease_that_ends_during_the_edit_loses_no_draft() {
    everywhere(async |world| {
        let lease = world.grant(2).await;
        world.put_leased("k", "v", lease).await;
        let mut screen = world.screen();
        screen.sees("text 1 B").await.keys("e").sees("keeps lease").await.types("draft ");
        screen.sees("deleted meanwhile").await.sees("draft v").await;
        screen.keys("ctrl-s").sees("created anew it has none").await.keys("c");
        screen.sees("saved at").await;
        let entry = world.get("k").await.expect("it is there");
        assert_eq!((entry.lease, entry.value), (LeaseId::NONE, b"draft v".to_vec()));
    });
}

#[test]
fn an_external_editor_hands_the_bytes_back() {
    everywhere(async |world| {
        world.put("k", "{\"a\": 1}").await;
        let mut screen = world.screen();
        screen.sees("json 8 B").await.keys("E");
        let (bytes, extension) = screen.editor_opens().await;
        assert_eq!((bytes.as_slice(), extension), (&b"{\"a\": 1}"[..], "json"));
        screen.editor_ends(Edited::Changed(b"{\"a\": 2}\n".to_vec()));
        screen.sees("Save k?").await.keys("y").sees("saved at").await;
        // The newline that editors add was not there before.
        assert_eq!(world.value("k").await, "{\"a\": 2}");

        screen.keys("esc").sees("version 2").await.keys("E").editor_opens().await;
        screen.editor_ends(Edited::Unchanged).sees("nothing changed in the editor").await;
        screen.keys("E").editor_opens().await;
        screen.editor_ends(Edited::Failed("vi: not found".to_owned())).sees("vi: not found").await;
        screen.sees("version 2").await;
    });
}

#[test]
fn what_somebody_writes_while_an_external_editor_is_open_is_not_overwritten() {
    everywhere(async |world| {
        world.put("k", "base").await;
        let (mut screen, mut other) = (world.screen(), world.screen());
        screen.sees("text 4 B").await.keys("E").editor_opens().await;
        world.put("k", "theirs").await;
        // A screen like ours knows it by now.
        other.sees("theirs").await;
        screen.editor_ends(Edited::Changed(b"mine".to_vec())).sees("Save k?").await.keys("y");
        screen.sees("Somebody else changed this key").await.sees("theirs: revision").await;
        assert_eq!(world.value("k").await, "theirs");
        screen
            .keys("t")
            .sees("their value is in the editor")
            .await
            .keys("esc")
            .sees("theirs")
            .await;
    });
}

#[test]
fn leaving_a_draft_asks() {
    in_the_sandbox(async |world| {
        world.holds(&["k=v"]).await;
        let mut screen = world.screen();
        screen.sees("text 1 B").await.keys("e").sees("editing rev").await.types("new ");
        screen.keys("esc").sees("Leave without saving?").await.keys("esc").sees("new v").await;
        screen.keys("esc s").sees("saved at").await.sees("version 2").await;
        assert_eq!(world.value("k").await, "new v");
        screen.keys("e").sees("editing rev").await.types("not ").keys("esc x");
        screen.loses("not new v").await.sees("version 2").await;
        assert_eq!(world.value("k").await, "new v");
    });
}

#[test]
fn undo_and_redo_take_back_what_was_typed() {
    in_the_sandbox(async |world| {
        world.holds(&["k=v"]).await;
        let mut screen = world.screen();
        screen.sees("text 1 B").await.keys("e").sees("unchanged").await.types("abc");
        screen.sees("abcv").await.keys("alt-u").loses("abc").await.sees("unchanged").await;
        screen.keys("alt-r").sees("abcv").await;
    });
}

#[test]
fn what_a_save_would_change_is_shown_on_request() {
    everywhere(async |world| {
        world.put("k", "one\ntwo\nthree").await;
        let mut screen = world.screen();
        screen.sees("text 13 B").await.keys("e").sees("editing rev").await;
        screen.keys("alt-d").sees("nothing changed, nothing to save").await;
        screen.types("mine ").keys("alt-d").sees("Save k?").await.sees("- one").await;
        screen.sees("+ mine one").await.sees("1 line added, 1 removed").await;
        screen.keys("esc").loses("Save k?").await.sees("mine one").await;
        assert_eq!(world.value("k").await, "one\ntwo\nthree");
        // The final newline alone.
        screen.keys("alt-u").sees("unchanged").await.keys("ctrl-end enter alt-d");
        screen.sees("only the final newline differs: there is one now").await;
        screen.keys("s").sees("saved at").await;
        assert_eq!(world.value("k").await, "one\ntwo\nthree\n");
    });
}

#[test]
fn line_endings_that_are_all_that_differs_are_named() {
    in_the_sandbox(async |world| {
        world.put("k", "one\r\ntwo\r\n").await;
        let mut screen = world.screen();
        screen.sees("text 10 B").await.keys("E").editor_opens().await;
        screen.editor_ends(Edited::Changed(b"one\ntwo\n".to_vec())).sees("Save k?").await;
        screen.sees("only line endings differ").await.sees("- one\\r").await.keys("n");
        screen.loses("Save k?").await.sees("changed").await;
        assert_eq!(world.value("k").await, "one\r\ntwo\r\n");
    });
}

#[test]
fn a_value_that_is_no_longer_of_its_format_is_warned_of_and_can_be_saved() {
    everywhere(async |world| {
        world.put("k", "{\n  \"a\": 1\n}").await;
        let mut screen = world.screen();
        screen.sees("json ").await.keys("e").sees("editing rev").await;
        screen.keys("down end backspace").keys("ctrl-s").sees("No longer valid JSON").await;
        screen.sees("line 3, column 1").await.sees("expected a value, found '}'").await;
        assert_eq!(world.value("k").await, "{\n  \"a\": 1\n}");
        // Back at the fault: what is typed repairs it.
        screen.keys("esc").sees("3:1").await.types("2").keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("k").await, "{\n  \"a\": \n2}");
        // A warning, not a wall; and once it is broken it is no format any more.
        screen.types("!").keys("ctrl-s").sees("No longer valid JSON").await.keys("s");
        screen.loses("No longer").await.sees("unchanged").await;
        assert_eq!(world.value("k").await, "{\n  \"a\": \n2!}");
        screen.types("!").keys("ctrl-s").sees("unchanged").await;
        assert_eq!(world.value("k").await, "{\n  \"a\": \n2!!}");
    });
}

#[test]
fn leaving_with_a_broken_draft_asks_both_times() {
    in_the_sandbox(async |world| {
        world.holds(&["app.toml=a = 1", "zoo.yml=a: 1"]).await;
        let mut screen = world.screen();
        screen.sees("a = 1").await.keys("e").sees("editing rev").await;
        screen.types("[").keys("esc s").sees("No longer valid TOML").await.keys("s");
        screen.sees("version 2").await.sees("[a = 1").await;
        screen.keys("1 j").sees("a: 1").await.keys("e").sees("editing rev").await;
        screen.types("b: ").keys("ctrl-s").sees("No longer valid YAML").await.keys("e");
        screen.sees("1:5").await.keys("alt-u esc").sees("version 1").await;
    });
}

#[test]
fn a_value_too_large_for_the_editor_here_goes_to_one_of_your_own() {
    everywhere(async |world| {
        let large = "x".repeat(70_000);
        world.put("k", large.as_str()).await;
        let mut screen = world.screen();
        screen.sees(" KiB").await.keys("e");
        let (bytes, _) = screen.editor_opens().await;
        assert_eq!(bytes, large.as_bytes());
        world.put("k", "theirs").await;
        screen.editor_ends(Edited::Changed(format!("{large}y").into_bytes()));
        screen.sees("Save k?").await.keys("s").sees("Somebody else changed this key").await;
        assert_eq!(world.value("k").await, "theirs", "guarded like any other edit");
        screen.keys("m").sees("saved at").await;
        assert_eq!(world.value("k").await.len(), 70_001);
    });
}
