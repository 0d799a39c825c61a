//! The program without a screen: the application and its runtime, turned by hand.

use std::sync::Arc;

use etcdeck::app::App;
use etcdeck::app::bulk::Stage;
use etcdeck::app::bulk::sheet::Face;
use etcdeck::app::dialog::Dialog;
use etcdeck::app::message::Message;
use etcdeck::app::settings::Settings;
use etcdeck::bulk::Limits;
use etcdeck::domain::Revision;
use etcdeck::domain::bulk::{PlanRequest, Report, Survey};
use etcdeck::journal::Journal;
use etcdeck::keymap::Chord;
use etcdeck::runtime::{Inbox, Runtime, inbox};
use etcdeck::store::{ReadOnly, Store};
use tokio::time::{Duration, sleep_until, timeout};

/// Longer than any job of a test takes.
const LIMIT: Duration = Duration::from_secs(120);

/// A running program.
pub(super) struct Program {
    pub(super) app: App,
    runtime: Runtime,
    inbox: Inbox,
}

impl Program {
    pub(super) fn start(store: Arc<dyn Store>, journal: Journal, limits: Limits) -> Program {
        let (sender, inbox) = inbox();
        let store = ReadOnly::new(store, false);
        let runtime = Runtime::start(store, sender, journal).limits(limits);
        let app = App::new(Settings::default(), now());
        Program { app, runtime, inbox }
    }

    /// Waits for a message or the clock, and carries out what follows.
    pub(super) async fn turn(&mut self) {
        let deadline = self.app.next_deadline();
        let clock = async {
            match deadline {
                Some(at) => sleep_until(at.into()).await,
                None => std::future::pending().await,
            }
        };
        let message = tokio::select! {
            biased;
            message = self.inbox.recv() => message.expect("the runtime holds a sender"),
            () = clock => Message::Clock,
        };
        self.update(message);
    }

    fn update(&mut self, message: Message) {
        let update = self.app.update(message, now());
        for effect in update.effects {
            self.runtime.execute(effect);
        }
    }

    pub(super) fn key(&mut self, key: &str) {
        self.update(Message::Key(Chord::parse(key).expect("a key")));
    }

    /// Asks for work on many keys and waits for its plan; why there is none, else.
    pub(super) async fn plan(&mut self, request: PlanRequest) -> Result<Survey, Vec<String>> {
        self.app.plan(request);
        self.update(Message::Resize);
        let planning = async {
            loop {
                match self.app.jobs.now.as_ref().map(|job| &job.stage) {
                    Some(Stage::Planned(survey)) => return Ok((**survey).clone()),
                    Some(Stage::Looking { .. } | Stage::Running { .. }) => self.turn().await,
                    None => match self.app.dialogs.last() {
                        Some(Dialog::Text { lines, .. }) => return Err(lines.clone()),
                        other => panic!("no plan, and no word of it: {other:?}"),
                    },
                }
            }
        };
        timeout(LIMIT, planning).await.expect("a plan in time")
    }

    /// Says yes to the plan, by keys; nothing when there is nothing to do.
    pub(super) fn confirm(&mut self) -> bool {
        let Some(Dialog::Job(sheet)) = self.app.dialogs.last() else { panic!("no plan is shown") };
        match &sheet.face {
            Face::Question => self.key("y"),
            Face::Typed(typed) => {
                let count = typed.expected.clone();
                count.chars().for_each(|digit| self.key(&digit.to_string()));
                self.key("enter");
            }
            Face::Nothing => {
                self.key("esc");
                return false;
            }
            face @ (Face::Looking | Face::Running | Face::Report) => panic!("{face:?}"),
        }
        true
    }

    /// Waits for the end of the job and leaves its report.
    pub(super) async fn finish(&mut self) -> Report {
        let running = async {
            while self.app.jobs.now.is_some() {
                self.turn().await;
            }
        };
        timeout(LIMIT, running).await.expect("an end in time");
        let report = self.app.jobs.last.as_ref().expect("a report").report.clone();
        self.key("esc");
        assert!(self.app.dialogs.is_empty(), "{:?}", self.app.dialogs);
        *report
    }

    /// All of it: the revision of the plan, and the report of what was written.
    pub(super) async fn job(&mut self, request: PlanRequest) -> (Revision, Option<Report>) {
        let survey = self.plan(request).await.expect("a plan");
        let report = if self.confirm() { Some(self.finish().await) } else { None };
        (survey.revision, report)
    }
}

fn now() -> std::time::Instant {
    tokio::time::Instant::now().into_std()
}
