//! The keys that work where the user is, made from the key table, for the footer and the dialogs.

use std::collections::BTreeSet;

use ratatui::text::{Line, Span};

use super::text::width;
use super::theme::Theme;
use crate::app::App;
use crate::app::dialog::{Dialog, Prompt, PromptKind};
use crate::keymap::{Action, Context};

/// A key and what it does, in a word or two.
pub(super) struct Hint {
    action: Action,
    chord: String,
    text: &'static str,
    /// It is shown even where others must go for it.
    stays: bool,
}

impl Hint {
    fn width(&self) -> usize {
        width(&self.chord) + 1 + width(self.text)
    }
}

/// The keys of the pane, field or editor that has the focus.
pub(super) fn of_pane(app: &App) -> Vec<Hint> {
    let mut hints = of_contexts(app, &app.contexts());
    if app.dialogs.is_empty() && app.view.as_ref().is_some_and(|view| !view.has_filter()) {
        hints.retain(|hint| hint.action != Action::Filter);
    }
    if let Some(stop) = hints.iter_mut().find(|hint| hint.action == Action::JobStop) {
        match app.stops_reading() {
            Some(text) => stop.text = text,
            None => hints.retain(|hint| hint.action != Action::JobStop),
        }
    }
    if app.value.found.is_none() {
        let of_search =
            |hint: &Hint| matches!(hint.action, Action::NextMatch | Action::PreviousMatch);
        hints.retain(|hint| !of_search(hint));
    }
    if app.contexts().contains(&Context::Field) {
        // A filter has nothing to complete.
        hints.retain(|hint| hint.action != Action::FieldComplete);
    }
    hints
}

/// The keys of the topmost dialog; `scrolls` when not all of it is in view.
pub(super) fn of_dialog(app: &App, scrolls: bool) -> Vec<Hint> {
    let Some(dialog) = app.dialogs.last() else { return Vec::new() };
    let inner: Vec<Context> = dialog
        .contexts()
        .iter()
        .copied()
        .filter(|context| !matches!(context, Context::Everywhere | Context::Always))
        .collect();
    let mut hints = of_contexts(app, &inner);
    let key = |action, context, text, stays| Hint {
        action,
        chord: app.keymap.chord_for(action, context),
        text,
        stays,
    };
    let completes = matches!(
        dialog,
        Dialog::Prompt(Prompt {
            kind: PromptKind::Command
                | PromptKind::Goto
                | PromptKind::NewKey
                | PromptKind::Transfer(_)
                | PromptKind::TransferInto(_),
            ..
        })
    );
    if !completes {
        hints.retain(|hint| hint.action != Action::FieldComplete);
    }
    let undoable = app.jobs.last.as_ref().is_some_and(|ended| ended.report.journal.is_some());
    if !undoable {
        hints.retain(|hint| hint.action != Action::JobUndo);
    }
    if let Dialog::Event { .. } = dialog {
        hints.push(key(Action::CopyKey, Context::Everywhere, "copy key", false));
        hints.push(key(Action::CopyValue, Context::Everywhere, "copy value", false));
    }
    let moves = inner.contains(&Context::List);
    if moves && scrolls && !matches!(dialog, Dialog::Confirm(confirm) if confirm.typed().is_some())
    {
        let down = app.keymap.chord_for(Action::Down, Context::List);
        let up = app.keymap.chord_for(Action::Up, Context::List);
        let (action, chord) = (Action::Down, format!("{down} {up}"));
        hints.push(Hint { action, chord, text: "scroll", stays: false });
    }
    if dialog.contexts().contains(&Context::Everywhere) {
        hints.push(key(Action::Cancel, Context::Everywhere, "close", true));
    }
    hints
}

fn of_contexts(app: &App, contexts: &[Context]) -> Vec<Hint> {
    let read_only = app.is_read_only();
    let rows = contexts.iter().flat_map(|context| {
        let rows = app.keymap.bindings(*context).filter(|row| row.footer);
        rows.map(move |row| (*context, *row))
    });
    let mut seen = BTreeSet::new();
    rows.filter(|(_, row)| !(row.danger && read_only))
        .map(|(context, row)| Hint {
            action: row.action,
            chord: app.keymap.chord_for(row.action, context),
            text: row.hint,
            stays: matches!(row.action, Action::Help | Action::Cancel | Action::No),
        })
        // The innermost context that binds a key decides.
        .filter(|hint| seen.insert(hint.chord.clone()))
        .collect()
}

/// As many as fit on one line, in their order; those that stay push others out.
pub(super) fn line<'a>(hints: &[Hint], theme: &Theme, cells: usize) -> Line<'a> {
    let cost = |hint: &Hint| hint.width() + 2;
    let reserved: usize = hints.iter().filter(|hint| hint.stays).map(cost).sum();
    let mut room = cells.saturating_sub(reserved);
    let mut full = false;
    let mut shown = Vec::new();
    for hint in hints {
        if !hint.stays {
            // The first that does not fit ends it: what is shown are the most important ones.
            full |= cost(hint) > room;
            if full {
                continue;
            }
            room -= cost(hint);
        }
        shown.push(hint);
    }
    spans(&shown, theme)
}

/// All of them, on as many lines as they need.
pub(super) fn lines<'a>(hints: &[Hint], theme: &Theme, cells: usize) -> Vec<Line<'a>> {
    let mut rows: Vec<Vec<&Hint>> = vec![Vec::new()];
    let mut used = 0;
    for hint in hints {
        if used > 0 && used + hint.width() > cells {
            rows.push(Vec::new());
            used = 0;
        }
        used += hint.width() + 2;
        if let Some(row) = rows.last_mut() {
            row.push(hint);
        }
    }
    rows.iter().map(|row| spans(row, theme)).collect()
}

fn spans<'a>(hints: &[&Hint], theme: &Theme) -> Line<'a> {
    let mut spans = Vec::new();
    for (at, hint) in hints.iter().enumerate() {
        let gap = if at == 0 { "" } else { "  " };
        spans.push(Span::raw(gap));
        spans.push(Span::styled(hint.chord.clone(), theme.strong()));
        spans.push(Span::styled(format!(" {}", hint.text), theme.dim()));
    }
    Line::from(spans)
}
