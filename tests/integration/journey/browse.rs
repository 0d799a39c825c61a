//! Walking the tree, and what others do to it meanwhile.

use super::screen::Opening;
use super::world::{everywhere, in_the_sandbox};

#[test]
fn three_levels_are_opened_and_a_value_is_read() {
    everywhere(async |world| {
        world.holds(&["/app/db/host=db-7", "/app/db/port=5432", "/app/x=1", "/other=x"]).await;
        let mut screen = world.screen();
        screen.sees("● online").await.sees_row(&["▸ /app/", "3"]).await;
        screen.keys("l").sees_row(&["▸ db/", "2"]).await;
        screen.keys("j l").sees("host").await.sees("port").await;
        screen.keys("j").sees("db-7").await.sees("version 1").await;
        screen.keys("j").sees("5432").await;
        screen.keys("h h").loses("host").await.sees("▸ db/").await;
        screen.keys("h h").loses("▸ db/").await.sees("▸ /app/").await;
    });
}

#[test]
fn changes_by_others_appear_without_a_reload() {
    everywhere(async |world| {
        world.holds(&["a/one=1", "a/two=2"]).await;
        let mut screen = world.screen();
        screen.sees("▸ a/").await.keys("l").sees_row(&["┃     one"]).await;
        screen.keys("j").sees("text 1 B").await;
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
fn the_tree_can_begin_at_a_prefix_and_leave_it() {
    everywhere(async |world| {
        world.holds(&["/app/name=api", "/zoo/ape=bonobo"]).await;
        let mut screen = world.open(Opening::new().at("/app/"));
        screen.sees("name").await.sees("api").await;
        assert!(!screen.now().has("zoo"));
        screen.runs("goto /zoo/ape").sees("bonobo").await.sees_row(&["▸ /app/"]).await;
        world.put("/zoo/bear", "x").await;
        screen.sees("bear").await;
    });
}

#[test]
fn going_to_a_key_opens_what_lies_above_it() {
    everywhere(async |world| {
        world.holds(&["a/b/c/d=deep", "a/b/x=1", "z=1"]).await;
        let mut screen = world.screen();
        screen.sees("▸ a/").await.keys("o").sees("go to").await.types("a/b/c/d").keys("enter");
        screen.sees("deep").await.sees("▾ c/").await;
        // A directory typed without its delimiter is found all the same, and a wrong key says so.
        screen.runs("goto a/b").sees_row(&["prefix, 2 keys"]).await;
        screen.runs("goto a/b/nothing").sees("no key or prefix a/b/nothing").await;
        screen.runs("goto a/b/c/d/e").sees("no key or prefix a/b/c/d/e").await;
        screen.sees("z").await;
    });
}

#[test]
fn what_is_typed_completes_from_what_is_known() {
    in_the_sandbox(async |world| {
        world.holds(&["alpha/one=1", "alpha/two=2", "alpine/x=3", "beta=4"]).await;
        let mut screen = world.screen();
        screen.sees("▸ alpha/").await.keys("o").types("al").keys("tab");
        screen.sees_row(&["┃ alpha/  "]).await.sees_row(&["┃ alpine/  "]).await.keys("tab");
        screen.keys("enter").sees_row(&["alpine/", "1"]).await.sees("▾ alpine/").await;
        // One more level is known once it was opened, and the one completion is taken at once.
        screen.runs("goto alpha/").sees("▾ alpha/").await;
        screen.keys("o").types("alpha/t").keys("tab enter").sees("text 1 B").await;
        screen.sees("alpha/two").await;
    });
}

#[test]
fn a_key_can_be_a_directory_too() {
    everywhere(async |world| {
        world.holds(&["/a=leaf", "/a/b=below", "/a//c=empty segment"]).await;
        let mut screen = world.screen();
        screen.sees("▸ /a/").await.keys("l").sees("▸ /").await;
        screen.runs("goto /a//c").sees("empty segment").await;
        screen.runs("goto /a/b").sees("below").await;
        screen.runs("goto /a").sees("leaf").await;
    });
}

#[test]
fn a_long_level_is_listed_as_it_is_scrolled() {
    everywhere(async |world| {
        let keys: Vec<String> = (0..1200).map(|n| format!("many/{n:04}=v{n}")).collect();
        for some in keys.chunks(100) {
            let puts = some.iter().map(|pair| world.holds(std::slice::from_ref(pair)));
            futures_util::future::join_all(puts).await;
        }
        let mut screen = world.screen();
        screen.sees_row(&["▸ many/", "1,200"]).await.keys("l").sees("0000").await;
        screen.runs("goto many/1199").sees("v1199").await;
        screen.keys("g").sees("0000").await.keys("G").sees("1199").await;
    });
}
