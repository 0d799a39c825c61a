//! What a filter leaves of the rows: those whose names have its text, and those that lead to one.
//!
//! The rows of a directory follow its own, so one way through the list is enough. It is gone in
//! steps: a million rows take longer than a key press may.

use super::{Row, RowKind, Tree};
use crate::domain::escape;

/// So many rows are looked at in one step: some milliseconds.
const STEP: usize = 16_384;

/// A filter, and the rows it leaves.
#[derive(Clone, Debug)]
pub(super) struct Filtered {
    text: Text,
    /// As of the last time it went through all rows; of the filter before, where it never did; none
    /// where there was none either.
    list: Option<Vec<Row>>,
    pass: Option<Pass>,
}

/// A way through the rows.
#[derive(Clone, Debug, Default)]
struct Pass {
    /// The next one to look at.
    next: usize,
    found: Vec<Row>,
    /// The open directories that it stands in, and whether they are among what was found.
    above: Vec<(Row, bool)>,
}

impl Filtered {
    /// A filter for a text, which has yet to go through the rows. What was shown till then stays.
    pub(super) fn new(text: &str, before: Option<Filtered>) -> Filtered {
        let list = before.and_then(|before| before.list);
        Filtered { text: Text::new(text), list, pass: Some(Pass::default()) }
    }

    /// The rows it left when it last went through all of them.
    pub(super) fn list(&self) -> Option<&Vec<Row>> {
        self.list.as_ref()
    }

    /// Whether it has not been through all rows yet.
    pub(super) fn is_due(&self) -> bool {
        self.pass.is_some()
    }

    /// Whether it has been through some of the rows, which must not change then.
    pub(super) fn is_under_way(&self) -> bool {
        self.pass.as_ref().is_some_and(|pass| pass.next > 0)
    }

    /// The rows changed: it has to go through them again.
    pub(super) fn begin(&mut self) {
        self.pass = Some(Pass::default());
    }

    /// Goes one step further through all rows, which are those it began with.
    pub(super) fn go_on(&mut self, tree: &Tree, all: &[Row]) {
        let Some(pass) = &mut self.pass else { return };
        for row in all.iter().skip(pass.next).take(STEP) {
            pass.look_at(row, &self.text, tree);
        }
        pass.next += STEP;
        if pass.next >= all.len() {
            self.list = Some(std::mem::take(&mut pass.found));
            self.pass = None;
        }
    }
}

impl Pass {
    fn look_at(&mut self, row: &Row, text: &Text, tree: &Tree) {
        self.above.truncate(usize::from(row.depth));
        let RowKind::Node(id) = row.kind else {
            // What is said of a level is said where its directory is shown.
            if self.above.last().is_none_or(|(_, shown)| *shown) {
                self.found.push(*row);
            }
            return;
        };
        let Some(node) = tree.get(id) else { return };
        let wanted = text.is_in(node.name);
        if wanted {
            for (dir, shown) in self.above.iter_mut().filter(|(_, shown)| !*shown) {
                self.found.push(*dir);
                *shown = true;
            }
            self.found.push(*row);
        }
        if node.as_dir().is_some_and(|dir| dir.open) {
            self.above.push((*row, wanted));
        }
    }
}

/// A text that visible names are searched for, whatever its case.
#[derive(Clone, Debug)]
struct Text {
    lowercase: String,
}

impl Text {
    fn new(text: &str) -> Text {
        Text { lowercase: text.to_lowercase() }
    }

    fn is_in(&self, name: &[u8]) -> bool {
        let wanted = self.lowercase.as_bytes();
        // Most names are what they look like; only the others pay for being made visible.
        if name.iter().all(|b| matches!(b, b' '..=b'~') && *b != b'\\') {
            return wanted.is_ascii()
                && name.windows(wanted.len()).any(|part| part.eq_ignore_ascii_case(wanted));
        }
        escape::line(name).to_lowercase().contains(&self.lowercase)
    }
}
