//! The first line: where we are connected, and whether that is still true.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::text::{cut_end, cut_middle, number, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::connection::Connection;
use crate::domain::escape;

/// A part of the header, and how soon it gives way when room is short (0: never).
struct Part {
    text: String,
    style: Style,
    gives_way: u8,
}

/// Draws the header.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) {
    let cells = usize::from(area.width);
    let mut parts = parts(app, theme);
    let used = |parts: &[Part]| parts.iter().map(|part| width(&part.text) + 2).sum::<usize>();
    while used(&parts) > cells {
        let worst = parts.iter().map(|part| part.gives_way).max().unwrap_or(0);
        if worst == 0 {
            break;
        }
        parts.retain(|part| part.gives_way < worst);
    }
    let mut spans = vec![Span::raw(" ")];
    let mut room = cells.saturating_sub(1);
    for part in parts {
        let text = cut_end(&part.text, room);
        room = room.saturating_sub(width(&text) + 2);
        spans.extend([Span::styled(text, part.style), Span::raw("  ")]);
    }
    if room > 6
        && let Some((key, _)) = app.keys.selected_key()
    {
        let key = cut_middle(&key.to_string(), room.saturating_sub(1));
        let gap = room.saturating_sub(width(&key) + 1);
        spans.extend([Span::raw(" ".repeat(gap)), Span::styled(key, theme.dim())]);
    }
    frame.render_widget(Line::from(spans), area);
}

fn parts(app: &App, theme: &Theme) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut add = |text: String, style: Style, gives_way: u8| {
        if !text.is_empty() {
            parts.push(Part { text, style, gives_way });
        }
    };
    let status = app.connection.status.as_ref();
    let configured = app.settings.endpoints.first().map(String::as_str).unwrap_or_default();
    let endpoint = status.map_or(configured, |status| &status.endpoint);
    add("etcdeck".to_owned(), theme.strong(), 6);
    if app.settings.demo {
        add("DEMO sandbox".to_owned(), theme.changed(), 0);
    } else {
        add(escape::message(endpoint), Style::new(), 3);
    }
    if let Some(status) = status.filter(|status| !status.version.is_empty()) {
        add(format!("etcd {}", escape::message(&status.version)), theme.dim(), 5);
    }
    let (text, style) = connection(app, theme);
    add(text, style, 0);
    for alarm in status.iter().flat_map(|status| &status.alarms) {
        add(format!("ALARM {}", escape::message(&alarm.name)), theme.danger(), 0);
    }
    if app.is_read_only() {
        add("READ-ONLY".to_owned(), theme.changed(), 0);
    }
    if app.settings.skip_verify {
        add("TLS NOT VERIFIED".to_owned(), theme.danger(), 0);
    }
    if app.newest.is_some() {
        add(format!("rev {}", number(app.newest.0)), theme.number(), 2);
    }
    if let Some(user) = &app.settings.user {
        add(format!("user {}", escape::message(user)), theme.dim(), 4);
    }
    let kept = app.leases.kept.len();
    if kept > 0 {
        add(format!("keeping {kept} alive"), theme.changed(), 1);
    }
    parts
}

/// The state of the connection in a word, and when it is tried again.
fn connection(app: &App, theme: &Theme) -> (String, Style) {
    let status = app.connection.status.as_ref();
    match &app.connection.now {
        Connection::Connecting => ("○ connecting".to_owned(), theme.changed()),
        Connection::Online if status.is_some_and(|status| status.leader == 0) => {
            ("● no leader".to_owned(), theme.danger())
        }
        Connection::Online if status.is_some_and(|status| status.is_learner) => {
            ("● online (learner)".to_owned(), theme.changed())
        }
        Connection::Online => ("● online".to_owned(), theme.good()),
        Connection::Lost { retry_at: None, .. } => {
            ("○ lost, trying now".to_owned(), theme.danger())
        }
        Connection::Lost { retry_at: Some(at), .. } => {
            let left = at.saturating_duration_since(app.now).as_millis().div_ceil(1000);
            (format!("○ lost, next try in {left}s"), theme.danger())
        }
        Connection::Denied { .. } => ("○ denied".to_owned(), theme.danger()),
    }
}
