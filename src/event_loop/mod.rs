//! The loop: keyboard first, then the clock, then what the tasks found; drawing only what changed.
//!
//! Everything it needs comes as a parameter, so tests run this very loop with a keyboard and a
//! screen of their own. It awaits nothing but its own select.

mod console;
mod frames;
mod host;

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::time::Instant;

use futures_util::FutureExt as _;
use tokio::time;

pub use console::Console;
pub use frames::Pace;
pub use host::{Cut, Happening, Host};

use frames::{Cause, Frames};

use crate::app::effect::{Edited, Effect, TerminalEffect};
use crate::app::message::Message;
use crate::app::{App, Update};
use crate::runtime::{Inbox, Runtime};
use crate::terminal::Input;
use crate::ui::{self, Theme};

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
    inbox: &'a mut Inbox,
    host: &'a mut H,
    theme: &'a Theme,
    frames: Frames,
}

/// Runs until the user quits or the program is told to end.
///
/// # Errors
/// When the screen cannot be drawn.
pub async fn run<H: Host>(
    app: &mut App,
    runtime: &mut Runtime,
    inbox: &mut Inbox,
    host: &mut H,
    theme: &Theme,
    pace: Pace,
) -> io::Result<Ended> {
    let frames = Frames::new(pace, now());
    let mut this = Loop { app, runtime, inbox, host, theme, frames };
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
        match self.carry_out(update, Cause::Awaited).await? {
            Some(ended) => Ok(ended),
            None => self.turn().await,
        }
    }

    async fn turn(&mut self) -> io::Result<Ended> {
        loop {
            if self.frame_due().is_some_and(|at| at <= now()) {
                self.draw()?;
            }
            let deadline = self.app.next_deadline();
            let wake = [self.frame_due(), deadline].into_iter().flatten().min();
            let message = tokio::select! {
                biased;
                happening = self.host.next() => match happening {
                    Happening::Input(Input::Chord(chord)) => Message::Key(chord),
                    Happening::Input(Input::Paste(text)) => Message::Paste(text),
                    Happening::Input(Input::Resize(..)) => Message::Resize,
                    Happening::Drawn => continue,
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
            let cause = Cause::of(&message);
            let is_key = matches!(message, Message::Key(_));
            let update = self.app.update(message, now());
            if is_key || !self.app.awaits_value() {
                self.frames.hold(now(), self.app.awaits_value());
            }
            if let Some(ended) = self.carry_out(update, cause).await? {
                return Ok(ended);
            }
        }
    }

    /// A terminal that takes nothing gets the frame that is true when it does.
    fn frame_due(&self) -> Option<Instant> {
        self.frames.due().filter(|_| !self.host.is_behind())
    }

    fn draw(&mut self) -> io::Result<()> {
        let update = self.app.before_frame(now());
        for effect in update.effects {
            // What came into view asks for reads at most, never for the terminal.
            self.runtime.execute(effect);
        }
        let mut viewport = None;
        let (app, theme) = (&*self.app, self.theme);
        let bytes = self.host.draw(&mut |frame| viewport = Some(ui::render(frame, app, theme)))?;
        self.frames.drawn(now(), self.app.is_flooded(), bytes);
        if let Some(viewport) = viewport {
            // The sweep is a net. What it catches went past `domain::escape`, which no test lets pass.
            debug_assert_eq!(viewport.swept, 0, "cells had to be swept");
            let update = self.app.set_viewport(viewport);
            if update.redraw {
                self.frames.want(Cause::Awaited);
            }
            for effect in update.effects {
                // A new size asks for reads at most, never for the terminal.
                self.runtime.execute(effect);
            }
        }
        Ok(())
    }

    async fn carry_out(&mut self, update: Update, cause: Cause) -> io::Result<Option<Ended>> {
        let mut updates = vec![update];
        while let Some(update) = updates.pop() {
            if update.redraw {
                self.frames.want(cause);
            }
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
                if copied.is_ok() {
                    // As base64.
                    self.frames.sent(now(), bytes.len() * 4 / 3);
                }
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
                self.frames.want(Cause::Awaited);
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
        let mut panicked = None;
        let edited = loop {
            tokio::select! {
                biased;
                edited = &mut editing => break edited?,
                Some(message) = self.inbox.recv(), if panicked.is_none() => {
                    // A fault here is not to take the editor away from who works in it.
                    let (app, runtime) = (&mut *self.app, &mut *self.runtime);
                    let taken_in = catch_unwind(AssertUnwindSafe(|| {
                        for effect in app.update(message, now()).effects {
                            runtime.execute(effect);
                        }
                    }));
                    panicked = taken_in.err();
                }
            }
        };
        self.frames.want(Cause::Awaited);
        let (bytes, ended) = match (edited, panicked) {
            (Ok(edited), None) => return Ok(Ok(Some(Message::Edited(edited)))),
            (Err(Cut { status, changed }), panicked) => {
                (changed, panicked.map_or(Ok(Ended::Told(status)), Err))
            }
            (Ok(Edited::Changed(bytes)), Some(panic)) => (Some(bytes), Err(panic)),
            (Ok(Edited::Unchanged | Edited::Failed(_)), Some(panic)) => (None, Err(panic)),
        };
        if let Some(bytes) = bytes {
            // Nothing of it is carried out any more; the draft is kept on the way out.
            self.app.update(Message::Edited(Edited::Changed(bytes)), now());
        }
        match ended {
            Ok(ended) => Ok(Err(ended)),
            Err(panic) => resume_unwind(panic),
        }
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
