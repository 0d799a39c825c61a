//! The view of locks and elections: queues and their members, one member a row.

use ratatui::Frame;
use ratatui::layout::Rect;

use super::frame;
use super::theme::Theme;
use crate::app::App;
use crate::app::queue::QueuesView;
use crate::app::view::View;
use crate::app::viewport::PaneSize;

/// Draws the view and says how many rows it has.
pub(super) fn render(
    frame: &mut Frame,
    area: Rect,
    app: &App,
    theme: &Theme,
    view: &View,
    _shown: &QueuesView,
) -> PaneSize {
    let inner = frame::view(frame, area, app, theme, view, Vec::new());
    PaneSize { width: inner.width, height: inner.height }
}
