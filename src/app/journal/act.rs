//! What the keys do in the view of the journal and in the dialog of a record.

use super::record::{Contents, KEYS, RecordSheet, parts};
use super::view::JournalView;
use crate::app::App;
use crate::app::dialog::Dialog;
use crate::app::effect::Effect;
use crate::app::motion::{movement, scroll};
use crate::app::purpose::{JournalPurpose, Purpose};
use crate::app::ticket::Ticket;
use crate::app::view::View;
use crate::domain::change::{Change, Step, To, transaction};
use crate::domain::journal::{Before, JournalId, JournalLine, Standing, Written};
use crate::keymap::Action;

/// How many keys one transaction of `etcdctl` is to undo: etcd takes 128 operations unless told
/// otherwise.
const IN_ETCDCTL: usize = 100;

impl App {
    /// `:journal`
    pub(in crate::app) fn open_journal(&mut self) {
        self.open_view(View::Journal(JournalView::default()));
    }

    pub(in crate::app) fn journal_view_mut(&mut self) -> Option<&mut JournalView> {
        match &mut self.view {
            Some(View::Journal(view)) => Some(view),
            _ => None,
        }
    }

    /// After every message.
    pub(in crate::app) fn settle_journal(&mut self) {
        let height = usize::from(self.viewport.view.height);
        if let Some(View::Journal(view)) = &mut self.view {
            view.refresh(&self.journal, height);
        }
    }

    pub(in crate::app) fn act_in_journal(&mut self, action: Action) {
        let height = usize::from(self.viewport.view.height);
        let Some(view) = self.journal_view_mut() else { return };
        if let Some(movement) = movement(action, height) {
            view.cursor.go(movement, view.rows.len(), height);
            view.moved();
            return;
        }
        let Some(id) = view.selected() else { return self.say("nothing is selected") };
        match action {
            Action::JournalShow => self.show_record(id),
            Action::JournalUndo => self.undo(id),
            Action::ViewGoto => self.go_to_record(id),
            Action::ShowAsEtcdctl => self.read_record(id, JournalPurpose::Etcdctl, IN_ETCDCTL + 1),
            Action::CopyKey => match self.journal.line(id).and_then(|line| line.first.clone()) {
                Some(key) => self.copy(key.into_bytes(), "key"),
                None => self.say("it has no key that is known"),
            },
            _ => {}
        }
    }

    pub(in crate::app) fn act_in_record(&mut self, action: Action) {
        let height = usize::from(self.viewport.dialog.height);
        let len = self.viewport.dialog_len;
        let Some(Dialog::Record(sheet)) = self.dialogs.last_mut() else { return };
        if let Some(movement) = movement(action, height) {
            return scroll(&mut sheet.scroll, movement, len, height);
        }
        let id = sheet.id;
        match action {
            Action::JournalUndo => {
                // The plan takes the place of the record, and so does what is to be said against it.
                self.dialogs.pop();
                self.undo(id);
            }
            Action::ViewGoto => {
                self.dialogs.pop();
                self.go_to_record(id);
            }
            Action::ShowAsEtcdctl => self.read_record(id, JournalPurpose::Etcdctl, IN_ETCDCTL + 1),
            Action::Cancel | Action::Close => {
                self.dialogs.pop();
            }
            _ => {}
        }
    }

    fn show_record(&mut self, id: JournalId) {
        let sheet = RecordSheet { id, contents: Contents::Loading, scroll: 0 };
        self.dialogs.push(Dialog::Record(Box::new(sheet)));
        self.read_record(id, JournalPurpose::Show, KEYS);
    }

    fn read_record(
        &mut self,
        id: JournalId,
        wanted: fn(JournalId) -> JournalPurpose,
        limit: usize,
    ) {
        let ticket = self.tickets.issue(Purpose::Journal(wanted(id)), self.now);
        self.effects.push(Effect::ReadJournal { ticket, id, limit });
    }

    fn go_to_record(&mut self, id: JournalId) {
        match self.journal.line(id).and_then(|line| line.first.clone()) {
            Some(key) => {
                self.close_view();
                self.go_to(key);
            }
            None => self.say("it has no key that is known"),
        }
    }

    pub(in crate::app) fn on_journal_read(
        &mut self,
        ticket: Ticket,
        result: Result<Vec<Written>, String>,
    ) {
        let Some(Purpose::Journal(purpose)) = self.tickets.redeem(ticket) else { return };
        self.redraw = true;
        match purpose {
            JournalPurpose::Show(id) => {
                let sheet = self.dialogs.iter_mut().find_map(|dialog| match dialog {
                    Dialog::Record(sheet) if sheet.id == id => Some(sheet),
                    _ => None,
                });
                // Closed meanwhile: nobody wants it.
                let Some(sheet) = sheet else { return };
                sheet.contents = match result {
                    Ok(written) => Contents::Ready(parts(written)),
                    Err(error) => Contents::Failed(error),
                };
            }
            JournalPurpose::Etcdctl(id) => match result {
                Ok(written) => self.show_undo_as_etcdctl(id, written),
                Err(error) => self.complain(error),
            },
        }
    }

    fn show_undo_as_etcdctl(&mut self, id: JournalId, written: Vec<Written>) {
        let line = self.journal.line(id);
        if let Some(JournalLine { standing: Standing::Undone(by), .. }) = line {
            return self.say(format!("write {id} was undone by write {by}"));
        }
        let all = line.is_none_or(|line| line.keys <= written.len() as u64);
        let changes: Option<Step> = written.into_iter().map(back).collect();
        let Some(changes) = changes.filter(|changes| all && changes.len() <= IN_ETCDCTL) else {
            return self.say(format!("write {id} cannot be undone by one etcdctl command"));
        };
        if changes.is_empty() {
            return self.say(format!("write {id} has no keys that are known"));
        }
        let request = transaction([&changes]);
        self.show_lines_as_etcdctl(self.settings.etcdctl.txn(&request));
    }
}

/// The change that takes a write back; none where nobody knows how it was, or whether it is.
fn back(written: Written) -> Option<Change> {
    let guard = written.guard();
    let to = match written.before {
        Before::Absent => To::Deleted,
        Before::Entry(entry) => To::Put { value: entry.value, lease: entry.lease },
        Before::Unknown => return None,
    };
    written.revision.is_some().then_some(Change { key: written.key, guard, to })
}
