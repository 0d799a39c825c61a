//! Listing the keys: to know what there is, and after a gap to say what changed.

use super::{Machine, Moment, Phase};
use crate::app::message::WatchNews;
use crate::domain::watch::{Against, Gone, KEYS, Known, Listed, Looking};
use crate::domain::{Entry, Revision};

/// With more keys than this a range is not listed after a gap: it would keep the watch from going on.
const COMPARED: u64 = 1_000_000;

impl Machine {
    pub(super) fn list(&mut self, at: Revision, against: Against) {
        let before = self.known.take().unwrap_or_default();
        self.phase = Phase::List { at, looking: Looking::new(before, against), against };
    }

    pub(super) fn page(
        &mut self,
        entries: &[Entry],
        at: Revision,
        total: u64,
        moment: Moment,
    ) -> Vec<WatchNews> {
        let Phase::List { looking, against, .. } = &mut self.phase else { return Vec::new() };
        let most = if *against == Against::Nothing { KEYS as u64 } else { COMPARED };
        if total <= most {
            looking.page(entries);
            return Vec::new();
        }
        match *against {
            Against::Nothing => {
                // Not worth reading: they would not be remembered.
                self.known = Some(Known::counted(at, total));
                self.phase = Phase::Open;
                self.begin_after(at);
                Vec::new()
            }
            Against::Since(_) => self.not_compared(at, moment),
            Against::AnotherStore => {
                self.begin_after(at);
                self.not_compared(at, moment)
            }
        }
    }

    pub(super) fn listed(&mut self, at: Revision, moment: Moment) -> Vec<WatchNews> {
        let phase = std::mem::replace(&mut self.phase, Phase::Open);
        let Phase::List { looking, against, .. } = phase else { return Vec::new() };
        let (known, found, listed) = looking.finish(at);
        self.known = Some(known);
        match against {
            Against::Nothing => {
                self.begin_after(at);
                return Vec::new();
            }
            Against::Since(_) => self.unseen_since = None,
            Against::AnotherStore => self.begin_after(at),
        }
        vec![WatchNews::Found { found, listed, received: moment.clock }]
    }

    /// Everything up to a listing is known: the stream begins behind it.
    pub(super) fn begin_after(&mut self, at: Revision) {
        if !self.sequence.next().is_some() {
            self.sequence.progress(at);
        }
    }

    /// The range is not listed after a gap, or cannot be: says so and goes on.
    pub(super) fn not_compared(&mut self, at: Revision, moment: Moment) -> Vec<WatchNews> {
        self.known = Some(Known::default());
        self.unseen_since = None;
        self.phase = Phase::Open;
        let listed = Listed { at, gone: Gone::Unknown, ..Listed::default() };
        vec![WatchNews::Found { found: Vec::new(), listed, received: moment.clock }]
    }
}
