//! Few colors, each with one meaning, out of the terminal's own palette so that any theme works.
//! Everything that a color says is said without it too.

use std::time::SystemTime;

use jiff::Timestamp;
use jiff::tz::TimeZone;
use ratatui::style::{Color, Modifier, Style};

use crate::domain::mark::MarkColor;
use crate::domain::value::{Class, Match};

/// The looks of a run: styles, and the zone in which times are told.
#[derive(Clone, Debug)]
pub struct Theme {
    color: bool,
    zone: TimeZone,
}

#[expect(clippy::unused_self, reason = "the theme is asked for every style, colored or not")]
impl Theme {
    /// With colors, or with bold, dim and reversed text only.
    pub fn new(color: bool, zone: TimeZone) -> Theme {
        Theme { color, zone }
    }

    /// Seconds east of Greenwich at a time: summer time ends while a log is on the screen.
    pub(super) fn offset(&self, time: SystemTime) -> i32 {
        Timestamp::try_from(time).map_or(0, |time| self.zone.to_offset(time).seconds())
    }

    fn fg(&self, color: Color) -> Style {
        if self.color { Style::new().fg(color) } else { Style::new() }
    }

    /// A directory, and what can be opened.
    pub(super) fn directory(&self) -> Style {
        self.fg(Color::Blue).add_modifier(Modifier::BOLD)
    }

    /// A number worth reading.
    pub(super) fn number(&self) -> Style {
        self.fg(Color::Cyan)
    }

    /// Something changed by somebody else, or not saved.
    pub(super) fn changed(&self) -> Style {
        self.fg(Color::Yellow).add_modifier(Modifier::BOLD)
    }

    /// Something lost, failed or about to be destroyed.
    pub(super) fn danger(&self) -> Style {
        self.fg(Color::Red).add_modifier(Modifier::BOLD)
    }

    /// The bar of a marked cluster: its own color, or everything reversed.
    pub(super) fn mark(&self, color: MarkColor) -> Style {
        if !self.color {
            return Style::new().add_modifier(Modifier::REVERSED);
        }
        let (ground, text) = match color {
            MarkColor::Red => (Color::Red, Color::White),
            MarkColor::Yellow => (Color::Yellow, Color::Black),
            MarkColor::Green => (Color::Green, Color::Black),
            MarkColor::Cyan => (Color::Cyan, Color::Black),
            MarkColor::Blue => (Color::Blue, Color::White),
            MarkColor::Magenta => (Color::Magenta, Color::White),
        };
        Style::new().fg(text).bg(ground)
    }

    /// All is well.
    pub(super) fn good(&self) -> Style {
        self.fg(Color::Green)
    }

    /// What matters less.
    pub(super) fn dim(&self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// What is read first.
    pub(super) fn strong(&self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The selected row of the focused pane.
    pub(super) fn selected(&self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// The selected row of the tree without the focus: the value shown is still its.
    pub(super) fn selected_elsewhere(&self) -> Style {
        Style::new().add_modifier(Modifier::UNDERLINED)
    }

    /// A piece of what was looked for; the one that is looked at stands out.
    pub(super) fn found(&self, style: Style, found: Match) -> Style {
        match found {
            Match::None => style,
            Match::Other => style.add_modifier(Modifier::BOLD | Modifier::UNDERLINED),
            Match::Current => style.add_modifier(Modifier::BOLD | Modifier::REVERSED),
        }
    }

    /// The frame of a pane.
    pub(super) fn border(&self, focused: bool) -> Style {
        if focused { self.fg(Color::Green).add_modifier(Modifier::BOLD) } else { self.dim() }
    }

    /// A part of a value.
    pub(super) fn class(&self, class: Class) -> Style {
        match class {
            Class::Plain | Class::Punct => Style::new(),
            Class::Key => self.fg(Color::Blue),
            Class::String => self.fg(Color::Green),
            Class::Number => self.number(),
            Class::Literal => self.fg(Color::Magenta),
            Class::Escape => self.fg(Color::Yellow).add_modifier(Modifier::DIM),
            Class::Dim => self.dim(),
        }
    }
}
