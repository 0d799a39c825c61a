//! Bytes from the keyboard to inputs: a pure decoder that survives being cut anywhere.
//!
//! Written here, since the reader of the terminal library spins for ever on a terminal that has gone
//! away and takes a sequence cut in two for an Escape and some letters, which would run bindings.
//! What is not understood (reports, mouse, focus) is swallowed whole for the same reason.

use crate::keymap::{Chord, Code};

const ESC: u8 = 0x1b;
const PASTE_END: &[u8] = b"\x1b[201~";
/// The longest report worth waiting for; what grows beyond it is dropped, up to its end.
const LONGEST_SEQUENCE: usize = 4096;

/// What a person does at the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key was pressed, or repeats.
    Chord(Chord),
    /// Text was pasted; line breaks are `\n`. Must never run bindings.
    Paste(String),
    /// The terminal has this many columns and rows now.
    Resize(u16, u16),
}

/// Collects bytes until they make inputs.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    buffer: Vec<u8>,
    paste: Option<Vec<u8>>,
    /// What grew too long, and whose rest is still to come: it must not be taken for keys.
    skipped: Option<TooLong>,
}

/// What may grow beyond [`LONGEST_SEQUENCE`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum TooLong {
    /// Ends with BEL or `ESC \`.
    Report,
    /// Ends with the first byte that is no parameter.
    Sequence,
}

/// What stands at the start of the buffer.
enum Step {
    /// Something whole, this many bytes long; perhaps nothing to tell.
    Whole(usize, Option<Chord>),
    /// A paste begins after this many bytes.
    Paste(usize),
    /// More bytes are needed.
    Cut,
}

impl Decoder {
    /// Takes bytes in, and gives out what they complete.
    pub(super) fn feed(&mut self, bytes: &[u8], out: &mut Vec<Input>) {
        self.buffer.extend_from_slice(bytes);
        self.run(out);
    }

    /// Whether the start of a sequence waits for its rest. A paste may wait for ever.
    pub(super) fn waits(&self) -> bool {
        self.paste.is_none() && (self.skipped.is_some() || !self.buffer.is_empty())
    }

    /// The rest did not come in time: a lone Escape was the key; any other fragment is dropped.
    pub(super) fn flush(&mut self, out: &mut Vec<Input>) {
        if !self.waits() {
            return;
        }
        let fragment = std::mem::take(&mut self.buffer);
        if self.skipped.take().is_some() {
            return;
        }
        match fragment.as_slice() {
            [ESC] => out.push(Input::Chord(Chord::key(Code::Esc))),
            [ESC, byte] if byte.is_ascii() => {
                out.extend(simple(*byte).map(|chord| Input::Chord(with_alt(chord))));
            }
            _ => {}
        }
    }

    fn run(&mut self, out: &mut Vec<Input>) {
        loop {
            if let Some(mut paste) = self.paste.take() {
                // Only the tail can hold an end that was cut.
                let from = paste.len().saturating_sub(PASTE_END.len() - 1);
                paste.append(&mut self.buffer);
                let found = paste[from..].windows(PASTE_END.len()).position(|w| w == PASTE_END);
                let Some(at) = found.map(|offset| from + offset) else {
                    self.paste = Some(paste);
                    return;
                };
                self.buffer = paste.split_off(at + PASTE_END.len());
                paste.truncate(at);
                out.push(Input::Paste(pasted(&paste)));
            }
            if let Some(kind) = self.skipped.take() {
                let Some(length) = kind.rest(&self.buffer) else {
                    self.skip(kind);
                    return;
                };
                self.buffer.drain(..length);
            }
            match step(&self.buffer) {
                Step::Whole(length, chord) => {
                    self.buffer.drain(..length);
                    out.extend(chord.map(Input::Chord));
                }
                Step::Paste(length) => {
                    self.buffer.drain(..length);
                    self.paste = Some(Vec::new());
                }
                Step::Cut if self.buffer.len() > LONGEST_SEQUENCE => {
                    let is_sequence = self.buffer.get(1) == Some(&b'[');
                    self.skip(if is_sequence { TooLong::Sequence } else { TooLong::Report });
                    return;
                }
                Step::Cut => return,
            }
        }
    }

    /// Drops what is there of something too long; an Escape at its end may be half of the end.
    fn skip(&mut self, kind: TooLong) {
        let escape = kind == TooLong::Report && self.buffer.last() == Some(&ESC);
        self.buffer.clear();
        self.buffer.extend(escape.then_some(ESC));
        self.skipped = Some(kind);
    }
}

impl TooLong {
    /// The bytes up to its end, when that is there.
    fn rest(self, bytes: &[u8]) -> Option<usize> {
        match self {
            TooLong::Report => report_end(bytes),
            TooLong::Sequence => {
                let at = bytes.iter().position(|byte| !is_parameter(*byte))?;
                Some(at + usize::from(is_final(bytes[at])))
            }
        }
    }
}

fn is_parameter(byte: u8) -> bool {
    matches!(byte, 0x20..=0x3f)
}

fn is_final(byte: u8) -> bool {
    matches!(byte, 0x40..=0x7e)
}

/// Terminals send a line break as CR, some as CR LF; a text has LF.
fn pasted(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).replace("\r\n", "\n").replace('\r', "\n")
}

fn step(bytes: &[u8]) -> Step {
    match bytes {
        [] | [ESC] => Step::Cut,
        [ESC, ESC, ..] => Step::Whole(1, Some(Chord::key(Code::Esc))),
        [ESC, b'[', rest @ ..] => control_sequence(rest),
        [ESC, b'O', rest @ ..] => match rest {
            [] => Step::Cut,
            [b'M', ..] => Step::Whole(3, Some(Chord::key(Code::Enter))), // of the keypad
            [letter, ..] => Step::Whole(3, by_letter(*letter).map(Chord::key)),
        },
        [ESC, b']' | b'P' | b'_' | b'^' | b'X', rest @ ..] => report(rest),
        [ESC, rest @ ..] => match character(rest) {
            Step::Whole(length, chord) => Step::Whole(length + 1, chord.map(with_alt)),
            other => other,
        },
        _ => character(bytes),
    }
}

/// One character, or a control character.
fn character(bytes: &[u8]) -> Step {
    let Some(first) = bytes.first() else { return Step::Cut };
    let length = match first {
        0..=0x7f => return Step::Whole(1, simple(*first)),
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Step::Whole(1, None),
    };
    let head = &bytes[..length.min(bytes.len())];
    match std::str::from_utf8(head) {
        Ok(text) => Step::Whole(length, text.chars().next().map(Chord::char)),
        Err(error) if error.error_len().is_none() => Step::Cut,
        Err(_) => Step::Whole(1, None),
    }
}

/// A single ASCII byte as a key.
fn simple(byte: u8) -> Option<Chord> {
    Some(match byte {
        0 => Chord::ctrl(' '),
        b'\t' => Chord::key(Code::Tab),
        b'\r' | b'\n' => Chord::key(Code::Enter),
        0x7f => Chord::key(Code::Backspace),
        ESC => Chord::key(Code::Esc),
        0x01..=0x1a => Chord::ctrl(char::from(byte - 1 + b'a')),
        0x1c..=0x1f => Chord::ctrl(char::from(byte - 0x1c + b'\\')),
        0x20..=0x7e => Chord::char(char::from(byte)),
        _ => return None,
    })
}

fn with_alt(chord: Chord) -> Chord {
    Chord { alt: true, ..chord }
}

/// What follows `ESC ]` and its like: up to BEL or `ESC \`.
fn report(rest: &[u8]) -> Step {
    report_end(rest).map_or(Step::Cut, |length| Step::Whole(length + 2, None))
}

fn report_end(rest: &[u8]) -> Option<usize> {
    rest.iter().enumerate().find_map(|(at, byte)| match byte {
        0x07 => Some(at + 1),
        b'\\' if at > 0 && rest[at - 1] == ESC => Some(at + 1),
        _ => None,
    })
}

/// What follows `ESC [`.
fn control_sequence(rest: &[u8]) -> Step {
    // The Linux console sends `ESC [ [ A` for F1.
    if let [b'[', tail @ ..] = rest {
        return match tail {
            [] => Step::Cut,
            [letter @ b'A'..=b'E', ..] => {
                Step::Whole(4, Some(Chord::key(Code::F(letter - b'A' + 1))))
            }
            _ => Step::Whole(3, None),
        };
    }
    let parameters = rest.iter().take_while(|byte| is_parameter(**byte)).count();
    let length = parameters + 3;
    match rest.get(parameters) {
        None => Step::Cut,
        Some(b'~') if &rest[..parameters] == b"200" => Step::Paste(length),
        // Longer than what is waited for when it comes in pieces: no key either.
        Some(last) if is_final(*last) && length > LONGEST_SEQUENCE + 1 => Step::Whole(length, None),
        Some(last) if is_final(*last) => {
            Step::Whole(length, sequence_chord(&rest[..parameters], *last))
        }
        // Not a sequence after all: a key pressed in the middle of one, or noise.
        Some(_) => Step::Whole(parameters + 2, None),
    }
}

fn sequence_chord(parameters: &[u8], last: u8) -> Option<Chord> {
    if parameters.iter().any(|byte| matches!(byte, b'<'..=b'?')) {
        return None; // a report of the mouse or of the terminal itself
    }
    let text = std::str::from_utf8(parameters).ok()?;
    let mut fields = text.split(';').map(|field| {
        let mut parts = field.split(':').map(|part| part.parse::<u32>().ok());
        (parts.next().flatten(), parts.next().flatten())
    });
    let (first, _) = fields.next().unwrap_or_default();
    let (modifiers, event) = fields.next().unwrap_or_default();
    let (third, _) = fields.next().unwrap_or_default();
    if event == Some(3) {
        return None; // the key was let go
    }
    let code = match last {
        b'~' if first == Some(27) => by_number(third?)?,
        b'~' => by_tilde(first?)?,
        b'u' => by_number(first?)?,
        b'Z' => Code::BackTab,
        // `CSI row ; column R` is a report of the cursor, not F3.
        b'R' if first.is_some_and(|n| n != 1) => return None,
        _ if first.is_none_or(|n| n == 1) => by_letter(last)?,
        _ => return None,
    };
    let held = modifiers.unwrap_or(1).saturating_sub(1);
    // Super and Hyper belong to the window manager.
    (held & 0b1_1000 == 0).then(|| Chord::new(code, held & 4 != 0, held & 2 != 0, held & 1 != 0))
}

fn by_letter(letter: u8) -> Option<Code> {
    Some(match letter {
        b'A' => Code::Up,
        b'B' => Code::Down,
        b'C' => Code::Right,
        b'D' => Code::Left,
        b'H' => Code::Home,
        b'F' => Code::End,
        b'P'..=b'S' => Code::F(letter - b'P' + 1),
        _ => return None,
    })
}

fn by_tilde(number: u32) -> Option<Code> {
    Some(match number {
        1 | 7 => Code::Home,
        2 => Code::Insert,
        3 => Code::Delete,
        4 | 8 => Code::End,
        5 => Code::PageUp,
        6 => Code::PageDown,
        11..=15 => Code::F(number as u8 - 10),
        17..=21 => Code::F(number as u8 - 11),
        23..=24 => Code::F(number as u8 - 12),
        _ => return None,
    })
}

fn by_number(number: u32) -> Option<Code> {
    Some(match number {
        9 => Code::Tab,
        13 => Code::Enter,
        27 => Code::Esc,
        8 | 127 => Code::Backspace,
        // The kitty protocol gives keys without a character private-use numbers; none is needed.
        0xe000..=0xf8ff => return None,
        other => Code::Char(char::from_u32(other).filter(|c| !c.is_control())?),
    })
}

#[cfg(test)]
#[path = "decode_tests.rs"]
mod tests;
