//! What the screen last showed of each pane: the one value that comes back from drawing.

/// The inner size of a pane, in cells.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PaneSize {
    /// Columns.
    pub width: u16,
    /// Rows; 0 when the pane is not on the screen.
    pub height: u16,
}

/// The sizes of all panes in the last frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Viewport {
    /// The rows of the tree.
    pub keys: PaneSize,
    /// The rows of the value, without its head lines.
    pub value: PaneSize,
    /// The rows of the lease list.
    pub leases: PaneSize,
    /// The rows of the watch log.
    pub watch: PaneSize,
    /// The rows of the list of a view, or of its editor.
    pub view: PaneSize,
    /// The rows beside the editor of a view.
    pub aside: PaneSize,
    /// How many rows the text beside it has, in view or not.
    pub aside_len: usize,
    /// The rows inside the topmost dialog.
    pub dialog: PaneSize,
    /// How many rows the text of the topmost dialog has, in view or not.
    pub dialog_len: usize,
    /// How many cells held what could have acted on the terminal and were kept from it: always 0,
    /// unless the program has a fault.
    pub swept: usize,
}

/// The first row to show so that the selected one is in view, moving as little as possible.
pub fn keep_in_view(top: usize, selected: usize, height: usize, len: usize) -> usize {
    let height = height.max(1);
    let last_top = len.saturating_sub(height);
    let top = top.min(last_top);
    if selected < top {
        selected
    } else if selected >= top + height {
        (selected + 1 - height).min(last_top)
    } else {
        top
    }
}

/// A cursor in a list: the selected row and the first one shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// The selected row.
    pub selected: usize,
    /// The first row shown.
    pub top: usize,
}

/// How a cursor moves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Move {
    /// So many rows down (up when negative).
    By(isize),
    /// To the first row.
    First,
    /// To the last row.
    Last,
}

impl Cursor {
    /// Moves within `len` rows of which `height` are in view.
    pub fn go(&mut self, movement: Move, len: usize, height: usize) {
        let last = len.saturating_sub(1);
        self.selected = match movement {
            Move::By(rows) => self.selected.saturating_add_signed(rows).min(last),
            Move::First => 0,
            Move::Last => last,
        };
        self.settle(len, height);
    }

    /// Keeps the selection inside the list and in view after either changed.
    pub fn settle(&mut self, len: usize, height: usize) {
        self.selected = self.selected.min(len.saturating_sub(1));
        self.top = keep_in_view(self.top, self.selected, height, len);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_selected_row_stays_in_view() {
        // (top, selected, height, len) -> top
        let cases = [
            ((0, 0, 10, 100), 0),
            ((0, 10, 10, 100), 1),
            ((5, 3, 10, 100), 3),
            ((95, 99, 10, 100), 90),
            ((50, 2, 10, 5), 0),
            ((3, 4, 0, 10), 4),
        ];
        for ((top, selected, height, len), expected) in cases {
            assert_eq!(keep_in_view(top, selected, height, len), expected, "{top} {selected}");
        }
    }
}
