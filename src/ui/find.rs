//! The view of finding: what is typed, and the keys that match.
//!
//! ```text
//! ┏ Find ━━━━━━━━━━━━━━━━━━━━━━━━━ 412,000 of ~1,000,000 keys, 210,000/s ┓
//! ┃ fuzzy  app name                                       1,204 of 412,000 ┃
//! ┃ /config/app/name                                                       ┃
//! ```

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::frame::{self, face, scrollbar};
use super::hit::marked;
use super::layout::line;
use super::text::{cut_end, cut_start, number, rate, size, width, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::find::{Finder, Start};
use crate::app::view::View;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::access::words;
use crate::domain::escape;
use crate::domain::find::{Fault, IndexState, Mode, Phase};
use crate::keymap::{Action, Context};

/// Draws the view and says how many rows it has.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
) -> PaneSize {
    let finder = &app.finder;
    let mut inner = frame::view(frame, area, app, theme, view, notes(app, theme, finder));
    field(frame, line(inner, 0), app, theme, finder);
    inner = below(inner, 1);
    let cells = usize::from(inner.width);
    if let Some(fault) = &finder.fault {
        let text = fault_text(finder, fault);
        frame.render_widget(Line::styled(cut_end(&text, cells), theme.danger()), line(inner, 0));
        inner = below(inner, 1);
    }
    if let Some((text, bad)) = trouble(app, finder) {
        let style = if bad { theme.danger() } else { theme.changed() };
        let lines = wrap(&escape::message(&text), cells);
        let rows = lines.len().min(usize::from(inner.height).saturating_sub(1)).clamp(1, 3);
        for (offset, text) in lines.into_iter().take(rows).enumerate() {
            frame.render_widget(Line::styled(text, style), line(inner, offset as u16));
        }
        inner = below(inner, rows as u16);
    }
    let (len, height) = (finder.hits.rows.len(), usize::from(inner.height));
    if len == 0 {
        face(frame, inner, &nothing(finder), theme.dim());
    }
    let top = keep_in_view(finder.cursor.top, finder.cursor.selected, height, len);
    for (offset, hit) in finder.hits.rows.iter().skip(top).take(height).enumerate() {
        let at = line(inner, offset as u16);
        let spans = marked(hit.key.as_bytes(), &hit.marks, cells, theme.changed());
        frame.render_widget(Line::from(spans), at);
        if top + offset == finder.cursor.selected {
            frame.buffer_mut().set_style(at, theme.selected());
        }
    }
    scrollbar(frame, area, theme, true, (top, height, len));
    PaneSize { width: inner.width, height: inner.height }
}

fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// The mode, what is typed, and how many keys match.
fn field(frame: &mut Frame, area: Rect, app: &App, theme: &Theme, finder: &Finder) {
    let cells = usize::from(area.width);
    let mode = format!("{:<9}  ", finder.mode.name());
    let found = if finder.index.is_some() { matches(finder, cells) } else { String::new() };
    let room = cells.saturating_sub(width(&mode) + width(&found) + 3);
    let (before, after) = finder.field.split();
    let before = cut_start(&escape::message(before), room);
    let after = cut_end(&escape::message(after), room + 1 - width(&before));
    let used = width(&mode) + width(&before) + width(&after);
    let gap = " ".repeat(cells.saturating_sub(used + width(&found)));
    let x = area.x + (width(&mode) + width(&before)) as u16;
    let spans = vec![
        Span::styled(mode, theme.dim()),
        Span::styled(format!("{before}{after}{gap}"), theme.strong()),
        Span::styled(found, theme.number()),
    ];
    frame.render_widget(Line::from(spans), area);
    if app.dialogs.is_empty() {
        frame.set_cursor_position(Position::new(x.min(area.right().saturating_sub(1)), area.y));
    }
}

/// `1,204 of 412,000`; in less room the first alone.
fn matches(finder: &Finder, cells: usize) -> String {
    let hits = &finder.hits;
    let found = number(hits.matches as i64);
    if cells < 60 { found } else { format!("{found} of {}", number(hits.of as i64)) }
}

/// How far the index is, of what, and where the selection is.
fn notes<'a>(app: &App, theme: &Theme, finder: &Finder) -> Vec<Span<'a>> {
    let mut notes = Vec::new();
    if let Some(index) = &finder.index {
        notes.push(state(theme, index));
        notes.extend(finder.past().map(|revision| {
            Span::styled(format!("at rev {}", number(revision.0)), theme.changed())
        }));
    }
    let (len, matches) = (finder.hits.rows.len(), finder.hits.matches);
    if len > 0 {
        let at = number(finder.cursor.selected as i64 + 1);
        let first = if matches > len as u64 { "first " } else { "" };
        notes.push(Span::raw(format!("{at}/{first}{}", number(len as i64))));
    }
    let scope = match finder.ranges() {
        [] => None,
        [range] if range.as_prefix().is_some_and(|prefix| prefix.is_empty()) => None,
        [range] => Some(words(range)),
        ranges => Some(format!("{} ranges", ranges.len())),
    };
    notes.extend(scope.map(|text| Span::styled(text, theme.dim())));
    if let Some(index) = finder.index.as_ref().filter(|_| app.viewport.view.width >= 100) {
        notes.push(Span::styled(size(index.bytes as usize), theme.dim()));
    }
    notes
}

fn state<'a>(theme: &Theme, index: &IndexState) -> Span<'a> {
    let keys = number(index.keys as i64);
    let whole = |what: &str| format!("{keys} keys {what}");
    let part = format!("{keys} of ~{} keys", number(index.total as i64));
    match &index.phase {
        Phase::Reading => {
            Span::styled(format!("{part}, {}", rate(index.rate).trim_start()), theme.changed())
        }
        Phase::Stopped => Span::styled(format!("{part}, stopped"), theme.changed()),
        Phase::Waiting(_) => Span::styled(format!("{part}, waiting"), theme.danger()),
        Phase::Live => Span::styled(whole("live"), theme.good()),
        Phase::Lost(_) => Span::styled(whole("not live"), theme.danger()),
        Phase::Still(None) => Span::raw(format!("{keys} keys")),
        Phase::Still(Some(_)) => Span::styled(whole("not live"), theme.changed()),
        Phase::Stale(_) => Span::styled(whole("stale"), theme.danger()),
        Phase::Failed(_) => Span::styled("not read".to_owned(), theme.danger()),
    }
}

/// What is to be said of the index at length, and whether it is bad.
fn trouble(app: &App, finder: &Finder) -> Option<(String, bool)> {
    let again = app.keymap.chord_for(Action::Reload, Context::Find);
    let stop = app.keymap.chord_for(Action::JobStop, Context::Find);
    let start = match &finder.start {
        Start::Rests => None,
        Start::Counting => Some(("counting the keys …".to_owned(), false)),
        Start::Asked(total) => {
            let keys = number(*total as i64);
            Some((format!("{keys} keys are not read; {again} asks again"), false))
        }
        Start::Failed(error) => Some((format!("{error} · {again} tries again"), true)),
        Start::Nothing => Some(("no key here may be read (:rights)".to_owned(), true)),
    };
    let index = finder.index.as_ref().filter(|_| start.is_none());
    let phase = index.and_then(|index| match &index.phase {
        Phase::Reading | Phase::Live | Phase::Still(None) => None,
        Phase::Stopped => Some((format!("stopped; {stop} goes on"), false)),
        Phase::Waiting(why) => {
            Some((format!("{why}; it goes on when the connection stands"), true))
        }
        Phase::Lost(why) => {
            Some((format!("true at revision {}, then: {why}", number(index.revision.0)), true))
        }
        Phase::Still(Some(why)) => {
            let at = number(index.revision.0);
            Some((format!("true at revision {at}, not followed: {why}"), false))
        }
        Phase::Stale(why) => Some((format!("{why}; {again} reads all keys anew"), true)),
        Phase::Failed(why) => Some((format!("{why} · {again} tries again"), true)),
    });
    start.or(phase)
}

/// What stands where no key is listed.
fn nothing(finder: &Finder) -> String {
    let Some(index) = &finder.index else { return String::new() };
    match (&index.phase, finder.hits.complete) {
        (Phase::Failed(_), _) => String::new(),
        (_, true) if finder.hits.of == 0 => "there are no keys".to_owned(),
        (_, true) => "no key matches".to_owned(),
        (Phase::Reading | Phase::Stopped | Phase::Waiting(_), false) => {
            "no key that was read so far matches".to_owned()
        }
        (_, false) => String::new(),
    }
}

/// What is wrong with what is typed, and where.
fn fault_text(finder: &Finder, fault: &Fault) -> String {
    let text = finder.field.text();
    let reason = escape::message(&fault.reason);
    let column = text.get(..fault.at.start).map_or(1, |before| before.chars().count() + 1);
    let here =
        text.get(fault.at.clone()).filter(|here| !here.is_empty() && here.len() < text.len());
    let here = here.map(|here| format!(" at “{}”", escape::message(here))).unwrap_or_default();
    let kept =
        if finder.hits.rows.is_empty() { "" } else { "; the keys below are those of before" };
    let what = match finder.mode {
        Mode::Regex => "no regex",
        Mode::Fuzzy | Mode::Substring => "not understood",
    };
    format!("{what}, character {column}{here}: {reason}{kept}")
}
