//! The Watch pane: one event a line, in fixed columns so that lines resemble one another.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::comparison::diff_lines;
use super::frame::{face, pane, present_note};
use super::layout::line;
use super::text::{
    cut_end, cut_middle, fit, fit_key, number, rate, size, span, time_of_day, width,
};
use super::theme::Theme;
use crate::app::App;
use crate::app::flood::SHOWN;
use crate::app::pane::Pane;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::app::watch::{Running, Watching};
use crate::domain::watch::{Flow, LogLine, Logged};
use crate::domain::{Event, EventKind, escape};

/// Draws the pane and says how many rows it has.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) -> PaneSize {
    let log = &app.watch.log;
    let inner = pane(frame, area, app, theme, Pane::Watch, notes(app, theme));
    let size = PaneSize { width: inner.width, height: inner.height };
    if log.is_empty() {
        let text = match (app.watch.running.len(), log.filter()) {
            (_, filter) if !filter.is_empty() => "no line has the filter's text; Esc drops it",
            (0, _) => "no watches; w on a key or directory in Keys starts one",
            _ if app.watch.running.iter().any(|running| running.events > 0) => {
                "cleared; nothing has happened since"
            }
            _ if app.watch.running.iter().all(|running| running.state == Watching::Live) => {
                "watching; nothing has happened yet"
            }
            _ => "nothing has been seen yet",
        };
        face(frame, inner, text, theme.dim());
        return size;
    }
    let cursor = app.watch.cursor;
    let height = usize::from(inner.height);
    let top = keep_in_view(cursor.top, cursor.selected, height, log.len());
    // As wide as the newest revision: it only ever grows.
    let revision = number(app.newest.0).len().max(5);
    for offset in 0..height {
        let Some(logged) = log.row(top + offset) else { break };
        let at = line(inner, offset as u16);
        frame.render_widget(log_line(theme, logged, usize::from(inner.width), revision), at);
        if top + offset == cursor.selected && app.focus == Pane::Watch {
            frame.buffer_mut().set_style(at, theme.selected());
        }
    }
    size
}

/// How the watches are doing, and what of them is not shown.
fn notes<'a>(app: &App, theme: &Theme) -> Vec<Span<'a>> {
    let log = &app.watch.log;
    let mut notes: Vec<Span> = present_note(app, theme).into_iter().collect();
    let running = &app.watch.running;
    let lost = running.iter().filter(|r| matches!(r.state, Watching::Lost(_))).count();
    let refused = running.iter().filter(|r| matches!(r.state, Watching::Refused(_))).count();
    if lost > 0 {
        notes.push(Span::styled(format!("{lost} lost, resuming"), theme.danger()));
    }
    if refused > 0 {
        notes.push(Span::styled(format!("{refused} refused, R retries"), theme.danger()));
    }
    let faults: u64 = running.iter().map(|running| running.faults).sum();
    if faults > 0 {
        notes.push(Span::styled(format!("{} at fault", number(faults as i64)), theme.danger()));
    }
    if log.flow() == Flow::Paused {
        let waiting = number(log.waiting() as i64);
        notes.push(Span::styled(format!("PAUSED, {waiting} new"), theme.changed()));
    }
    if log.missed() > 0 {
        let missed = number(log.missed() as i64);
        notes.push(Span::styled(format!("{missed} dropped while paused"), theme.danger()));
    }
    if log.dropped() > 0 {
        let dropped = number(log.dropped() as i64);
        notes.push(Span::styled(format!("{dropped} dropped"), theme.danger()));
    }
    let a_second = app.watch_rate();
    if a_second >= SHOWN {
        notes.push(Span::raw(rate(a_second)));
    }
    if !log.is_empty() {
        let at = number(app.watch.cursor.selected as i64 + 1);
        notes.push(Span::raw(format!("{at}/{}", number(log.len() as i64))));
    }
    if !running.is_empty() {
        let what = if running.len() == 1 { running[0].name() } else { String::new() };
        let what = cut_middle(&what, 30);
        let text = format!("{} watching {what}", running.len());
        notes.push(Span::styled(text.trim_end().to_owned(), theme.good()));
    }
    notes
}

/// `12:01:02.123  1,203 PUT    /config/app/name   old → new`
fn log_line<'a>(theme: &Theme, logged: &LogLine, cells: usize, revision: usize) -> Line<'a> {
    let time = time_of_day(logged.time, theme.offset(logged.time));
    // A narrow screen does without the milliseconds.
    let time = if cells < 60 { time[..8].to_owned() } else { time };
    let before_text = width(&time) + 1;
    let mut spans = vec![Span::styled(format!("{time} "), theme.dim())];
    match &logged.what {
        Logged::Event(event) => {
            let number = number(event.revision().0);
            if cells >= 60 {
                spans.push(Span::styled(format!("{number:>revision$} "), theme.number()));
            }
            let (kind, style) = match event.kind {
                EventKind::Put if cells < 60 => ("PUT", Style::new()),
                EventKind::Delete if cells < 60 => ("DEL", theme.danger()),
                EventKind::Put => ("PUT   ", Style::new()),
                EventKind::Delete => ("DELETE", theme.danger()),
            };
            spans.push(Span::styled(format!("{kind} "), style));
            let used: usize = spans.iter().map(Span::width).sum();
            let room = cells.saturating_sub(used);
            let key = (room * 2 / 5).clamp(room.min(12), 60);
            spans.push(Span::raw(fit_key(&event.entry.key.to_string(), key)));
            let room = room.saturating_sub(key + 2);
            spans.push(Span::raw("  "));
            spans.extend(change(theme, event, room));
        }
        Logged::Found(found) => {
            if cells >= 60 {
                let number =
                    if found.revision.is_some() { number(found.revision.0) } else { String::new() };
                spans.push(Span::styled(format!("{number:>revision$} "), theme.number()));
            }
            spans.push(Span::styled(if cells < 60 { "FND " } else { "FOUND  " }, theme.changed()));
            let used: usize = spans.iter().map(Span::width).sum();
            let room = cells.saturating_sub(used);
            let key = (room * 2 / 5).clamp(room.min(12), 60);
            spans.push(Span::raw(fit_key(&found.key.to_string(), key)));
            let what = format!("  {}, not seen when", found.kind.word());
            spans.push(Span::styled(cut_end(&what, room.saturating_sub(key)), theme.dim()));
        }
        Logged::Gap { from, to } => {
            let (from, to) = (number(from.0), number(to.0));
            let text = format!("revisions {from} to {to} were compacted, not shown");
            spans.push(Span::styled(fit(&text, cells.saturating_sub(before_text)), theme.danger()));
        }
        Logged::Fault(_) | Logged::Replaced(_) | Logged::Listed(_) | Logged::Note(_) => {
            let style = match &logged.what {
                Logged::Listed(_) => theme.changed(),
                Logged::Note(_) => theme.dim(),
                _ => theme.danger(),
            };
            let text = logged.sentence().unwrap_or_default();
            spans.push(Span::styled(fit(&text, cells.saturating_sub(before_text)), style));
        }
    }
    Line::from(spans)
}

/// `old → new`, `was old`, or the value of a new key.
fn change<'a>(theme: &Theme, event: &Event, room: usize) -> Vec<Span<'a>> {
    /// With less room there is the new value alone: two that say nothing help nobody.
    const BOTH: usize = 23;
    let new = &event.entry;
    match (event.kind, &event.previous) {
        (EventKind::Put, Some(_)) if room < BOTH => {
            let new = short(&new.value, 0, room.saturating_sub(2));
            vec![Span::styled("→ ", theme.dim()), Span::raw(new)]
        }
        (EventKind::Put, None) => vec![Span::raw(short(&new.value, 0, room))],
        (EventKind::Put, Some(old)) => {
            let each = room.saturating_sub(3) / 2;
            // Where both begin alike for longer than there is room, the alike part goes.
            let (old, new) = (&old.value, &new.value);
            let longest = old.len().max(new.len());
            let from = if longest < each { 0 } else { differs(old, new, each / 4) };
            let old = short(old, from, each);
            let rest = room.saturating_sub(3 + width(&old));
            let new = short(new, from, rest);
            vec![Span::styled(old, theme.dim()), Span::raw(" → "), Span::raw(new)]
        }
        (EventKind::Delete, None) => Vec::new(),
        (EventKind::Delete, Some(old)) => {
            let old = short(&old.value, 0, room.saturating_sub(4));
            vec![Span::styled("was ", theme.dim()), Span::styled(old, theme.dim())]
        }
    }
}

/// Where to begin to show two values so that their first difference is in view: some bytes before
/// it, at the start of a character; 0 where that is near the beginning anyway.
fn differs(old: &[u8], new: &[u8], lead: usize) -> usize {
    let common = old.iter().zip(new).take_while(|(a, b)| a == b).count();
    let mut at = common.saturating_sub(lead);
    while at > 0 && new.get(at).is_some_and(|byte| byte & 0xc0 == 0x80) {
        at -= 1;
    }
    if at < lead { 0 } else { at }
}

/// A value on one line from a place on, as much as fits.
fn short(value: &[u8], from: usize, cells: usize) -> String {
    if value.is_empty() {
        return cut_end("(empty)", cells);
    }
    let rest = &value[from.min(value.len())..];
    // No character is shown in fewer cells than a quarter of its bytes.
    let most = rest.len().min(cells.saturating_mul(4));
    let start = if from > 0 { "…" } else { "" };
    cut_end(&format!("{start}{}", escape::line(&rest[..most])), cells)
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

/// The running watches, for their list in `cells`.
pub(super) fn running_lines<'a>(app: &App, theme: &Theme, cells: usize) -> Vec<Line<'a>> {
    if app.watch.running.is_empty() {
        return vec![Line::styled("none; w on a key or directory starts one", theme.dim())];
    }
    // No more than the longest needs, so that what is told of them has room.
    let names = app.watch.running.iter().map(|running| width(&running.name()));
    let name = names.max().unwrap_or(0).clamp(12, (cells * 2 / 5).clamp(12, 40));
    let line = |running: &Running| {
        let (mut state, style) = match &running.state {
            Watching::Starting => ("starting".to_owned(), theme.changed()),
            Watching::Live => ("live".to_owned(), theme.good()),
            Watching::Listing => ("listing".to_owned(), theme.changed()),
            Watching::Lost(error) => {
                (format!("lost: {}", escape::message(&error.message)), theme.danger())
            }
            Watching::Refused(error) => {
                (format!("refused: {}", escape::message(&error.message)), theme.danger())
            }
        };
        // What went wrong comes before a long reason.
        let mut told = Vec::new();
        if running.faults > 0 {
            told.push(counted(running.faults, "fault"));
        }
        if running.gaps > 0 {
            told.push(counted(running.gaps, "gap"));
        }
        if running.last.is_some() {
            told.push(format!("at {}", number(running.last.0)));
        }
        let silent = app.now.saturating_duration_since(running.heard).as_secs();
        told.push(format!("silent {}", span(silent as i64)));
        let told = told.join(", ");
        match state.split_once(": ") {
            Some((word, reason)) => state = format!("{word}, {told}: {reason}"),
            None => state = format!("{state}, {told}"),
        }
        let events = number(running.events as i64);
        let mut spans = vec![
            Span::raw(format!("{:>2}  ", running.id.0)),
            Span::raw(fit_key(&running.name(), name)),
            Span::styled(format!("{events:>9}"), theme.number()),
            Span::styled(if cells < 60 { "  " } else { " events  " }, theme.dim()),
        ];
        let used: usize = spans.iter().map(Span::width).sum();
        spans.push(Span::styled(cut_end(&state, cells.saturating_sub(used)), style));
        Line::from(spans)
    };
    app.watch.running.iter().map(line).collect()
}

/// So many of something.
fn counted(many: u64, thing: &str) -> String {
    let s = if many == 1 { "" } else { "s" };
    format!("{} {thing}{s}", number(many as i64))
}
