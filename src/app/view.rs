//! Views: what takes the place of the panes until it is closed.

use super::App;
use super::effect::{CallResult, Effect, WatchId};
use super::message::WatchNews;
use super::purpose::ViewPurpose;
use super::queue::QueuesView;
use super::service::ServicesView;
use super::txn::Composer;
use crate::domain::text::Field;
use crate::keymap::{Action, Context};

/// A view.
pub enum View {
    /// Locks: who holds, who waits.
    Locks(QueuesView),
    /// Elections: who leads, who is a candidate.
    Elections(QueuesView),
    /// Services and their instances.
    Services(ServicesView),
    /// A transaction being composed.
    Txn(Box<Composer>),
}

impl View {
    /// Where its keys are found in the table.
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            View::Locks(_) => {
                &[Context::Locks, Context::List, Context::Everywhere, Context::Always]
            }
            View::Elections(_) => {
                &[Context::Elections, Context::List, Context::Everywhere, Context::Always]
            }
            View::Services(_) => {
                &[Context::Services, Context::List, Context::Everywhere, Context::Always]
            }
            View::Txn(_) => &[Context::Txn, Context::Edit, Context::Always],
        }
    }

    /// Its title.
    pub fn title(&self) -> &'static str {
        match self {
            View::Locks(_) => "Locks",
            View::Elections(_) => "Elections",
            View::Services(_) => "Services",
            View::Txn(_) => "Transaction",
        }
    }

    /// The filter of the view, where it has one.
    pub fn filter(&self) -> Option<&super::filter::Filter> {
        match self {
            View::Locks(view) | View::Elections(view) => view.filter.as_ref(),
            View::Services(view) => view.filter.as_ref(),
            View::Txn(_) => None,
        }
    }

    pub(super) fn filter_mut(&mut self) -> Option<&mut Option<super::filter::Filter>> {
        match self {
            View::Locks(view) | View::Elections(view) => Some(&mut view.filter),
            View::Services(view) => Some(&mut view.filter),
            View::Txn(_) => None,
        }
    }
}

impl App {
    pub(super) fn open_view(&mut self, view: View) {
        self.close_view();
        self.view = Some(view);
        self.redraw = true;
    }

    /// Back to the panes, which are as they were.
    pub(super) fn close_view(&mut self) {
        if self.view.take().is_some() {
            self.tickets.forget(|purpose| matches!(purpose, super::purpose::Purpose::View(_)));
            self.effects.push(Effect::Unwatch(WatchId::VIEW));
            self.redraw = true;
        }
    }

    pub(super) fn act_in_view(&mut self, action: Action) {
        match &self.view {
            None => {}
            Some(View::Locks(_) | View::Elections(_)) => self.act_in_queues(action),
            Some(View::Services(_)) => self.act_in_services(action),
            Some(View::Txn(_)) => self.act_in_composer(action),
        }
    }

    pub(super) fn on_view_answer(&mut self, purpose: ViewPurpose, result: CallResult) {
        match &self.view {
            None => {}
            Some(View::Locks(_) | View::Elections(_)) => self.on_queues_answer(purpose, result),
            Some(View::Services(_)) => self.on_services_answer(purpose, result),
            Some(View::Txn(_)) => self.on_composer_answer(purpose, result),
        }
    }

    pub(super) fn on_view_watch(&mut self, news: WatchNews) {
        match &self.view {
            None | Some(View::Txn(_)) => {}
            Some(View::Locks(_) | View::Elections(_)) => self.on_queues_watch(news),
            Some(View::Services(_)) => self.on_services_watch(news),
        }
    }

    /// After every message.
    pub(super) fn settle_view(&mut self) {
        match &self.view {
            None => {}
            Some(View::Locks(_) | View::Elections(_)) => self.settle_queues(),
            Some(View::Services(_)) => self.settle_services(),
            Some(View::Txn(_)) => self.settle_composer(),
        }
    }

    /// `R` in a view.
    pub(super) fn reload_view(&mut self) {
        match &self.view {
            None | Some(View::Txn(_)) => {}
            Some(View::Locks(_) | View::Elections(_)) => self.read_queues(),
            Some(View::Services(_)) => self.read_services(),
        }
    }

    /// The field of the view's filter, while it is typed.
    pub(super) fn view_filter_field(&self) -> Option<&Field> {
        let filter = self.view.as_ref()?.filter()?;
        filter.typing.then_some(&filter.field)
    }

    /// Takes the view's filter away; false when there was none.
    pub(super) fn drop_filter_of_view(&mut self) -> bool {
        let filter = self.view.as_mut().and_then(View::filter_mut);
        filter.is_some_and(|filter| filter.take().is_some())
    }

    /// Esc or `q`: back to the panes.
    pub(super) fn leave_view(&mut self) {
        self.close_view();
    }

    /// The timer of the view.
    pub(super) fn view_again(&mut self) {
        match &self.view {
            // Its entries are followed; what is read again is how long their leases live.
            Some(View::Services(_)) => self.read_services_lives(),
            None | Some(View::Locks(_) | View::Elections(_) | View::Txn(_)) => self.reload_view(),
        }
    }
}
