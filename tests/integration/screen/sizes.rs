//! What must hold whatever size the terminal has.

use super::desk::Desk;
use super::scene;

/// The states that differ most in how they divide the screen.
fn states() -> Vec<Desk> {
    let size = (80, 24);
    let after = |keys: &str| {
        let mut desk = scene::busy(size);
        desk.press(keys);
        desk
    };
    let mut states: Vec<Desk> =
        ["1", "2", "3", "4 z", "?", "g d", ":", "o", "/", "4 enter", "4 w", "3 enter", "3 n", "X"]
            .map(after)
            .into();
    states.extend(vec![scene::editing(size), scene::conflict(size), scene::strange(size)]);
    let mut lost = scene::busy(size);
    lost.lost(5);
    states.push(lost);
    states
}

#[test]
fn every_size_can_be_drawn() {
    for mut desk in states() {
        // All small ones, where most is cut, and a grid over the larger ones.
        let small = (0..=6).chain(38..=42).chain([59, 60, 61, 79, 80, 81]);
        let widths = small.chain([20, 100, 120, 160, 200]);
        for width in widths {
            for height in (0..=13).chain([19, 20, 21, 24, 30, 40, 60]) {
                desk.resize(width, height);
                let buffer = desk.draw();
                assert_eq!((buffer.area.width, buffer.area.height), (width, height));
            }
        }
    }
}
