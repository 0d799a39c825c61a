//! Watching keys and prefixes: the log, and what is done with it.

use super::screen::Screen;
use super::world::{World, everywhere, in_the_sandbox};

#[test]
fn several_watches_show_old_and_new_values() {
    everywhere(async |world| {
        world.holds(&["a/x=old", "b=1", "c=unwatched"]).await;
        let mut screen = world.screen();
        screen.sees("▸ a/").await.keys("w").sees("1 watching a/*").await;
        screen.keys("j w").sees("2 watching").await.runs("watch nothing/");
        screen.keys("4 w").sees("Running watches").await.sees_row(&["a/*", "live"]).await;
        screen.sees_row(&["b", "live"]).await.sees_row(&["nothing/*", "live"]).await.keys("esc");
        world.put("a/x", "new").await;
        screen.sees_row(&["PUT", "a/x", "old → new"]).await;
        world.put("c", "still unwatched").await;
        world.delete("b").await;
        screen.sees_row(&["DELETE", "b", "was 1"]).await;
        world.put("nothing/here", "first").await;
        screen.sees_row(&["PUT", "nothing/here", "first"]).await.sees("3/3").await;
        // Stopped by its key and by its number.
        screen.keys("1 g w").sees("watch 1 of a/* stopped").await.runs("unwatch 3");
        screen.sees("watch 3 of nothing/* stopped").await.sees("1 watching b").await;
        world.put("a/x", "unseen").await;
        world.put("b", "seen").await;
        screen.sees_row(&["PUT", "b", "seen"]).await.sees("4/4").await;
        assert!(!screen.now().rows.iter().any(|row| row.contains("→ unseen")));
        screen.runs("unwatch").sees("1 watch stopped").await;
        screen.runs("unwatch 9").sees("there is no watch 9").await;
    });
}

/// A watch of `w/` with this many events in its log, the Watch pane focused.
async fn watching(world: &World, events: usize) -> Screen {
    let mut screen = world.screen();
    screen.sees("● online").await.runs("watch w/").sees("1 watching w/*").await.keys("4 w");
    screen.sees_row(&["w/*", "live"]).await.keys("esc").loses("Running").await;
    for n in 0..events {
        world.put(&*format!("w/{n}"), format!("value {n}")).await;
    }
    screen.sees(&format!("{events}/{events}")).await;
    screen
}

#[test]
fn the_log_is_paused_and_loses_nothing() {
    everywhere(async |world| {
        let mut screen = watching(&world, 2).await;
        screen.keys("space").sees("PAUSED, 0 new").await;
        world.put("w/2", "value 2").await;
        screen.sees("PAUSED, 1 new").await;
        assert!(!screen.now().rows.iter().any(|row| row.contains("PUT") && row.contains("w/2")));
        screen.keys("space").sees_row(&["PUT", "w/2", "value 2"]).await.sees("3/3").await;
        screen.keys("c").sees("cleared; nothing has happened since").await;
        world.put("w/3", "value 3").await;
        screen.sees_row(&["PUT", "w/3"]).await.sees("1/1").await;
    });
}

#[test]
fn an_event_is_shown_at_length_and_leads_to_its_key() {
    everywhere(async |world| {
        let mut screen = watching(&world, 2).await;
        world.put("w/0", "value 0\nand more").await;
        screen.sees("3/3").await.keys("enter").sees("Event").await.sees("+ and more").await;
        screen.sees_row(&["version", "2"]).await.keys("Y").sees("value sent to the terminal").await;
        assert_eq!(screen.now().copied, [b"value 0\nand more".to_vec()]);
        screen.keys("esc k k o").sees("▾ w/").await.sees_row(&["w/0", "text 16 B"]).await;
    });
}

#[test]
fn the_log_is_saved_as_json_lines() {
    everywhere(async |world| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("log.jsonl");
        let mut screen = watching(&world, 2).await;
        world.put("w/0", vec![0xff, 0x00]).await;
        world.delete("w/1").await;
        screen.sees("4/4").await.keys("s").sees("save the watch log").await.keys("ctrl-u");
        screen.types(file.to_str().expect("a name of text")).keys("enter");
        screen.sees("4 lines saved").await;
        let text = std::fs::read_to_string(&file).expect("the file is there");
        let lines: Vec<serde_json::Value> = text
            .lines()
            .map(|line| serde_json::from_str(line).expect("one object a line"))
            .collect();
        assert_eq!(lines.len(), 4, "{text}");
        assert_eq!((&lines[0]["type"], &lines[0]["key"]), (&"PUT".into(), &"w/0".into()));
        assert_eq!(
            (&lines[2]["value_base64"], &lines[2]["prev_value"]),
            (&"/wA=".into(), &"value 0".into())
        );
        assert_eq!(
            (&lines[3]["type"], &lines[3]["prev_value"]),
            (&"DELETE".into(), &"value 1".into())
        );
        assert!(lines[3]["revision"].as_i64() > lines[2]["revision"].as_i64());
        // What is there is never overwritten.
        screen.keys("s ctrl-u").types(file.to_str().expect("a name of text")).keys("enter");
        screen.sees("not saved").await;
        assert_eq!(std::fs::read_to_string(&file).expect("it is there"), text);
    });
}

#[test]
fn a_watch_can_begin_in_the_past() {
    everywhere(async |world| {
        world.holds(&["k=one", "k=two", "k=three"]).await;
        let first = world.get("k").await.expect("it is there").create_revision;
        let mut screen = world.screen();
        screen.sees("● online").await.runs(&format!("watch k from {first}"));
        screen.sees_row(&["PUT", "k", "one → two"]).await.sees_row(&["two → three"]).await;
        screen.sees("3/3").await;
    });
}

#[test]
fn the_selection_stays_on_its_line_while_new_ones_come() {
    in_the_sandbox(async |world| {
        let mut screen = watching(&world, 3).await;
        screen.keys("k").sees("2/3").await;
        world.put("w/9", "new").await;
        screen.sees("2/4").await.keys("G").sees("4/4").await;
        world.put("w/9", "newer").await;
        screen.sees("5/5").await;
    });
}
