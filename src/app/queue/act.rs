//! What can be done in the views of locks and elections.

use super::{QueuesView, Row};
use crate::app::App;
use crate::app::command::DEFAULT_TTL;
use crate::app::dialog::{Confirmed, PromptKind};
use crate::app::effect::{Answer, Call, CallResult};
use crate::app::hold::Hold;
use crate::app::motion::movement;
use crate::app::prompt::word;
use crate::app::purpose::{Purpose, ViewPurpose};
use crate::app::rehearsal::instead;
use crate::domain::lock::queue_prefix;
use crate::domain::queue::{Member, QueueKind};
use crate::domain::{Key, LeaseId};
use crate::keymap::Action;

impl App {
    pub(in crate::app) fn act_in_queues(&mut self, action: Action) {
        let height = usize::from(self.viewport.view.height);
        let Some(view) = self.queues_mut() else { return };
        if let Some(movement) = movement(action, height) {
            let len = view.rows().len();
            view.cursor.go(movement, len, height);
            view.anchor = view.selected().map(|row| row.id());
            return;
        }
        match action {
            Action::LockTake | Action::ElectionCampaign => self.ask_to_queue(action),
            Action::LockRelease | Action::ElectionResign => self.release_here(),
            Action::QueueFree => self.look_before_free(),
            Action::ViewGoto => match self.selected_key() {
                Some(key) => {
                    self.close_view();
                    self.go_to(key);
                }
                None => self.say("nothing is selected"),
            },
            Action::CopyKey => match self.selected_key() {
                Some(key) => self.copy(key.into_bytes(), "key"),
                None => self.say("nothing is selected"),
            },
            Action::CopyValue => match self.selected_member().map(|member| member.value.clone()) {
                Some(value) => self.copy(value, "value"),
                None => self.say("nothing is selected"),
            },
            Action::ShowAsEtcdctl => self.show_queue_as_etcdctl(),
            // Esc or q took the filter away.
            Action::Cancel | Action::Close => {}
            _ => self.say("this does nothing here; Esc goes back to the panes"),
        }
    }

    pub(in crate::app) fn on_queues_answer(&mut self, purpose: ViewPurpose, result: CallResult) {
        match purpose {
            ViewPurpose::Leases => self.on_leases_to_search(result),
            ViewPurpose::LeaseKeys => self.on_lease_keys(result),
            ViewPurpose::Entries => self.on_queue_entries(result),
            ViewPurpose::Lives => self.on_lives(result),
            ViewPurpose::FreeLook(id) => self.on_free_look(id, result),
            ViewPurpose::History(_)
            | ViewPurpose::Difference
            | ViewPurpose::Sides(_)
            | ViewPurpose::Members
            | ViewPurpose::Diagnosis
            | ViewPurpose::Count
            | ViewPurpose::Values => {}
        }
    }

    /// The key of the selected row; of a queue, the prefix it stands under.
    fn selected_key(&self) -> Option<Key> {
        self.queues().and_then(QueuesView::selected).map(|row| match row {
            Row::Queue(queue) => queue_prefix(&queue.name),
            Row::Member(_, _, member) => member.key.clone(),
        })
    }

    /// The selected member; of a queue, the first.
    fn selected_member(&self) -> Option<&Member> {
        match self.queues()?.selected()? {
            Row::Queue(queue) => queue.members.first(),
            Row::Member(_, _, member) => Some(member),
        }
    }

    /// `n`: asks for the lock or election, the selected one filled in.
    fn ask_to_queue(&mut self, action: Action) {
        if self.refuses_to_write() {
            return;
        }
        let selected = self.queues().and_then(QueuesView::selected);
        let name = selected.map(|row| word(&row.queue().name.to_string()));
        if action == Action::LockTake {
            let name = name.unwrap_or_default();
            return self.open_prompt(PromptKind::Lock, "take a lock ", &name);
        }
        // What is missing is the value: the cursor stands where it goes.
        let name = name.map(|name| format!("{name} ")).unwrap_or_default();
        self.open_prompt(PromptKind::Campaign, "be a candidate ", &name);
    }

    /// `r`: gives up what is held or waited for here in the selected queue.
    fn release_here(&mut self) {
        let Some(view) = self.queues() else { return };
        let kind = view.kind;
        let selected = view.selected().map(|row| row.queue().name.clone());
        let of_kind = |hold: &Hold| match (hold, kind) {
            (Hold::Lock { name, .. }, QueueKind::Lock)
            | (Hold::Candidacy { name, .. }, QueueKind::Election) => Some(name.clone()),
            _ => None,
        };
        let name = selected.or_else(|| {
            // With nothing in view the only one there is must be meant.
            let mut held = self.holdings.all.values().filter_map(|held| of_kind(&held.hold));
            held.next().filter(|_| held.next().is_none())
        });
        let Some(name) = name else { return self.say("nothing is selected") };
        let what = match kind {
            QueueKind::Lock => format!("lock {name}"),
            QueueKind::Election => format!("candidacy in {name}"),
        };
        self.release(&what, |hold| of_kind(hold).as_ref() == Some(&name));
    }

    /// `d`: what hangs on the lease of the selected member, before it is ended.
    fn look_before_free(&mut self) {
        if self.refuses_to_write() {
            return;
        }
        let Some(id) = self.selected_member().map(|member| member.lease) else {
            return self.say("nothing is selected");
        };
        if let Some(held) = self.holdings.on_lease(id) {
            let name = held.hold.name();
            return self.say(format!("{name} is held or waited for here: r gives it up"));
        }
        let call = Call::LeaseStatuses(vec![id]);
        self.ask(Purpose::View(ViewPurpose::FreeLook(id)), None, call);
    }

    fn on_free_look(&mut self, id: LeaseId, result: CallResult) {
        let status = match result {
            Ok(Answer::LeaseStatuses(statuses)) => statuses.into_iter().next(),
            Ok(_) => return,
            Err(error) => return self.complain(format!("nothing was freed: {error}")),
        };
        let Some((_, Some(mut status))) = status else {
            return self.complain(format!("lease {id} is gone already"));
        };
        status.keys.sort_unstable();
        let places = self.places_of(id);
        let names: Vec<String> = places.iter().map(|(name, _)| name.to_string()).collect();
        let (own, others): (Vec<Key>, Vec<Key>) =
            status.keys.into_iter().partition(|key| places.iter().any(|(_, own)| own == key));
        let title = match others.len() {
            0 => format!("Free {}? Ends lease {id}", names.join(", ")),
            1 => format!("Free {}? 1 other key vanishes with lease {id}", names.join(", ")),
            n => format!("Free {}? {n} other keys vanish with lease {id}", names.join(", ")),
        };
        let mut lines: Vec<String> = own.iter().map(|key| format!("frees {key}")).collect();
        lines.extend(others.iter().map(|key| format!("also deletes {key}")));
        if others.is_empty() {
            lines.push("nothing else hangs on this lease".to_owned());
        }
        lines.push("whoever holds it is not told, and may go on as if it did".to_owned());
        self.question(title, lines, Confirmed::RevokeLease(id));
    }

    /// The queues in which a lease has a place, with its key there.
    fn places_of(&self, id: LeaseId) -> Vec<(Key, Key)> {
        let queues = self.queues().and_then(|view| view.found.ready()).into_iter().flatten();
        let member = |queue: &crate::domain::queue::Queue| {
            let member = queue.members.iter().find(|member| member.lease == id)?;
            Some((queue.name.clone(), member.key.clone()))
        };
        queues.filter_map(member).collect()
    }

    fn show_queue_as_etcdctl(&mut self) {
        let etcdctl = &self.settings.etcdctl;
        let Some(view) = self.queues() else { return };
        let Some(row) = view.selected() else { return self.say("nothing is selected") };
        let queue = row.queue();
        let mut lines = match row {
            Row::Queue(_) => etcdctl.get(&queue_prefix(&queue.name), true),
            Row::Member(_, _, member) => vec![etcdctl.time_to_live(member.lease)],
        };
        let enter = match view.kind {
            QueueKind::Lock => etcdctl.lock(&queue.name, DEFAULT_TTL),
            QueueKind::Election => {
                lines.extend(etcdctl.observe(&queue.name));
                let value = self.selected_member().map_or(&b""[..], |member| &member.value);
                etcdctl.elect(&queue.name, value, DEFAULT_TTL)
            }
        };
        lines.extend(instead("wait and hold it", &enter));
        if let Row::Member(_, _, member) = row {
            lines.extend(instead("free it", &[etcdctl.revoke(member.lease)]));
        }
        self.show_lines_as_etcdctl(lines);
    }
}
