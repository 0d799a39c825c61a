//! Deleting keys and directories: looked at, asked, guarded.

use super::world::everywhere;

#[test]
fn a_key_is_deleted_after_asking() {
    everywhere(async |world| {
        world.holds(&["a=first", "b=second"]).await;
        let mut screen = world.screen();
        screen.sees("first").await.keys("d").sees("Delete a?").await.sees("value first").await;
        screen.keys("n").sees("left as it was").await;
        assert_eq!(world.value("a").await, "first");
        screen.keys("d").sees("Delete a?").await.keys("y").sees("a deleted at revision").await;
        assert_eq!((world.value("a").await, world.value("b").await), ("-".into(), "second".into()));
        screen.sees("second").await;
    });
}

#[test]
fn a_key_changed_since_it_was_looked_at_stays() {
    everywhere(async |world| {
        world.holds(&["a=first"]).await;
        let mut screen = world.screen();
        screen.sees("first").await.keys("d").sees("Delete a?").await;
        world.put("a", "newer").await;
        screen.keys("y").sees("changed meanwhile; nothing was deleted").await;
        assert_eq!(world.value("a").await, "newer");
    });
}

#[test]
fn a_large_directory_wants_its_count_typed() {
    everywhere(async |world| {
        let keys: Vec<String> = (0..12).map(|n| format!("dir/sub/{n:02}=v")).collect();
        world.holds(&keys).await;
        world.holds(&["dis=stays", "dir=stays"]).await;
        let mut screen = world.screen();
        screen.sees_row(&["▸ dir/", "12"]).await.keys("j d").sees("Delete 12 keys?").await;
        screen.sees("dir/sub/09").await.sees("and 2 more").await;
        screen.types("11").keys("enter").sees("type 12 to confirm, or").await;
        assert_eq!(world.count().await, 14);
        screen.keys("esc").sees("left as it was").await.keys("d").sees("Delete 12 keys?").await;
        screen.types("12").keys("enter").sees("Delete: all 12 keys done").await;
        assert_eq!(world.count().await, 2);
        screen.keys("esc").loses("dir/").await.sees("dis").await;
    });
}

#[test]
fn keys_written_since_they_were_counted_stay_and_are_named() {
    everywhere(async |world| {
        world.holds(&["dir/a=1", "dir/b=2", "dir/c=3"]).await;
        let mut screen = world.screen();
        screen.sees("▸ dir/").await.keys("d").sees("Delete 3 keys?").await;
        world.put("dir/b", "theirs").await;
        world.put("dir/new", "theirs too").await;
        screen.keys("y").sees("Delete: 2 of 3 keys done").await;
        screen.sees("dir/b: somebody changed it meanwhile").await;
        screen.sees("1 key appeared meanwhile").await.sees("dir/new").await;
        assert_eq!(world.keys("dir/").await, ["dir/b".into(), "dir/new".into()]);
        assert_eq!(world.value("dir/b").await, "theirs");
        // Looked at again, they go.
        screen.keys("esc d").sees("Delete 2 keys?").await.keys("y").sees("all 2 keys done").await;
        assert_eq!(world.count().await, 0);
        screen.keys("esc").loses("▸ dir/").await;
    });
}

#[test]
fn commands_delete_with_the_same_care() {
    everywhere(async |world| {
        world.holds(&["a b=1", "p/x=1", "p/y=2", "q=3"]).await;
        let mut screen = world.screen();
        screen.sees("▸ p/").await.runs("delete 'a b'").sees("Delete a b?").await.keys("y");
        screen
            .sees("a b deleted")
            .await
            .runs("delete nothing")
            .sees("nothing does not exist")
            .await;
        screen.runs("delete-prefix p/").sees("Delete 2 keys?").await.keys("y");
        screen.sees("all 2 keys done").await;
        assert_eq!(world.count().await, 1);
        screen.keys("esc").runs("delete-prefix p/").sees("There are no such keys.").await;
        // Everything there is goes only by its count.
        screen.keys("esc").runs("delete-prefix ''").sees("THE WHOLE STORE").await.keys("y");
        assert_eq!(world.count().await, 1);
        screen.keys("backspace").types("1").keys("enter").sees("1 key done").await;
        assert_eq!(world.count().await, 0);
    });
}
