//! The tree case by case: what a screen would show of it, drawn as text.

use std::fmt::Write;

use etcdeck::domain::escape;
use etcdeck::domain::tree::{Effect, Level, ListedChild, NodeId, RowKind, Tree};
use etcdeck::domain::{Entry, Event, EventKind, Key, LeaseId, Revision, Version};

/// A child from its name: `a` a key, `a/` a directory, `a/=3` a directory of three keys.
fn listed(text: &str) -> ListedChild {
    let (name, count) = match text.split_once('=') {
        Some((name, count)) => (name, Some(count.parse().expect("a count"))),
        None => (text, None),
    };
    let is_dir = name.ends_with('/');
    ListedChild {
        name: name.as_bytes().to_vec(),
        is_dir,
        mod_revision: Revision(i64::from(!is_dir)),
        version: Version(i64::from(!is_dir)),
        lease: LeaseId::NONE,
        count,
    }
}

pub(super) fn page(names: &[&str]) -> Vec<ListedChild> {
    names.iter().map(|name| listed(name)).collect()
}

pub(super) fn put(revision: i64, key: &str, version: i64) -> Event {
    event(EventKind::Put, revision, key, version)
}

pub(super) fn delete(revision: i64, key: &str) -> Event {
    event(EventKind::Delete, revision, key, 0)
}

fn event(kind: EventKind, revision: i64, key: &str, version: i64) -> Event {
    let (mod_revision, version) = (Revision(revision), Version(version));
    let entry = Entry { key: Key::from(key), mod_revision, version, ..Entry::default() };
    Event { kind, entry, previous: None }
}

/// The names of a page: from, and up to.
pub(super) type Names = (&'static [u8], Option<&'static [u8]>);

/// All names.
pub(super) const ALL: Names = (b"", None);

pub(super) fn up_to(to: &'static [u8]) -> Names {
    (b"", Some(to))
}

pub(super) fn from(from: &'static [u8]) -> Names {
    (from, None)
}

/// A tree of the whole store, its top level listed at revision 10.
pub(super) fn tree(names: &[&str]) -> Tree {
    let mut tree = Tree::new(Key::default(), b"/".to_vec());
    tree.begin_loading(NodeId::ROOT);
    list(&mut tree, NodeId::ROOT, names, 10);
    tree
}

pub(super) fn list(tree: &mut Tree, id: NodeId, names: &[&str], revision: i64) {
    tree.begin_loading(id);
    let applied = tree.insert_page(id, ALL, &page(names), Revision(revision), true);
    assert_eq!(applied.recount, []);
}

pub(super) fn apply(tree: &mut Tree, events: &[Event]) -> Effect {
    let now = tokio::time::Instant::now().into_std();
    events.iter().map(|event| tree.apply(event, now).effect).max().unwrap_or_default()
}

pub(super) fn find(tree: &Tree, key: &str) -> NodeId {
    let id = tree.find(key.as_bytes()).expect("inside the tree");
    assert_eq!(tree.full_key(id), Key::from(key));
    id
}

/// One word a row, `>` for each level above: `config/51 >name >…`.
pub(super) fn drawn(tree: &mut Tree) -> String {
    tree.refresh_rows();
    let mut out = String::new();
    for row in tree.rows() {
        out.push_str(if out.is_empty() { "" } else { " " });
        out.push_str(&">".repeat(usize::from(row.depth)));
        match row.kind {
            RowKind::Node(id) => {
                let node = tree.get(id).expect("a row of a node that is gone");
                out.push_str(&escape::line(node.name));
                match node.as_dir().map(|dir| dir.count) {
                    Some(Some(count)) => write!(out, "{count}").expect("a string"),
                    Some(None) => out.push('?'),
                    None if node.name.is_empty() => out.push_str("(this)"),
                    None => {}
                }
            }
            RowKind::Gap { .. } => out.push_str("…gap"),
            RowKind::More(_) => out.push_str("…more"),
            RowKind::Loading(_) => out.push_str("…loading"),
            RowKind::Failed(_) => out.push_str("…failed"),
            RowKind::Empty(_) => out.push_str("…empty"),
            RowKind::Stale(_) => out.push_str("…stale"),
        }
    }
    out
}

#[test]
fn a_level_has_honest_faces() {
    let mut tree = Tree::new(Key::default(), b"/".to_vec());
    assert_eq!(drawn(&mut tree), "…loading");
    tree.begin_loading(NodeId::ROOT);
    assert!(!tree.wants_listing(NodeId::ROOT));
    tree.fail(NodeId::ROOT, "permission denied".to_owned());
    assert_eq!(drawn(&mut tree), "…failed");
    assert!(tree.wants_listing(NodeId::ROOT));
    list(&mut tree, NodeId::ROOT, &[], 3);
    assert_eq!(drawn(&mut tree), "…empty");
    tree.begin_loading(NodeId::ROOT);
    let _ = tree.insert_page(NodeId::ROOT, up_to(b"b0"), &page(&["a", "b/"]), Revision(4), false);
    assert_eq!(drawn(&mut tree), "a b/? …more");
    tree.begin_loading(NodeId::ROOT);
    assert_eq!(drawn(&mut tree), "a b/? …loading");
    let _ = tree.insert_page(NodeId::ROOT, from(b"b0"), &page(&["c"]), Revision(4), true);
    assert_eq!(drawn(&mut tree), "a b/? c");
    tree.open(find(&tree, "b/"));
    assert_eq!(drawn(&mut tree), "a b/? >…loading c");
    tree.stale_all();
    assert_eq!(drawn(&mut tree), "a b/? >…loading c …stale");
}

#[test]
fn nothing_is_hidden_by_its_neighbor() {
    let mut tree = tree(&["a", "a!", "a/"]);
    let dir = find(&tree, "a/");
    tree.open(dir);
    list(&mut tree, dir, &["", "/", "x"], 10);
    assert_eq!(drawn(&mut tree), "a a! a/? >(this) >/? >x");
    let this = tree.child(dir, b"").expect("the key equal to the prefix");
    assert_eq!(tree.full_key(this), tree.full_key(dir));
    assert_eq!((tree.row_index(dir), tree.row_index(this)), (Some(2), Some(3)));
    assert_eq!(tree.find(b"a/"), Some(dir));
    assert_eq!(tree.prefix_of(this), Key::from("a/"));
}

#[test]
fn events_change_what_is_listed_and_only_that() {
    let mut tree = tree(&["a", "c/=2"]);
    let cases = [
        (put(11, "b", 1), Effect::Structure, "a b c/2"),
        (put(12, "b", 2), Effect::Nodes, "a b c/2"),
        (put(13, "c/x", 1), Effect::Nodes, "a b c/3"),
        (put(14, "c/x", 2), Effect::Nodes, "a b c/3"),
        (put(15, "d/e/f", 1), Effect::Structure, "a b c/3 d/1"),
        (put(15, "d/e/g", 1), Effect::Nodes, "a b c/3 d/2"),
        (delete(16, "d/e/f"), Effect::Nodes, "a b c/3 d/1"),
        (delete(17, "d/e/g"), Effect::Structure, "a b c/3"),
        (delete(18, "a"), Effect::Structure, "b c/3"),
        (delete(18, "nothing"), Effect::None, "b c/3"),
    ];
    for (event, effect, rows) in cases {
        assert_eq!(apply(&mut tree, std::slice::from_ref(&event)), effect, "{event:?}");
        assert_eq!(drawn(&mut tree), rows, "{event:?}");
    }
}

#[test]
fn events_older_than_the_listing_are_known_already() {
    let mut tree = tree(&["a"]);
    let old = [put(8, "b", 1), delete(9, "a"), put(10, "c/d", 1)];
    assert_eq!(apply(&mut tree, &old), Effect::None);
    assert_eq!(drawn(&mut tree), "a");
}

#[test]
fn an_answer_that_comes_late_is_brought_up_to_date() {
    let mut tree = Tree::new(Key::default(), b"/".to_vec());
    tree.begin_loading(NodeId::ROOT);
    let later =
        [put(11, "b", 1), delete(12, "a"), put(13, "d/x", 1), put(14, "e/y", 1), delete(15, "f/z")];
    assert_eq!(apply(&mut tree, &later), Effect::Nodes);
    let applied = tree.insert_page(
        NodeId::ROOT,
        ALL,
        &page(&["a", "d/=4", "f/=1", "g/"]),
        Revision(10),
        true,
    );
    assert_eq!(applied.recount, []);
    assert_eq!(drawn(&mut tree), "b d/5 e/1 g/?");
    // A count of the past grows by what happened since.
    let dir = find(&tree, "g/");
    assert_eq!(apply(&mut tree, &[put(16, "g/a", 1), put(17, "g/b", 1)]), Effect::Nodes);
    assert!(tree.count_due(dir));
    let _ = tree.set_count(dir, 7, Revision(16));
    assert_eq!(drawn(&mut tree), "b d/5 e/1 g/8");
    let _ = tree.set_count(dir, 99, Revision(15));
    assert_eq!(drawn(&mut tree), "b d/5 e/1 g/8", "an older count");
}

#[test]
fn a_directory_that_may_be_empty_is_counted_again() {
    let mut tree = tree(&["a/", "b/"]);
    let now = tokio::time::Instant::now().into_std();
    let dir = find(&tree, "a/");
    assert_eq!(tree.apply(&delete(11, "a/x"), now).recount, [dir]);
    let applied = tree.set_count(dir, 0, Revision(11));
    assert_eq!(applied.effect, Effect::Structure);
    assert_eq!(drawn(&mut tree), "b/?");
    // The same when the deletion was seen before the listing arrived.
    tree.begin_loading(NodeId::ROOT);
    assert_eq!(tree.apply(&delete(13, "b/x"), now).recount, [find(&tree, "b/")]);
    let applied = tree.insert_page(NodeId::ROOT, ALL, &page(&["b/"]), Revision(12), true);
    assert_eq!(applied.recount, [find(&tree, "b/")]);
}

#[test]
fn what_is_emptied_goes_with_what_it_empties() {
    let mut tree = tree(&["a/", "z"]);
    let a = find(&tree, "a/");
    tree.open(a);
    list(&mut tree, a, &["b/"], 10);
    let b = find(&tree, "a/b/");
    tree.open(b);
    list(&mut tree, b, &["c", "d"], 10);
    assert_eq!(drawn(&mut tree), "a/? >b/? >>c >>d z");
    let _ = apply(&mut tree, &[delete(11, "a/b/c")]);
    assert_eq!(drawn(&mut tree), "a/? >b/? >>d z");
    let _ = apply(&mut tree, &[delete(12, "a/b/d")]);
    assert_eq!(drawn(&mut tree), "z");
    assert!(tree.get(a).is_none() && tree.get(b).is_none());
    // Their places are taken by others; the old names still find nothing.
    let _ = apply(&mut tree, &[put(13, "x", 1), put(13, "y", 1)]);
    assert!(tree.get(a).is_none() && tree.row_index(b).is_none());
    let _ = apply(&mut tree, &[delete(14, "x"), delete(15, "y"), delete(16, "z")]);
    assert_eq!(drawn(&mut tree), "…empty", "the root stays");
}

#[test]
fn a_directory_listed_later_outlives_its_past() {
    let mut tree = tree(&["a/"]);
    let dir = find(&tree, "a/");
    tree.open(dir);
    list(&mut tree, dir, &["x"], 5);
    // At 10 it was there, so what came before cannot have been its end.
    let _ = apply(&mut tree, &[delete(7, "a/x")]);
    assert_eq!(drawn(&mut tree), "a/? >…empty");
    let _ = apply(&mut tree, &[put(9, "a/y", 1)]);
    assert_eq!(drawn(&mut tree), "a/? >y");
    let _ = apply(&mut tree, &[delete(11, "a/y")]);
    assert_eq!(drawn(&mut tree), "…empty");
}

#[test]
fn a_directory_found_empty_says_so() {
    let mut tree = tree(&["a/"]);
    let a = find(&tree, "a/");
    tree.open(a);
    list(&mut tree, a, &[], 12);
    assert_eq!(drawn(&mut tree), "a/? >…empty");
    let _ = apply(&mut tree, &[delete(11, "a/x")]);
    assert_eq!(drawn(&mut tree), "…empty", "the event that explains it");
}

#[test]
fn an_answer_older_than_memory_is_stale() {
    let mut tree = tree(&["a/=0"]);
    for revision in 11..20_011 {
        let _ = apply(&mut tree, &[put(revision, "b", revision - 10)]);
    }
    list(&mut tree, NodeId::ROOT, &["b", "c"], 11);
    assert_eq!(drawn(&mut tree), "b c …stale");
    let _ = tree.set_count(NodeId::ROOT, 2, Revision(11));
    assert!(tree.count_due(NodeId::ROOT));
    list(&mut tree, NodeId::ROOT, &["b"], 20_010);
    assert_eq!(drawn(&mut tree), "b");
}

#[test]
fn a_watch_that_begins_later_makes_stale_what_was_listed_before() {
    let mut tree = tree(&["a/=1"]);
    let dir = find(&tree, "a/");
    list(&mut tree, dir, &["b"], 15);
    tree.follow_from(Revision(12));
    assert_eq!(tree.dir(NodeId::ROOT).map(|dir| &dir.level), Some(&Level::Stale { missed: 0 }));
    assert!(matches!(tree.dir(dir).map(|dir| &dir.level), Some(Level::Ready { .. })));
    assert!(tree.count_due(dir), "counted before");
    // The level listed later goes on.
    let _ = apply(&mut tree, &[put(16, "a/c", 1), put(17, "n", 1)]);
    tree.open(dir);
    assert_eq!(drawn(&mut tree), "a/1 >b >c …stale");
}

#[test]
fn changes_that_come_too_fast_are_counted_where_they_happened() {
    let mut tree = tree(&["a/=2", "k"]);
    let dir = find(&tree, "a/");
    tree.open(dir);
    list(&mut tree, dir, &["b", "c"], 10);
    for revision in 11..31 {
        tree.miss(&put(revision, "a/b", revision));
    }
    let missed = |tree: &Tree, id: NodeId| match tree.dir(id).map(|dir| &dir.level) {
        Some(Level::Stale { missed }) => Some(*missed),
        _ => None,
    };
    assert_eq!((missed(&tree, dir), missed(&tree, NodeId::ROOT)), (Some(20), None));
    assert_eq!(drawn(&mut tree), "a/2 >b >c >…stale k", "the count is as true as before");
    assert!(!tree.count_due(dir));
    tree.miss(&delete(31, "a/c"));
    tree.miss(&put(32, "n", 1));
    assert_eq!((missed(&tree, dir), missed(&tree, NodeId::ROOT)), (Some(21), Some(1)));
    assert!(tree.count_due(dir), "a key less, perhaps");

    // What was read before the last of them is too old, what was read after it is true and goes on.
    list(&mut tree, dir, &["b"], 30);
    assert_eq!(missed(&tree, dir), Some(0));
    list(&mut tree, dir, &["b"], 32);
    list(&mut tree, NodeId::ROOT, &["a/=1", "k", "n"], 32);
    let _ = apply(&mut tree, &[put(33, "a/d", 1)]);
    assert_eq!(drawn(&mut tree), "a/2 >b >d k n");
    tree.miss(&put(20, "a/b", 5)); // seen before
    let mut other = Tree::new(Key::from("x/"), b"/".to_vec());
    list(&mut other, NodeId::ROOT, &["y"], 10);
    other.miss(&put(11, "a/b", 2)); // outside
    assert_eq!((missed(&tree, dir), missed(&other, NodeId::ROOT)), (None, None));
}

#[test]
fn the_filter_keeps_what_matches_and_the_way_to_it() {
    let mut tree = tree(&["Alpha", "beta/", "gamma/", "tab\tx"]);
    for (dir, names) in [("beta/", ["alps", "x"]), ("gamma/", ["y", "z"])] {
        let id = find(&tree, dir);
        tree.open(id);
        list(&mut tree, id, &names, 10);
    }
    let all = "Alpha beta/? >alps >x gamma/? >y >z tab\\tx";
    let cases = [
        ("alp", "Alpha beta/? >alps"),
        ("Z", "gamma/? >z"),
        ("beta", "beta/?"),
        ("\\T", "tab\\tx"),
        ("nothing", ""),
        ("", all),
    ];
    for (text, rows) in cases {
        tree.set_filter(Some(text.to_owned()));
        assert_eq!(drawn(&mut tree), rows, "{text}");
    }
    tree.set_filter(None);
    assert_eq!(drawn(&mut tree), all);
}

#[test]
fn a_selection_finds_its_next_row() {
    let mut tree = tree(&["a", "c/", "d"]);
    let dir = find(&tree, "c/");
    list(&mut tree, dir, &["x"], 10);
    let _ = drawn(&mut tree);
    let cases = [("a", 0), ("b", 1), ("c/", 1), ("c/x", 2), ("d", 2), ("e", 2)];
    for (key, row) in cases {
        assert_eq!(tree.row_near(key.as_bytes()), Some(row), "{key}");
    }
    assert_eq!(tree.row_index(tree.child(dir, b"x").expect("listed")), None, "in a closed one");
    assert_eq!(tree.find(b"c/x/y"), Some(dir));
    let below_a = Tree::new(Key::from("a/"), b"/".to_vec());
    assert_eq!(below_a.find(b"b"), None);
}

#[test]
fn a_change_is_marked_where_it_can_be_seen() {
    let mut tree = tree(&["a/=2", "k"]);
    let marked = |tree: &Tree, key: &str| tree.changed(find(tree, key)).is_some();
    let _ = apply(&mut tree, &[put(11, "a/b", 2)]);
    assert!(marked(&tree, "a/") && !marked(&tree, "k"));
    let dir = find(&tree, "a/");
    tree.open(dir);
    list(&mut tree, dir, &["b", "c"], 11);
    let _ = apply(&mut tree, &[put(12, "a/c", 2), put(13, "k", 2)]);
    assert!(marked(&tree, "a/c") && marked(&tree, "k") && !marked(&tree, "a/b"));
    let lease =
        Event { entry: Entry { lease: LeaseId(7), ..put(14, "k", 3).entry }, ..put(14, "k", 3) };
    let _ = apply(&mut tree, &[lease]);
    let leaf = *tree.get(find(&tree, "k")).and_then(|node| node.as_leaf()).expect("a key");
    assert_eq!(
        (leaf.mod_revision, leaf.version, leaf.lease),
        (Revision(14), Version(3), LeaseId(7))
    );
}
