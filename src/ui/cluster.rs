//! The view of the cluster: one endpoint or member a row, and below what is known of the selected one.
//!
//! ```text
//!   name   endpoint               state     role     etcd    latency   db       raft
//! ● one    http://10.0.0.1:2379   healthy   leader   3.5.9    1.2 ms   25 MiB   3/1,204
//! ○ two    http://10.0.0.2:2379   down               3.5.9
//! ```

use std::time::Duration;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::frame::{self, face, scrollbar};
use super::layout::line;
use super::text::{cut_end, fit, fit_key, number, size, width, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::cluster::{ClusterRow, ClusterView, EndpointHealth, EndpointState, Member, Status};
use crate::app::load::Load;
use crate::app::view::View;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::escape;

/// With fewer cells a row leaves out the raft index and term.
const WIDE: usize = 96;
/// With fewer cells a row leaves out the sizes.
const ROOMY: usize = 84;
/// With fewer cells a row is an endpoint and its state.
const NARROW: usize = 60;
/// Lower than this the list has no heading.
const LOW: u16 = 8;

/// Draws the view and says how many rows its list has.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
    shown: &ClusterView,
) -> PaneSize {
    let mut inner = frame::view(frame, area, app, theme, view, notes(app, theme, shown));
    let rows = app.cluster_rows(shown);
    if rows.is_empty() {
        face(frame, inner, "no endpoint has been heard of yet", theme.dim());
        return PaneSize { width: inner.width, height: inner.height };
    }
    let cells = usize::from(inner.width);
    let columns = Columns::of(&rows, cells);
    if inner.height >= LOW {
        frame.render_widget(Line::styled(columns.heading(), theme.dim()), line(inner, 0));
        inner.y += 1;
        inner.height -= 1;
    }
    // The list gives way to what is known of one of its rows, but keeps some rows.
    let selected = rows.get(shown.cursor.selected).copied();
    let details = selected.map_or(Vec::new(), |row| details(app, theme, shown, row, cells));
    let most = usize::from(inner.height);
    let list = rows.len().min(most.saturating_sub(details.len() + 1).max(most / 2)).max(1);
    let len = rows.len();
    let top = keep_in_view(shown.cursor.top, shown.cursor.selected, list, len);
    for (offset, row) in rows.iter().skip(top).take(list).enumerate() {
        let at = line(inner, offset as u16);
        frame.render_widget(columns.row(app, theme, *row), at);
        if top + offset == shown.cursor.selected {
            frame.buffer_mut().set_style(at, theme.selected());
        }
    }
    scrollbar(frame, area, theme, true, (top, list, len));
    let room = most.saturating_sub(list + 1);
    for (offset, text) in details.into_iter().take(room).enumerate() {
        frame.render_widget(text, line(inner, (list + 1 + offset) as u16));
    }
    PaneSize { width: inner.width, height: list as u16 }
}

/// How many there are, and whether the members could be listed.
fn notes<'a>(app: &App, theme: &Theme, shown: &ClusterView) -> Vec<Span<'a>> {
    let mut notes = Vec::new();
    if let Some((healthy, all)) = app.connection.unhealthy() {
        notes.push(Span::styled(format!("{healthy}/{all} endpoints healthy"), theme.danger()));
    }
    match &shown.members {
        Load::Idle | Load::Loading => notes.push(Span::styled("asking for members", theme.dim())),
        Load::Ready(members) => {
            let s = if members.len() == 1 { "" } else { "s" };
            notes.push(Span::raw(format!("{} member{s}", members.len())));
        }
        Load::Failed(_) => notes.push(Span::styled("members unknown", theme.danger())),
    }
    notes
}

/// How wide the columns are; 0 for those that are left out.
struct Columns {
    name: usize,
    url: usize,
    state: usize,
    role: usize,
    version: usize,
    latency: usize,
    db: usize,
    raft: usize,
}

impl Columns {
    fn of(rows: &[ClusterRow<'_>], cells: usize) -> Columns {
        let widest = |text: &dyn Fn(ClusterRow<'_>) -> String, least: usize| {
            rows.iter().map(|row| width(&text(*row))).max().unwrap_or(0).max(least)
        };
        let mut columns = Columns {
            name: if cells < NARROW { 0 } else { widest(&name, 4).min(16) },
            url: 0,
            state: widest(&|row| state_word(row).to_owned(), 5),
            role: if cells < NARROW { 0 } else { 6 },
            version: if cells < NARROW { 0 } else { widest(&version, 4).min(10) },
            latency: if cells < NARROW { 0 } else { widest(&latency, 7) },
            db: if cells < ROOMY { 0 } else { widest(&db, 4) },
            raft: if cells < WIDE { 0 } else { widest(&raft, 4) },
        };
        let fixed = [columns.name, columns.state, columns.role, columns.version, columns.latency];
        let fixed = fixed.into_iter().chain([columns.db, columns.raft]);
        let used: usize = fixed.filter(|width| *width > 0).map(|width| width + 2).sum();
        let url = widest(&|row| url(row), 8);
        columns.url = url.min(cells.saturating_sub(used + 2));
        columns
    }

    fn heading(&self) -> String {
        let latency = format!("{:>width$}", "latency", width = self.latency);
        let texts = ["name", "endpoint", "state", "role", "etcd", &latency, "db", "raft"];
        let cells = texts.iter().zip(self.widths()).filter(|(_, width)| *width > 0);
        let cells: Vec<String> = cells.map(|(text, width)| fit(text, width)).collect();
        format!("  {}", cells.join("  "))
    }

    fn widths(&self) -> [usize; 8] {
        let Columns { name, url, state, role, version, latency, db, raft } = *self;
        [name, url, state, role, version, latency, db, raft]
    }

    fn row<'a>(&self, app: &App, theme: &Theme, row: ClusterRow<'_>) -> Line<'a> {
        let style = state_style(theme, row);
        let used = matches!(row, ClusterRow::Endpoint(endpoint, _) if endpoint.in_use);
        let mark = if used { "▸" } else { " " };
        let mut spans = vec![Span::styled(mark, theme.strong())];
        let late = format!("{:>width$}", latency(row), width = self.latency);
        let cells = [
            (name(row), Style::new()),
            (url(row), Style::new()),
            (state_word(row).to_owned(), style),
            (role(app, row).to_owned(), theme.good()),
            (version(row), theme.dim()),
            (late, theme.number()),
            (db(row), theme.number()),
            (raft(row), theme.number()),
        ];
        for (at, ((text, style), width)) in cells.into_iter().zip(self.widths()).enumerate() {
            if width > 0 {
                let text = if at < 2 { fit_key(&text, width) } else { fit(&text, width) };
                let gap = if spans.len() == 1 { " " } else { "  " };
                spans.extend([Span::raw(gap), Span::styled(text, style)]);
            }
        }
        Line::from(spans)
    }
}

fn status(row: ClusterRow<'_>) -> Option<&Status> {
    match row {
        ClusterRow::Endpoint(endpoint, _) => endpoint.status.as_ref(),
        ClusterRow::Member(_) => None,
    }
}

fn member(row: ClusterRow<'_>) -> Option<&Member> {
    match row {
        ClusterRow::Endpoint(_, member) => member,
        ClusterRow::Member(member) => Some(member),
    }
}

fn name(row: ClusterRow<'_>) -> String {
    match member(row) {
        Some(member) if member.name.is_empty() => "(not started)".to_owned(),
        Some(member) => escape::message(&member.name),
        None => String::new(),
    }
}

fn url(row: ClusterRow<'_>) -> String {
    match row {
        ClusterRow::Endpoint(endpoint, _) => escape::message(&endpoint.url),
        ClusterRow::Member(member) => {
            escape::message(member.client_urls.first().map_or("", String::as_str))
        }
    }
}

fn state_word(row: ClusterRow<'_>) -> &'static str {
    match row {
        ClusterRow::Endpoint(endpoint, _) => match endpoint.state {
            EndpointState::Unknown => "not heard of",
            EndpointState::Healthy => "healthy",
            EndpointState::NoLeader => "no leader",
            EndpointState::Learner => "learner",
            EndpointState::Down(_) => "down",
            EndpointState::Refused(_) => "refused",
        },
        ClusterRow::Member(_) => "no endpoint",
    }
}

fn state_style(theme: &Theme, row: ClusterRow<'_>) -> Style {
    match row {
        ClusterRow::Endpoint(endpoint, _) => match endpoint.state {
            EndpointState::Unknown | EndpointState::Learner => theme.changed(),
            EndpointState::Healthy => theme.good(),
            EndpointState::NoLeader | EndpointState::Down(_) | EndpointState::Refused(_) => {
                theme.danger()
            }
        },
        ClusterRow::Member(_) => theme.dim(),
    }
}

/// Whether it leads, as the member in use knows it.
fn role(app: &App, row: ClusterRow<'_>) -> &'static str {
    let id = status(row).map(|status| status.member).or(member(row).map(|member| member.id));
    let used = app.connection.in_use().and_then(|endpoint| endpoint.status.as_ref());
    let leader = used.or(app.connection.status.as_ref()).map_or(0, |status| status.leader);
    if id.is_some_and(|id| id == leader && id != 0) { "leader" } else { "" }
}

fn version(row: ClusterRow<'_>) -> String {
    status(row).map_or(String::new(), |status| escape::message(&status.version))
}

fn latency(row: ClusterRow<'_>) -> String {
    match row {
        ClusterRow::Endpoint(EndpointHealth { latency: Some(latency), .. }, _) => {
            time(latency.smoothed)
        }
        ClusterRow::Endpoint(..) | ClusterRow::Member(_) => String::new(),
    }
}

fn db(row: ClusterRow<'_>) -> String {
    status(row).map_or(String::new(), |status| size(bytes(status.db_size)))
}

fn raft(row: ClusterRow<'_>) -> String {
    let text = |status: &Status| format!("{}/{}", status.raft_term, whole(status.raft_index));
    status(row).map_or(String::new(), text)
}

fn time(span: Duration) -> String {
    let millis = span.as_secs_f64() * 1000.0;
    if millis < 100.0 { format!("{millis:.1} ms") } else { format!("{millis:.0} ms") }
}

fn bytes(n: i64) -> usize {
    usize::try_from(n).unwrap_or(0)
}

fn whole(n: u64) -> String {
    number(i64::try_from(n).unwrap_or(i64::MAX))
}

/// What is known of a row, in sentences.
fn details<'a>(
    app: &App,
    theme: &Theme,
    shown: &ClusterView,
    row: ClusterRow<'_>,
    cells: usize,
) -> Vec<Line<'a>> {
    let mut lines: Vec<Line> = Vec::new();
    let mut add = |text: &str, style: Style| {
        lines.extend(wrap(text, cells).into_iter().map(|line| Line::styled(line, style)));
    };
    if let ClusterRow::Endpoint(endpoint, _) = row {
        match &endpoint.state {
            EndpointState::Down(error) | EndpointState::Refused(error) => {
                add(&escape::message(&error.message), theme.danger());
            }
            EndpointState::NoLeader => {
                add("it knows no leader: what needs agreement fails there", theme.danger());
            }
            EndpointState::Learner => {
                add("a learner serves almost nothing until it is promoted", theme.changed());
            }
            EndpointState::Unknown | EndpointState::Healthy => {}
        }
        let last = endpoint.latency.map(|latency| {
            format!("; round trip {}, usually {}", time(latency.last), time(latency.smoothed))
        });
        let used = if endpoint.in_use { "in use" } else { "not in use" };
        add(&format!("{used}{}", last.unwrap_or_default()), Style::new());
    } else {
        add("no endpoint given leads to this member", theme.changed());
    }
    if let Some(status) = status(row) {
        let (all, used) = (bytes(status.db_size), bytes(status.db_size_in_use));
        let share = (used * 100).checked_div(all).unwrap_or(0);
        add(&format!("db {}, {} of it in use ({share}%)", size(all), size(used)), Style::new());
        let furthest = app.connection.endpoints.iter().filter_map(|it| it.status.as_ref());
        let furthest = furthest.map(|status| status.raft_index).max().unwrap_or(0);
        let behind = match furthest.saturating_sub(status.raft_index) {
            // All are asked at the same time, but not in the same moment.
            0..100 => String::new(),
            behind => format!(", {} behind", whole(behind)),
        };
        let index = whole(status.raft_index);
        let revision = number(status.revision.0);
        let text =
            format!("revision {revision}; raft term {}, index {index}{behind}", status.raft_term);
        add(&text, Style::new());
        for alarm in &status.alarms {
            let text =
                format!("alarm {} at member {:x}", escape::message(&alarm.name), alarm.member);
            add(&text, theme.danger());
        }
        for error in &status.errors {
            add(&escape::message(error), theme.danger());
        }
    }
    match member(row) {
        Some(member) => {
            let learner = if member.is_learner { ", a learner" } else { "" };
            add(&format!("member {:x}{learner}", member.id), theme.dim());
            for (who, urls) in [("clients", &member.client_urls), ("peers", &member.peer_urls)] {
                if !urls.is_empty() {
                    add(&format!("{who} at {}", escape::message(&urls.join(" "))), theme.dim());
                }
            }
        }
        None => {
            if let Some(status) = status(row) {
                add(&format!("member {:x}", status.member), theme.dim());
            }
        }
    }
    if let Load::Failed(error) = &shown.members {
        let text = cut_end(&escape::message(&error.to_string()), cells.saturating_mul(3));
        add(&format!("the members cannot be listed: {text}"), theme.danger());
    }
    lines
}
