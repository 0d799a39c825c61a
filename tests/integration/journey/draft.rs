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
pub(super) const OFFER: &str = "A draft was left unsaved";

/// The files of the folder of drafts that end so.
pub(super) fn files(state: &TempDir, extension: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(state.path().join("drafts")) else { return Vec::new() };
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths.filter(|path| path.extension().is_some_and(|e| e == extension)).collect()
}

pub(super) fn drafts(state: &TempDir) -> usize {
    files(state, "json").len()
}

/// Waits until so many drafts are kept. Asks the file system, so it must let the tasks run.
pub(super) async fn kept(state: &TempDir, count: usize) {
    let what = format!("{count} drafts in {}", state.path().display());
    eventually(&what, LIMIT, async || (drafts(state) == count).then_some(())).await;
}

pub(super) fn open(world: &World, state: &TempDir) -> Screen {
    world.open(Opening::new().keeping(state.path()))
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o777
}

/// A screen whose only key is being edited, with something typed.
pub(super) async fn typing(world: &World, state: &TempDir) -> Screen {
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
        screen.sees("○ no connection").await.loses(OFFER).await;
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
