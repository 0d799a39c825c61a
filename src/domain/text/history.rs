//! The steps of an edit, to undo and redo: what was where before and after, not copies of the text.

use std::collections::VecDeque;

use super::Place;

/// Steps kept at most.
const STEPS: usize = 10_000;

/// Bytes kept at most, so that replacing large texts again and again stays bounded.
const BYTES: usize = 64 << 20;

/// Bytes after which a run of typing begins a new step.
const RUN: usize = 256;

/// How a step came about: steps of one kind in a row become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// One character typed.
    Typing,
    /// One character deleted before the cursor.
    Back,
    /// One character deleted at the cursor.
    Forward,
    /// A step for itself.
    Whole,
}

/// At `at`, `removed` gave way to `inserted`.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) at: Place,
    pub(super) removed: String,
    pub(super) inserted: String,
    /// Where the cursor was.
    pub(super) before: Place,
    pub(super) kind: Kind,
}

impl Step {
    fn size(&self) -> usize {
        self.removed.len() + self.inserted.len()
    }

    /// Takes `next` into this step where it goes on with the same run; else gives it back.
    fn extend(&mut self, next: Step) -> Option<Step> {
        if self.kind != next.kind || self.size() >= RUN {
            return Some(next);
        }
        match next.kind {
            Kind::Typing if self.at.after(&self.inserted) == next.at => {
                let new_word = self.inserted.ends_with(char::is_whitespace)
                    && !next.inserted.starts_with(char::is_whitespace);
                if new_word {
                    return Some(next);
                }
                self.inserted.push_str(&next.inserted);
                None
            }
            Kind::Back if next.at.after(&next.removed) == self.at => {
                self.removed.insert_str(0, &next.removed);
                self.at = next.at;
                None
            }
            Kind::Forward if self.at == next.at => {
                self.removed.push_str(&next.removed);
                None
            }
            Kind::Typing | Kind::Back | Kind::Forward | Kind::Whole => Some(next),
        }
    }
}

/// What can be undone and redone.
#[derive(Clone, Debug, Default)]
pub(super) struct History {
    past: VecDeque<Step>,
    future: Vec<Step>,
    /// Of `past`.
    bytes: usize,
    /// Whether the next step begins a new one: the cursor was moved, or something was undone.
    sealed: bool,
}

impl History {
    pub(super) fn push(&mut self, step: Step) {
        self.future.clear();
        self.bytes += step.size();
        let step = match self.past.back_mut() {
            Some(last) if !self.sealed => last.extend(step),
            _ => Some(step),
        };
        self.sealed = false;
        self.past.extend(step);
        // The newest step stays, however large: what was just done can always be undone.
        while self.past.len() > STEPS || (self.bytes > BYTES && self.past.len() > 1) {
            self.bytes -= self.past.pop_front().map_or(0, |oldest| oldest.size());
        }
    }

    pub(super) fn seal(&mut self) {
        self.sealed = true;
    }

    /// The step to undo, to be given to [`History::undone`] when that is done.
    pub(super) fn undo(&mut self) -> Option<Step> {
        self.sealed = true;
        let step = self.past.pop_back()?;
        self.bytes -= step.size();
        Some(step)
    }

    pub(super) fn undone(&mut self, step: Step) {
        self.future.push(step);
    }

    /// The step to redo, to be given to [`History::redone`] when that is done.
    pub(super) fn redo(&mut self) -> Option<Step> {
        self.sealed = true;
        self.future.pop()
    }

    pub(super) fn redone(&mut self, step: Step) {
        self.bytes += step.size();
        self.past.push_back(step);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_steps_are_dropped_at_the_limits() {
        let step = |size: usize| Step {
            at: Place::default(),
            removed: String::new(),
            inserted: "x".repeat(size),
            before: Place::default(),
            kind: Kind::Whole,
        };
        let mut history = History::default();
        for _ in 0..STEPS + 5 {
            history.push(step(1));
        }
        assert_eq!((history.past.len(), history.bytes), (STEPS, STEPS));
        history.push(step(BYTES));
        assert_eq!((history.past.len(), history.bytes), (1, BYTES));
        history.push(step(BYTES + 1));
        assert_eq!((history.past.len(), history.bytes), (1, BYTES + 1));
        assert!(history.undo().is_some() && history.undo().is_none());
        assert_eq!(history.bytes, 0);
    }
}
