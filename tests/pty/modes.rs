//! Which terminal modes a program has switched on and not off again, read from what it wrote.

use std::collections::BTreeMap;

/// What differs from a terminal's usual state after these bytes, in words, sorted by the number of the
/// mode: `alternate screen (?1049)`, `cursor hidden (?25)`, `colors or attributes`.
pub(crate) fn left_on(output: &[u8]) -> Vec<String> {
    let mut tracker = Tracker::default();
    let mut rest = output;
    while let Some(at) = rest.iter().position(|byte| *byte == ESC) {
        rest = tracker.sequence(&rest[at + 1..]);
    }
    tracker.report()
}

/// The colors that these bytes switch on: the parameters of each `CSI … m` that holds one, in order.
/// Bold, dim, reversed and the like are no colors, and 39 and 49 are the lack of one.
pub(crate) fn colors(output: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(output);
    let mut found = vec![];
    for sequence in text.split("\x1b[").skip(1) {
        let end = sequence.find(|c: char| ('\x40'..='\x7e').contains(&c)).unwrap_or(0);
        let (params, rest) = sequence.split_at(end);
        let is_color = |number: u16| matches!(number, 30..=38 | 40..=48 | 58 | 90..=107);
        let mut numbers = params.split([';', ':']).filter_map(|it| it.parse().ok());
        if rest.starts_with('m') && numbers.any(is_color) {
            found.push(params.to_owned());
        }
    }
    found
}

const ESC: u8 = 0x1b;
const BEL: u8 = 0x07;

#[derive(Default)]
struct Tracker {
    /// Private modes by number, those that were ever switched.
    modes: BTreeMap<u16, bool>,
    keypad: bool,
    scroll_region: bool,
    attributes: bool,
    /// Keyboard enhancement flags pushed and not popped.
    keyboard: i32,
}

impl Tracker {
    /// Takes in what follows an ESC and answers with what follows the sequence.
    fn sequence<'a>(&mut self, bytes: &'a [u8]) -> &'a [u8] {
        let Some((&kind, rest)) = bytes.split_first() else { return &[] };
        match kind {
            b'[' => {
                let ends = |it: &u8| *it == ESC || (0x40..=0x7e).contains(it);
                let Some(end) = rest.iter().position(ends) else {
                    return &[];
                };
                // One that was cut: the next one counts.
                if rest[end] == ESC {
                    return &rest[end..];
                }
                self.control(&rest[..end], rest[end]);
                &rest[end + 1..]
            }
            // A string, as for the title or the clipboard, ends with BEL or ESC \; what looks like a
            // sequence inside it is none.
            b']' | b'P' | b'_' | b'^' | b'X' => {
                let end = rest.iter().position(|it| [ESC, BEL].contains(it));
                end.map_or(&[], |end| &rest[end + usize::from(rest[end] == BEL)..])
            }
            ESC => bytes,
            b'=' | b'>' => {
                self.keypad = kind == b'=';
                rest
            }
            // The terminal starts over.
            b'c' => {
                *self = Self::default();
                rest
            }
            _ => rest,
        }
    }

    fn control(&mut self, params: &[u8], end: u8) {
        let params = String::from_utf8_lossy(params);
        match (params.as_bytes().first(), end) {
            (Some(b'?'), b'h' | b'l') => {
                for mode in params[1..].split(';').filter_map(|it| it.parse().ok()) {
                    self.modes.insert(mode, end == b'h');
                }
            }
            (Some(b'>'), b'u') => self.keyboard += 1,
            (Some(b'<'), b'u') => self.keyboard -= params[1..].parse().unwrap_or(1),
            (_, b'r') if !params.starts_with('?') => self.scroll_region = !params.is_empty(),
            (_, b'm') if !params.starts_with(['>', '?']) => self.color(&params),
            _ => {}
        }
    }

    /// Takes in one `CSI … m`: 0 ends all, any other number but an end of something begins something.
    fn color(&mut self, params: &str) {
        let mut numbers = params.split([';', ':']).map(|it| it.parse().unwrap_or(0));
        while let Some(number) = numbers.next() {
            match number {
                0 => self.attributes = false,
                // A color in its long form has numbers of its own; none of them is a command.
                38 | 48 | 58 => {
                    let more = if numbers.next() == Some(2) { 3 } else { 1 };
                    for _ in 0..more {
                        numbers.next();
                    }
                    self.attributes = true;
                }
                // These take back one thing, and what is left of others only 0 can tell.
                22..=29 | 39 | 49 | 59 => {}
                _ => self.attributes = true,
            }
        }
    }

    fn report(&self) -> Vec<String> {
        let mut left: Vec<_> = self
            .modes
            .iter()
            .filter(|(mode, on)| **on != is_usual(**mode))
            .map(|(mode, on)| format!("{} (?{mode})", name(*mode, *on)))
            .collect();
        let others = [
            (self.keypad, "application keypad"),
            (self.scroll_region, "scroll region"),
            (self.attributes, "colors or attributes"),
            (self.keyboard > 0, "keyboard enhancement"),
        ];
        left.extend(others.iter().filter(|(on, _)| *on).map(|(_, name)| (*name).to_owned()));
        left
    }
}

/// Whether a mode is on in a terminal that nobody has touched: wrapping (7), blinking (12 varies, and
/// crossterm leaves it alone), and the cursor (25).
fn is_usual(mode: u16) -> bool {
    matches!(mode, 7 | 25)
}

fn name(mode: u16, on: bool) -> &'static str {
    match (mode, on) {
        (1, _) => "application cursor keys",
        (7, _) => "no line wrapping",
        (25, _) => "cursor hidden",
        (47 | 1047 | 1049, _) => "alternate screen",
        (9 | 1000..=1003 | 1005 | 1006 | 1015 | 1016, _) => "mouse",
        (1004, _) => "focus reports",
        (2004, _) => "bracketed paste",
        (2026, _) => "synchronized update",
        (_, true) => "unnamed mode on",
        (_, false) => "unnamed mode off",
    }
}
