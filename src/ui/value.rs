//! The Value pane: what the selected key holds, or why nothing is shown.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::{face, failed, pane, past_notes, scrollbar};
use super::layout::line;
use super::text::{cut_end, cut_middle, number, short_lease, size, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::load::Load;
use crate::app::pane::Pane;
use crate::app::viewport::PaneSize;
use crate::domain::tree::{Level, NodeId};
use crate::domain::value::{self, Found, View};
use crate::domain::{Entry, escape};

/// Lines above the value: the key, and its revisions.
const HEAD: u16 = 2;

/// Draws the pane and says how many rows it has for the value.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) -> PaneSize {
    if let Some(draft) = &app.value.edit {
        return super::edit::render(frame, area, app, theme, draft);
    }
    let rows = app.value.rows();
    let json_error = app.value.view.as_ref().and_then(View::json_error);
    let head = HEAD + u16::from(json_error.is_some());
    let height = usize::from(area.height.saturating_sub(2 + head));
    let mut notes = past_notes(app, theme);
    notes.extend(app.value.found.as_ref().map(|found| match found.number() {
        0 => Span::styled("not found", theme.danger()),
        at => {
            let (at, all) = (number(at as i64), number(found.len() as i64));
            Span::styled(format!("{at} of {all}"), theme.changed())
        }
    }));
    if rows > height {
        let last = (app.value.top + height).min(rows) as i64;
        let first = number(app.value.top as i64 + 1);
        notes.push(Span::raw(format!("{first}-{}/{}", number(last), number(rows as i64))));
    }
    let inner = pane(frame, area, app, theme, Pane::Value, notes);
    let below = |lines: u16| Rect {
        y: inner.y + lines.min(inner.height),
        height: inner.height.saturating_sub(lines),
        ..inner
    };
    let body = below(head);
    let body_size = PaneSize { width: inner.width, height: body.height };
    // What stands below the root when nothing is listed there is no directory to tell of.
    let row = app.keys.selected_row();
    let nothing = row.is_some_and(|row| row.node() == NodeId::ROOT);
    let Some((key, is_dir)) = app.value.key.as_ref().filter(|_| !nothing) else {
        face(frame, inner, "nothing selected", theme.dim());
        return body_size;
    };
    let title = cut_middle(&key.to_string(), usize::from(inner.width));
    if *is_dir {
        frame.render_widget(Line::styled(title, theme.strong()), line(inner, 0));
        prefix(frame, below(1), app, theme);
        return body_size;
    }
    if let Load::Ready(Some(entry)) = &app.value.entry {
        self::head(frame, inner, app, theme, entry);
        if let Some(error) = json_error {
            let text = format!("not JSON: {}", escape::message(&error.to_string()));
            let text = cut_end(&text, usize::from(inner.width));
            frame.render_widget(Line::styled(text, theme.danger()), line(inner, HEAD));
        }
        match &app.value.view {
            Some(view) => {
                rows_of(frame, body, app, theme, view);
                let shown = (app.value.top, usize::from(body.height), rows);
                scrollbar(frame, area, theme, app.focus == Pane::Value, shown);
            }
            None => face(frame, body, "laying out …", theme.dim()),
        }
        return body_size;
    }
    frame.render_widget(Line::styled(title, theme.strong()), line(inner, 0));
    match &app.value.entry {
        Load::Failed(error) => failed(frame, below(1), app, theme, &error.to_string()),
        Load::Ready(_) if app.past.is_some() => {
            face(frame, below(1), "this key did not exist then", theme.dim());
        }
        Load::Ready(_) => face(frame, below(1), "this key does not exist (any more)", theme.dim()),
        Load::Idle | Load::Loading => face(frame, below(1), "loading …", theme.dim()),
    }
    body_size
}

/// What is known of a directory, below its name.
fn prefix(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) {
    let row = app.keys.selected_row();
    let dir = row.and_then(|row| app.keys.tree.dir(row.node()));
    if let Some(Level::Failed(reason)) = dir.map(|dir| &dir.level) {
        return failed(frame, area, app, theme, reason);
    }
    let text = match dir.and_then(|dir| dir.count) {
        Some(1) => "prefix, 1 key".to_owned(),
        Some(count) => format!("prefix, {} keys", number(count)),
        None if app.connection.is_stale() => "prefix, not counted yet".to_owned(),
        None => "prefix, counting …".to_owned(),
    };
    frame.render_widget(Line::styled(text, theme.dim()), line(area, 0));
}

/// The key with kind and size; revisions, version and lease.
fn head(frame: &mut Frame, inner: Rect, app: &App, theme: &Theme, entry: &Entry) {
    let cells = usize::from(inner.width);
    let view = app.value.view.as_ref();
    let kind = view.map_or("", |view| view.kind().name());
    let shown = view.map_or("", |view| view.rendering().name());
    let shown = if shown == kind { String::new() } else { format!(" as {shown}") };
    let tail = format!("{kind}{shown} {}", size(entry.value.len()));
    let key = cut_middle(&entry.key.to_string(), cells.saturating_sub(width(&tail) + 2));
    let gap = " ".repeat(cells.saturating_sub(width(&key) + width(&tail)));
    let first = Line::from(vec![
        Span::styled(key, theme.strong()),
        Span::raw(gap),
        Span::styled(tail, theme.dim()),
    ]);
    frame.render_widget(first, line(inner, 0));
    frame.render_widget(revisions(app, theme, entry), line(inner, 1));
}

/// `rev 1203  created 17  version 9  lease 694d…2a1f 58s`
pub(super) fn revisions<'a>(app: &App, theme: &Theme, entry: &Entry) -> Line<'a> {
    let mut spans = vec![
        Span::styled("rev ", theme.dim()),
        Span::styled(number(entry.mod_revision.0), theme.number()),
        Span::styled("  created ", theme.dim()),
        Span::styled(number(entry.create_revision.0), theme.number()),
        Span::styled("  version ", theme.dim()),
        Span::styled(number(entry.version.0), theme.number()),
    ];
    if entry.lease.is_some() {
        let left = app.leases.reading(entry.lease).map(|reading| reading.left(app.now));
        let left = left.map(super::text::seconds).unwrap_or_default();
        spans.push(Span::styled("  lease ", theme.dim()));
        spans.push(Span::raw(format!("{} {left}", short_lease(&entry.lease.to_string()))));
    }
    Line::from(spans)
}

fn rows_of(frame: &mut Frame, area: Rect, app: &App, theme: &Theme, view: &View) {
    if view.is_empty() {
        return face(frame, area, "(empty value)", theme.dim());
    }
    let found = app.value.found.as_ref();
    for (offset, row) in (app.value.top..view.len()).take(usize::from(area.height)).enumerate() {
        frame.render_widget(spans(theme, view, row, found), line(area, offset as u16));
    }
}

/// One row of a value with its colors, and with what was found in it.
pub(super) fn spans<'a>(theme: &Theme, view: &View, row: usize, found: Option<&Found>) -> Line<'a> {
    let styled = |span: value::Span| {
        Span::styled(span.text, theme.found(theme.class(span.class), span.found))
    };
    Line::from(view.marked_row(row, found).into_iter().map(styled).collect::<Vec<_>>())
}
