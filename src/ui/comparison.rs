//! Two values side by side, and the dialogs that show them before a save.

use ratatui::style::Style;
use ratatui::text::Line;

use super::text::{number, size};
use super::theme::Theme;
use crate::app::dialog::{Broken, DraftDiff};
use crate::domain::comparison::{Comparison, Note, Row};
use crate::domain::escape;

/// The way from one value to another, line by line; binary values as hexadecimal.
pub(super) fn diff_lines<'a>(theme: &Theme, old: &[u8], new: &[u8]) -> Vec<Line<'a>> {
    comparison_lines(theme, &Comparison::new(old, new))
}

/// The rows of a comparison, after what they do not show by themselves.
pub(super) fn comparison_lines<'a>(theme: &Theme, comparison: &Comparison) -> Vec<Line<'a>> {
    let mut out = Vec::new();
    match comparison.note {
        None => {}
        Some(Note::Identical) => out.push(Line::styled("  (no difference)", theme.dim())),
        Some(
            note @ (Note::OnlyLineEnds
            | Note::OnlyFinalNewlineAdded
            | Note::OnlyFinalNewlineRemoved
            | Note::OnlyLineEndsAndFinalNewline
            | Note::Hexadecimal),
        ) => out.push(Line::styled(format!("  ({})", note.text()), theme.changed())),
    }
    out.extend(comparison.rows.iter().map(|row| row_line(theme, row)));
    out
}

fn row_line<'a>(theme: &Theme, row: &Row) -> Line<'a> {
    /// More of a line is not read in a dialog, and a line may be a megabyte.
    const LONGEST: usize = 2000;
    let (sign, style, text) = match row {
        Row::Equal(count) => {
            let text = format!("  … {} equal lines", number(*count as i64));
            return Line::styled(text, theme.dim());
        }
        Row::Same(text) => ("  ", Style::new(), text),
        Row::Removed(text) => ("- ", theme.danger(), text),
        Row::Added(text) => ("+ ", theme.good(), text),
    };
    let shown: String = text.chars().take(LONGEST).collect();
    let rest = match text.len() - shown.len() {
        0 => String::new(),
        rest => format!("… ({} more bytes)", number(rest as i64)),
    };
    Line::styled(format!("{sign}{}{rest}", escape::message(&shown)), style)
}

/// `3 lines added, 1 removed`
pub(super) fn counts(comparison: &Comparison) -> String {
    let lines =
        |n: usize| if n == 1 { "1 line".to_owned() } else { format!("{} lines", number(n as i64)) };
    format!("{} added, {} removed", lines(comparison.added), number(comparison.removed as i64))
}

/// What a save would change.
pub(super) fn draft_diff_lines<'a>(theme: &Theme, diff: &DraftDiff) -> Vec<Line<'a>> {
    let sizes = match diff.base {
        Some((bytes, revision)) => {
            let revision = number(revision.0);
            format!("{} at revision {revision}, {} now", size(bytes), size(diff.size))
        }
        None => format!("a new key, {}", size(diff.size)),
    };
    let mut out = vec![
        Line::raw(sizes),
        Line::styled(counts(&diff.comparison), theme.strong()),
        Line::default(),
    ];
    out.extend(comparison_lines(theme, &diff.comparison));
    out
}

/// Where the draft stops being of its format, with the place pointed at.
pub(super) fn broken_lines<'a>(theme: &Theme, broken: &Broken, room: usize) -> Vec<Line<'a>> {
    let Broken { fault, text, .. } = broken;
    let fault_text = escape::message(&fault.what);
    // The place stands well inside what is shown of a long line.
    let before = room.saturating_sub(2) * 2 / 3;
    let from = (fault.column - 1).saturating_sub(before);
    let shown: String = text.chars().skip(from).take(room.saturating_sub(2)).collect();
    let head: String = shown.chars().take(fault.column - 1 - from).collect();
    let column = super::text::width(&escape::message(&head));
    let place = format!("line {}, column {}: {fault_text}", fault.line, fault.column);
    vec![
        Line::styled(place, theme.danger()),
        Line::raw(format!("  {}", escape::message(&shown))),
        Line::styled(format!("  {}^", " ".repeat(column)), theme.danger()),
    ]
}
