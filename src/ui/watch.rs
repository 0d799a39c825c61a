//! The Watch pane: one event a line, in fixed columns so that lines resemble one another.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::edit::diff_lines;
use super::frame::{face, pane};
use super::layout::line;
use super::text::{cut_end, fit, fit_key, number, size, time_of_day};
use super::theme::Theme;
use crate::app::App;
use crate::app::pane::Pane;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::app::watch::Watching;
use crate::domain::watch::{Flow, LogLine, Logged};
use crate::domain::{Entry, EventKind, escape};

/// Draws the pane and says how many rows it has.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) -> PaneSize {
    let log = &app.watch.log;
    let inner = pane(frame, area, app, theme, Pane::Watch, notes(app, theme));
    let size = PaneSize { width: inner.width, height: inner.height };
    if log.is_empty() {
        let text = match (app.watch.running.len(), log.filter()) {
            (_, filter) if !filter.is_empty() => "no line has the filter's text; Esc drops it",
            (0, _) => "no watches; w on a key or directory starts one",
            _ => "watching; nothing has happened yet",
        };
        face(frame, inner, text, theme.dim());
        return size;
    }
    let cursor = app.watch.cursor;
    let height = usize::from(inner.height);
    let top = keep_in_view(cursor.top, cursor.selected, height, log.len());
    for offset in 0..height {
        let Some(logged) = log.row(top + offset) else { break };
        let at = line(inner, offset as u16);
        frame.render_widget(log_line(theme, logged, usize::from(inner.width)), at);
        if top + offset == cursor.selected && app.focus == Pane::Watch {
            frame.buffer_mut().set_style(at, theme.selected());
        }
    }
    size
}

/// How the watches are doing, and what of them is not shown.
fn notes<'a>(app: &App, theme: &Theme) -> Vec<Span<'a>> {
    let log = &app.watch.log;
    let mut notes = Vec::new();
    let running = &app.watch.running;
    let lost = running.iter().filter(|r| matches!(r.state, Watching::Lost(_))).count();
    let refused = running.iter().filter(|r| matches!(r.state, Watching::Refused(_))).count();
    if lost > 0 {
        notes.push(Span::styled(format!("{lost} lost, resuming"), theme.danger()));
    }
    if refused > 0 {
        notes.push(Span::styled(format!("{refused} refused"), theme.danger()));
    }
    if log.flow() == Flow::Paused {
        let waiting = number(log.waiting() as i64);
        notes.push(Span::styled(format!("PAUSED, {waiting} new"), theme.changed()));
    }
    if log.dropped() + log.missed() > 0 {
        let dropped = number((log.dropped() + log.missed()) as i64);
        notes.push(Span::styled(format!("{dropped} dropped"), theme.danger()));
    }
    if !log.is_empty() {
        let at = number(app.watch.cursor.selected as i64 + 1);
        notes.push(Span::raw(format!("{at}/{}", number(log.len() as i64))));
    }
    if !running.is_empty() {
        let what = if running.len() == 1 { running[0].name() } else { String::new() };
        let what = cut_end(&what, 30);
        notes.push(Span::styled(format!("{} watching {what}", running.len()), theme.good()));
    }
    notes
}

/// `12:01:02.123      1,203 PUT    /config/app/name   old → new`
fn log_line<'a>(theme: &Theme, logged: &LogLine, cells: usize) -> Line<'a> {
    let time = time_of_day(logged.time, theme.offset(logged.time));
    let mut spans = vec![Span::styled(format!("{time} "), theme.dim())];
    match &logged.what {
        Logged::Event(event) => {
            let revision = number(event.revision().0);
            spans.push(Span::styled(format!("{revision:>11} "), theme.number()));
            let (kind, style) = match event.kind {
                EventKind::Put => ("PUT   ", Style::new()),
                EventKind::Delete => ("DELETE", theme.danger()),
            };
            spans.push(Span::styled(format!("{kind} "), style));
            let room = cells.saturating_sub(32);
            let key = (room / 2).clamp(room.min(12), 60);
            spans.push(Span::raw(fit_key(&event.entry.key.to_string(), key)));
            let room = room.saturating_sub(key + 2);
            spans.push(Span::raw("  "));
            let (old, new) = (event.previous.as_ref(), &event.entry);
            match (event.kind, old) {
                (EventKind::Put, None) => spans.push(Span::raw(short(Some(new), room))),
                (EventKind::Put, Some(_)) => {
                    let each = room.saturating_sub(3) / 2;
                    let old = short(old, each);
                    let rest = room.saturating_sub(3 + super::text::width(&old));
                    spans.push(Span::styled(old, theme.dim()));
                    spans.push(Span::raw(" → "));
                    spans.push(Span::raw(short(Some(new), rest)));
                }
                (EventKind::Delete, None) => {}
                (EventKind::Delete, old) => {
                    spans.push(Span::styled("was ", theme.dim()));
                    spans.push(Span::styled(short(old, room.saturating_sub(4)), theme.dim()));
                }
            }
        }
        Logged::Gap { from, to } => {
            let (from, to) = (number(from.0), number(to.0));
            let text = format!("revisions {from} to {to} were compacted, not shown");
            spans.push(Span::styled(fit(&text, cells.saturating_sub(13)), theme.danger()));
        }
        Logged::Note(text) => {
            let text = escape::message(text);
            spans.push(Span::styled(fit(&text, cells.saturating_sub(13)), theme.dim()));
        }
    }
    Line::from(spans)
}

/// The beginning of a value on one line.
fn short(entry: Option<&Entry>, cells: usize) -> String {
    let Some(entry) = entry else { return String::new() };
    if entry.value.is_empty() {
        return cut_end("(empty)", cells);
    }
    let most = entry.value.len().min(cells.saturating_mul(4));
    cut_end(&escape::line(&entry.value[..most]), cells)
}

/// One event at length: what is known of it, and what it changed.
pub(super) fn event_lines<'a>(theme: &Theme, logged: &LogLine, cells: usize) -> Vec<Line<'a>> {
    let Logged::Event(event) = &logged.what else { return Vec::new() };
    let label = |label: &str, text: String| {
        Line::from(vec![Span::styled(fit(label, 10), theme.dim()), Span::raw(text)])
    };
    let kind = match event.kind {
        EventKind::Put if event.is_create() => "PUT (created)",
        EventKind::Put => "PUT",
        EventKind::Delete => "DELETE",
    };
    let entry = &event.entry;
    let mut out = vec![
        Line::styled(entry.key.to_string(), theme.strong()),
        label("event", kind.to_owned()),
        label("revision", number(event.revision().0)),
        label("seen", time_of_day(logged.time, theme.offset(logged.time))),
    ];
    if event.kind == EventKind::Put {
        out.push(label("created", number(entry.create_revision.0)));
        out.push(label("version", number(entry.version.0)));
        if entry.lease.is_some() {
            out.push(label("lease", entry.lease.to_string()));
        }
        out.push(label("value", size(entry.value.len())));
    }
    if let Some(previous) = &event.previous {
        out.push(label("before", size(previous.value.len())));
    }
    out.push(Line::styled("─".repeat(cells.min(40)), theme.dim()));
    let before = event.previous.as_ref().map_or(&[][..], |previous| &previous.value);
    out.extend(diff_lines(theme, before, &entry.value));
    out
}

/// The running watches, for their list.
pub(super) fn running_lines<'a>(app: &App, theme: &Theme) -> Vec<Line<'a>> {
    if app.watch.running.is_empty() {
        return vec![Line::styled("none; w on a key or directory starts one", theme.dim())];
    }
    let line = |running: &crate::app::watch::Running| {
        let (state, style) = match &running.state {
            Watching::Starting => ("starting".to_owned(), theme.changed()),
            Watching::Live => ("live".to_owned(), theme.good()),
            Watching::Lost(error) => {
                (format!("lost: {}", escape::message(&error.message)), theme.danger())
            }
            Watching::Refused(error) => {
                (format!("refused: {}", escape::message(&error.message)), theme.danger())
            }
        };
        Line::from(vec![
            Span::raw(format!("{:>3}  ", running.id.0)),
            Span::raw(fit(&running.name(), 36)),
            Span::styled(format!("{:>9} events  ", number(running.events as i64)), theme.number()),
            Span::styled(state, style),
        ])
    };
    app.watch.running.iter().map(line).collect()
}
