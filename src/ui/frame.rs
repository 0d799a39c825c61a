//! What surrounds a pane: border, number, title, filter, notes and scrollbar; and the faces of a
//! pane that has nothing to show.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Padding, Paragraph, Wrap};

use super::layout;
use super::text::{cut_end, cut_start, number, width, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::filter::Filter;
use crate::app::pane::Pane;
use crate::app::view::View;
use crate::domain::escape;

/// Draws the frame of a pane and gives the area inside. The notes stand at its upper right, the
/// most important first: where they do not all fit, the last ones go.
pub(super) fn pane(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    pane: Pane,
    mut notes: Vec<Span>,
) -> Rect {
    let focused = app.focus == pane;
    let name = format!(" {} {} ", pane.number(), pane.title());
    if focused && app.zoomed {
        notes.push(Span::styled("zoomed", theme.dim()));
    }
    let hidden = layout::hidden(frame.area(), app.focus, app.zoomed);
    // The log spans the screen and has no sides, so that its lines can be moved as a whole.
    let borders = if pane == Pane::Watch { Borders::TOP } else { Borders::ALL };
    let filter = app.filter(pane);
    let around = Around { name, focused, filter, borders, hidden };
    surround(frame, area, app, theme, around, notes)
}

/// What Keys and Value say of themselves while the past is looked at.
pub(super) fn past_notes<'a>(app: &App, theme: &Theme) -> Vec<Span<'a>> {
    let Some(past) = app.past else { return Vec::new() };
    let text = format!("at rev {}", number(past.revision.0));
    let mut notes = vec![Span::styled(text, theme.changed())];
    if past.compacted {
        notes.push(Span::styled("compacted", theme.danger()));
    }
    notes
}

/// What Leases and Watch say of themselves meanwhile: they go on.
pub(super) fn present_note<'a>(app: &App, theme: &Theme) -> Option<Span<'a>> {
    app.past.map(|_| Span::styled("live", theme.good()))
}

/// Draws the frame of a view, which takes the place of all panes, and gives the area inside.
pub(super) fn view(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
    notes: Vec<Span>,
) -> Rect {
    let name = format!(" {} ", view.title());
    let (filter, hidden) = (view.filter(), Vec::new());
    let around = Around { name, focused: true, filter, borders: Borders::ALL, hidden };
    surround(frame, area, app, theme, around, notes)
}

/// What stands around a pane or view.
struct Around<'a> {
    name: String,
    focused: bool,
    filter: Option<&'a Filter>,
    borders: Borders,
    hidden: Vec<Pane>,
}

fn surround(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    around: Around,
    mut notes: Vec<Span>,
) -> Rect {
    let Around { name, focused, filter, borders, hidden } = around;
    let title_style = if focused { theme.strong() } else { Style::new() };
    let mut title = vec![Span::styled(name.clone(), title_style)];
    // A filter being typed keeps its end, where the cursor is, in view.
    let most = usize::from(area.width).saturating_sub(width(&name) + 5);
    let (before, after) = filter.map_or(("", ""), |filter| filter.field.split());
    let before = cut_start(&escape::message(before), most);
    if filter.is_some() {
        let text = format!("/{before}{} ", escape::message(after));
        title.push(Span::styled(cut_end(&text, most + 2), theme.changed()));
    }
    if app.connection.is_stale() && app.connection.status.is_some() {
        notes.insert(0, Span::styled("stale", theme.danger()));
    }
    let used = |spans: &[Span]| spans.iter().map(|span| span.width() + 2).sum::<usize>();
    let taken = title.iter().map(Span::width).sum::<usize>() + 2;
    let mut room = usize::from(area.width).saturating_sub(taken);
    while used(&notes) > room {
        notes.pop();
    }
    room -= used(&notes);
    if focused && filter.is_none() {
        title.extend(elsewhere(hidden, room, theme));
    }
    let right: Vec<Span> =
        notes.into_iter().flat_map(|note| [Span::raw(" "), note, Span::raw(" ")]).collect();
    let kind = if focused { BorderType::Thick } else { BorderType::Plain };
    let block = Block::new()
        .borders(borders)
        .border_type(kind)
        .border_style(theme.border(focused))
        .padding(Padding::horizontal(1))
        .title_top(Line::from(title))
        .title_top(Line::from(right).right_aligned());
    let inner = block.inner(area);
    frame.render_widget(block, area);
    if filter.is_some_and(|filter| focused && filter.typing && app.dialogs.is_empty()) {
        let sides = u16::from(borders.contains(Borders::LEFT));
        let x = area.x + sides + (width(&name) + 1 + width(&before)) as u16;
        frame.set_cursor_position(Position::new(x.min(area.right().saturating_sub(1)), area.y));
    }
    inner
}

/// The panes that have no room, as far as the title has: a zoomed or small screen still says how
/// to reach them.
fn elsewhere<'a>(hidden: Vec<Pane>, room: usize, theme: &Theme) -> Option<Span<'a>> {
    let join = |name: &dyn Fn(&Pane) -> String| {
        let names: Vec<String> = hidden.iter().map(name).collect();
        format!(" {} ", names.join("  "))
    };
    let long = join(&|pane| format!("{} {}", pane.number(), pane.title()));
    let short = join(&|pane| pane.number().to_string());
    let fits = |text: &String| !hidden.is_empty() && width(text) + 1 < room;
    let text = [long, short].into_iter().find(fits)?;
    Some(Span::styled(text, theme.dim()))
}

/// Marks on the right border which part of a list is in view; nothing when all of it is.
pub(super) fn scrollbar(
    frame: &mut Frame,
    area: Rect,
    theme: &Theme,
    focused: bool,
    (top, height, len): (usize, usize, usize),
) {
    let track = usize::from(area.height.saturating_sub(2));
    if len <= height || height == 0 || track < 3 || area.width == 0 {
        return;
    }
    let thumb = (track * height / len).clamp(1, track - 1);
    // The thumb touches an end only when the list does.
    let last = track - thumb;
    let at = match top {
        0 => 0,
        top if top + height >= len => last,
        top => (last * top / (len - height)).clamp(usize::from(last > 1), last.max(2) - 1),
    };
    let x = area.right() - 1;
    let symbol = if focused { "█" } else { "┃" };
    for row in at..at + thumb {
        let position = Position::new(x, area.y + 1 + row as u16);
        if let Some(cell) = frame.buffer_mut().cell_mut(position) {
            cell.set_symbol(symbol).set_style(theme.border(focused));
        }
    }
}

/// A pane that has nothing to show says why, at the top of the empty room.
pub(super) fn face(frame: &mut Frame, area: Rect, text: &str, style: Style) {
    let paragraph = Paragraph::new(text).style(style).wrap(Wrap { trim: true });
    frame.render_widget(paragraph, area);
}

/// A pane that failed: the reason and the key that tries again, which stays in view however long
/// the reason is.
pub(super) fn failed(frame: &mut Frame, area: Rect, app: &App, theme: &Theme, reason: &str) {
    use crate::keymap::{Action, Context};
    let key = app.keymap.chord_for(Action::Reload, Context::Everywhere);
    let tail = format!(" · {key} tries again");
    let (cells, height) = (usize::from(area.width), usize::from(area.height));
    let reason = escape::message(reason);
    let mut lines = wrap(&format!("{reason}{tail}"), cells);
    if lines.len() > height {
        let kept = height.saturating_sub(1);
        let rest = lines.split_off(kept).join(" ");
        let rest = rest.strip_suffix(&tail).unwrap_or(&rest).to_owned();
        lines.push(format!("{}{tail}", cut_end(&rest, cells.saturating_sub(width(&tail)))));
    }
    for (offset, text) in lines.into_iter().take(height).enumerate() {
        let at = Rect { y: area.y + offset as u16, height: 1, ..area };
        frame.render_widget(Line::styled(text, theme.danger()), at);
    }
}
