//! `:export` on the screen: followed, stopped, refused, of the present and the past.

use super::world::everywhere;

#[test]
fn what_is_shown_is_written_to_a_new_file() {
    everywhere(async |world| {
        let folder = tempfile::tempdir().expect("a folder");
        let (file, bad) = (folder.path().join("out.jsonl"), folder.path().join("no/out.jsonl"));
        world.holds(&["a/1=one", "a/2=two", "b=three"]).await;
        let mut screen = world.screen();
        screen.sees("▸ a/").await;
        let text = file.to_str().expect("text");
        screen.runs(&format!("export {text} a/")).sees("2 keys of a/ at revision").await;
        let lines = std::fs::read_to_string(&file).expect("a file");
        assert_eq!(lines.lines().count(), 4, "{lines}");
        assert!(lines.contains(r#"{"key":"a/1","value":"one""#), "{lines}");
        // It is never overwritten.
        screen.runs(&format!("export {text}")).sees("Not exported").await;
        screen.sees("it exists already").await.sees("No file was written.").await.keys("esc");
        screen.loses("Not exported").await;
        assert_eq!(std::fs::read_to_string(&file).expect("a file"), lines);
        let bad = bad.to_str().expect("text");
        screen.runs(&format!("export {bad}")).sees("Not exported").await.keys("esc");
        screen.loses("Not exported").await.runs("export").sees("expected: export FILE").await;
    });
}

#[test]
fn read_only_and_in_the_past_it_works_too() {
    everywhere(async |world| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("then.jsonl");
        world.holds(&["a=then"]).await;
        let mut screen = world.screen();
        screen.sees("a").await.runs("read-only on").sees("READ-ONLY").await;
        let then = world.get("a").await.expect("it is there").mod_revision;
        world.put("a", "now").await;
        screen.runs(&format!("rev {then}")).sees("then").await;
        screen.runs(&format!("export {}", file.to_str().expect("text")));
        screen.sees(&format!("1 key of all keys at revision {then}")).await;
        let text = std::fs::read_to_string(&file).expect("a file");
        assert!(text.contains("\"value\":\"then\"") && !text.contains("now\""), "{text}");
        // It would write.
        screen.runs("import x").sees("read-only").await;
    });
}

#[test]
fn an_import_is_shown_confirmed_and_can_be_undone() {
    everywhere(async |world| {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("in.jsonl");
        let path = file.to_str().expect("text");
        world.holds(&["a/1=one", "a/2=two", "a/3=three", "b=untouched"]).await;
        let mut screen = world.screen();
        screen.sees("▸ a/").await.runs(&format!("export {path} a/")).sees("3 keys of a/").await;
        world.delete("a/1").await;
        world.put("a/2", "changed").await;
        // The file is cut: that is said before anything is written.
        let text = std::fs::read_to_string(&file).expect("a file");
        let cut = &text[..text.find("{\"complete").expect("a last line")];
        std::fs::write(&file, cut).expect("room");
        screen.runs(&format!("import {path}")).sees("Import 2 keys?").await;
        screen.sees("1 created · 1 changed · 1 already as wanted").await;
        screen.sees("the file was cut").await.sees("changed → two").await;
        assert!(world.get("a/1").await.is_none(), "nothing is written before the yes");
        screen.keys("y").sees("all 2 keys done").await;
        let values = async || (world.value("a/1").await, world.value("a/2").await);
        assert_eq!(values().await, ("one".to_owned(), "two".to_owned()));
        screen.keys("u").sees("Undo").await.sees("1 deleted").await;
        screen.keys("y").sees("all 2 keys done").await.keys("esc").loses("done").await;
        assert!(world.get("a/1").await.is_none());
        assert_eq!(world.value("a/2").await, "changed");
        assert_eq!(world.value("b").await, "untouched");
        // A fault plans nothing.
        std::fs::write(&file, text.replace("\"key\":\"a/3\"", "\"kye\":\"a/3\"")).expect("room");
        screen.runs(&format!("import {path}")).sees("No plan").await;
        screen.sees("did you mean \"key\"?").await.sees("Nothing was written.").await;
    });
}
