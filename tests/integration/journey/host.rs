//! A terminal without a terminal: keys come out of a queue, frames go into a channel.

use std::io;

use etcdeck::app::effect::Edited;
use etcdeck::event_loop::{Cut, Happening, Host};
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;
use ratatui::{Frame, Terminal};
use tokio::sync::{mpsc, watch};

/// What the terminal shows and was told.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown {
    /// The rows of the screen.
    pub(super) rows: Vec<String>,
    /// How many inputs had been taken in when this was drawn.
    pub(super) taken: usize,
    /// How many frames were drawn.
    pub(super) frames: usize,
    /// Everything that was sent to the clipboard.
    pub(super) copied: Vec<Vec<u8>>,
    /// What the editor was opened on, and the file name ending, while it is open.
    pub(super) editor: Option<(Vec<u8>, &'static str)>,
    /// How often the program was suspended, and how often all was drawn anew.
    pub(super) suspended: usize,
    /// How often the screen was forgotten.
    pub(super) redrawn: usize,
}

impl Shown {
    /// The screen as one text, blank rows left out.
    pub(super) fn text(&self) -> String {
        let blank = |row: &&String| row.chars().all(|c| " │┃".contains(c));
        let rows: Vec<&str> =
            self.rows.iter().filter(|row| !blank(row)).map(String::as_str).collect();
        rows.join("\n")
    }

    /// Whether a text stands on one of the rows.
    pub(super) fn has(&self, text: &str) -> bool {
        self.rows.iter().any(|row| row.contains(text))
    }
}

/// The other end of the test's [`Screen`](super::screen::Screen).
pub(super) struct TestHost {
    terminal: Terminal<TestBackend>,
    happenings: mpsc::Receiver<Happening>,
    edited: mpsc::Receiver<Result<Edited, Cut>>,
    shown: watch::Sender<Shown>,
    /// Told with the next frame only: before that the screen is an old one.
    taken: usize,
    /// The text that the drawing fails at.
    pub(super) panics_at: Option<&'static str>,
}

impl TestHost {
    pub(super) fn new(
        size: (u16, u16),
        happenings: mpsc::Receiver<Happening>,
        edited: mpsc::Receiver<Result<Edited, Cut>>,
        shown: watch::Sender<Shown>,
    ) -> TestHost {
        let terminal = Terminal::new(TestBackend::new(size.0, size.1)).expect("a test terminal");
        TestHost { terminal, happenings, edited, shown, taken: 0, panics_at: None }
    }
}

impl Host for TestHost {
    async fn next(&mut self) -> Happening {
        let Some(happening) = self.happenings.recv().await else {
            return Happening::Ended(129);
        };
        if let Happening::Input(etcdeck::terminal::Input::Resize(columns, rows)) = &happening {
            self.terminal.backend_mut().resize(*columns, *rows);
        }
        self.taken += 1;
        happening
    }

    fn draw(&mut self, render: &mut dyn FnMut(&mut Frame)) -> io::Result<usize> {
        self.terminal.draw(|frame| render(frame)).map_err(io::Error::other)?;
        let (rows, taken) = (rows(self.terminal.backend().buffer()), self.taken);
        if let Some(text) = self.panics_at {
            assert!(!rows.iter().any(|row| row.contains(text)), "{text:?} is not to be drawn");
        }
        self.shown.send_modify(|shown| {
            shown.rows = rows;
            shown.taken = taken;
            shown.frames += 1;
        });
        Ok(0)
    }

    fn redraw(&mut self) -> io::Result<()> {
        self.shown.send_modify(|shown| shown.redrawn += 1);
        Ok(())
    }

    fn copy(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.shown.send_modify(|shown| shown.copied.push(bytes.to_vec()));
        Ok(())
    }

    async fn edit(
        &mut self,
        bytes: &[u8],
        extension: &'static str,
        _needed: Option<String>,
    ) -> io::Result<Result<Edited, Cut>> {
        self.shown.send_modify(|shown| shown.editor = Some((bytes.to_vec(), extension)));
        let edited = self.edited.recv().await;
        self.shown.send_modify(|shown| shown.editor = None);
        Ok(edited.unwrap_or(Err(Cut { status: 129, changed: None })))
    }

    async fn suspend(&mut self) -> io::Result<Happening> {
        self.shown.send_modify(|shown| shown.suspended += 1);
        Ok(Happening::Continued)
    }
}

/// The screen as lines of text; the second cell of a wide character is left out.
fn rows(buffer: &Buffer) -> Vec<String> {
    let width = usize::from(buffer.area.width).max(1);
    buffer
        .content()
        .chunks(width)
        .map(|cells| cells.iter().map(ratatui::buffer::Cell::symbol).collect())
        .collect()
}
