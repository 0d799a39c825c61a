//! Filters: typed in the title of a pane, kept with Enter, dropped with Esc. In Value nothing is left
//! out: the text is looked for.

use super::App;
use super::pane::Pane;
use crate::domain::text::Field;
use crate::keymap::Action;

/// What a pane is filtered by.
#[derive(Clone, Debug)]
pub struct Filter {
    /// The text.
    pub field: Field,
    /// Whether it is being typed.
    pub typing: bool,
}

impl Filter {
    /// The text; none when it is empty and so filters nothing.
    pub fn text(&self) -> Option<&str> {
        Some(self.field.text()).filter(|text| !text.is_empty())
    }
}

impl App {
    /// The filter of a pane.
    pub fn filter(&self, pane: Pane) -> Option<&Filter> {
        match pane {
            Pane::Keys => self.keys.filter.as_ref(),
            Pane::Value => self.value.filter.as_ref(),
            Pane::Leases => self.leases.filter.as_ref(),
            Pane::Watch => self.watch.filter.as_ref(),
        }
    }

    fn filter_mut(&mut self) -> &mut Option<Filter> {
        if let Some(filter) = self.view.as_mut().and_then(|view| view.filter_mut()) {
            return filter;
        }
        match self.focus {
            Pane::Keys => &mut self.keys.filter,
            Pane::Value => &mut self.value.filter,
            Pane::Leases => &mut self.leases.filter,
            Pane::Watch => &mut self.watch.filter,
        }
    }

    /// The filter that is being typed.
    pub(super) fn filter_field(&self) -> Option<&Field> {
        if self.view.is_some() {
            return self.view_filter_field();
        }
        self.filter(self.focus).filter(|filter| filter.typing).map(|filter| &filter.field)
    }

    pub(super) fn filter_field_mut(&mut self) -> Option<&mut Field> {
        let filter = self.filter_mut().as_mut().filter(|filter| filter.typing);
        filter.map(|filter| &mut filter.field)
    }

    pub(super) fn open_filter(&mut self) {
        if self.searches_value() {
            self.search_begins();
        }
        let filter = self.filter_mut();
        let field = filter.take().map_or_else(|| Field::new(""), |filter| filter.field);
        *filter = Some(Filter { field, typing: true });
    }

    pub(super) fn act_in_filter(&mut self, action: Action) {
        match action {
            Action::FieldAccept => {
                let filter = self.filter_mut();
                match filter {
                    Some(kept) if kept.text().is_some() => kept.typing = false,
                    filter => *filter = None,
                }
                self.filter_changed();
            }
            Action::Cancel => {
                if self.searches_value() {
                    self.search_given_up();
                }
                self.drop_filter();
            }
            action => {
                self.edit_field(action);
            }
        }
    }

    fn searches_value(&self) -> bool {
        self.view.is_none() && self.focus == Pane::Value
    }

    /// Takes the filter of the focused pane away; false when there was none.
    pub(super) fn drop_filter(&mut self) -> bool {
        let had = self.filter_mut().take().is_some();
        if had {
            self.filter_changed();
        }
        had
    }

    /// Applies the filters as they are typed now.
    pub(super) fn filter_changed(&mut self) {
        let text =
            |filter: &Option<Filter>| filter.as_ref().and_then(Filter::text).map(ToOwned::to_owned);
        if self.view.is_some() {
            self.redraw = true;
            return;
        }
        match self.focus {
            Pane::Keys => {
                let text = text(&self.keys.filter);
                self.keys.tree.set_filter(text);
            }
            Pane::Value => self.find_in_value(),
            Pane::Leases => self.leases.filter_changed(),
            Pane::Watch => self.watch.filter_changed(),
        }
    }
}
