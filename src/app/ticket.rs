//! Tickets: which answer belongs to which question.

use std::collections::HashMap;
use std::time::Instant;

/// The number of one request; never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticket(pub u64);

/// The questions still open, each with what its answer is for.
#[derive(Debug)]
pub struct Tickets<P> {
    next: u64,
    open: HashMap<Ticket, (P, Instant)>,
}

impl<P> Default for Tickets<P> {
    fn default() -> Tickets<P> {
        Tickets { next: 1, open: HashMap::new() }
    }
}

impl<P> Tickets<P> {
    /// A new ticket for an answer with this purpose, asked for now.
    pub fn issue(&mut self, purpose: P, now: Instant) -> Ticket {
        let ticket = Ticket(self.next);
        self.next += 1;
        self.open.insert(ticket, (purpose, now));
        ticket
    }

    /// Hands a ticket in: what it was for, or nothing when nobody awaits the answer any more.
    pub fn redeem(&mut self, ticket: Ticket) -> Option<P> {
        self.open.remove(&ticket).map(|(purpose, _)| purpose)
    }

    /// Whether its answer is still awaited.
    pub fn is_open(&self, ticket: Ticket) -> bool {
        self.open.contains_key(&ticket)
    }

    /// Forgets every question whose purpose matches; their answers will be dropped.
    pub fn forget(&mut self, mut matches: impl FnMut(&P) -> bool) -> Vec<Ticket> {
        let gone: Vec<Ticket> =
            self.open.iter().filter(|(_, (p, _))| matches(p)).map(|(ticket, _)| *ticket).collect();
        for ticket in &gone {
            self.open.remove(ticket);
        }
        gone
    }

    /// Whether an answer with such a purpose is awaited.
    pub fn awaits(&self, mut matches: impl FnMut(&P) -> bool) -> bool {
        self.open.values().any(|(purpose, _)| matches(purpose))
    }

    /// The open questions, the oldest first, with the time each was asked.
    pub fn open(&self) -> Vec<(&P, Instant)> {
        let mut open: Vec<_> = self.open.iter().collect();
        open.sort_unstable_by_key(|(ticket, _)| **ticket);
        open.into_iter().map(|(_, (purpose, since))| (purpose, *since)).collect()
    }
}
