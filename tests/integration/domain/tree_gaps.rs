//! Levels of which only parts are listed.

use etcdeck::domain::Key;
use etcdeck::domain::Revision;
use etcdeck::domain::tree::{Dir, NodeId, Tree};

use super::tree_cases::{Names, apply, delete, drawn, find, from, list, page, put, tree, up_to};

#[test]
fn listing_again_keeps_nodes_and_drops_what_is_gone() {
    let mut tree = tree(&["a", "b/=1", "c"]);
    let (a, b) = (find(&tree, "a"), find(&tree, "b/"));
    tree.open(b);
    list(&mut tree, b, &["x"], 10);
    tree.begin_loading(NodeId::ROOT);
    let _ =
        tree.insert_page(NodeId::ROOT, up_to(b"aa\0"), &page(&["a", "aa"]), Revision(20), false);
    assert_eq!(drawn(&mut tree), "a aa b/1 >x c …more", "passed over up to aa");
    let _ = tree.insert_page(NodeId::ROOT, from(b"aa\0"), &page(&["b/=1"]), Revision(20), true);
    assert_eq!(drawn(&mut tree), "a aa b/1 >x");
    assert_eq!((find(&tree, "a"), find(&tree, "b/")), (a, b));
}

#[test]
fn beyond_the_last_listed_child_nothing_is_made_up() {
    let mut tree = Tree::new(Key::default(), b"/".to_vec());
    tree.begin_loading(NodeId::ROOT);
    let _ = tree.insert_page(NodeId::ROOT, up_to(b"m\0"), &page(&["a", "m"]), Revision(10), false);
    let _ = apply(&mut tree, &[put(11, "b", 1), put(12, "z", 1), put(13, "n/o", 1)]);
    assert_eq!(drawn(&mut tree), "a b m …more");
    tree.begin_loading(NodeId::ROOT);
    let _ = tree.insert_page(NodeId::ROOT, from(b"m\0"), &page(&["n/", "z"]), Revision(13), true);
    assert_eq!(drawn(&mut tree), "a b m n/? z");
}

#[test]
fn a_level_is_listed_from_both_ends_and_in_between() {
    let mut tree = Tree::new(Key::default(), b"/".to_vec());
    let insert = |tree: &mut Tree, names: Names, keys: &[&str], complete| {
        let _ = tree.insert_page(NodeId::ROOT, names, &page(keys), Revision(10), complete);
    };
    insert(&mut tree, up_to(b"b0"), &["a", "b/=3"], false);
    tree.set_left(NodeId::ROOT, from(b"b0"), 20, Revision(10));
    insert(&mut tree, from(b"x"), &["x", "z/=4"], false);
    assert_eq!(drawn(&mut tree), "a b/3 …gap x z/4");
    assert_eq!(tree.dir(NodeId::ROOT).and_then(Dir::left), Some(15));
    // What happens in a gap is counted and not made up; elsewhere it is followed.
    let _ = apply(&mut tree, &[put(11, "m", 1), put(12, "w", 1), delete(13, "n"), put(14, "y", 1)]);
    assert_eq!(drawn(&mut tree), "a b/3 …gap x y z/4");
    assert_eq!(tree.dir(NodeId::ROOT).and_then(Dir::left), Some(16));
    insert(&mut tree, (b"m", Some(b"o")), &["m1", "n"], false);
    assert_eq!(drawn(&mut tree), "a b/3 …gap m m1 …gap x y z/4", "as of revision 14");
    let gaps = tree.rows().iter().map(|row| tree.position(row.kind)).collect::<Vec<_>>();
    assert_eq!(gaps, (0..9).map(Some).collect::<Vec<_>>());
    tree.begin_loading(NodeId::ROOT);
    assert_eq!(drawn(&mut tree), "a b/3 …gap m m1 …gap x y z/4", "no second wait at the end");
    insert(&mut tree, (b"b0", Some(b"m")), &["c"], false);
    insert(&mut tree, (b"o", Some(b"x")), &[], true);
    assert_eq!(drawn(&mut tree), "a b/3 c m m1 w x y z/4");
}

#[test]
fn a_page_of_another_revision_leaves_nobody_to_tell_how_much_is_left() {
    let mut tree = Tree::new(Key::default(), b"/".to_vec());
    let insert = |tree: &mut Tree, names: Names, keys: &[&str], revision| {
        let _ = tree.insert_page(NodeId::ROOT, names, &page(keys), Revision(revision), false);
    };
    insert(&mut tree, up_to(b"b"), &["a"], 10);
    tree.set_left(NodeId::ROOT, from(b"b"), 20, Revision(10));
    let left = |tree: &Tree| tree.dir(NodeId::ROOT).and_then(Dir::left);
    insert(&mut tree, up_to(b"b"), &["a", "aa"], 12);
    assert_eq!(left(&tree), Some(20), "what was listed before says nothing of the rest");
    // "c" may have been there at revision 10 or not: its event, if there is one, is on its way.
    insert(&mut tree, (b"b", Some(b"d")), &["c"], 12);
    assert_eq!(left(&tree), None);
    tree.set_left(NodeId::ROOT, from(b"d"), 18, Revision(12));
    assert_eq!(left(&tree), Some(18));
}
