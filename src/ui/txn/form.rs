//! The form that adds to a transaction.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::super::layout::line;
use super::super::text::{cut_end, wrap};
use super::super::theme::Theme;
use super::super::window::{Shown, boxed, field};
use crate::app::App;
use crate::app::txn::form::{Content, Form};
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::escape;

/// Cells of a label.
const LABEL: usize = 10;

/// Draws the form.
pub(in crate::ui) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    form: &Form,
) -> Shown {
    let room = usize::from(area.width).saturating_sub(4).min(60);
    let below: Vec<Line> = match &form.error {
        Some(error) => {
            let lines = wrap(&escape::message(error), room);
            lines.into_iter().map(|line| Line::styled(line, theme.danger())).collect()
        }
        None => vec![Line::styled(form.expected(), theme.dim())],
    };
    let rows = form.rows();
    let size = (room, rows.len() + below.len());
    let title = "Add to the transaction";
    let inner = boxed(frame, area, app, theme, title, size, theme.border(true));
    let below_height = below.len().min(usize::from(inner.height).saturating_sub(1));
    let height = usize::from(inner.height) - below_height;
    // On a low screen the row that has the keys is in view.
    let top = keep_in_view(0, form.focus, height, rows.len());
    for (offset, (at, row)) in rows.iter().enumerate().skip(top).take(height).enumerate() {
        let area = line(inner, offset as u16);
        let focused = at == form.focus;
        let label = format!("{:<LABEL$}", form.label(*row));
        let style = if focused { theme.strong() } else { theme.dim() };
        frame.render_widget(Line::styled(label, style), area);
        let beside = Rect {
            x: area.x + LABEL as u16,
            width: area.width.saturating_sub(LABEL as u16),
            ..area
        };
        match form.content(*row) {
            Content::Choice(choice) => {
                let (left, right) = if focused { ("◂ ", " ▸") } else { ("  ", "") };
                let line = Line::from(vec![
                    Span::styled(left, theme.strong()),
                    Span::styled(
                        choice,
                        if focused { theme.strong() } else { ratatui::style::Style::new() },
                    ),
                    Span::styled(right, theme.strong()),
                ]);
                frame.render_widget(line, beside);
            }
            Content::Typed(typed) => {
                let typed_at =
                    Rect { x: beside.x + 2, width: beside.width.saturating_sub(2), ..beside };
                if focused {
                    field(frame, typed_at, theme, "", typed);
                } else {
                    let text = escape::message(typed.text());
                    let text = cut_end(&text, usize::from(typed_at.width));
                    frame.render_widget(Line::raw(text), typed_at);
                }
            }
        }
    }
    for (offset, row) in below.into_iter().take(below_height).enumerate() {
        frame.render_widget(row, line(inner, (height.min(rows.len()) + offset) as u16));
    }
    (PaneSize { width: inner.width, height: inner.height }, rows.len())
}
