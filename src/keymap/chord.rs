//! One press on the keyboard: a key with the modifiers held.

use std::fmt;
use std::str::FromStr;

/// A key with its modifiers, in the one form in which presses are compared.
///
/// Invariants, kept by [`Chord::new`]: a character carries its own shift (`G`, never shift and `g`);
/// a letter with Ctrl is lower case, since a terminal sends the same byte for both; Shift with Tab is
/// [`Code::BackTab`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chord {
    /// The key.
    pub code: Code,
    /// Whether Ctrl is held.
    pub ctrl: bool,
    /// Whether Alt is held.
    pub alt: bool,
    /// Whether Shift is held, for keys that are not characters.
    pub shift: bool,
}

/// A key of the keyboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Code {
    /// A character as typed.
    Char(char),
    /// The Enter key.
    Enter,
    /// The Escape key.
    Esc,
    /// The Tab key.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Arrow up.
    Up,
    /// Arrow down.
    Down,
    /// Arrow left.
    Left,
    /// Arrow right.
    Right,
    /// The Home key.
    Home,
    /// The End key.
    End,
    /// Page up.
    PageUp,
    /// Page down.
    PageDown,
    /// Backspace.
    Backspace,
    /// Delete.
    Delete,
    /// Insert.
    Insert,
    /// A function key, from 1.
    F(u8),
}

impl Chord {
    /// The chord of a key and the modifiers held, brought into its one form.
    pub fn new(code: Code, ctrl: bool, alt: bool, shift: bool) -> Chord {
        let (code, shift) = match code {
            Code::Char(c) if ctrl => (Code::Char(c.to_ascii_lowercase()), false),
            Code::Char(c) if shift => (Code::Char(c.to_ascii_uppercase()), false),
            Code::Char(c) => (Code::Char(c), false),
            Code::Tab if shift => (Code::BackTab, false),
            Code::BackTab => (Code::BackTab, false),
            other => (other, shift),
        };
        Chord { code, ctrl, alt, shift }
    }

    /// A key without modifiers.
    pub fn key(code: Code) -> Chord {
        Chord::new(code, false, false, false)
    }

    /// A character without Ctrl and Alt.
    pub fn char(c: char) -> Chord {
        Chord::key(Code::Char(c))
    }

    /// Ctrl and a character.
    pub fn ctrl(c: char) -> Chord {
        Chord::new(Code::Char(c), true, false, false)
    }

    /// The character this chord types into a text, if it types one.
    pub fn typed(self) -> Option<char> {
        match self {
            Chord { code: Code::Char(c), ctrl: false, alt: false, .. } => Some(c),
            _ => None,
        }
    }

    /// Reads `ctrl-s`, `g`, `G`, `pgdn`, `shift-tab`, `space`, `f5`, `alt-left`; also what
    /// `Display` writes. Names are read in any case, characters as they are.
    ///
    /// # Errors
    /// The text, when it names no key.
    pub fn parse(text: &str) -> Result<Chord, ChordError> {
        let wrong = || ChordError { found: text.to_owned() };
        let (mut ctrl, mut alt, mut shift) = (false, false, false);
        let mut rest = text;
        // A modifier must be followed by something: `ctrl--` is Ctrl with the minus sign.
        while let Some((name, tail)) =
            rest.split_once('-').filter(|(n, t)| !(n.is_empty() || t.is_empty()))
        {
            match name.to_ascii_lowercase().as_str() {
                "ctrl" => ctrl = true,
                "alt" => alt = true,
                "shift" => shift = true,
                _ => return Err(wrong()),
            }
            rest = tail;
        }
        let code = code(rest).ok_or_else(wrong)?;
        Ok(Chord::new(code, ctrl, alt, shift))
    }
}

fn code(name: &str) -> Option<Code> {
    let mut chars = name.chars();
    if let (Some(c), None) = (chars.next(), chars.next()) {
        return Some(match c {
            '↑' => Code::Up,
            '↓' => Code::Down,
            '←' => Code::Left,
            '→' => Code::Right,
            c => Code::Char(c),
        });
    }
    let lower = name.to_ascii_lowercase();
    Some(match lower.as_str() {
        "space" => Code::Char(' '),
        "enter" | "return" => Code::Enter,
        "esc" | "escape" => Code::Esc,
        "tab" => Code::Tab,
        "backtab" => Code::BackTab,
        "up" => Code::Up,
        "down" => Code::Down,
        "left" => Code::Left,
        "right" => Code::Right,
        "home" => Code::Home,
        "end" => Code::End,
        "pgup" | "pageup" => Code::PageUp,
        "pgdn" | "pagedown" => Code::PageDown,
        "backspace" => Code::Backspace,
        "del" | "delete" => Code::Delete,
        "ins" | "insert" => Code::Insert,
        _ => {
            let number: u8 = lower.strip_prefix('f')?.parse().ok()?;
            return (1..=24).contains(&number).then_some(Code::F(number));
        }
    })
}

impl FromStr for Chord {
    type Err = ChordError;

    fn from_str(text: &str) -> Result<Chord, ChordError> {
        Chord::parse(text)
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let modifiers = [(self.ctrl, "Ctrl-"), (self.alt, "Alt-"), (self.shift, "Shift-")];
        for (held, name) in modifiers {
            if held {
                f.write_str(name)?;
            }
        }
        match self.code {
            Code::Char(' ') => f.write_str("Space"),
            Code::Char(c) => write!(f, "{c}"),
            Code::Enter => f.write_str("Enter"),
            Code::Esc => f.write_str("Esc"),
            Code::Tab => f.write_str("Tab"),
            Code::BackTab => f.write_str("Shift-Tab"),
            Code::Up => f.write_str("↑"),
            Code::Down => f.write_str("↓"),
            Code::Left => f.write_str("←"),
            Code::Right => f.write_str("→"),
            Code::Home => f.write_str("Home"),
            Code::End => f.write_str("End"),
            Code::PageUp => f.write_str("PgUp"),
            Code::PageDown => f.write_str("PgDn"),
            Code::Backspace => f.write_str("Backspace"),
            Code::Delete => f.write_str("Del"),
            Code::Insert => f.write_str("Ins"),
            Code::F(number) => write!(f, "F{number}"),
        }
    }
}

/// A text that names no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChordError {
    /// What stands there.
    pub found: String,
}

impl fmt::Display for ChordError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "no key is called {:?}: expected one like g, ctrl-s, shift-tab, pgdn, f5",
            self.found
        )
    }
}

impl std::error::Error for ChordError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_and_written() {
        for (text, code, ctrl, shown) in [
            ("g", Code::Char('g'), false, "g"),
            ("G", Code::Char('G'), false, "G"),
            ("shift-g", Code::Char('G'), false, "G"),
            ("ctrl-s", Code::Char('s'), true, "Ctrl-s"),
            ("Ctrl-S", Code::Char('s'), true, "Ctrl-s"),
            ("ctrl--", Code::Char('-'), true, "Ctrl--"),
            ("-", Code::Char('-'), false, "-"),
            ("pgdn", Code::PageDown, false, "PgDn"),
            ("shift-tab", Code::BackTab, false, "Shift-Tab"),
            ("space", Code::Char(' '), false, "Space"),
            ("right", Code::Right, false, "→"),
            ("→", Code::Right, false, "→"),
            ("F5", Code::F(5), false, "F5"),
            ("f", Code::Char('f'), false, "f"),
        ] {
            let chord = Chord::parse(text).expect(text);
            assert_eq!((chord.code, chord.ctrl), (code, ctrl), "{text}");
            assert_eq!(chord.to_string(), shown);
            assert_eq!(Chord::parse(shown), Ok(chord), "{shown} reads back");
        }
        let combined = Chord::parse("ctrl-alt-left").expect("a chord");
        assert_eq!(combined.to_string(), "Ctrl-Alt-←");
        assert_eq!(Chord::parse("shift-up").expect("a chord").to_string(), "Shift-↑");
    }

    #[test]
    fn what_names_no_key_is_refused() {
        for wrong in ["", "hyper-x", "ctrl-", "ctrl-nope", "gg", "f0", "f25", "f-5"] {
            let error = Chord::parse(wrong).expect_err(wrong);
            assert!(error.to_string().contains("expected"), "{error}");
        }
    }

    #[test]
    fn only_plain_characters_type() {
        assert_eq!(Chord::char('ü').typed(), Some('ü'));
        assert_eq!(Chord::ctrl('u').typed(), None);
        assert_eq!(Chord::parse("alt-u").ok().and_then(Chord::typed), None);
        assert_eq!(Chord::key(Code::Enter).typed(), None);
    }
}
