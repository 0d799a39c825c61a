//! Walking the tree, and what others do to it meanwhile.

use super::screen::Opening;
use super::world::{everywhere, in_the_sandbox};

#[test]
fn three_levels_are_opened_and_a_value_is_read() {
    everywhere(async |world| {
        world.holds(&["/app/db/host=db-7", "/app/db/port=5432", "/other=x"]).await;
        let mut screen = world.screen();
        screen.sees("● online").await.sees_row(&["▸ /"]).await;
        screen.keys("l").sees_row(&["▾ /"]).await.sees_row(&["▸ app/", "2"]).await;
        screen.keys("j l").sees_row(&["▸ db/", "2"]).await;
        screen.keys("j l").sees("host").await.sees("port").await;
        screen.keys("j").sees("db-7").await.sees("version 1").await;
        screen.keys("j").sees("5432").await;
        screen.keys("h").lives().await.keys("h").loses("host").await.sees("▸ db/").await;
    });
}

#[test]
fn changes_by_others_appear_without_a_reload() {
    everywhere(async |world| {
        world.holds(&["a/one=1", "a/two=2"]).await;
        let mut screen = world.screen();
        screen.sees("▸ a/").await.keys("l").sees("one").await.keys("j").sees("text 1 B").await;
        world.put("a/one", "uno, by somebody else").await;
        screen.sees("uno, by somebody else").await.sees("version 2").await;
        world.put("a/one and a half", "x").await;
        screen.sees("one and a half").await.sees("uno, by somebody else").await;
        world.put("b/new", "x").await;
        screen.sees("▸ b/").await;
        world.delete("a/one").await;
        screen.loses("uno, by somebody else").await;
        world.delete("a/two").await;
        world.delete("a/one and a half").await;
        screen.loses("a/").await.sees("b/").await;
    });
}

#[test]
fn the_tree_can_begin_at_a_prefix() {
    in_the_sandbox(async |world| {
        world.holds(&["/app/name=api", "/zoo=x"]).await;
        let mut screen = world.open(Opening::new().at("/app/"));
        screen.sees("name").await.sees("api").await;
        assert!(!screen.now().has("zoo"));
    });
}
