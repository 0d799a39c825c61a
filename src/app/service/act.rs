//! What the keys do in the view of services.

use super::{ServiceRow, is_registration};
use crate::app::App;
use crate::app::dialog::{Confirmed, PromptKind};
use crate::app::effect::{Answer, Call, CallResult};
use crate::app::motion::movement;
use crate::app::purpose::{Purpose, ViewPurpose};
use crate::app::rehearsal::instead;
use crate::domain::LeaseId;
use crate::domain::service::Instance;
use crate::keymap::Action;

impl App {
    pub(in crate::app) fn act_in_services(&mut self, action: Action) {
        let height = usize::from(self.viewport.view.height);
        let Some(view) = self.services_mut() else { return };
        if let Some(movement) = movement(action, height) {
            view.cursor.go(movement, view.rows.len(), height);
            view.anchor = view.selected().map(|row| row.key(&view.root));
            return;
        }
        let selected = view.selected().cloned();
        if action == Action::ServiceRegister {
            return self.ask_for_instance(selected.as_ref());
        }
        let Some(row) = selected else { return self.say("nothing is selected") };
        let Some(key) = self.services_mut().map(|view| row.key(&view.root)) else { return };
        match (action, row.instance()) {
            (Action::ViewGoto, _) => {
                self.close_view();
                self.go_to(key);
            }
            (Action::ServiceDeregister, Some(instance)) => self.deregister(instance),
            (Action::ServiceDeregister, None) => {
                self.say("select one instance: they are taken out one by one");
            }
            (Action::CopyKey, _) => self.copy(key.into_bytes(), "key"),
            (Action::CopyValue, Some(instance)) => {
                self.copy(instance.endpoint.clone(), "endpoint");
            }
            (Action::ShowAsEtcdctl, instance) => {
                let etcdctl = &self.settings.etcdctl;
                let mut lines = etcdctl.get(&key, instance.is_none());
                if let Some(instance) = instance.filter(|instance| instance.lease.is_some()) {
                    lines.push(etcdctl.time_to_live(instance.lease));
                    lines.extend(instead("take it out", &[etcdctl.revoke(instance.lease)]));
                }
                self.show_lines_as_etcdctl(lines);
            }
            _ => {}
        }
    }

    fn ask_for_instance(&mut self, selected: Option<&ServiceRow>) {
        if self.refuses_to_write() {
            return;
        }
        // Quoted where it must be, so that what is filled in is read as it stands.
        let name = match selected {
            Some(ServiceRow::Service { name, .. } | ServiceRow::Instance { name, .. }) => {
                format!("{} ", super::super::prompt::word(&name.to_string()))
            }
            None => String::new(),
        };
        let label = "register below /services/: NAME ID ENDPOINT [TTL] ";
        self.open_prompt(PromptKind::Register, label, &name);
    }

    /// Ours is given up; somebody else's is looked at first, and asked about.
    fn deregister(&mut self, instance: &Instance) {
        if self.refuses_to_write() {
            return;
        }
        if let Some(id) = self.holdings.find(|hold| is_registration(hold, &instance.key)) {
            return self.release_one(id);
        }
        if !instance.is_up() {
            return self.say(format!("{} is not registered any more", instance.key));
        }
        if !instance.lease.is_some() {
            let title = format!("Deregister {}? It is not of this program", instance.key);
            let lines = vec![
                format!("at {}", crate::app::run::preview(&instance.endpoint)),
                "It is on no lease: its key is deleted, if nobody writes it meanwhile.".to_owned(),
            ];
            let then = Confirmed::DeleteKey(instance.key.clone(), instance.changed);
            return self.question(title, lines, then);
        }
        if let Some(view) = self.services_mut() {
            view.leaving = Some(instance.key.clone());
        }
        let purpose = Purpose::View(ViewPurpose::FreeLook(instance.lease));
        self.ask(purpose, None, Call::LeaseStatuses(vec![instance.lease]));
    }

    pub(super) fn on_deregister_look(&mut self, lease: LeaseId, result: CallResult) {
        let Some(key) = self.services_mut().and_then(|view| view.leaving.take()) else { return };
        let status = match result {
            Ok(Answer::LeaseStatuses(statuses)) => statuses.into_iter().next(),
            Ok(_) => return,
            Err(error) => return self.complain(format!("{key} not deregistered: {error}")),
        };
        let Some((_, Some(status))) = status else {
            return self.complain(format!("lease {lease} of {key} has ended already"));
        };
        let mut others: Vec<String> =
            status.keys.iter().filter(|other| **other != key).map(ToString::to_string).collect();
        others.sort_unstable();
        let mut lines =
            vec![format!("Its lease {lease} is revoked, {} s before its end.", status.ttl)];
        match others.len() {
            0 => lines.push("Nothing else hangs on it.".to_owned()),
            1 => lines.push("1 other key vanishes with it:".to_owned()),
            n => lines.push(format!("{n} other keys vanish with it:")),
        }
        lines.extend(others);
        let title = format!("Deregister {key}? It is not of this program");
        self.question(title, lines, Confirmed::RevokeLease(lease));
    }
}
