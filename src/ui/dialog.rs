//! What stands in front of the panes: a box in the middle with a title, lines and its keys.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Clear, Paragraph, Wrap};

use super::layout::centered;
use super::layout::line;
use super::text::width;
use super::theme::Theme;
use crate::app::App;
use crate::app::dialog::{Confirm, Dialog, Prompt, PromptKind};
use crate::app::viewport::{Cursor, PaneSize, keep_in_view};
use crate::domain::escape;

/// What a dialog showed: the size of its inside, and how many rows its text has.
pub(super) type Shown = (PaneSize, usize);

/// Draws the topmost dialog.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) -> Shown {
    let Some(dialog) = app.dialogs.last() else { return (PaneSize::default(), 0) };
    match dialog {
        Dialog::Help { contexts, scroll } => {
            text(frame, area, app, theme, "Help", super::help::lines(app, theme, contexts), *scroll)
        }
        Dialog::Text { title, lines, scroll } => {
            let lines = lines.iter().map(|line| Line::raw(line.clone())).collect();
            text(frame, area, app, theme, title, lines, *scroll)
        }
        Dialog::Confirm(confirm) => self::confirm(frame, area, app, theme, confirm),
        Dialog::Prompt(Prompt { kind: PromptKind::Command, .. }) => (PaneSize::default(), 0),
        Dialog::Prompt(prompt) => self::prompt(frame, area, app, theme, prompt),
        Dialog::Unsaved { quit } => {
            let leave = if *quit { "Quit without saving?" } else { "Leave without saving?" };
            let lines = vec![Line::raw("The draft has changes that are not saved.")];
            text(frame, area, app, theme, leave, lines, 0)
        }
        Dialog::Conflict { scroll } => {
            let lines = super::edit::conflict_lines(app, theme);
            text(frame, area, app, theme, "Somebody else changed this key", lines, *scroll)
        }
        Dialog::Gone => {
            let lines = super::edit::gone_lines(app, theme);
            text(frame, area, app, theme, "This key was deleted meanwhile", lines, 0)
        }
        Dialog::Event { line, scroll } => {
            let lines = super::watch::event_lines(theme, line, usize::from(area.width));
            text(frame, area, app, theme, "Event", lines, *scroll)
        }
        Dialog::Watches(cursor) => {
            let rows = super::watch::running_lines(app, theme);
            list(frame, area, app, theme, "Running watches", rows, *cursor)
        }
        Dialog::LeaseKeys { id, keys, cursor } => {
            let rows = keys.iter().map(|key| Line::raw(key.to_string())).collect();
            list(frame, area, app, theme, &format!("Keys of lease {id}"), rows, *cursor)
        }
    }
}

/// The frame of a dialog, as large as its content needs and the screen allows; its keys below.
fn boxed(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    title: &str,
    (columns, rows): (usize, usize),
    style: Style,
) -> Rect {
    let hints = super::footer::hints(app, theme, usize::from(area.width.saturating_sub(6)));
    let columns = columns.max(width(title) + 4).max(hints.width() + 1).max(36) + 4;
    let most = area.height.saturating_sub(2);
    let outer = centered(area, columns.min(u16::MAX.into()) as u16, (rows as u16 + 2).min(most));
    let title = super::text::cut_end(title, usize::from(outer.width.saturating_sub(4)));
    let block = Block::new()
        .borders(Borders::ALL)
        .border_type(BorderType::Thick)
        .border_style(style)
        .title_top(Line::styled(format!(" {title} "), theme.strong()))
        .title_bottom(hints)
        .padding(ratatui::widgets::Padding::horizontal(1));
    let inner = block.inner(outer);
    frame.render_widget(Clear, outer);
    frame.render_widget(block, outer);
    inner
}

/// Lines to read, wrapped and scrolled.
fn text(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    title: &str,
    lines: Vec<Line>,
    scroll: usize,
) -> Shown {
    let columns = lines.iter().map(Line::width).max().unwrap_or(0);
    let room = usize::from(area.width.saturating_sub(4)).max(1);
    let wrapped: usize = lines.iter().map(|line| line.width().div_ceil(room).max(1)).sum();
    let style = theme.border(true);
    let inner = boxed(frame, area, app, theme, title, (columns, wrapped), style);
    let last = wrapped.saturating_sub(usize::from(inner.height));
    let top = scroll.min(last) as u16;
    let paragraph = Paragraph::new(lines).wrap(Wrap { trim: false }).scroll((top, 0));
    frame.render_widget(paragraph, inner);
    (PaneSize { width: inner.width, height: inner.height }, wrapped)
}

fn list(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    title: &str,
    rows: Vec<Line>,
    cursor: Cursor,
) -> Shown {
    let columns = rows.iter().map(Line::width).max().unwrap_or(0);
    let style = theme.border(true);
    let inner = boxed(frame, area, app, theme, title, (columns, rows.len().max(1)), style);
    let (len, height) = (rows.len(), usize::from(inner.height));
    let top = keep_in_view(cursor.top, cursor.selected, height, len);
    for (offset, (index, row)) in rows.into_iter().enumerate().skip(top).take(height).enumerate() {
        let at = line(inner, offset as u16);
        frame.render_widget(row, at);
        if index == cursor.selected {
            frame.buffer_mut().set_style(at, theme.selected());
        }
    }
    (PaneSize { width: inner.width, height: inner.height }, len)
}

fn confirm(frame: &mut Frame, area: Rect, app: &App, theme: &Theme, confirm: &Confirm) -> Shown {
    let room = usize::from(area.width.saturating_sub(6));
    let title_lines = width(&confirm.title).div_ceil(room.max(1));
    let mut lines = Vec::new();
    if title_lines > 1 {
        lines.push(Line::styled(confirm.title.clone(), theme.strong()));
    }
    lines.extend(confirm.lines.iter().map(|line| Line::raw(super::text::cut_middle(line, room))));
    let style = if confirm.danger { theme.danger() } else { theme.border(true) };
    let typed = usize::from(confirm.typed.is_some()) * 2;
    let columns = lines.iter().map(Line::width).max().unwrap_or(0);
    let size = (columns, lines.len() + typed + title_lines.saturating_sub(1));
    let inner = boxed(frame, area, app, theme, &confirm.title, size, style);
    let text = Rect { height: inner.height.saturating_sub(typed as u16), ..inner };
    let len = lines.len();
    let top = confirm.scroll.min(len.saturating_sub(usize::from(text.height))) as u16;
    frame.render_widget(Paragraph::new(lines).wrap(Wrap { trim: false }).scroll((top, 0)), text);
    if let Some(typed) = &confirm.typed {
        let label = format!("type {} and Enter to confirm: ", typed.expected);
        let at = line(inner, inner.height.saturating_sub(1));
        field(frame, at, theme, &label, &typed.field);
    }
    (PaneSize { width: text.width, height: text.height }, len)
}

fn prompt(frame: &mut Frame, area: Rect, app: &App, theme: &Theme, prompt: &Prompt) -> Shown {
    let columns = usize::from(area.width).saturating_sub(10).min(76);
    let style = theme.border(true);
    let inner = boxed(frame, area, app, theme, prompt.label.trim(), (columns, 2), style);
    field(frame, line(inner, 0), theme, "", &prompt.field);
    let below = match (&prompt.error, prompt.completion.texts.len()) {
        (Some(error), _) => Line::styled(escape::message(error), theme.danger()),
        (None, n) if n > 1 => Line::styled(format!("{n} completions"), theme.dim()),
        _ => Line::styled(explained(prompt.kind), theme.dim()),
    };
    frame.render_widget(below, line(inner, 1));
    (PaneSize { width: inner.width, height: inner.height }, 2)
}

fn explained(kind: PromptKind) -> &'static str {
    match kind {
        PromptKind::Goto => "a key or prefix; \\xNN gives any byte, Tab completes",
        PromptKind::NewKey => "the new key; \\xNN gives any byte, Tab completes",
        PromptKind::LeaseGrant => "seconds, and if you like an ID in hexadecimal",
        PromptKind::SaveLog => "a new file; JSON lines, readable only by you",
        PromptKind::Command => "",
    }
}

/// A one-line field with its cursor; a long text is shifted so that the cursor stays in view.
fn field(
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
