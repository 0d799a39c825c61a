//! Which drafts are kept and offered, when, and to whom.

use std::fs;

use etcdeck::event_loop::{Ended, Happening};

use super::draft::{OFFER, drafts, files, kept, open, typing};
use super::screen::Opening;
use super::world::in_the_sandbox;
use crate::support::process::scratch_dir;

#[test]
fn a_draft_of_a_new_key_can_wait_and_be_thrown_away() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        let mut screen = open(&world, &state);
        screen.sees("● online").await.keys("n").types("new").keys("enter").sees("new key").await;
        screen.types("draft").sees("changed").await.happens(Happening::Ended(129));
        screen.ends().await;

        let mut screen = open(&world, &state);
        screen.sees("of a new key").await.sees("still does not exist").await.sees("+ draft").await;
        screen.keys("esc").sees(":drafts offers it again").await.loses(OFFER).await;
        assert_eq!(drafts(&state), 1);
        screen
            .runs("drafts")
            .sees(OFFER)
            .await
            .keys("x")
            .sees("Throw the draft of new away?")
            .await;
        screen.keys("n").sees(OFFER).await.keys("x y").sees("thrown away").await;
        kept(&state, 0).await;
        screen.runs("drafts").sees("no draft is kept for this cluster").await;
        assert_eq!(world.count().await, 0);
    });
}

#[test]
fn what_is_saved_or_given_up_is_not_kept() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        world.put("k", "v").await;
        let mut screen = typing(&world, &state).await;
        kept(&state, 1).await;
        screen.keys("alt-u").sees("unchanged").await;
        kept(&state, 0).await;
        screen.types("again ").sees("again v").await;
        kept(&state, 1).await;
        screen.keys("esc x").loses("again v").await;
        kept(&state, 0).await;
        screen.keys("e").sees("editing rev").await.types("third ").sees("third v").await;
        kept(&state, 1).await;
        // Saved on the way out: nothing is left, though nothing follows the save.
        screen.keys("ctrl-c").sees("Quit without saving?").await.keys("s");
        assert_eq!(screen.ends().await, Ended::Quit);
        assert_eq!(world.value("k").await, "third v");
        assert_eq!((drafts(&state), files(&state, "lock").len()), (0, 0));
    });
}

#[test]
fn quitting_twice_keeps_the_draft() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        world.put("k", "v").await;
        let mut screen = typing(&world, &state).await;
        screen.keys("ctrl-c").sees("the next start offers it").await.keys("ctrl-c");
        assert_eq!(screen.ends().await, Ended::Quit);
        open(&world, &state).sees(OFFER).await.sees("+ mine v").await;
    });
}

#[test]
fn the_setting_and_read_only_are_heeded() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        world.put("k", "v").await;
        let off = || Opening::new().keeping(state.path()).with(|it| it.keep_drafts = false);
        let mut screen = world.open(off());
        screen.sees("text 1 B").await.keys("e").sees("editing rev").await.types("secret ");
        screen.sees("secret v").await.keys("ctrl-c").sees("quits without them").await;
        screen.keys("ctrl-c");
        assert_eq!(screen.ends().await, Ended::Quit);
        assert!(!state.path().join("drafts").exists(), "not even a folder");

        let mut screen = typing(&world, &state).await;
        screen.happens(Happening::Ended(129));
        screen.ends().await;
        // Looking only: not offered, not lost; offered once writing is allowed.
        let mut screen = world.open(Opening::new().keeping(state.path()).read_only());
        screen.sees("text 1 B").await.loses(OFFER).await.runs("drafts").sees("read-only").await;
        screen.runs("read-only off").sees(OFFER).await.keys("e").sees("mine v").await;
    });
}

#[test]
fn damaged_files_are_told_of_and_kept_aside() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        world.put("k", "v").await;
        let mut screen = typing(&world, &state).await;
        screen.happens(Happening::Ended(129));
        screen.ends().await;
        let whole = files(&state, "json").remove(0);
        let text = fs::read(&whole).expect("it can be read");
        fs::write(whole.with_file_name("0-cut.json"), &text[..text.len() / 2]).expect("written");
        fs::write(whole.with_file_name("0-empty.json"), "").expect("written");
        let mut screen = open(&world, &state);
        screen.sees("Kept drafts that cannot be read").await.sees("0-cut.damaged").await;
        screen.sees("0-empty.damaged").await.loses(OFFER).await.keys("esc");
        screen.sees(OFFER).await.sees("+ mine v").await;
        assert_eq!((files(&state, "damaged").len(), drafts(&state)), (2, 1));
        let aside = fs::read(whole.with_file_name("0-cut.damaged")).expect("it is kept");
        assert_eq!(aside, &text[..text.len() / 2]);
    });
}

#[test]
fn several_drafts_are_offered_one_after_the_other_and_live_ones_never() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        world.holds(&["k=v"]).await;
        // Two crashed, one lives.
        let mut first = typing(&world, &state).await;
        let mut second = open(&world, &state);
        second.sees("text 1 B").await.keys("e").sees("editing rev").await.types("other ");
        second.sees("other v").await;
        let mut living = open(&world, &state);
        living.sees("text 1 B").await.keys("e").sees("editing rev").await.types("living ");
        kept(&state, 3).await;
        for screen in [&mut first, &mut second] {
            screen.happens(Happening::Ended(129));
            screen.ends().await;
        }
        let mut screen = open(&world, &state);
        screen.sees("A draft was left unsaved (1 more)").await.sees("+ mine v").await;
        // A third program finds none: they are taken.
        let mut third = open(&world, &state);
        third.sees("text 1 B").await.runs("drafts").sees("no draft is kept").await;
        screen.keys("esc").sees("+ other v").await.keys("esc").loses(OFFER).await;
        // Let go of, they can be found again, by anybody.
        third.runs("drafts").sees("A draft was left unsaved (1 more)").await;
        living.sees("living v").await.keys("ctrl-s").sees("saved at").await;
        kept(&state, 2).await;
        third.keys("e").sees("mine v").await.keys("ctrl-s").sees("Somebody else changed").await;
    });
}

#[test]
fn typing_is_never_interrupted_by_an_offer() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        world.holds(&["k=v"]).await;
        let mut screen = typing(&world, &state).await;
        screen.happens(Happening::Ended(129));
        screen.ends().await;
        let mut screen = open(&world, &state);
        screen.types(":").types("goto xe").sees("goto xe").await.loses(OFFER).await;
        screen.keys("esc").sees(OFFER).await;
    });
}

#[test]
fn a_folder_that_cannot_be_written_is_told_once_and_harms_nothing() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        fs::write(state.path().join("drafts"), "in the way").expect("written");
        world.holds(&["k=v"]).await;
        let mut screen = open(&world, &state);
        screen.sees("the folder of drafts cannot be read").await;
        screen.sees("text 1 B").await.keys("e").sees("editing rev").await.types("mine ");
        screen.sees("cannot be kept in case of a crash").await;
        screen.keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("k").await, "mine v");
    });
}
