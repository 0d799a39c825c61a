//! The terminal: paste, leaving, sizes, and what only a terminal can do.

use etcdeck::event_loop::{Ended, Happening};

use super::screen::Opening;
use super::world::in_the_sandbox;

#[test]
fn pasted_text_never_runs_bindings() {
    in_the_sandbox(async |world| {
        world.holds(&["a=1", "b=2"]).await;
        let mut screen = world.screen();
        screen.sees("text 1 B").await.pastes("dyq\nx:quit\n").sees("it was left out").await;
        screen
            .keys("d")
            .sees("Delete a?")
            .await
            .pastes("y\n")
            .lives()
            .await
            .sees("Delete a?")
            .await;
        screen.keys("n e").sees("editing rev").await.pastes("q\nline two\n").sees("line two").await;
        screen.keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("a").await, "q\nline two\n1");
        screen
            .keys("alt-u")
            .loses("line two")
            .await
            .keys("alt-r esc 1 o")
            .pastes("b")
            .keys("enter");
        screen.sees("2").await.keys("/").pastes("b").sees("Keys /b").await.keys("esc");
        screen.keys(":").pastes("put c 3\n4\n").lives().await.keys("enter").sees("c written").await;
        assert_eq!(world.value("c").await, "3\n4");
    });
}

#[test]
fn leaving_asks_about_a_draft_once() {
    in_the_sandbox(async |world| {
        world.holds(&["k=v"]).await;
        let mut screen = world.screen();
        screen.sees("text 1 B").await.keys("e").sees("editing rev").await.types("q");
        screen.sees("qv").await.keys("ctrl-c").sees("Quit without saving?").await;
        screen.keys("esc").sees("qv").await.keys("ctrl-c").sees("Quit without saving?").await;
        screen.keys("s");
        assert_eq!(screen.ends().await, Ended::Quit);
        assert_eq!(world.value("k").await, "qv");

        let mut screen = world.screen();
        screen.sees("text 2 B").await.keys("e").sees("editing rev").await.types("never ");
        screen.keys("ctrl-c").sees("Ctrl-c again quits").await.keys("ctrl-c");
        assert_eq!(screen.ends().await, Ended::Quit);
        assert_eq!(world.value("k").await, "qv");
    });
}

#[test]
fn every_way_out_ends_the_loop() {
    in_the_sandbox(async |world| {
        for way in ["q", "ctrl-c", ": q u i t enter"] {
            let mut screen = world.screen();
            screen.sees("● online").await.keys(way);
            assert_eq!(screen.ends().await, Ended::Quit, "{way}");
        }
        let mut screen = world.screen();
        screen.sees("● online").await.happens(Happening::Ended(143));
        assert_eq!(screen.ends().await, Ended::Told(143));
        // A conflict in front of the draft does not keep a save from quitting later.
        let mut screen = world.screen();
        screen.sees("● online").await.keys("?").sees("Help").await.keys("q").loses("Help").await;
        screen.keys("z").lives().await.keys("q").lives().await.keys("q");
        assert_eq!(screen.ends().await, Ended::Quit);
    });
}

#[test]
fn a_small_terminal_says_so_and_lives() {
    in_the_sandbox(async |world| {
        world.holds(&["key=value"]).await;
        let mut screen = world.open(Opening::new().size(20, 5));
        screen.sees("40x10").await.keys("j d e : x esc tab z").sees("20x5").await;
        screen.resizes(80, 24).sees("value").await.resizes(1, 1).lives().await;
        screen.resizes(300, 80).sees("value").await.keys("q");
    });
}

#[test]
fn every_pane_is_reached_on_40_by_10() {
    in_the_sandbox(async |world| {
        world.holds(&["key=value"]).await;
        let lease = world.grant(600).await;
        let mut screen = world.open(Opening::new().size(40, 10));
        screen.sees("1 Keys").await.sees("key").await.keys("2").sees("2 Value").await;
        screen.sees("value").await.keys("tab").sees("3 Leases").await;
        screen.sees(&lease.to_string()[..4]).await.keys("tab").sees("4 Watch").await;
        screen.keys("1 w 4 w").sees("live").await.keys("esc");
        world.put("key", "newer").await;
        screen.sees("PUT").await.keys("enter").sees("Event").await.keys("esc 1 e");
        screen.sees("editing rev").await.types("x").keys("ctrl-s").sees("saved").await;
        assert_eq!(world.value("key").await, "xnewer");
        screen.keys("esc 1 d").sees("Delete key?").await.keys("y").sees("deleted").await;
        screen.keys("?").sees("Help").await.keys("G g esc :").sees(":").await;
    });
}

#[test]
fn all_panes_are_one_key_away_and_can_be_zoomed() {
    in_the_sandbox(async |world| {
        world.holds(&["key=value"]).await;
        let mut screen = world.screen();
        screen
            .sees("value")
            .await
            .keys("z")
            .loses("value")
            .await
            .keys("2")
            .sees("2 Value  1 Keys")
            .await;
        screen.sees("value").await.keys("z").sees("no watches").await.sees("no leases").await;
        screen
            .keys("shift-tab n")
            .sees("new key")
            .await
            .keys("esc tab tab tab tab n")
            .sees("new key")
            .await;
    });
}

#[test]
fn what_only_a_terminal_can_do_is_handed_to_it() {
    in_the_sandbox(async |world| {
        world.put("key", vec![0xff, b'\n']).await;
        let mut screen = world.screen();
        screen.sees("● online").await.sees("binary").await;
        screen.keys("y").sees("key sent to the terminal").await;
        screen.keys("Y").sees("value sent to the terminal").await;
        assert_eq!(screen.now().copied, [b"key".to_vec(), vec![0xff, b'\n']]);
        screen.keys("ctrl-z").until("suspension", |shown| shown.suspended == 1).await;
        screen.keys("ctrl-l").until("all anew", |shown| shown.redrawn == 1).await;
        screen.happens(Happening::Continued).until("all anew", |shown| shown.redrawn == 2).await;
    });
}

#[test]
fn a_key_without_a_meaning_says_so() {
    in_the_sandbox(async |world| {
        let mut screen = world.screen();
        screen.sees("● online").await.keys("f12").sees("does nothing in Keys").await;
        screen.keys("4 X").sees("nothing is selected").await;
    });
}

#[test]
fn an_idle_screen_draws_nothing() {
    in_the_sandbox(async |world| {
        world.holds(&["a key=value", "dir/x=1"]).await;
        let mut screen = world.screen();
        screen.sees("value").await.sees_row(&["▸ dir/", "1"]).await;
        // Paused time runs through the last marks and readings at once.
        tokio::time::sleep(std::time::Duration::from_secs(30)).await;
        let frames = screen.now().frames;
        tokio::time::sleep(std::time::Duration::from_secs(600)).await;
        assert_eq!(screen.now().frames, frames);
        world.put("a key", "newer").await;
        screen.sees("newer").await;
    });
}
