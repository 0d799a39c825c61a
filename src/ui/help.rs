//! The help page, made from the key table and the command table: it cannot disagree with them.

use ratatui::text::{Line, Span};

use super::text::{fit, width, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::command::FORMS;
use crate::keymap::Context;

/// Keys and commands stand in a column of this width, where the page is wide enough.
const LEFT: usize = 18;
/// The same on a narrow page.
const NARROW: usize = 8;

/// Where the user is and the keys that work there; then the commands; then the keys of the other
/// places. The explanations are wrapped in a column of their own, on a page of `cells`.
pub(super) fn lines<'a>(
    app: &App,
    theme: &Theme,
    contexts: &[Context],
    cells: usize,
) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    // `:help` names every context at once: then there is no "here".
    let here: Vec<Context> =
        if contexts.len() == Context::ALL.len() { Vec::new() } else { contexts.to_vec() };
    if let Some(place) = here.first() {
        let text = match place {
            Context::Keys | Context::Value | Context::Leases | Context::Watch => {
                format!("You are in the {} pane.", place.title())
            }
            place => format!("You are here: {}.", place.title()),
        };
        lines.push(Line::styled(text, theme.strong()));
        lines.push(Line::default());
    }
    let section = |context: Context, lines: &mut Vec<Line<'a>>| {
        lines.push(Line::styled(context.title(), theme.directory()));
        for row in app.keymap.bindings(context) {
            if row.danger && app.is_read_only() {
                continue;
            }
            let chords = app.keymap.chords_for(row.action, context);
            lines.extend(entry(theme, &chords, row.help, cells));
        }
        lines.push(Line::default());
    };
    for context in &here {
        section(*context, &mut lines);
    }
    lines.push(Line::styled("commands, after :", theme.directory()));
    for form in FORMS.iter().filter(|form| !(form.writes && app.is_read_only())) {
        let left = format!("{} {}", form.name, form.arguments);
        lines.extend(entry(theme, left.trim_end(), form.help, cells));
    }
    for context in Context::ALL.iter().filter(|context| !here.contains(context)) {
        lines.push(Line::default());
        section(*context, &mut lines);
        lines.pop();
    }
    lines
}

/// One row and what it means beside it; below it where there is no room beside.
fn entry<'a>(theme: &Theme, left: &str, right: &str, cells: usize) -> Vec<Line<'a>> {
    let indent = 3 + if cells < 3 * LEFT { NARROW } else { LEFT };
    let mut right = wrap(right, cells.saturating_sub(indent)).into_iter();
    let mut lines = Vec::new();
    if width(left) + 3 > indent {
        lines.push(Line::styled(format!("  {left}"), theme.strong()));
    } else {
        lines.push(Line::from(vec![
            Span::styled(format!("  {}", fit(left, indent - 2)), theme.strong()),
            Span::raw(right.next().unwrap_or_default()),
        ]));
    }
    lines.extend(right.map(|text| Line::raw(format!("{}{text}", " ".repeat(indent)))));
    lines
}
