//! What `X` shows before an action is what the action does: run by a shell against a second server,
//! the lines leave it in the state the action left the first in.
//!
//! [`Kind`] names every kind of action that writes; `cover` sees to it that none is missing.

mod act;
mod cover;
mod pair;

use crate::support::install::Version;
use crate::support::servers::Etcd;

use super::world::{World, block_on};
use cover::Kind;
use pair::Pair;

/// Runs every kind of action on a pair of servers of each version.
#[test]
fn the_lines_do_what_the_action_does() {
    std::thread::scope(|scope| {
        for version in Etcd::versions() {
            scope.spawn(move || block_on(every_kind(version)));
        }
    });
}

async fn every_kind(version: Version) {
    let start = || World::of(Etcd::start(version));
    let mut pair = Pair::of(start(), start());
    for kind in Kind::ALL {
        act::act(&mut pair, *kind).await;
        pair.same(&format!("{kind:?}")).await;
    }
}
