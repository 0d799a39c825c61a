//! Cutting lines into rows: by columns, never inside a character or its mark.

use super::search::{Marks, Match};
use super::{Class, Span, push};
use crate::domain::escape::{self, Glyph};

/// A row: where its bytes are. Small, since a value may have a million of them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment {
    pub(super) start: u32,
    pub(super) end: u32,
    /// From 1; 0 for a row that goes on with the line of the row above.
    line: u32,
    /// Columns left blank before it.
    pub(super) indent: u16,
    /// What is known at its start.
    pub(super) lead: Lead,
}

impl Segment {
    pub(super) fn begins_line(&self) -> Option<usize> {
        (self.line > 0).then_some(self.line as usize)
    }
}

/// What a row begins with: it can then be read without what stands above it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lead {
    /// Text without structure.
    Text,
    /// JSON: a member's name comes, or anything that is no name.
    Member,
    /// JSON: a value or punctuation comes.
    Value,
    /// JSON: inside a name.
    InKey,
    /// JSON: inside a string.
    InString,
    /// JSON: inside a number.
    InNumber,
    /// JSON: inside a literal.
    InLiteral,
}

/// The least that is shown as a whole.
pub(super) struct Piece {
    pub(super) bytes: usize,
    pub(super) columns: usize,
}

/// Collects rows.
#[derive(Debug, Default)]
pub(super) struct Rows {
    pub(super) segments: Vec<Segment>,
    lines: u32,
}

impl Rows {
    /// Adds a line of printable ASCII characters, each of which is a piece, none of which needs a
    /// lead of its own.
    fn plain(&mut self, start: usize, end: usize, width: usize) {
        self.lines += 1;
        let (mut from, mut line) = (start, self.lines);
        loop {
            let to = end.min(from + width);
            self.add(from, to, line, 0, Lead::Text);
            if to == end {
                return;
            }
            (from, line) = (to, 0);
        }
    }

    /// Adds a line that takes one row.
    pub(super) fn short(&mut self, start: usize, end: usize, indent: usize, lead: Lead) {
        self.lines += 1;
        self.add(start, end, self.lines, indent, lead);
    }

    /// Adds a line of pieces; `next` gives the one at a place and moves the lead past it. Rows after
    /// the first are indented by `hang` more.
    pub(super) fn wrapped(
        &mut self,
        (start, end): (usize, usize),
        width: usize,
        (indent, hang): (usize, usize),
        mut lead: Lead,
        mut next: impl FnMut(usize, &mut Lead) -> Piece,
    ) {
        self.lines += 1;
        let mut line = self.lines;
        let (mut from, mut from_lead, mut blank) = (start, lead, indent);
        let (mut at, mut columns) = (start, indent);
        while at < end {
            let before = lead;
            let piece = next(at, &mut lead);
            if columns + piece.columns > width && at > from {
                self.add(from, at, line, blank, from_lead);
                (from, from_lead, line, blank) = (at, before, 0, indent + hang);
                columns = blank;
            }
            columns += piece.columns;
            at += piece.bytes;
        }
        self.add(from, end, line, blank, from_lead);
    }

    fn add(&mut self, start: usize, end: usize, line: u32, indent: usize, lead: Lead) {
        let segment =
            Segment { start: start as u32, end: end as u32, line, indent: indent as u16, lead };
        self.segments.push(segment);
    }
}

/// Whether every byte is a printable ASCII character, one column wide.
pub(super) fn is_plain(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, 0x20..=0x7e))
}

/// Lays text out, bytes that are no UTF-8 included; no bytes, no rows.
pub(super) fn text(bytes: &[u8], width: usize) -> Vec<Segment> {
    let mut rows = Rows::default();
    let mut start = 0;
    if bytes.is_empty() {
        return rows.segments;
    }
    for line in bytes.split(|b| *b == b'\n') {
        let end = start + line.len();
        if is_plain(line) {
            rows.plain(start, end, width);
        } else {
            let mut glyphs = escape::glyphs(line);
            rows.wrapped((start, end), width, (0, 0), Lead::Text, |_, _| {
                glyphs.next().map_or(Piece { bytes: 1, columns: 1 }, piece)
            });
        }
        start = end + 1;
    }
    rows.segments
}

/// The size of a glyph.
pub(super) fn piece(glyph: Glyph<'_>) -> Piece {
    Piece { bytes: glyph.bytes(), columns: glyph.columns() }
}

/// A row of text.
pub(super) fn spans(bytes: &[u8], row: &Segment, mut marks: Marks<'_>) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut at = row.start as usize;
    for glyph in escape::glyphs(&bytes[at..row.end as usize]) {
        let end = at + glyph.bytes();
        push_glyph(&mut spans, Class::Plain, glyph, marks.of(at, end));
        at = end;
    }
    spans
}

/// Appends a glyph, an escape where it needs one, else of the given class.
pub(super) fn push_glyph(spans: &mut Vec<Span>, class: Class, glyph: Glyph<'_>, found: Match) {
    if let Glyph::Plain(text) = glyph {
        return push(spans, class, found, text);
    }
    let mut mark = String::new();
    escape::push_glyph(&mut mark, glyph);
    push(spans, Class::Escape, found, &mark);
}
