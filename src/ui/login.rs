//! The dialog that asks who we are.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::layout::line;
use super::text::wrap;
use super::theme::Theme;
use super::window::{Shown, boxed, field};
use crate::app::App;
use crate::app::login::form::{LoginField, LoginForm};
use crate::app::viewport::PaneSize;
use crate::domain::escape;
use crate::domain::text::{Field, Motion};

/// Draws it: why it is asked, the user, and as many marks as the password has characters.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    form: &LoginForm,
) -> Shown {
    const MOST: usize = 72;
    let room = usize::from(area.width).saturating_sub(4).min(MOST);
    let said = if form.waits { "logging in …" } else { form.why.as_str() };
    let mut above: Vec<String> = wrap(&escape::message(said), room);
    above.retain(|line| !line.is_empty());
    // The fields stay in view, however long the reason is.
    above.truncate(usize::from(area.height).saturating_sub(8).max(1));
    let rows = above.len() + 2;
    let title = "Log in to etcd";
    let inner = boxed(frame, area, app, theme, title, (room, rows), theme.border(true));
    let style = if form.waits { theme.dim() } else { theme.danger() };
    for (row, text) in above.iter().enumerate() {
        frame.render_widget(Line::styled(text.clone(), style), line(inner, row as u16));
    }
    let marks = hidden(form);
    let fields = [
        (LoginField::User, "user      ", &form.user),
        (LoginField::Password, "password  ", &marks),
    ];
    let mut fields: Vec<_> = fields.into_iter().enumerate().collect();
    // The last one drawn has the cursor.
    fields.sort_by_key(|(_, (which, ..))| *which == form.at);
    for (row, (_, label, text)) in fields {
        field(frame, line(inner, (above.len() + row) as u16), theme, label, text);
    }
    (PaneSize { width: inner.width, height: inner.height }, rows)
}

/// A mark for each character, the cursor where it is.
fn hidden(form: &LoginForm) -> Field {
    let mut marks = Field::new(&"*".repeat(form.password.len()));
    (form.password.cursor()..form.password.len()).for_each(|_| marks.go(Motion::Left));
    marks
}
