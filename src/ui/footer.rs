//! The last line: the command line, a notice, what is wrong with the connection, or the keys that
//! work here, made from the key table.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::text::{cut_end, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::connection::Connection;
use crate::app::dialog::{Dialog, Prompt, PromptKind};
use crate::app::notice::Level;
use crate::domain::escape;

/// Draws the footer.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) {
    let cells = usize::from(area.width);
    if let Some(Dialog::Prompt(prompt)) = app.dialogs.last()
        && prompt.kind == PromptKind::Command
    {
        return command_line(frame, area, prompt, theme);
    }
    let line = match (&app.notice, &app.connection.now) {
        (Some(notice), _) => {
            let style = match notice.level {
                Level::Info => theme.strong(),
                Level::Error => theme.danger(),
            };
            Line::styled(cut_end(&format!(" {}", notice.text), cells), style)
        }
        (None, Connection::Lost { error, .. } | Connection::Denied { error })
            if app.dialogs.is_empty() =>
        {
            let text = format!(" {} · R tries again now", escape::message(&error.to_string()));
            Line::styled(cut_end(&text, cells), theme.danger())
        }
        _ => hints(app, theme, cells),
    };
    frame.render_widget(line, area);
}

/// The keys of where the user is: as many as fit, help and command line last but always.
pub(super) fn hints<'a>(app: &App, theme: &Theme, cells: usize) -> Line<'a> {
    let read_only = app.is_read_only();
    let contexts = app.contexts();
    let rows = contexts.iter().flat_map(|context| {
        let rows = app.keymap.bindings(*context).filter(|row| row.footer);
        rows.map(move |row| (*context, *row))
    });
    let mut spans = vec![Span::raw(" ")];
    let mut room = cells.saturating_sub(1);
    for (context, row) in rows.filter(|(_, row)| !(row.danger && read_only)) {
        let chord = app.keymap.chord_for(row.action, context);
        let used = width(&chord) + width(row.hint) + 3;
        if used > room {
            break;
        }
        room -= used;
        spans.push(Span::styled(chord, theme.strong()));
        spans.push(Span::styled(format!(" {}  ", row.hint), theme.dim()));
    }
    Line::from(spans)
}

/// `:` with what is typed, and behind it what is wrong or how it could go on.
fn command_line(frame: &mut Frame, area: Rect, prompt: &Prompt, theme: &Theme) {
    let (before, after) = prompt.field.split();
    let (before, after) = (escape::message(before), escape::message(after));
    let note = match (&prompt.error, prompt.completion.texts.as_slice()) {
        (Some(error), _) => Span::styled(format!("  {}", escape::message(error)), theme.danger()),
        (None, []) => Span::styled(format!("  {}", expected(prompt)), theme.dim()),
        (None, texts) => {
            let others: Vec<String> =
                texts.iter().take(8).map(|text| escape::message(text.trim())).collect();
            Span::styled(format!("  {}", others.join(" · ")), theme.dim())
        }
    };
    // The cursor stays in view: a long line is shifted to the left.
    let cells = usize::from(area.width);
    let hidden = (width(&prompt.label) + width(&before) + 1).saturating_sub(cells);
    let text = format!("{}{before}{after}", prompt.label);
    let line = Line::from(vec![Span::raw(text), note]);
    let paragraph = ratatui::widgets::Paragraph::new(line).scroll((0, hidden as u16));
    frame.render_widget(paragraph, area);
    let x = width(&prompt.label) + width(&before) - hidden;
    frame.set_cursor_position(Position::new(area.x + x as u16, area.y));
}

/// The form of the command that is being typed.
fn expected(prompt: &Prompt) -> String {
    use crate::app::command::{candidates, form_of};
    let text = prompt.field.text();
    match form_of(text) {
        Some((form, _)) => format!("{} · {}", form.arguments, form.help),
        None if text.trim().is_empty() => "Tab completes, Esc leaves".to_owned(),
        None => {
            let names: Vec<&str> = candidates(text).iter().map(|form| form.name).take(6).collect();
            names.join(" · ")
        }
    }
}
