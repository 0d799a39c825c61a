//! What is drawn: snapshots of the screen, its styles, and what must hold whatever the store holds.
//!
//! A snapshot that is meant to change is written anew by `INSTA_UPDATE=always cargo test`, and read
//! before it is committed. With `CI=true` none is ever written.

mod bulk;
mod cluster;
mod desk;
mod dialogs;
mod doctor;
mod emulator;
mod export;
mod find;

mod journal;
mod many_rows;
mod painter;
mod panes;
mod past;
mod picture;
mod production;
mod queues;
mod scene;
mod sizes;
mod strange;
mod styles;
mod txn;
mod values;

use desk::Desk;

/// A usual terminal.
const USUAL: (u16, u16) = (80, 24);
/// The smallest one that is served.
const SMALL: (u16, u16) = (40, 10);

/// Compares the screen with the snapshot of this name.
fn snapshot(name: &str, desk: &mut Desk) {
    assert_screen(name, &desk.screen());
}

fn assert_screen(name: &str, screen: &str) {
    insta::with_settings!({ prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, screen);
    });
}

/// Compares a scene with its snapshots at several sizes.
fn at_sizes(name: &str, sizes: &[(u16, u16)], scene: impl Fn((u16, u16)) -> Desk) {
    for (width, height) in sizes {
        snapshot(&format!("{name}-{width}x{height}"), &mut scene((*width, *height)));
    }
}
