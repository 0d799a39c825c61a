//! What the editor here is good for. Beyond it a value is better edited in an editor of one's own.
//!
//! Measured on a value of each limit: a key press costs about a millisecond, and what is kept of a
//! draft in case of a crash stays small enough to be written every second. A longer line could be
//! edited as well, and nobody could read it in a pane that shows a hundred characters of it.

use std::fmt;

use super::Form;

/// Bytes of text; of a binary value a third of it, as it is edited in hexadecimal.
const BYTES: usize = 512 << 10;
const LINES: usize = 100_000;
/// Bytes of one line.
const LINE: usize = 64 << 10;

/// In what a value goes beyond the comfort of the editor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beyond {
    /// Bytes of the value.
    Size(usize),
    /// Its lines.
    Lines(usize),
    /// Bytes of its longest line.
    Line(usize),
}

impl Beyond {
    /// In what this value does, if it does.
    pub fn of(value: &[u8]) -> Option<Beyond> {
        let limit = match Form::of(value) {
            Form::Text => BYTES,
            Form::Hex => BYTES / 3,
        };
        if value.len() > limit {
            return Some(Beyond::Size(value.len()));
        }
        if Form::of(value) == Form::Hex {
            return None;
        }
        let lines = || value.split(|byte| *byte == b'\n').map(<[u8]>::len);
        match (lines().count(), lines().max().unwrap_or_default()) {
            (count, _) if count > LINES => Some(Beyond::Lines(count)),
            (_, longest) if longest > LINE => Some(Beyond::Line(longest)),
            _ => None,
        }
    }
}

impl fmt::Display for Beyond {
    /// `1536 KiB`, `120000 lines`, `a line of 80 KiB`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Beyond::Size(bytes) => write!(f, "{} KiB", bytes.div_ceil(1024)),
            Beyond::Lines(lines) => write!(f, "{lines} lines"),
            Beyond::Line(bytes) => write!(f, "a line of {} KiB", bytes.div_ceil(1024)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limits_are_where_they_are_said_to_be() {
        let line = "x".repeat(63) + "\n";
        let cases = [
            (Vec::new(), None),
            (line.repeat(BYTES / 64).into_bytes(), None),
            ((line.repeat(BYTES / 64) + "x").into_bytes(), Some("513 KiB")),
            ("\n".repeat(LINES - 1).into_bytes(), None),
            ("\n".repeat(LINES).into_bytes(), Some("100001 lines")),
            ("x".repeat(LINE).into_bytes(), None),
            (("x\n".to_owned() + &"x".repeat(LINE + 1)).into_bytes(), Some("a line of 65 KiB")),
            (vec![0xff; BYTES / 3], None),
            (vec![0xff; BYTES / 3 + 1], Some("171 KiB")),
        ];
        for (value, beyond) in cases {
            let found = Beyond::of(&value).map(|beyond| beyond.to_string());
            assert_eq!(found.as_deref(), beyond, "{} bytes", value.len());
        }
    }
}
