//! The keyboard as a stream that can be dropped and made anew.
//!
//! A thread waits for the terminal, since a terminal must not be set non-blocking: the shell shares
//! that setting. Dropping the stream ends the thread before it returns, so that an editor started
//! next has the keyboard for itself.

use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::OwnedFd;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::thread::JoinHandle;

use futures_core::Stream;
use rustix::event::{PollFd, PollFlags, Timespec};
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::mpsc;

use super::decode::{Decoder, Input};

/// How long the start of a sequence may wait for its rest before it is taken for the Escape key.
const SEQUENCE_LIMIT: Timespec = Timespec { tv_sec: 0, tv_nsec: 30_000_000 };
/// Inputs waiting to be handled; when full, the terminal's own buffer holds the rest.
const QUEUE: usize = 256;

/// Inputs as they come. It ends when the terminal is gone, which is to be handled like a hangup.
#[derive(Debug)]
pub struct InputStream {
    inputs: Option<mpsc::Receiver<Input>>,
    resized: Signal,
    output: OwnedFd,
    wake: Option<PipeWriter>,
    thread: Option<JoinHandle<()>>,
}

impl InputStream {
    /// Starts to read the terminal `input`; sizes are those of `output`.
    ///
    /// Must be called inside a tokio runtime.
    pub(super) fn new(input: OwnedFd, output: OwnedFd) -> io::Result<InputStream> {
        let resized = signal(SignalKind::window_change())?;
        let (stop, wake) = io::pipe()?;
        let (sender, inputs) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("keyboard".to_owned())
            .spawn(move || read(&input, &stop, &sender))?;
        let (inputs, wake, thread) = (Some(inputs), Some(wake), Some(thread));
        Ok(InputStream { inputs, resized, output, wake, thread })
    }
}

impl Stream for InputStream {
    type Item = Input;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Input>> {
        let Some(inputs) = self.inputs.as_mut() else { return Poll::Ready(None) };
        if let Poll::Ready(input) = inputs.poll_recv(context) {
            return Poll::Ready(input);
        }
        while self.resized.poll_recv(context).is_ready() {
            if let Ok(size) = rustix::termios::tcgetwinsize(&self.output) {
                return Poll::Ready(Some(Input::Resize(size.ws_col, size.ws_row)));
            }
        }
        Poll::Pending
    }
}

impl Drop for InputStream {
    fn drop(&mut self) {
        // The thread waits in one of two places: for room in the queue, or for a byte.
        self.inputs = None;
        self.wake = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been reported by the hook.
            let _ = thread.join();
        }
    }
}

/// Reads until the terminal or the reader of the queue is gone.
fn read(input: &OwnedFd, stop: &PipeReader, sender: &mpsc::Sender<Input>) {
    let mut decoder = Decoder::default();
    let mut inputs = Vec::new();
    let mut bytes = [0; 4096];
    loop {
        let limit = decoder.waits().then_some(&SEQUENCE_LIMIT);
        let mut waiting =
            [PollFd::new(input, PollFlags::IN), PollFd::new(stop, PollFlags::empty())];
        match rustix::event::poll(&mut waiting, limit) {
            Err(rustix::io::Errno::INTR) => continue,
            Err(_) => return,
            Ok(0) => decoder.flush(&mut inputs),
            Ok(_) if !waiting[1].revents().is_empty() => return,
            Ok(_) => match rustix::io::read(input, &mut bytes) {
                Err(rustix::io::Errno::INTR | rustix::io::Errno::AGAIN) => continue,
                // End of file and any error alike: there is no terminal any more.
                Ok(0) | Err(_) => return,
                Ok(count) => decoder.feed(&bytes[..count], &mut inputs),
            },
        }
        for input in inputs.drain(..) {
            if sender.blocking_send(input).is_err() {
                return;
            }
        }
    }
}
