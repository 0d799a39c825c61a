//! The true way of a frame: through the program's own painter, as bytes, into a scanner that knows what
//! the program sends, and into a terminal emulator that must show what was drawn and nothing else.

use std::cell::{Cell, RefCell};
use std::io;
use std::num::NonZeroU16;
use std::rc::Rc;

use etcdeck::painter::{Canvas, Device};
use ratatui::Frame;
use ratatui::buffer::{self, Buffer};
use ratatui::style::{Color, Modifier};
use vt100::{Callbacks, Parser, Screen};

use crate::support::scanner::scan;

/// The line to a terminal, with what was sent since it was last looked at.
#[derive(Clone, Default)]
struct Wire {
    size: Rc<Cell<(u16, u16)>>,
    sent: Rc<RefCell<Vec<Vec<u8>>>>,
}

impl Device for Wire {
    fn size(&self) -> io::Result<(u16, u16)> {
        Ok(self.size.get())
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.sent.borrow_mut().push(bytes.to_vec());
        Ok(())
    }
}

/// What a terminal did beside drawing: nothing, if all is well.
#[derive(Default)]
struct Acts(Vec<String>);

impl Acts {
    fn note(&mut self, what: impl std::fmt::Debug) {
        self.0.push(format!("{what:?}"));
    }
}

impl Callbacks for Acts {
    fn audible_bell(&mut self, _: &mut Screen) {
        self.note("bell");
    }

    fn visual_bell(&mut self, _: &mut Screen) {
        self.note("visual bell");
    }

    fn resize(&mut self, _: &mut Screen, size: (u16, u16)) {
        self.note(("resize", size));
    }

    fn set_window_icon_name(&mut self, _: &mut Screen, name: &[u8]) {
        self.note(("icon", name));
    }

    fn set_window_title(&mut self, _: &mut Screen, title: &[u8]) {
        self.note(("title", title));
    }

    fn copy_to_clipboard(&mut self, _: &mut Screen, _: &[u8], data: &[u8]) {
        self.note(("copy", data));
    }

    fn paste_from_clipboard(&mut self, _: &mut Screen, _: &[u8]) {
        self.note("paste");
    }

    fn unhandled_char(&mut self, _: &mut Screen, c: char) {
        self.note(("character", c));
    }

    fn unhandled_control(&mut self, _: &mut Screen, byte: u8) {
        self.note(("control", byte));
    }

    fn unhandled_escape(&mut self, _: &mut Screen, a: Option<u8>, b: Option<u8>, last: u8) {
        self.note(("escape", a, b, last));
    }

    fn unhandled_csi(
        &mut self,
        _: &mut Screen,
        first: Option<u8>,
        _: Option<u8>,
        parameters: &[&[u16]],
        last: char,
    ) {
        // Synchronized updates concern when, not what; and there are no colored underlines.
        let known =
            matches!((first, parameters, last), (Some(b'?'), [[2026]], _) | (None, [[59]], 'm'));
        if !known {
            self.note(("csi", first, parameters, last));
        }
    }

    fn unhandled_osc(&mut self, _: &mut Screen, parameters: &[&[u8]]) {
        self.note(("osc", parameters));
    }
}

/// A terminal at the end of the program's line.
pub(super) struct Emulator {
    wire: Wire,
    canvas: Canvas<Wire>,
    parser: Parser<Acts>,
    /// What it was seen to show.
    shown: Buffer,
    /// How many bytes the last frame took.
    bytes: usize,
}

impl Emulator {
    pub(super) fn new(size: (u16, u16)) -> Emulator {
        let wire = Wire::default();
        wire.size.set(size);
        let canvas = Canvas::new(wire.clone()).expect("nothing is asked");
        let (rows, columns) = emulator_size(size);
        let parser = Parser::new_with_callbacks(rows, columns, 0, Acts::default());
        Emulator { wire, canvas, parser, shown: Buffer::default(), bytes: 0 }
    }

    pub(super) fn size(&self) -> (u16, u16) {
        self.wire.size.get()
    }

    pub(super) fn resize(&mut self, size: (u16, u16)) {
        self.wire.size.set(size);
        let (rows, columns) = emulator_size(size);
        self.parser.screen_mut().set_size(rows, columns);
    }

    /// As after another program had the terminal.
    pub(super) fn redraw(&mut self) {
        self.parser.process(b"\x1b[31;44m\x1b[2;3r\x1b[Hsomething else\x1b[?25h");
        self.shown = Buffer::default();
        self.canvas.redraw().expect("nothing is asked");
    }

    /// How many bytes the last frame took.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// The cursor, where one is shown: column and row.
    pub(super) fn cursor(&self) -> Option<(u16, u16)> {
        let screen = self.parser.screen();
        let (row, column) = screen.cursor_position();
        (!screen.hide_cursor()).then_some((column, row))
    }

    /// Draws a frame, has the terminal show it, and answers what it shows.
    pub(super) fn draw(&mut self, render: &mut dyn FnMut(&mut Frame)) -> Buffer {
        let mut drawn = Buffer::default();
        let mut render = |frame: &mut Frame| {
            render(frame);
            drawn = frame.buffer_mut().clone();
        };
        self.bytes = self.canvas.draw(&mut render).expect("bytes can be kept");
        let sent = self.wire.sent.take();
        assert!(sent.len() <= 1, "a frame in {} pieces", sent.len());
        let bytes = sent.concat();
        assert_eq!(bytes.len(), self.bytes);
        if let Err(foreign) = scan(&bytes) {
            panic!("sent to the terminal {foreign}\n{}", super::desk::text(&drawn));
        }
        self.parser.process(&bytes);
        let acts = std::mem::take(&mut self.parser.callbacks_mut().0);
        assert!(acts.is_empty(), "the terminal did {acts:?}\n{}", super::desk::text(&drawn));
        if drawn != self.shown {
            self.assert_shows(&drawn, &bytes);
            self.shown = drawn.clone();
        }
        drawn
    }

    fn assert_shows(&self, drawn: &Buffer, bytes: &[u8]) {
        let screen = self.parser.screen();
        for y in 0..drawn.area.height {
            for x in 0..drawn.area.width {
                let cell = screen.cell(y, x).expect("the sizes are the same");
                let meant = &drawn[(x, y)];
                let same = if cell.is_wide_continuation() {
                    meant.symbol() == " "
                } else {
                    let (shown, meant) = (cell.contents(), meant.symbol());
                    shown == meant || (shown.is_empty() && meant == " ")
                };
                assert!(
                    same && (cell.is_wide_continuation() || seen(cell) == meant_look(meant)),
                    "{meant:?} at {x},{y} is shown as {cell:?} after {}\n{}",
                    bytes.escape_ascii(),
                    super::desk::text(drawn)
                );
            }
        }
    }
}

/// Rows and columns; an emulator has one cell at least.
fn emulator_size(size: (u16, u16)) -> (NonZeroU16, NonZeroU16) {
    let some = |n| NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN);
    (some(size.1), some(size.0))
}

/// What can be seen of a cell beside its character: text and ground, and bold, dim, italic, underlined,
/// reversed.
type Look = (vt100::Color, vt100::Color, [bool; 5]);

fn seen(cell: &vt100::Cell) -> Look {
    let attributes = [cell.bold(), cell.dim(), cell.italic(), cell.underline(), cell.inverse()];
    visible(
        !cell.has_contents() || cell.contents() == " ",
        cell.fgcolor(),
        cell.bgcolor(),
        attributes,
    )
}

fn meant_look(cell: &buffer::Cell) -> Look {
    let has = |attribute| cell.modifier.contains(attribute);
    let attributes = [
        // This emulator knows one of the two at a time.
        has(Modifier::BOLD) && !has(Modifier::DIM),
        has(Modifier::DIM),
        has(Modifier::ITALIC),
        has(Modifier::UNDERLINED),
        has(Modifier::REVERSED),
    ];
    visible(cell.symbol() == " ", color(cell.fg), color(cell.bg), attributes)
}

/// A blank shows its ground alone, unless something is drawn across it.
fn visible(blank: bool, fg: vt100::Color, bg: vt100::Color, attributes: [bool; 5]) -> Look {
    if blank && !attributes[3] && !attributes[4] {
        (vt100::Color::Default, bg, [false; 5])
    } else {
        (fg, bg, attributes)
    }
}

fn color(color: Color) -> vt100::Color {
    let index = match color {
        Color::Reset => return vt100::Color::Default,
        Color::Rgb(red, green, blue) => return vt100::Color::Rgb(red, green, blue),
        Color::Indexed(index) => index,
        Color::Black => 0,
        Color::Red => 1,
        Color::Green => 2,
        Color::Yellow => 3,
        Color::Blue => 4,
        Color::Magenta => 5,
        Color::Cyan => 6,
        Color::Gray => 7,
        Color::DarkGray => 8,
        Color::LightRed => 9,
        Color::LightGreen => 10,
        Color::LightYellow => 11,
        Color::LightBlue => 12,
        Color::LightMagenta => 13,
        Color::LightCyan => 14,
        Color::White => 15,
    };
    vt100::Color::Idx(index)
}

#[test]
fn what_the_program_sends_is_known() {
    for ours in [
        "\x1b[?2026h\x1b[1;80Hé日█\x1b[38;5;12;49ma\x1b[0m\x1b]52;c;YQ==\x07\x1b[?25l",
        "\x1b[m\x1b[r\x1b[2J\x1b[H\x1b[7H\x1b[;1;32ma\x1b[C\x1b[12Cb\x1b[11X\x1b[K",
        "\x1b[37;49r\x1b[37H\x1b[M\x1b[r\x1b[2;9r\x1b[2H\x1b[3L\x1b[r",
    ] {
        assert_eq!(scan(ours.as_bytes()), Ok(()));
    }
}

#[test]
fn anything_else_is_found() {
    let long = format!("\x1b]52;c;{}\x07", "A".repeat(80_000));
    for bad in [
        "a\x07",
        "\x1b]0;title\x07",
        "\x1b]52;c;?\x07",
        "\x1b]52;p;YQ==\x07",
        "\x1b]52;c;YQ==",
        "\x1b[?1000h",
        "\x1b[5n",
        "\x1b[6n",
        "\x1b[2r",
        "\x1b[1;2;3r",
        "\x1b[;2H",
        "\x1b[1;2C",
        "\x1b[2K",
        "\x1b[3J",
        "\x1b[J",
        "\x1b[2;2M",
        "\x1b[2P",
        "\x1b[2S",
        "\x1b[2b",
        "\x1b[?1m",
        "\x1b[31;400m",
        "\x1bc",
        "\x1b[2;3;4H",
        "\x1b[31",
        "\x1b",
        "\x1bP+q\x1b\\",
        "\n",
        "\r",
        "\t",
        "\x7f",
        "\u{9b}31m",
        "\u{202e}",
        "\u{200b}",
        "e\u{301}",
        "\u{feff}",
        "🇩🇪",
        &long,
    ] {
        assert!(scan(bad.as_bytes()).is_err(), "{bad:?}");
    }
    assert!(scan(b"\xff").is_err());
}
