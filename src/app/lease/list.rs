//! The list of leases: which are shown, in which order. Ten thousand of them cost nothing while
//! nothing changes: the order is kept and made anew only when the list, a reading that it hangs on,
//! the filter or the sort changed.

use std::cmp::Reverse;
use std::time::Instant;

use crate::domain::LeaseId;
use crate::domain::lease::{LeaseStatus, Reading, Renewal};

/// A lease, with what was last read of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LeaseRow {
    /// Its ID.
    pub id: LeaseId,
    /// What was read, if it was.
    pub reading: Option<Reading>,
    /// It was asked for and not told: a key of it may not be read.
    pub refused: bool,
}

impl LeaseRow {
    /// Whether it was never asked for.
    pub fn is_unread(&self) -> bool {
        self.reading.is_none() && !self.refused
    }
}

/// What the leases are sorted by. Those that were not read come last where a reading is needed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeaseSort {
    /// By ID, so that rows stay where they are while leases are renewed.
    #[default]
    Id,
    /// Those that end first, first.
    Left,
    /// Those with the most keys first.
    Keys,
    /// Those granted for the shortest time first.
    Granted,
}

impl LeaseSort {
    /// The next one.
    pub fn next(self) -> LeaseSort {
        match self {
            LeaseSort::Id => LeaseSort::Left,
            LeaseSort::Left => LeaseSort::Keys,
            LeaseSort::Keys => LeaseSort::Granted,
            LeaseSort::Granted => LeaseSort::Id,
        }
    }

    /// `time left`
    pub fn name(self) -> &'static str {
        match self {
            LeaseSort::Id => "ID",
            LeaseSort::Left => "time left",
            LeaseSort::Keys => "keys",
            LeaseSort::Granted => "granted",
        }
    }
}

/// All leases, and the order in which those that the filter leaves are shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LeaseList {
    /// By ID.
    rows: Vec<LeaseRow>,
    /// Places in `rows`.
    shown: Vec<usize>,
    sort: LeaseSort,
    /// In small letters; empty for none.
    filter: String,
    /// How many were never asked for.
    unread: usize,
    /// Of those that take keys with them and that nobody here renews, the one that ends first.
    soonest: Option<usize>,
    /// Whether `shown` is old.
    stale: bool,
}

impl LeaseList {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// How many were never asked for.
    pub fn unread(&self) -> usize {
        self.unread
    }

    /// What they are sorted by.
    pub fn sort(&self) -> LeaseSort {
        self.sort
    }

    /// How many are shown.
    pub fn shown(&self) -> usize {
        self.shown.len()
    }

    /// A row of those shown.
    pub fn row(&self, index: usize) -> Option<&LeaseRow> {
        self.rows.get(*self.shown.get(index)?)
    }

    /// The rows shown from `top` on.
    pub fn from(&self, top: usize) -> impl Iterator<Item = &LeaseRow> + Clone {
        self.shown.iter().skip(top).filter_map(|at| self.rows.get(*at))
    }

    /// The lease of this ID, shown or not.
    pub fn find(&self, id: LeaseId) -> Option<&LeaseRow> {
        self.rows.get(self.place(id)?)
    }

    /// Leases that were never asked for, by ID.
    pub fn never_read(&self) -> impl Iterator<Item = LeaseId> {
        self.rows.iter().filter(|row| row.is_unread()).map(|row| row.id)
    }

    /// The next lease to take keys with it that nobody is seen to renew: what it said.
    pub fn soonest(&self) -> Option<&Reading> {
        self.rows.get(self.soonest?)?.reading.as_ref()
    }

    fn place(&self, id: LeaseId) -> Option<usize> {
        self.rows.binary_search_by_key(&id, |row| row.id).ok()
    }

    /// Takes in a fresh list, keeping what was read of the leases that are still there. Says whether
    /// anything changed.
    pub(super) fn set(&mut self, mut ids: Vec<LeaseId>) -> bool {
        ids.sort_unstable();
        ids.dedup();
        if ids.iter().eq(self.rows.iter().map(|row| &row.id)) {
            return false;
        }
        let mut old = std::mem::take(&mut self.rows).into_iter().peekable();
        self.rows = ids
            .into_iter()
            .map(|id| {
                while old.next_if(|row| row.id < id).is_some() {}
                old.next_if(|row| row.id == id).unwrap_or(LeaseRow {
                    id,
                    reading: None,
                    refused: false,
                })
            })
            .collect();
        self.stale = true;
        true
    }

    /// Takes in what a lease said of itself; nothing when it is gone.
    pub(super) fn read(&mut self, id: LeaseId, status: Option<LeaseStatus>, now: Instant) {
        let Some(place) = self.place(id) else { return };
        self.stale = true;
        match status {
            None => {
                self.rows.remove(place);
            }
            Some(status) => {
                let before = self.rows[place].reading.as_ref();
                self.rows[place].reading = Some(match before {
                    Some(before) => before.again(status, now),
                    None => Reading::first(status, now),
                });
            }
        }
    }

    /// It was asked for and not told.
    pub(super) fn refuse(&mut self, id: LeaseId) {
        if let Some(place) = self.place(id) {
            self.rows[place].refused = true;
            self.stale = true;
        }
    }

    /// Changes what is known of a lease.
    pub(super) fn change(&mut self, id: LeaseId, change: impl FnOnce(&mut Reading)) {
        if let Some(place) = self.place(id)
            && let Some(reading) = self.rows[place].reading.as_mut()
        {
            change(reading);
            self.stale = true;
        }
    }

    pub(super) fn set_filter(&mut self, text: &str) {
        let text = text.to_lowercase();
        if self.filter != text {
            self.filter = text;
            self.stale = true;
        }
    }

    pub(super) fn set_sort(&mut self, sort: LeaseSort) {
        self.stale |= self.sort != sort;
        self.sort = sort;
    }

    /// Makes the order anew where it is old; says whether it was.
    pub(super) fn refresh(&mut self) -> bool {
        if !std::mem::take(&mut self.stale) {
            return false;
        }
        self.unread = self.never_read().count();
        let matching = self.rows.iter().enumerate().filter(|(_, row)| self.matches(row));
        let mut shown: Vec<usize> = matching.map(|(at, _)| at).collect();
        let reading = |at: &usize| self.rows[*at].reading.as_ref();
        // Stable, so that equal ones stay in the order of their IDs.
        match self.sort {
            LeaseSort::Id => {}
            LeaseSort::Left => {
                shown.sort_by_key(|at| {
                    reading(at).map_or((true, None), |r| (false, Some(r.ends())))
                });
            }
            LeaseSort::Keys => {
                shown.sort_by_key(|at| {
                    reading(at).map_or((true, None), |r| (false, Some(Reverse(r.keys.len()))))
                });
            }
            LeaseSort::Granted => {
                shown.sort_by_key(|at| reading(at).map_or((true, 0), |r| (false, r.granted)));
            }
        }
        self.shown = shown;
        let read =
            self.rows.iter().enumerate().filter_map(|(at, row)| Some((at, row.reading.as_ref()?)));
        let taking = read.filter(|(_, r)| !r.keys.is_empty() && r.renewal() == Renewal::Nobody);
        self.soonest = taking.min_by_key(|(_, r)| r.ends()).map(|(at, _)| at);
        true
    }

    /// Where a lease is shown.
    pub(super) fn index_of(&self, id: LeaseId) -> Option<usize> {
        let place = self.place(id)?;
        self.shown.iter().position(|at| *at == place)
    }

    /// The text of the filter is part of the ID or of a key; `no keys` finds leases without any.
    fn matches(&self, row: &LeaseRow) -> bool {
        if self.filter.is_empty() || row.id.to_string().contains(&self.filter) {
            return true;
        }
        let Some(reading) = &row.reading else { return false };
        let mut keys = reading.keys.iter().map(|key| key.to_string().to_lowercase());
        keys.any(|key| key.contains(&self.filter))
            || reading.keys.is_empty() && "no keys".starts_with(&self.filter)
    }
}
