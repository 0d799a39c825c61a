//! Two versions of a text in one, with marks where they differ, to be merged by hand.

use super::Revision;
use super::diff::{DiffLine, diff, lines};

/// The lines that mark a difference. They carry the revisions, so that no line of a value is taken
/// for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    mine: String,
    theirs: String,
    end: String,
}

impl Marks {
    /// The marks for a draft that began at one revision and meets what was written at another.
    pub fn new(began: Revision, theirs: Revision) -> Marks {
        Marks {
            mine: format!("<<<<<<< mine, begun at revision {began}"),
            theirs: format!("======= theirs, revision {theirs}"),
            end: format!(">>>>>>> end of revision {theirs}"),
        }
    }

    /// Both texts: what they share once, what differs twice between marks.
    pub fn merge(&self, mine: &str, theirs: &str) -> String {
        let (mine, theirs) = (lines(mine), lines(theirs));
        let mut out: Vec<&str> = Vec::with_capacity(mine.len());
        let mut open: Option<Side> = None;
        for line in diff(&mine, &theirs) {
            open = match (open, line) {
                (None, DiffLine::Same(_)) => None,
                (Some(Side::Mine), DiffLine::Same(_)) => {
                    out.extend([self.theirs.as_str(), &self.end]);
                    None
                }
                (Some(Side::Theirs), DiffLine::Same(_)) => {
                    out.push(&self.end);
                    None
                }
                (Some(Side::Mine), DiffLine::Removed(_)) => Some(Side::Mine),
                (Some(Side::Theirs), DiffLine::Removed(_)) => {
                    out.extend([self.end.as_str(), &self.mine]);
                    Some(Side::Mine)
                }
                (None, DiffLine::Removed(_)) => {
                    out.push(&self.mine);
                    Some(Side::Mine)
                }
                (Some(Side::Theirs), DiffLine::Added(_)) => Some(Side::Theirs),
                (Some(Side::Mine), DiffLine::Added(_)) => {
                    out.push(&self.theirs);
                    Some(Side::Theirs)
                }
                (None, DiffLine::Added(_)) => {
                    out.extend([self.mine.as_str(), &self.theirs]);
                    Some(Side::Theirs)
                }
            };
            out.push(line.text());
        }
        match open {
            None => {}
            Some(Side::Mine) => out.extend([self.theirs.as_str(), &self.end]),
            Some(Side::Theirs) => out.push(&self.end),
        }
        out.join("\n")
    }

    /// The number, from 1, of the first line that is a mark.
    pub fn find<S: AsRef<str>>(&self, lines: &[S]) -> Option<usize> {
        let marks = [&self.mine, &self.theirs, &self.end];
        let at = lines.iter().position(|line| marks.iter().any(|mark| *mark == line.as_ref()))?;
        Some(at + 1)
    }
}

/// Which side of a difference is being written.
#[derive(Clone, Copy)]
enum Side {
    Mine,
    Theirs,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_differs_stands_between_marks() {
        let marks = Marks::new(Revision(7), Revision(9));
        let (m, t, e) = (
            "<<<<<<< mine, begun at revision 7",
            "======= theirs, revision 9",
            ">>>>>>> end of revision 9",
        );
        let cases = [
            ("a\nb", "a\nb", "a\nb".to_owned()),
            ("a\nmy\nc", "a\ntheir\nc", format!("a\n{m}\nmy\n{t}\ntheir\n{e}\nc")),
            ("a\nmy", "a", format!("a\n{m}\nmy\n{t}\n{e}")),
            ("a", "a\n", format!("a\n{m}\n{t}\n\n{e}")),
            ("my\na", "a\ntheir", format!("{m}\nmy\n{t}\n{e}\na\n{m}\n{t}\ntheir\n{e}")),
        ];
        for (mine, theirs, merged) in cases {
            assert_eq!(marks.merge(mine, theirs), merged);
            let first = merged.split('\n').position(|line| line == m).map(|at| at + 1);
            assert_eq!(marks.find(&lines(&merged)), first);
        }
        assert_eq!(marks.find(&["<<<<<<< mine", "=======", e]), Some(3));
    }
}
