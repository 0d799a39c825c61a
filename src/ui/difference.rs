//! The view of what became of a prefix since a revision: one key a row.
//!
//! ```text
//!  + 3 added   ~ 12 changed   - 1 removed   2 rewritten alike, 7 untouched
//!    + /config/app/new        true
//!  * ~ /config/app/name       "old" → "new"
//!    - /config/app/gone       was 17
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::{self, face, failed, scrollbar};
use super::layout::line;
use super::text::{cut_end, fit_key, number, size, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::difference::DifferenceView;
use crate::app::load::Load;
use crate::app::view::View;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::difference::{Became, DiffRow, Difference, Side};
use crate::domain::escape;

/// Draws the view and says how many rows it has.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
    shown: &DifferenceView,
) -> PaneSize {
    let mut inner = frame::view(frame, area, app, theme, view, notes(theme, shown));
    let found = match &shown.found {
        Load::Idle | Load::Loading => {
            let text = format!(
                "comparing with revision {}: {} keys read so far; Esc stops",
                number(shown.then.0),
                number(shown.looked as i64)
            );
            face(frame, inner, &text, theme.dim());
            return PaneSize { width: inner.width, height: inner.height };
        }
        Load::Failed(error) => {
            failed(frame, inner, app, theme, &error.to_string());
            return PaneSize { width: inner.width, height: inner.height };
        }
        Load::Ready(found) => found,
    };
    let cells = usize::from(inner.width);
    frame.render_widget(totals(theme, found, cells), line(inner, 0));
    inner.y += 1;
    inner.height = inner.height.saturating_sub(1);
    let left_out = found.left_out();
    let foot = u16::from(left_out > 0 && inner.height > 2);
    let list = Rect { height: inner.height - foot, ..inner };
    let (len, height) = (shown.rows.len(), usize::from(list.height));
    if found.count() == 0 {
        face(frame, list, "nothing here is other than it was then", theme.dim());
    } else if len == 0 {
        face(frame, list, "no key has the filter's text; Esc drops it", theme.dim());
    }
    let top = keep_in_view(shown.cursor.top, shown.cursor.selected, height, len);
    for offset in 0..height {
        let Some((row, marked)) = shown.row(top + offset) else { break };
        let at = line(list, offset as u16);
        frame.render_widget(row_line(theme, row, marked, cells), at);
        if top + offset == shown.cursor.selected {
            frame.buffer_mut().set_style(at, theme.selected());
        }
    }
    scrollbar(frame, area, theme, true, (top, height, len));
    if foot > 0 {
        let text = format!("{} more keys differ and are not listed", number(left_out as i64));
        let at = line(inner, inner.height - 1);
        frame.render_widget(Line::styled(cut_end(&text, cells), theme.danger()), at);
    }
    PaneSize { width: list.width, height: list.height }
}

/// Where the selection is, between which revisions, and of which prefix.
fn notes<'a>(theme: &Theme, shown: &DifferenceView) -> Vec<Span<'a>> {
    let mut notes = Vec::new();
    if !shown.marked.is_empty() {
        let text = format!("{} marked", number(shown.marked.len() as i64));
        notes.push(Span::styled(text, theme.changed()));
    }
    if !shown.rows.is_empty() {
        let at = number(shown.cursor.selected as i64 + 1);
        notes.push(Span::raw(format!("{at}/{}", number(shown.rows.len() as i64))));
    }
    let then = number(shown.then.0);
    let text = match shown.found.ready() {
        Some(found) => format!("rev {then} → {}", number(found.now.0)),
        None => format!("since rev {then}"),
    };
    notes.push(Span::styled(text, theme.number()));
    let prefix =
        if shown.prefix.is_empty() { "all keys".to_owned() } else { shown.prefix.to_string() };
    notes.push(Span::styled(prefix, theme.dim()));
    notes
}

/// How many keys became what. On a narrow screen the words go.
fn totals<'a>(theme: &Theme, found: &Difference, cells: usize) -> Line<'a> {
    let all = [
        ("+", found.added, "added", theme.good()),
        ("~", found.changed, "changed", theme.changed()),
        ("-", found.removed, "removed", theme.danger()),
    ];
    let mut spans = Vec::new();
    for (mark, count, word, style) in all {
        let word = if cells < 45 { String::new() } else { format!(" {word}") };
        let text = format!("{mark} {}{word}   ", number(count as i64));
        spans.push(Span::styled(text, style));
    }
    let rest = format!(
        "{} rewritten alike, {} untouched",
        number(found.rewritten as i64),
        number(found.same as i64)
    );
    let used: usize = spans.iter().map(Span::width).sum();
    spans.push(Span::styled(cut_end(&rest, cells.saturating_sub(used)), theme.dim()));
    Line::from(spans)
}

fn row_line<'a>(theme: &Theme, row: &DiffRow, marked: bool, cells: usize) -> Line<'a> {
    let (sign, style) = match row.became {
        Became::Added => ("+", theme.good()),
        Became::Changed => ("~", theme.changed()),
        Became::Removed => ("-", theme.danger()),
    };
    let mark = if marked { "* " } else { "  " };
    let key = (cells * 2 / 5).clamp(cells.min(12), 60);
    let mut spans = vec![
        Span::styled(mark, theme.changed()),
        Span::styled(format!("{sign} "), style),
        Span::raw(fit_key(&row.key.to_string(), key)),
        Span::raw("  "),
    ];
    let used: usize = spans.iter().map(Span::width).sum();
    spans.extend(values(theme, row, cells.saturating_sub(used)));
    Line::from(spans)
}

/// `old → new`, the new value, or `was old`.
fn values<'a>(theme: &Theme, row: &DiffRow, room: usize) -> Vec<Span<'a>> {
    match (&row.then, &row.now) {
        (Some(then), Some(now)) => {
            let each = room.saturating_sub(3) / 2;
            let then = short(then, each);
            let rest = room.saturating_sub(3 + width(&then));
            let now = short(now, rest);
            vec![Span::styled(then, theme.dim()), Span::raw(" → "), Span::raw(now)]
        }
        (None, Some(now)) => vec![Span::raw(short(now, room))],
        (Some(then), None) => {
            let text = format!("was {}", short(then, room.saturating_sub(4)));
            vec![Span::styled(text, theme.dim())]
        }
        (None, None) => Vec::new(),
    }
}

/// A value on one line, with its size when that is not all of it and there is room.
fn short(side: &Side, cells: usize) -> String {
    if side.size == 0 {
        return cut_end("(empty)", cells);
    }
    let text = escape::line(&side.beginning);
    let tail = format!("… {}", size(side.size));
    if side.whole().is_some() || cells < width(&tail) + 8 {
        return cut_end(&text, cells);
    }
    let head = cut_end(&text, cells - width(&tail));
    format!("{}{tail}", head.trim_end_matches('…'))
}
