//! Another program that has the terminal: run to its end, stopped as we are, ended when we are.

use std::io;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus};
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions};
use tokio::sync::mpsc;
use tokio::time::{Instant, timeout};

use super::{Ending, Signalled, Signals};

/// How long a program may take to put its things in order when it is told to end.
const END_LIMIT: Duration = Duration::from_secs(2);
/// How long the end of one that was killed may take to be seen.
const KILL_LIMIT: Duration = Duration::from_secs(1);
/// Within this time of its end we hear of the Ctrl-c or Ctrl-\ that may have ended it.
const SAME_KEY: Duration = Duration::from_millis(100);
/// Within this time of our own stop a stop of the other program was the same one.
const SAME_STOP: Duration = Duration::from_millis(100);

/// The other program. Dropped while it runs, it is told to end.
#[derive(Debug)]
pub(super) struct Guest {
    id: Pid,
    news: mpsc::Receiver<News>,
    running: bool,
}

/// How it went.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It ended by itself, or somebody else ended it.
    Ended(ExitStatus),
    /// Nothing is known of it any more; says why.
    Lost(String),
    /// We are to end. It has ended too, or could not be made to.
    Told(Ending),
}

#[derive(Debug)]
enum News {
    Stopped,
    Ended(ExitStatus),
    Lost(io::Error),
}

impl Guest {
    /// Starts it, in our own process group: what the terminal sends on Ctrl-c and Ctrl-z reaches both.
    ///
    /// # Errors
    /// When it cannot be run.
    pub(super) fn start(mut command: Command) -> io::Result<Guest> {
        let started = command.spawn()?;
        let id = Pid::from_child(&started);
        let (sender, news) = mpsc::channel(4);
        // A thread of its own: a blocking task of the runtime would keep the program from ending for as
        // long as the other one lives.
        let wait = move || {
            loop {
                let (news, last) = match rustix::process::waitpid(Some(id), WaitOptions::UNTRACED) {
                    Err(rustix::io::Errno::INTR) | Ok(None) => continue,
                    Err(error) => (News::Lost(error.into()), true),
                    Ok(Some((_, status))) if status.stopped() => (News::Stopped, false),
                    Ok(Some((_, status))) => {
                        (News::Ended(ExitStatus::from_raw(status.as_raw())), true)
                    }
                };
                // Nobody listens any more when the program ends.
                if sender.blocking_send(news).is_err() || last {
                    return;
                }
            }
        };
        std::thread::Builder::new().name("editor".to_owned()).spawn(wait)?;
        Ok(Guest { id, news, running: true })
    }

    /// Waits until it has ended, or until we are to end. When it stops itself, we stop with it, so that
    /// the shell gets the terminal; where there is no shell that could continue us it goes on.
    pub(super) async fn wait(&mut self, signals: &mut Signals) -> io::Result<Outcome> {
        let mut continued = None::<Instant>;
        loop {
            let signalled = tokio::select! {
                biased;
                signalled = signals.next() => Some(signalled),
                news = self.news.recv() => match self.on_news(news) {
                    Some(outcome) => return Ok(listen_on(outcome, signals).await),
                    // Stopped together with us, a moment ago.
                    None if continued.is_some_and(|at| at.elapsed() < SAME_STOP) => None,
                    None => match timeout(SAME_STOP, signals.next()).await {
                        Ok(signalled) => Some(signalled),
                        Err(_) => signals.stop(Signal::TSTP).await?,
                    }
                    .or(Some(Signalled::Continued)),
                },
            };
            match signalled {
                Some(Signalled::End(ending @ (Ending::Terminate | Ending::Hangup))) => {
                    self.end().await;
                    return Ok(Outcome::Told(ending));
                }
                // Ctrl-c and Ctrl-\ reach the whole process group, but are not meant for us.
                Some(Signalled::End(Ending::Interrupt | Ending::Quit)) => {}
                Some(Signalled::Continued) => {
                    continued = Some(Instant::now());
                    self.signal(Signal::CONT);
                }
                None => self.signal(Signal::CONT),
            }
        }
    }

    /// Tells it to end, and sees to it that it does.
    async fn end(&mut self) {
        self.signal(Signal::TERM);
        // One that is stopped hears nothing else.
        self.signal(Signal::CONT);
        if timeout(END_LIMIT, self.ended()).await.is_err() {
            self.signal(Signal::KILL);
            let _ = timeout(KILL_LIMIT, self.ended()).await;
        }
    }

    async fn ended(&mut self) {
        while self.running {
            let news = self.news.recv().await;
            self.on_news(news);
        }
    }

    /// What it means that it ended; nothing when it stopped.
    fn on_news(&mut self, news: Option<News>) -> Option<Outcome> {
        let outcome = match news {
            Some(News::Stopped) => return None,
            Some(News::Ended(status)) => Outcome::Ended(status),
            Some(News::Lost(error)) => Outcome::Lost(error.to_string()),
            None => Outcome::Lost("nobody waits for it".to_owned()),
        };
        self.running = false;
        Some(outcome)
    }

    fn signal(&self, signal: Signal) {
        if self.running {
            // It may have ended a moment ago.
            let _ = rustix::process::kill_process(self.id, signal);
        }
    }
}

/// What the terminal sent to both of us while the other program was there is not meant for us, though we
/// may hear of it only after its end.
async fn listen_on(outcome: Outcome, signals: &mut Signals) -> Outcome {
    let told = async {
        loop {
            let ending = signals.ending().await;
            if let Ending::Terminate | Ending::Hangup = ending {
                return Outcome::Told(ending);
            }
        }
    };
    timeout(SAME_KEY, told).await.unwrap_or(outcome)
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.signal(Signal::TERM);
        self.signal(Signal::CONT);
    }
}
