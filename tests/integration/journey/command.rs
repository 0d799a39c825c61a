//! The command line: complaints, completion, history.

use super::world::{everywhere, in_the_sandbox};

#[test]
fn a_wrong_command_says_what_was_expected_and_keeps_the_line() {
    in_the_sandbox(async |world| {
        let mut screen = world.screen();
        screen.sees("● online").await.runs("gto /a").sees("did you mean goto?").await;
        screen.sees(":gto /a").await.keys("home right").types("o").keys("enter");
        screen.sees("no key or prefix /a").await;
        screen.runs("put /a").sees("expected: put KEY VALUE").await.types(" v").keys("enter");
        screen.sees("/a written at revision").await;
        assert_eq!(world.value("/a").await, "v");
        screen.runs("lease grant soon").sees("a TTL is a whole number of seconds").await;
        screen.keys("esc").loses(":lease").await;
    });
}

#[test]
fn put_shows_what_it_replaces_and_does_not_overwrite_a_change() {
    everywhere(async |world| {
        let mut screen = world.screen();
        screen.sees("● online").await.runs("put k 'one value'").sees("k written at").await;
        assert_eq!(world.value("k").await, "one value");
        screen.runs("put k 'one value'").sees("k has this value already").await;
        screen
            .runs("put k \"two\\n\\xff\"")
            .sees("now  one value")
            .await
            .sees("then two\\n\\xff")
            .await;
        world.put("k", "theirs").await;
        screen.keys("y").sees("k was changed meanwhile; nothing was written").await;
        assert_eq!(world.value("k").await, "theirs");
        screen.runs("put k \"two\\n\\xff\"").sees("now  theirs").await.keys("y");
        screen.sees("k written at").await;
        assert_eq!(world.get("k").await.expect("it is there").value, b"two\n\xff");
    });
}

#[test]
fn names_and_keys_complete() {
    in_the_sandbox(async |world| {
        world.holds(&["app/na me=1", "app/x=2"]).await;
        let mut screen = world.screen();
        screen.sees("▸ app/").await.keys(":").types("le").keys("tab").sees(":lease grant").await;
        screen
            .keys("tab")
            .sees(":lease keepalive")
            .await
            .keys("shift-tab")
            .sees(":lease grant")
            .await;
        screen.keys("ctrl-u").types("dp").keys("tab").sees(":delete-prefix ").await;
        screen.types("a").keys("tab").sees(":delete-prefix app/").await.keys("esc");
        screen.runs("goto app/").sees("▾ app/").await;
        screen.keys(":").types("goto app/n").keys("tab").sees(":goto \"app/na me\"").await;
        screen.keys("enter").sees_row(&["app/na me", "text 1 B"]).await;
    });
}

#[test]
fn earlier_commands_are_found_again() {
    in_the_sandbox(async |world| {
        let mut screen = world.screen();
        screen.sees("● online").await.runs("put a 1").sees("a written").await;
        screen.runs("put b 2").sees("b written").await;
        screen.keys(": up").sees(":put b 2").await.keys("up").sees(":put a 1").await;
        screen.keys("up").sees(":put a 1").await.keys("down").sees(":put b 2").await;
        screen.keys("down").loses(":put").await.types("a 1").keys("ctrl-r").sees(":put a 1").await;
        screen.keys("esc :").types("nowhere").keys("ctrl-r").sees("no earlier command").await;
    });
}

#[test]
fn the_command_line_leaves_the_pane_behind_it_alone() {
    in_the_sandbox(async |world| {
        for id in ["1", "2", "3"] {
            world.store.lease_grant(600, id.parse().expect("hex")).await.expect("grant");
        }
        let mut screen = world.screen();
        screen.sees("1/3").await.keys("3 j").sees("2/3").await.keys(":").types("help").keys("esc");
        screen.sees("2/3").await;
    });
}
