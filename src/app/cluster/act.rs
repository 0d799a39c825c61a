//! What opens the view of the cluster, what it asks, and what the keys do in it.

use super::ClusterView;
use crate::app::App;
use crate::app::effect::{Answer, Call, CallResult, Effect};
use crate::app::load::Load;
use crate::app::motion::movement;
use crate::app::purpose::{Purpose, ViewPurpose};
use crate::app::view::View;
use crate::keymap::Action;

impl App {
    /// `:cluster`
    pub(in crate::app) fn open_cluster(&mut self) {
        self.open_view(View::Cluster(ClusterView::default()));
        self.read_cluster();
    }

    /// Asks all endpoints, and for the members. What is shown stays until there is something newer.
    pub(in crate::app) fn read_cluster(&mut self) {
        let Some(view) = self.cluster_mut() else { return };
        if view.members.ready().is_none() {
            view.members = Load::Loading;
        }
        self.give_up(|purpose| matches!(purpose, Purpose::View(_)));
        self.effects.push(Effect::Probe);
        self.ask(Purpose::View(ViewPurpose::Members), None, Call::Members);
        self.redraw = true;
    }

    pub(in crate::app) fn on_cluster_answer(&mut self, purpose: &ViewPurpose, result: CallResult) {
        let Some(view) = self.cluster_mut() else { return };
        match (purpose, result) {
            (ViewPurpose::Members, Ok(Answer::Members(members))) => {
                view.members = Load::Ready(members);
            }
            (ViewPurpose::Members, Err(error)) => {
                view.members = Load::Failed(error.clone());
                if error.is_connection() {
                    self.connection_broke(&error);
                }
            }
            (_, _) => return,
        }
        self.redraw = true;
    }

    pub(in crate::app) fn act_in_cluster(&mut self, action: Action) {
        let height = usize::from(self.viewport.view.height);
        let len = self.cluster_len();
        let Some(view) = self.cluster_mut() else { return };
        if let Some(movement) = movement(action, height) {
            view.cursor.go(movement, len, height);
        } else if action == Action::ShowAsEtcdctl {
            let lines = vec![self.settings.etcdctl.endpoints(), self.settings.etcdctl.members()];
            self.show_lines_as_etcdctl(lines);
        }
    }

    pub(in crate::app) fn settle_cluster(&mut self) {
        let (len, height) = (self.cluster_len(), usize::from(self.viewport.view.height));
        if let Some(view) = self.cluster_mut() {
            view.cursor.settle(len, height);
        }
    }

    fn cluster_len(&self) -> usize {
        match &self.view {
            Some(View::Cluster(view)) => self.cluster_rows(view).len(),
            _ => 0,
        }
    }

    pub(in crate::app) fn shows_cluster(&self) -> bool {
        matches!(self.view, Some(View::Cluster(_)))
    }

    fn cluster_mut(&mut self) -> Option<&mut ClusterView> {
        match &mut self.view {
            Some(View::Cluster(view)) => Some(view),
            _ => None,
        }
    }
}
