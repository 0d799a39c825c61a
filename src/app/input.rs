//! From a key to what it does: contexts, then the table, then the pane.

use super::App;
use super::dialog::Dialog;
use super::effect::{Effect, TerminalEffect};
use super::pane::Pane;
use super::view::View;
use crate::domain::text::Field;
use crate::keymap::{Action, Chord, Context};

impl App {
    /// Where the user is, innermost first.
    pub fn contexts(&self) -> Vec<Context> {
        if let Some(dialog) = self.dialogs.last() {
            return dialog.contexts().to_vec();
        }
        if self.filter_field().is_some() {
            return vec![Context::Field, Context::Always];
        }
        if let Some(view) = &self.view {
            return view.contexts().to_vec();
        }
        if self.is_editing() {
            return vec![Context::Draft, Context::Edit, Context::Always];
        }
        vec![self.focus.context(), Context::List, Context::Everywhere, Context::Always]
    }

    /// Whether the value editor has the keys.
    pub fn is_editing(&self) -> bool {
        self.view.is_none() && self.focus == Pane::Value && self.value.edit.is_some()
    }

    pub(super) fn on_key(&mut self, chord: Chord) {
        let contexts = self.contexts();
        match self.keymap.resolve(&contexts, chord) {
            Some(action) => self.act(action),
            None => self.on_typed(chord),
        }
    }

    /// A key without a meaning here: typed where text is typed, else said to have none.
    fn on_typed(&mut self, chord: Chord) {
        match chord.typed() {
            Some(c) if self.takes_text() => self.insert_text(c.encode_utf8(&mut [0; 4])),
            _ if self.takes_text() || !self.dialogs.is_empty() => {}
            _ => self
                .say(format!("{chord} does nothing in {}; ? shows the keys", self.focus.title())),
        }
    }

    /// Pasted text goes into the field that has the focus and is never read as keys.
    pub(super) fn on_paste(&mut self, text: &str) {
        if let Some(Dialog::Login(_)) = self.dialogs.last() {
            // What copied the password copied the end of its line too.
            self.insert_text(text.trim_end_matches(['\r', '\n']));
        } else if self.takes_text() {
            self.insert_text(text);
        } else {
            self.say("nothing here takes pasted text; it was left out");
        }
    }

    pub(super) fn takes_text(&self) -> bool {
        let contexts = self.contexts();
        contexts.contains(&Context::Field) || contexts.contains(&Context::Edit)
    }

    fn insert_text(&mut self, text: &str) {
        if self.dialogs.is_empty() && matches!(self.view, Some(View::Txn)) {
            return self.insert_into_txn(text);
        }
        if self.dialogs.is_empty() && self.is_editing() && self.filter_field().is_none() {
            self.insert_into_draft(text);
        } else {
            self.change_field(|field| field.insert_str(text));
        }
    }

    /// The field being typed into: of the topmost dialog, else of a filter.
    fn field_mut(&mut self) -> Option<&mut Field> {
        if self.dialogs.is_empty() && matches!(self.view, Some(View::Find)) {
            return Some(&mut self.finder.field);
        }
        if self.dialogs.is_empty() {
            return self.filter_field_mut();
        }
        self.dialogs.last_mut().and_then(Dialog::field_mut)
    }

    fn change_field(&mut self, change: impl FnOnce(&mut Field)) {
        if let Some(field) = self.field_mut() {
            change(field);
        }
        self.field_changed();
    }

    /// Does what a key stands for.
    pub(super) fn act(&mut self, action: Action) {
        if action != Action::Quit {
            self.quit_asked = false;
        }
        match action {
            Action::Quit => self.quit_now(),
            Action::Suspend => self.terminal(TerminalEffect::Suspend),
            Action::Redraw => self.terminal(TerminalEffect::Redraw),
            _ if !self.dialogs.is_empty() => self.act_in_dialog(action),
            _ if self.filter_field().is_some() => self.act_in_filter(action),
            _ if self.view.is_some() => self.act_before_view(action),
            _ if self.is_editing() => self.act_in_editor(action),
            _ => self.act_in_panes(action),
        }
    }

    fn act_in_panes(&mut self, action: Action) {
        match action {
            Action::FocusNext => self.focus(self.focus.step(1)),
            Action::FocusPrevious => self.focus(self.focus.step(-1)),
            Action::FocusKeys => self.focus(Pane::Keys),
            Action::FocusValue => self.focus(Pane::Value),
            Action::FocusLeases => self.focus(Pane::Leases),
            Action::FocusWatch => self.focus(Pane::Watch),
            Action::Zoom => self.zoomed = !self.zoomed,
            Action::Help => self.open_help(),
            Action::CommandLine => self.open_command_line(""),
            Action::Filter => self.open_filter(),
            Action::Cancel => self.cancel(),
            Action::Close => self.close_top(),
            Action::Reload => self.reload(),
            Action::Undo => self.undo_last(),
            Action::ShowAsEtcdctl => self.show_as_etcdctl(),
            Action::CopyKey => self.copy_key(),
            Action::CopyValue => self.copy_value(),
            Action::JobShow => self.show_job_again(),
            action => match self.focus {
                Pane::Keys => self.act_in_keys(action),
                Pane::Value => self.act_in_value(action),
                Pane::Leases => self.act_in_leases(action),
                Pane::Watch => self.act_in_watch(action),
            },
        }
    }

    /// What is the same in every view; the rest is the view's.
    fn act_before_view(&mut self, action: Action) {
        let unfiltered = self.view.as_ref().is_some_and(|view| !view.has_filter());
        match action {
            Action::Help => self.open_help(),
            Action::CommandLine => self.open_command_line(""),
            Action::Filter if unfiltered => self.say("there is nothing to filter here"),
            Action::Filter => self.open_filter(),
            Action::Undo => self.undo_last(),
            Action::Reload => self.reload_view(),
            Action::JobShow => self.show_job_again(),
            Action::Cancel | Action::Close if !self.drop_filter_of_view() => self.leave_view(),
            action => self.act_in_view(action),
        }
    }

    pub(super) fn focus(&mut self, pane: Pane) {
        self.focus = pane;
        self.redraw = true;
    }

    pub(super) fn terminal(&mut self, effect: TerminalEffect) {
        self.effects.push(Effect::Terminal(effect));
        self.redraw = true;
    }

    fn open_help(&mut self) {
        let contexts = self.contexts();
        self.dialogs.push(Dialog::Help { contexts, scroll: 0 });
    }

    /// Esc with nothing open: a filter goes, marks go, zoom ends; it never quits.
    fn cancel(&mut self) {
        if self.drop_filter() || self.focus == Pane::Keys && self.drop_marks() {
            return;
        }
        self.zoomed = false;
        self.goto = None;
    }

    /// `q` with nothing open: zoom ends, else the program.
    fn close_top(&mut self) {
        if self.zoomed {
            self.zoomed = false;
        } else {
            self.quit_asking();
        }
    }

    /// Edits the field in front; true when the action was one of a field.
    pub(super) fn edit_field(&mut self, action: Action) -> bool {
        use crate::domain::text::Motion;
        let change: fn(&mut Field) = match action {
            Action::FieldLeft => |f| f.go(Motion::Left),
            Action::FieldRight => |f| f.go(Motion::Right),
            Action::FieldWordLeft => |f| f.go(Motion::WordLeft),
            Action::FieldWordRight => |f| f.go(Motion::WordRight),
            Action::FieldStart => |f| f.go(Motion::Home),
            Action::FieldEnd => |f| f.go(Motion::End),
            Action::FieldBackspace => Field::backspace,
            Action::FieldDelete => Field::delete,
            Action::FieldDeleteWord => Field::delete_word_back,
            Action::FieldClear => Field::clear,
            _ => return false,
        };
        self.change_field(change);
        true
    }
}
