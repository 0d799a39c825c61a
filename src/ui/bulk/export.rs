//! How an export is getting on.

use ratatui::text::Line;

use super::running::{bar, of_export};
use super::{STEADY, bytes_of, count, keys};
use crate::app::App;
use crate::ui::theme::Theme;

/// The lines of its dialog.
pub(in crate::ui) fn lines<'a>(app: &App, theme: &Theme, room: usize) -> Vec<Line<'a>> {
    let Some(export) = &app.export else { return Vec::new() };
    let progress = &export.progress;
    let when = if export.revision.is_some() {
        format!("As it was at revision {}. ", count(export.revision.0.max(0) as u64))
    } else {
        "As it is now. ".to_owned()
    };
    vec![
        Line::styled(bar(&of_export(app), room.min(STEADY)), theme.number()),
        Line::raw(format!(
            "{} of {} · {} so far",
            count(progress.keys),
            keys(progress.total),
            bytes_of(progress.bytes)
        )),
        Line::styled(format!("{when}Nothing is written to etcd."), theme.dim()),
    ]
}
