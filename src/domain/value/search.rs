//! Text found in a value, whatever its case, and bytes exactly; and the parts of a row to highlight.
//!
//! A search costs one pass over the value, whatever it holds: Knuth, Morris and Pratt, with a skip to
//! the next place where a match could begin.

use crate::domain::escape;

/// Where something was found: bytes of the text that a view shows, see
/// [`View::offset`](super::View::offset).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Place {
    /// Its first byte.
    pub fn start(self) -> usize {
        self.start as usize
    }
}

/// All places where something was found, in order, and the one that is looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    places: Vec<Place>,
    current: usize,
}

impl Found {
    pub(super) fn new(places: Vec<Place>) -> Found {
        Found { places, current: 0 }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// The one that is looked at; none where nothing was found.
    pub fn current(&self) -> Option<Place> {
        self.places.get(self.current).copied()
    }

    /// Its number, from 1; 0 where nothing was found.
    pub fn number(&self) -> usize {
        if self.is_empty() { 0 } else { self.current + 1 }
    }

    /// Looks at the first one that begins at an offset or after it, else at the first of all.
    pub fn look_from(&mut self, offset: usize) {
        let at = self.places.partition_point(|place| place.start() < offset);
        self.current = if at < self.places.len() { at } else { 0 };
    }

    /// Looks at the one with this number, from 1, or at the last.
    pub fn look_at(&mut self, number: usize) {
        self.current = number.min(self.len()).saturating_sub(1);
    }

    /// Looks at the next one; after the last comes the first.
    pub fn look_at_next(&mut self) {
        self.current = (self.current + 1) % self.places.len().max(1);
    }

    /// Looks at the one before; before the first comes the last.
    pub fn look_at_previous(&mut self) {
        self.current = self.current.checked_sub(1).unwrap_or(self.len().saturating_sub(1));
    }

    /// Those from an offset on, to color a row by.
    pub(super) fn marks(&self, from: usize) -> Marks<'_> {
        let at = self.places.partition_point(|place| place.end as usize <= from);
        Marks { rest: &self.places[at..], current: self.current() }
    }
}

/// Whether a piece of a row belongs to what was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Match {
    /// It does not.
    #[default]
    None,
    /// It was found.
    Other,
    /// It is the one that is looked at.
    Current,
}

/// Tells of the bytes of a row, from its first on, whether they were found.
pub(super) struct Marks<'a> {
    rest: &'a [Place],
    current: Option<Place>,
}

impl Marks<'_> {
    /// Where nothing was looked for.
    pub(super) const NONE: Marks<'static> = Marks { rest: &[], current: None };

    /// Of the bytes `start..end`, none of which lies before those asked for last.
    pub(super) fn of(&mut self, start: usize, end: usize) -> Match {
        while let Some((first, rest)) = self.rest.split_first()
            && first.end as usize <= start
        {
            self.rest = rest;
        }
        match self.rest.first() {
            Some(place) if place.start() < end => {
                if Some(*place) == self.current {
                    Match::Current
                } else {
                    Match::Other
                }
            }
            _ => Match::None,
        }
    }
}

/// What the text is that is searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Text,
    /// Without white space between tokens, but with a space behind the colon.
    Json,
    Bytes,
}

/// Every place in `bytes` where `text` stands: as it was typed, in any case; as the bytes that its
/// escapes (`\x1b`, `\n`) stand for; in formatted JSON also as it was before it was formatted, and in a
/// dump as the pairs that it shows (`41 42`).
pub(super) fn find(bytes: &[u8], text: &str, shown: Shown) -> Vec<Place> {
    let mut places = Vec::new();
    in_any_case(bytes, text, &mut places);
    let first = places.len();
    let spaced = || Some(spaced(text)).filter(|spaced| spaced != text);
    if let Some(spaced) = (shown == Shown::Json).then(spaced).flatten() {
        in_any_case(bytes, &spaced, &mut places);
    }
    let escaped = || escape::unescape(text).ok().filter(|_| text.contains('\\'));
    let pairs = || pairs(text).filter(|_| shown == Shown::Bytes);
    if let Some(pattern) = escaped().or_else(pairs) {
        in_bytes(bytes, &pattern, |byte| byte, &mut places);
    }
    if places.len() > first {
        in_order(&mut places);
    }
    places
}

fn in_any_case(bytes: &[u8], text: &str, places: &mut Vec<Place>) {
    if text.is_ascii() {
        let pattern = text.to_ascii_lowercase().into_bytes();
        in_bytes(bytes, &pattern, |byte| byte.to_ascii_lowercase(), places);
    } else {
        let pattern: Vec<char> = text.chars().map(fold).collect();
        in_chars(bytes, &pattern, places);
    }
}

/// Formatted JSON has a space behind the colon of a member, which may not have been typed. A quote
/// before a colon ends a name, unless it is escaped and so inside a string, or begins one.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 4);
    let mut chars = text.chars().peekable();
    let (mut escaped, mut name) = (false, false);
    while let Some(c) = chars.next() {
        out.push(c);
        if c == ':' && name && chars.peek().is_some() {
            chars.next_if_eq(&' ');
            out.push(' ');
        }
        name = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
    }
    out
}

/// `41 42 1b`: at least two pairs, or every number would be one.
fn pairs(text: &str) -> Option<Vec<u8>> {
    let pair = |pair: &str| match pair.as_bytes() {
        [high, low] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
            u8::from_str_radix(pair, 16).ok()
        }
        _ => None,
    };
    let bytes: Vec<u8> = text.split_whitespace().map(pair).collect::<Option<_>>()?;
    (bytes.len() > 1).then_some(bytes)
}

/// Sorts, and drops what begins within the one before.
fn in_order(places: &mut Vec<Place>) {
    places.sort_unstable_by_key(|place| (place.start, place.end));
    let mut end = 0;
    places.retain(|place| {
        let apart = place.start >= end;
        if apart {
            end = place.end;
        }
        apart
    });
}

/// For each length of a beginning of the pattern: how long the longest other beginning is with which
/// it ends.
fn borders<T: PartialEq>(pattern: &[T]) -> Vec<usize> {
    let mut borders = vec![0; pattern.len()];
    let mut length = 0;
    for at in 1..pattern.len() {
        while length > 0 && pattern[at] != pattern[length] {
            length = borders[length - 1];
        }
        length += usize::from(pattern[at] == pattern[length]);
        borders[at] = length;
    }
    borders
}

fn in_bytes(bytes: &[u8], pattern: &[u8], alike: impl Fn(u8) -> u8, places: &mut Vec<Place>) {
    let Some(&first) = pattern.first() else { return };
    let borders = borders(pattern);
    let (mut at, mut matched) = (0, 0);
    loop {
        if matched == 0 {
            let skipped = bytes[at..].iter().position(|byte| alike(*byte) == first);
            let Some(skipped) = skipped else { return };
            at += skipped;
        }
        let Some(byte) = bytes.get(at) else { return };
        let byte = alike(*byte);
        while matched > 0 && byte != pattern[matched] {
            matched = borders[matched - 1];
        }
        matched += usize::from(byte == pattern[matched]);
        at += 1;
        if matched == pattern.len() {
            places.push(Place { start: (at - matched) as u32, end: at as u32 });
            matched = 0;
        }
    }
}

fn in_chars(bytes: &[u8], pattern: &[char], places: &mut Vec<Place>) {
    let Some(&first) = pattern.first() else { return };
    let borders = borders(pattern);
    let firsts = variants(first);
    let mut base = 0;
    for chunk in bytes.utf8_chunks() {
        let text = chunk.valid();
        let mut matched = 0;
        for (at, c) in text.char_indices() {
            if matched == 0 && !firsts.contains(&c) {
                continue;
            }
            let alike = fold(c);
            while matched > 0 && alike != pattern[matched] {
                matched = borders[matched - 1];
            }
            matched += usize::from(alike == pattern[matched]);
            if matched == pattern.len() {
                let end = at + c.len_utf8();
                // As many characters back as the pattern has: cases may differ in length.
                let back = text[..end].char_indices().rev().nth(matched - 1);
                let start = back.map_or(0, |(start, _)| start);
                places.push(Place { start: (base + start) as u32, end: (base + end) as u32 });
                matched = 0;
            }
        }
        base += text.len() + chunk.invalid().len();
    }
}

/// One character for all cases of a letter. What has no single other one (`ß`, `İ`) stands for itself.
fn fold(c: char) -> char {
    if c.is_ascii() { c.to_ascii_lowercase() } else { lower(upper(c)) }
}

/// The characters that fold to this one, as far as they can be had from it.
fn variants(folded: char) -> [char; 4] {
    // A letter with two small forms (`σ`, `ς`) is found through its capital.
    let other = if folded == 'σ' { 'ς' } else { folded };
    [folded, upper(folded), lower(folded), other]
}

fn upper(c: char) -> char {
    let mut upper = c.to_uppercase();
    upper.next().filter(|_| upper.next().is_none()).unwrap_or(c)
}

fn lower(c: char) -> char {
    let mut lower = c.to_lowercase();
    lower.next().filter(|_| lower.next().is_none()).unwrap_or(c)
}

#[cfg(test)]
#[path = "search_tests.rs"]
mod tests;
