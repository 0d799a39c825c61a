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
        screen
            .sees_row(&["▸ dir/", "12"])
            .await
            .keys("j d")
            .sees("Delete 12 keys under dir/")
            .await;
        screen.sees("dir/sub/09").await.sees("and 2 more").await;
        screen.types("11").keys("enter").sees("type 12 to confirm").await;
        assert_eq!(world.count().await, 14);
        screen.keys("esc").sees("left as it was").await.keys("d").sees("Delete 12").await;
        screen.types("12").keys("enter").sees("12 keys under dir/ deleted").await;
        assert_eq!(world.count().await, 2);
        screen.loses("dir/").await.sees("dis").await;
    });
}

#[test]
fn a_directory_written_since_it_was_counted_stays() {
    everywhere(async |world| {
        world.holds(&["dir/a=1", "dir/b=2"]).await;
        let mut screen = world.screen();
        screen.sees("▸ dir/").await.keys("d").sees("Delete 2 keys under dir/").await;
        world.put("dir/c", "new").await;
        screen.keys("y").sees("written since they were counted; nothing was deleted").await;
        assert_eq!(world.count().await, 3);
        // Looked at again, it goes.
        screen
            .keys("d")
            .sees("Delete 3 keys")
            .await
            .keys("y")
            .sees("3 keys under dir/ deleted")
            .await;
        assert_eq!(world.count().await, 0);
        screen.loses("▸ dir/").await;
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
        screen.runs("delete-prefix p/").sees("Delete 2 keys under p/").await.keys("y");
        screen.sees("2 keys under p/ deleted").await;
        assert_eq!(world.count().await, 1);
    });
}
