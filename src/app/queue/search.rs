//! Finding the queues: a prefix is read; everywhere they are found by the keys of the leases, so that
//! the store itself need not be read.

use std::collections::VecDeque;
use std::time::Duration;

use super::QueuesView;
use crate::app::App;
use crate::app::clock::Timer;
use crate::app::effect::{Answer, Call, CallResult, Effect, WatchId};
use crate::app::follow::Follow;
use crate::app::load::Load;
use crate::app::purpose::{Purpose, ViewPurpose};
use crate::domain::lease::LeaseStatus;
use crate::domain::lock::queue_prefix;
use crate::domain::queue::{Queues, plan};
use crate::domain::txn::{Op, OpResponse, RangeRequest, RangeResponse, TxnRequest};
use crate::domain::{Entry, Key, KeyRange, LeaseId, Revision};
use crate::store::{ErrorKind, StoreError};

/// Above this many leases a prefix is asked for.
const MOST_LEASES: usize = 2000;
/// Leases of one call, which asks for one after the other.
const LEASES_A_CALL: usize = 25;
/// Such calls under way at once.
const CALLS: usize = 4;
/// Keys of one page of a prefix.
const PAGE: i64 = 1000;
/// A prefix with more keys is not read: its queues are found by the leases.
const MOST_KEYS: usize = 10_000;
/// Queues read in one transaction; etcd takes 128 operations.
const BATCH: usize = 32;
/// A queue with more keys is known by its members alone.
const MOST_IN_QUEUE: i64 = 200;
/// When what failed for want of a connection is tried again.
const AGAIN: Duration = Duration::from_secs(2);

/// A reading of all queues, and what else is to be read.
#[derive(Default)]
pub(super) struct Search {
    stage: Stage,
    /// Leases whose keys are still to be asked for, and how many there are in all.
    leases: Vec<LeaseId>,
    lease_count: usize,
    awaited: usize,
    statuses: Vec<LeaseStatus>,
    /// The keys of members, for queues that are too long to be read whole.
    members: Vec<Key>,
    wanted: VecDeque<Piece>,
    reading: Option<Vec<Piece>>,
    /// The pages of the prefix so far, all as of one revision.
    page: Vec<Entry>,
    at: Revision,
    /// Whether everything under the view's prefix was read.
    whole: bool,
}

/// How far a reading of all queues is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// It begins as soon as the watch stands, so that nothing falls between the two.
    #[default]
    Waiting,
    /// It failed for want of a connection and begins anew.
    Again,
    Pages,
    Leases,
    LeaseKeys,
    Entries,
    Done,
}

/// A part of the store to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Everything under a prefix.
    Prefix(Key),
    /// One key.
    Single(Key),
}

impl Search {
    /// How far it is, in words.
    pub(super) fn progress(&self) -> Option<String> {
        let left = self.leases.len() + self.awaited;
        match self.stage {
            Stage::Done => None,
            Stage::Waiting | Stage::Again => Some("waiting for the connection".to_owned()),
            Stage::Pages if self.page.is_empty() => Some("reading".to_owned()),
            Stage::Pages => Some(format!("{} keys read", self.page.len())),
            Stage::Leases => Some("reading the leases".to_owned()),
            Stage::LeaseKeys => {
                let done = self.lease_count.saturating_sub(left);
                Some(format!("{done} of {} leases read", self.lease_count))
            }
            Stage::Entries => Some("reading the queues".to_owned()),
        }
    }

    /// Whether nothing but single pieces is left to read.
    pub(super) fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// Whether every key under the view's prefix counts, not only those under known names.
    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// Wants everything under a name that came up live, when all names are known by now.
    pub(super) fn want_name(&mut self, name: &Key) {
        if !self.whole && !name.is_empty() {
            self.wanted.push_back(Piece::Prefix(queue_prefix(name)));
        }
    }
}

impl QueuesView {
    /// What a reading goes into.
    fn target(&mut self) -> &mut Queues {
        self.next.as_mut().unwrap_or(&mut self.known)
    }
}

impl App {
    /// Reads all queues, as soon as the watch stands.
    pub(in crate::app) fn read_queues(&mut self) {
        self.give_up_search();
        let Some(view) = self.queues_mut() else { return };
        view.search = Search::default();
        view.next = Some(Queues::new());
        if view.found.ready().is_none() {
            view.found = Load::Loading;
        }
        let (range, live) = (KeyRange::prefix(view.prefix.clone()), view.follow == Follow::Live);
        let starts = matches!(view.follow, Follow::Off | Follow::Refused(_));
        if starts {
            view.follow = Follow::Starting;
            self.effects.push(Effect::Watch { id: WatchId::VIEW, range, from: Revision::NONE });
        }
        self.redraw = true;
        if live {
            self.begin_search();
        }
    }

    /// The watch stands, or never will: begins what waited for that.
    pub(super) fn begin_search(&mut self) {
        let Some(view) = self.queues_mut() else { return };
        if !matches!(view.search.stage, Stage::Waiting | Stage::Again) {
            return;
        }
        if matches!(view.found, Load::Failed(_)) {
            view.found = Load::Loading;
        }
        view.next = Some(Queues::new());
        view.search = Search::default();
        if view.prefix.is_empty() {
            self.list_leases();
        } else {
            view.search.stage = Stage::Pages;
            self.read_page(None);
        }
    }

    /// The timer: what failed is tried again, and what is left is read.
    pub(super) fn search_again(&mut self) {
        let stale = self.connection.is_stale();
        let Some(view) = self.queues() else { return };
        match view.search.stage {
            Stage::Again if stale => self.timers.set_earliest(Timer::View, self.now + AGAIN),
            Stage::Again if matches!(view.follow, Follow::Live | Follow::Refused(_)) => {
                self.begin_search();
            }
            Stage::Entries | Stage::Done => self.read_pieces(),
            _ => {}
        }
    }

    /// Reads a page of the prefix, after this key.
    fn read_page(&mut self, after: Option<&Key>) {
        let Some(view) = self.queues_mut() else { return };
        let mut range = KeyRange::prefix(view.prefix.clone());
        if let Some(after) = after {
            range = range.starting_at(after.successor());
        }
        let request = RangeRequest::new(range).limit(PAGE).at(view.search.at);
        self.ask(Purpose::View(ViewPurpose::Entries), None, Call::Range(request));
    }

    fn on_page_of_queues(&mut self, answer: RangeResponse) {
        let Some(view) = self.queues_mut() else { return };
        let search = &mut view.search;
        if !search.at.is_some() {
            search.at = answer.revision;
        }
        let last = answer.entries.last().map(|entry| entry.key.clone());
        search.page.extend(answer.entries);
        if search.page.len() + (answer.count as usize).saturating_sub(PAGE as usize) > MOST_KEYS {
            search.page = Vec::new();
            return self.list_leases();
        }
        if answer.more && last.is_some() {
            return self.read_page(last.as_ref());
        }
        let (page, at) = (std::mem::take(&mut search.page), search.at);
        search.whole = true;
        let prefix = view.prefix.clone();
        view.target().load_prefix(&prefix, &page, at);
        self.queues_seen(at);
        self.search_done();
    }

    fn list_leases(&mut self) {
        if let Some(view) = self.queues_mut() {
            view.search.stage = Stage::Leases;
        }
        self.ask(Purpose::View(ViewPurpose::Leases), None, Call::LeaseList);
    }

    pub(super) fn on_leases_to_search(&mut self, result: CallResult) {
        let ids = match result {
            Ok(Answer::LeaseList(ids)) => ids,
            Ok(_) => return,
            Err(error) => return self.search_failed(error),
        };
        let Some(view) = self.queues_mut() else { return };
        if ids.len() > MOST_LEASES {
            let message = format!(
                "there are {} leases, too many to look for queues everywhere: give a longer prefix, \
                 as in “:locks /locks/”",
                ids.len()
            );
            return self.search_failed(StoreError::new(ErrorKind::Invalid, message));
        }
        view.search.stage = Stage::LeaseKeys;
        view.search.lease_count = ids.len();
        view.search.leases = ids;
        self.read_lease_keys();
    }

    /// Keeps some calls for the keys of leases under way; with none left the queues are known.
    fn read_lease_keys(&mut self) {
        loop {
            let Some(view) = self.queues_mut() else { return };
            let search = &mut view.search;
            let under_way = search.awaited.div_ceil(LEASES_A_CALL);
            if search.leases.is_empty() || under_way >= CALLS {
                break;
            }
            let rest = search.leases.len().saturating_sub(LEASES_A_CALL);
            let ids = search.leases.split_off(rest);
            search.awaited += ids.len();
            let call = Call::LeaseStatuses(ids);
            self.ask(Purpose::View(ViewPurpose::LeaseKeys), None, call);
        }
        let Some(view) = self.queues_mut() else { return };
        if view.search.awaited > 0 {
            return;
        }
        let found = plan(&view.search.statuses, &view.prefix);
        let search = &mut view.search;
        search.statuses = Vec::new();
        search.stage = Stage::Entries;
        // A queue without a name stands under the delimiter, and so does half the store.
        let (named, nameless): (Vec<Key>, Vec<Key>) =
            found.prefixes.into_iter().partition(|prefix| prefix.as_bytes().len() > 1);
        search.wanted = named.into_iter().map(Piece::Prefix).collect();
        let under = |key: &&Key| nameless.iter().any(|p| key.as_bytes().starts_with(p.as_bytes()));
        search.wanted.extend(found.members.iter().filter(under).cloned().map(Piece::Single));
        search.members = found.members;
        view.names.extend(found.names);
        self.read_pieces();
    }

    pub(super) fn on_lease_keys(&mut self, result: CallResult) {
        let statuses = match result {
            Ok(Answer::LeaseStatuses(statuses)) => statuses,
            Ok(_) => return,
            Err(error) => return self.search_failed(error),
        };
        let Some(view) = self.queues_mut() else { return };
        view.search.awaited = view.search.awaited.saturating_sub(statuses.len());
        view.search.statuses.extend(statuses.into_iter().filter_map(|(_, status)| status));
        self.read_lease_keys();
    }

    /// Reads what is wanted, some of it at a time; with nothing left a reading of all is complete.
    pub(super) fn read_pieces(&mut self) {
        let Some(view) = self.queues_mut() else { return };
        let search = &mut view.search;
        if search.reading.is_some() {
            return;
        }
        if search.wanted.is_empty() {
            if search.stage == Stage::Entries {
                self.search_done();
            }
            return;
        }
        let some = search.wanted.len().min(BATCH);
        let pieces: Vec<Piece> = search.wanted.drain(..some).collect();
        let read = |piece: &Piece| match piece {
            Piece::Prefix(prefix) => {
                RangeRequest::new(KeyRange::prefix(prefix.clone())).limit(MOST_IN_QUEUE)
            }
            Piece::Single(key) => RangeRequest::get(key.clone()),
        };
        let success = pieces.iter().map(|piece| Op::Range(read(piece))).collect();
        search.reading = Some(pieces);
        let txn = TxnRequest { compares: Vec::new(), success, failure: Vec::new() };
        self.ask(Purpose::View(ViewPurpose::Entries), None, Call::Txn(txn));
    }

    pub(super) fn on_queue_entries(&mut self, result: CallResult) {
        match result {
            Ok(Answer::Range(answer)) => self.on_page_of_queues(answer),
            Ok(Answer::Txn(answer)) => {
                let Some(view) = self.queues_mut() else { return };
                let pieces = view.search.reading.take().unwrap_or_default();
                for (piece, response) in pieces.into_iter().zip(answer.responses) {
                    if let OpResponse::Range(range) = response {
                        view.take_in(piece, &range, answer.revision);
                    }
                }
                view.changed = true;
                self.queues_seen(answer.revision);
                self.read_pieces();
            }
            Ok(_) => {}
            Err(error) => self.search_failed(error),
        }
    }

    fn search_done(&mut self) {
        let Some(view) = self.queues_mut() else { return };
        view.search.stage = Stage::Done;
        view.search.members = Vec::new();
        if let Some(next) = view.next.take() {
            view.known = next;
        }
        view.lives_due = None;
        self.count_queues(false);
    }

    pub(super) fn search_failed(&mut self, error: StoreError) {
        self.give_up_search();
        let Some(view) = self.queues_mut() else { return };
        view.search.awaited = 0;
        let pieces = view.search.reading.take();
        if view.search.stage == Stage::Done {
            // What is shown stands; a queue that could not be read whole says so itself.
            if error.is_connection() {
                view.search.wanted.extend(pieces.into_iter().flatten());
                self.timers.set_earliest(Timer::View, self.now + AGAIN);
                self.connection_broke(&error);
            }
            return;
        }
        if error.is_connection() {
            view.search.stage = Stage::Again;
            if view.found.ready().is_none() {
                view.found = Load::Failed(error.clone());
            }
            self.timers.set_earliest(Timer::View, self.now + AGAIN);
            self.connection_broke(&error);
        } else {
            view.search.stage = Stage::Done;
            view.next = None;
            view.found = Load::Failed(error);
        }
        self.redraw = true;
    }
}

impl QueuesView {
    /// Takes in what a piece of the store holds.
    fn take_in(&mut self, piece: Piece, range: &RangeResponse, revision: Revision) {
        match piece {
            Piece::Prefix(prefix) if range.more => {
                let keys: Vec<Key> = range.entries.iter().map(|entry| entry.key.clone()).collect();
                let rest = self.search.members.iter();
                let rest = rest.filter(|k| k.as_bytes().starts_with(prefix.as_bytes()));
                let rest = rest.filter(|key| keys.binary_search(key).is_err());
                let rest: Vec<Piece> = rest.cloned().map(Piece::Single).collect();
                self.search.wanted.extend(rest);
                self.target().load_keys(&keys, &range.entries, revision);
            }
            Piece::Prefix(prefix) => self.target().load_prefix(&prefix, &range.entries, revision),
            Piece::Single(key) => self.target().load_keys(&[key], &range.entries, revision),
        }
    }
}
