//! How a cluster is marked, so that nobody takes it for another one.

use std::fmt;
use std::str::FromStr;

/// The mark of a cluster in which a mistake hurts: a word and a color, both always in sight.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    word: String,
    color: MarkColor,
}

impl Mark {
    /// The word when none is given.
    pub const WORD: &str = "PROD";
    /// The longest word, in characters: it must be seen whole on every screen.
    pub const LONGEST: usize = 16;

    /// A mark with this word, which is also what is typed to confirm.
    ///
    /// # Errors
    /// Says what a word may be: 1 to [`Mark::LONGEST`] letters, digits, `-`, `_` or `.`, so that it
    /// can be typed on any keyboard and looks the same everywhere.
    pub fn new(word: &str, color: MarkColor) -> Result<Mark, String> {
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if word.is_empty() || word.len() > Mark::LONGEST || !word.chars().all(plain) {
            return Err(format!(
                "{word:?} cannot be a mark: expected one word like PROD, 1 to {} letters, digits, \
                 - _ or .",
                Mark::LONGEST
            ));
        }
        Ok(Mark { word: word.to_owned(), color })
    }

    /// What is read, and typed to confirm.
    pub fn word(&self) -> &str {
        &self.word
    }

    /// What is seen.
    pub fn color(&self) -> MarkColor {
        self.color
    }
}

impl Default for Mark {
    fn default() -> Mark {
        Mark { word: Mark::WORD.to_owned(), color: MarkColor::default() }
    }
}

/// The color of a mark, out of the terminal's own palette.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MarkColor {
    /// `red`
    #[default]
    Red,
    /// `yellow`
    Yellow,
    /// `green`
    Green,
    /// `cyan`
    Cyan,
    /// `blue`
    Blue,
    /// `magenta`
    Magenta,
}

impl MarkColor {
    /// Every color there is.
    pub const ALL: [MarkColor; 6] = [
        MarkColor::Red,
        MarkColor::Yellow,
        MarkColor::Green,
        MarkColor::Cyan,
        MarkColor::Blue,
        MarkColor::Magenta,
    ];

    /// Its name, as it is written in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            MarkColor::Red => "red",
            MarkColor::Yellow => "yellow",
            MarkColor::Green => "green",
            MarkColor::Cyan => "cyan",
            MarkColor::Blue => "blue",
            MarkColor::Magenta => "magenta",
        }
    }
}

impl fmt::Display for MarkColor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for MarkColor {
    type Err = String;

    fn from_str(text: &str) -> Result<MarkColor, String> {
        MarkColor::ALL.into_iter().find(|color| color.name() == text).ok_or_else(|| {
            let names: Vec<&str> = MarkColor::ALL.into_iter().map(MarkColor::name).collect();
            format!("{text:?} is no color of a mark; expected {}", names.join(", "))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_can_be_seen_and_typed() {
        for word in ["PROD", "eu-1", "a", "pay.live_2", "ABCDEFGHIJKLMNOP"] {
            assert_eq!(Mark::new(word, MarkColor::Red).expect(word).word(), word);
        }
        for word in ["", " ", "two words", "ABCDEFGHIJKLMNOPQ", "größe", "a\x1b[m", "\u{202e}", "="]
        {
            let error = Mark::new(word, MarkColor::Red).expect_err(word);
            assert!(error.contains("PROD") && !error.contains('\x1b'), "{error}");
        }
    }

    #[test]
    fn colors_are_read_by_their_names() {
        for color in MarkColor::ALL {
            assert_eq!(color.to_string().parse(), Ok(color));
        }
        let error = "pink".parse::<MarkColor>().expect_err("no such color");
        assert!(error.contains("red, yellow"), "{error}");
    }
}
