//! The four panes of the main screen.

use crate::keymap::Context;

/// A pane, in the order of its number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Pane {
    /// The key tree.
    #[default]
    Keys,
    /// The value of the selected key.
    Value,
    /// The leases.
    Leases,
    /// The watch log.
    Watch,
}

impl Pane {
    /// All, in order.
    pub const ALL: [Pane; 4] = [Pane::Keys, Pane::Value, Pane::Leases, Pane::Watch];

    /// Its title.
    pub fn title(self) -> &'static str {
        match self {
            Pane::Keys => "Keys",
            Pane::Value => "Value",
            Pane::Leases => "Leases",
            Pane::Watch => "Watch",
        }
    }

    /// Its number on the screen, from 1.
    pub fn number(self) -> usize {
        self as usize + 1
    }

    /// The pane so many places on, around the end.
    pub fn step(self, by: isize) -> Pane {
        Pane::ALL[(self as usize).wrapping_add_signed(by) % Pane::ALL.len()]
    }

    /// Where its keys are found in the table.
    pub fn context(self) -> Context {
        match self {
            Pane::Keys => Context::Keys,
            Pane::Value => Context::Value,
            Pane::Leases => Context::Leases,
            Pane::Watch => Context::Watch,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_focus_goes_around() {
        assert_eq!(Pane::Watch.step(1), Pane::Keys);
        assert_eq!(Pane::Keys.step(-1), Pane::Watch);
        assert_eq!(Pane::Keys.step(1), Pane::Value);
    }
}
