//! The offer of a draft that an earlier run left unsaved.

use ratatui::text::Line;

use super::comparison::{comparison_lines, counts};
use super::text::{number, span};
use super::theme::Theme;
use crate::app::offer::Offer;
use crate::domain::draft::Since;
use crate::domain::edit::Base;

/// Which draft, how old, what became of its key, and the way from the present value to it.
pub(super) fn offer_lines<'a>(theme: &Theme, offer: &Offer) -> Vec<Line<'a>> {
    let base = &offer.draft.base;
    let age = span(offer.age.as_secs().try_into().unwrap_or(i64::MAX));
    let began = match base {
        Base::Entry(entry) => format!("begun at revision {}", number(entry.mod_revision.0)),
        Base::Absent(_) => "of a new key".to_owned(),
    };
    let mut out = vec![
        Line::styled(base.key().to_string(), theme.strong()),
        Line::raw(format!("kept {age} ago, {began}")),
    ];
    let since = match (offer.since, base) {
        (Since::Unchanged, Base::Entry(_)) => {
            Line::raw("the key is still as it was then".to_owned())
        }
        (Since::Unchanged, Base::Absent(_)) => Line::raw("the key still does not exist".to_owned()),
        (Since::AlreadyThere(at), _) => Line::raw(format!(
            "the key holds exactly this since revision {}: nothing is left to save",
            number(at.0)
        )),
        (Since::Written(at), _) => Line::styled(
            format!("somebody else wrote the key at revision {}: saving will ask", number(at.0)),
            theme.changed(),
        ),
        (Since::Deleted, _) => {
            Line::styled("the key was deleted since: saving will ask", theme.changed())
        }
        (Since::OtherStore, _) => Line::styled(
            "the same revision holds another value: this is another store, or one restored from a \
             backup; saving will ask",
            theme.danger(),
        ),
    };
    out.push(since);
    let text = format!("from the present value to the draft: {}", counts(&offer.comparison));
    out.push(Line::styled(text, theme.strong()));
    out.extend(comparison_lines(theme, &offer.comparison));
    out
}
