//! The real terminal.

use std::io;

use futures_util::StreamExt;
use ratatui::Frame;

use super::host::{Cut, Happening, Host};
use crate::app::effect::Edited;
use crate::painter::{Canvas, Device};
use crate::terminal::{
    self, EditorCommand, Ending, InputStream, Panicked, Screen, Session, Signalled, Signals,
    install_panic_hook,
};

/// The terminal of this process, taken over; dropping it gives it back.
pub struct Console {
    /// None only while another program has the keyboard.
    input: Option<InputStream>,
    session: Session,
    canvas: Canvas<Screen>,
    signals: Signals,
    panicked: Panicked,
}

impl Console {
    /// Takes the terminal over. From here on a panic anywhere gives it back first.
    ///
    /// # Errors
    /// When there is no terminal.
    pub fn enter(signals: Signals) -> Result<Console, terminal::TerminalError> {
        let session = Session::enter()?;
        let panicked = install_panic_hook(session.restorer());
        let input = Some(session.input()?);
        let canvas = Canvas::new(session.screen())?;
        Ok(Console { input, session, canvas, signals, panicked })
    }

    /// The status to exit with, when something panicked.
    pub fn panic_status(&self) -> Option<u8> {
        self.panicked.happened().then(|| self.panicked.exit_status())
    }
}

impl Device for Screen {
    fn size(&self) -> io::Result<(u16, u16)> {
        Screen::size(self)
    }

    fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        Screen::send(self, bytes)
    }
}

impl Drop for Console {
    fn drop(&mut self) {
        // The keyboard first: what is typed once the terminal is given back belongs to the shell.
        self.input = None;
        self.session.leave();
        self.panicked.tell_withheld();
    }
}

impl Host for Console {
    async fn next(&mut self) -> Happening {
        let Some(input) = self.input.as_mut() else {
            return Happening::Ended(Ending::Hangup.exit_status());
        };
        tokio::select! {
            biased;
            () = self.panicked.wait() => Happening::Ended(self.panicked.exit_status()),
            signalled = self.signals.next() => match signalled {
                Signalled::End(ending) => Happening::Ended(ending.exit_status()),
                Signalled::Continued => match self.signals.take_again(&mut self.session).await {
                    Ok(Signalled::Continued) => Happening::Continued,
                    Ok(Signalled::End(ending)) => Happening::Ended(ending.exit_status()),
                    Err(_) => Happening::Ended(Ending::Hangup.exit_status()),
                },
            },
            input = input.next() => match input {
                Some(input) => Happening::Input(input),
                None => Happening::Ended(Ending::Hangup.exit_status()),
            },
            taken = self.session.catch_up(), if self.session.is_behind() => match taken {
                Ok(()) => Happening::Drawn,
                Err(_) => Happening::Ended(Ending::Hangup.exit_status()),
            },
        }
    }

    fn draw(&mut self, render: &mut dyn FnMut(&mut Frame)) -> io::Result<usize> {
        self.canvas.draw(render)
    }

    fn is_behind(&self) -> bool {
        self.session.is_behind()
    }

    fn redraw(&mut self) -> io::Result<()> {
        self.canvas.redraw()
    }

    fn copy(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.session.copy(bytes).map_err(|error| error.to_string())
    }

    async fn edit(
        &mut self,
        bytes: &[u8],
        extension: &'static str,
        needed: Option<String>,
    ) -> io::Result<Result<Edited, Cut>> {
        let variable = |name: &str| std::env::var(name).ok();
        if let Some(what) = needed.filter(|_| !EditorCommand::is_chosen(variable)) {
            return Ok(Ok(Edited::Failed(format!(
                "{what} is more than the editor here is good for: set VISUAL or EDITOR to the \
                 editor that is to have it (or E takes vi)"
            ))));
        }
        let command = match EditorCommand::find(variable) {
            Ok(command) => command,
            Err(reason) => return Ok(Ok(Edited::Failed(reason))),
        };
        // The keyboard is the editor's now.
        self.input = None;
        let (session, signals) = (&mut self.session, &mut self.signals);
        let edited = command.run(bytes, extension, session, signals, &self.panicked).await?;
        let edited = match edited {
            terminal::Edited::Unchanged => Edited::Unchanged,
            terminal::Edited::Changed(bytes) => Edited::Changed(bytes),
            terminal::Edited::Failed(reason) => Edited::Failed(reason),
            terminal::Edited::Ended { status, changed } => return Ok(Err(Cut { status, changed })),
        };
        self.input = Some(self.session.input()?);
        self.canvas.redraw()?;
        Ok(Ok(edited))
    }

    async fn suspend(&mut self) -> io::Result<Happening> {
        self.input = None;
        let signalled = self.signals.suspend(&mut self.session).await?;
        if let Signalled::End(ending) = signalled {
            return Ok(Happening::Ended(ending.exit_status()));
        }
        self.input = Some(self.session.input()?);
        self.canvas.redraw()?;
        Ok(Happening::Continued)
    }
}
