//! Where the panes are: all four on a usual terminal, fewer on a small one.

use ratatui::layout::{Constraint, Layout, Rect};

use crate::app::pane::Pane;

/// Below this nothing useful can be drawn.
pub(super) const LEAST: (u16, u16) = (40, 10);

/// One line of an area; an empty area when it is below the end.
pub(super) fn line(area: Rect, offset: u16) -> Rect {
    let height = u16::from(offset < area.height);
    Rect { y: area.y + offset.min(area.height), height, ..area }
}

/// The areas of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Areas {
    pub(super) header: Rect,
    pub(super) keys: Option<Rect>,
    pub(super) value: Option<Rect>,
    pub(super) leases: Option<Rect>,
    pub(super) watch: Option<Rect>,
    pub(super) footer: Rect,
}

/// Divides the screen. A pane that has no room is shown when it gets the focus.
pub(super) fn areas(area: Rect, focus: Pane, zoomed: bool) -> Areas {
    let [header, main, footer] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(0), Constraint::Length(1)])
            .areas(area);
    let mut areas = Areas { header, keys: None, value: None, leases: None, watch: None, footer };
    if zoomed || area.width < 60 || area.height < 12 {
        *areas.of(focus) = Some(main);
    } else if area.width < 80 || area.height < 20 {
        // Two panes side by side: the tree, and what has the focus or else the value.
        let right = if focus == Pane::Keys { Pane::Value } else { focus };
        let columns = [Constraint::Percentage(40), Constraint::Percentage(60)];
        let [left, beside] = Layout::horizontal(columns).areas(main);
        areas.keys = Some(left);
        *areas.of(right) = Some(beside);
    } else {
        let watch = (main.height / 4).clamp(5, 16);
        let rows = [Constraint::Min(0), Constraint::Length(watch)];
        let [upper, watch] = Layout::vertical(rows).areas(main);
        let left = (area.width * 2 / 5).clamp(30, 70);
        let columns = [Constraint::Length(left), Constraint::Min(0)];
        let [keys, right] = Layout::horizontal(columns).areas(upper);
        let leases = (upper.height / 4).clamp(5, 12);
        let rows = [Constraint::Min(0), Constraint::Length(leases)];
        let [value, leases] = Layout::vertical(rows).areas(right);
        areas.keys = Some(keys);
        areas.value = Some(value);
        areas.leases = Some(leases);
        areas.watch = Some(watch);
    }
    areas
}

/// The panes that have no room now.
pub(super) fn hidden(area: Rect, focus: Pane, zoomed: bool) -> Vec<Pane> {
    let mut areas = areas(area, focus, zoomed);
    Pane::ALL.into_iter().filter(|pane| areas.of(*pane).is_none()).collect()
}

impl Areas {
    fn of(&mut self, pane: Pane) -> &mut Option<Rect> {
        match pane {
            Pane::Keys => &mut self.keys,
            Pane::Value => &mut self.value,
            Pane::Leases => &mut self.leases,
            Pane::Watch => &mut self.watch,
        }
    }
}

/// An area in the middle of another, of at most this size.
pub(super) fn centered(area: Rect, width: u16, height: u16) -> Rect {
    let (width, height) = (width.min(area.width), height.min(area.height));
    let x = area.x + (area.width - width) / 2;
    let y = area.y + (area.height - height) / 2;
    Rect { x, y, width, height }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_focused_pane_is_always_there() {
        for (width, height) in [(40, 10), (60, 12), (79, 40), (80, 24), (200, 50), (200, 11)] {
            for focus in Pane::ALL {
                for zoomed in [false, true] {
                    let mut areas = areas(Rect::new(0, 0, width, height), focus, zoomed);
                    let area = areas.of(focus).expect("the focused pane");
                    assert!(area.width >= 20 && area.height >= 4, "{width}x{height} {focus:?}");
                }
            }
        }
    }

    #[test]
    fn a_usual_terminal_shows_all() {
        let mut areas = areas(Rect::new(0, 0, 80, 24), Pane::Keys, false);
        assert!(Pane::ALL.iter().all(|pane| areas.of(*pane).is_some()));
    }
}
