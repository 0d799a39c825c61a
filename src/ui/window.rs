//! What dialogs are made of: the box with its title and keys, and the one-line field.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Clear, Padding, Paragraph};

use super::frame::scrollbar;
use super::hint;
use super::layout::centered;
use super::text::width;
use super::theme::Theme;
use crate::app::App;
use crate::app::viewport::PaneSize;
use crate::domain::escape;

/// What a dialog showed: the size of its inside, and how many rows its text has.
pub(super) type Shown = (PaneSize, usize);

/// The frame of a dialog, as large as its content needs and the screen allows. Its keys stand in
/// the lower border, and above it on as many lines more as they need: they are never cut.
pub(super) fn boxed(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    title: &str,
    (columns, rows): (usize, usize),
    style: Style,
) -> Rect {
    let most = area.height.saturating_sub(2);
    let room = usize::from(area.width.saturating_sub(4));
    let hints = hint::of_dialog(app, rows + 2 > usize::from(most));
    let mut inside = hint::lines(&hints, theme, room);
    let in_border = inside.pop().unwrap_or_default();
    let columns = columns.max(width(title)).max(36).max(in_border.width());
    let columns = if inside.is_empty() { columns } else { room };
    let height = (rows + inside.len() + 2).min(usize::from(most)) as u16;
    let outer = centered(area, (columns.min(room) + 4) as u16, height);
    let title = super::text::cut_end(title, usize::from(outer.width.saturating_sub(4)));
    let mut block = Block::new()
        .borders(Borders::ALL)
        .border_type(BorderType::Thick)
        .border_style(style)
        .title_top(Line::styled(format!(" {title} "), theme.strong()))
        .padding(Padding::horizontal(1));
    if in_border.width() > 0 {
        let mut line = in_border;
        line.spans.insert(0, Span::raw(" "));
        line.spans.push(Span::raw(" "));
        block = block.title_bottom(line);
    }
    let mut inner = block.inner(outer);
    frame.render_widget(Clear, outer);
    frame.render_widget(block, outer);
    let below = (inside.len() as u16).min(inner.height.saturating_sub(1));
    inner.height -= below;
    for (offset, hints) in inside.into_iter().take(usize::from(below)).enumerate() {
        let at = Rect { y: inner.bottom() + offset as u16, height: 1, ..inner };
        frame.render_widget(hints, at);
    }
    inner
}

/// The thumb on the right border of a dialog.
pub(super) fn position(
    frame: &mut Frame,
    inner: Rect,
    theme: &Theme,
    shown: (usize, usize, usize),
) {
    // The border is one blank away from the text on either side, and one row above and below it.
    let outer = Rect {
        x: inner.x.saturating_sub(2),
        y: inner.y.saturating_sub(1),
        width: inner.width + 4,
        height: inner.height + 2,
    };
    scrollbar(frame, outer, theme, true, shown);
}

/// A one-line field with its cursor; a long text is shifted so that the cursor stays in view.
pub(super) fn field(
    frame: &mut Frame,
    area: Rect,
    theme: &Theme,
    label: &str,
    field: &crate::domain::text::Field,
) {
    let (before, after) = field.split();
    let (before, after) = (escape::message(before), escape::message(after));
    let cells = usize::from(area.width);
    let x = width(label) + width(&before);
    let hidden = (x + 1).saturating_sub(cells);
    let line = Line::from(vec![
        Span::styled(label.to_owned(), theme.dim()),
        Span::raw(format!("{before}{after}")),
    ]);
    frame.render_widget(Paragraph::new(line).scroll((0, hidden as u16)), area);
    frame.set_cursor_position(Position::new(area.x + (x - hidden) as u16, area.y));
}
