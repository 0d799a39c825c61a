//! The view of the journal: one write a row, the newest first; and one write at length.
//!
//! ```text
//! time          no  what                                    keys    revisions
//! 12:01:02.123   3  undo write 1                           5,000  1,210–1,249  undo of 1
//! 12:00:58.040   2  save /config/app/name                      1        1,203
//! 11:59:12.900   1  delete /jobs/                          5,000  1,101–1,140  undone by 3
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use super::comparison::comparison_lines;
use super::frame::{self, face, scrollbar};
use super::layout::line;
use super::text::{fit, fit_key, number, time_of_day, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::journal::{Contents, JournalView, Part, RecordSheet};
use crate::app::view::View;
use crate::app::viewport::{PaneSize, keep_in_view};
use crate::domain::escape;
use crate::domain::journal::{JournalLine, Standing};

/// With fewer cells a row says less of revisions and of what became of the write.
const WIDE: usize = 100;
/// With fewer cells a row leaves out milliseconds and revisions.
const ROOMY: usize = 66;
/// With fewer cells a row is its number, its words and a mark.
const NARROW: usize = 50;
/// Lower than this the list has no heading.
const LOW: u16 = 6;

/// Draws the view and says how many rows it has.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
    shown: &JournalView,
) -> PaneSize {
    let mut inner = frame::view(frame, area, app, theme, view, notes(app, theme, shown));
    let size = |inner: Rect| PaneSize { width: inner.width, height: inner.height };
    if shown.rows.is_empty() {
        let text = match app.journal.newest() {
            None if app.is_read_only() => "nothing was written from here; read-only",
            None => "nothing was written from here yet; what is will stand here, to be undone",
            Some(_) => "no write has the filter's text; Esc drops it",
        };
        face(frame, inner, text, theme.dim());
        return size(inner);
    }
    let columns = Columns::of(app, shown, usize::from(inner.width));
    if inner.height >= LOW {
        frame.render_widget(columns.heading(theme), line(inner, 0));
        inner.y += 1;
        inner.height -= 1;
    }
    let (cursor, height, len) = (shown.cursor, usize::from(inner.height), shown.rows.len());
    let top = keep_in_view(cursor.top, cursor.selected, height, len);
    for (offset, id) in shown.rows.iter().skip(top).take(height).enumerate() {
        let Some(record) = app.journal.line(*id) else { continue };
        let at = line(inner, offset as u16);
        frame.render_widget(columns.row(app, theme, record), at);
        if top + offset == cursor.selected {
            frame.buffer_mut().set_style(at, theme.selected());
        }
    }
    scrollbar(frame, area, theme, true, (top, height, len));
    size(inner)
}

/// Where the selection is, and what is not shown.
fn notes<'a>(app: &App, theme: &Theme, shown: &JournalView) -> Vec<Span<'a>> {
    let mut notes = Vec::new();
    if !shown.rows.is_empty() {
        let at = number(shown.cursor.selected as i64 + 1);
        notes.push(Span::raw(format!("{at}/{}", number(shown.rows.len() as i64))));
    }
    if app.journal.forgotten() > 0 {
        let older = number(app.journal.forgotten() as i64);
        notes.push(Span::styled(format!("{older} older not listed"), theme.danger()));
    }
    notes
}

/// How wide the columns are, which is the same for all rows so that they do not dance; 0 for those
/// that are left out.
struct Columns {
    cells: usize,
    time: usize,
    id: usize,
    keys: usize,
    revisions: usize,
    standing: usize,
}

impl Columns {
    fn of(app: &App, shown: &JournalView, cells: usize) -> Columns {
        let lines = || shown.rows.iter().filter_map(|id| app.journal.line(*id));
        let widest = |text: &dyn Fn(&JournalLine) -> String, least: usize| {
            lines().map(|line| width(&text(line))).max().unwrap_or(0).max(least)
        };
        Columns {
            cells,
            time: match cells {
                ..NARROW => 0,
                NARROW..ROOMY => 8,
                ROOMY.. => 12,
            },
            id: widest(&|line| number(line.id.0 as i64), 2),
            keys: if cells < NARROW { 0 } else { widest(&|line| number(line.keys as i64), 4) },
            revisions: if cells < ROOMY { 0 } else { widest(&|line| revisions(line, cells), 8) },
            standing: widest(&|line| standing(app, line, cells), 0),
        }
    }

    /// What is left for the words.
    fn what(&self) -> usize {
        let fixed = [self.time, self.id, self.keys, self.revisions, self.standing];
        let used: usize = fixed.iter().filter(|width| **width > 0).map(|width| width + 2).sum();
        self.cells.saturating_sub(used)
    }

    fn heading<'a>(&self, theme: &Theme) -> Line<'a> {
        let revisions = if self.cells < WIDE { "revision" } else { "revisions" };
        let cells = ["time", "no", "what", "keys", revisions].map(str::to_owned);
        Line::styled(self.joined(cells).concat(), theme.dim())
    }

    /// The columns in their widths, with the blanks between them; empty where one is left out.
    fn joined(&self, [time, id, what, keys, revisions]: [String; 5]) -> [String; 5] {
        let right = |text: String, width: usize| match width {
            0 => String::new(),
            width => format!("  {text:>width$}"),
        };
        let time = match self.time {
            0 => String::new(),
            width => format!("{}  ", fit(&time, width)),
        };
        let id = format!("{id:>width$}  ", width = self.id);
        let what = fit_key(&what, self.what());
        [time, id, what, right(keys, self.keys), right(revisions, self.revisions)]
    }

    fn row<'a>(&self, app: &App, theme: &Theme, record: &JournalLine) -> Line<'a> {
        let mut time = time_of_day(record.time, theme.offset(record.time));
        time.truncate(self.time);
        let [time, id, what, keys, revisions] = self.joined([
            time,
            number(record.id.0 as i64),
            escape::message(&record.what),
            number(record.keys as i64),
            revisions(record, self.cells),
        ]);
        let (what_style, style) = match record.standing {
            Standing::Done => (Style::new(), theme.dim()),
            Standing::Unknown => (Style::new(), theme.danger()),
            Standing::Undone(_) => (theme.dim(), theme.changed()),
        };
        Line::from(vec![
            Span::styled(time, theme.dim()),
            Span::styled(id, theme.dim()),
            Span::styled(what, what_style),
            Span::styled(keys, theme.number()),
            Span::styled(revisions, theme.number()),
            Span::styled(format!("  {}", standing(app, record, self.cells)), style),
        ])
    }
}

/// `1,101–1,140`; in less room the last alone.
fn revisions(record: &JournalLine, cells: usize) -> String {
    let (first, last) = record.revisions;
    match (first.is_some(), first == last) {
        (false, _) => "?".to_owned(),
        (true, true) => number(first.0),
        (true, false) if cells < WIDE => number(last.0),
        (true, false) => format!("{}–{}", number(first.0), number(last.0)),
    }
}

/// What became of a write, in as many words as there is room for.
fn standing(app: &App, record: &JournalLine, cells: usize) -> String {
    match (&record.standing, record.undoes) {
        (Standing::Undone(by), _) => {
            let by_keys = app.journal.line(*by).map_or(record.keys, |by| by.keys);
            let part = app.journal.is_half_undone(record.id) || by_keys < record.keys;
            match (cells, part) {
                (WIDE.., true) => format!("undone in part by {by}"),
                (ROOMY.., true) => format!("part by {by}"),
                (ROOMY.., false) => format!("undone by {by}"),
                (..ROOMY, true) => format!("½{by}"),
                (..ROOMY, false) => format!("↶{by}"),
            }
        }
        (Standing::Unknown, _) if cells >= ROOMY => "no answer".to_owned(),
        (Standing::Unknown, _) => "?".to_owned(),
        (Standing::Done, Some(of)) if cells >= WIDE => format!("undo of {of}"),
        (Standing::Done, _) => String::new(),
    }
}

/// One write at length.
pub(super) fn record_lines<'a>(app: &App, theme: &Theme, sheet: &RecordSheet) -> Vec<Line<'a>> {
    let Some(record) = app.journal.line(sheet.id) else {
        return vec![Line::raw("its line is not kept any more")];
    };
    let label = |label: &str, text: String| {
        Line::from(vec![Span::styled(format!("{label:<10}"), theme.dim()), Span::raw(text)])
    };
    let mut out = vec![
        Line::styled(escape::message(&record.what), theme.strong()),
        label("time", time_of_day(record.time, theme.offset(record.time))),
        label("revisions", revisions(record, WIDE)),
        label("keys", number(record.keys as i64)),
    ];
    let standing = standing(app, record, WIDE);
    match record.standing {
        Standing::Unknown => {
            let text = "no answer came: it may have been written; undo finds out first";
            out.push(Line::styled(text, theme.danger()));
        }
        Standing::Done | Standing::Undone(_) if standing.is_empty() => {}
        Standing::Done | Standing::Undone(_) => out.push(label("now", standing)),
    }
    match &sheet.contents {
        Contents::Loading => out.push(Line::styled("reading …", theme.dim())),
        Contents::Failed(error) => out.push(Line::styled(escape::message(error), theme.danger())),
        Contents::Ready(parts) => {
            out.extend(parts.iter().flat_map(|part| part_lines(theme, part)));
            let more = record.keys.saturating_sub(parts.len() as u64);
            if more > 0 {
                out.push(Line::default());
                let text = format!("… and {} more keys", number(more as i64));
                out.push(Line::styled(text, theme.dim()));
            }
        }
    }
    out
}

fn part_lines<'a>(theme: &Theme, part: &Part) -> Vec<Line<'a>> {
    let mut out = vec![Line::default(), Line::styled(part.key.to_string(), theme.strong())];
    out.extend(part.facts.iter().map(|fact| Line::styled(fact.clone(), theme.dim())));
    if let Some(comparison) = &part.comparison {
        out.extend(comparison_lines(theme, comparison));
    }
    if part.left_out > 0 {
        let text = format!("  … {} more lines", number(part.left_out as i64));
        out.push(Line::styled(text, theme.dim()));
    }
    out
}
