//! How a cell looks, and the shortest way from one look to another.

use ratatui::buffer::Cell;
use ratatui::style::{Color, Modifier};

use super::decimal;

/// Colors and attributes of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Look {
    fg: Color,
    bg: Color,
    attributes: Modifier,
}

/// What can be seen of a cell that holds no ink.
const SEEN_ON_BLANK: Modifier = Modifier::REVERSED
    .union(Modifier::UNDERLINED)
    .union(Modifier::SLOW_BLINK)
    .union(Modifier::RAPID_BLINK)
    .union(Modifier::CROSSED_OUT);

const INTENSITY: Modifier = Modifier::BOLD.union(Modifier::DIM);

/// What takes back an attribute; for bold and dim it is the same.
const OFF: [(Modifier, u8); 7] = [
    (INTENSITY, 22),
    (Modifier::ITALIC, 23),
    (Modifier::UNDERLINED, 24),
    (Modifier::SLOW_BLINK.union(Modifier::RAPID_BLINK), 25),
    (Modifier::REVERSED, 27),
    (Modifier::HIDDEN, 28),
    (Modifier::CROSSED_OUT, 29),
];

const ON: [(Modifier, u8); 9] = [
    (Modifier::BOLD, 1),
    (Modifier::DIM, 2),
    (Modifier::ITALIC, 3),
    (Modifier::UNDERLINED, 4),
    (Modifier::SLOW_BLINK, 5),
    (Modifier::RAPID_BLINK, 6),
    (Modifier::REVERSED, 7),
    (Modifier::HIDDEN, 8),
    (Modifier::CROSSED_OUT, 9),
];

impl Look {
    pub(super) const PLAIN: Look =
        Look { fg: Color::Reset, bg: Color::Reset, attributes: Modifier::empty() };

    pub(super) fn of(cell: &Cell) -> Look {
        Look { fg: cell.fg, bg: cell.bg, attributes: cell.modifier }
    }

    /// Whether a blank that is drawn with this look is an empty cell in its background.
    pub(super) fn leaves_blanks_empty(self) -> bool {
        !self.attributes.intersects(SEEN_ON_BLANK)
    }

    /// Whether a blank looks the same in both.
    pub(super) fn same_on_blank(self, other: Look) -> bool {
        self == other
            || (self.bg == other.bg && self.leaves_blanks_empty() && other.leaves_blanks_empty())
    }

    /// What is seen of this look on a blank, and nothing else of it.
    pub(super) fn on_blank(self) -> Look {
        if self.leaves_blanks_empty() { Look { bg: self.bg, ..Look::PLAIN } } else { self }
    }

    /// Gives a cell this look.
    pub(super) fn put_on(self, cell: &mut Cell) {
        (cell.fg, cell.bg, cell.modifier) = (self.fg, self.bg, self.attributes);
    }

    /// Appends the sequence that changes the look, `from` something that is known or not.
    pub(super) fn change(self, from: Option<Look>, out: &mut Vec<u8>) {
        if from == Some(self) {
            return;
        }
        // An empty number is 0, which takes back everything.
        let mut anew = vec![b';'];
        self.colors(Look::PLAIN, &mut anew);
        numbers(self.attributes, &ON, &mut anew);
        let mut shortest = anew;
        if let Some(from) = from {
            let mut parts = Vec::new();
            let mut gone = from.attributes - self.attributes;
            if (from.attributes ^ self.attributes).intersects(INTENSITY) {
                // Some terminals know one of the two at a time: the order is to be the same always.
                gone |= from.attributes & INTENSITY;
            }
            let off = OFF.iter().filter(|(attributes, _)| gone.intersects(*attributes));
            let mut left = from.attributes;
            for (attributes, code) in off {
                number(*code, &mut parts);
                left.remove(*attributes);
            }
            numbers(self.attributes - left, &ON, &mut parts);
            self.colors(from, &mut parts);
            if parts.len() <= shortest.len() {
                shortest = parts;
            }
        }
        shortest.pop();
        out.extend_from_slice(b"\x1b[");
        out.append(&mut shortest);
        out.push(b'm');
    }

    fn colors(self, from: Look, out: &mut Vec<u8>) {
        if self.fg != from.fg {
            color(self.fg, 30, out);
        }
        if self.bg != from.bg {
            color(self.bg, 40, out);
        }
    }
}

fn numbers(attributes: Modifier, codes: &[(Modifier, u8)], out: &mut Vec<u8>) {
    for (attribute, code) in codes {
        if attributes.contains(*attribute) {
            number(*code, out);
        }
    }
}

/// A number and what separates it from the next.
fn number(number: u8, out: &mut Vec<u8>) {
    decimal::number(number.into(), out);
    out.push(b';');
}

/// A color; `base` is 30 for the text and 40 for the ground. The names are the terminal's own sixteen.
fn color(color: Color, base: u8, out: &mut Vec<u8>) {
    let code = match color {
        Color::Reset => 9,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 60,
        Color::LightRed => 61,
        Color::LightGreen => 62,
        Color::LightYellow => 63,
        Color::LightBlue => 64,
        Color::LightMagenta => 65,
        Color::LightCyan => 66,
        Color::White => 67,
        Color::Indexed(index) => {
            return [base + 8, 5, index].into_iter().for_each(|part| number(part, out));
        }
        Color::Rgb(red, green, blue) => {
            return [base + 8, 2, red, green, blue].into_iter().for_each(|part| number(part, out));
        }
    };
    number(base + code, out);
}

#[cfg(test)]
mod tests {
    use ratatui::style::Style;

    use super::*;

    fn look(style: Style) -> Look {
        let mut cell = Cell::default();
        cell.set_style(style);
        Look::of(&cell)
    }

    fn change(from: Option<Style>, to: Style) -> String {
        let mut out = Vec::new();
        look(to).change(from.map(look), &mut out);
        String::from_utf8(out).expect("ASCII").replace('\x1b', "")
    }

    #[test]
    fn the_shortest_change_is_taken() {
        let plain = Style::new();
        let bold_blue = plain.fg(Color::Blue).bold();
        for (from, to, bytes) in [
            (Some(plain), plain, ""),
            (None, plain, "[m"),
            (Some(bold_blue), plain, "[m"),
            (Some(plain), bold_blue, "[1;34m"),
            (None, bold_blue, "[;34;1m"),
            (Some(bold_blue), plain.fg(Color::Blue), "[22m"),
            (Some(bold_blue), plain.bold(), "[39m"),
            (Some(plain.bold()), plain.dim(), "[;2m"),
            (Some(bold_blue.dim()), bold_blue, "[22;1m"),
            (Some(plain.reversed().fg(Color::Red)), plain.fg(Color::Red), "[27m"),
            (Some(plain.italic().underlined()), plain.underlined(), "[23m"),
            (Some(plain), plain.fg(Color::White).bg(Color::Red), "[97;41m"),
            (Some(plain), plain.fg(Color::Indexed(200)), "[38;5;200m"),
            (Some(plain), plain.bg(Color::Rgb(1, 20, 255)), "[48;2;1;20;255m"),
            (Some(plain.bg(Color::Red)), plain.fg(Color::Red), "[;31m"),
        ] {
            assert_eq!(change(from, to), bytes, "{from:?} to {to:?}");
        }
    }

    #[test]
    fn a_blank_shows_its_ground_only() {
        let plain = Style::new();
        let same = |a: Style, b: Style| look(a).same_on_blank(look(b));
        assert!(same(plain, plain.fg(Color::Blue).bold().italic()));
        assert!(!same(plain, plain.bg(Color::Blue)));
        for seen in [plain.reversed(), plain.underlined(), plain.crossed_out()] {
            assert!(!same(plain, seen) && same(seen, seen) && !same(seen, seen.fg(Color::Red)));
            assert_eq!(look(seen).on_blank(), look(seen));
        }
        assert_eq!(
            look(plain.fg(Color::Red).bg(Color::Blue).bold()).on_blank(),
            look(plain.bg(Color::Blue))
        );
    }
}
