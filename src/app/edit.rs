//! Editing a value: the draft in the pane, its save, and what to decide when somebody else was
//! there. What is saved and what became of it is decided in [`crate::domain::edit`] alone.

use super::App;
use super::dialog::Dialog;
use super::effect::{Answer, Call, CallResult};
use super::keeping::Keeping;
use super::load::Load;
use super::notice::named;
use super::pane::Pane;
use super::purpose::{Editor, Purpose};
use super::viewport::keep_in_view;
use crate::domain::edit::{Base, Beyond, EditSession, Form, State};
use crate::domain::text::{Motion, TextBuffer};
use crate::domain::txn::RangeRequest;
use crate::domain::{Event, Key};
use crate::keymap::Action;

/// A draft and where it is shown.
#[derive(Debug)]
pub struct Draft {
    /// The edit.
    pub session: EditSession,
    /// The first line shown.
    pub top: usize,
    /// What follows a successful save.
    pub(super) then: Then,
    /// Somebody wrote the key: it is to be read.
    pub(super) peek: bool,
    /// It was a new key; its row is to be selected in the end.
    pub(super) is_new: bool,
    /// Where it is edited now.
    pub(super) editor: Editor,
    /// What is kept of it in case the program ends.
    pub(super) keeping: Keeping,
}

/// What follows a successful save.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Then {
    Stay,
    Leave,
    Quit,
}

impl Draft {
    pub(super) fn new(base: Base, editor: Editor) -> Draft {
        let is_new = matches!(base, Base::Absent(_));
        let form = Form::of(base.value());
        let session = EditSession::new(base, form);
        let keeping = Keeping::new();
        Draft { session, top: 0, then: Then::Stay, peek: false, is_new, editor, keeping }
    }

    /// A draft that was kept and is gone on with.
    pub(super) fn resumed(session: EditSession, keeping: Keeping) -> Draft {
        let is_new = matches!(session.base(), Base::Absent(_));
        let (then, editor) = (Then::Stay, Editor::Here);
        Draft { session, top: 0, then, peek: false, is_new, editor, keeping }
    }

    /// Whether something would be lost with it.
    pub(super) fn is_unsaved(&self) -> bool {
        self.session.changed()
    }

    /// The key being edited.
    pub fn key(&self) -> &Key {
        self.session.key()
    }
}

impl App {
    pub(super) fn has_unsaved_draft(&self) -> bool {
        self.value.edit.as_ref().is_some_and(Draft::is_unsaved)
    }

    /// `e` and `E`: the edit begins with what the key holds now, read from the leader.
    pub(super) fn begin_edit(&mut self, editor: Editor) {
        if self.refuses_to_write() {
            return;
        }
        match self.keys.selected_key() {
            Some((key, false)) => {
                let call = Call::Range(RangeRequest::get(key.clone()));
                self.ask(Purpose::EditBase(key, editor), None, call);
            }
            Some((_, true)) => self.say("a prefix has no value; n creates a key in it"),
            None => self.say("select a key to edit"),
        }
    }

    pub(super) fn on_edit_base(&mut self, key: Key, editor: Editor, result: CallResult) {
        let entry = match result {
            Ok(Answer::Range(answer)) => answer.entries.into_iter().next(),
            Ok(_) => return,
            Err(error) => return self.complain(format!("not opened for editing: {error}")),
        };
        if self.value.edit.is_some() {
            return;
        }
        let Some(entry) = entry else {
            return self.complain(format!("{named} does not exist any more", named = named(&key)));
        };
        match (editor, Beyond::of(&entry.value)) {
            (Editor::Here, None) => self.open_draft(Draft::new(Base::Entry(entry), editor)),
            (Editor::Here, beyond) => self.hand_over(entry, beyond),
            (Editor::External, _) => self.hand_over(entry, None),
        }
    }

    pub(super) fn new_key(&mut self, key: Key) {
        if self.refuses_to_write() {
            return;
        }
        let call = Call::Range(RangeRequest::get(key.clone()).keys_only());
        self.ask(Purpose::NewKeyLook(key), None, call);
    }

    pub(super) fn on_new_key_look(&mut self, key: Key, result: CallResult) {
        match result {
            Ok(Answer::Range(answer)) if answer.entries.is_empty() => {
                if self.value.edit.is_none() {
                    self.open_draft(Draft::new(Base::Absent(key), Editor::Here));
                }
            }
            Ok(_) => {
                self.complain(format!("{named} exists already; e edits it", named = named(&key)));
                self.go_to(key);
            }
            Err(error) => self.complain(format!("no key created: {error}")),
        }
    }

    pub(super) fn open_draft(&mut self, draft: Draft) {
        self.value.edit = Some(draft);
        (self.value.filter, self.value.found) = (None, None);
        self.focus(Pane::Value);
    }

    pub(super) fn close_draft(&mut self) {
        let Some(draft) = self.value.edit.take() else { return };
        self.forget_draft(&draft);
        // What was asked for this draft must not be taken for an answer to the next one.
        let of_draft = |purpose: &Purpose| {
            matches!(purpose, Purpose::Save | Purpose::ReadBack | Purpose::Peek)
        };
        self.tickets.forget(of_draft);
        if matches!(draft.session.state(), State::Saving { .. } | State::Unknown { .. }) {
            self.complain(format!(
                "{} may have been saved: its answer was not awaited",
                draft.key()
            ));
        }
        self.dialogs.retain(|dialog| !dialog.is_about_draft());
        // Read anew: what is shown should be what is there.
        self.value.key = None;
        self.value.entry = Load::Idle;
        if draft.is_new && matches!(draft.session.base(), Base::Entry(_)) {
            self.go_to(draft.key().clone());
        }
    }

    /// After every message while there is a draft.
    pub(super) fn settle_draft(&mut self) {
        if matches!(self.dialogs.last(), Some(Dialog::Unsaved { .. })) && !self.has_unsaved_draft()
        {
            // It was saved while that was asked.
            self.dialogs.pop();
        }
        let height = usize::from(self.viewport.value.height);
        let Some(draft) = self.value.edit.as_mut() else { return };
        let (line, _) = draft.session.buffer().cursor();
        let lines = draft.session.buffer().lines().len();
        draft.top = keep_in_view(draft.top, line, height, lines);
        let saving = matches!(draft.session.state(), State::Saving { .. });
        // What comes back from an external editor is an edit of what it was given. A draft that is
        // still as it was read would follow somebody else's change, and the save then overwrite it.
        let here = draft.editor == Editor::Here;
        if draft.peek && here && !saving && !self.awaits_the_key() {
            self.read_key(Purpose::Peek);
        }
    }

    fn awaits_the_key(&self) -> bool {
        self.tickets.awaits(|purpose| matches!(purpose, Purpose::Peek | Purpose::ReadBack))
    }

    pub(super) fn read_key(&mut self, purpose: Purpose) {
        if let Some(draft) = self.value.edit.as_mut() {
            draft.peek = false;
            let request = RangeRequest::get(draft.key().clone());
            self.ask(purpose, None, Call::Range(request));
        }
    }

    /// The tree's watch saw the key of the draft written; its events carry no values, so it is read.
    pub(super) fn draft_was_changed(&mut self, event: &Event) {
        if let Some(draft) = self.value.edit.as_mut() {
            draft.peek |= event.revision() > draft.session.base().revision();
        }
    }

    pub(super) fn act_in_editor(&mut self, action: Action) {
        let height = usize::from(self.viewport.value.height);
        match action {
            Action::Save => self.save_draft(),
            Action::ShowAsEtcdctl => self.rehearse_draft(),
            Action::Cancel => self.leave_draft(),
            Action::DraftDiff => self.show_draft_diff(),
            action => {
                if let Some(draft) = self.value.edit.as_mut() {
                    draft.session.edit(|buffer| change(buffer, action, height));
                }
            }
        }
    }
    pub(super) fn insert_into_draft(&mut self, text: &str) {
        if let Some(draft) = self.value.edit.as_mut() {
            draft.session.edit(|buffer| put_in(buffer, text));
        }
    }

    fn leave_draft(&mut self) {
        if self.has_unsaved_draft() {
            self.dialogs.push(Dialog::Unsaved { quit: false });
        } else {
            self.close_draft();
        }
    }
}

/// Does to a text what a key of an editor of `height` rows stands for; nothing for any other action.
pub(super) fn change(buffer: &mut TextBuffer, action: Action, height: usize) {
    let page = height.saturating_sub(1).max(1);
    match action {
        Action::EditNewline => buffer.newline(),
        Action::EditTab => buffer.insert('\t'),
        Action::EditUndo => {
            buffer.undo();
        }
        Action::EditRedo => {
            buffer.redo();
        }
        Action::EditTop => buffer.go(Motion::Top),
        Action::EditBottom => buffer.go(Motion::Bottom),
        Action::EditDeleteToEnd => buffer.kill_line(),
        Action::Up => buffer.go(Motion::Up),
        Action::Down => buffer.go(Motion::Down),
        Action::PageUp => buffer.go(Motion::PageUp(page)),
        Action::PageDown => buffer.go(Motion::PageDown(page)),
        Action::FieldLeft => buffer.go(Motion::Left),
        Action::FieldRight => buffer.go(Motion::Right),
        Action::FieldWordLeft => buffer.go(Motion::WordLeft),
        Action::FieldWordRight => buffer.go(Motion::WordRight),
        Action::FieldStart => buffer.go(Motion::Home),
        Action::FieldEnd => buffer.go(Motion::End),
        Action::FieldBackspace => buffer.backspace(),
        Action::FieldDelete => buffer.delete(),
        Action::FieldDeleteWord => buffer.delete_word_back(),
        Action::FieldClear => buffer.delete_to_start(),
        _ => {}
    }
}

/// Types a character, or puts in a longer text at once.
pub(super) fn put_in(buffer: &mut TextBuffer, text: &str) {
    let mut chars = text.chars();
    match (chars.next(), chars.next()) {
        // Typed ones are taken back together, not one by one.
        (Some(c), None) => buffer.insert(c),
        _ => buffer.insert_str(text),
    }
}
