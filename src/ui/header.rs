//! The first line: where we are connected, and whether that is still true.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use super::text::{cut_end, cut_middle, number, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::connection::Connection;
use crate::app::holding::HoldState;
use crate::domain::escape;

/// The selected key is shown when at least this much of it is.
const KEY: usize = 12;
/// An endpoint is shown when at least this much of it is.
const ENDPOINT: usize = 14;

/// A part of the header, and how soon it gives way when room is short.
struct Part {
    text: String,
    style: Style,
    stays: Stays,
}

/// What is given up first, second and so on; the last ones are cut only by the end of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Stays {
    Name,
    Version,
    User,
    Kept,
    Profile,
    Revision,
    /// Cut in the middle before anything after it is touched.
    Endpoint,
    Always,
}

/// Draws the header.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) {
    let cells = usize::from(area.width);
    let mut parts = parts(app, theme);
    fit(&mut parts, cells.saturating_sub(1));
    let mut spans = vec![Span::raw(" ")];
    let mut room = cells.saturating_sub(1);
    for part in parts {
        let text = cut_end(&part.text, room);
        room = room.saturating_sub(width(&text) + 2);
        spans.extend([Span::styled(text, part.style), Span::raw("  ")]);
    }
    if room > KEY
        && let Some((key, _)) = app.keys.selected_key()
    {
        let key = cut_middle(&key.to_string(), room.saturating_sub(1));
        let gap = room.saturating_sub(width(&key) + 1);
        spans.extend([Span::raw(" ".repeat(gap)), Span::styled(key, theme.dim())]);
    }
    let Some(mark) = &app.settings.production else {
        return frame.render_widget(Line::from(spans), area);
    };
    // One bar in the color of the mark: what other colors would say here is said in words too.
    for span in &mut spans {
        let bold = span.style.add_modifier.contains(Modifier::BOLD);
        span.style = if bold { theme.strong() } else { Style::new() };
    }
    frame.render_widget(Line::from(spans).style(theme.mark(mark.color())), area);
}

/// Gives parts up, in their order, until the rest fits; the endpoint is cut first where that helps.
fn fit(parts: &mut Vec<Part>, cells: usize) {
    let used = |parts: &[Part]| {
        parts.iter().map(|part| width(&part.text) + 2).sum::<usize>().saturating_sub(2)
    };
    let order =
        [Stays::Name, Stays::Version, Stays::User, Stays::Kept, Stays::Profile, Stays::Endpoint];
    for worst in order {
        if used(parts) <= cells {
            return;
        }
        let over = used(parts) - cells;
        let endpoint = parts.iter_mut().find(|part| part.stays == Stays::Endpoint);
        if let Some(part) = endpoint.filter(|_| worst > Stays::Version) {
            let rest = width(&part.text).saturating_sub(over);
            if rest >= ENDPOINT {
                part.text = cut_middle(&part.text, rest);
                return;
            }
        }
        parts.retain(|part| part.stays != worst);
    }
    if used(parts) > cells {
        parts.retain(|part| part.stays != Stays::Revision);
    }
}

fn parts(app: &App, theme: &Theme) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut add = |text: String, style: Style, stays: Stays| {
        if !text.is_empty() {
            parts.push(Part { text, style, stays });
        }
    };
    let status = app.connection.status.as_ref();
    let domain = app.settings.domain.as_ref().map(|domain| format!("SRV {domain}"));
    let configured = app.settings.endpoints.first().or(domain.as_ref());
    let configured = configured.map(String::as_str).unwrap_or_default();
    let used = app.connection.in_use().map(|endpoint| endpoint.url.as_str());
    let endpoint = used.or(status.map(|status| status.endpoint.as_str())).unwrap_or(configured);
    if let Some(mark) = &app.settings.production {
        // First, so that no screen is too narrow for it.
        add(mark.word().to_owned(), theme.strong(), Stays::Always);
    }
    add("etcdeck".to_owned(), theme.strong(), Stays::Name);
    if let Some(profile) = &app.settings.profile {
        add(escape::message(profile), theme.strong(), Stays::Profile);
    }
    if app.settings.demo {
        add("DEMO sandbox".to_owned(), theme.changed(), Stays::Always);
    } else {
        add(escape::message(endpoint), Style::new(), Stays::Endpoint);
    }
    if let Some(status) = status.filter(|status| !status.version.is_empty()) {
        add(format!("etcd {}", escape::message(&status.version)), theme.dim(), Stays::Version);
    }
    let (text, style) = connection(app, theme);
    add(text, style, Stays::Always);
    if let Some((healthy, all)) = app.connection.unhealthy() {
        add(format!("{healthy}/{all} endpoints"), theme.danger(), Stays::Always);
    }
    let alarms = status.map_or(&[][..], |status| &status.alarms);
    if let Some(first) = alarms.first() {
        // Each member raises its own; how many there are is the news, not their names one by one.
        let more = if alarms.len() > 1 { format!(" ×{}", alarms.len()) } else { String::new() };
        let text = format!("ALARM {}{more}", escape::message(&first.name));
        add(text, theme.danger(), Stays::Always);
    }
    if let Some(past) = app.past {
        let text = format!("AT REV {}, READ-ONLY", number(past.revision.0));
        add(text, theme.changed(), Stays::Always);
    } else if app.is_read_only() {
        add("READ-ONLY".to_owned(), theme.changed(), Stays::Always);
    }
    if app.settings.skip_verify {
        add("TLS NOT VERIFIED".to_owned(), theme.danger(), Stays::Always);
    }
    if app.newest.is_some() {
        add(format!("rev {}", number(app.newest.0)), theme.number(), Stays::Revision);
    }
    if let Some(user) = &app.settings.user {
        add(format!("user {}", escape::message(user)), theme.dim(), Stays::User);
    }
    if let Some(text) = super::bulk::in_header(app) {
        add(text, theme.changed(), Stays::Always);
    }
    for holding in app.holdings.all.values() {
        let (state, style) = match &holding.state {
            HoldState::Waiting => ("waiting for", theme.changed()),
            // Nobody can say now whether its key is still there.
            HoldState::Held { .. } if app.connection.is_stale() => ("HELD?", theme.changed()),
            HoldState::Held { .. } => ("HOLDING", theme.good()),
            HoldState::Doubtful { .. } => ("PERHAPS LOST:", theme.danger()),
            HoldState::Releasing => ("giving up", theme.changed()),
        };
        add(format!("{state} {}", holding.hold.name()), style, Stays::Always);
    }
    let kept = app.leases.kept.len();
    if kept > 0 {
        add(format!("keeping {kept} alive"), theme.changed(), Stays::Kept);
    }
    parts
}

/// Whether DNS has yet to tell where the servers are.
fn looks_up(app: &App) -> bool {
    app.settings.endpoints.is_empty() && app.settings.domain.is_some()
}

/// The state of the connection in a word, and when it is tried again.
fn connection(app: &App, theme: &Theme) -> (String, Style) {
    let status = app.connection.status.as_ref();
    match &app.connection.now {
        Connection::Connecting if looks_up(app) => {
            ("○ looking up servers".to_owned(), theme.changed())
        }
        Connection::Connecting => ("○ connecting".to_owned(), theme.changed()),
        Connection::Online if status.is_some_and(|status| status.leader == 0) => {
            ("● no leader".to_owned(), theme.danger())
        }
        Connection::Online if status.is_some_and(|status| status.is_learner) => {
            ("● online (learner)".to_owned(), theme.changed())
        }
        Connection::Online => ("● online".to_owned(), theme.good()),
        Connection::Lost { retry_at, .. } => {
            // What never stood cannot be lost.
            let word = if status.is_some() { "lost" } else { "no connection" };
            let next = match retry_at {
                Some(at) if *at > app.now => {
                    let left = at.saturating_duration_since(app.now).as_millis().div_ceil(1000);
                    format!("next try in {left}s")
                }
                _ => "trying now".to_owned(),
            };
            (format!("○ {word}, {next}"), theme.danger())
        }
        Connection::Denied { .. } => ("○ denied".to_owned(), theme.danger()),
    }
}
