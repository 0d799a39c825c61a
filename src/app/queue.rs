//! The views of locks and elections: queues by shape, their members in order, followed live.

use super::App;
use super::effect::CallResult;
use super::filter::Filter;
use super::message::WatchNews;
use super::motion::movement;
use super::purpose::ViewPurpose;
use super::view::View;
use super::viewport::Cursor;
use crate::domain::Key;
use crate::keymap::Action;

/// What the view of locks or elections shows.
#[derive(Default)]
pub struct QueuesView {
    /// Only queues below this prefix; empty for everywhere.
    pub prefix: Key,
    /// The selected row and the first one shown.
    pub cursor: Cursor,
    /// What the rows are filtered by.
    pub filter: Option<Filter>,
}

impl App {
    pub(super) fn open_locks(&mut self, prefix: Key) {
        self.open_view(View::Locks(QueuesView { prefix, ..QueuesView::default() }));
        self.read_queues();
    }

    pub(super) fn open_elections(&mut self, prefix: Key) {
        self.open_view(View::Elections(QueuesView { prefix, ..QueuesView::default() }));
        self.read_queues();
    }

    pub(super) fn read_queues(&mut self) {}

    pub(super) fn act_in_queues(&mut self, action: Action) {
        let _ = movement(action, usize::from(self.viewport.view.height));
    }

    pub(super) fn on_queues_answer(&mut self, _purpose: ViewPurpose, _result: CallResult) {}

    pub(super) fn on_queues_watch(&mut self, _news: WatchNews) {}

    pub(super) fn settle_queues(&mut self) {}
}
