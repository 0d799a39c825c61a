//! The Keys pane: selection, keys, and what is copied from it.

use std::collections::{BTreeSet, HashMap};
use std::time::{Duration, Instant};

use super::clock::Timer;
use super::dialog::PromptKind;
use super::filter::Filter;
use super::follow::{Follow, Followed};
use super::gap::Listing;
use super::marked::Marked;
use super::motion::movement;
use super::pane::Pane;
use super::purpose::Editor;
use super::viewport::{Cursor, Move};
use super::{App, Update};
use crate::domain::access::Rights;
use crate::domain::bulk::PlanRequest;
use crate::domain::tree::{Level, NodeId, RowKind, Tree};
use crate::domain::watch::Rate;
use crate::domain::{Key, KeyRange};
use crate::keymap::Action;

/// With more rows than this, those that change by themselves are brought up to date once a frame.
const MANY: usize = 10_000;

/// How long a filter of so many rests, when they change by themselves.
const FILTER_AGAIN: Duration = Duration::from_secs(1);

/// How long the list rests before the directories in view are counted.
const REST: Duration = Duration::from_millis(150);

/// The Keys pane.
pub struct KeysPane {
    /// The tree.
    pub tree: Tree,
    /// The selected row and the first one shown.
    pub cursor: Cursor,
    /// What the rows are filtered by.
    pub filter: Option<Filter>,
    /// What is marked for work on many keys.
    pub marked: Marked,
    /// Whether the tree follows the store.
    pub follow: Follow,
    /// How many changes a second its watches tell of.
    pub rate: Rate,
    /// Changes come faster than it is worth to follow them: they are counted, and what they change is
    /// stale.
    pub too_fast: bool,
    /// The watches it follows by.
    pub(super) followed: Vec<Followed>,
    /// How many ranges it does not follow, because they are too many.
    pub(super) unfollowed: usize,
    /// What may be read, where that is not everything.
    pub limits: Option<Box<Rights>>,
    /// What happened last happened by itself: nobody waits for the rows.
    pub(super) by_itself: bool,
    /// When a long list may be filtered again, although nobody asked for it.
    filter_from: Instant,
    /// What the selected row shows, and its key: the selection stays on it when rows come and go.
    pub(super) anchor: Option<(RowKind, Key)>,
    /// The selection was moved up last: a gap that comes into view is listed from below.
    pub(super) upward: bool,
    /// The last row is to be selected, also when the end of the last level is still to be listed.
    pub(super) to_end: bool,
    /// Rows came by a listing: the selected one stays where it is on the screen.
    pub(super) hold_line: bool,
    /// The child to select when its row is there.
    pub(super) select_soon: Option<(NodeId, Vec<u8>)>,
    /// The levels that are being listed, or that have more to list.
    pub(super) listings: HashMap<NodeId, Listing>,
    /// The server refuses to list the root to this user.
    pub(super) root_refused: bool,
    /// Directories that may be empty now: counted whether in view or not.
    pub(super) recount: BTreeSet<NodeId>,
    /// Nothing is counted before: counting has just failed.
    pub(super) counts_from: Instant,
    /// How many ranges are read in one request; fewer once the server has refused as many.
    pub(super) asks: usize,
}

impl KeysPane {
    /// A tree of nothing yet, below a prefix.
    pub fn new(root: Key, delimiter: Vec<u8>, now: Instant) -> KeysPane {
        KeysPane {
            tree: Tree::new(root, delimiter),
            cursor: Cursor::default(),
            filter: None,
            marked: Marked::default(),
            follow: Follow::Off,
            rate: Rate::default(),
            too_fast: false,
            followed: Vec::new(),
            unfollowed: 0,
            limits: None,
            by_itself: false,
            filter_from: now,
            anchor: None,
            upward: false,
            to_end: false,
            hold_line: false,
            select_soon: None,
            listings: HashMap::new(),
            root_refused: false,
            recount: BTreeSet::new(),
            counts_from: now,
            asks: super::gap::ASKS,
        }
    }

    /// A tree of nothing yet below another prefix; the filter, the marks and the limits stay.
    pub(super) fn start_at(&mut self, root: Key, delimiter: Vec<u8>) {
        let filter = self.filter.take();
        let marked = std::mem::take(&mut self.marked);
        let limits = self.limits.take();
        let counts_from = self.counts_from;
        *self = KeysPane { filter, marked, limits, ..KeysPane::new(root, delimiter, counts_from) };
    }

    /// What the selected row shows.
    pub fn selected_row(&self) -> Option<RowKind> {
        self.tree.row(self.cursor.selected).map(|row| row.kind)
    }

    /// The key or prefix of the selected row, and whether it is a directory.
    pub fn selected_key(&self) -> Option<(Key, bool)> {
        let id = self.selected_row()?.node();
        let is_dir = self.tree.get(id)?.is_dir();
        Some((self.tree.full_key(id), is_dir))
    }

    /// Brings the rows up to date, however long a filter takes.
    pub(super) fn finish_rows(&mut self) {
        while self.tree.rows_are_stale() {
            self.tree.refresh_rows();
        }
    }

    /// A movement that ends at the first gap on its way: what is in it comes next.
    fn up_to_gap(&self, movement: Move) -> Move {
        let Move::By(by) = movement else { return movement };
        let (from, rows) = (self.cursor.selected, self.tree.rows());
        let to = from.saturating_add_signed(by).min(rows.len().saturating_sub(1));
        let is_gap = |at: &usize| matches!(rows[*at].kind, RowKind::Gap { .. });
        let gap = if by > 0 { (from + 1..=to).find(is_gap) } else { (to..from).rev().find(is_gap) };
        gap.map_or(movement, |gap| Move::By(gap as isize - from as isize))
    }
}

impl App {
    pub(super) fn act_in_keys(&mut self, action: Action) {
        let height = usize::from(self.viewport.keys.height);
        self.keys.to_end = false;
        if let Some(movement) = movement(action, height) {
            self.keys.upward = matches!(movement, Move::Last | Move::By(..0));
            self.keys.to_end = movement == Move::Last;
            let movement = self.keys.up_to_gap(movement);
            let mut cursor = self.keys.cursor;
            cursor.go(movement, self.keys.tree.rows().len(), height);
            self.keys.cursor = cursor;
            self.keys.select(cursor.selected);
            self.goto = None;
            return;
        }
        match action {
            Action::Open => self.open_selected(),
            Action::Parent => self.close_selected(),
            Action::Toggle => self.toggle_selected(),
            Action::Goto => self.open_prompt(PromptKind::Goto, "go to ", ""),
            Action::Find => self.open_find(None),
            Action::NewKey => self.ask_for_new_key(),
            Action::Edit => self.begin_edit(Editor::Here),
            Action::EditExternal => self.begin_edit(Editor::External),
            Action::Mark => self.toggle_mark(),
            Action::Delete => self.delete_selected(),
            Action::Move => self.ask_to_transfer(false),
            Action::Copy => self.ask_to_transfer(true),
            Action::Watch => self.watch_selected(),
            Action::LeaseAttach => self.ask_for_lease(),
            Action::History => self.open_history_of(None),
            _ => {}
        }
    }

    fn open_selected(&mut self) {
        let Some(kind) = self.keys.selected_row() else { return };
        match kind {
            RowKind::Node(id) => match self.keys.tree.dir(id).map(|dir| dir.open) {
                None => self.focus(Pane::Value),
                Some(false) => self.open_dir(id),
                Some(true) => {
                    let index = self.keys.cursor.selected;
                    let below = self.keys.tree.row(index + 1);
                    if below.is_some_and(|row| self.keys.tree.parent(row.kind.node()) == Some(id)) {
                        self.keys.select(index + 1);
                    }
                }
            },
            RowKind::More(_) | RowKind::Gap { .. } => {
                // It is in view, and so it is listed.
                self.keys.upward = false;
            }
            RowKind::Loading(_) | RowKind::Empty(_) => {}
            RowKind::Failed(id) | RowKind::Stale(id) => self.start_listing(id),
        }
    }

    /// Opens a directory, and lists it when that is due.
    pub(super) fn open_dir(&mut self, id: NodeId) {
        let level = self.keys.tree.dir(id).map(|dir| &dir.level);
        // What is not followed is read whenever it is opened.
        let is_old = !self.settings.follow && matches!(level, Some(Level::Ready { .. }));
        self.keys.tree.open(id);
        if self.keys.tree.wants_listing(id) || is_old && self.past.is_none() {
            self.start_listing(id);
        }
    }

    fn close_selected(&mut self) {
        let Some(kind) = self.keys.selected_row() else { return };
        let id = kind.node();
        let is_open = self.keys.tree.dir(id).is_some_and(|dir| dir.open);
        match kind {
            RowKind::Node(_) if is_open => self.keys.tree.close(id),
            RowKind::Node(_) => {
                if let Some(parent) = self.keys.tree.parent(id) {
                    self.select_node(parent);
                }
            }
            _ => self.select_node(id),
        }
    }

    fn toggle_selected(&mut self) {
        match self.keys.selected_row() {
            Some(RowKind::Node(id)) if self.keys.tree.dir(id).is_some_and(|dir| dir.open) => {
                self.keys.tree.close(id);
            }
            _ => self.open_selected(),
        }
    }

    pub(super) fn select_node(&mut self, id: NodeId) {
        if let Some(index) = self.keys.tree.row_index(id) {
            self.keys.select(index);
        }
    }

    fn ask_for_new_key(&mut self) {
        if self.refuses_to_write() {
            return;
        }
        let node = self.keys.selected_row().map(RowKind::node);
        let prefix = match node {
            Some(id) => self.keys.tree.prefix_of(id),
            None => self.settings.root.clone(),
        };
        self.open_prompt(PromptKind::NewKey, "new key ", &prefix.to_string());
    }

    fn delete_selected(&mut self) {
        if self.refuses_to_write() {
            return;
        }
        let marked = self.marked_ranges();
        if !marked.is_empty() {
            return self.plan(PlanRequest::Delete(marked));
        }
        match (self.keys.selected_row(), self.keys.selected_key()) {
            (Some(RowKind::Node(_)), Some((prefix, true))) => {
                self.delete_prefix(prefix);
            }
            (Some(RowKind::Node(_)), Some((key, false))) => self.look_before_delete(key),
            _ => self.say("select a key or directory to delete"),
        }
    }

    fn watch_selected(&mut self) {
        match self.keys.selected_key() {
            Some((prefix, true)) => self.toggle_watch(KeyRange::prefix(prefix)),
            Some((key, false)) => self.toggle_watch(KeyRange::single(key)),
            None => self.say("select a key or directory to watch"),
        }
    }

    pub(super) fn copy_key(&mut self) {
        let key = match self.dialogs.last() {
            Some(super::dialog::Dialog::Event { line, .. }) => line.key().cloned(),
            _ => match self.focus {
                Pane::Keys | Pane::Value => self.keys.selected_key().map(|(key, _)| key),
                Pane::Leases => self.leases.selected().map(|id| Key::from(&*id.to_string())),
                Pane::Watch => self.watch.selected().and_then(|line| line.key().cloned()),
            },
        };
        match key {
            Some(key) => self.copy(
                key.into_bytes(),
                if self.focus == Pane::Leases { "lease ID" } else { "key" },
            ),
            None => self.say("nothing is selected"),
        }
    }

    /// After every message: rows, selection, and what has come into view.
    pub(super) fn settle_tree(&mut self) {
        self.refresh_rows();
        self.advance_goto();
        self.refresh_rows();
        let keys = &mut self.keys;
        let (before, line) = (
            keys.cursor.selected,
            keys.cursor.selected - keys.cursor.top.min(keys.cursor.selected),
        );
        let soon = keys.select_soon.take().and_then(|(dir, name)| keys.tree.child(dir, &name));
        let index = match soon.and_then(|id| keys.tree.row_index(id)) {
            _ if keys.to_end => keys.tree.rows().len().saturating_sub(1),
            Some(index) => index,
            None => keys.anchored().unwrap_or(before),
        };
        keys.select(index);
        if std::mem::take(&mut keys.hold_line) && index > before && before > 0 {
            keys.cursor.top = index - line.min(index);
        }
        let rows = keys.tree.rows().len();
        let height = usize::from(self.viewport.keys.height).max(1);
        keys.cursor.settle(rows, height);
        if keys.anchor.is_none() {
            keys.select(keys.cursor.selected);
        }
        self.list_what_is_in_view(height);
        self.settle_listings();
        self.drop_counts();
        if self.due_counts(height).next().is_some() {
            let at = self.keys.counts_from.max(self.now + REST);
            self.timers.set_earliest(Timer::Counts, at);
        }
    }

    /// Brings the rows up to date, unless they can wait for the next frame.
    fn refresh_rows(&mut self) {
        let keys = &mut self.keys;
        if !keys.tree.rows_are_stale() || keys.by_itself && keys.tree.all_rows() > MANY {
            return;
        }
        keys.tree.refresh_rows();
        self.redraw = true;
        if keys.tree.rows_are_stale() {
            // A filter that is not through goes on when nobody presses a key.
            self.timers.set_earliest(Timer::Rows, self.now);
        } else {
            keys.filter_from = self.now + FILTER_AGAIN;
        }
    }

    /// To be called before a frame is drawn: what changed by itself since the last one and could wait
    /// is brought up to date, once for all changes.
    pub fn before_frame(&mut self, now: Instant) -> Update {
        if self.keys.tree.rows_are_stale() {
            self.now = now;
            let is_filtered = self.keys.filter.is_some() && !self.keys.tree.is_filtering();
            if is_filtered && self.keys.tree.all_rows() > MANY && now < self.keys.filter_from {
                self.timers.set_earliest(Timer::Rows, self.keys.filter_from);
            } else {
                self.keys.by_itself = false;
                self.settle_tree();
            }
        }
        self.finish()
    }
}
