//! What a line being typed could become, and what was wrong with it: a list above the command line.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Borders, Clear, Padding, Paragraph};

use super::text::{cut_end, cut_middle, fit, width, wrap};
use super::theme::Theme;
use crate::app::App;
use crate::app::command::{FORMS, Form, candidates, form_of};
use crate::app::dialog::Prompt;
use crate::app::viewport::keep_in_view;
use crate::domain::escape;

/// Most rows the list has.
const MOST: usize = 8;

/// Draws the list above `line`, the command line, as high as it needs and half the screen allows.
pub(super) fn render(frame: &mut Frame, line: Rect, app: &App, theme: &Theme, prompt: &Prompt) {
    let screen = frame.area();
    let room = usize::from(screen.height / 2).saturating_sub(1).min(MOST);
    let cells = usize::from(screen.width.saturating_sub(2));
    let rows = match &prompt.error {
        Some(error) => {
            let lines = wrap(&escape::message(error), cells);
            lines.into_iter().map(|line| Line::styled(line, theme.danger())).collect()
        }
        None => could_be(app, theme, prompt, room, cells),
    };
    let height = (rows.len().min(room) + 1) as u16;
    if rows.is_empty() || height > line.y {
        return;
    }
    let area = Rect { x: 0, y: line.y - height, width: screen.width, height };
    let block = Block::new()
        .borders(Borders::TOP)
        .border_type(BorderType::Thick)
        .border_style(theme.border(true))
        .padding(Padding::horizontal(1));
    frame.render_widget(Clear, area);
    frame.render_widget(Paragraph::new(rows).block(block), area);
}

fn could_be<'a>(
    app: &App,
    theme: &Theme,
    prompt: &Prompt,
    room: usize,
    cells: usize,
) -> Vec<Line<'a>> {
    let text = prompt.field.text();
    if !prompt.completion.texts.is_empty() {
        return completions(theme, prompt, room, cells);
    }
    if form_of(text).is_some() {
        return Vec::new();
    }
    let forms: Vec<&Form> =
        if text.trim().is_empty() { FORMS.iter().collect() } else { candidates(text) };
    let allowed = forms.into_iter().filter(|form| !(form.writes && app.is_read_only()));
    let mut rows: Vec<Line> = allowed.map(|form| form_row(theme, form, cells)).collect();
    if rows.len() > room {
        let more = rows.len() + 1 - room;
        rows.truncate(room.saturating_sub(1));
        rows.push(Line::styled(format!("… {more} more, type to narrow them down"), theme.dim()));
    }
    rows
}

/// `delete-prefix PREFIX         delete all keys with a prefix, counted first`
fn form_row<'a>(theme: &Theme, form: &Form, cells: usize) -> Line<'a> {
    const LEFT: usize = 30;
    let left = format!("{} {}", form.name, form.arguments);
    if cells < 2 * LEFT {
        return Line::styled(cut_end(&left, cells), theme.strong());
    }
    let help = cut_end(form.help, cells.saturating_sub(LEFT + 1));
    Line::from(vec![
        Span::styled(fit(&left, LEFT), theme.strong()),
        Span::styled(format!(" {help}"), theme.dim()),
    ])
}

/// The completions in view around the one taken, which is marked.
pub(super) fn completions<'a>(
    theme: &Theme,
    prompt: &Prompt,
    room: usize,
    cells: usize,
) -> Vec<Line<'a>> {
    let completion = &prompt.completion;
    let taken = completion.taken.unwrap_or(0);
    let top = keep_in_view(taken.saturating_sub(room / 2), taken, room, completion.texts.len());
    let shown = completion.texts.iter().enumerate().skip(top).take(room);
    shown
        .map(|(at, text)| {
            let text = cut_middle(&escape::message(text.trim()), cells);
            if completion.taken == Some(at) {
                let gap = " ".repeat(cells.saturating_sub(width(&text)));
                Line::styled(format!("{text}{gap}"), theme.selected())
            } else {
                Line::raw(text)
            }
        })
        .collect()
}
