//! What must hold whatever strangers wrote into keys, values, errors and versions, and whatever
//! size the terminal has.

use etcdeck::app::message::{ConnectionNews, Message};
use etcdeck::domain::escape;
use etcdeck::domain::txn::PutRequest;
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{Alarm, ErrorKind, Kv, Status, StoreError};
use proptest::prelude::*;
use ratatui::buffer::Buffer;

use super::desk::{Answers, Desk, settings, text};
use super::scene;

/// Characters that act, reorder, hide or vanish, independently of how the program finds them. The
/// marks of a language that needs them to be read have no width of their own, but ink.
fn acts(c: char) -> bool {
    let control = c.is_control();
    let reorders = matches!(c as u32, 0x61c | 0x200e..=0x200f | 0x202a..=0x202e | 0x2066..=0x2069);
    let vanishes = matches!(
        c as u32,
        0xad | 0x34f | 0x115f..=0x1160 | 0x17b4..=0x17b5 | 0x180b..=0x180f | 0x200b..=0x200d
            | 0x2028..=0x2029 | 0x2060..=0x2065 | 0x206a..=0x206f | 0x3164 | 0xfe00..=0xfe0f
            | 0xfeff | 0xffa0 | 0xfff9..=0xfffb | 0x1_3430..=0x1_343f | 0x1_bca0..=0x1_bca3
            | 0x1_d173..=0x1_d17a | 0xe_0000..=0xe_0fff
    );
    control || reorders || vanishes
}

/// Where the two sides of a pane are, no text has moved them.
fn borders(buffer: &Buffer) -> Result<(), TestCaseError> {
    if buffer.area.width < 80 || buffer.area.height < 20 {
        // A small screen may show the log there, which has no sides.
        return Ok(());
    }
    let side = |x| buffer[(x, 2)].symbol();
    let is_side = |symbol: &str| ["│", "┃", "█"].contains(&symbol);
    let last = buffer.area.width - 1;
    prop_assert!(is_side(side(0)) == is_side(side(last)), "{}", text(buffer));
    Ok(())
}

fn check(buffer: &Buffer) -> Result<(), TestCaseError> {
    for (at, cell) in buffer.content.iter().enumerate() {
        let symbol = cell.symbol();
        let bad = symbol.chars().find(|c| acts(*c) || escape::is_unsafe(*c));
        prop_assert_eq!(bad, None, "in cell {} of\n{}", at, text(buffer));
    }
    borders(buffer)
}

/// Bytes as strangers write them: any, text of any language, and the worst by name.
fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let worst = [
        "\u{1b}]0;x\u{7}\u{1b}[2J",
        "\u{202e}abc",
        "\u{200b}\u{2066}\u{feff}",
        "e\u{301}\u{301}\u{301}",
        "\u{9b}31m",
        "\u{2028}\r\n\t\u{0}",
        "👩\u{200d}👩\u{200d}👧 🇩🇪 ☂\u{fe0f}",
        "日本語/한국어",
        "\u{e0001}\u{f0000}",
    ];
    prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..80),
        any::<String>().prop_map(String::into_bytes),
        proptest::sample::select(worst.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn no_byte_of_a_stranger_acts_on_the_terminal(
        keys in proptest::collection::vec((bytes(), bytes()), 1..6),
        words in bytes(),
        size in (40_u16..140, 10_u16..40),
    ) {
        let words = String::from_utf8_lossy(&words).into_owned();
        let mut desk = Desk::new(settings(), Sandbox::new(), size);
        desk.others(async |store| {
            for (key, value) in &keys {
                if !key.is_empty() {
                    store.put(PutRequest::new(key.clone(), value.clone())).await.unwrap();
                }
            }
        });
        desk.start();
        let alarms = vec![Alarm { member: 1, name: words.clone() }];
        let status = Status { version: words.clone(), endpoint: words.clone(), alarms, ..desk.status() };
        desk.happens(Message::Connection(ConnectionNews::Online(status)));
        desk.rest();
        check(&desk.draw())?;
        // Browse, watch, and let others write; look at each rendering and each dialog.
        desk.press("w l j l");
        for (key, value) in &keys {
            if !key.is_empty() {
                desk.put(key.clone(), [value.as_slice(), b"+"].concat());
            }
        }
        check(&desk.draw())?;
        for keys in ["1 j", "v", "2 v v", "v v", "1 d", "esc", "X", "esc", "o tab", "esc", "4", "enter",
                     "esc", "w", "esc", "1 e", "x", "end", "esc", "x"] {
            desk.press(keys);
            check(&desk.draw())?;
        }
        let error = StoreError::new(ErrorKind::Other, words.clone()).during("range");
        desk.answers = Answers::Error(error.clone());
        desk.press("1 R 3 R 1 e");
        check(&desk.draw())?;
        desk.happens(Message::Connection(ConnectionNews::Denied(error)));
        check(&desk.draw())?;
        desk.press(":");
        desk.happens(Message::Paste(words));
        check(&desk.draw())?;
        desk.press("enter");
        check(&desk.draw())?;
    }
}

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
