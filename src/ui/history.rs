//! The view of a key's history: one version or delete a row, and the selected value below.
//!
//! ```text
//!    1,203  12:01:02.123  put       9      1.2 KiB  694d…4a1f  {"name": "api", …
//!  * 1,198                created   1         12 B             api
//!    1,150                DELETED
//! ─────────────────────────────────────────────────────────────────────────────
//!  {
//!    "name": "api",
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::comparison::diff_lines;
use super::frame::{self, face, failed, scrollbar};
use super::layout::line;
use super::text::{cut_end, number, short_lease, size, time_of_day, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::dialog::Difference;
use crate::app::history::{HistoryView, Reading};
use crate::app::view::View;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::escape;
use crate::domain::history::{Row, What};

/// Lower than this there is no room for the value below the list.
const VALUE_FROM: u16 = 12;
/// With fewer cells a row leaves out when it was seen, its version and its lease.
const ROOMY: usize = 60;

/// Draws the view and says how many rows the list and the value have.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
    shown: &HistoryView,
) -> (PaneSize, PaneSize) {
    let inner = frame::view(frame, area, app, theme, view, notes(theme, shown));
    let value = if inner.height < VALUE_FROM { 0 } else { inner.height * 2 / 5 };
    let list = Rect { height: inner.height - value, ..inner };
    let below = Rect { y: list.bottom(), height: value, ..inner };
    let len = shown.history.len();
    let cells = usize::from(inner.width);
    if len == 0 {
        let text = match &shown.reading {
            Reading::Failed(error) => {
                failed(frame, list, app, theme, &error.to_string());
                None
            }
            Reading::Starting => Some("reading …".to_owned()),
            Reading::Waiting(many) => Some(asking(*many)),
            Reading::Replaying => {
                Some("reading what was, from the oldest revision on …".to_owned())
            }
            Reading::Lost => Some("the connection was lost; it goes on by itself".to_owned()),
            Reading::Live => Some(format!(
                "nothing is known of this key{}",
                if shown.oldest.0 > 1 {
                    format!("; what was before revision {} is compacted", number(shown.oldest.0))
                } else {
                    String::new()
                }
            )),
        };
        if let Some(text) = text {
            face(frame, list, &text, theme.dim());
        }
        return sizes(list, below);
    }
    // The last row of the list tells where the history begins, or what it waits for.
    let foot = list.height > 2;
    let height = usize::from(list.height) - usize::from(foot);
    let top = keep_in_view(shown.cursor.top, shown.cursor.selected, height, len);
    let widest = shown.history.row(0).map_or(0, |row| number(row.revision.0).len()).max(5);
    for offset in 0..height {
        let Some(row) = shown.history.row(top + offset) else { break };
        let at = line(list, offset as u16);
        let marked = shown.marked == Some(row.revision);
        frame.render_widget(row_line(theme, row, marked, widest, cells), at);
        if top + offset == shown.cursor.selected {
            frame.buffer_mut().set_style(at, theme.selected());
        }
    }
    let around = Rect { height: list.height + 2, ..area };
    scrollbar(frame, around, theme, true, (top, height, len));
    if foot {
        let (text, style) = foot_of(theme, shown);
        let at = line(list, (len.saturating_sub(top)).min(height) as u16);
        frame.render_widget(Line::styled(cut_end(&text, cells), style), at);
    }
    if value > 0 {
        draw_value(frame, below, theme, shown);
    }
    let (list, below) = (Rect { height: height as u16, ..list }, below);
    sizes(list, below)
}

fn sizes(list: Rect, below: Rect) -> (PaneSize, PaneSize) {
    let rows = below.height.saturating_sub(1);
    (
        PaneSize { width: list.width, height: list.height },
        PaneSize { width: if rows > 0 { below.width } else { 0 }, height: rows },
    )
}

/// Where the selection is, how the reading does, and of which key it is.
fn notes<'a>(theme: &Theme, shown: &HistoryView) -> Vec<Span<'a>> {
    let mut notes = Vec::new();
    notes.push(match &shown.reading {
        Reading::Starting | Reading::Replaying => Span::styled("reading", theme.changed()),
        Reading::Waiting(_) => Span::styled("not read yet", theme.changed()),
        Reading::Live => Span::styled("live", theme.good()),
        Reading::Lost => Span::styled("stale", theme.danger()),
        Reading::Failed(_) => Span::styled("failed", theme.danger()),
    });
    let len = shown.history.len() as i64;
    if len > 0 {
        let at = number(shown.cursor.selected as i64 + 1);
        notes.push(Span::raw(format!("{at}/{}", number(len))));
    }
    let (values, rows) = shown.history.dropped();
    if rows > 0 {
        notes.push(Span::styled(format!("{} rows dropped", number(rows as i64)), theme.danger()));
    }
    if values > 0 {
        let text = format!("{} values not held", number(values as i64));
        notes.push(Span::styled(text, theme.dim()));
    }
    notes.push(Span::styled(shown.key.to_string(), theme.dim()));
    notes
}

fn asking(many: i64) -> String {
    format!(
        "what was before is not read yet: the server would look through {} revisions of all keys; \
         Enter has it do so",
        number(many)
    )
}

/// What stands below the oldest row.
fn foot_of(theme: &Theme, shown: &HistoryView) -> (String, Style) {
    if let Some((from, to)) = shown.gaps.last() {
        let text = format!(
            "revisions {} to {} were compacted before they were seen; not shown",
            number(from.0),
            number(to.0)
        );
        return (text, theme.danger());
    }
    match &shown.reading {
        Reading::Starting | Reading::Replaying => {
            ("reading what was before …".to_owned(), theme.dim())
        }
        Reading::Waiting(many) => (asking(*many), theme.changed()),
        Reading::Lost => {
            ("the connection was lost; it goes on by itself".to_owned(), theme.danger())
        }
        Reading::Failed(error) => (escape::message(&error.to_string()), theme.danger()),
        Reading::Live if shown.history.dropped().1 > 0 => {
            ("older rows are more than are held".to_owned(), theme.danger())
        }
        Reading::Live if shown.oldest.0 > 1 => {
            let text = format!("what was before revision {} is compacted", number(shown.oldest.0));
            (text, theme.dim())
        }
        Reading::Live => ("nothing is compacted: this is all of it".to_owned(), theme.dim()),
    }
}

fn row_line<'a>(theme: &Theme, row: &Row, marked: bool, widest: usize, cells: usize) -> Line<'a> {
    let mark = if marked { "* " } else { "  " };
    let revision = number(row.revision.0);
    let (what, style) = match row.what {
        What::Created => ("created", theme.good()),
        What::Put => ("put    ", Style::new()),
        What::Deleted => ("DELETED", theme.danger()),
    };
    let mut spans = vec![
        Span::styled(mark, theme.changed()),
        Span::styled(format!("{revision:>widest$}  "), theme.number()),
    ];
    if cells >= ROOMY {
        let seen = row.seen.map(|time| time_of_day(time, theme.offset(time))).unwrap_or_default();
        spans.push(Span::styled(format!("{seen:<12}  "), theme.dim()));
    }
    spans.push(Span::styled(what, style));
    if row.exists() {
        if cells >= ROOMY {
            spans.push(Span::styled(format!(" {:>6}", number(row.version.0)), theme.number()));
            spans.push(Span::styled(format!(" {:>10}", size(row.size)), theme.dim()));
            let lease = if row.lease.is_some() {
                short_lease(&row.lease.to_string())
            } else {
                String::new()
            };
            spans.push(Span::raw(format!("  {lease:<9}")));
        } else {
            spans.push(Span::styled(format!(" {:>9}", size(row.size)), theme.dim()));
        }
        let used: usize = spans.iter().map(Span::width).sum();
        let room = cells.saturating_sub(used + 2);
        let text = if row.size == 0 { "(empty)".to_owned() } else { escape::line(&row.beginning) };
        let more = if row.size > row.beginning.len() { "…" } else { "" };
        spans.push(Span::raw(format!("  {}", cut_end(&format!("{text}{more}"), room))));
    }
    Line::from(spans)
}

/// The selected value, as much of it as there is room for.
fn draw_value(frame: &mut Frame, area: Rect, theme: &Theme, shown: &HistoryView) {
    let Some(row) = shown.selected() else { return };
    let rule = format!("── revision {} ", number(row.revision.0));
    let kind = match &shown.shown {
        Some(view) => format!("{} as {} ──", view.kind().name(), view.rendering().name()),
        None => String::new(),
    };
    let gap = usize::from(area.width).saturating_sub(width(&rule) + width(&kind) + 1);
    let rule = format!("{rule}{} {kind}", "─".repeat(gap));
    frame.render_widget(
        Line::styled(cut_end(&rule, usize::from(area.width)), theme.dim()),
        line(area, 0),
    );
    let body = Rect { y: area.y + 1, height: area.height.saturating_sub(1), ..area };
    let Some(view) = &shown.shown else {
        let text = match row.what {
            What::Deleted => "the key does not exist from here on",
            What::Created | What::Put if shown.is_unreadable(row.revision) => {
                "its value could not be read again"
            }
            What::Created | What::Put => "loading …",
        };
        return face(frame, body, text, theme.dim());
    };
    if view.is_empty() {
        return face(frame, body, "(empty value)", theme.dim());
    }
    let height = usize::from(body.height);
    for offset in 0..height.min(view.len()) {
        let at = line(body, offset as u16);
        let last = offset + 1 == height && view.len() > height;
        if last {
            let text = format!("… {} more lines", number((view.len() - offset) as i64));
            frame.render_widget(Line::styled(text, theme.dim()), at);
        } else {
            frame.render_widget(super::value::spans(theme, view, offset, None), at);
        }
    }
}

/// Two values, and what of them differs.
pub(super) fn difference_lines<'a>(theme: &Theme, what: &Difference) -> Vec<Line<'a>> {
    let [before, after] = &what.names;
    let of = |value: &Option<Vec<u8>>| match value {
        Some(value) => size(value.len()),
        None => "no key".to_owned(),
    };
    let mut lines = vec![
        Line::styled(format!("- {before}, {}", of(&what.before)), theme.dim()),
        Line::styled(format!("+ {after}, {}", of(&what.after)), theme.dim()),
    ];
    let bytes = |value: &Option<Vec<u8>>| value.clone().unwrap_or_default();
    let mut differ = diff_lines(theme, &bytes(&what.before), &bytes(&what.after));
    // Where there was no key there was no empty line either.
    let nothing = match (&what.before, &what.after) {
        (None, Some(_)) => "- ",
        (Some(_), None) => "+ ",
        (None, None) | (Some(_), Some(_)) => "",
    };
    differ.retain(|line| nothing.is_empty() || line.to_string() != nothing);
    lines.extend(differ);
    lines
}
