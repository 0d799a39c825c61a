//! Going somewhere: which levels are opened, and where it ends.

use etcdeck::app::effect::WatchId;
use etcdeck::app::message::Message;

use super::table::{Table, denied, is_listing};

#[test]
fn a_way_leads_level_by_level() {
    // where to, what each level asked for holds, the rows at the end, what is said
    let cases: [(&str, &[&[&str]], &str, &str); 8] = [
        ("a/b/c", &[&["a/b/c"], &["a/b/c"]], "a/ b/ >c x", ""),
        ("a/b/", &[&["a/b/c"], &["a/b/c"]], "a/ >b/ c x", ""),
        ("a/b", &[&["a/b/c"], &["a/b/c"]], "a/ >b/ c x", ""),
        ("a", &[&["a/b/c"]], ">a/ b/ x", ""),
        ("x", &[], "a/ >x", ""),
        ("y", &[], "a/ >x", "no key or prefix y;"),
        ("x/y", &[], "a/ >x", "no key or prefix x/y;"),
        ("a/q", &[&["a/b/c"]], "a/ >x", "no key or prefix a/q;"),
    ];
    for (target, levels, rows, said) in cases {
        let mut table = Table::holding(&["a/b/c", "x"]);
        table.runs(&format!("goto {target}"));
        for level in levels {
            table.lists(level);
        }
        assert!(!table.open.iter().any(|open| is_listing(&open.call)), "{target} asks for more");
        assert!(table.notice().starts_with(said), "{target}: {}", table.notice());
        if said.is_empty() {
            assert_eq!(table.rows(), rows, "{target}");
        } else {
            // Where exactly is a matter of taste; that something is selected is not.
            assert!(table.rows().contains('>'), "{target}: {}", table.rows());
        }
    }
}

#[test]
fn moving_meanwhile_gives_the_way_up() {
    let mut table = Table::holding(&["a/b/c", "x"]);
    table.runs("goto a/b/c").keys("j j").lists(&["a/b/c"]);
    assert!(!table.open.iter().any(|open| is_listing(&open.call)));
    assert_eq!(table.rows(), "a/ b/ >x");
}

#[test]
fn a_level_that_may_not_be_read_ends_the_way() {
    let mut table = Table::holding(&["a/b/c", "x"]);
    table.runs("goto a/b/c");
    let open = table.asked(is_listing);
    table.answers(open.ticket, Err(denied()));
    assert!(table.notice().contains("no key or prefix a/b/c"), "{}", table.notice());
    assert!(table.open.iter().all(|open| !is_listing(&open.call)));
}

#[test]
fn outside_the_root_everything_is_listed_anew() {
    let mut table = Table::new();
    table.happens(Message::Resize);
    table.app.settings.root = "a/".into();
    table.runs("goto b/c");
    let unwatched = etcdeck::app::effect::Effect::Unwatch(WatchId::FOLLOW);
    assert!(table.effects.contains(&unwatched));
    table.lists(&["a/x", "b/c"]).lists(&["b/c"]);
    assert_eq!(table.rows(), "a/ b/ >c");
}
