//! What stands in front of the panes: a box in the middle with a title, lines and its keys.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::layout::line;
use super::text::{cut_middle, width, wrap_line};
use super::theme::Theme;
use super::window::{Shown, boxed, field, position};
use crate::app::App;
use crate::app::dialog::{Confirm, Dialog, Leaving, Prompt, PromptKind};
use crate::app::export::Export;
use crate::app::viewport::{Cursor, PaneSize, keep_in_view};
use crate::domain::edit::State;
use crate::domain::{Key, escape};

/// Draws the topmost dialog.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) -> Shown {
    let Some(dialog) = app.dialogs.last() else { return (PaneSize::default(), 0) };
    match dialog {
        Dialog::Help { contexts, scroll } => {
            let room = usize::from(area.width.saturating_sub(4));
            let lines = super::help::lines(app, theme, contexts, room);
            text(frame, area, app, theme, "Help", lines, *scroll)
        }
        Dialog::Text { title, lines, scroll } => {
            let lines = lines.iter().map(|line| Line::raw(line.clone())).collect();
            text(frame, area, app, theme, title, lines, *scroll)
        }
        Dialog::Etcdctl { lines, scroll, .. } => {
            let lines = lines.iter().map(|line| Line::raw(escape::message(line))).collect();
            text(frame, area, app, theme, "As etcdctl", lines, *scroll)
        }
        Dialog::Confirm(confirm) => self::confirm(frame, area, app, theme, confirm),
        Dialog::Prompt(Prompt { kind: PromptKind::Command, .. }) => (PaneSize::default(), 0),
        Dialog::Prompt(prompt) => self::prompt(frame, area, app, theme, prompt),
        Dialog::Unsaved { quit } => {
            let leave = if *quit { "Quit without saving?" } else { "Leave without saving?" };
            let state = app.value.edit.as_ref().map(|draft| draft.session.state());
            let line = match state {
                Some(State::Saving { .. } | State::Unknown { .. }) => {
                    "The draft is being saved; nobody knows yet whether it was."
                }
                _ => "The draft has changes that are not saved.",
            };
            let lines = vec![Line::raw(line)];
            text(frame, area, app, theme, leave, lines, 0)
        }
        Dialog::UnsavedTxn(leaving) => {
            let title = match leaving {
                Leaving::Quit => "Quit without saving the transaction?",
                Leaving::Load(_) => "Load another without saving this one?",
            };
            let lines = vec![Line::raw("The text of the transaction is in no file.")];
            text(frame, area, app, theme, title, lines, 0)
        }
        Dialog::TxnForm(form) => super::txn::form(frame, area, app, theme, form),
        Dialog::Conflict { scroll } => {
            let lines = super::edit::conflict_lines(app, theme);
            text(frame, area, app, theme, "Somebody else changed this key", lines, *scroll)
        }
        Dialog::Gone => {
            let lines = super::edit::gone_lines(app, theme);
            text(frame, area, app, theme, "This key was deleted meanwhile", lines, 0)
        }
        Dialog::Job(sheet) => super::bulk::render(frame, area, app, theme, sheet),
        Dialog::DraftDiff(diff) => {
            let lines = super::comparison::draft_diff_lines(theme, diff);
            let room = usize::from(area.width).saturating_sub(12);
            let place = app.settings.production.as_ref();
            let place = place.map_or_else(String::new, |mark| format!(" in {}", mark.word()));
            let room = room.saturating_sub(width(&place));
            let title = format!("Save {}{place}?", cut_middle(&diff.key.to_string(), room));
            text(frame, area, app, theme, &title, lines, diff.scroll)
        }
        Dialog::Broken(broken) => {
            let room = usize::from(area.width.saturating_sub(4));
            let lines = super::comparison::broken_lines(theme, broken, room);
            let title = format!("No longer valid {}", broken.format.name());
            text(frame, area, app, theme, &title, lines, 0)
        }
        Dialog::Offer(offer) => {
            let lines = super::draft::offer_lines(theme, offer);
            let title = match offer.more {
                0 => "A draft was left unsaved".to_owned(),
                n => format!("A draft was left unsaved ({n} more)"),
            };
            text(frame, area, app, theme, &title, lines, offer.scroll)
        }
        Dialog::Exporting => {
            let title = app.export.as_ref().map(Export::title).unwrap_or_default();
            let room = usize::from(area.width.saturating_sub(4));
            let lines = super::bulk::export_lines(app, theme, room);
            text(frame, area, app, theme, &cut_middle(&title, room), lines, 0)
        }
        Dialog::Login(form) => super::login::render(frame, area, app, theme, form),
        Dialog::Holding => {
            let lines = app.held_lines().into_iter().map(Line::raw).collect();
            text(frame, area, app, theme, "Quit? This is held here", lines, 0)
        }
        Dialog::Event { line, scroll } => {
            let lines = super::watch::event_lines(theme, line, usize::from(area.width));
            text(frame, area, app, theme, "Event", lines, *scroll)
        }
        Dialog::Difference { what, scroll } => {
            let lines = super::history::difference_lines(theme, what);
            let room = usize::from(area.width.saturating_sub(8));
            let title = cut_middle(&what.title, room);
            text(frame, area, app, theme, &title, lines, *scroll)
        }
        Dialog::Record(sheet) => {
            let lines = super::journal::record_lines(app, theme, sheet);
            text(frame, area, app, theme, &format!("Write {}", sheet.id), lines, sheet.scroll)
        }
        Dialog::Watches(cursor) => {
            let rows = super::watch::running_lines(app, theme, usize::from(area.width) - 4);
            list(frame, area, app, theme, "Running watches", rows, *cursor)
        }
        Dialog::LeaseKeys { id, keys, cursor } => {
            let room = usize::from(area.width.saturating_sub(4));
            let row = |key: &Key| Line::raw(cut_middle(&key.to_string(), room));
            let rows = keys.iter().map(row).collect();
            list(frame, area, app, theme, &format!("Keys of lease {id}"), rows, *cursor)
        }
    }
}

/// Lines to read, wrapped and scrolled.
fn text(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    title: &str,
    lines: Vec<Line>,
    scroll: usize,
) -> Shown {
    let room = usize::from(area.width.saturating_sub(4));
    let lines: Vec<Line> = lines.into_iter().flat_map(|line| wrap_line(line, room)).collect();
    let columns = lines.iter().map(Line::width).max().unwrap_or(0);
    let len = lines.len();
    let inner = boxed(frame, area, app, theme, title, (columns, len), theme.border(true));
    let height = usize::from(inner.height);
    let top = scroll.min(len.saturating_sub(height));
    for (offset, row) in lines.into_iter().skip(top).take(height).enumerate() {
        frame.render_widget(row, line(inner, offset as u16));
    }
    position(frame, inner, theme, (top, height, len));
    (PaneSize { width: inner.width, height: inner.height }, len)
}

fn list(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    title: &str,
    rows: Vec<Line>,
    cursor: Cursor,
) -> Shown {
    let columns = rows.iter().map(Line::width).max().unwrap_or(0);
    let style = theme.border(true);
    let inner = boxed(frame, area, app, theme, title, (columns, rows.len().max(1)), style);
    let (len, height) = (rows.len(), usize::from(inner.height));
    let top = keep_in_view(cursor.top, cursor.selected, height, len);
    for (offset, (index, row)) in rows.into_iter().enumerate().skip(top).take(height).enumerate() {
        let at = line(inner, offset as u16);
        frame.render_widget(row, at);
        if index == cursor.selected {
            frame.buffer_mut().set_style(at, theme.selected());
        }
    }
    position(frame, inner, theme, (top, height, len));
    (PaneSize { width: inner.width, height: inner.height }, len)
}

fn confirm(frame: &mut Frame, area: Rect, app: &App, theme: &Theme, confirm: &Confirm) -> Shown {
    let room = usize::from(area.width.saturating_sub(4));
    let mut lines = Vec::new();
    let title = if width(&confirm.title) <= room {
        confirm.title.as_str()
    } else {
        // A question that is too long for the border is asked inside.
        let wrapped = super::text::wrap(&confirm.title, room);
        lines.extend(wrapped.into_iter().map(|line| Line::styled(line, theme.strong())));
        "Confirm"
    };
    lines.extend(confirm.lines.iter().map(|line| Line::raw(cut_middle(line, room))));
    let style = if confirm.is_dangerous() { theme.danger() } else { theme.border(true) };
    let label = confirm.typed().map(|typed| format!("type {} to confirm: ", typed.expected));
    let columns = lines.iter().map(Line::width).max().unwrap_or(0);
    let columns = columns.max(label.as_ref().map_or(0, |label| width(label) + 8));
    let typed = if label.is_some() { 2 } else { 0 };
    let size = (columns, (lines.len() + typed).max(1));
    let inner = boxed(frame, area, app, theme, title, size, style);
    // The blank line above the field is the first thing a low screen does without.
    let crowded = usize::from(inner.height) < lines.len() + typed;
    let taken = if crowded { typed.min(1) } else { typed };
    let text = Rect { height: inner.height.saturating_sub(taken as u16), ..inner };
    let (len, height) = (lines.len(), usize::from(text.height));
    let top = confirm.scroll.min(len.saturating_sub(height));
    for (offset, row) in lines.into_iter().skip(top).take(height).enumerate() {
        frame.render_widget(row, line(text, offset as u16));
    }
    position(frame, text, theme, (top, height, len));
    if let (Some(typed), Some(label)) = (confirm.typed(), label) {
        let at = line(inner, inner.height.saturating_sub(1));
        field(frame, at, theme, &label, &typed.field);
    }
    (PaneSize { width: text.width, height: text.height }, len)
}

fn prompt(frame: &mut Frame, area: Rect, app: &App, theme: &Theme, prompt: &Prompt) -> Shown {
    /// Completions in view.
    const COMPLETIONS: usize = 6;
    let room = usize::from(area.width).saturating_sub(4).min(72);
    let below: Vec<Line> = match (&prompt.error, prompt.completion.texts.len()) {
        (Some(error), _) => {
            let lines = super::text::wrap(&escape::message(error), room);
            lines.into_iter().map(|line| Line::styled(line, theme.danger())).collect()
        }
        (None, n) if n > 1 => {
            let rows = usize::from(area.height).saturating_sub(7).clamp(1, COMPLETIONS);
            let mut lines = super::palette::completions(theme, prompt, rows, room);
            lines.push(Line::styled(format!("{n} completions"), theme.dim()));
            lines
        }
        _ => vec![Line::styled(explained(prompt.kind), theme.dim())],
    };
    let size = (room, 1 + below.len());
    let inner = boxed(frame, area, app, theme, prompt.label.trim(), size, theme.border(true));
    field(frame, line(inner, 0), theme, "", &prompt.field);
    for (offset, row) in below.into_iter().enumerate() {
        frame.render_widget(row, line(inner, offset as u16 + 1));
    }
    (PaneSize { width: inner.width, height: inner.height }, 2)
}

fn explained(kind: PromptKind) -> &'static str {
    match kind {
        PromptKind::Goto => "a key or prefix; \\xNN gives any byte",
        PromptKind::NewKey => "the new key; \\xNN gives any byte",
        PromptKind::Transfer(_) => "the new name; \\xNN gives any byte",
        PromptKind::TransferInto(_) => "a prefix, where each keeps its own name",
        PromptKind::LeaseGrant => "seconds, and if you like an ID in hexadecimal",
        PromptKind::SaveLog => "a new file; JSON lines, readable only by you",
        PromptKind::SaveLines => "a new file, readable only by you; bash runs it",
        PromptKind::Lock => "NAME [TTL]",
        PromptKind::Campaign => "NAME VALUE [TTL]",
        PromptKind::Register => "NAME ID ENDPOINT [TTL]",
        PromptKind::Attach => "a lease in hexadecimal; empty takes the key off its lease",
        PromptKind::SaveTxn => "a new file, in etcdctl's own text",
        PromptKind::LoadTxn => "a file in etcdctl's own text",
        PromptKind::Command => "",
    }
}
