//! A place in the text, and what is wrong there.

use std::fmt;

use crate::domain::escape;

/// The characters shown of what was found.
const FOUND: usize = 24;

/// Where a text could not be read, and what was expected there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextError {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What would have been right.
    pub expected: String,
    /// What stands there, harmless and cut short; empty at the end of a line.
    pub found: String,
}

impl fmt::Display for TextError {
    /// `line 1, column 12: expected =, !=, > or <, found == "1"`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let TextError { line, column, expected, found } = self;
        let found = if found.is_empty() { "the end of the line" } else { found };
        write!(f, "line {line}, column {column}: expected {expected}, found {found}")
    }
}

impl std::error::Error for TextError {}

/// A place in one line.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cursor<'a> {
    rest: &'a str,
    line: usize,
    column: usize,
}

impl<'a> Cursor<'a> {
    /// At the first character of a line that is no space.
    pub(super) fn new(text: &'a str, line: usize) -> Cursor<'a> {
        let mut cursor = Cursor { rest: text.trim_end(), line, column: 1 };
        cursor.skip_spaces();
        cursor
    }

    /// What is left of the line.
    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn is_at_end(&self) -> bool {
        self.rest.is_empty()
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.rest = &self.rest[c.len_utf8()..];
        self.column += 1;
        Some(c)
    }

    pub(super) fn skip_spaces(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
    }

    /// Takes the characters that fit.
    pub(super) fn take_while(&mut self, fits: impl Fn(char) -> bool) -> &'a str {
        let text = self.rest;
        while self.peek().is_some_and(&fits) {
            self.next();
        }
        &text[..text.len() - self.rest.len()]
    }

    /// Skips spaces and takes this character.
    pub(super) fn expect(&mut self, c: char, expected: &str) -> Result<(), TextError> {
        self.skip_spaces();
        match self.peek() {
            Some(found) if found == c => {
                self.next();
                Ok(())
            }
            _ => Err(self.error(expected)),
        }
    }

    /// Nothing but spaces may follow.
    pub(super) fn expect_end(&mut self) -> Result<(), TextError> {
        self.skip_spaces();
        if self.is_at_end() { Ok(()) } else { Err(self.error("the end of the line")) }
    }

    /// What was expected here.
    pub(super) fn error(&self, expected: impl Into<String>) -> TextError {
        let mut found: String = self.rest.chars().take(FOUND).collect();
        if found.len() < self.rest.len() {
            found.push('…');
        }
        TextError {
            line: self.line,
            column: self.column,
            expected: expected.into(),
            found: escape::message(&found),
        }
    }
}
