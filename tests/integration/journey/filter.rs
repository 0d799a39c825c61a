//! Filters, and in Value a search: in each pane, kept or dropped.

use super::world::in_the_sandbox;

#[test]
fn the_tree_is_filtered() {
    in_the_sandbox(async |world| {
        world.holds(&["Alpha=1", "beta=2", "alphabet=3", "gamma/alpha=4"]).await;
        let mut screen = world.screen();
        screen.sees("beta").await.keys("/").types("ALPHA").loses("beta").await;
        screen.sees("alphabet").await.sees("Keys /ALPHA").await.keys("enter j");
        screen.sees_row(&["alphabet", "text 1 B"]).await;
        world.put("alphanumeric", "5").await;
        screen.sees("alphanumeric").await.keys("esc").sees("beta").await.loses("/ALPHA").await;
        // The selection is still where it was.
        screen.sees_row(&["alphabet", "text 1 B"]).await;
        screen.keys("/").types("zzz").loses("beta").await.keys("esc").sees("beta").await;
    });
}

#[test]
fn a_value_is_searched() {
    in_the_sandbox(async |world| {
        world.put("k", "first line\nsecond line\nthird line").await;
        let mut screen = world.screen();
        screen.sees("first line").await.keys("2 /").types("SEC").sees("1 of 1").await;
        screen.sees("first line").await.keys("enter").sees("1 of 1").await;
        world.put("k", "first second\nanother second\nthird line").await;
        // The one from where the other was.
        screen.sees("another second").await.sees("2 of 2").await;
        screen.keys("n").sees("1 of 2").await.sees("third line").await;
        screen.keys("esc").loses("1 of 2").await.loses("/SEC").await.sees("first second").await;
    });
}

#[test]
fn leases_are_filtered_by_id_and_by_key() {
    in_the_sandbox(async |world| {
        for id in ["abc", "def"] {
            let id = id.parse().expect("hex");
            world.store.lease_grant(600, id).await.expect("grant");
        }
        world.put_leased("locks/one", "x", "def".parse().expect("hex")).await;
        let mut screen = world.screen();
        screen.sees_row(&["abc", "no keys"]).await.keys("3 /").types("LOCKS").loses("abc").await;
        screen.sees_row(&["def", "1 key"]).await.keys("ctrl-u").types("ab").sees("abc").await;
        screen.loses("def").await.keys("enter d").sees("Revoke lease abc?").await.keys("y");
        screen.sees("lease abc revoked").await.keys("esc").sees("def").await;
    });
}

#[test]
fn the_log_is_filtered() {
    in_the_sandbox(async |world| {
        let mut screen = world.screen();
        screen.sees("● online").await.runs("watch ''").sees("1 watching").await.keys("4 w");
        screen.sees_row(&["all keys", "live"]).await.keys("esc");
        world.holds(&["one=1", "two=2", "one/more=3"]).await;
        screen.sees("3/3").await.keys("/").types("one").sees("2/2").await.keys("enter");
        world.holds(&["four=4", "five/one=5"]).await;
        screen.sees("3/3").await.keys("esc").sees("5/5").await;
    });
}
