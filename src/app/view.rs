//! Views: what takes the place of the panes until it is closed.

use super::App;
use super::cluster::ClusterView;
use super::difference::DifferenceView;
use super::doctor::DoctorView;
use super::effect::{CallResult, Effect, WatchId};
use super::find::values::ValuesView;
use super::history::HistoryView;
use super::journal::JournalView;
use super::message::WatchNews;
use super::purpose::{Purpose, ViewPurpose};
use super::queue::QueuesView;
use super::service::ServicesView;
use crate::domain::queue::QueueKind;
use crate::domain::text::Field;
use crate::domain::{Key, Revision};
use crate::keymap::{Action, Context};

/// A view.
pub enum View {
    /// Locks: who holds, who waits.
    Locks(QueuesView),
    /// Elections: who leads, who is a candidate.
    Elections(QueuesView),
    /// Services and their instances.
    Services(ServicesView),
    /// What became of a prefix since a revision.
    Difference(Box<DifferenceView>),
    /// The history of a key.
    History(Box<HistoryView>),
    /// A transaction being composed.
    Txn,
    /// What was written here.
    Journal(JournalView),
    /// Endpoints and members.
    Cluster(ClusterView),
    /// What the doctor finds.
    Doctor(DoctorView),
    /// Keys that match what is typed.
    Find,
    /// Keys whose values hold a text.
    Values(Box<ValuesView>),
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
            View::History(_) => {
                &[Context::History, Context::List, Context::Everywhere, Context::Always]
            }
            View::Difference(_) => {
                &[Context::Difference, Context::List, Context::Everywhere, Context::Always]
            }
            View::Txn => &[Context::Txn, Context::Edit, Context::Always],
            View::Journal(_) => {
                &[Context::Journal, Context::List, Context::Everywhere, Context::Always]
            }
            View::Cluster(_) => {
                &[Context::Cluster, Context::List, Context::Everywhere, Context::Always]
            }
            View::Doctor(_) => {
                &[Context::Doctor, Context::List, Context::Everywhere, Context::Always]
            }
            View::Find => &[Context::Find, Context::Field, Context::Always],
            View::Values(_) => {
                &[Context::Values, Context::List, Context::Everywhere, Context::Always]
            }
        }
    }

    /// Its title.
    pub fn title(&self) -> &'static str {
        match self {
            View::Locks(_) => "Locks",
            View::Elections(_) => "Elections",
            View::Services(_) => "Services",
            View::Difference(_) => "Difference",
            View::History(_) => "History",
            View::Txn => "Transaction",
            View::Journal(_) => "Journal",
            View::Cluster(_) => "Cluster",
            View::Doctor(_) => "Doctor",
            View::Find => "Find",
            View::Values(_) => "Find in values",
        }
    }

    /// Whether there is something to filter in it.
    pub fn has_filter(&self) -> bool {
        match self {
            View::Locks(_)
            | View::Elections(_)
            | View::Services(_)
            | View::Difference(_)
            | View::Journal(_) => true,
            View::History(_)
            | View::Txn
            | View::Cluster(_)
            | View::Doctor(_)
            | View::Find
            | View::Values(_) => false,
        }
    }

    /// The filter of the view, where it has one.
    pub fn filter(&self) -> Option<&super::filter::Filter> {
        match self {
            View::Locks(view) | View::Elections(view) => view.filter.as_ref(),
            View::Services(view) => view.filter.as_ref(),
            View::Difference(view) => view.filter.as_ref(),
            View::Journal(view) => view.filter.as_ref(),
            View::History(_)
            | View::Txn
            | View::Cluster(_)
            | View::Doctor(_)
            | View::Find
            | View::Values(_) => None,
        }
    }

    pub(super) fn filter_mut(&mut self) -> Option<&mut Option<super::filter::Filter>> {
        match self {
            View::Locks(view) | View::Elections(view) => Some(&mut view.filter),
            View::Services(view) => Some(&mut view.filter),
            View::Difference(view) => Some(&mut view.filter),
            View::Journal(view) => Some(&mut view.filter),
            View::History(_)
            | View::Txn
            | View::Cluster(_)
            | View::Doctor(_)
            | View::Find
            | View::Values(_) => None,
        }
    }
}

impl View {
    /// The queues, where it shows some.
    pub(super) fn queues_mut(&mut self) -> Option<&mut QueuesView> {
        match self {
            View::Locks(view) | View::Elections(view) => Some(view),
            View::Services(_)
            | View::Difference(_)
            | View::History(_)
            | View::Journal(_)
            | View::Cluster(_)
            | View::Txn
            | View::Find
            | View::Values(_)
            | View::Doctor(_) => None,
        }
    }
}

impl App {
    pub(super) fn open_locks(&mut self, prefix: Key) {
        self.open_view(View::Locks(QueuesView::new(QueueKind::Lock, prefix)));
        self.read_queues();
    }

    pub(super) fn open_elections(&mut self, prefix: Key) {
        self.open_view(View::Elections(QueuesView::new(QueueKind::Election, prefix)));
        self.read_queues();
    }

    pub(super) fn open_services(&mut self, typed: Key) {
        self.open_view(View::Services(ServicesView::new(typed)));
        self.read_services();
    }

    pub(super) fn services_mut(&mut self) -> Option<&mut ServicesView> {
        match &mut self.view {
            Some(View::Services(view)) => Some(view),
            _ => None,
        }
    }

    /// `:diff PREFIX REV`
    pub(super) fn open_difference(&mut self, prefix: Key, then: Revision) {
        self.open_view(View::Difference(Box::new(DifferenceView::new(prefix, then))));
        self.read_difference();
    }

    pub(super) fn difference_mut(&mut self) -> Option<&mut DifferenceView> {
        match &mut self.view {
            Some(View::Difference(view)) => Some(view),
            _ => None,
        }
    }

    /// `:doctor`
    pub(super) fn open_doctor(&mut self) {
        self.open_view(View::Doctor(DoctorView::default()));
        self.examine();
    }

    pub(super) fn doctor_mut(&mut self) -> Option<&mut DoctorView> {
        match &mut self.view {
            Some(View::Doctor(view)) => Some(view),
            _ => None,
        }
    }

    pub(super) fn open_history_of(&mut self, key: Option<Key>) {
        match key.or_else(|| self.keys.selected_key().filter(|(_, dir)| !dir).map(|(key, _)| key)) {
            Some(key) => self.open_history(key),
            None => self.say("select a key: a history is of one key"),
        }
    }

    pub(super) fn open_history(&mut self, key: Key) {
        self.open_view(View::History(Box::new(HistoryView::new(key))));
        self.read_history();
    }

    pub(super) fn history_mut(&mut self) -> Option<&mut HistoryView> {
        match &mut self.view {
            Some(View::History(view)) => Some(view),
            _ => None,
        }
    }

    /// Whether the journal is on the screen.
    pub(super) fn shows_journal(&self) -> bool {
        matches!(self.view, Some(View::Journal(_)))
    }

    pub(super) fn queues(&self) -> Option<&QueuesView> {
        match &self.view {
            Some(View::Locks(view) | View::Elections(view)) => Some(view),
            _ => None,
        }
    }

    pub(super) fn queues_mut(&mut self) -> Option<&mut QueuesView> {
        self.view.as_mut().and_then(View::queues_mut)
    }

    pub(super) fn open_view(&mut self, view: View) {
        self.close_view();
        self.view = Some(view);
        self.redraw = true;
    }

    /// Back to the panes, which are as they were.
    pub(super) fn close_view(&mut self) {
        if let Some(view) = self.view.take() {
            // Nothing that is asked for a view writes.
            self.give_up(|purpose| matches!(purpose, Purpose::View(_)));
            self.effects.push(Effect::Unwatch(WatchId::VIEW));
            if matches!(view, View::Find) {
                self.rest_find();
            }
            self.redraw = true;
        }
    }

    pub(super) fn act_in_view(&mut self, action: Action) {
        match &self.view {
            None => {}
            Some(View::Locks(_) | View::Elections(_)) => self.act_in_queues(action),
            Some(View::Services(_)) => self.act_in_services(action),
            Some(View::History(_)) => self.act_in_history(action),
            Some(View::Difference(_)) => self.act_in_difference(action),
            Some(View::Txn) => self.act_in_composer(action),
            Some(View::Journal(_)) => self.act_in_journal(action),
            Some(View::Cluster(_)) => self.act_in_cluster(action),
            Some(View::Doctor(_)) => self.act_in_doctor(action),
            Some(View::Find) => self.act_in_find(action),
            Some(View::Values(_)) => self.act_in_values(action),
        }
    }

    pub(super) fn on_view_answer(&mut self, purpose: ViewPurpose, result: CallResult) {
        match &self.view {
            None | Some(View::Txn | View::Journal(_) | View::Doctor(_)) => {}
            Some(View::Locks(_) | View::Elections(_)) => self.on_queues_answer(purpose, result),
            Some(View::Services(_)) => self.on_services_answer(purpose, result),
            Some(View::History(_)) => self.on_history_answer(purpose, result),
            Some(View::Difference(_)) => self.on_difference_answer(purpose, result),
            Some(View::Cluster(_)) => self.on_cluster_answer(&purpose, result),
            Some(View::Find) => self.on_find_answer(&purpose, result),
            Some(View::Values(_)) => self.on_values_answer(&purpose, result),
        }
    }

    pub(super) fn on_view_watch(&mut self, news: WatchNews) {
        match &self.view {
            None
            | Some(
                View::Difference(_)
                | View::Txn
                | View::Journal(_)
                | View::Cluster(_)
                | View::Doctor(_)
                | View::Find
                | View::Values(_),
            ) => {}
            Some(View::Locks(_) | View::Elections(_)) => self.on_queues_watch(news),
            Some(View::Services(_)) => self.on_services_watch(news),
            Some(View::History(_)) => self.on_history_watch(news),
        }
    }

    /// After every message.
    pub(super) fn settle_view(&mut self) {
        match &self.view {
            None => {}
            Some(View::Locks(_) | View::Elections(_)) => self.settle_queues(),
            Some(View::Services(_)) => self.settle_services(),
            Some(View::History(_)) => self.settle_history(),
            Some(View::Difference(_)) => self.settle_difference(),
            Some(View::Txn) => self.settle_composer(),
            Some(View::Journal(_)) => self.settle_journal(),
            Some(View::Cluster(_)) => self.settle_cluster(),
            Some(View::Doctor(_)) => self.settle_doctor(),
            Some(View::Find) => self.settle_find(),
            Some(View::Values(_)) => self.settle_values(),
        }
    }

    /// `R` in a view.
    pub(super) fn reload_view(&mut self) {
        match &self.view {
            None | Some(View::Txn | View::Journal(_)) => {}
            Some(View::Doctor(_)) => self.examine(),
            Some(View::Find) => self.index_anew(),
            Some(View::Values(_)) => self.read_values(),
            Some(View::Locks(_) | View::Elections(_)) => self.read_queues(),
            Some(View::Services(_)) => self.read_services(),
            Some(View::History(_)) => self.read_history(),
            Some(View::Difference(_)) => self.read_difference(),
            Some(View::Cluster(_)) => self.read_cluster(),
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
        if matches!(self.view, Some(View::Txn)) {
            self.say_that_the_text_is_kept();
        }
        self.close_view();
    }

    /// The timer of the view.
    pub(super) fn view_again(&mut self) {
        match &self.view {
            Some(View::Locks(_) | View::Elections(_)) => self.queues_again(),
            // Its entries are followed; what is read again is how long their leases live.
            Some(View::Services(_)) => self.read_services_lives(),
            Some(View::History(_)) => self.history_is_quiet(),
            None
            | Some(
                View::Difference(_)
                | View::Txn
                | View::Journal(_)
                | View::Cluster(_)
                | View::Doctor(_)
                | View::Find
                | View::Values(_),
            ) => {}
        }
    }
}
