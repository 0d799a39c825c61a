//! The view of services: instances, their health from their leases, and how often they came and went.

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

/// What the view of services shows.
#[derive(Default)]
pub struct ServicesView {
    /// The prefix under which services register.
    pub prefix: Key,
    /// The selected row and the first one shown.
    pub cursor: Cursor,
    /// What the rows are filtered by.
    pub filter: Option<Filter>,
}

impl App {
    pub(super) fn open_services(&mut self, prefix: Key) {
        self.open_view(View::Services(ServicesView { prefix, ..ServicesView::default() }));
        self.read_services();
    }

    pub(super) fn read_services(&mut self) {}

    pub(super) fn act_in_services(&mut self, action: Action) {
        let _ = movement(action, usize::from(self.viewport.view.height));
    }

    pub(super) fn on_services_answer(&mut self, _purpose: ViewPurpose, _result: CallResult) {}

    pub(super) fn on_services_watch(&mut self, _news: WatchNews) {}

    pub(super) fn settle_services(&mut self) {}
}
