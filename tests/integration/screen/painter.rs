//! What the painter sends makes an emulator show every frame exactly, styles and cursor too, whatever
//! was shown before; and it sends little.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;

use super::emulator::Emulator;

/// What happens to a picture. Places and lengths are taken as far as there is room.
#[derive(Clone, Debug)]
enum Change {
    Nothing,
    Text(Place, String, Style),
    Style(Place, u16, Style),
    /// Rows move up or down, over the whole width, and some of them get new text.
    Scroll {
        top: u16,
        height: u16,
        by: u16,
        up: bool,
        new: String,
    },
    /// Columns move, which no terminal can do for us.
    Side(u16, u16),
    Blank(Place, u16, u16),
    Cursor(Option<Place>),
    Resize(u16, u16),
    Redraw,
}

type Place = (u16, u16);

/// The program's own colors and attributes first.
fn styles() -> impl Strategy<Value = Style> {
    let color = prop_oneof![
        3 => Just(Color::Reset),
        3 => prop_oneof![Just(Color::Red), Just(Color::Blue), Just(Color::White)],
        1 => prop_oneof![Just(Color::DarkGray), Just(Color::LightCyan), Just(Color::Gray)],
        1 => any::<u8>().prop_map(Color::Indexed),
        1 => any::<[u8; 3]>().prop_map(|[r, g, b]| Color::Rgb(r, g, b)),
    ];
    let ground = prop_oneof![4 => Just(Color::Reset), 1 => color.clone()];
    let attributes = prop_oneof![
        Just(Modifier::empty()),
        Just(Modifier::BOLD),
        Just(Modifier::DIM),
        Just(Modifier::REVERSED),
        Just(Modifier::UNDERLINED),
        Just(Modifier::ITALIC.union(Modifier::BOLD)),
        Just(Modifier::DIM.union(Modifier::REVERSED)),
        Just(Modifier::DIM.union(Modifier::BOLD)),
    ];
    (color, ground, attributes).prop_map(|(fg, bg, attributes)| {
        // All of it is set, so that what was there before is gone.
        Style::new().fg(fg).bg(bg).remove_modifier(Modifier::all()).add_modifier(attributes)
    })
}

fn changes() -> impl Strategy<Value = Change> {
    let place = || (0..50u16, 0..14u16);
    let text = prop_oneof![
        4 => "[a-c ]{1,40}",
        4 => "[a日本é ]{1,30}",
        1 => "[│─x]{1,10}",
        1 => " {1,60}",
    ];
    prop_oneof![
        1 => Just(Change::Nothing),
        6 => (place(), text.clone(), styles()).prop_map(|(at, text, style)| Change::Text(at, text, style)),
        2 => (place(), 1..60u16, styles()).prop_map(|(at, width, style)| Change::Style(at, width, style)),
        4 => (0..14u16, 2..14u16, 1..4u16, any::<bool>(), text)
            .prop_map(|(top, height, by, up, new)| Change::Scroll { top, height, by, up, new }),
        3 => (0..50u16, 1..4u16).prop_map(|(from, by)| Change::Side(from, by)),
        1 => (place(), 1..50u16, 1..9u16).prop_map(|(at, width, height)| Change::Blank(at, width, height)),
        1 => proptest::option::of(place()).prop_map(Change::Cursor),
        1 => (1..50u16, 1..14u16).prop_map(|(width, height)| Change::Resize(width, height)),
        1 => Just(Change::Redraw),
    ]
}

/// A screen that remembers, for frames that resemble one another.
struct Picture {
    emulator: Emulator,
    buffer: Buffer,
    cursor: Option<Place>,
}

impl Picture {
    fn new(width: u16, height: u16) -> Picture {
        Picture {
            emulator: Emulator::new((width, height)),
            buffer: Buffer::empty(Rect::new(0, 0, width, height)),
            cursor: None,
        }
    }

    fn change(&mut self, change: &Change) {
        let area = self.buffer.area;
        let inside = |(x, y): Place| (x % area.width, y % area.height);
        match change {
            Change::Nothing => {}
            Change::Text(at, text, style) => {
                let (x, y) = inside(*at);
                self.buffer.set_string(x, y, text, *style);
            }
            Change::Style(at, width, style) => {
                let (x, y) = inside(*at);
                self.buffer.set_style(Rect::new(x, y, *width, 1).intersection(area), *style);
            }
            Change::Scroll { top, height, by, up, new } => {
                let width = usize::from(area.width);
                let top = usize::from(top % area.height);
                let end = (top + usize::from(*height)).min(area.height.into());
                let by = usize::from(*by).min(end - top);
                let rows = &mut self.buffer.content[top * width..end * width];
                if *up {
                    rows.rotate_left(by * width);
                } else {
                    rows.rotate_right(by * width);
                }
                let fresh = if *up { end - by..end } else { top..top + by };
                for y in fresh {
                    self.buffer.set_string(0, y as u16, new, Style::new());
                }
            }
            Change::Side(from, by) => {
                for row in self.buffer.content.chunks_mut(area.width.into()) {
                    let from = usize::from(*from).min(row.len() - 1);
                    let by = usize::from(*by).min(row.len() - from);
                    row[from..].rotate_left(by);
                }
            }
            Change::Blank((x, y), width, height) => {
                let area = Rect::new(*x, *y, *width, *height).intersection(area);
                for at in area.positions() {
                    self.buffer[at].reset();
                }
            }
            Change::Cursor(at) => self.cursor = at.map(inside),
            Change::Resize(width, height) => {
                self.buffer.resize(Rect::new(0, 0, *width, *height));
                self.cursor = self.cursor.filter(|(x, y)| x < width && y < height);
                self.emulator.resize((*width, *height));
            }
            Change::Redraw => self.emulator.redraw(),
        }
        mend(&mut self.buffer);
    }

    fn draw(&mut self) -> usize {
        let (buffer, cursor) = (&self.buffer, self.cursor);
        self.emulator.draw(&mut |frame| {
            frame.buffer_mut().clone_from(buffer);
            if let Some((x, y)) = cursor {
                frame.set_cursor_position(Position { x, y });
            }
        });
        assert_eq!(self.emulator.cursor(), cursor);
        self.emulator.bytes()
    }
}

/// As the sweep does it: no wide character is cut, by the end of its row or by its neighbor.
fn mend(buffer: &mut Buffer) {
    let width = usize::from(buffer.area.width);
    for row in buffer.content.chunks_mut(width) {
        for x in 0..row.len() {
            let is_wide = matches!(row[x].symbol(), "日" | "本");
            if is_wide && row.get(x + 1).is_none_or(|next| next.symbol() != " ") {
                row[x].set_symbol(" ");
            }
        }
    }
}

#[test]
fn an_emulator_shows_every_frame_exactly() {
    let config = Config { cases: 150, failure_persistence: None, ..Config::default() };
    let frames = prop::collection::vec(prop::collection::vec(changes(), 1..4), 1..12);
    let size = prop_oneof![(1..50u16, 1..14u16), Just((50, 14))];
    let run = TestRunner::new(config).run(&(size, frames), |((width, height), frames)| {
        let mut picture = Picture::new(width, height);
        picture.draw();
        for changes in frames {
            for change in &changes {
                picture.change(change);
            }
            picture.draw();
            prop_assert_eq!(picture.draw(), 0, "nothing has changed");
        }
        Ok(())
    });
    if let Err(error) = run {
        panic!("{error}");
    }
}

/// The cursor may stand on the right half of a wide character: nothing is written on from there.
#[test]
fn what_stands_behind_a_cursor_within_a_wide_character_is_found() {
    let mut picture = Picture::new(20, 1);
    picture.change(&Change::Text((0, 0), "日ab".to_owned(), Style::new()));
    picture.change(&Change::Cursor(Some((1, 0))));
    picture.draw();
    picture.change(&Change::Text((3, 0), "c".to_owned(), Style::new()));
    picture.draw();
}

/// A log at the lower end of a screen of the usual panes, as wide as the screen.
fn with_log(lines: std::ops::Range<u64>) -> Picture {
    let mut picture = Picture::new(200, 50);
    let border = Style::new().dim();
    for y in 1..36 {
        for (x, text) in [(0, "│"), (69, "│"), (70, "│"), (199, "│")] {
            picture.buffer.set_string(x, y, text, border);
        }
        picture.buffer.set_string(3, y, format!("key-{y}"), Style::new());
        picture.buffer.set_string(60, y, "1,234", Style::new().cyan());
        picture.buffer.set_string(72, y, "\"name\": \"value\",", Style::new().green());
    }
    picture.buffer.set_string(0, 49, " e edit  n new  d delete", border);
    put_log(&mut picture, lines);
    picture.draw();
    picture
}

fn put_log(picture: &mut Picture, lines: std::ops::Range<u64>) {
    for (y, n) in (37..49).zip(lines) {
        let mut line = Line::default();
        line.push_span(ratatui::text::Span::styled(
            format!("12:01:02.{n:03} "),
            Style::new().dim(),
        ));
        line.push_span(ratatui::text::Span::styled(
            format!("{:>7} ", n * 7919),
            Style::new().cyan(),
        ));
        let name = "x".repeat((n * 7 % 30) as usize);
        line.push_span(ratatui::text::Span::raw(format!("PUT    /config/{name:60}  ")));
        line.push_span(ratatui::text::Span::styled(format!("old-{n}"), Style::new().dim()));
        line.push_span(ratatui::text::Span::raw(format!(" → new-{}", n * n)));
        picture.buffer.set_string(0, y, " ".repeat(200), Style::reset());
        picture.buffer.set_line(1, y, &line, 198);
    }
}

#[test]
fn a_log_that_grows_is_moved() {
    let mut picture = with_log(0..12);
    for (lines, bytes) in [(1..13, 200), (2..14, 200), (5..17, 480), (4..16, 200), (4..16, 0)] {
        put_log(&mut picture, lines.clone());
        let sent = picture.draw();
        assert!(sent <= bytes, "{lines:?} took {sent} bytes");
    }
    // All lines are others: there is nothing to move, and nothing is lost by having looked.
    put_log(&mut picture, 500..512);
    let sent = picture.draw();
    assert!(sent <= 1500, "{sent}");
}

#[test]
fn a_selection_that_moves_costs_its_two_rows() {
    let mut picture = with_log(0..12);
    let select = |picture: &mut Picture, y, style: Style| {
        picture.buffer.set_style(Rect::new(1, y, 68, 1), style);
    };
    select(&mut picture, 5, Style::new().reversed());
    // Something is erased right after the selection was drawn.
    picture.buffer.set_string(12, 7, "x".repeat(40), Style::new());
    picture.draw();
    picture.buffer.set_string(12, 7, " ".repeat(40), Style::new());
    select(&mut picture, 5, Style::new().not_reversed());
    select(&mut picture, 6, Style::new().reversed());
    let sent = picture.draw();
    assert!(sent <= 170, "{sent}");
}
