//! Listing: which levels are asked for, and what becomes of the answers.

use super::App;
use super::clock::Timer;
use super::effect::{Answer, Call, CallResult, Effect};
use super::follow::Follow;
use super::gap::{Edge, Listing};
use super::pane::Pane;
use super::purpose::Purpose;
use crate::domain::load::Urgency;
use crate::domain::tree::{Applied, Level, NodeId};
use crate::domain::txn::{Op, OpResponse, RangeRequest, RangeResponse, TxnRequest};
use crate::store::{ErrorKind, StoreError};

/// How many keys one page asks for.
const PAGE: i64 = 1000;
/// How many children are listed before the list waits to be scrolled.
const AHEAD: usize = 500;
/// How many children are listed around a key that was gone to.
const AROUND: usize = 100;

impl App {
    pub(super) fn list_root(&mut self) {
        self.start_listing(NodeId::ROOT);
    }

    /// Lists a level from its first child.
    pub(super) fn start_listing(&mut self, dir: NodeId) {
        self.stop_reading(|purpose| *purpose == Purpose::Level(dir));
        let prefix = self.keys.tree.prefix_of(dir);
        let listers = self.listers_of(dir, PAGE);
        self.keys.tree.begin_loading(dir);
        let mut listing = Listing::new(prefix, self.keys.tree.delimiter(), listers);
        if listing.is_complete() {
            // Nothing of it may be read.
            let applied = self.keys.tree.insert_page(dir, (&[], None), &[], self.newest, true);
            self.keys.listings.remove(&dir);
            return self.applied(applied);
        }
        listing.list_on(&[], Edge::Front, AHEAD, self.pinned());
        self.keys.listings.insert(dir, listing);
        self.ask_page(dir);
    }

    /// Lists on where a level stopped, in the gap that begins at this name or behind it. Does nothing
    /// while it is being listed.
    pub(super) fn list_more(&mut self, dir: NodeId, from: &[u8], edge: Edge) {
        let height = usize::from(self.viewport.keys.height);
        let children = if edge == Edge::Front { AHEAD } else { 2 * height };
        let pinned = self.pinned();
        self.run_listing(dir, |listing| {
            listing.list_on(from, edge, children, pinned);
        });
    }

    /// Lists on from a key or directory of a level that is not listed there.
    pub(super) fn list_from(&mut self, dir: NodeId, name: &[u8]) {
        let pinned = self.pinned();
        self.run_listing(dir, |listing| {
            if !listing.list_from(name, AROUND, pinned) {
                listing.list_on(&[], Edge::Front, AHEAD, pinned);
            }
        });
    }

    /// Lists the end of a level, which leaves a gap before it.
    pub(super) fn list_end(&mut self, dir: NodeId) {
        let height = usize::from(self.viewport.keys.height);
        let pinned = self.pinned();
        if let Some(listing) = self.keys.listings.get_mut(&dir)
            && listing.is_running()
            && !listing.has_end()
        {
            // What is under way lists the front, and goes on when it is scrolled to.
            self.stop_listing(dir);
        }
        self.run_listing(dir, |listing| listing.list_end(2 * height, pinned));
    }

    fn run_listing(&mut self, dir: NodeId, begin: impl FnOnce(&mut Listing)) {
        match self.keys.listings.get_mut(&dir) {
            Some(listing) if listing.is_running() => {}
            Some(listing) => {
                begin(listing);
                self.keys.tree.begin_loading(dir);
                self.ask_page(dir);
            }
            None => self.start_listing(dir),
        }
    }

    /// Gives up what is asked of a level; what it found stays, and it can be listed on.
    fn stop_listing(&mut self, dir: NodeId) {
        self.stop_reading(|purpose| *purpose == Purpose::Level(dir));
        if let Some(listing) = self.keys.listings.get_mut(&dir) {
            listing.stop();
        }
        self.keys.tree.stop_loading(dir);
    }

    /// Gives up requests that are metered.
    pub(super) fn stop_reading(&mut self, of: impl Fn(&Purpose) -> bool) {
        let tickets = self.tickets.forget(of);
        for _ in &tickets {
            self.meter.ended(0, self.now);
        }
        if !tickets.is_empty() {
            self.effects.push(Effect::GiveUp(tickets));
        }
    }

    /// Levels that nobody sees any more, since they or what is above them were closed, are not listed
    /// on; those that waited for the server to have time are, when it has.
    pub(super) fn settle_listings(&mut self) {
        let running: Vec<NodeId> = self
            .keys
            .listings
            .iter()
            .filter_map(|(dir, listing)| listing.is_running().then_some(*dir))
            .collect();
        for dir in running {
            // A way that is being gone lists what it opens when it arrives.
            if self.goto.is_none() && !self.is_shown(dir) {
                self.stop_listing(dir);
            } else if self.keys.listings.get(&dir).is_some_and(|listing| listing.is_due) {
                self.ask_page(dir);
            }
        }
        let tree = &self.keys.tree;
        self.keys.listings.retain(|dir, _| tree.dir(*dir).is_some());
    }

    fn is_shown(&self, dir: NodeId) -> bool {
        let mut at = Some(dir);
        while let Some(id) = at {
            if !self.keys.tree.dir(id).is_some_and(|dir| dir.open) {
                return false;
            }
            at = self.keys.tree.parent(id);
        }
        true
    }

    fn ask_page(&mut self, dir: NodeId) {
        let in_past = self.past.is_some();
        let Some(listing) = self.keys.listings.get_mut(&dir) else { return };
        listing.is_due = !self.meter.allows(Urgency::Awaited, self.now);
        if listing.is_due {
            if !self.meter.is_busy() {
                let free = self.meter.free_at(Urgency::Awaited, self.now);
                self.timers.set_earliest(Timer::Load, free);
            }
            return;
        }
        let revision = listing.revision;
        let mut asks: Vec<RangeRequest> = listing
            .asks(self.keys.asks)
            .into_iter()
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
        self.meter.sent();
        self.ask(Purpose::Level(dir), None, call);
    }

    pub(super) fn on_page(&mut self, dir: NodeId, result: CallResult) {
        let (now, pages) = match result {
            Ok(Answer::Range(answer)) => (answer.revision, vec![answer]),
            Ok(Answer::Txn(answer)) => (answer.revision, ranges(answer.responses)),
            Ok(_) => (self.newest, Vec::new()),
            Err(error) => {
                self.meter.ended(0, self.now);
                if self.keys.listings.contains_key(&dir) {
                    self.page_failed(dir, error);
                }
                return;
            }
        };
        self.meter.ended(pages.iter().map(|page| page.count).sum(), self.now);
        let Some(listing) = self.keys.listings.get_mut(&dir) else { return };
        if !listing.revision.is_some() {
            listing.revision = now;
        }
        let revision = listing.revision;
        let page = listing.feed(&pages);
        let complete = listing.is_complete();
        let goes_on = listing.is_running();
        if complete {
            self.keys.listings.remove(&dir);
        }
        self.seen(now);
        if let Some(mut page) = page {
            self.uncount_what_is_hidden(dir, &mut page.children);
            self.stay_at_what_is_below(dir, page.children.last().map(|child| &*child.name));
            let bounds = (page.from.as_slice(), page.to.as_deref());
            let tree = &mut self.keys.tree;
            let applied = tree.insert_page(dir, bounds, &page.children, revision, complete);
            if let (Some(left), Some(from)) = (page.left, &page.to) {
                tree.set_left(dir, (from, None), left, revision);
            }
            self.applied(applied);
        }
        if dir == NodeId::ROOT && self.keys.follow == Follow::Off && self.may_follow() {
            self.start_follow(revision);
        }
        self.open_the_way(dir);
        let level = self.keys.tree.dir(dir).map(|dir| &dir.level);
        if matches!(level, Some(Level::Stale { .. })) && !self.keys.too_fast {
            // Too much happened while it was listed to bring it up to date: once more.
            self.start_listing(dir);
        } else if goes_on {
            self.keys.tree.begin_loading(dir);
            self.ask_page(dir);
        }
    }

    fn page_failed(&mut self, dir: NodeId, error: StoreError) {
        if self.asks_too_much(&error) {
            if let Some(listing) = self.keys.listings.get_mut(&dir) {
                listing.ask_again();
            }
            return self.ask_page(dir);
        }
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

    /// Whether this is a server that takes fewer operations at once. From then on it is asked for half as
    /// many.
    pub(super) fn asks_too_much(&mut self, error: &StoreError) -> bool {
        let fewer = error.is_too_many_operations() && self.keys.asks > 1;
        if fewer {
            self.keys.asks /= 2;
        }
        fewer
    }

    /// What a change of the tree asks for.
    pub(super) fn applied(&mut self, applied: Applied) {
        if applied.effect != crate::domain::tree::Effect::None {
            self.redraw = true;
        }
        self.keys.recount.extend(applied.recount);
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
        for dir in open.into_iter().filter(|dir| self.is_shown(*dir)).collect::<Vec<_>>() {
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

    /// Another root: everything known of the old one goes.
    pub(super) fn root_at(&mut self, root: crate::domain::Key) {
        self.stop_follow();
        self.stop_reading(|purpose| matches!(purpose, Purpose::Level(_) | Purpose::Counts(_)));
        self.settings.root = root.clone();
        self.keys.start_at(root, self.settings.delimiter.clone());
        self.filter_changed();
        self.list_root();
    }
}

fn ranges(responses: Vec<OpResponse>) -> Vec<RangeResponse> {
    let range = |response| match response {
        OpResponse::Range(range) => Some(range),
        OpResponse::Put { .. } | OpResponse::Delete { .. } | OpResponse::Txn { .. } => None,
    };
    responses.into_iter().filter_map(range).collect()
}
