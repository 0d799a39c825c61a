//! The dialog of work on many keys: the plan, the question, how it is getting on, the report.

mod export;
mod report;
mod running;
mod survey;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Line;

use super::layout::line;
use super::text::{cut_middle, number, size, width, wrap_line};
use super::theme::Theme;
use super::window::{Shown, boxed, field, position};
use crate::app::App;
use crate::app::bulk::sheet::{Face, Sheet};
use crate::app::bulk::{Job, Stage};
use crate::app::viewport::PaneSize;
use crate::domain::bulk::PlanRequest;
use crate::domain::escape;

pub(super) use export::lines as export_lines;
pub(super) use running::in_header;

/// How wide the dialog is while its numbers change, so that it does not dance.
const STEADY: usize = 56;
/// What stands before a name under a heading.
const INDENT: &str = "  ";
/// Less of a key than this tells too little to have something beside it.
const LEAST: usize = 24;

/// Draws the dialog.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    sheet: &Sheet,
) -> Shown {
    let room = usize::from(area.width.saturating_sub(4));
    let page = match (&sheet.face, &app.jobs.now, &app.jobs.last) {
        (Face::Report, _, Some(ended)) => report::page(theme, ended, room),
        (_, Some(job), _) => match &job.stage {
            Stage::Looking { keys, bytes } => looking(theme, job, *keys, *bytes),
            Stage::Planned(plan) => survey::page(app, theme, &job.request, plan, room),
            Stage::Running { progress, since, stopping } => {
                let taken = app.now.saturating_duration_since(*since);
                running::page(theme, job, progress, taken, *stopping, room)
            }
        },
        (_, None, _) => return (PaneSize::default(), 0),
    };
    draw(frame, area, app, theme, sheet, page)
}

/// What stands in the dialog.
struct Page<'a> {
    title: String,
    lines: Vec<Line<'a>>,
    danger: bool,
    /// At least so wide.
    columns: usize,
}

fn looking<'a>(theme: &Theme, job: &Job, keys: u64, bytes: u64) -> Page<'a> {
    let lines = vec![
        Line::raw(format!("{} keys, {} looked at so far …", count(keys), bytes_of(bytes))),
        Line::styled("Nothing is written before you have seen the plan.", theme.dim()),
    ];
    Page { title: title(&job.request), lines, danger: false, columns: STEADY }
}

/// The title of a request with a capital letter, made safe.
fn title(request: &PlanRequest) -> String {
    capital(&escape::message(&request.title()))
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn count(n: u64) -> String {
    number(i64::try_from(n).unwrap_or(i64::MAX))
}

fn keys(n: u64) -> String {
    crate::app::bulk::counted(n)
}

fn bytes_of(n: u64) -> String {
    size(usize::try_from(n).unwrap_or(usize::MAX))
}

/// A key or name, and what there is to say of it.
type Named = (String, Option<String>);

/// Indented lines under a heading; of those that are counted but not named, how many there are.
fn named(
    lines: &mut Vec<Line<'_>>,
    heading: (String, Style),
    names: impl ExactSizeIterator<Item = Named>,
    all: u64,
    room: usize,
) {
    if all == 0 && names.len() == 0 {
        return;
    }
    let unnamed = all.saturating_sub(names.len() as u64);
    let room = room.saturating_sub(INDENT.len());
    lines.push(Line::styled(heading.0, heading.1));
    for (name, said) in names {
        let said = said.unwrap_or_default();
        let beside = room.saturating_sub(width(&said) + 2);
        if said.is_empty() {
            lines.push(Line::raw(format!("{INDENT}{}", cut_middle(&name, room))));
        } else if beside >= width(&name).min(LEAST) {
            lines.push(Line::raw(format!("{INDENT}{}: {said}", cut_middle(&name, beside))));
        } else {
            lines.push(Line::raw(format!("{INDENT}{}:", cut_middle(&name, room.max(1) - 1))));
            lines.push(Line::raw(format!("{INDENT}{INDENT}{said}")));
        }
    }
    if unnamed > 0 {
        lines.push(Line::raw(format!("{INDENT}… and {} more", count(unnamed))));
    }
}

/// Title, lines, and the field in which the count is typed.
fn draw(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    sheet: &Sheet,
    page: Page,
) -> Shown {
    let room = usize::from(area.width.saturating_sub(4));
    let lines: Vec<Line> = page.lines.into_iter().flat_map(|line| wrap_line(line, room)).collect();
    let typed = match &sheet.face {
        Face::Typed(typed) => Some((format!("type {} to confirm: ", typed.expected), &typed.field)),
        Face::Looking | Face::Question | Face::Nothing | Face::Running | Face::Report => None,
    };
    let columns = lines.iter().map(Line::width).max().unwrap_or(0).max(page.columns).min(room);
    let columns = columns.max(typed.as_ref().map_or(0, |(label, _)| width(label) + 8));
    let extra = if typed.is_some() { 2 } else { 0 };
    let style = if page.danger { theme.danger() } else { theme.border(true) };
    let title = cut_middle(&page.title, room.saturating_sub(2));
    let inner = boxed(frame, area, app, theme, &title, (columns, lines.len() + extra), style);
    // The blank line above the field is the first thing a low screen does without.
    let crowded = usize::from(inner.height) < lines.len() + extra;
    let taken = if crowded { extra.min(1) } else { extra };
    let text = Rect { height: inner.height.saturating_sub(taken as u16), ..inner };
    let (len, height) = (lines.len(), usize::from(text.height));
    let top = sheet.scroll.min(len.saturating_sub(height));
    for (offset, row) in lines.into_iter().skip(top).take(height).enumerate() {
        frame.render_widget(row, line(text, offset as u16));
    }
    position(frame, text, theme, (top, height, len));
    if let Some((label, typed)) = typed {
        let at = line(inner, inner.height.saturating_sub(1));
        field(frame, at, theme, &label, typed);
    }
    (PaneSize { width: text.width, height: text.height }, len)
}
