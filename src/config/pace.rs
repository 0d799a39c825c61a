//! How much is drawn, as people write it.

use super::size;

/// A line that carries fewer bytes a second cannot be worked on: it takes half a minute for a screen.
const SLOWEST_LINE: u64 = 300;

/// The most frames a second, from 1 to 60.
pub fn frames(text: &str) -> Option<u8> {
    text.parse().ok().filter(|frames| (1..=60).contains(frames))
}

/// The most bytes a second, written as a [`size()`] and 300 at least, or 0 for any number.
pub fn rate(text: &str) -> Option<u64> {
    size(text).filter(|bytes| *bytes == 0 || *bytes >= SLOWEST_LINE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pace_is_read() {
        for (text, expected) in
            [("1", Some(1)), ("60", Some(60)), ("0", None), ("61", None), ("", None), ("x", None)]
        {
            assert_eq!(frames(text), expected, "{text:?}");
        }
        for (text, expected) in [
            ("0", Some(0)),
            ("300", Some(300)),
            ("20KiB", Some(20 << 10)),
            ("1MiB", Some(1 << 20)),
            ("299", None),
            ("20k", None),
            ("-1", None),
        ] {
            assert_eq!(rate(text), expected, "{text:?}");
        }
    }
}
