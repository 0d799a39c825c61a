//! The view of locks and elections: queues and their members, one member a row.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::frame::{self, face, failed, scrollbar};
use super::layout::line;
use super::text::{cut_end, cut_middle, fit, number, seconds, short_lease, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::follow::Follow;
use crate::app::holding::HoldState;
use crate::app::load::Load;
use crate::app::queue::{QueuesView, Row, Standing, standing};
use crate::app::view::View;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::escape;
use crate::domain::queue::{Coverage, Member, Queue, QueueKind};

/// With fewer cells a row leaves the revision and the whole lease ID out.
const ROOMY: u16 = 70;
/// With so many the whole lease ID is shown.
const WIDE: u16 = 100;
/// Lower than this the list has no heading.
const LOW: u16 = 6;
/// Of a value so many bytes at most are looked at for a row.
const VALUE: usize = 400;

/// Draws the view and says how many rows it has.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
    shown: &QueuesView,
) -> PaneSize {
    let rows = shown.rows();
    let mut inner = frame::view(frame, area, app, theme, view, notes(shown, rows.len(), theme));
    match &shown.found {
        Load::Idle | Load::Loading => {
            let progress = shown.progress().unwrap_or_else(|| "reading".to_owned());
            face(frame, inner, &format!("{progress} …"), theme.dim());
        }
        Load::Failed(error) => failed(frame, inner, app, theme, &error.to_string()),
        Load::Ready(all) if all.is_empty() => {
            face(frame, inner, &empty(app, shown), theme.dim());
        }
        Load::Ready(_) if rows.is_empty() => {
            face(frame, inner, "nothing has the filter's text; Esc drops it", theme.dim());
        }
        Load::Ready(_) => {
            if inner.height >= LOW {
                frame.render_widget(heading(shown.kind, theme, inner.width), line(inner, 0));
                inner.y += 1;
                inner.height -= 1;
            }
            let height = usize::from(inner.height);
            let cursor = shown.cursor;
            let top = keep_in_view(cursor.top, cursor.selected, height, rows.len());
            let in_view = rows.iter().enumerate().skip(top).take(height);
            for (offset, (index, row)) in in_view.enumerate() {
                let at = line(inner, offset as u16);
                let text = match row {
                    Row::Queue(queue) => queue_line(app, theme, shown.kind, queue, inner.width),
                    Row::Member(queue, place, member) => {
                        Cells { app, theme, shown, width: inner.width }
                            .member(queue, *place, member)
                    }
                };
                frame.render_widget(text, at);
                if index == cursor.selected {
                    frame.buffer_mut().set_style(at, theme.selected());
                }
            }
            scrollbar(frame, area, theme, true, (top, height, rows.len()));
        }
    }
    PaneSize { width: inner.width, height: inner.height }
}

fn notes<'a>(shown: &QueuesView, rows: usize, theme: &Theme) -> Vec<Span<'a>> {
    let mut notes = Vec::new();
    if rows > 0 {
        notes.push(Span::raw(format!("{}/{}", shown.cursor.selected + 1, number(rows as i64))));
    }
    match &shown.follow {
        Follow::Refused(_) => notes.push(Span::styled("not followed: R reads", theme.danger())),
        Follow::Lost => notes.push(Span::styled("not followed now", theme.danger())),
        Follow::Off | Follow::Starting | Follow::Live => {}
    }
    if let (Load::Ready(_), Some(progress)) = (&shown.found, shown.progress()) {
        notes.push(Span::styled(progress, theme.dim()));
    }
    let scope = if shown.prefix.is_empty() {
        "everywhere".to_owned()
    } else {
        format!("under {}", cut_middle(&shown.prefix.to_string(), 30))
    };
    notes.push(Span::styled(scope, theme.dim()));
    notes
}

fn empty(app: &App, shown: &QueuesView) -> String {
    let (what, action) = match shown.kind {
        QueueKind::Lock => ("nobody holds or waits for a lock", "n takes one"),
        QueueKind::Election => ("there is no candidate in any election", "n makes one of you"),
    };
    let place =
        if shown.prefix.is_empty() { String::new() } else { format!(" under {}", shown.prefix) };
    let action = if app.is_read_only() { String::new() } else { format!("; {action}") };
    format!("{what}{place}{action}")
}

fn heading<'a>(kind: QueueKind, theme: &Theme, cells: u16) -> Line<'a> {
    let lease = fit("lease", lease_width(cells));
    let value = if kind == QueueKind::Election { "value" } else { "" };
    let revision = if cells >= ROOMY { format!("{:>12}", "since rev") } else { String::new() };
    let text = format!("{:18}{lease}{:>8} {revision}{:>8}  {value}", "", "TTL", "for");
    Line::styled(text, theme.dim())
}

fn lease_width(cells: u16) -> usize {
    if cells >= WIDE { 16 } else { 9 }
}

/// `/locks/migrate  1 holds, 2 wait  held up by those of /locks`
fn queue_line<'a>(
    app: &App,
    theme: &Theme,
    kind: QueueKind,
    queue: &Queue,
    cells: u16,
) -> Line<'a> {
    let (lock, waiting) = (kind == QueueKind::Lock, number(queue.waiters().len() as i64));
    let known = queue.coverage == Coverage::Whole && !app.connection.is_stale();
    let counts = match (queue.holder().is_some(), lock) {
        _ if !known => format!("{} queued", number(queue.members.len() as i64)),
        (true, true) => format!("held, {waiting} waiting"),
        (true, false) => format!("led, {waiting} behind"),
        (false, true) => format!("not held, {waiting} waiting"),
        (false, false) => format!("not led, {waiting} candidates"),
    };
    let mut warnings = Vec::new();
    if let Some(blocker) = queue.blocker() {
        warnings.push(format!("HELD UP by {}", blocker.key));
    } else if queue.stranger_count > 0 {
        let keys = if queue.stranger_count == 1 { "other key" } else { "other keys" };
        warnings.push(format!("{} {keys} under it", number(queue.stranger_count as i64)));
    }
    if let Some(outer) = &queue.nested_in {
        warnings.push(format!("nested in {outer}: each holds the other up"));
    }
    if queue.coverage == Coverage::Part {
        warnings.push("not all keys under it were read".to_owned());
    }
    if kind == QueueKind::Lock && queue.kind == QueueKind::Election {
        warnings.push("with values: perhaps an election".to_owned());
    }
    if kind == QueueKind::Election && queue.members.iter().any(|member| member.value.is_empty()) {
        warnings.push("with empty values: perhaps a lock".to_owned());
    }
    let counts_room = width(&counts) + 2;
    let room = usize::from(cells).saturating_sub(counts_room).max(8);
    let name = match queue.name.to_string() {
        name if name.is_empty() => "(no name)".to_owned(),
        name => cut_middle(&name, room),
    };
    let left = usize::from(cells).saturating_sub(width(&name) + counts_room + 2);
    let warnings = cut_end(&warnings.join("; "), left);
    Line::from(vec![
        Span::styled(name, theme.directory()),
        Span::styled(format!("  {counts}"), theme.number()),
        Span::styled(format!("  {warnings}"), theme.changed()),
    ])
}

/// What a member's row is made with.
struct Cells<'a> {
    app: &'a App,
    theme: &'a Theme,
    shown: &'a QueuesView,
    width: u16,
}

impl Cells<'_> {
    /// `  holds     here  694d…4a1f     58s        1,203  2m 5s  value`
    fn member<'b>(&self, queue: &Queue, place: usize, member: &Member) -> Line<'b> {
        let since = self.shown.since(&Row::Member(queue, place, member));
        let since = since.map(|at| self.app.now.saturating_duration_since(at).as_secs());
        let since = since.map(|since| seconds(since.cast_signed())).unwrap_or_default();
        let theme = self.theme;
        let (word, style) = self.standing(standing(queue, place));
        let (here, here_style) = self.here(queue, member);
        let lease = member.lease.to_string();
        let cells = lease_width(self.width);
        let lease = if cells < 16 { short_lease(&lease) } else { lease };
        let (left, left_style) = self.left(member);
        let mut spans = vec![
            Span::styled(format!("  {}", fit(&word, 9)), style),
            Span::styled(fit(here, 7), here_style),
            Span::styled(fit(&lease, cells), theme.dim()),
            Span::styled(format!("{left:>9}"), left_style),
        ];
        if self.width >= ROOMY {
            let revision = format!("{:>12}", number(member.since.0));
            spans.push(Span::styled(revision, theme.number()));
        }
        spans.push(Span::raw(format!("{since:>8}")));
        let used: usize = spans.iter().map(Span::width).sum();
        let room = usize::from(self.width).saturating_sub(used + 2);
        let value = &member.value[..member.value.len().min(VALUE)];
        spans.push(Span::raw(format!("  {}", cut_end(&escape::line(value), room))));
        Line::from(spans)
    }

    /// How it stands, in a word; a question while nobody can say.
    fn standing(&self, stands: Standing) -> (String, Style) {
        let lock = self.shown.kind == QueueKind::Lock;
        match stands {
            Standing::Holds if self.app.connection.is_stale() => {
                let word = if lock { "held?" } else { "led?" };
                (word.to_owned(), self.theme.changed())
            }
            Standing::Holds => {
                ((if lock { "holds" } else { "leads" }).to_owned(), self.theme.good())
            }
            Standing::First => ("first".to_owned(), self.theme.changed()),
            Standing::Waits(0) => ("held up".to_owned(), self.theme.changed()),
            Standing::Waits(place) => (format!("waits {place}"), Style::new()),
        }
    }

    /// Whether it is of this program.
    fn here(&self, queue: &Queue, member: &Member) -> (&'static str, Style) {
        let held = self.app.holdings.on_lease(member.lease);
        let held = held.filter(|held| held.hold.queue() == Some(&queue.name));
        match held.map(|held| &held.state) {
            None => ("", Style::new()),
            Some(HoldState::Waiting | HoldState::Held { .. }) => ("here", self.theme.strong()),
            Some(HoldState::Doubtful { .. }) => ("here?", self.theme.danger()),
            Some(HoldState::Releasing) => ("going", self.theme.changed()),
        }
    }

    /// The time its lease has left.
    fn left(&self, member: &Member) -> (String, Style) {
        match self.shown.lives.get(&member.lease) {
            None => ("…".to_owned(), self.theme.dim()),
            Some(None) => ("gone".to_owned(), self.theme.danger()),
            Some(Some(reading)) => {
                let left = reading.left(self.app.now);
                let soon = left * 5 <= reading.granted;
                let style = if soon { self.theme.danger() } else { Style::new() };
                (format!("{}{}", seconds(left), if soon { "!" } else { " " }), style)
            }
        }
    }
}
