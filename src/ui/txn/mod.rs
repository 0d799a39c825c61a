//! The view of transactions: the text on the left, on the right what it means and what came of it;
//! one above the other where the screen is narrow.

mod aside;
mod form;

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::text::{Line, Span};

use super::edit::{cells_of, text_line};
use super::frame::{scrollbar, view as framed};
use super::layout::line;
use super::text::{cut_middle, number, wrap_line};
use super::theme::Theme;
use crate::app::App;
use crate::app::txn::Composer;
use crate::app::view::View;
use crate::app::viewport::PaneSize;
use crate::domain::escape;

pub(super) use form::render as form;

/// Below this the two stand one above the other.
const WIDE: u16 = 70;

/// Draws the view; says how many rows the editor has, how many the rest, and how many it would need.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
) -> (PaneSize, PaneSize, usize) {
    let composer = &app.composer;
    let inner = framed(frame, area, app, theme, view, notes(composer, theme));
    let (left, right) = if inner.width >= WIDE {
        let columns =
            [Constraint::Percentage(50), Constraint::Length(3), Constraint::Percentage(50)];
        let [left, between, right] = Layout::horizontal(columns).areas(inner);
        for row in 0..between.height {
            frame.render_widget(Line::styled(" │", theme.dim()), line(between, row));
        }
        (left, right)
    } else {
        let rows = [Constraint::Fill(1), Constraint::Length(1), Constraint::Fill(1)];
        let [left, between, right] = Layout::vertical(rows).areas(inner);
        let rule = "─".repeat(usize::from(between.width));
        frame.render_widget(Line::styled(rule, theme.dim()), between);
        (left, right)
    };
    let editor = editor(frame, left, app, theme);
    let lines = aside::lines(app, theme);
    let cells = usize::from(right.width);
    let rows: Vec<Line> = lines.into_iter().flat_map(|line| wrap_line(line, cells)).collect();
    let (len, height) = (rows.len(), usize::from(right.height));
    let top = composer.scroll.min(len.saturating_sub(height));
    for (offset, row) in rows.into_iter().skip(top).take(height).enumerate() {
        frame.render_widget(row, line(right, offset as u16));
    }
    let track = Rect {
        y: right.y.saturating_sub(1),
        height: right.height + 2,
        width: right.width + 2,
        ..right
    };
    scrollbar(frame, track, theme, true, (top, height, len));
    (editor, PaneSize { width: right.width, height: right.height }, len)
}

fn notes<'a>(composer: &Composer, theme: &Theme) -> Vec<Span<'a>> {
    let (row, column) = composer.buffer.cursor();
    let mut notes =
        vec![Span::raw(format!("{}:{}", number(row as i64 + 1), number(column as i64 + 1)))];
    if composer.is_unsaved() {
        notes.push(Span::styled("not saved", theme.changed()));
    }
    if let Some(file) = &composer.file {
        let name = escape::message(&file.to_string_lossy());
        notes.push(Span::raw(cut_middle(&name, 40)));
    }
    notes
}

/// The text with its line numbers; the line with the error is marked.
fn editor(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) -> PaneSize {
    let composer = &app.composer;
    let lines = composer.buffer.lines();
    let gutter = lines.len().to_string().len().max(2);
    let wrong = composer.reading.error.as_ref().map(|error| error.line - 1);
    let room = (gutter + 2) as u16;
    let body = Rect { x: area.x + room, width: area.width.saturating_sub(room), ..area };
    let cells = usize::from(body.width);
    let (row, _) = composer.buffer.cursor();
    let before = &lines[row][..composer.buffer.cursor_byte()];
    let x: usize = escape::glyphs_of(before).map(cells_of).sum();
    let hidden = (x + 1).saturating_sub(cells);
    let shown = lines.iter().enumerate().skip(composer.top).take(usize::from(area.height));
    for (offset, (at, text)) in shown.enumerate() {
        let (mark, style) =
            if wrong == Some(at) { ("!", theme.danger()) } else { (" ", theme.dim()) };
        let number = format!("{:>gutter$}{mark} ", at + 1);
        let offset = offset as u16;
        frame.render_widget(Line::styled(number, style), line(area, offset));
        frame.render_widget(text_line(theme, text, hidden, cells), line(body, offset));
    }
    if app.dialogs.is_empty() && body.height > 0 && body.width > 0 {
        let y = row.saturating_sub(composer.top).min(usize::from(body.height) - 1) as u16;
        frame.set_cursor_position(Position::new(body.x + (x - hidden) as u16, body.y + y));
    }
    PaneSize { width: body.width, height: body.height }
}
