//! A watch that was away while the store was compacted: the gap, the listing, and its difference.

use std::sync::Arc;

use etcdeck::domain::KeyRange;
use etcdeck::domain::txn::RangeRequest;

use super::door::{Door, Doorway};
use super::screen::Opening;
use super::world::{World, everywhere};

#[test]
fn a_gap_is_told_and_what_a_listing_finds_changed() {
    everywhere(async |world| {
        world.holds(&["w/a=1", "w/b=1", "w/c=1", "w/d=1", "x=1"]).await;
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let mut screen =
            Opening::new().size(120, 60).on("behind a door", Arc::clone(&doorway) as _);
        screen.sees("● online").await.runs("watch w/").sees("1 watching w/*").await.keys("4 w");
        screen.sees_row(&["w/*", "live"]).await.keys("esc").loses("Running").await;
        let told = revision(&world).await;

        doorway.stands(Door::Shut);
        screen.sees("○ lost").await;
        world.holds(&["w/a=2", "w/new=1", "x=2"]).await;
        world.delete("w/b").await;
        world.holds(&["w/c=2", "w/c=3"]).await;
        let oldest = revision(&world).await;
        world.store.compact(etcdeck::domain::Revision(oldest), false).await.expect("compact");
        world.holds(&["w/d=2"]).await;
        doorway.stands(Door::Open);

        let gap = format!("revisions {} to {} were compacted", told + 1, oldest - 1);
        screen.sees(&gap).await;
        let listed =
            format!("listed at revision {oldest}, not events: 1 put, 2 changed, 1 gone since");
        screen.sees(&listed).await;
        for (key, what) in
            [("w/a", "changed"), ("w/b", "gone"), ("w/c", "changed"), ("w/new", "put")]
        {
            screen.sees_row(&["FOUND", key, what]).await;
        }
        // And it goes on with what is left, where an event is an event.
        screen.sees_row(&["PUT", "w/c", "3"]).await.sees_row(&["PUT", "w/d", "1 → 2"]).await;
        screen.keys("w").sees_row(&["w/*", "live", "1 gap,"]).await.keys("esc");
        // The tree is as the store is.
        screen.keys("1 g l").sees_row(&["▾ w/", "4"]).await.sees_row(&["new"]).await;
        screen.loses(" b ").await;
    });
}

/// The revision of the store.
async fn revision(world: &World) -> i64 {
    let request = RangeRequest::new(KeyRange::all()).count_only();
    world.store.range(request).await.expect("range").revision.0
}
