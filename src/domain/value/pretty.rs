//! Formatted JSON: a line a member, indented, every token exactly as it was written.

use super::search::{Marks, Match};
use super::wrap::{self, Lead, Piece, Rows, Segment};
use super::{Class, Span, push};
use crate::domain::escape::{self, Glyph};
use crate::domain::json::{self, JsonError, Token};

/// A JSON text without the white space between its tokens, and where its rows begin.
#[derive(Clone, Debug)]
pub(super) struct Pretty {
    /// Without that white space a row costs what it shows, however the text was spaced. A colon has a
    /// space behind it here too, so that what is searched is what is seen.
    text: String,
    rows: Vec<Segment>,
}

impl Pretty {
    /// Lays a JSON text out.
    pub(super) fn new(source: &str, width: usize) -> Result<Pretty, JsonError> {
        let mut lines = Lines {
            text: String::with_capacity(source.len()),
            rows: Rows::default(),
            width,
            start: 0,
            depth: 0,
            lead: Lead::Value,
            opened: false,
        };
        json::scan(source, |token, place| lines.token(token, &source[place]))?;
        lines.finish();
        Ok(Pretty { text: lines.text, rows: lines.rows.segments })
    }

    pub(super) fn rows(&self) -> &[Segment] {
        &self.rows
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn row(&self, index: usize, mut marks: Marks<'_>) -> Vec<Span> {
        let mut spans = Vec::new();
        let Some(row) = self.rows.get(index) else { return spans };
        if row.indent > 0 {
            push(&mut spans, Class::Plain, Match::None, &" ".repeat(usize::from(row.indent)));
        }
        let (mut at, mut lead) = (row.start as usize, row.lead);
        while at < row.end as usize {
            let (class, piece) = step(&self.text[at..], &mut lead);
            let end = at + piece.bytes;
            let text = &self.text[at..end];
            match escape::first_glyph(text) {
                Some(glyph @ Glyph::Escaped(_)) => {
                    wrap::push_glyph(&mut spans, class, glyph, marks.of(at, end));
                }
                Some(Glyph::Plain(":")) if class == Class::Punct => {
                    push(&mut spans, class, marks.of(at, at + 1), ":");
                    push(&mut spans, Class::Plain, marks.of(at + 1, end), " ");
                }
                _ => push(&mut spans, class, marks.of(at, end), text),
            }
            at = end;
        }
        spans
    }
}

/// Lines in the making.
struct Lines {
    text: String,
    rows: Rows,
    width: usize,
    /// Where the present line begins in `text`.
    start: usize,
    depth: usize,
    lead: Lead,
    /// Whether the last token opened an object or array that may yet turn out to be empty.
    opened: bool,
}

impl Lines {
    fn token(&mut self, token: Token, text: &str) {
        match token {
            Token::Close if self.opened => {}
            Token::Close => {
                self.finish();
                self.depth -= 1;
            }
            _ if self.opened => {
                self.finish();
                self.depth += 1;
            }
            _ => {}
        }
        if self.text.len() == self.start {
            self.lead = if token == Token::Key { Lead::Member } else { Lead::Value };
        }
        self.text.push_str(text);
        if token == Token::Colon {
            self.text.push(' ');
        }
        self.opened = token == Token::Open;
        if token == Token::Comma {
            self.finish();
        }
    }

    fn finish(&mut self) {
        let (start, end) = (self.start, self.text.len());
        self.start = end;
        // Deep nesting must not push everything off the row.
        let indent = (self.depth * 2).min(self.width / 2);
        let line = &self.text[start..];
        if indent + line.len() <= self.width && wrap::is_plain(line.as_bytes()) {
            return self.rows.short(start, end, indent, self.lead);
        }
        let hang = 2.min(self.width / 4);
        let text = &self.text;
        self.rows.wrapped((start, end), self.width, (indent, hang), self.lead, |at, lead| {
            step(&text[at..], lead).1
        });
    }
}

/// The piece `rest` begins with, and what it is; `lead` is moved past it.
fn step(rest: &str, lead: &mut Lead) -> (Class, Piece) {
    let one = Piece { bytes: 1, columns: 1 };
    let first = rest.as_bytes()[0];
    match *lead {
        Lead::InKey | Lead::InString => {
            let class = if *lead == Lead::InKey { Class::Key } else { Class::String };
            match first {
                b'"' => {
                    *lead = Lead::Value;
                    (class, one)
                }
                b'\\' => {
                    let bytes = if rest.as_bytes().get(1) == Some(&b'u') { 6 } else { 2 };
                    (class, Piece { bytes, columns: bytes })
                }
                0x20..=0x7e => (class, one),
                _ => (class, escape::first_glyph(rest).map_or(one, wrap::piece)),
            }
        }
        Lead::InNumber if matches!(first, b'0'..=b'9' | b'.' | b'e' | b'E' | b'+' | b'-') => {
            (Class::Number, one)
        }
        Lead::InLiteral if first.is_ascii_lowercase() => (Class::Literal, one),
        Lead::Text | Lead::Member | Lead::Value | Lead::InNumber | Lead::InLiteral => match first {
            b'"' => {
                let key = *lead == Lead::Member;
                *lead = if key { Lead::InKey } else { Lead::InString };
                (if key { Class::Key } else { Class::String }, one)
            }
            b'-' | b'0'..=b'9' => {
                *lead = Lead::InNumber;
                (Class::Number, one)
            }
            b'a'..=b'z' => {
                *lead = Lead::InLiteral;
                (Class::Literal, one)
            }
            b':' => {
                *lead = Lead::Value;
                (Class::Punct, Piece { bytes: 2, columns: 2 })
            }
            _ => {
                *lead = Lead::Value;
                (Class::Punct, one)
            }
        },
    }
}
