//! Drafts outlive the program, however it ends, and are offered by the next one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use etcdeck::app::effect::Edited;
use etcdeck::event_loop::{Ended, Happening};
use tempfile::TempDir;

use super::door::{Door, Doorway};
use super::screen::{Opening, Screen};
use super::world::{World, everywhere, in_the_sandbox};
use crate::support::process::scratch_dir;
use crate::support::wait::eventually;

const LIMIT: Duration = Duration::from_secs(30);
const OFFER: &str = "A draft was left unsaved";

/// The files of the folder of drafts that end so.
fn files(state: &TempDir, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(state.path().join("drafts")) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|e| e == extension)).collect()
}

fn drafts(state: &TempDir) -> usize {
    files(state, "json").len()
}

/// Waits until so many drafts are kept. Asks the file system, so it must let the tasks run.
async fn kept(state: &TempDir, count: usize) {
    let what = format!("{count} drafts in {}", state.path().display());
    eventually(&what, LIMIT, async || (drafts(state) == count).then_some(())).await;
}

fn open(world: &World, state: &TempDir) -> Screen {
    world.open(Opening::new().keeping(state.path()))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// A screen whose only key is being edited, with something typed.
async fn typing(world: &World, state: &TempDir) -> Screen {
    let mut screen = open(world, state);
    screen.sees("text ").await.keys("e").sees("editing rev").await.types("mine ");
    screen.sees("mine ").await;
    screen
}

#[test]
fn a_draft_survives_the_end_of_the_program_and_is_gone_on_with() {
    everywhere(async |world| {
        let state = scratch_dir("state");
        world.put("k", "one\r\ntwo\n").await;
        let mut screen = typing(&world, &state).await;
        screen.happens(Happening::Ended(129));
        assert_eq!(screen.ends().await, Ended::Told(129));
        let [path] = &files(&state, "json")[..] else { panic!("not one draft") };
        assert_eq!((mode(path), mode(path.parent().expect("a folder"))), (0o600, 0o700));

        let mut screen = open(&world, &state);
        screen.sees(OFFER).await.sees("the key is still as it was then").await;
        screen.sees("- one\\r").await.sees("+ mine one\\r").await;
        screen.sees("1 line added, 1 removed").await;
        screen.keys("e").sees("editing rev").await.sees("mine one").await;
        // Undo leads back to what it began with.
        screen.keys("alt-u").sees("unchanged").await.keys("alt-r").sees("mine one").await;
        screen.keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("k").await, "mine one\r\ntwo\n");
        kept(&state, 0).await;
        screen.keys("esc").sees("version 2").await.keys("q");
        assert_eq!(screen.ends().await, Ended::Quit);
        assert!(files(&state, "lock").is_empty(), "nothing is left behind");
    });
}

#[test]
fn a_kill_loses_what_was_typed_last_at_most() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        world.put("k", "v").await;
        let mut screen = typing(&world, &state).await;
        // The first change is written at once, what follows about once a second.
        kept(&state, 1).await;
        screen.types("and more ");
        let text = async || {
            let text = fs::read_to_string(&files(&state, "json")[0]).ok()?;
            text.contains("mine and more v").then_some(())
        };
        eventually("what was typed to be written", LIMIT, text).await;
        screen.killed().await;
        let mut screen = open(&world, &state);
        screen.sees(OFFER).await.sees("+ mine and more v").await;
    });
}

#[test]
fn a_panic_in_the_loop_keeps_the_last_bytes() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        world.put("k", "v").await;
        let mut screen = world.open(Opening::new().keeping(state.path()).panics_at("fatal"));
        screen.sees("text 1 B").await.keys("e").sees("editing rev").await;
        screen.types("this is fatal ").panics().await;
        open(&world, &state).sees("+ this is fatal v").await;
    });
}

#[test]
fn what_became_of_the_key_is_told_and_guards_the_save() {
    everywhere(async |world| {
        let state = scratch_dir("state");
        world.put("k", "base").await;
        for (theirs, told) in
            [(Some("theirs"), "somebody else wrote the key"), (None, "the key was deleted since")]
        {
            let mut screen = typing(&world, &state).await;
            screen.happens(Happening::Ended(143));
            screen.ends().await;
            match theirs {
                Some(value) => world.put("k", value).await,
                None => world.delete("k").await,
            }
            let mut screen = open(&world, &state);
            screen.sees(OFFER).await.sees(told).await.sees("+ mine ").await;
            if theirs.is_some() {
                screen.sees("- theirs").await.keys("e").sees("by somebody else").await;
                screen.keys("ctrl-s").sees("Somebody else changed this key").await;
                assert_eq!(world.value("k").await, "theirs");
                screen.keys("t").sees("their value is in the editor").await;
                kept(&state, 0).await;
            } else {
                screen.keys("e").sees("deleted meanwhile").await;
                screen.keys("ctrl-s").sees("This key was deleted meanwhile").await.keys("c");
                screen.sees("saved at").await;
                assert_eq!(world.value("k").await, "mine theirs");
                kept(&state, 0).await;
            }
            screen.keys("esc").loses("editing rev").await;
        }
    });
}

#[test]
fn a_store_that_is_another_is_never_overwritten() {
    let state = scratch_dir("state");
    in_the_sandbox(async |world| {
        world.put("k", "base").await;
        let mut screen = typing(&world, &state).await;
        screen.happens(Happening::Ended(129));
        screen.ends().await;
    });
    // Set up alike: the same revision, another value.
    in_the_sandbox(async |world| {
        world.put("k", "not what it was").await;
        let mut screen = open(&world, &state);
        screen.sees("this is another store").await.keys("e").sees("conflict").await;
        screen.keys("ctrl-s").sees("Somebody else changed this key").await;
        assert_eq!(world.value("k").await, "not what it was");
    });
}

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
fn what_an_external_editor_had_saved_is_kept_when_the_program_must_end() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        world.holds(&["k=v"]).await;
        let mut screen = open(&world, &state);
        screen.sees("text 1 B").await.keys("E").editor_opens().await;
        screen.editor_is_cut(Some(b"from vim".to_vec()));
        assert_eq!(screen.ends().await, Ended::Told(143));
        let mut screen = open(&world, &state);
        screen.sees(OFFER).await.sees("+ from vim").await.keys("e").sees("from vim").await;
        screen.keys("ctrl-s").sees("saved at").await.keys("esc").sees("version 2").await;
        // The editor is asked again: nothing was lost, nothing is kept.
        screen.keys("E").editor_opens().await;
        screen.editor_ends(Edited::Unchanged).sees("nothing changed").await;
        kept(&state, 0).await;
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

#[test]
fn a_save_that_was_cut_off_is_found_done_and_not_sent_again() {
    everywhere(async |world| {
        let state = scratch_dir("state");
        world.holds(&["k=v"]).await;
        let doorway = Doorway::new(Arc::clone(&world.store), Door::Open);
        let world = world.with(doorway.clone());
        let mut screen = typing(&world, &state).await;
        doorway.stands(Door::NoWayBack);
        screen.keys("ctrl-s").sees("outcome unknown, reading").await;
        screen.happens(Happening::Ended(143));
        screen.ends().await;
        doorway.stands(Door::Open);
        let mut screen = open(&world, &state);
        screen.sees(OFFER).await.sees("the key holds exactly this since revision").await;
        screen.keys("e").sees("unchanged").await.keys("ctrl-s").sees("nothing to save").await;
        kept(&state, 0).await;
        assert_eq!(
            (doorway.writes.load(Ordering::SeqCst), world.value("k").await.as_str()),
            (1, "mine v")
        );
        assert_eq!(world.get("k").await.expect("it is there").version.0, 2);
    });
}

#[test]
fn a_draft_outlives_the_loss_of_the_server_and_of_the_program() {
    in_the_sandbox(async |world| {
        let state = scratch_dir("state");
        world.holds(&["k=v"]).await;
        let doorway = Doorway::new(Arc::clone(&world.store), Door::Open);
        let world = world.with(doorway.clone());
        let mut screen = typing(&world, &state).await;
        doorway.stands(Door::Shut);
        screen.sees("○ lost").await.types("more ").keys("ctrl-s").sees("not written").await;
        screen.happens(Happening::Ended(129));
        screen.ends().await;
        // Nobody answers at the next start either: offered once somebody does.
        let mut screen = open(&world, &state);
        screen.sees("○ lost").await.loses(OFFER).await;
        doorway.stands(Door::Open);
        screen
            .sees(OFFER)
            .await
            .sees("+ mine more v")
            .await
            .keys("e ctrl-s")
            .sees("saved at")
            .await;
        assert_eq!(world.value("k").await, "mine more v");
    });
}
