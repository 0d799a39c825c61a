//! The help page, made from the key table and the command table: it cannot disagree with them.

use ratatui::text::{Line, Span};

use super::text::{fit, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::command::FORMS;
use crate::keymap::Context;

/// Keys of the given contexts first, then those of all others, then the commands.
pub(super) fn lines<'a>(app: &App, theme: &Theme, contexts: &[Context]) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    let others = Context::ALL.iter().filter(|context| !contexts.contains(context));
    for context in contexts.iter().chain(others) {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::styled(context.title().to_owned(), theme.directory()));
        for row in app.keymap.bindings(*context) {
            if row.danger && app.is_read_only() {
                continue;
            }
            let chords = app.keymap.chords_for(row.action, *context);
            lines.push(entry(theme, &chords, row.help));
        }
    }
    lines.push(Line::default());
    lines.push(Line::styled("commands, after :".to_owned(), theme.directory()));
    for form in FORMS.iter().filter(|form| !(form.writes && app.is_read_only())) {
        lines.push(entry(theme, &format!("{} {}", form.name, form.arguments), form.help));
    }
    lines
}

fn entry<'a>(theme: &Theme, left: &str, right: &str) -> Line<'a> {
    const LEFT: usize = 20;
    let left = if width(left) > LEFT { format!("{left}  ") } else { fit(left, LEFT) };
    Line::from(vec![
        Span::styled(format!("  {left} "), theme.strong()),
        Span::raw(right.to_owned()),
    ])
}
