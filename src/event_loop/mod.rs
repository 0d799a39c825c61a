//! The loop: keyboard first, then the clock, then what the tasks found; drawing only what changed.
//!
//! Everything it needs comes as a parameter, so tests run this very loop with a keyboard and a
//! screen of their own. It awaits nothing but its own select.

mod console;
mod frame;
mod host;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use tokio::sync::mpsc::Receiver;
use tokio::time;

pub use console::Console;
pub use frame::draw_frame;
pub use host::{Cut, Happening, Host};

use crate::app::effect::{Edited, Effect, TerminalEffect};
use crate::app::message::Message;
use crate::app::{App, Update};
use crate::runtime::Runtime;
use crate::terminal::Input;
use crate::ui::{self, Theme};

/// The shortest time between two frames: 30 a second.
const FRAME: Duration = Duration::from_millis(33);

/// How the loop ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// The user quit.
    Quit,
    /// A signal, a panic or the end of the terminal: the status to exit with.
    Told(u8),
}

/// The state of one run of the loop.
struct Loop<'a, H> {
    app: &'a mut App,
    runtime: &'a mut Runtime,
    inbox: &'a mut Receiver<Message>,
    host: &'a mut H,
    theme: &'a Theme,
    dirty: bool,
    next_frame: Instant,
}

/// Runs until the user quits or the program is told to end.
///
/// # Errors
/// When the screen cannot be drawn.
pub async fn run<H: Host>(
    app: &mut App,
    runtime: &mut Runtime,
    inbox: &mut Receiver<Message>,
    host: &mut H,
    theme: &Theme,
) -> io::Result<Ended> {
    let mut this = Loop { app, runtime, inbox, host, theme, dirty: true, next_frame: now() };
    let ended = AssertUnwindSafe(this.whole()).catch_unwind().await;
    // However it ended, a draft that was not saved is kept. After a panic the state may be in
    // disorder: a second one would end everything at once, so it is caught too.
    let parting = catch_unwind(AssertUnwindSafe(|| app.parting())).unwrap_or_default();
    for effect in parting {
        runtime.execute(effect);
    }
    runtime.flush_drafts().await;
    ended.unwrap_or_else(|panic| resume_unwind(panic))
}

impl<H: Host> Loop<'_, H> {
    async fn whole(&mut self) -> io::Result<Ended> {
        // The first frame is on the screen before anything is asked of the network.
        self.draw()?;
        let update = self.app.start();
        match self.carry_out(update).await? {
            Some(ended) => Ok(ended),
            None => self.turn().await,
        }
    }

    async fn turn(&mut self) -> io::Result<Ended> {
        loop {
            if self.dirty && now() >= self.next_frame {
                self.draw()?;
            }
            let frame = self.dirty.then_some(self.next_frame);
            let deadline = self.app.next_deadline();
            let wake = [frame, deadline].into_iter().flatten().min();
            let message = tokio::select! {
                biased;
                happening = self.host.next() => match happening {
                    Happening::Input(Input::Chord(chord)) => Message::Key(chord),
                    Happening::Input(Input::Paste(text)) => Message::Paste(text),
                    Happening::Input(Input::Resize(..)) => Message::Resize,
                    Happening::Continued => {
                        self.host.redraw()?;
                        Message::Resize
                    }
                    Happening::Ended(status) => return Ok(Ended::Told(status)),
                },
                () = sleep_until(wake) => {
                    if deadline.is_none_or(|at| at > now()) {
                        continue;
                    }
                    Message::Clock
                }
                message = self.inbox.recv() => match message {
                    Some(message) => message,
                    // The runtime holds a sender for as long as this loop holds the runtime.
                    None => return Ok(Ended::Quit),
                },
            };
            let update = self.app.update(message, now());
            if let Some(ended) = self.carry_out(update).await? {
                return Ok(ended);
            }
        }
    }

    fn draw(&mut self) -> io::Result<()> {
        let mut viewport = None;
        let (app, theme) = (&*self.app, self.theme);
        self.host.draw(&mut |frame| viewport = Some(ui::render(frame, app, theme)))?;
        self.dirty = false;
        self.next_frame = now() + FRAME;
        if let Some(viewport) = viewport {
            // The sweep is a net. What it catches went past `domain::escape`, which no test lets pass.
            debug_assert_eq!(viewport.swept, 0, "cells had to be swept");
            let update = self.app.set_viewport(viewport);
            self.dirty |= update.redraw;
            for effect in update.effects {
                // A new size asks for reads at most, never for the terminal.
                self.runtime.execute(effect);
            }
        }
        Ok(())
    }

    async fn carry_out(&mut self, update: Update) -> io::Result<Option<Ended>> {
        let mut updates = vec![update];
        while let Some(update) = updates.pop() {
            self.dirty |= update.redraw;
            for effect in update.effects {
                match self.runtime.execute(effect) {
                    None => {}
                    Some(Effect::Terminal(effect)) => {
                        let message = match self.on_terminal(effect).await? {
                            Ok(message) => message,
                            Err(ended) => return Ok(Some(ended)),
                        };
                        updates.extend(message.map(|message| self.app.update(message, now())));
                    }
                    Some(_) => return Ok(Some(Ended::Quit)),
                }
            }
        }
        Ok(None)
    }

    async fn on_terminal(
        &mut self,
        effect: TerminalEffect,
    ) -> io::Result<Result<Option<Message>, Ended>> {
        match effect {
            TerminalEffect::Copy { bytes, what } => {
                let copied = self.host.copy(&bytes);
                Ok(Ok(Some(Message::Copied(
                    copied.map(|()| format!("{what} sent to the terminal")),
                ))))
            }
            TerminalEffect::Redraw => {
                self.host.redraw()?;
                Ok(Ok(None))
            }
            TerminalEffect::Suspend => {
                let happening = self.host.suspend().await?;
                self.dirty = true;
                Ok(match happening {
                    Happening::Ended(status) => Err(Ended::Told(status)),
                    _ => Ok(None),
                })
            }
            TerminalEffect::Edit { bytes, extension, needed } => {
                self.edit(&bytes, extension, needed).await
            }
        }
    }

    /// The editor has the terminal; what the tasks find is taken in meanwhile, so that leases are
    /// kept alive and no watch is held up.
    async fn edit(
        &mut self,
        bytes: &[u8],
        extension: &'static str,
        needed: Option<String>,
    ) -> io::Result<Result<Option<Message>, Ended>> {
        let editing = self.host.edit(bytes, extension, needed);
        tokio::pin!(editing);
        let edited = loop {
            tokio::select! {
                biased;
                edited = &mut editing => break edited?,
                Some(message) = self.inbox.recv() => {
                    for effect in self.app.update(message, now()).effects {
                        self.runtime.execute(effect);
                    }
                }
            }
        };
        self.dirty = true;
        Ok(match edited {
            Ok(edited) => Ok(Some(Message::Edited(edited))),
            Err(Cut { status, changed }) => {
                if let Some(bytes) = changed {
                    // Nothing of it is carried out any more; the draft is kept on the way out.
                    self.app.update(Message::Edited(Edited::Changed(bytes)), now());
                }
                Err(Ended::Told(status))
            }
        })
    }
}

/// The one clock: tokio's, so that tests can stop it.
fn now() -> Instant {
    time::Instant::now().into_std()
}

async fn sleep_until(wake: Option<Instant>) {
    match wake {
        Some(at) => time::sleep_until(at.into()).await,
        None => std::future::pending().await,
    }
}
