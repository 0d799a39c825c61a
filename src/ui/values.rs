//! The view of a search in values: one key a row, with what stands around the first match.
//!
//! ```text
//!  12 of 5,000 values hold substring “api”, 1.2 MiB read
//!  /config/app/name      1:12      {"name": "api", "port": 80}
//!  /config/app/other     3:1  +2   api: yes
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::{self, face, failed, scrollbar};
use super::hit::marked;
use super::layout::line;
use super::text::{cut_end, fit, fit_key, number, size};
use super::theme::Theme;
use crate::app::App;
use crate::app::find::found::{Stage, ValuesView};
use crate::app::view::View;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::escape;
use crate::domain::find::{COUNTED, ValueHit};

/// Draws the view and says how many rows it has.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
    shown: &ValuesView,
) -> PaneSize {
    let mut inner = frame::view(frame, area, app, theme, view, notes(theme, shown));
    let size = |inner: Rect| PaneSize { width: inner.width, height: inner.height };
    let cells = usize::from(inner.width);
    frame.render_widget(Line::styled(cut_end(&totals(shown), cells), theme.dim()), line(inner, 0));
    inner.y += 1;
    inner.height = inner.height.saturating_sub(1);
    let text = match &shown.stage {
        Stage::Failed(error) if shown.hits.is_empty() => {
            failed(frame, inner, app, theme, &error.to_string());
            return size(inner);
        }
        Stage::Failed(error) | Stage::Waiting(error) => Some(escape::message(&error.to_string())),
        Stage::Fault(fault) => Some(format!("no regex: {}", escape::message(&fault.reason))),
        Stage::Nothing => Some("no key here may be read (:rights)".to_owned()),
        Stage::Counting | Stage::Asked(_) | Stage::Looking | Stage::Stopped | Stage::Ended => None,
    };
    if let Some(text) = text {
        let text = cut_end(&text, cells);
        frame.render_widget(Line::styled(text, theme.danger()), line(inner, 0));
        inner.y += 1;
        inner.height = inner.height.saturating_sub(1);
    }
    if shown.hits.is_empty() && shown.stage == Stage::Ended {
        face(frame, inner, "no value holds it", theme.dim());
    }
    let (len, height) = (shown.hits.len(), usize::from(inner.height));
    let top = keep_in_view(shown.cursor.top, shown.cursor.selected, height, len);
    for (offset, hit) in shown.hits.iter().skip(top).take(height).enumerate() {
        let at = line(inner, offset as u16);
        frame.render_widget(row(theme, hit, cells), at);
        if top + offset == shown.cursor.selected {
            frame.buffer_mut().set_style(at, theme.selected());
        }
    }
    scrollbar(frame, area, theme, true, (top, height, len));
    size(inner)
}

/// What it does, where the selection is, of which keys, and as of when.
fn notes<'a>(theme: &Theme, shown: &ValuesView) -> Vec<Span<'a>> {
    let stage = match shown.stage {
        Stage::Counting => Span::styled("counting the keys …", theme.changed()),
        Stage::Asked(_) => Span::styled("not read", theme.changed()),
        Stage::Looking => Span::styled("reading …", theme.changed()),
        Stage::Waiting(_) => Span::styled("waits for the connection", theme.danger()),
        Stage::Stopped => Span::styled("stopped", theme.changed()),
        Stage::Ended => Span::styled("all read", theme.good()),
        Stage::Fault(_) | Stage::Failed(_) | Stage::Nothing => {
            Span::styled("not read", theme.danger())
        }
    };
    let mut notes = vec![stage];
    let (len, matches) = (shown.hits.len(), shown.searched.matches);
    if len > 0 {
        let at = number(shown.cursor.selected as i64 + 1);
        let first = if matches > len as u64 { "first " } else { "" };
        notes.push(Span::raw(format!("{at}/{first}{}", number(len as i64))));
    }
    if shown.searched.revision.is_some() {
        let text = format!("rev {}", number(shown.searched.revision.0));
        notes.push(Span::styled(text, theme.number()));
    }
    let prefix =
        if shown.prefix.is_empty() { "all keys".to_owned() } else { shown.prefix.to_string() };
    notes.push(Span::styled(prefix, theme.dim()));
    notes
}

/// How many values hold it, of how many.
fn totals(shown: &ValuesView) -> String {
    let searched = shown.searched;
    let keys = number(searched.keys as i64);
    let of = if searched.keys < searched.total {
        format!("{keys} of {}", number(searched.total as i64))
    } else {
        keys
    };
    format!(
        "{} of {of} values hold {}, {} read",
        number(searched.matches as i64),
        shown.what(),
        size(searched.bytes as usize)
    )
}

fn row<'a>(theme: &Theme, hit: &ValueHit, cells: usize) -> Line<'a> {
    let key = (cells * 2 / 5).clamp(cells.min(12), 60);
    let place = format!("line {}", number(hit.line as i64));
    let more = match hit.matches {
        ..=1 => String::new(),
        matches => {
            let or_more = if matches < COUNTED { "" } else { "+" };
            format!("×{}{or_more}", number(matches as i64))
        }
    };
    let mut spans = vec![Span::raw(fit_key(&hit.key.to_string(), key)), Span::raw("  ")];
    if cells >= 60 {
        spans.push(Span::styled(fit(&place, 10), theme.dim()));
        spans.push(Span::styled(fit(&more, 8), theme.number()));
    }
    let used: usize = spans.iter().map(Span::width).sum();
    let mut room = cells.saturating_sub(used);
    if hit.cut.0 && room > 1 {
        spans.push(Span::styled("…", theme.dim()));
        room -= 1;
    }
    let tail = usize::from(hit.cut.1 && room > 1);
    let excerpt = start_at_mark(hit, room - tail.min(room));
    spans.extend(marked(excerpt.0, &[excerpt.1], room - tail, theme.changed()));
    if tail > 0 {
        spans.push(Span::styled("…", theme.dim()));
    }
    Line::from(spans)
}

/// As much of the excerpt as has room, with the match in it.
fn start_at_mark(hit: &ValueHit, room: usize) -> (&[u8], std::ops::Range<usize>) {
    let bytes = hit.excerpt.as_slice();
    let escaped = |bytes: &[u8]| super::text::width(&escape::line(bytes));
    if escaped(bytes) <= room {
        return (bytes, hit.mark.clone());
    }
    // A little of what stands before it, then as much as goes.
    let mut from = 0;
    while from < hit.mark.start && escaped(&bytes[from..hit.mark.end]) > room.max(8) * 2 / 3 {
        from += 1;
    }
    while from < hit.mark.start && bytes[from] & 0xc0 == 0x80 {
        from += 1;
    }
    let mut used = 0;
    let fits = escape::glyphs(&bytes[from..]).take_while(|glyph| {
        used += glyph.columns() + usize::from(*glyph == escape::Glyph::Plain("\\"));
        used <= room
    });
    let end = from + fits.map(escape::Glyph::bytes).sum::<usize>();
    (&bytes[from..end], hit.mark.start - from..hit.mark.end.min(end).max(hit.mark.start) - from)
}
