//! The Leases pane: one lease a row, its time as a bar that counts down.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::frame::{face, failed, pane, present_note, scrollbar};
use super::layout::line;
use super::text::{cut_middle, fit, number, seconds, short_lease, span, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::lease::{Keeper, LeaseRow, LeaseSort};
use crate::app::load::Load;
use crate::app::pane::Pane;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::escape;

/// Cells of the bar.
const BAR: usize = 8;

/// Draws the pane and says how many rows it has.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) -> PaneSize {
    let inner = pane(frame, area, app, theme, Pane::Leases, notes(app, theme));
    match &app.leases.list {
        Load::Idle | Load::Loading => face(frame, inner, "loading …", theme.dim()),
        Load::Failed(error) => failed(frame, inner, app, theme, &error.to_string()),
        Load::Ready(list) if list.is_empty() && app.is_read_only() => {
            face(frame, inner, "no leases", theme.dim());
        }
        Load::Ready(list) if list.is_empty() => {
            face(frame, inner, "no leases; n grants one", theme.dim());
        }
        Load::Ready(list) if list.shown() == 0 => {
            face(frame, inner, "no lease has the filter's text; Esc drops it", theme.dim());
        }
        Load::Ready(list) => {
            let cursor = app.leases.cursor;
            let focused = app.focus == Pane::Leases;
            let height = usize::from(inner.height);
            let top = keep_in_view(cursor.top, cursor.selected, height, list.shown());
            for (offset, row) in list.from(top).take(height).enumerate() {
                let at = line(inner, offset as u16);
                frame.render_widget(lease_line(app, theme, row, inner.width), at);
                // Without the focus nothing hangs on which lease it is, so nothing is marked.
                if top + offset == cursor.selected && focused {
                    frame.buffer_mut().set_style(at, theme.selected());
                }
            }
            scrollbar(frame, area, theme, focused, (top, height, list.shown()));
        }
    }
    PaneSize { width: inner.width, height: inner.height }
}

/// Where the selection is, what goes soon, what the rows are sorted by.
fn notes<'a>(app: &App, theme: &Theme) -> Vec<Span<'a>> {
    let mut notes: Vec<Span> = present_note(app, theme).into_iter().collect();
    let Some(list) = app.leases.list.ready().filter(|list| !list.is_empty()) else {
        return notes;
    };
    if list.shown() > 0 {
        let at = number(app.leases.cursor.selected as i64 + 1);
        notes.push(Span::raw(format!("{at}/{}", number(list.shown() as i64))));
    }
    if let Some(error) = &app.leases.unreadable {
        let reason = escape::message(&error.message);
        notes.push(Span::styled(format!("times not read: {reason}"), theme.danger()));
    }
    if let Some(reading) = list.soonest() {
        let keys = counted(reading.keys.len());
        let left = seconds(reading.left(app.now));
        notes.push(Span::styled(format!("deletes {keys} in {left}"), theme.danger()));
    }
    let by = match (list.sort(), list.unread()) {
        (LeaseSort::Id, _) => return notes,
        (sort, 0) => format!("by {}", sort.name()),
        (sort, unread) => {
            let read = number((list.count() - unread) as i64);
            format!("by {}, {read} read", sort.name())
        }
    };
    notes.push(Span::styled(by, theme.changed()));
    notes
}

/// `1 key`, `40 keys`
fn counted(keys: usize) -> String {
    if keys == 1 { "1 key".to_owned() } else { format!("{} keys", number(keys as i64)) }
}

/// `694d…2a1f     58s of 1m     ███████▊     3 keys  kept alive`
///
/// What a narrow pane leaves out: the whole ID, the first key, the bar, what was granted.
fn lease_line<'a>(app: &App, theme: &Theme, row: &LeaseRow, cells: u16) -> Line<'a> {
    let id = row.id.to_string();
    let id = if cells >= 68 { fit(&id, 16) } else { fit(&short_lease(&id), 9) };
    let mut spans = vec![Span::raw(id)];
    let Some(reading) = &row.reading else {
        let text = if row.refused { "  not readable" } else { "  …" };
        spans.push(Span::styled(text, theme.dim()));
        return Line::from(spans);
    };
    let left = reading.left(app.now);
    let soon = left.saturating_mul(5) <= reading.granted;
    let style = if soon { theme.danger() } else { Style::new() };
    // What is about to end says so without color too.
    let mark = if soon { "!" } else { "" };
    spans.push(Span::styled(format!("{:>9}", format!("{mark}{}", seconds(left))), style));
    if cells >= 38 {
        spans.push(Span::styled(format!(" of {:<7}", span(reading.granted)), theme.dim()));
    }
    if cells >= 48 {
        spans.push(Span::styled(bar(left, reading.granted), style));
    }
    let keys = match reading.keys.as_slice() {
        [] => "no keys".to_owned(),
        keys => counted(keys.len()),
    };
    spans.push(Span::styled(format!(" {keys:>8}"), theme.number()));
    let room = |spans: &[Span]| {
        let used: usize = spans.iter().map(Span::width).sum();
        usize::from(cells).saturating_sub(used + 2)
    };
    let kept = match app.keeper(row) {
        Keeper::Here => Some(("kept alive", "kept", theme.good())),
        Keeper::Held => Some(("held here", "held", theme.good())),
        Keeper::Failing => Some(("renewal fails", "fails", theme.danger())),
        Keeper::Elsewhere => Some(("renewed elsewhere", "renewed", Style::new())),
        Keeper::Nobody => Some(("not renewed", "", theme.dim())),
        Keeper::Unknown => None,
    };
    if let Some((long, short, style)) = kept {
        let text = if width(long) <= room(&spans) { long } else { short };
        spans.push(Span::styled(format!("  {text}"), style));
    }
    let room = room(&spans);
    if let Some(key) = reading.keys.first().filter(|_| room >= 10) {
        let key = cut_middle(&key.to_string(), room);
        spans.push(Span::styled(format!("  {key}"), theme.dim()));
    }
    Line::from(spans)
}

/// A bar of eighths.
fn bar(left: i64, granted: i64) -> String {
    const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    let granted = granted.max(1) as usize;
    let filled = ((left.max(0) as usize).saturating_mul(BAR * 8) / granted).min(BAR * 8);
    fit(&format!("{}{}", "█".repeat(filled / 8), EIGHTHS[filled % 8]), BAR)
}
