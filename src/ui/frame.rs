//! What surrounds a pane: border, number, title, filter and notes; and the faces of a pane that
//! has nothing to show.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Paragraph, Wrap};

use super::text::width;
use super::theme::Theme;
use crate::app::App;
use crate::app::pane::Pane;

/// Draws the frame of a pane and gives the area inside. The notes stand at its upper right.
pub(super) fn pane(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    pane: Pane,
    notes: Vec<Span>,
) -> Rect {
    let focused = app.focus == pane;
    let mut title = vec![Span::styled(
        format!(" {} {} ", pane.number(), pane.title()),
        if focused { theme.strong() } else { Style::new() },
    )];
    let filter = app.filter(pane);
    if let Some(filter) = filter {
        let text = crate::domain::escape::message(filter.field.text());
        title.push(Span::styled(format!("/{text} "), theme.changed()));
    }
    let mut right = Vec::new();
    for note in notes {
        right.extend([Span::raw(" "), note, Span::raw(" ")]);
    }
    // The log spans the screen and has no sides, so that its lines can be moved as a whole.
    let borders = if pane == Pane::Watch { Borders::TOP } else { Borders::ALL };
    let kind = if focused { BorderType::Thick } else { BorderType::Plain };
    let block = Block::new()
        .borders(borders)
        .border_type(kind)
        .border_style(theme.border(focused))
        .title_top(Line::from(title))
        .title_top(Line::from(right).right_aligned());
    let inner = block.inner(area);
    frame.render_widget(block, area);
    if let Some(filter) = filter.filter(|filter| focused && filter.typing && app.dialogs.is_empty())
    {
        let before = format!(" {} {} /", pane.number(), pane.title());
        let (typed, _) = filter.field.split();
        let typed = crate::domain::escape::message(typed);
        let sides = u16::from(pane != Pane::Watch);
        let x = area.x + sides + (width(&before) + width(&typed)) as u16;
        frame.set_cursor_position(Position::new(x.min(area.right().saturating_sub(1)), area.y));
    }
    inner
}

/// A pane that has nothing to show says why, in the middle of the empty room.
pub(super) fn face(frame: &mut Frame, area: Rect, text: &str, style: Style) {
    let paragraph = Paragraph::new(text).style(style).wrap(Wrap { trim: true });
    frame.render_widget(paragraph, area);
}
