//! What the keys do in the view of a history.

use super::{HistoryView, Pending, Reading};
use crate::app::App;
use crate::app::dialog::{Confirmed, Dialog, Difference};
use crate::app::effect::Call;
use crate::app::motion::movement;
use crate::app::notice::named;
use crate::app::purpose::Purpose;
use crate::app::run::{guarded_put, preview};
use crate::domain::history::Row;
use crate::domain::txn::RangeRequest;
use crate::domain::{Entry, Key, Revision};
use crate::keymap::Action;

impl App {
    pub(in crate::app) fn act_in_history(&mut self, action: Action) {
        let height = usize::from(self.viewport.view.height);
        let Some(view) = self.history_mut() else { return };
        if let Some(movement) = movement(action, height) {
            view.cursor.go(movement, view.history.len(), height);
            // On the newest the selection stays on the newest.
            view.anchor = match view.cursor.selected {
                0 => None,
                at => view.history.row(at).map(|row| row.revision),
            };
            view.pending = None;
            return;
        }
        let key = view.key.clone();
        match action {
            Action::ViewDiff if matches!(view.reading, Reading::Waiting(_)) => {
                return self.replay_history();
            }
            Action::NextRendering => {
                view.rendering = view.rendering.next();
                return;
            }
            Action::CopyKey => return self.copy(key.into_bytes(), "key"),
            Action::ViewGoto => {
                self.close_view();
                return self.go_to(key);
            }
            _ => {}
        }
        let Some(row) = view.selected() else { return self.say("no version is selected") };
        let (revision, exists) = (row.revision, row.exists());
        match action {
            Action::ViewMark => {
                view.marked = (view.marked != Some(revision)).then_some(revision);
                let marked = view.marked.is_some();
                self.say(if marked { "marked: Enter on another row compares" } else { "unmarked" });
            }
            Action::ViewDiff => {
                let before = view.history.before(revision).map(|row| row.revision);
                let pair = match view.marked.filter(|marked| *marked != revision) {
                    Some(marked) => (Some(marked.min(revision)), marked.max(revision)),
                    None => (before, revision),
                };
                view.pending = Some(Pending::Diff(pair.0, pair.1));
            }
            Action::ViewRestore if self.refuses_to_write() => {}
            Action::ViewRestore | Action::CopyValue if !exists => {
                self.say("the key was deleted here; select a version that has a value");
            }
            Action::ViewRestore => self.when_here(Pending::Restore(revision)),
            Action::CopyValue => self.when_here(Pending::Copy(revision)),
            Action::ViewTree => self.look_at(revision, Some(key)),
            Action::ShowAsEtcdctl => {
                self.show_lines_as_etcdctl(self.settings.etcdctl.get_at(&key, revision));
            }
            _ => {}
        }
    }

    fn when_here(&mut self, pending: Pending) {
        if let Some(view) = self.history_mut() {
            view.pending = Some(pending);
            view.unreadable.clear();
        }
    }

    /// Does what waited for values, when all of them are here.
    pub(super) fn do_pending(&mut self) {
        let Some(view) = self.history_mut() else { return };
        let Some(pending) = view.pending.filter(|pending| view.is_here(*pending)) else { return };
        view.pending = None;
        let key = view.key.clone();
        let value = |view: &HistoryView, at| {
            let exists = view.history.at(at).is_some_and(Row::exists);
            view.history.value(at).filter(|_| exists).map(<[u8]>::to_vec)
        };
        match pending {
            Pending::Diff(before, after) => {
                let difference = Difference {
                    title: key.to_string(),
                    names: [view.side(before), view.side(Some(after))],
                    before: before.and_then(|at| value(view, at)),
                    after: value(view, after),
                };
                self.dialogs.push(Dialog::Difference { what: Box::new(difference), scroll: 0 });
                self.redraw = true;
            }
            Pending::Restore(at) => {
                if let Some(value) = value(view, at) {
                    let call = Call::Range(RangeRequest::get(key.clone()));
                    self.ask(Purpose::RestoreLook(key, value, at), None, call);
                }
            }
            Pending::Copy(at) => {
                if let Some(value) = value(view, at) {
                    self.copy(value, "value");
                }
            }
        }
    }

    /// The question before a version is put back; the lease of now stays.
    pub(super) fn ask_to_restore(
        &mut self,
        key: &Key,
        entry: Option<&Entry>,
        value: Vec<u8>,
        at: Revision,
    ) {
        let now = match entry {
            Some(entry) => format!("now  {}", preview(&entry.value)),
            None => "now  it does not exist".to_owned(),
        };
        let lease = match entry.map(|entry| entry.lease).filter(|lease| lease.is_some()) {
            Some(lease) => format!("it stays on lease {lease}"),
            None => "it hangs on no lease".to_owned(),
        };
        let lines = vec![now, format!("then {}", preview(&value)), lease];
        let txn = guarded_put(key, entry, value);
        let title = format!("Restore {} as of revision {at}?", named(key));
        self.question(title, lines, Confirmed::Put(key.clone(), txn));
    }
}

impl HistoryView {
    fn is_here(&self, pending: Pending) -> bool {
        pending.needs().all(|at| {
            let row = self.history.at(at);
            row.is_none_or(|row| !row.exists()) || self.history.value(at).is_some()
        })
    }

    /// How one side of a difference is called.
    fn side(&self, revision: Option<Revision>) -> String {
        let Some(row) = revision.and_then(|revision| self.history.at(revision)) else {
            return "nothing before".to_owned();
        };
        if row.exists() {
            format!("revision {}, version {}", row.revision, row.version)
        } else {
            format!("deleted at revision {}", row.revision)
        }
    }
}
