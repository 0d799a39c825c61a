//! Two values side by side, as a person reads them: the lines that differ with a few around them,
//! counts, and what only the bytes tell.

use super::diff::{DiffLine, diff, lines};
use super::hex;

/// Equal lines shown around a difference.
const CONTEXT: usize = 3;

/// A row of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Row {
    /// A line in both.
    Same(String),
    /// A line only in the old value.
    Removed(String),
    /// A line only in the new value.
    Added(String),
    /// So many equal lines, left out.
    Equal(usize),
}

/// What a look at the lines alone would miss.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Note {
    /// Not a single byte differs.
    Identical,
    /// Only line ends differ: `\r\n` here, `\n` there.
    OnlyLineEnds,
    /// The only difference: the new value ends in a line break.
    OnlyFinalNewlineAdded,
    /// The only difference: the new value does not end in a line break any more.
    OnlyFinalNewlineRemoved,
    /// Line ends and the break at the very end differ, and nothing else.
    OnlyLineEndsAndFinalNewline,
    /// At least one of them is no text: the lines are hexadecimal, 16 bytes each.
    Hexadecimal,
}

impl Note {
    /// A sentence.
    pub fn text(self) -> &'static str {
        match self {
            Note::Identical => "not a single byte differs",
            Note::OnlyLineEnds => "only line endings differ (\\r\\n and \\n)",
            Note::OnlyFinalNewlineAdded => "only the final newline differs: there is one now",
            Note::OnlyFinalNewlineRemoved => {
                "only the final newline differs: there is none any more"
            }
            Note::OnlyLineEndsAndFinalNewline => {
                "only line endings (\\r\\n and \\n) and the final newline differ"
            }
            Note::Hexadecimal => "not text: compared as hexadecimal, 16 bytes a line",
        }
    }
}

/// Two values compared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comparison {
    /// The rows, in order.
    pub rows: Vec<Row>,
    /// Lines that were removed.
    pub removed: usize,
    /// Lines that were added.
    pub added: usize,
    /// What else there is to know.
    pub note: Option<Note>,
}

impl Comparison {
    /// Compares an old value with a new one.
    pub fn new(old: &[u8], new: &[u8]) -> Comparison {
        let texts = (std::str::from_utf8(old), std::str::from_utf8(new));
        let (old_text, new_text, hexadecimal) = match texts {
            (Ok(old), Ok(new)) => (old.to_owned(), new.to_owned(), false),
            _ => (hex::to_text(old), hex::to_text(new), true),
        };
        let note = match (old == new, hexadecimal) {
            (true, _) => Some(Note::Identical),
            (false, true) => Some(Note::Hexadecimal),
            (false, false) => ends_alone(&old_text, &new_text),
        };
        let all = diff(&lines(&old_text), &lines(&new_text)).into_iter().map(owned).collect();
        Comparison::of(all, note)
    }

    fn of(all: Vec<Row>, note: Option<Note>) -> Comparison {
        let count = |wanted: fn(&Row) -> bool| all.iter().filter(|row| wanted(row)).count();
        let removed = count(|row| matches!(row, Row::Removed(_)));
        let added = count(|row| matches!(row, Row::Added(_)));
        let changed: Vec<usize> = (0..all.len()).filter(|at| !is_same(&all[*at])).collect();
        let near = |at: usize| {
            let next = changed.partition_point(|c| *c < at);
            let after = changed.get(next).is_some_and(|c| c - at <= CONTEXT);
            after || next > 0 && at - changed[next - 1] <= CONTEXT
        };
        let mut rows = Vec::new();
        let mut equal = 0;
        for (at, row) in all.into_iter().enumerate() {
            if !near(at) {
                equal += 1;
                continue;
            }
            if equal > 0 {
                rows.push(Row::Equal(std::mem::take(&mut equal)));
            }
            rows.push(row);
        }
        if equal > 0 && !changed.is_empty() {
            rows.push(Row::Equal(equal));
        }
        Comparison { rows, removed, added, note }
    }
}

fn is_same(row: &Row) -> bool {
    matches!(row, Row::Same(_))
}

fn owned(line: DiffLine<'_>) -> Row {
    match line {
        DiffLine::Same(text) => Row::Same(text.to_owned()),
        DiffLine::Removed(text) => Row::Removed(text.to_owned()),
        DiffLine::Added(text) => Row::Added(text.to_owned()),
    }
}

/// Whether two texts that differ do so in nothing but how their lines end.
fn ends_alone(old: &str, new: &str) -> Option<Note> {
    let body = |text: &str| text.replace("\r\n", "\n");
    let (old_body, new_body) = (body(old), body(new));
    if old_body == new_body {
        return Some(Note::OnlyLineEnds);
    }
    let ends = (old_body.ends_with('\n'), new_body.ends_with('\n'));
    let without = |text: &'_ str| text.strip_suffix('\n').map(str::to_owned);
    match ends {
        (false, true) if without(&new_body).as_deref() == Some(&old_body) => {
            let exact = new.strip_suffix("\r\n").or_else(|| new.strip_suffix('\n')) == Some(old);
            let alone = Note::OnlyFinalNewlineAdded;
            Some(if exact { alone } else { Note::OnlyLineEndsAndFinalNewline })
        }
        (true, false) if without(&old_body).as_deref() == Some(&new_body) => {
            let exact = old.strip_suffix("\r\n").or_else(|| old.strip_suffix('\n')) == Some(new);
            let alone = Note::OnlyFinalNewlineRemoved;
            Some(if exact { alone } else { Note::OnlyLineEndsAndFinalNewline })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_only_the_bytes_tell_is_said() {
        let cases = [
            ("a\nb", "a\nb", Some(Note::Identical), 0, 0),
            ("a\nb\n", "a\r\nb\r\n", Some(Note::OnlyLineEnds), 2, 2),
            ("a\r\nb", "a\nb", Some(Note::OnlyLineEnds), 1, 1),
            ("a", "a\n", Some(Note::OnlyFinalNewlineAdded), 0, 1),
            ("a\r\n", "a", Some(Note::OnlyFinalNewlineRemoved), 2, 1),
            ("a\nb", "a\r\nb\r\n", Some(Note::OnlyLineEndsAndFinalNewline), 2, 3),
            ("a\r\nb\r\n", "a\nb", Some(Note::OnlyLineEndsAndFinalNewline), 3, 2),
            ("a", "a\n\n", None, 0, 2),
            ("a\n", "b\n", None, 1, 1),
            // A carriage return that ends no line is a character.
            ("a\rb", "a\nb", None, 1, 2),
        ];
        for (old, new, note, removed, added) in cases {
            let found = Comparison::new(old.as_bytes(), new.as_bytes());
            assert_eq!(
                (found.note, found.removed, found.added),
                (note, removed, added),
                "{old:?} {new:?}"
            );
        }
        let found = Comparison::new(b"a", b"\xff");
        assert_eq!(found.note, Some(Note::Hexadecimal));
        assert_eq!(found.rows, [Row::Removed("61".to_owned()), Row::Added("ff".to_owned())]);
    }

    #[test]
    fn equal_lines_far_from_a_difference_are_counted() {
        let old: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let mut new = old.clone();
        new[10] = "x".to_owned();
        let found = Comparison::new(old.join("\n").as_bytes(), new.join("\n").as_bytes());
        assert_eq!(found.rows.first(), Some(&Row::Equal(7)));
        assert_eq!(found.rows.last(), Some(&Row::Equal(6)));
        assert_eq!(found.rows.len(), 2 + 2 * CONTEXT + 2);
        assert_eq!(Comparison::new(b"a\nb", b"a\nb").rows, []);
    }
}
