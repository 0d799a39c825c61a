//! Where the cursor can go.

use super::{Place, TextBuffer};

/// A movement of the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Motion {
    /// One character back, over the start of a line too.
    Left,
    /// One character on, over the end of a line too.
    Right,
    /// One line up, keeping the column where the line is long enough.
    Up,
    /// One line down, likewise.
    Down,
    /// To the start of the word at or before the cursor.
    WordLeft,
    /// To the end of the word at or after the cursor.
    WordRight,
    /// To the start of the line.
    Home,
    /// To the end of the line.
    End,
    /// This many lines up.
    PageUp(usize),
    /// This many lines down.
    PageDown(usize),
    /// To the start of the text.
    Top,
    /// To the end of the text.
    Bottom,
}

impl Motion {
    /// Whether the column is kept in mind over shorter lines.
    pub(super) fn keeps_column(self) -> bool {
        match self {
            Motion::Up | Motion::Down | Motion::PageUp(_) | Motion::PageDown(_) => true,
            Motion::Left
            | Motion::Right
            | Motion::WordLeft
            | Motion::WordRight
            | Motion::Home
            | Motion::End
            | Motion::Top
            | Motion::Bottom => false,
        }
    }
}

impl TextBuffer {
    pub(super) fn target(&mut self, motion: Motion) -> Place {
        let here = self.cursor;
        match motion {
            Motion::Left => self.left_of(here),
            Motion::Right => self.right_of(here),
            Motion::Up => self.vertical(here.line.saturating_sub(1)),
            Motion::Down => self.vertical(here.line.saturating_add(1)),
            Motion::WordLeft => self.word_left_of(here),
            Motion::WordRight => self.word_right_of(here),
            Motion::Home => Place { byte: 0, ..here },
            Motion::End => self.line_end(here.line),
            Motion::PageUp(rows) => self.vertical(here.line.saturating_sub(rows)),
            Motion::PageDown(rows) => self.vertical(here.line.saturating_add(rows)),
            Motion::Top => Place::default(),
            Motion::Bottom => self.end(),
        }
    }

    fn vertical(&mut self, line: usize) -> Place {
        let column = self.goal.unwrap_or_else(|| self.column_at(self.cursor));
        self.goal = Some(column);
        self.place(line.min(self.lines.len() - 1), column)
    }

    pub(super) fn column_at(&self, at: Place) -> usize {
        self.lines[at.line][..at.byte].chars().count()
    }

    /// The place at a column of a line, or the line's end.
    pub(super) fn place(&self, line: usize, column: usize) -> Place {
        let text = &self.lines[line];
        let byte = text.char_indices().nth(column).map_or(text.len(), |(at, _)| at);
        Place { line, byte }
    }

    pub(super) fn line_end(&self, line: usize) -> Place {
        Place { line, byte: self.lines[line].len() }
    }

    pub(super) fn end(&self) -> Place {
        self.line_end(self.lines.len() - 1)
    }

    pub(super) fn left_of(&self, at: Place) -> Place {
        match self.lines[at.line][..at.byte].chars().next_back() {
            Some(c) => Place { byte: at.byte - c.len_utf8(), ..at },
            None if at.line > 0 => self.line_end(at.line - 1),
            None => at,
        }
    }

    pub(super) fn right_of(&self, at: Place) -> Place {
        match self.lines[at.line][at.byte..].chars().next() {
            Some(c) => Place { byte: at.byte + c.len_utf8(), ..at },
            None if at.line + 1 < self.lines.len() => Place { line: at.line + 1, byte: 0 },
            None => at,
        }
    }

    // A path is many words: going back over `/config/app/name` stops before each segment.
    pub(super) fn word_left_of(&self, at: Place) -> Place {
        if at.byte == 0 {
            return self.left_of(at);
        }
        let before = self.lines[at.line][..at.byte].trim_end_matches(|c| !is_word(c));
        Place { byte: before.trim_end_matches(is_word).len(), ..at }
    }

    fn word_right_of(&self, at: Place) -> Place {
        let line = &self.lines[at.line];
        if at.byte == line.len() {
            return self.right_of(at);
        }
        let after = line[at.byte..].trim_start_matches(|c| !is_word(c));
        Place { byte: line.len() - after.trim_start_matches(is_word).len(), ..at }
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
