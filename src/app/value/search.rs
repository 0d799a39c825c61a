//! Looking for text in the value: all of it stays in sight, and what is found is marked and counted.

use crate::app::App;
use crate::app::filter::Filter;
use crate::domain::value::{Found, Place};
use crate::keymap::Action;

impl App {
    /// `/` was pressed.
    pub(in crate::app) fn search_begins(&mut self) {
        self.value.began = self.top_offset();
    }

    /// The text was changed: to the first place from where the search began.
    pub(in crate::app) fn find_in_value(&mut self) {
        let began = self.value.began;
        self.value.found = self.all_found();
        match &mut self.value.found {
            Some(found) if !found.is_empty() => {
                found.look_from(began);
                self.reveal_match();
            }
            Some(_) => self.scroll_to(began),
            None => {}
        }
    }

    /// A search that is given up while it is typed leads back to where it began.
    pub(in crate::app) fn search_given_up(&mut self) {
        self.scroll_to(self.value.began);
    }

    /// Other rows are shown: the same place is looked at where the bytes are counted as before, else
    /// the one with the same number.
    pub(super) fn find_in_rows(&mut self, same: bool) {
        let before = self.value.found.take();
        self.value.found = self.all_found();
        match (&before, &mut self.value.found) {
            (_, None) => {}
            (Some(before), Some(found)) if same => {
                found.look_from(before.current().map_or(0, Place::start));
            }
            (Some(before), Some(found)) => {
                found.look_at(before.number());
                self.reveal_match();
            }
            // It was typed before there was anything to look in.
            (None, Some(_)) => self.reveal_match(),
        }
    }

    /// `n` and `N`: on from the place that is looked at, or from the rows in view where that is not
    /// among them.
    pub(super) fn look_at_match(&mut self, action: Action) {
        let top = self.top_offset();
        let in_view = self.match_is_in_view();
        let Some(found) = &mut self.value.found else {
            return self.say("nothing is looked for; / looks for text in the value");
        };
        let back = action == Action::PreviousMatch;
        if !in_view {
            found.look_from(top);
        }
        match (back, in_view) {
            (true, _) => found.look_at_previous(),
            (false, true) => found.look_at_next(),
            (false, false) => {}
        }
        self.reveal_match();
    }

    fn all_found(&self) -> Option<Found> {
        let text = self.value.filter.as_ref().and_then(Filter::text)?;
        self.value.view.as_ref().map(|view| view.find(text))
    }

    fn match_row(&self) -> Option<usize> {
        let place = self.value.found.as_ref().and_then(Found::current)?;
        self.value.view.as_ref().map(|view| view.row_at(place.start()))
    }

    fn match_is_in_view(&self) -> bool {
        let height = usize::from(self.viewport.value.height);
        let rows = self.value.top..self.value.top + height;
        self.match_row().is_some_and(|row| rows.contains(&row))
    }

    /// Scrolls to the place that is looked at, with what stands before and after it, unless it is in
    /// view already.
    fn reveal_match(&mut self) {
        if let Some(row) = self.match_row()
            && !self.match_is_in_view()
        {
            self.value.top = row.saturating_sub(usize::from(self.viewport.value.height) / 3);
        }
    }

    fn top_offset(&self) -> usize {
        self.value.view.as_ref().map_or(0, |view| view.offset(self.value.top))
    }

    fn scroll_to(&mut self, offset: usize) {
        self.value.top = self.value.view.as_ref().map_or(0, |view| view.row_at(offset));
    }
}
