//! A tree of any size, opened, without a store: to measure what a frame costs.

use etcdeck::app::App;
use etcdeck::app::message::Message;
use etcdeck::domain::tree::{ListedChild, NodeId, Tree};
use etcdeck::domain::{LeaseId, Revision, Version};

/// The revision at which all of it was listed.
pub(crate) const LISTED: Revision = Revision(1_000_000);

/// Lists and opens so many directories of so many keys each, and brings the application to rest on
/// them. Their names are as long as those of pods.
pub(crate) fn open(app: &mut App, dirs: usize, keys: usize) {
    let now = app.now;
    grow(&mut app.keys.tree, dirs, keys);
    let _ = app.update(Message::Resize, now);
}

/// The same in a tree alone, whose rows are not brought up to date.
pub(crate) fn grow(tree: &mut Tree, dirs: usize, keys: usize) {
    let level: Vec<ListedChild> = (0..dirs).map(|at| dir(at, keys)).collect();
    let _ = tree.insert_page(NodeId::ROOT, (b"", None), &level, LISTED, true);
    let level: Vec<ListedChild> = (0..keys).map(key).collect();
    for id in tree.children(NodeId::ROOT).collect::<Vec<_>>() {
        tree.open(id);
        for (at, page) in level.chunks(1000).enumerate() {
            let next = level.get((at + 1) * 1000).map(|next| next.name.as_slice());
            let names = (if at == 0 { &b""[..] } else { &page[0].name }, next);
            let _ = tree.insert_page(id, names, page, LISTED, next.is_none());
        }
    }
}

/// The name of a key.
pub(crate) fn name(at: usize) -> String {
    format!("api-server-{at:06}-7d9f4c")
}

fn dir(at: usize, keys: usize) -> ListedChild {
    let (name, is_dir) = (format!("tenant-{at:05}/").into_bytes(), true);
    let (mod_revision, version, lease) = (Revision::NONE, Version(0), LeaseId::NONE);
    ListedChild { name, is_dir, mod_revision, version, lease, count: Some(keys as i64) }
}

fn key(at: usize) -> ListedChild {
    let (name, is_dir) = (name(at).into_bytes(), false);
    let (mod_revision, version) = (Revision(at as i64 + 1), Version(1));
    ListedChild { name, is_dir, mod_revision, version, lease: LeaseId::NONE, count: None }
}
