//! The last line: the command line, a notice, what is wrong with the connection, or the keys that
//! work here, made from the key table.

use ratatui::Frame;
use ratatui::layout::{Position, Rect};
use ratatui::text::{Line, Span};

use super::hint;
use super::text::{cut_end, width};
use super::theme::Theme;
use crate::app::App;
use crate::app::connection::Connection;
use crate::app::dialog::{Dialog, Prompt, PromptKind};
use crate::app::notice::Level;
use crate::domain::escape;
use crate::keymap::{Action, Context};

/// Draws the footer.
pub(super) fn render(frame: &mut Frame, area: Rect, app: &App, theme: &Theme) {
    let cells = usize::from(area.width);
    if let Some(Dialog::Prompt(prompt)) = app.dialogs.last()
        && prompt.kind == PromptKind::Command
    {
        super::palette::render(frame, area, app, theme, prompt);
        return command_line(frame, area, prompt, theme);
    }
    // Whoever types needs the keys more than the reason, of which the header says enough.
    let typing = app.contexts().iter().any(|c| matches!(c, Context::Edit | Context::Field));
    let line = match (&app.notice, &app.connection.now) {
        (Some(notice), _) => {
            let style = match notice.level {
                Level::Info => theme.strong(),
                Level::Error => theme.danger(),
            };
            Line::styled(format!(" {}", cut_end(&notice.text, cells.saturating_sub(2))), style)
        }
        (None, Connection::Online | Connection::Connecting) if app.awaited().is_some() => {
            let text = app.awaited().unwrap_or_default();
            let text = cut_end(&text, cells.saturating_sub(4));
            Line::styled(format!(" {text} …"), theme.changed())
        }
        (None, Connection::Lost { error, .. } | Connection::Denied { error }) if !typing => {
            let again = app.keymap.chord_for(Action::Reload, Context::Everywhere);
            let again = if app.dialogs.is_empty() {
                format!(" · {again} tries again now")
            } else {
                String::new()
            };
            let room = cells.saturating_sub(width(&again) + 2);
            let reason = cut_end(&escape::message(&error.to_string()), room);
            Line::styled(format!(" {reason}{again}"), theme.danger())
        }
        // A dialog carries its keys itself.
        _ if !app.dialogs.is_empty() => Line::default(),
        _ => {
            let mut line = hint::line(&hint::of_pane(app), theme, cells.saturating_sub(1));
            line.spans.insert(0, Span::raw(" "));
            line
        }
    };
    frame.render_widget(line, area);
}

/// `:` with what is typed, and behind it what is wrong or how it could go on.
fn command_line(frame: &mut Frame, area: Rect, prompt: &Prompt, theme: &Theme) {
    let (before, after) = prompt.field.split();
    let (before, after) = (escape::message(before), escape::message(after));
    let note = Span::styled(format!("  {}", expected(prompt)), theme.dim());
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
    let text = prompt.field.text();
    match crate::app::command::form_of(text) {
        Some((form, _)) => format!("{} · {}", form.arguments, form.help),
        None if text.trim().is_empty() => "Tab completes, Esc leaves".to_owned(),
        None => String::new(),
    }
}
