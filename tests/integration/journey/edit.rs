//! Editing and saving a value.

use super::world::everywhere;

#[test]
fn a_value_is_edited_and_saved() {
    everywhere(async |world| {
        world.holds(&["name=api"]).await;
        let mut screen = world.screen();
        screen.sees("text 3 B").await.keys("e").sees("editing rev").await;
        screen.keys("end").types("-2").sees("changed").await.keys("ctrl-s").sees("saved at").await;
        assert_eq!(world.value("name").await, "api-2");
        screen.keys("esc").sees("version 2").await.sees("api-2").await;
    });
}
