//! Going somewhere: which levels are opened, and where it ends.

use etcdeck::app::effect::{Answer, Call, WatchId};
use etcdeck::app::message::Message;
use etcdeck::domain::txn::{OpResponse, RangeResponse, TxnResponse};
use etcdeck::domain::{Entry, EventKind, Revision};

use super::table::{NOW, Table, denied, down, entry, is_listing};

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
        if !said.is_empty() {
            // Somebody may have written it a moment ago.
            finds(&mut table, None);
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

/// Answers the question whether the target is there: written at this revision, or not at all.
fn finds(table: &mut Table, written: Option<Revision>) {
    let open = table.asked(|call| matches!(call, Call::Txn(txn) if txn.success.len() == 2));
    let entry = |at: &Revision| Entry { mod_revision: *at, ..entry("y", "") };
    let entries: Vec<Entry> = written.iter().map(entry).collect();
    let count = entries.len() as i64;
    let beside = RangeResponse { revision: NOW, entries, count, more: false };
    let below = RangeResponse { revision: NOW, entries: Vec::new(), count: 0, more: false };
    let responses = vec![OpResponse::Range(beside), OpResponse::Range(below)];
    let answer = TxnResponse { revision: NOW, succeeded: true, responses };
    table.answers(open.ticket, Ok(Answer::Txn(answer)));
}

#[test]
fn what_somebody_wrote_a_moment_ago_is_waited_for() {
    let mut table = Table::holding(&["a/b/c", "x"]);
    table.runs("goto y");
    assert_eq!(table.notice(), "", "it is not called missing yet");
    finds(&mut table, Some(Revision(NOW.0 + 1)));
    assert_eq!(table.notice(), "", "the tree will hear of it");
    table.others(NOW.0 + 1, "y", EventKind::Put);
    assert_eq!(table.rows(), "a/ x >y");
}

#[test]
fn another_way_does_not_take_the_answer_of_the_one_before() {
    let mut table = Table::holding(&["a/b/c", "x"]);
    table.runs("goto y").runs("goto x");
    finds(&mut table, None);
    assert_eq!((table.rows().as_str(), table.notice()), ("a/ >x", ""));
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
    finds(&mut table, None);
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

#[test]
fn without_a_connection_nothing_is_called_missing_and_the_selection_stays() {
    let mut table = Table::holding(&["a/b", "x", "z"]);
    table.keys("G").lost().runs("goto y");
    assert_eq!(table.rows(), "a/ x >z");
    assert!(table.notice().contains("y is not among what was read"), "{}", table.notice());
    // Nor is what was read given up for what cannot be.
    let mut table = Table::holding(&["a/b", "x"]);
    table.app.settings.root = "a/".into();
    table.lost().runs("goto z");
    assert_eq!(
        (table.rows().as_str(), table.notice()),
        (">a/ x", "z is not below a/; no connection")
    );
    // It is lost while the store is being asked.
    let mut table = Table::holding(&["a/b", "x", "z"]);
    table.keys("G").runs("goto y");
    let open = table.asked(|call| matches!(call, Call::Txn(txn) if txn.success.len() == 2));
    table.answers(open.ticket, Err(down()));
    assert_eq!(table.rows(), "a/ x >z");
    assert!(table.notice().contains("y could not be looked for"), "{}", table.notice());
}
