//! The steps of one transaction, and how a plan is cut into such batches.

use std::io;

use super::decide::is_lasting;
use crate::bulk::limits::Limits;
use crate::bulk::steps::Planned;
use crate::domain::Revision;

/// Steps that go into one transaction. Never empty.
#[derive(Debug)]
pub(super) struct Batch {
    pub(super) steps: Vec<Planned>,
    /// It was sent before and not answered: it may have been carried out after this revision, or may
    /// be to this moment.
    pub(super) doubt: Option<Revision>,
}

impl Batch {
    /// In two halves; `None` for a single step.
    pub(super) fn halves(mut self) -> Result<(Batch, Batch), Batch> {
        if self.steps.len() < 2 {
            return Err(self);
        }
        let second = self.steps.split_off(self.steps.len() / 2);
        let doubt = self.doubt;
        Ok((self, Batch { steps: second, doubt }))
    }

    /// Whether it cannot be done twice, whatever others do in between: one of its keys exists, and
    /// will never again be as it was.
    pub(super) fn is_guarded_for_good(&self) -> bool {
        self.steps.iter().flat_map(|planned| &planned.step).any(is_lasting)
    }

    /// How many changes it makes.
    pub(super) fn changes(&self) -> usize {
        self.steps.iter().map(|planned| planned.step.len()).sum()
    }

    /// Its rough size in a request, in bytes.
    pub(super) fn size(&self) -> usize {
        self.steps.iter().map(Planned::size).sum()
    }
}

/// How large batches may be: made smaller when the server refuses larger ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measure {
    /// Changes.
    pub(super) changes: usize,
    /// Bytes of the request.
    pub(super) request: usize,
    /// Bytes of the values that the answer holds.
    pub(super) answer: u64,
}

impl Measure {
    pub(super) fn new(limits: &Limits) -> Measure {
        let request = limits.request.max(1);
        Measure { changes: limits.changes.max(1), request, answer: 4 * request as u64 }
    }
}

/// Cuts the steps of a plan into batches.
pub(super) struct Cutter<I> {
    steps: I,
    next: Option<Planned>,
}

impl<I: Iterator<Item = io::Result<Planned>>> Cutter<I> {
    pub(super) fn new(steps: I) -> Cutter<I> {
        Cutter { steps, next: None }
    }

    /// The next step by itself.
    pub(super) fn step(&mut self) -> io::Result<Option<Planned>> {
        self.next.take().map_or_else(|| self.steps.next().transpose(), |next| Ok(Some(next)))
    }

    /// The next batch; a step that is too large by itself makes one of its own, for the server to say
    /// so.
    pub(super) fn batch(&mut self, measure: Measure) -> io::Result<Option<Batch>> {
        let Some(first) = self.step()? else { return Ok(None) };
        let (mut changes, mut request) = (first.step.len(), first.size());
        let mut answer = first.before;
        let mut steps = vec![first];
        while let Some(next) = self.step()? {
            changes += next.step.len();
            request += next.size();
            answer += next.before;
            if changes > measure.changes || request > measure.request || answer > measure.answer {
                self.next = Some(next);
                break;
            }
            steps.push(next);
        }
        Ok(Some(Batch { steps, doubt: None }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::{Change, Guard, To};
    use crate::domain::{Key, LeaseId};

    fn planned(changes: usize, value: usize, before: u64) -> Planned {
        let to = To::Put { value: vec![b'v'; value], lease: LeaseId::NONE };
        let change = Change { key: Key::from("k"), guard: Guard::Absent, to };
        Planned { step: vec![change; changes], before }
    }

    fn cut(steps: Vec<Planned>, measure: Measure) -> Vec<usize> {
        let mut cutter = Cutter::new(steps.into_iter().map(Ok));
        let mut sizes = Vec::new();
        while let Some(batch) = cutter.batch(measure).expect("no disk") {
            sizes.push(batch.steps.len());
        }
        sizes
    }

    #[test]
    fn batches_hold_what_the_measure_allows_and_one_step_at_least() {
        let measure = Measure { changes: 4, request: 1000, answer: 100 };
        let cases = [
            (vec![planned(1, 0, 0); 9], vec![4, 4, 1]),
            (vec![planned(2, 0, 0); 3], vec![2, 1]),
            // A step is never cut in two, whatever it holds.
            (vec![planned(1, 0, 0), planned(9, 0, 0), planned(1, 0, 0)], vec![1, 1, 1]),
            (vec![planned(1, 400, 0); 4], vec![2, 2]),
            (vec![planned(1, 5000, 0); 2], vec![1, 1]),
            (vec![planned(1, 0, 60); 3], vec![1, 1, 1]),
            (vec![planned(1, 0, 50); 3], vec![2, 1]),
            (vec![], vec![]),
        ];
        for (steps, expected) in cases {
            assert_eq!(cut(steps.clone(), measure), expected, "{steps:?}");
        }
    }

    #[test]
    fn halves_keep_the_order_and_the_doubt() {
        let steps = vec![planned(1, 1, 0), planned(1, 2, 0), planned(1, 3, 0)];
        let batch = Batch { steps: steps.clone(), doubt: Some(Revision(7)) };
        let (first, second) = batch.halves().expect("more than one step");
        assert_eq!([first.steps, second.steps].concat(), steps);
        assert_eq!((first.doubt, second.doubt), (Some(Revision(7)), Some(Revision(7))));
        assert!(Batch { steps: vec![planned(3, 0, 0)], doubt: None }.halves().is_err());
    }
}
