//! Listing: which levels are asked for, and what becomes of the answers.

use std::collections::VecDeque;
use std::time::Duration;

use super::App;
use super::effect::{Answer, Call, CallResult, Effect, Slot};
use super::follow::Follow;
use super::pane::Pane;
use super::purpose::Purpose;
use crate::domain::lister::Lister;
use crate::domain::tree::{Applied, Level, ListedChild, NodeId, RowKind};
use crate::domain::txn::{Op, OpResponse, RangeRequest, RangeResponse, TxnRequest};
use crate::domain::{KeyRange, Revision};
use crate::store::{ErrorKind, StoreError};

/// How many keys one page asks for.
const PAGE: i64 = 1000;
/// How many children are listed before the list waits to be scrolled.
const AHEAD: usize = 500;
/// How many intervals are asked for in one request.
const ASKS: usize = 32;
/// How long to wait before directories are counted again, when that failed.
const COUNT_AGAIN: Duration = Duration::from_secs(10);
/// How many directories are counted in one request.
const COUNTS: usize = 32;
/// How many ranges, of which a directory can have several: etcd takes 128 operations at once.
const COUNTED: usize = 100;

/// A level that is being listed, or waits to be listed on.
pub(super) struct Listing {
    /// One for each range of it that may be read.
    listers: VecDeque<Lister>,
    /// All pages of one run are read at one revision; none before its first answer.
    revision: Revision,
    /// How many children are wanted in this run, and how many came.
    wanted: usize,
    got: usize,
}

impl Listing {
    /// Takes in the answer to what was asked first.
    fn feed(&mut self, page: &RangeResponse) {
        if let Some(lister) = self.listers.front_mut() {
            lister.feed(&page.entries, page.count, page.more);
        }
    }

    /// The children found so far and not taken yet. Goes on to the next range when one is done.
    fn take_children(&mut self) -> Vec<ListedChild> {
        let Some(lister) = self.listers.front_mut() else { return Vec::new() };
        let children = lister.take_children();
        if lister.is_complete() {
            self.listers.pop_front();
        }
        children
    }
}

impl App {
    pub(super) fn list_root(&mut self) {
        self.start_listing(NodeId::ROOT);
    }

    /// Lists a level from its first child.
    pub(super) fn start_listing(&mut self, dir: NodeId) {
        self.give_up(|purpose| *purpose == Purpose::Level(dir));
        let listers = self.listers_of(dir, PAGE);
        self.keys.tree.begin_loading(dir);
        if listers.is_empty() {
            // Nothing of it may be read.
            let applied = self.keys.tree.insert_page(dir, &[], self.newest, true);
            self.keys.listings.remove(&dir);
            return self.applied(applied);
        }
        let revision = self.pinned();
        let listing = Listing { listers, revision, wanted: AHEAD, got: 0 };
        self.keys.listings.insert(dir, listing);
        self.ask_page(dir);
    }

    /// Lists on where a level stopped.
    pub(super) fn list_more(&mut self, dir: NodeId) {
        if self.awaits_page(dir) {
            return;
        }
        let pinned = self.pinned();
        match self.keys.listings.get_mut(&dir) {
            Some(listing) => {
                listing.got = 0;
                // A run of its own, at the revision of its day: older changes may be forgotten.
                listing.revision = pinned;
                self.keys.tree.begin_more(dir);
                self.ask_page(dir);
            }
            None => self.start_listing(dir),
        }
    }

    fn awaits_page(&self, dir: NodeId) -> bool {
        self.tickets.awaits(|purpose| *purpose == Purpose::Level(dir))
    }

    fn ask_page(&mut self, dir: NodeId) {
        let in_past = self.past.is_some();
        let Some(listing) = self.keys.listings.get_mut(&dir) else { return };
        let revision = listing.revision;
        let asks = std::iter::from_fn(|| listing.listers.front_mut()?.next()).take(ASKS);
        let mut asks: Vec<RangeRequest> = asks
            .map(|ask| RangeRequest::new(ask.range).limit(ask.limit).keys_only())
            .map(|request| RangeRequest { serializable: !in_past, ..request.at(revision) })
            .collect();
        let call = match asks.len() {
            0 => return,
            1 => Call::Range(asks.remove(0)),
            // Many short intervals together cost a fraction of as many requests.
            _ => Call::Txn(TxnRequest {
                success: asks.into_iter().map(Op::Range).collect(),
                ..TxnRequest::default()
            }),
        };
        self.ask(Purpose::Level(dir), None, call);
    }

    pub(super) fn on_page(&mut self, dir: NodeId, result: CallResult) {
        let Some(listing) = self.keys.listings.get_mut(&dir) else { return };
        let (now, answers) = match result {
            Ok(Answer::Range(answer)) => (answer.revision, vec![OpResponse::Range(answer)]),
            Ok(Answer::Txn(answer)) => (answer.revision, answer.responses),
            Ok(_) => return,
            Err(error) => return self.page_failed(dir, error),
        };
        if !listing.revision.is_some() {
            listing.revision = now;
        }
        let revision = listing.revision;
        for answer in answers {
            if let OpResponse::Range(page) = answer {
                listing.feed(&page);
            }
        }
        let mut children = listing.take_children();
        let complete = listing.listers.is_empty();
        listing.got += children.len();
        let enough = listing.got >= listing.wanted;
        if complete {
            self.keys.listings.remove(&dir);
        }
        self.seen(now);
        self.uncount_what_is_hidden(dir, &mut children);
        let applied = self.keys.tree.insert_page(dir, &children, revision, complete);
        self.applied(applied);
        if dir == NodeId::ROOT && self.keys.follow == Follow::Off && self.may_follow() {
            self.start_follow(revision);
        }
        self.open_the_way(dir);
        let level = self.keys.tree.dir(dir).map(|dir| &dir.level);
        if matches!(level, Some(Level::Stale { .. })) && !self.keys.too_fast {
            // Too much happened while it was listed to bring it up to date: once more.
            self.start_listing(dir);
        } else if !complete && !enough {
            self.keys.tree.begin_more(dir);
            self.ask_page(dir);
        }
    }

    fn page_failed(&mut self, dir: NodeId, error: StoreError) {
        match error.kind {
            ErrorKind::Compacted { .. } | ErrorKind::FutureRevision if self.past.is_none() => {
                return self.start_listing(dir);
            }
            ErrorKind::Compacted { .. } => {
                self.keys.tree.fail(dir, "compacted meanwhile; :rev live comes back".to_owned());
                self.keys.listings.remove(&dir);
                return self.past_is_compacted();
            }
            _ => {}
        }
        self.keys.listings.remove(&dir);
        if dir == NodeId::ROOT
            && error.kind == ErrorKind::PermissionDenied
            && self.keys.limits.is_none()
            && self.settings.user.is_some()
        {
            return self.ask_rights(error);
        }
        self.keys.root_refused |= dir == NodeId::ROOT && error.kind == ErrorKind::PermissionDenied;
        self.keys.tree.fail(dir, crate::domain::escape::message(&error.message));
        if error.is_connection() {
            self.connection_broke(&error);
        } else {
            // At length once; the row has little room.
            self.complain(error.to_string());
        }
    }

    /// What a change of the tree asks for.
    pub(super) fn applied(&mut self, applied: Applied) {
        if applied.effect != crate::domain::tree::Effect::None {
            self.redraw = true;
        }
        self.keys.recount.extend(applied.recount);
    }

    /// Levels that scrolled into view with more to list, or stale ones: listed (on).
    pub(super) fn list_what_is_in_view(&mut self, height: usize) {
        let top = self.keys.cursor.top;
        let rows = self.keys.tree.rows().iter().skip(top).take(height + height / 2);
        let more: Vec<RowKind> = rows
            .map(|row| row.kind)
            .filter(|kind| matches!(kind, RowKind::More(_) | RowKind::Stale(_)))
            // The rows may be older than the tree.
            .filter(|kind| self.keys.tree.dir(kind.node()).is_some())
            .collect();
        if self.connection.is_stale() {
            return;
        }
        for kind in more {
            match kind {
                RowKind::More(dir) => self.list_more(dir),
                // It would be stale again at once.
                _ if self.keys.too_fast => {}
                kind => self.start_listing(kind.node()),
            }
        }
    }

    /// The connection stands again: what could not be listed is asked for again.
    pub(super) fn list_failed_again(&mut self) {
        let failed = |(id, dir): (NodeId, &crate::domain::tree::Dir)| {
            (dir.open && matches!(dir.level, Level::Failed(_))).then_some(id)
        };
        let failed: Vec<NodeId> = self.keys.tree.dirs().filter_map(failed).collect();
        for dir in failed {
            self.start_listing(dir);
        }
    }

    /// Lists every open level anew.
    pub(super) fn list_open_again(&mut self) {
        let open: Vec<NodeId> =
            self.keys.tree.dirs().filter(|(_, dir)| dir.open).map(|(id, _)| id).collect();
        for dir in open {
            self.start_listing(dir);
        }
    }

    /// `R`: the focused pane is read anew, and a lost connection is tried at once.
    pub(super) fn reload(&mut self) {
        if self.connection.is_stale() {
            self.effects.push(Effect::Probe);
        }
        self.try_again_to_get_in();
        match self.focus {
            Pane::Keys if self.keys.limits.is_some() => self.rights_again(),
            Pane::Keys => {
                if !self.settings.follow {
                    // What is not open is read again when it is opened.
                    self.keys.tree.stale_all();
                }
                self.list_open_again();
                if matches!(self.keys.follow, Follow::Refused(_)) {
                    self.keys.follow = Follow::Off;
                }
            }
            Pane::Value => self.value_again(),
            Pane::Leases => self.read_leases(),
            Pane::Watch => self.watch_again(),
        }
    }

    /// Counts the directories in view, all in one request of the lowest priority.
    pub(super) fn read_counts(&mut self) {
        let height = usize::from(self.viewport.keys.height);
        // A directory of which several ranges may be read is there once for each of them.
        let due = self.due_counts(height).take(COUNTS);
        let parts: Vec<(NodeId, KeyRange)> = due
            .flat_map(|dir| self.readable_of(dir).into_iter().map(move |range| (dir, range)))
            .collect();
        let fits = (0..=parts.len().min(COUNTED))
            .rev()
            .find(|at| *at == 0 || *at == parts.len() || parts[*at].0 != parts[*at - 1].0)
            .unwrap_or(0);
        let (dirs, ranges): (Vec<NodeId>, Vec<KeyRange>) = parts.into_iter().take(fits).unzip();
        if dirs.is_empty() || self.tickets.awaits(|purpose| matches!(purpose, Purpose::Counts(_))) {
            return;
        }
        let pinned = self.pinned();
        let count = |range: KeyRange| {
            let request = RangeRequest::new(range).count_only().at(pinned);
            Op::Range(RangeRequest { serializable: !pinned.is_some(), ..request })
        };
        let success = ranges.into_iter().map(count).collect();
        let txn = TxnRequest { success, ..TxnRequest::default() };
        self.ask(Purpose::Counts(dirs), Some(Slot::Counts), Call::Txn(txn));
    }

    pub(super) fn on_counts(&mut self, dirs: Vec<NodeId>, result: CallResult) {
        let answer = match result {
            Ok(Answer::Txn(answer)) => answer,
            Ok(_) => return,
            Err(error) => {
                // A count is a courtesy: without it the row shows none. Asked again some time, since a
                // refusal would be repeated.
                self.keys.counts_from = self.now + COUNT_AGAIN;
                if error.is_connection() {
                    self.connection_broke(&error);
                }
                if matches!(error.kind, ErrorKind::Compacted { .. }) {
                    self.past_is_compacted();
                }
                return;
            }
        };
        let at = self.past.map_or(answer.revision, |past| past.revision);
        let mut counts: Vec<(NodeId, i64)> = Vec::new();
        for (dir, response) in dirs.into_iter().zip(answer.responses) {
            let OpResponse::Range(range) = response else { continue };
            match counts.last_mut() {
                Some((last, count)) if *last == dir => *count += range.count,
                _ => counts.push((dir, range.count)),
            }
        }
        for (dir, count) in counts {
            self.keys.recount.remove(&dir);
            let applied = self.keys.tree.set_count(dir, count, at);
            self.applied(applied);
        }
    }

    /// Another root: everything known of the old one goes.
    pub(super) fn root_at(&mut self, root: crate::domain::Key) {
        self.stop_follow();
        self.tickets.forget(|purpose| matches!(purpose, Purpose::Level(_) | Purpose::Counts(_)));
        self.settings.root = root.clone();
        self.keys.start_at(root, self.settings.delimiter.clone());
        self.filter_changed();
        self.list_root();
    }
}
