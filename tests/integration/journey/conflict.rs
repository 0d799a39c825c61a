//! Two clients edit one key: nothing is lost, and both values are shown.

use super::screen::Screen;
use super::world::{World, everywhere};

/// A screen with a draft whose save met a change by somebody else.
async fn in_conflict(world: &World) -> Screen {
    world.put("k", "one\nthree").await;
    let mut screen = world.screen();
    screen.sees("text 9 B").await.keys("e").sees("editing rev").await;
    screen.types("mine ").sees("mine one").await;
    world.put("k", "one\ntheirs").await;
    screen.sees("changed here and by somebody else").await.keys("ctrl-s");
    screen.sees("Somebody else changed this key").await;
    screen.sees("- three").await.sees("+ theirs").await.sees("+ mine one").await;
    assert_eq!(world.value("k").await, "one\ntheirs");
    screen
}

#[test]
fn theirs_can_be_taken_and_undone() {
    everywhere(async |world| {
        let mut screen = in_conflict(&world).await;
        screen.keys("t").sees("their value is in the editor").await.sees("theirs").await;
        screen.loses("mine one").await.keys("alt-u").sees("mine one").await;
        assert_eq!(world.value("k").await, "one\ntheirs");
    });
}

#[test]
fn mine_can_be_kept_on_top_of_theirs() {
    everywhere(async |world| {
        let mut screen = in_conflict(&world).await;
        screen.keys("m").sees("saved at").await;
        assert_eq!(world.value("k").await, "mine one\nthree");
    });
}

#[test]
fn changes_that_do_not_touch_are_joined_and_saved_by_the_operator() {
    everywhere(async |world| {
        world.put("k", "one\r\ntwo\r\nthree").await;
        let mut screen = world.screen();
        screen.sees("text 15 B").await.keys("e").sees("editing rev").await.types("mine ");
        world.put("k", "one\r\ntwo\r\ntheirs\n").await;
        screen.sees("changed here and by somebody else").await.keys("ctrl-s");
        screen.sees("Somebody else changed this key").await.keys("e");
        screen.sees("2 changes joined (1 yours, 1 theirs)").await.sees("theirs").await;
        screen.sees("look at it, then save").await.loses("<<<<<<<").await;
        assert_eq!(world.value("k").await, "one\r\ntwo\r\ntheirs\n", "nothing is saved by itself");
        screen.keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("k").await, "mine one\r\ntwo\r\ntheirs\n");
    });
}

#[test]
fn both_can_be_merged_by_hand() {
    everywhere(async |world| {
        let mut screen = in_conflict(&world).await;
        screen.keys("e").sees("1 place marked where both differ").await.sees("||||||| base").await;
        screen.keys("ctrl-s");
        screen.sees("still a mark of the merge").await;
        assert_eq!(world.value("k").await, "one\ntheirs");
        // Everything is put in order by hand.
        screen.keys("ctrl-end").keys(&"ctrl-u backspace ".repeat(30)).types("merged");
        screen.keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("k").await, "merged");
    });
}

#[test]
fn deciding_can_wait() {
    everywhere(async |world| {
        let mut screen = in_conflict(&world).await;
        screen.keys("esc").sees("mine one").await.loses("Somebody else changed this key").await;
        world.put("k", "newer still").await;
        screen.keys("ctrl-s").sees("Somebody else changed this key").await;
        screen.sees("+ newer still").await.keys("m").sees("saved at").await;
        assert_eq!(world.value("k").await, "mine one\nthree");
    });
}

#[test]
fn keeping_mine_meets_a_third_value() {
    everywhere(async |world| {
        world.put("k", "base").await;
        let mut screen = world.screen();
        let mut other = world.screen();
        for screen in [&mut screen, &mut other] {
            screen.sees("text 4 B").await.keys("e").sees("editing rev").await;
        }
        other.types("second ").sees("second base").await;
        screen.types("first ").keys("ctrl-s").sees("saved at").await;
        other.sees("by somebody else").await.keys("ctrl-s");
        other.sees("+ first base").await.keys("m").sees("saved at").await;
        assert_eq!(world.value("k").await, "second base");
        // Nothing was typed since the first save: its screen shows what came after.
        screen.sees("second base").await;
    });
}
