//! The true way of a frame: through the program's own drawing and ratatui's own backend, as bytes, into
//! a scanner that knows what the program sends, and into a terminal emulator that must show what was
//! drawn and nothing else.

use std::cell::RefCell;
use std::io::{self, Write};
use std::num::NonZeroU16;
use std::rc::Rc;

use etcdeck::event_loop::draw_frame;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::{Frame, Terminal, TerminalOptions, Viewport};
use vt100::{Callbacks, Parser, Screen};

use crate::support::scanner::scan;

/// What was sent since it was last looked at.
#[derive(Clone, Default)]
struct Sent(Rc<RefCell<Vec<u8>>>);

impl Write for Sent {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.borrow_mut().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
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
    size: (u16, u16),
    sent: Sent,
    terminal: Terminal<CrosstermBackend<Sent>>,
    parser: Parser<Acts>,
    /// What it was seen to show.
    shown: Buffer,
}

impl Emulator {
    pub(super) fn new(size: (u16, u16)) -> Emulator {
        // The theme alone decides about colors, as in the program.
        ratatui::crossterm::style::force_color_output(true);
        let sent = Sent::default();
        let viewport = Viewport::Fixed(Rect::new(0, 0, size.0, size.1));
        let backend = CrosstermBackend::new(sent.clone());
        let terminal = Terminal::with_options(backend, TerminalOptions { viewport });
        // An emulator has one cell at least.
        let [rows, columns] =
            [size.1, size.0].map(|n| NonZeroU16::new(n).unwrap_or(NonZeroU16::MIN));
        let parser = Parser::new_with_callbacks(rows, columns, 0, Acts::default());
        Emulator {
            size,
            sent,
            terminal: terminal.expect("nothing is asked"),
            parser,
            shown: Buffer::default(),
        }
    }

    pub(super) fn size(&self) -> (u16, u16) {
        self.size
    }

    /// Draws a frame, has the terminal show it, and answers what it shows.
    pub(super) fn draw(&mut self, render: &mut dyn FnMut(&mut Frame)) -> Buffer {
        let mut drawn = Buffer::default();
        let mut render = |frame: &mut Frame| {
            render(frame);
            drawn = frame.buffer_mut().clone();
        };
        draw_frame(&mut self.terminal, &mut render).expect("bytes can be kept");
        let bytes = std::mem::take(&mut *self.sent.0.borrow_mut());
        if let Err(foreign) = scan(&bytes) {
            panic!("sent to the terminal {foreign}\n{}", super::desk::text(&drawn));
        }
        self.parser.process(&bytes);
        let acts = std::mem::take(&mut self.parser.callbacks_mut().0);
        assert!(acts.is_empty(), "the terminal did {acts:?}\n{}", super::desk::text(&drawn));
        if drawn != self.shown {
            self.assert_shows(&drawn);
            self.shown = drawn.clone();
        }
        drawn
    }

    fn assert_shows(&self, drawn: &Buffer) {
        let screen = self.parser.screen();
        for y in 0..self.size.1 {
            for x in 0..self.size.0 {
                let cell = screen.cell(y, x).expect("the sizes are the same");
                if cell.is_wide_continuation() {
                    continue;
                }
                let (shown, meant) = (cell.contents(), drawn[(x, y)].symbol());
                let same = shown == meant || (shown.is_empty() && meant == " ");
                assert!(
                    same,
                    "{meant:?} at {x},{y} is shown as {shown:?}\n{}",
                    super::desk::text(drawn)
                );
            }
        }
    }
}

#[test]
fn what_the_program_sends_is_known() {
    let ours = "\x1b[?2026h\x1b[1;80Hé日█\x1b[38;5;12;49ma\x1b[0m\x1b]52;c;YQ==\x07\x1b[?25l";
    assert_eq!(scan(ours.as_bytes()), Ok(()));
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
        "\x1b[1;2r",
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
