//! What the text of a transaction means: the request, where it cannot be read, and what a server
//! would say to it.

use std::collections::BTreeSet;

use crate::domain::LeaseId;
use crate::domain::txn::{Op, TxnRequest};
use crate::domain::txn_text::{Problem, ProblemKind, TextError, check, parse, unknown_leases};

/// A text that was read.
#[derive(Debug, Default)]
pub struct Reading {
    /// The transaction; up to the line with the error, where there is one.
    pub request: TxnRequest,
    /// The first place that could not be read.
    pub error: Option<TextError>,
    /// What is wrong with the transaction, in the order of the text.
    pub problems: Vec<Problem>,
}

impl Reading {
    pub(super) fn of(text: &str) -> Reading {
        match parse(text) {
            Ok(request) => Reading { request, ..Reading::default() },
            Err(error) => {
                let before: Vec<&str> = text.lines().take(error.line - 1).collect();
                let request = parse(&before.join("\n")).unwrap_or_default();
                Reading { request, error: Some(error), problems: Vec::new() }
            }
        }
    }

    /// Checks it; leases only where it is known which there are.
    pub(super) fn judge(&mut self, leases: Option<&BTreeSet<LeaseId>>) {
        self.problems.clear();
        if self.error.is_some() {
            return;
        }
        self.problems = check(&self.request);
        if let Some(leases) = leases {
            self.problems.extend(unknown_leases(&self.request, leases));
            self.problems.sort_by(|a, b| a.place.cmp(&b.place));
        }
    }

    /// The leases that its puts name.
    pub(super) fn leases(&self) -> BTreeSet<LeaseId> {
        let problems = unknown_leases(&self.request, &BTreeSet::new());
        let lease = |problem: &Problem| match problem.kind {
            ProblemKind::UnknownLease(lease) => Some(lease),
            _ => None,
        };
        problems.iter().filter_map(lease).collect()
    }

    /// The first problem for which every server refuses it, however it is configured.
    pub(super) fn refused(&self) -> Option<&Problem> {
        self.problems.iter().find(|problem| is_always_refused(problem))
    }

    /// How many operations write, in either branch.
    pub fn writes(&self) -> usize {
        writes(&self.request)
    }
}

/// Whether no server takes it. The limits are a matter of the server's flags; a lease may matter to
/// the branch that is not taken, and may be there by the time it is needed.
pub fn is_always_refused(problem: &Problem) -> bool {
    match problem.kind {
        ProblemKind::EmptyKey
        | ProblemKind::PutTwice { .. }
        | ProblemKind::PutAndDeleted { .. } => true,
        ProblemKind::TooManyOps { .. }
        | ProblemKind::TooLarge { .. }
        | ProblemKind::EmptyInterval(_)
        | ProblemKind::UnknownLease(_) => false,
    }
}

fn writes(request: &TxnRequest) -> usize {
    let ops = request.success.iter().chain(&request.failure);
    ops.map(|op| match op {
        Op::Range(_) => 0,
        Op::Put(_) | Op::Delete(_) => 1,
        Op::Txn(inner) => writes(inner),
    })
    .sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_before_an_error_is_read() {
        let reading = Reading::of("mod(\"a\") = \"1\"\n\nput a 1\nput b\n");
        let error = reading.error.expect("put without a value");
        assert_eq!((error.line, error.column), (4, 6));
        assert_eq!((reading.request.compares.len(), reading.request.success.len()), (1, 1));
    }

    #[test]
    fn leases_are_judged_when_they_are_known() {
        let mut reading = Reading::of("\nput a 1 --lease=7\n\nput a 2 --lease=8\n");
        assert_eq!(reading.leases(), BTreeSet::from([LeaseId(7), LeaseId(8)]));
        reading.judge(None);
        assert_eq!(reading.problems, []);
        reading.judge(Some(&BTreeSet::from([LeaseId(7)])));
        let said: Vec<String> = reading.problems.iter().map(ToString::to_string).collect();
        assert_eq!(said, ["else 1: there is no lease 8"]);
        assert!(reading.refused().is_none());
    }
}
