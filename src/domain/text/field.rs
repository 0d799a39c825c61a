//! A field of one line: command line, filter, path, password.

use super::{Motion, TextBuffer};

/// A [`TextBuffer`] that stays on one line.
#[derive(Clone, Debug)]
pub struct Field {
    buffer: TextBuffer,
}

impl Default for Field {
    fn default() -> Field {
        Field::new("")
    }
}

impl Field {
    /// A field of this text, the cursor at its end. For line breaks see [`TextBuffer::one_line`].
    pub fn new(text: &str) -> Field {
        Field { buffer: TextBuffer::one_line(text) }
    }

    /// What is in it.
    pub fn text(&self) -> &str {
        &self.buffer.lines()[0]
    }

    /// Whether nothing is in it.
    pub fn is_empty(&self) -> bool {
        self.buffer.is_empty()
    }

    /// The cursor's column in characters, from 0.
    pub fn cursor(&self) -> usize {
        self.buffer.cursor().1
    }

    /// What stands before the cursor, and what from it on.
    pub fn split(&self) -> (&str, &str) {
        self.text().split_at(self.buffer.cursor_byte())
    }

    /// Grows with every change of the text.
    pub fn revision(&self) -> u64 {
        self.buffer.revision()
    }

    /// Types one character; a line break is ignored.
    pub fn insert(&mut self, c: char) {
        self.buffer.insert(c);
    }

    /// Inserts a paste.
    pub fn insert_str(&mut self, text: &str) {
        self.buffer.insert_str(text);
    }

    /// Deletes the character before the cursor.
    pub fn backspace(&mut self) {
        self.buffer.backspace();
    }

    /// Deletes the character at the cursor.
    pub fn delete(&mut self) {
        self.buffer.delete();
    }

    /// Deletes back to the start of the word.
    pub fn delete_word_back(&mut self) {
        self.buffer.delete_word_back();
    }

    /// Deletes from the cursor back to the start.
    pub fn delete_to_start(&mut self) {
        self.buffer.delete_to_start();
    }

    /// Deletes from the cursor to the end.
    pub fn kill_line(&mut self) {
        self.buffer.kill_line();
    }

    /// Deletes everything.
    pub fn clear(&mut self) {
        self.set("");
    }

    /// Replaces everything (a completion, a line of the history); the cursor goes to the end.
    pub fn set(&mut self, text: &str) {
        self.buffer.replace_all(text);
        self.buffer.go(Motion::End);
    }

    /// Takes back the last step; whether there was one.
    pub fn undo(&mut self) -> bool {
        self.buffer.undo()
    }

    /// Does again what was taken back last; whether there was anything.
    pub fn redo(&mut self) -> bool {
        self.buffer.redo()
    }

    /// Moves the cursor.
    pub fn go(&mut self, motion: Motion) {
        self.buffer.go(motion);
    }
}
