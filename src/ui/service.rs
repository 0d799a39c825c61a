//! The view of services: one instance a row, below the service it belongs to.
//!
//! ```text
//!  api                                     2 of 3 up
//!    ● i-1       10.0.2.21:8080            alive   58s of 1m         here
//!    ● i-2       10.0.2.22:8080            late    12s of 1m         up 9s ago
//!    ○ i-3       10.0.2.23:8080            down                      down 4s ago  flapping, 5 times up
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::frame::{self, face, failed, scrollbar};
use super::layout::line;
use super::text::{cut_end, fit, fit_key, number, seconds, span, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::follow::MARKED;
use crate::app::holding::HoldState;
use crate::app::load::Load;
use crate::app::service::{Following, ServiceRow, ServicesView};
use crate::app::view::View;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::escape;
use crate::domain::service::{FLAP_WINDOW, Health, Instance};

/// Draws the view and says how many rows it has.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
    shown: &ServicesView,
) -> PaneSize {
    let inner = frame::view(frame, area, app, theme, view, notes(theme, shown));
    match &shown.services {
        Load::Idle | Load::Loading => face(frame, inner, "reading the services …", theme.dim()),
        Load::Failed(error) => failed(frame, inner, app, theme, &error.to_string()),
        Load::Ready(_) if shown.rows.is_empty() && shown.filter.is_some() => {
            face(frame, inner, "no instance has the filter's text; Esc drops it", theme.dim());
        }
        Load::Ready(_) if shown.rows.is_empty() => {
            let n = if app.is_read_only() { "" } else { "; n registers one" };
            let text = format!("no services below {}{n}", shown.prefix);
            face(frame, inner, &text, theme.dim());
        }
        Load::Ready(_) => {
            let (cursor, height) = (shown.cursor, usize::from(inner.height));
            let len = shown.rows.len();
            let top = keep_in_view(cursor.top, cursor.selected, height, len);
            for (offset, row) in shown.rows.iter().skip(top).take(height).enumerate() {
                let at = line(inner, offset as u16);
                let cells = usize::from(inner.width);
                let text = match row {
                    ServiceRow::Service { name, up, all } => heading(theme, name, *up, *all, cells),
                    ServiceRow::Instance { instance, .. } => {
                        instance_line(app, theme, shown, instance, cells)
                    }
                };
                frame.render_widget(text, at);
                if top + offset == cursor.selected {
                    frame.buffer_mut().set_style(at, theme.selected());
                }
            }
            scrollbar(frame, area, theme, true, (top, height, len));
        }
    }
    PaneSize { width: inner.width, height: inner.height }
}

/// Where the selection is, whether it is live, and what is shown.
fn notes<'a>(theme: &Theme, shown: &ServicesView) -> Vec<Span<'a>> {
    let mut notes = Vec::new();
    if !shown.rows.is_empty() {
        let at = number(shown.cursor.selected as i64 + 1);
        notes.push(Span::raw(format!("{at}/{}", number(shown.rows.len() as i64))));
    }
    match &shown.follow {
        Following::Off | Following::Lost => {}
        Following::Live => notes.push(Span::styled("live", theme.good())),
        Following::Refused(error) => {
            let reason = escape::message(&error.message);
            notes.push(Span::styled(format!("not followed: {reason}"), theme.danger()));
        }
    }
    if shown.cut {
        notes.push(Span::styled("only the first 20,000 keys", theme.danger()));
    }
    if let Some(error) = &shown.unreadable {
        let reason = escape::message(&error.message);
        notes.push(Span::styled(format!("leases not read: {reason}"), theme.danger()));
    }
    notes.push(Span::styled(shown.prefix.to_string(), theme.dim()));
    notes
}

fn heading<'a>(
    theme: &Theme,
    name: &crate::domain::Key,
    up: usize,
    all: usize,
    cells: usize,
) -> Line<'a> {
    let style = if up == 0 { theme.danger() } else { theme.number() };
    let text = format!("{} of {} up", number(up as i64), number(all as i64));
    let room = cells.saturating_sub(width(&text) + 2);
    let name = fit_key(&name.to_string(), (cells * 11 / 20).min(room));
    Line::from(vec![Span::styled(name, theme.directory()), Span::styled(text, style)])
}

/// What a narrow view leaves out: what was granted, then what happened to it.
fn instance_line<'a>(
    app: &App,
    theme: &Theme,
    shown: &ServicesView,
    instance: &Instance,
    cells: usize,
) -> Line<'a> {
    let (mark, style) =
        if instance.is_up() { ("●", theme.good()) } else { ("○", theme.danger()) };
    let id = (cells / 5).clamp(8, 32);
    let endpoint = (cells * 11 / 20).saturating_sub(id + 6).clamp(8, 60);
    let mut spans = vec![
        Span::styled(format!("  {mark} "), style),
        Span::raw(fit_key(&instance.id.to_string(), id)),
        Span::raw("  "),
        Span::raw(fit(&beginning(&instance.endpoint, endpoint), endpoint)),
        Span::raw("  "),
    ];
    spans.extend(health(app, theme, shown, instance, cells));
    for (text, style) in story(app, theme, instance) {
        let used: usize = spans.iter().map(Span::width).sum();
        let room = cells.saturating_sub(used + 2);
        if room >= width(&text).min(8) {
            spans.push(Span::styled(format!("  {}", cut_end(&text, room)), style));
        }
    }
    Line::from(spans)
}

/// A value on one line, as much as fits; it may be of any length.
fn beginning(value: &[u8], cells: usize) -> String {
    // No character is shown in fewer cells than a quarter of its bytes.
    cut_end(&escape::line(&value[..value.len().min(cells * 4 + 4)]), cells)
}

/// `alive   58s of 1m`
fn health<'a>(
    app: &App,
    theme: &Theme,
    shown: &ServicesView,
    instance: &Instance,
    cells: usize,
) -> Vec<Span<'a>> {
    let (word, style) = match shown.health(instance) {
        Health::Good { .. } => ("alive", theme.good()),
        Health::Late { .. } => ("late", theme.danger()),
        Health::Ended => ("lease ended", theme.danger()),
        Health::Down => ("down", theme.danger()),
        Health::Unleased => ("no lease", theme.changed()),
        Health::Unknown => ("…", theme.dim()),
    };
    let reading = shown.reading(instance).filter(|_| instance.is_up());
    let Some(reading) = reading else {
        let room = if cells >= 76 { 22 } else { 13 };
        return vec![Span::styled(fit(word, room), style)];
    };
    let left = seconds(reading.left(app.now));
    let mut spans = vec![
        Span::styled(format!("{word:<5}"), style),
        Span::styled(format!(" {left:>7}"), Style::new()),
    ];
    if cells >= 76 {
        spans.push(Span::styled(format!(" of {:<5}", span(reading.granted)), theme.dim()));
    }
    spans
}

/// Whose it is, and what happened to it, the most important first.
fn story(app: &App, theme: &Theme, instance: &Instance) -> Vec<(String, Style)> {
    let mut story = Vec::new();
    match app.registration(&instance.key).map(|holding| &holding.state) {
        None => {}
        Some(HoldState::Waiting) => story.push(("registering".to_owned(), theme.changed())),
        Some(HoldState::Held { lease, .. }) if *lease == instance.lease => {
            story.push(("here".to_owned(), theme.good()));
        }
        Some(HoldState::Held { .. }) => {
            story.push(("here, on another lease".to_owned(), theme.changed()));
        }
        Some(HoldState::Doubtful { reason, .. }) => {
            story.push((format!("here: {}", escape::message(reason)), theme.danger()));
        }
        Some(HoldState::Releasing) => {
            story.push(("here, being taken out".to_owned(), theme.changed()));
        }
    }
    if instance.is_flapping(app.now) {
        let minutes = FLAP_WINDOW.as_secs() / 60;
        let text = format!("flapping, {} times up in {minutes}m", instance.ups(app.now));
        story.push((text, theme.danger()));
    }
    if let Some(since) = instance.since {
        let ago = app.now.saturating_duration_since(since);
        let style = if ago < MARKED { theme.changed() } else { theme.dim() };
        let what = if instance.is_up() { "up" } else { "down" };
        story.push((format!("{what} {} ago", seconds(ago.as_secs() as i64)), style));
    }
    story
}
