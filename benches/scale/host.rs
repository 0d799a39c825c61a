//! A terminal without a terminal for the true loop: keys come out of a queue, frames are noted with
//! their time and with what had been asked of the store by then.

use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use etcdeck::app::effect::Edited;
use etcdeck::event_loop::{Cut, Happening, Host};
use ratatui::backend::TestBackend;
use ratatui::{Frame, Terminal};
use tokio::sync::{mpsc, watch};
use tokio::time::Instant;

use crate::counting::Tally;

/// The newest frame.
#[derive(Clone, Debug)]
pub(crate) struct Shown {
    /// The rows of the screen.
    pub(crate) rows: Vec<String>,
    /// When it was drawn.
    pub(crate) at: Instant,
    /// How many keys had been taken in by then.
    pub(crate) taken: usize,
    /// What had been asked by then.
    pub(crate) tally: Tally,
}

impl Shown {
    /// Whether a text stands on one of the rows.
    pub(crate) fn has(&self, text: &str) -> bool {
        self.rows.iter().any(|row| row.contains(text))
    }
}

/// The end that the loop has.
pub(crate) struct LoopHost {
    pub(crate) terminal: Terminal<TestBackend>,
    pub(crate) keys: mpsc::Receiver<Happening>,
    pub(crate) shown: watch::Sender<Option<Shown>>,
    pub(crate) tally: Arc<Mutex<Tally>>,
    pub(crate) taken: usize,
}

impl Host for LoopHost {
    async fn next(&mut self) -> Happening {
        match self.keys.recv().await {
            Some(happening) => {
                self.taken += 1;
                happening
            }
            None => Happening::Ended(129),
        }
    }

    fn draw(&mut self, render: &mut dyn FnMut(&mut Frame)) -> io::Result<usize> {
        self.terminal.draw(|frame| render(frame)).map_err(io::Error::other)?;
        let buffer = self.terminal.backend().buffer();
        let width = usize::from(buffer.area.width).max(1);
        let row = |cells: &[ratatui::buffer::Cell]| {
            cells.iter().map(ratatui::buffer::Cell::symbol).collect()
        };
        let rows = buffer.content().chunks(width).map(row).collect();
        let tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let shown = Shown { rows, at: Instant::now(), taken: self.taken, tally };
        self.shown.send_replace(Some(shown));
        Ok(0)
    }

    fn redraw(&mut self) -> io::Result<()> {
        Ok(())
    }

    fn copy(&mut self, _bytes: &[u8]) -> Result<(), String> {
        Ok(())
    }

    async fn edit(
        &mut self,
        _bytes: &[u8],
        _extension: &'static str,
        _needed: Option<String>,
    ) -> io::Result<Result<Edited, Cut>> {
        Ok(Ok(Edited::Unchanged))
    }

    async fn suspend(&mut self) -> io::Result<Happening> {
        Ok(Happening::Continued)
    }
}
