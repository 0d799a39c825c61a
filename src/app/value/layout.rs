//! Laying a value out in rows: a small one at once, a large one in a task, so that no key press waits
//! for it. What was shown stays until the task is done.

use super::ValuePane;
use crate::app::App;
use crate::app::effect::Effect;
use crate::app::purpose::{HistoryPurpose, Purpose, ViewPurpose};
use crate::domain::value::{Rendering, View};
use crate::domain::{Entry, Revision};

/// Bytes of a value that are laid out at once: at the most a millisecond, whatever they are.
const AT_ONCE: usize = 64 << 10;

/// What a view was laid out of: the revision of the entry, and how.
pub(in crate::app) type Laid = (Revision, Rendering, u16);

impl App {
    /// The entry of the selected key as it was just read, or that there is none. A large value is
    /// shown, and told to be there, once it is laid out.
    pub(super) fn value_arrived(&mut self, entry: Option<Entry>) {
        match entry {
            Some(entry) if takes_long(&entry.value) && self.viewport.value.width > 0 => {
                self.lay_out(entry);
            }
            entry => {
                self.forget_layouts();
                if entry.as_ref().is_none_or(|entry| takes_long(&entry.value)) {
                    (self.value.view, self.value.found) = (None, None);
                }
                self.value.show(entry);
            }
        }
    }

    /// After every message: the view is of what is shown, as wide as the pane.
    pub(super) fn settle_layout(&mut self) {
        let width = self.viewport.value.width;
        let entry = self.value.entry.ready().and_then(Option::as_ref);
        let wanted = entry.map(|entry| (entry.mod_revision, self.value.rendering, width));
        if wanted == self.value.laid || (wanted.is_some() && width == 0) {
            return;
        }
        match entry {
            Some(entry) if takes_long(&entry.value) => {
                // One at a time: a window that is dragged has many widths.
                if !self.awaits_layout() {
                    let entry = entry.clone();
                    self.lay_out(entry);
                }
            }
            Some(entry) => {
                let view = View::new(&entry.value, self.value.rendering, usize::from(width));
                self.put_view(Some(view), wanted);
            }
            None => self.put_view(None, None),
        }
    }

    /// Has it laid out by a task.
    fn lay_out(&mut self, entry: Entry) {
        let (rendering, width) = (self.value.rendering, self.viewport.value.width);
        let value = entry.value.clone();
        let purpose = Purpose::Layout(Box::new(entry), rendering, width);
        let ticket = self.tickets.issue(purpose, self.now);
        self.effects.push(Effect::LayOut { ticket, value, rendering, width });
    }

    /// A task has laid something out.
    pub(in crate::app) fn on_rows(&mut self, purpose: Purpose, view: View) {
        if let Purpose::Layout(entry, rendering, width) = purpose {
            self.on_laid_out(*entry, (rendering, width), view);
        } else if let Purpose::View(ViewPurpose::History(purpose)) = purpose
            && let HistoryPurpose::Layout(revision, rendering, width) = purpose
        {
            self.on_version_laid_out((revision, rendering, width), view);
        }
    }

    /// Entry and rows are shown together.
    fn on_laid_out(&mut self, entry: Entry, (rendering, width): (Rendering, u16), view: View) {
        let selected = self.value.key.as_ref().is_some_and(|(key, dir)| !dir && *key == entry.key);
        let shown = self.value.entry.ready().and_then(Option::as_ref).map(|e| e.mod_revision);
        if !selected || self.value.edit.is_some() || shown > Some(entry.mod_revision) {
            return;
        }
        let laid = (entry.mod_revision, rendering, width);
        if shown != Some(entry.mod_revision) {
            self.value.show(Some(entry));
        }
        self.put_view(Some(view), Some(laid));
    }

    fn awaits_layout(&self) -> bool {
        self.tickets.awaits(|purpose| matches!(purpose, Purpose::Layout(..)))
    }

    pub(super) fn forget_layouts(&mut self) {
        self.tickets.forget(|purpose| matches!(purpose, Purpose::Layout(..)));
    }

    /// Shows other rows. The place is kept where there still is such a place.
    fn put_view(&mut self, view: Option<View>, laid: Option<Laid>) {
        let before = std::mem::replace(&mut self.value.view, view);
        self.value.laid = laid;
        self.redraw = true;
        let same = self.value.keep_place(before.as_ref());
        self.find_in_rows(same);
    }
}

impl ValuePane {
    /// Puts the same bytes at the top as before; says whether there are such.
    fn keep_place(&mut self, before: Option<&View>) -> bool {
        let (Some(view), Some(before)) = (&self.view, before) else { return false };
        if !view.counts_as(before) {
            self.top = 0;
            return false;
        }
        let (row, offset) = self.anchor;
        let offset = if row == self.top { offset } else { before.offset(self.top) };
        self.top = view.row_at(offset);
        self.anchor = (self.top, offset);
        true
    }
}

/// Whether laying a value out is left to a task.
pub(in crate::app) fn takes_long(value: &[u8]) -> bool {
    value.len() > AT_ONCE
}
