//! Where a new line belongs in the text of a transaction.

use super::check::Part;

/// A text with a line put into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inserted {
    /// The whole text, ending in a line break.
    pub text: String,
    /// The number of the new line, from 0.
    pub line: usize,
}

/// Puts a line at the end of a part; blank lines that part it from what comes before are added where
/// the text ends too early. The text need not be one that can be read.
pub fn insert(text: &str, part: Part, new: &str) -> Inserted {
    let mut lines: Vec<&str> = text.lines().collect();
    let ends = part_ends(&lines);
    let at = if let Some(end) = ends.get(place(part)) {
        *end
    } else {
        let missing = place(part) - ends.len();
        lines.extend(std::iter::repeat_n("", missing));
        lines.len()
    };
    lines.insert(at, new);
    Inserted { text: lines.join("\n") + "\n", line: at }
}

/// The part that a line, counted from 0, lies in; behind the last one, the last one.
pub fn part_at(text: &str, line: usize) -> Part {
    let lines: Vec<&str> = text.lines().collect();
    match part_ends(&lines).iter().filter(|end| **end < line).count() {
        0 => Part::Compares,
        1 => Part::Success,
        _ => Part::Failure,
    }
}

fn place(part: Part) -> usize {
    match part {
        Part::Compares => 0,
        Part::Success => 1,
        Part::Failure => 2,
    }
}

/// The blank lines that end the parts, as far as there are any.
fn part_ends(lines: &[&str]) -> Vec<usize> {
    let mut ends = Vec::new();
    let mut depth = 0_usize;
    for (at, line) in lines.iter().enumerate() {
        let line = line.trim();
        if line.is_empty() && depth == 0 && ends.len() < 3 {
            ends.push(at);
        } else if line == "}" {
            depth = depth.saturating_sub(1);
        } else if !ends.is_empty() && line.starts_with("txn") && line.ends_with('{') {
            depth += 1;
        }
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_to_the_end_of_its_part() {
        let nested = "a\n\ntxn {\n  b\n\n  c\n\n}\n\nd\n";
        let cases = [
            ("", Part::Compares, "new\n", 0),
            ("", Part::Success, "\nnew\n", 1),
            ("", Part::Failure, "\n\nnew\n", 2),
            ("a", Part::Compares, "a\nnew\n", 1),
            ("a\n", Part::Success, "a\n\nnew\n", 2),
            ("a\n\n", Part::Success, "a\n\nnew\n", 2),
            ("a\n\nb\n\nc\n\n", Part::Compares, "a\nnew\n\nb\n\nc\n\n", 1),
            ("a\n\nb\n\nc\n\n", Part::Success, "a\n\nb\nnew\n\nc\n\n", 3),
            ("a\n\nb\n\nc\n\n", Part::Failure, "a\n\nb\n\nc\nnew\n\n", 5),
            ("# why\na\n\n# then\n", Part::Success, "# why\na\n\n# then\nnew\n", 4),
            (nested, Part::Success, "a\n\ntxn {\n  b\n\n  c\n\n}\nnew\n\nd\n", 8),
            (nested, Part::Failure, "a\n\ntxn {\n  b\n\n  c\n\n}\n\nd\nnew\n", 10),
        ];
        for (text, part, expected, line) in cases {
            let inserted = insert(text, part, "new");
            assert_eq!(inserted, Inserted { text: expected.to_owned(), line }, "{text:?}");
            assert_eq!(part_at(&inserted.text, line), part, "{text:?}");
        }
    }
}
