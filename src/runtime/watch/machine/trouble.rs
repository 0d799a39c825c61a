//! What breaks a watch, and how it goes on: broken connections, refusals, compaction.

use std::time::Duration;

use super::{Machine, Moment, Phase, Then, Why};
use crate::app::message::WatchNews;
use crate::domain::Revision;
use crate::domain::watch::{Against, Known};
use crate::store::{ErrorKind, StoreError};

/// A stream that stood for so long was sound: the next wait is short again.
const SOUND: Duration = Duration::from_secs(2);
/// So many gaps in a row are each followed by a listing; from then on compaction is faster than that.
const LISTED_GAPS: u32 = 3;

impl Machine {
    pub(super) fn failed(&mut self, error: StoreError, moment: Moment) -> Vec<WatchNews> {
        if let Phase::Read { since } = self.phase
            && moment.now.saturating_duration_since(since) >= SOUND
        {
            self.sound();
        }
        let proving = match &self.phase {
            Phase::Prove { why: Why::Same(created), request } => Some((*created, request.revision)),
            Phase::Prove { .. }
            | Phase::List { .. }
            | Phase::Open
            | Phase::Read { .. }
            | Phase::Wait { .. } => None,
        };
        match (error.kind, proving) {
            // The store has never been where the watch was.
            (ErrorKind::FutureRevision, Some((created, _))) => {
                self.replaced(created, false, moment)
            }
            (ErrorKind::Compacted { .. }, Some((created, at))) => {
                let from = self.sequence.from();
                if at == from {
                    // So the stream itself is about to say, and what is left.
                    self.phase = Phase::Read { since: moment.now };
                    return Vec::new();
                }
                // The event cannot be asked for any more: how far the store is must do. And the very
                // first revision is asked for where the one before it is gone.
                let at = if at.next() < from { Revision(from.0 - 1) } else { from };
                let request = self.any_key().at(at);
                self.phase = Phase::Prove { why: Why::Same(created), request };
                Vec::new()
            }
            (ErrorKind::Unsupported | ErrorKind::Other, Some((created, _))) => {
                // Whatever that means: the stream stands.
                self.stands(created, moment)
            }
            (ErrorKind::Compacted { oldest }, None) => self.compacted(oldest, error, moment),
            _ if error.is_refusal() => self.refused(error, moment),
            _ => self.lost(error, moment),
        }
    }

    fn lost(&mut self, error: StoreError, moment: Moment) -> Vec<WatchNews> {
        let then = self.unwind();
        if let Then::List { at, against } = then
            && !error.is_connection()
            && error.kind != ErrorKind::BadAnswer
        {
            // It is only for the difference: the watch does without.
            self.known = Some(Known::default());
            return match against {
                Against::Nothing => Vec::new(),
                Against::Since(_) | Against::AnotherStore => self.not_compared(at, moment),
            };
        }
        self.refused = None;
        self.wait(moment, then);
        vec![WatchNews::Lost { error }]
    }

    /// Leaves what was under way, keeping what is known; says how to go on.
    fn unwind(&mut self) -> Then {
        match std::mem::replace(&mut self.phase, Phase::Open) {
            Phase::List { at, looking, against } => {
                self.known = Some(looking.give_up());
                Then::List { at, against }
            }
            Phase::Open | Phase::Read { .. } | Phase::Prove { .. } => Then::Open,
            Phase::Wait { then, .. } => then,
        }
    }

    fn refused(&mut self, error: StoreError, moment: Moment) -> Vec<WatchNews> {
        let then = self.unwind();
        // What is wrong with the request itself stays wrong. A wrong password is not sent again before
        // another one is given.
        let limit = (error.kind != ErrorKind::Invalid).then(|| self.refusals.next(moment.jitter));
        self.phase = Phase::Wait { limit, then };
        if self.refused.as_ref() == Some(&error) {
            return Vec::new();
        }
        self.refused = Some(error.clone());
        vec![WatchNews::Refused(error)]
    }

    fn compacted(&mut self, oldest: Revision, error: StoreError, moment: Moment) -> Vec<WatchNews> {
        let then = self.unwind();
        if matches!(then, Then::List { against: Against::Nothing, .. }) {
            // What there was is not known any more; what follows may be.
            self.known = Some(Known::default());
            return Vec::new();
        }
        match oldest {
            Revision::NONE => {
                self.phase = Phase::Prove { why: Why::Present, request: self.any_key() };
                Vec::new()
            }
            _ if oldest > self.sequence.first() => self.gap(Revision(oldest.0 - 1), oldest, moment),
            _ => self.lost(error, moment),
        }
    }

    /// Revisions up `to` this one cannot be told any more: says so, and has the keys listed as of `at`,
    /// or of what is told if that is later.
    pub(super) fn gap(&mut self, to: Revision, at: Revision, moment: Moment) -> Vec<WatchNews> {
        self.phase = Phase::Open;
        let Some(from) = self.sequence.skip(to) else { return Vec::new() };
        self.covered = self.covered.max(at);
        let at = at.max(self.sequence.told());
        let since = *self.unseen_since.get_or_insert(Revision(from.0 - 1));
        let against = Against::Since(since);
        self.gaps_in_a_row += 1;
        let mut news = vec![WatchNews::Gap { from, to, received: moment.clock }];
        let remembers = self.known.is_some();
        match self.gaps_in_a_row {
            1 if remembers => self.list(at, against),
            1 => {}
            2..=LISTED_GAPS if remembers => {
                self.wait(moment, Then::List { at, against });
            }
            _ => {
                if remembers {
                    news.extend(self.not_compared(at, moment));
                }
                self.wait(moment, Then::Open);
            }
        }
        news
    }
}
