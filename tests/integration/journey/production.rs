//! A marked cluster: it starts read-only, and nothing is destroyed or overwritten by a reflex.

use std::sync::atomic::Ordering;

use super::door::{Door, Doorway};
use super::screen::Opening;
use super::world::{everywhere, in_the_sandbox};

#[test]
fn it_starts_read_only_and_opens_for_the_word_alone() {
    in_the_sandbox(async |world| {
        world.holds(&["k=v"]).await;
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let world = world.with(doorway.clone());
        let mut screen = world.open(Opening::new().production());
        screen.sees("PROD").await.sees("READ-ONLY").await.sees("text 1 B").await;
        screen.keys("d").sees("read-only: nothing is written").await;
        screen.runs("read-only off").sees("Allow writing to PROD?").await;
        // Neither a yes nor an empty Enter nor another word is enough.
        screen.keys("y enter").sees("type PROD to confirm").await;
        screen.keys("ctrl-u").types("prod").keys("enter").sees("type PROD to confirm").await;
        screen.keys("esc").sees("left as it was").await.sees("READ-ONLY").await;
        assert_eq!(doorway.writes.load(Ordering::SeqCst), 0);
        screen.runs("read-only off").sees("Allow writing to PROD?").await;
        screen.types("PROD").keys("enter").sees("writing is allowed again").await;
        screen.loses("READ-ONLY").await.sees("PROD").await;
        // On again at once, without a question.
        screen.runs("read-only on").sees("READ-ONLY").await;
    });
}

#[test]
fn what_destroys_or_overwrites_is_typed() {
    everywhere(async |world| {
        world.holds(&["a=first", "b=second"]).await;
        let lease = world.grant(600).await;
        let mut screen = world.open(Opening::new().production());
        screen.sees("first").await.runs("read-only off").sees("Allow writing").await;
        screen.types("PROD").keys("enter").sees("writing is allowed again").await;

        screen.keys("d").sees("Delete a?").await.keys("y enter").sees("type PROD to confirm").await;
        assert_eq!(world.value("a").await, "first");
        screen.keys("ctrl-u").types("PROD").keys("enter").sees("a deleted at revision").await;
        assert_eq!(world.value("a").await, "-");

        screen.runs("put b third").sees("Replace the value of b?").await;
        screen.keys("y enter").sees("type PROD to confirm").await;
        assert_eq!(world.value("b").await, "second");
        screen.keys("ctrl-u").types("PROD").keys("enter").sees("b written at revision").await;
        assert_eq!(world.value("b").await, "third");

        screen.runs(&format!("lease attach b {lease}")).sees("Hang b on lease").await;
        screen.keys("enter").sees("type PROD to confirm").await.types("PROD").keys("enter");
        screen.sees("b hangs on lease").await;
        screen.runs(&format!("lease revoke {lease}")).sees("1 key vanishes with it").await;
        screen.keys("y enter").sees("type PROD to confirm").await;
        assert_eq!(world.value("b").await, "third");
        screen.keys("ctrl-u").types("PROD").keys("enter").sees("revoked").await;
        assert_eq!(world.value("b").await, "-");

        // What creates and overwrites nothing needs no word.
        screen.runs("put new here").sees("new written at revision").await;
    });
}

#[test]
fn a_save_shows_what_it_changes_first() {
    everywhere(async |world| {
        world.holds(&["a=first"]).await;
        let mut screen = world.open(Opening::new().production());
        screen.sees("first").await.runs("read-only off").sees("Allow writing").await;
        screen.types("PROD").keys("enter").sees("writing is allowed again").await;
        screen.keys("e").sees("unchanged").await.types("2").keys("ctrl-s");
        screen.sees("Save a in PROD?").await.sees("2first").await;
        // Pressed once more by habit it does not save.
        screen.keys("ctrl-s").sees("Save a in PROD?").await;
        assert_eq!(world.value("a").await, "first");
        screen.keys("n").loses("Save a in PROD?").await;
        // Leaving asks, its save shows the change too, and the draft is left when it was saved.
        screen.keys("esc").sees("Leave without saving?").await.keys("s");
        screen.sees("Save a in PROD?").await.keys("y").sees("saved at revision").await;
        screen.loses("unchanged").await;
        assert_eq!(world.value("a").await, "2first");
    });
}
