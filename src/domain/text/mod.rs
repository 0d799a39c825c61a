//! A small text editor without a screen: the lines, a cursor, and every step undoable.
//!
//! It holds any UTF-8 text exactly: only `\n` separates lines, a carriage return is a character like
//! any other, and a final newline shows as an empty last line. An edit costs the length of the lines
//! it touches, not that of the text.

mod field;
mod history;
mod motion;

pub use field::Field;
pub use motion::Motion;

use history::{History, Kind, Step};

/// A place between two characters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    line: usize,
    /// In bytes, always on a character boundary: a column would cost a scan at each use.
    byte: usize,
}

impl Place {
    /// Where `text` ends when it begins here.
    fn after(self, text: &str) -> Place {
        match text.rfind('\n') {
            None => Place { line: self.line, byte: self.byte + text.len() },
            Some(last) => Place {
                line: self.line + text.bytes().filter(|b| *b == b'\n').count(),
                byte: text.len() - last - 1,
            },
        }
    }
}

/// Whether a buffer takes line breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Lines,
    OneLine,
}

/// An editable text with a cursor and its history.
#[derive(Clone, Debug)]
pub struct TextBuffer {
    /// Never empty; none holds a `\n`.
    lines: Vec<String>,
    /// Bytes of the whole text: two texts mostly differ in it, and then nothing is compared.
    bytes: usize,
    cursor: Place,
    /// The column that moving up and down tries to keep.
    goal: Option<usize>,
    shape: Shape,
    history: History,
    revision: u64,
}

impl Default for TextBuffer {
    fn default() -> TextBuffer {
        TextBuffer::new("")
    }
}

impl TextBuffer {
    /// A buffer of this text, the cursor at its start.
    pub fn new(text: &str) -> TextBuffer {
        TextBuffer {
            lines: text.split('\n').map(str::to_owned).collect(),
            bytes: text.len(),
            cursor: Place::default(),
            goal: None,
            shape: Shape::Lines,
            history: History::default(),
            revision: 0,
        }
    }

    /// A buffer that stays on one line, the cursor at its end. A line break inserted into it becomes
    /// the two characters `\n` (which whatever reads escapes turns back); one at the very end, as a
    /// paste often brings along, is left out.
    pub fn one_line(text: &str) -> TextBuffer {
        let text = on_one_line(text);
        let cursor = Place { line: 0, byte: text.len() };
        let bytes = text.len();
        TextBuffer {
            lines: vec![text],
            bytes,
            cursor,
            shape: Shape::OneLine,
            ..TextBuffer::new("")
        }
    }

    /// The lines, without their line ends; at least one.
    pub fn lines(&self) -> &[String] {
        &self.lines
    }

    /// The whole text, exactly.
    pub fn text(&self) -> String {
        self.lines.join("\n")
    }

    /// Whether the text is `other`, without putting it together.
    pub fn is(&self, other: &str) -> bool {
        if other.len() != self.bytes {
            return false;
        }
        let mut parts = other.split('\n');
        self.lines.iter().all(|line| parts.next() == Some(line)) && parts.next().is_none()
    }

    /// Whether there is no text at all.
    pub fn is_empty(&self) -> bool {
        matches!(&self.lines[..], [only] if only.is_empty())
    }

    /// Where the cursor is: line and column from 0, the column in characters.
    pub fn cursor(&self) -> (usize, usize) {
        (self.cursor.line, self.column_at(self.cursor))
    }

    /// Where the cursor is in its line, in bytes: what a drawing of the line is cut at.
    pub fn cursor_byte(&self) -> usize {
        self.cursor.byte
    }

    /// Grows with every change of the text, by undo and redo too; moving the cursor leaves it.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Types one character; `\n` is a line break.
    pub fn insert(&mut self, c: char) {
        let mut bytes = [0; 4];
        let text: &str = c.encode_utf8(&mut bytes);
        if c == '\n' { self.newline() } else { self.replace(self.cursor, text, Kind::Typing) }
    }

    /// Inserts a text at once, for example a paste: one step to undo.
    pub fn insert_str(&mut self, text: &str) {
        self.replace(self.cursor, text, Kind::Whole);
    }

    /// Breaks the line; nothing in a buffer of one line.
    pub fn newline(&mut self) {
        if self.shape == Shape::Lines {
            self.replace(self.cursor, "\n", Kind::Whole);
        }
    }

    /// Deletes the character before the cursor, joining lines at the start of one.
    pub fn backspace(&mut self) {
        self.replace(self.left_of(self.cursor), "", Kind::Back);
    }

    /// Deletes the character at the cursor, joining lines at the end of one.
    pub fn delete(&mut self) {
        self.replace(self.right_of(self.cursor), "", Kind::Forward);
    }

    /// Deletes back to the start of the word; at the start of a line, the line break.
    pub fn delete_word_back(&mut self) {
        self.replace(self.word_left_of(self.cursor), "", Kind::Whole);
    }

    /// Deletes from the cursor back to the start of the line.
    pub fn delete_to_start(&mut self) {
        self.replace(Place { byte: 0, ..self.cursor }, "", Kind::Whole);
    }

    /// Deletes from the cursor to the end of the line; at the end of a line, the line break.
    pub fn kill_line(&mut self) {
        let end = self.line_end(self.cursor.line);
        let to = if self.cursor == end { self.right_of(end) } else { end };
        self.replace(to, "", Kind::Whole);
    }

    /// Replaces the whole text in one step that can be undone; the cursor stays where it was as far
    /// as the new text allows.
    pub fn replace_all(&mut self, text: &str) {
        let (line, column) = self.cursor();
        self.exchange(Place::default(), self.end(), text, Kind::Whole);
        self.set_cursor(line, column);
    }

    /// Begins anew with another text: nothing to undo; the cursor stays as [`Self::replace_all`]
    /// has it.
    pub fn reset(&mut self, text: &str) {
        self.replace_all(text);
        self.history = History::default();
        self.revision += 1;
    }

    /// Takes back the last step; whether there was one.
    pub fn undo(&mut self) -> bool {
        let Some(step) = self.history.undo() else { return false };
        let cursor = step.before;
        self.splice(step.at, step.at.after(&step.inserted), &step.removed);
        self.jump(cursor);
        self.history.undone(step);
        true
    }

    /// Does again what was taken back last; whether there was anything.
    pub fn redo(&mut self) -> bool {
        let Some(step) = self.history.redo() else { return false };
        let end = self.splice(step.at, step.at.after(&step.removed), &step.inserted);
        self.jump(end);
        self.history.redone(step);
        true
    }

    /// Moves the cursor.
    pub fn go(&mut self, motion: Motion) {
        self.history.seal();
        self.cursor = self.target(motion);
        if !motion.keeps_column() {
            self.goal = None;
        }
    }

    /// Puts the cursor at a line and column (in characters), both from 0, or as near as there is.
    pub fn set_cursor(&mut self, line: usize, column: usize) {
        self.history.seal();
        let line = line.min(self.lines.len() - 1);
        self.jump(self.place(line, column));
    }

    fn jump(&mut self, to: Place) {
        self.cursor = to;
        self.goal = None;
    }

    /// Puts `text` in the place of what lies between the cursor and `other`, as a step to undo.
    fn replace(&mut self, other: Place, text: &str, kind: Kind) {
        self.exchange(self.cursor.min(other), self.cursor.max(other), text, kind);
    }

    fn exchange(&mut self, from: Place, to: Place, text: &str, kind: Kind) {
        let one_line;
        let text = if self.shape == Shape::OneLine && text.contains(['\n', '\r']) {
            one_line = on_one_line(text);
            &one_line
        } else {
            text
        };
        if from == to && text.is_empty() {
            return;
        }
        let before = self.cursor;
        let removed = self.between(from, to);
        let end = self.splice(from, to, text);
        self.jump(end);
        self.history.push(Step { at: from, removed, inserted: text.to_owned(), before, kind });
    }

    fn between(&self, from: Place, to: Place) -> String {
        if from.line == to.line {
            return self.lines[from.line][from.byte..to.byte].to_owned();
        }
        let mut out = self.lines[from.line][from.byte..].to_owned();
        for line in &self.lines[from.line + 1..to.line] {
            out.push('\n');
            out.push_str(line);
        }
        out.push('\n');
        out.push_str(&self.lines[to.line][..to.byte]);
        out
    }

    fn bytes_between(&self, from: Place, to: Place) -> usize {
        let before = self.lines[from.line..to.line].iter().map(|line| line.len() + 1);
        before.sum::<usize>() + to.byte - from.byte
    }

    /// Replaces `from..to` by `text` and answers where the text then ends.
    fn splice(&mut self, from: Place, to: Place, text: &str) -> Place {
        self.revision += 1;
        self.bytes = self.bytes + text.len() - self.bytes_between(from, to);
        if from.line == to.line && !text.contains('\n') {
            self.lines[from.line].replace_range(from.byte..to.byte, text);
            return from.after(text);
        }
        let rest = self.lines[to.line].split_off(to.byte);
        let mut parts = text.split('\n');
        let first = &mut self.lines[from.line];
        first.truncate(from.byte);
        first.push_str(parts.next().unwrap_or_default());
        self.lines.splice(from.line + 1..=to.line, parts.map(str::to_owned));
        let end = from.after(text);
        self.lines[end.line].push_str(&rest);
        end
    }
}

/// A text as a buffer of one line takes it.
fn on_one_line(text: &str) -> String {
    text.trim_end_matches(['\n', '\r']).replace('\r', "\\r").replace('\n', "\\n")
}
