//! The Value pane while there is a draft, and the dialogs about it.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::comparison::diff_lines;
use super::frame::pane;
use super::layout::line;
use super::text::{cut_middle, number, short_lease, size};
use super::theme::Theme;
use crate::app::App;
use crate::app::edit::Draft;
use crate::app::pane::Pane;
use crate::app::viewport::PaneSize;
use crate::domain::Entry;
use crate::domain::edit::{Base, Form, State};
use crate::domain::escape::{self, Glyph};

/// Draws the draft and says how many rows it has.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    draft: &Draft,
) -> PaneSize {
    let session = &draft.session;
    let buffer = session.buffer();
    let (row, column) = buffer.cursor();
    let notes = vec![
        state(theme, session.state(), session.changed()),
        Span::raw(format!("{}:{}", number(row as i64 + 1), number(column as i64 + 1))),
    ];
    let inner = pane(frame, area, app, theme, Pane::Value, notes);
    let cells = usize::from(inner.width);
    let title = cut_middle(&session.key().to_string(), cells);
    frame.render_widget(Line::styled(title, theme.strong()), line(inner, 0));
    let base = super::text::cut_end(&base_text(draft), cells);
    frame.render_widget(Line::styled(base, theme.dim()), line(inner, 1));

    let body =
        Rect { y: inner.y + 2.min(inner.height), height: inner.height.saturating_sub(2), ..inner };
    let before = &buffer.lines()[row][..buffer.cursor_byte()];
    let plain = plain_start(before, before.len());
    let x = plain + escape::glyphs_of(&before[plain..]).map(cells_of).sum::<usize>();
    let hidden = (x + 1).saturating_sub(cells);
    let shown = buffer.lines().iter().enumerate().skip(draft.top).take(usize::from(body.height));
    for (offset, (_, text)) in shown.enumerate() {
        frame.render_widget(text_line(theme, text, hidden, cells), line(body, offset as u16));
    }
    if app.is_editing() && app.dialogs.is_empty() && body.height > 0 {
        let y = body.y + row.saturating_sub(draft.top).min(usize::from(body.height) - 1) as u16;
        frame.set_cursor_position(Position::new(body.x + (x - hidden) as u16, y));
    }
    PaneSize { width: inner.width, height: body.height }
}

fn state<'a>(theme: &Theme, state: &State, changed: bool) -> Span<'a> {
    match state {
        State::Clean if changed => Span::styled("changed", theme.changed()),
        State::Clean => Span::styled("unchanged", theme.dim()),
        State::Dirty { behind: None } => Span::styled("changed", theme.changed()),
        State::Dirty { behind: Some(_) } => {
            Span::styled("changed here and by somebody else", theme.danger())
        }
        State::Saving { .. } => Span::styled("saving …", theme.changed()),
        State::Unknown { .. } => Span::styled("outcome unknown, reading …", theme.danger()),
        State::Conflict { .. } => Span::styled("conflict", theme.danger()),
        State::Gone { .. } => Span::styled("deleted meanwhile", theme.danger()),
    }
}

/// What the draft is an edit of.
fn base_text(draft: &Draft) -> String {
    let session = &draft.session;
    let form = match session.form() {
        Form::Text => "",
        Form::Hex => "  edited as hexadecimal",
    };
    match session.base() {
        Base::Absent(_) => format!("new key{form}"),
        Base::Entry(entry) => {
            let bytes = size(entry.value.len());
            let revision = number(entry.mod_revision.0);
            let lease = if session.lease().is_some() {
                format!("  keeps lease {}", short_lease(&session.lease().to_string()))
            } else {
                String::new()
            };
            format!("editing rev {revision}  {bytes}{lease}{form}")
        }
    }
}

/// Cells of a glyph in the editor.
pub(super) fn cells_of(glyph: Glyph<'_>) -> usize {
    if glyph == Glyph::Escaped('\t') { 4 } else { glyph.columns() }
}

/// How many printable ASCII characters a text begins with, up to a number of them. Each takes a cell,
/// and one need not look at them one by one: a line may be long, and all lines in view are.
fn plain_start(text: &str, most: usize) -> usize {
    let start = &text.as_bytes()[..text.len().min(most)];
    start.iter().position(|byte| !matches!(byte, 0x20..=0x7e)).unwrap_or(start.len())
}

/// The part of a line that is in view: `hidden` cells from its start, `cells` wide.
pub(super) fn text_line<'a>(theme: &Theme, text: &str, hidden: usize, cells: usize) -> Line<'a> {
    let mut spans: Vec<Span> = Vec::new();
    let mut plain = String::new();
    let mut at = plain_start(text, hidden);
    for glyph in escape::glyphs_of(&text[at..]) {
        let end = at + cells_of(glyph);
        if at >= hidden + cells {
            break;
        }
        if end <= hidden {
            at = end;
            continue;
        }
        match glyph {
            Glyph::Plain(_) if at < hidden => plain.push(' '),
            Glyph::Plain(text) => plain.push_str(text),
            Glyph::Escaped(_) | Glyph::Byte(_) => {
                spans.push(Span::raw(std::mem::take(&mut plain)));
                let mut mark = String::new();
                match glyph {
                    Glyph::Escaped('\t') => mark.push_str("→   "),
                    glyph => escape::push_glyph(&mut mark, glyph),
                }
                // What is cut at the left edge loses its beginning.
                let cut: String = mark.chars().skip(hidden.saturating_sub(at)).collect();
                spans.push(Span::styled(cut, theme.class(crate::domain::value::Class::Escape)));
            }
        }
        at = end;
    }
    spans.push(Span::raw(plain));
    Line::from(spans)
}

/// Base, theirs and mine: what each side changed.
pub(super) fn conflict_lines<'a>(app: &App, theme: &Theme) -> Vec<Line<'a>> {
    let Some(draft) = &app.value.edit else { return Vec::new() };
    let session = &draft.session;
    let (State::Conflict { theirs } | State::Dirty { behind: Some(theirs) }) = session.state()
    else {
        return vec![Line::raw("decided already; Esc closes this")];
    };
    let base = session.base();
    let mine = session.draft_bytes().unwrap_or_else(|_| session.buffer().text().into_bytes());
    let mut out = vec![Line::raw(session.key().to_string()), Line::default()];
    let based = match base {
        Base::Entry(entry) => format!("revision {}", number(entry.mod_revision.0)),
        Base::Absent(_) => "no key yet".to_owned(),
    };
    out.push(Line::styled(format!("base: {based}, {}", size(base.value().len())), theme.strong()));
    out.push(heading(theme, "theirs", theirs));
    out.extend(diff_lines(theme, base.value(), &theirs.value));
    out.push(Line::default());
    out.push(Line::styled(format!("mine: the draft, {}", size(mine.len())), theme.strong()));
    out.extend(diff_lines(theme, base.value(), &mine));
    out
}

fn heading<'a>(theme: &Theme, whose: &str, entry: &Entry) -> Line<'a> {
    let revision = number(entry.mod_revision.0);
    let text = format!("{whose}: revision {revision}, {}", size(entry.value.len()));
    Line::styled(text, theme.strong())
}

/// What a deleted key was, and that the draft is kept.
pub(super) fn gone_lines<'a>(app: &App, theme: &Theme) -> Vec<Line<'a>> {
    let Some(draft) = &app.value.edit else { return Vec::new() };
    let session = &draft.session;
    let mut out = vec![Line::raw(session.key().to_string())];
    if let State::Gone { revision } = session.state() {
        out.push(Line::raw(format!("deleted, seen at revision {}", number(revision.0))));
    }
    if session.base().lease().is_some() {
        let lease = session.base().lease();
        out.push(Line::raw(format!("it hung on lease {lease}; created anew it has none")));
    }
    out.push(Line::styled("the draft is kept until you decide", theme.dim()));
    out
}
