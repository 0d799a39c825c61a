//! The view of the doctor: findings by endpoint, and what to do about each.
//!
//! ```text
//! http://10.0.0.1:2379
//!   ok       TCP          connected to 10.0.0.1:2379 in 0.4 ms
//!   warning  version      etcd 3.4.23; fixes for 3.4 ended in June 2026
//!                         → upgrade, one release line after the other
//!   …        looking
//! ```

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::{self, face, scrollbar};
use super::layout::line;
use super::text::cut_middle;
use super::theme::Theme;
use crate::app::App;
use crate::app::doctor::DoctorView;
use crate::app::view::View;
use crate::app::viewport::PaneSize;
use crate::domain::diagnosis::{self, Outcome, Row};

/// Draws the view and says how many rows it has.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
    shown: &DoctorView,
) -> PaneSize {
    let inner = frame::view(frame, area, app, theme, view, notes(theme, shown));
    let size = PaneSize { width: inner.width, height: inner.height };
    let lines = diagnosis::lines(&shown.diagnosis, usize::from(inner.width));
    if lines.is_empty() {
        face(frame, inner, "looking at the endpoints …", theme.dim());
        return size;
    }
    let height = usize::from(inner.height);
    let top = shown.top.min(lines.len().saturating_sub(height));
    for (offset, told) in lines.iter().skip(top).take(height).enumerate() {
        let drawn = drawn(theme, told, usize::from(inner.width));
        frame.render_widget(drawn, line(inner, offset as u16));
    }
    scrollbar(frame, area, theme, true, (top, height, lines.len()));
    size
}

/// How it stands.
fn notes<'a>(theme: &Theme, shown: &DoctorView) -> Vec<Span<'a>> {
    let diagnosis = &shown.diagnosis;
    if !diagnosis.has_ended() {
        return vec![Span::styled("looking …", theme.changed())];
    }
    let style = if !diagnosis.is_well() {
        theme.danger()
    } else if diagnosis.count(Outcome::Warning) > 0 {
        theme.changed()
    } else {
        theme.good()
    };
    vec![Span::styled(diagnosis.verdict(), style)]
}

fn drawn<'a>(theme: &Theme, told: &diagnosis::Line, cells: usize) -> Line<'a> {
    match told {
        diagnosis::Line::Blank => Line::default(),
        diagnosis::Line::Title(title) => Line::styled(cut_middle(title, cells), theme.strong()),
        diagnosis::Line::Looking => Line::styled("  …        looking", theme.dim()),
        diagnosis::Line::Row(Row { mark: None, text, is_advice }) => {
            let style = if *is_advice { theme.number() } else { ratatui::style::Style::new() };
            Line::styled(text.clone(), style)
        }
        diagnosis::Line::Row(Row { mark: Some((outcome, mark)), text, .. }) => {
            let style = match outcome {
                Outcome::Ok => theme.good(),
                Outcome::Warning => theme.changed(),
                Outcome::Failed => theme.danger(),
                Outcome::Skipped => theme.dim(),
            };
            Line::from(vec![Span::styled(mark.clone(), style), Span::raw(text.clone())])
        }
    }
}
