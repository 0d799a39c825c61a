//! The net under everything that is drawn: no cell of a finished frame holds anything that could act on
//! the terminal, or be drawn elsewhere than in its place.
//!
//! Text is made safe long before, in `domain::escape`. What is caught here is a fault of this program,
//! so it is counted, and the count is told. Not counted is a wide character of which something else, a
//! dialog, covers the right half: it goes, since a terminal would show it instead of what covers it.

use ratatui::buffer::{Buffer, Cell, CellWidth as _};
use ratatui::style::Modifier;

use crate::domain::escape;

/// Stands in place of what was caught, reversed.
const MARK: &str = "?";

/// Replaces what must not reach the terminal and answers how many cells that were.
pub(super) fn sweep(buffer: &mut Buffer) -> usize {
    let width = usize::from(buffer.area.width).max(1);
    let mut caught = 0;
    for row in buffer.content.chunks_mut(width) {
        for at in 0..row.len() {
            let (cell, behind) = (&row[at], &row[at + 1..]);
            let symbol = cell.symbol();
            if !is_safe(symbol, 1 + behind.len()) {
                replace(&mut row[at]);
                caught += 1;
            } else if symbol.len() > 1
                && behind.first().is_some_and(|next| next.symbol() != " ")
                && cell.cell_width() > 1
            {
                row[at].set_symbol(" ");
            }
        }
    }
    caught
}

/// Whether a cell holds one glyph that is shown as it is and does not reach over the end of its row,
/// `room` columns from the cell.
fn is_safe(symbol: &str, room: usize) -> bool {
    if let [b' '..=b'~'] = symbol.as_bytes() {
        return true;
    }
    match escape::first_glyph(symbol) {
        Some(glyph @ escape::Glyph::Plain(text)) => text == symbol && glyph.columns() <= room,
        // An empty cell would send nothing, and shift the rest of its row.
        Some(escape::Glyph::Escaped(_) | escape::Glyph::Byte(_)) | None => false,
    }
}

fn replace(cell: &mut Cell) {
    cell.set_symbol(MARK).modifier.insert(Modifier::REVERSED);
}

#[cfg(test)]
mod tests {
    use ratatui::layout::Rect;

    use super::*;

    #[test]
    fn what_could_act_is_replaced_and_counted() {
        let fine = ["a", " ", "…", "█", "é", "日", "ที่"];
        let caught = [
            "",
            "\x1b",
            "\u{9b}",
            "\n",
            "ab",
            "\u{202e}",
            "a\u{200b}",
            "\u{301}",
            "e\u{301}",
            "\u{e35}",
            "ท\u{e35}\u{e35}\u{e35}\u{e35}",
            "👩\u{200d}🚒",
            "🇩🇪",
            "☂\u{fe0f}",
        ];
        let mut buffer = Buffer::empty(Rect::new(0, 0, 10, 3));
        for (at, symbol) in fine.iter().chain(&caught).enumerate() {
            buffer.content[at].set_symbol(symbol);
        }
        assert_eq!(sweep(&mut buffer), caught.len());
        for (at, symbol) in fine.iter().enumerate() {
            assert_eq!(buffer.content[at].symbol(), *symbol);
        }
        for cell in &buffer.content[fine.len()..fine.len() + caught.len()] {
            assert_eq!(cell.symbol(), MARK);
            assert!(cell.modifier.contains(Modifier::REVERSED));
        }
        assert_eq!(sweep(&mut buffer), 0, "what is swept is clean");
    }

    #[test]
    fn a_wide_character_under_the_edge_of_something_gives_way() {
        let mut buffer = Buffer::with_lines(["日本 日本"]);
        buffer[(3, 0)].set_symbol("│");
        assert_eq!(sweep(&mut buffer), 0);
        assert_eq!(buffer, Buffer::with_lines(["日 │ 日本"]));
    }

    #[test]
    fn a_wide_character_does_not_reach_over_the_end_of_its_row() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 3, 1));
        buffer.content[2].set_symbol("日");
        assert_eq!(sweep(&mut buffer), 1);
    }
}
