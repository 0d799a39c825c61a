//! What the keys do in the view of finding. Letters are typed, so everything else is on other keys.

use crate::app::App;
use crate::app::effect::Effect;
use crate::app::motion::movement;
use crate::app::view::View;
use crate::domain::find::Phase;
use crate::keymap::Action;

use super::order::FindOrder;

impl App {
    pub(in crate::app) fn act_in_find(&mut self, action: Action) {
        let height = usize::from(self.viewport.view.height);
        if let Some(movement) = movement(action, height) {
            return self.finder.cursor.go(movement, self.finder.hits.rows.len(), height);
        }
        match action {
            Action::FindMode => self.finder.mode = self.finder.mode.next(),
            Action::JobStop => self.stop_or_go_on(),
            Action::ViewGoto | Action::CopyKey | Action::ShowAsEtcdctl => {
                let Some(hit) = self.finder.selected() else {
                    return self.say("nothing is selected");
                };
                let key = hit.key.clone();
                match action {
                    Action::CopyKey => self.copy(key.into_bytes(), "key"),
                    Action::ShowAsEtcdctl => {
                        self.show_lines_as_etcdctl(self.settings.etcdctl.get(&key, false));
                    }
                    _ => {
                        self.close_view();
                        self.go_to(key);
                    }
                }
            }
            action => {
                self.edit_field(action);
            }
        }
    }

    /// What the key that stops reading does now, in a word or two; none where there is nothing to stop.
    pub fn stops_reading(&self) -> Option<&'static str> {
        match &self.view {
            Some(View::Find) => match self.finder.index.as_ref()?.phase {
                Phase::Reading | Phase::Waiting(_) => Some("stop"),
                Phase::Stopped => Some("go on"),
                Phase::Live | Phase::Lost(_) | Phase::Still(_) | Phase::Stale(_) => None,
                Phase::Failed(_) => Some("try again"),
            },
            Some(View::Values(view)) if view.stage.is_running() => Some("stop"),
            Some(View::Values(_)) => Some("back"),
            _ => Some("stop"),
        }
    }

    fn stop_or_go_on(&mut self) {
        let Some(index) = &mut self.finder.index else { return self.index_anew() };
        let order = match index.phase {
            Phase::Reading | Phase::Waiting(_) => {
                index.phase = Phase::Stopped;
                FindOrder::Stop
            }
            Phase::Stopped => {
                index.phase = Phase::Reading;
                FindOrder::GoOn
            }
            Phase::Live | Phase::Lost(_) | Phase::Still(_) | Phase::Stale(_) => {
                return self.say("all keys are read; there is nothing to stop");
            }
            Phase::Failed(_) => return self.index_anew(),
        };
        self.effects.push(Effect::Find(order));
    }
}
