//! The past: the tree at a revision, the history of a key, and what became of a prefix.

use etcdeck::domain::Revision;

use super::screen::Opening;
use super::world::{World, everywhere, in_the_sandbox, on_every_etcd};

/// The revision a key was last written at, as the screen writes it and as it is typed.
async fn written(world: &World, key: &str) -> i64 {
    world.get(key).await.expect(key).mod_revision.0
}

async fn compact(world: &World, at: i64) {
    world.store.compact(Revision(at), true).await.expect("compacted");
}

#[test]
fn the_tree_and_values_are_as_they_were_until_one_comes_back() {
    everywhere(async |world| {
        world.holds(&["a/kept=one", "a/gone=was here"]).await;
        let then = written(&world, "a/gone").await;
        world.holds(&["a/kept=two", "b/new=x"]).await;
        world.delete("a/gone").await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs("goto a/kept").sees("two").await.sees("▸ b/").await;
        screen.runs(&format!("rev {then}")).sees(&format!("AT REV {then}, READ-ONLY")).await;
        screen.sees("one").await.sees("gone").await.loses("▸ b/").await;
        screen.sees_row(&["Keys", &format!("at rev {then}")]).await;
        // Nothing follows, nothing is written.
        world.put("c", "meanwhile").await;
        screen.runs("goto a/gone").sees("was here").await;
        screen.keys("d").sees("nothing is written; :rev live comes back").await;
        screen.runs("put a/kept three").sees("nothing is written; :rev live comes back").await;
        assert!(!screen.now().has("meanwhile"));
        screen.runs("rev live").sees("c").await.loses("AT REV").await.loses("was here").await;
        world.put("d", "and live again").await;
        screen.sees_row(&["┃   d "]).await.runs("goto d").sees("and live again").await;
        assert_eq!(world.value("a/kept").await, "two");
    });
}

#[test]
fn what_is_compacted_names_the_oldest_that_still_works() {
    everywhere(async |world| {
        world.holds(&["a=1", "a=2", "a=3"]).await;
        let third = written(&world, "a").await;
        compact(&world, third).await;
        world.put("a", "4").await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs("goto a").sees("version 4").await;
        let sentence =
            format!("revision {} is compacted; the oldest that still works is {third}", third - 1);
        screen.runs(&format!("rev {}", third - 1)).sees(&sentence).await;
        screen.sees("version 4").await;
        assert!(!screen.now().has("AT REV"));
        screen.runs(&format!("rev {}", third + 1_000_000)).sees("is in the future").await;
        screen.runs(&format!("rev {third}")).sees("version 3").await;
        // Compacted while it is looked at: said, and not silently live.
        world.put("a", "5").await;
        let last = written(&world, "a").await;
        compact(&world, last).await;
        screen.keys("R").sees("compacted meanwhile").await;
        screen.sees(&format!("the oldest that still works is {last}")).await;
        screen.sees(&format!("AT REV {third}, READ-ONLY")).await;
        screen.runs("rev live").sees("version 5").await;
    });
}

#[test]
fn a_server_that_dies_and_comes_back_does_not_end_the_past() {
    on_every_etcd(async |world| {
        let etcd = world.etcd.as_ref().expect("a server");
        world.holds(&["a/x=then", "b/y=then too"]).await;
        let then = written(&world, "b/y").await;
        world.holds(&["a/x=now", "b/y=now"]).await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs(&format!("rev {then}")).sees("AT REV").await;
        screen.sees("▸ a/").await;
        etcd.kill();
        screen.sees("○ lost").await.sees("AT REV").await;
        etcd.restart();
        screen.sees("● online").await;
        screen.runs("goto b/y").sees("then too").await.sees("AT REV").await;
    });
}

#[test]
fn an_event_leads_to_what_was_just_before_it() {
    everywhere(async |world| {
        world.holds(&["a/x=before the mistake", "a/y=1"]).await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs("watch a/").keys("4 w").sees_row(&["a/*", "live"]).await;
        world.put("a/x", "the mistake").await;
        screen.keys("esc").sees_row(&["PUT", "a/x"]).await.keys("b");
        screen.sees("READ-ONLY").await.sees_row(&["│ before the mistake"]).await;
        screen.runs("rev live").keys("4").sees("pause").await.keys("enter").sees("version").await;
        screen.keys("b").sees("READ-ONLY").await.sees_row(&["│ before the mistake"]).await;
    });
}

#[test]
fn a_history_goes_across_deletes_and_the_end_of_a_lease() {
    everywhere(async |world| {
        world.holds(&["k=first life", "k=changed", "other=x"]).await;
        let changed = written(&world, "k").await;
        world.delete("k").await;
        let lease = world.grant(1).await;
        world.put_leased("k", "on a lease", lease).await;
        world.comes_to("k", "-").await;
        world.put("k", "last life").await;
        let last = written(&world, "k").await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs("history k").sees_row(&["History", "live"]).await;
        for row in [
            ["created", "last life"],
            ["DELETED", ""],
            ["created", "on a lease"],
            ["put", "changed"],
            ["created", "first life"],
        ] {
            screen.sees_row(&row).await;
        }
        screen.sees_row(&["1/6"]).await.sees("nothing is compacted").await;
        // What happens is added, and when.
        world.put("k", "while it is watched").await;
        screen.sees_row(&["put", "while it is watched"]).await.sees_row(&["1/7"]).await;
        // Two versions compared, the marked one first.
        screen.keys("G space g enter").sees("- first life").await.sees("+ while it is").await;
        screen.keys("esc X esc G k r").sees("Restore k as of revision").await;
        screen.sees_row(&["then changed"]).await.keys("y").sees_row(&["7/8"]).await;
        assert_eq!(world.value("k").await, "changed");
        screen.keys("k j t").sees("AT REV").await;
        assert!(changed < last);
    });
}

#[test]
fn the_history_of_a_key_that_is_gone_is_whole_too() {
    everywhere(async |world| {
        world.holds(&["k=1", "k=2", "k=3"]).await;
        world.delete("k").await;
        world.put("other", "x").await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs("history k").sees_row(&["DELETED"]).await;
        screen.sees_row(&["History", "live", "1/4"]).await;
        screen.keys("j r").sees("now  it does not exist").await.keys("y").sees_row(&["3/5"]).await;
        assert_eq!(world.value("k").await, "3");
        screen.runs("history never").sees("nothing is known of this key").await;
    });
}

#[test]
fn a_history_begins_where_compaction_ended() {
    everywhere(async |world| {
        world.holds(&["k=1", "k=2", "k=3", "other=x"]).await;
        // Between two writes of the key: what was there then is the first row.
        let middle = written(&world, "other").await;
        world.holds(&["k=4", "other=y"]).await;
        compact(&world, middle).await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs("history k").sees_row(&["put", "4"]).await;
        let foot = format!("what was before revision {middle} is compacted");
        screen.sees_row(&["put", "3"]).await.sees(&foot).await.sees_row(&["live", "1/2"]).await;
        // A compaction in the middle takes nothing that is shown, and live goes on.
        let now = written(&world, "other").await;
        compact(&world, now).await;
        world.put("k", "5").await;
        screen.sees_row(&["put", "5"]).await.sees_row(&["1/3"]).await;
        // Not written since the oldest revision left: it is whole at once.
        world.put("third", "x").await;
        compact(&world, written(&world, "third").await).await;
        screen.runs("history k").sees_row(&["live", "1/1"]).await;
    });
}

#[test]
fn a_history_that_was_cut_off_goes_on_without_losing_anything() {
    on_every_etcd(async |world| {
        let etcd = world.etcd.as_ref().expect("a server");
        world.holds(&["k=1", "k=2"]).await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs("history k").sees_row(&["live", "1/2"]).await;
        etcd.kill();
        screen.sees("○ lost").await;
        etcd.restart();
        world.put("k", "3").await;
        screen.sees_row(&["put", "3"]).await.sees_row(&["live", "1/3"]).await;
    });
}

#[test]
fn a_difference_is_counted_shown_and_gone_to() {
    everywhere(async |world| {
        world.holds(&["a/changed=one", "a/gone=was here", "a/same=s", "b=1"]).await;
        let then = written(&world, "b").await;
        world.holds(&["a/changed=two", "a/new=x", "b=2"]).await;
        world.delete("a/gone").await;
        let mut screen = world.screen();
        screen.sees("● online").await.runs(&format!("diff a/ {then}")).sees("+ 1 added").await;
        screen.sees("~ 1 changed").await.sees("- 1 removed").await.sees("1 untouched").await;
        screen.sees_row(&["~ a/changed", "one → two"]).await;
        screen.sees_row(&["- a/gone", "was was here"]).await.sees_row(&["+ a/new", "x"]).await;
        screen.keys("enter").sees("- one").await.sees("+ two").await;
        screen.keys("esc / ").types("new").keys("enter").loses("a/gone").await;
        screen.keys("o").sees("text 1 B").await.loses("Difference").await;
    });
}

#[test]
fn values_that_a_row_does_not_hold_are_read_when_they_are_wanted() {
    in_the_sandbox(async |world| {
        let long = |end: &str| format!("{}{end}", "x\n".repeat(3000));
        world.put("k", long("the first end")).await;
        let then = written(&world, "k").await;
        world.put("k", long("the second end")).await;
        let mut screen = world.open(Opening::new().size(80, 24));
        screen.sees("● online").await.runs(&format!("diff '' {then}")).sees("1 changed").await;
        screen.keys("enter").sees("- the first end").await.sees("+ the second end").await;
    });
}
