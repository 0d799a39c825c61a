//! What strangers write: bytes of any kind, one after the other, for every field there is.

use std::path::PathBuf;

use etcdeck::domain::Key;
use etcdeck::store::{ErrorKind, StoreError};
use proptest::prelude::*;

/// The worst by name: what acts, reorders, vanishes, piles up, or is drawn here and there differently.
pub(super) fn worst() -> Vec<Vec<u8>> {
    let texts = [
        "\u{1b}]0;x\u{7}\u{1b}[2J",
        "\u{1b}]52;c;YQ==\u{7}\u{1b}P+q\u{1b}\\",
        "\u{9b}31m\u{9d}0;x\u{9c}\u{90}",
        "\u{202e}abc\u{2066}\u{61c}",
        "\u{200b}\u{feff}\u{ad}\u{34f}\u{2060}",
        "e\u{301}\u{301}\u{301}",
        "\u{2028}\r\n\t\u{0}\u{7f}",
        "👩\u{200d}👩\u{200d}👧🇩🇪☂\u{fe0f}1\u{fe0f}\u{20e3}👍🏽",
        "日本語/한국어/ｶﾞ/ㄱ\u{1100}\u{1161}\u{11a8}",
        "ที่นี่/ທີ່/\u{e33}\u{e35}",
        "क्षि/தமிழ்/עִבְרִית/لا",
        "\u{e0001}\u{e0061}\u{f0000}\u{10ffff}\u{fffe}",
        "\u{a0}\u{2003}\u{3000}\u{2800}\u{3164}",
        "\\x1b\\u{41}\\",
        "' \"`$(x);#\n!",
    ];
    let mut worst: Vec<Vec<u8>> = texts.iter().map(|text| text.as_bytes().to_vec()).collect();
    worst.push((0..=255).collect());
    worst.push(format!("ท{}", "\u{e35}".repeat(200)).into_bytes());
    worst.push("\u{300}".repeat(200).into_bytes());
    worst.push("x".repeat(300).into_bytes());
    worst
}

/// Short ones, so that a line has room for every field, each with what would vanish between two
/// letters: a control character that somebody dropped leaves [`BARE`] on the screen.
pub(super) fn short() -> Vec<Vec<u8>> {
    ["\u{1b}", "\u{200b}", "\u{301}\u{202e}", "\n", "\u{9b}", "\t\u{e0041}"]
        .map(|between| format!("Ѫ{between}Ѯ").into_bytes())
        .to_vec()
}

/// What is left of a short one when what lies between its letters was dropped and not shown.
pub(super) const BARE: &str = "ѪѮ";

/// Some bytes of strangers.
pub(super) fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let near_controls = any::<u8>().prop_map(|b| if b % 3 == 0 { b % 0x20 } else { b });
    prop_oneof![
        prop::collection::vec(any::<u8>(), 1..60),
        prop::collection::vec(near_controls, 1..30),
        any::<String>().prop_map(|text| format!("{text}.").into_bytes()),
        prop::sample::select(worst()),
        prop::sample::select(short()),
        (prop::sample::select(worst()), prop::sample::select(worst()))
            .prop_map(|(a, b)| [a, b].concat()),
    ]
}

/// Hands out what strangers wrote, round and round.
pub(super) struct Stranger {
    pool: Vec<Vec<u8>>,
    at: usize,
    choice: usize,
}

impl Stranger {
    pub(super) fn new(pool: Vec<Vec<u8>>) -> Stranger {
        assert!(pool.iter().all(|bytes| !bytes.is_empty()), "an empty key is none");
        let choice = pool[0].len();
        Stranger { pool, at: 0, choice }
    }

    pub(super) fn bytes(&mut self) -> Vec<u8> {
        self.at += 1;
        self.pool[self.at % self.pool.len()].clone()
    }

    pub(super) fn text(&mut self) -> String {
        String::from_utf8_lossy(&self.bytes()).into_owned()
    }

    /// As the sentences of servers and systems: one field of several words.
    pub(super) fn words(&mut self) -> String {
        format!("it said {} and {}", self.text(), self.text())
    }

    pub(super) fn key(&mut self) -> Key {
        Key::from([b"/s/", &self.bytes()[..]].concat())
    }

    pub(super) fn path(&mut self) -> PathBuf {
        PathBuf::from(format!("/tmp/{}", self.text()))
    }

    /// An error, of one kind after the other.
    pub(super) fn error(&mut self) -> StoreError {
        let kinds = [
            ErrorKind::Other,
            ErrorKind::Tls,
            ErrorKind::PermissionDenied,
            ErrorKind::Invalid,
            ErrorKind::Unavailable,
            ErrorKind::Unreachable,
            ErrorKind::Unknown,
            ErrorKind::BadAnswer,
        ];
        let kind = kinds[self.at % kinds.len()];
        // The call is named by the program itself, with the key made safe.
        let context = format!("range {}", self.key());
        StoreError::new(kind, self.words()).during(context)
    }

    /// A value as one word of the command line.
    pub(super) fn typed(&mut self) -> String {
        self.key().to_string().replace(' ', "\\x20").replace('"', "\\x22").replace('\'', "\\x27")
    }

    /// A number below `end`: another one each time, so that strangers answer now so, now so.
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.choice += 1;
        // Spread, since what is asked in turn would else always get the same.
        (self.choice.wrapping_mul(0x9e37_79b9) >> 11) % end
    }
}
