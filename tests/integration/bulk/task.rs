//! Jobs as the program runs them: one plan and one carrying out per number, ended when told so.

use std::sync::Arc;
use std::time::Duration;

use etcdeck::app::effect::Effect;
use etcdeck::app::job::{JobId, JobNews};
use etcdeck::app::message::Message;
use etcdeck::bulk::Limits;
use etcdeck::domain::bulk::PlanRequest;
use etcdeck::domain::txn::{PutRequest, RangeRequest};
use etcdeck::domain::{KeyRange, Revision};
use etcdeck::journal::Journal;
use etcdeck::runtime::{Inbox, Runtime, inbox};
use etcdeck::sandbox::Sandbox;
use etcdeck::store::{Kv as _, ReadOnly};
use tokio::time::timeout;

use super::meddled::{Cut, Meddled};

struct Jobs {
    sandbox: Sandbox,
    runtime: Runtime,
    inbox: Inbox,
}

const ONE: JobId = JobId(1);

impl Jobs {
    /// A store of 500 keys, seen through a runtime.
    async fn new(limits: Limits, cut: Cut) -> Jobs {
        let sandbox = Sandbox::new();
        for n in 0..500 {
            sandbox.put(PutRequest::new(format!("/k/{n:03}").as_str(), "v")).await.expect("put");
        }
        let meddled = Meddled::new(Arc::new(sandbox.clone()), move |_| async move { cut });
        let (sender, inbox) = inbox();
        let store = ReadOnly::new(Arc::new(meddled), false);
        let runtime = Runtime::start(store, sender, Journal::default()).limits(limits);
        Jobs { sandbox, runtime, inbox }
    }

    fn execute(&mut self, effect: Effect) {
        assert!(self.runtime.execute(effect).is_none(), "it is the runtime's");
    }

    fn plan(&mut self) {
        self.execute(Effect::Plan(ONE, PlanRequest::Delete(vec![KeyRange::prefix("/k/")])));
    }

    /// The next news of the job that is not about how far it is.
    async fn news(&mut self) -> JobNews {
        let news = async {
            loop {
                match self.inbox.recv().await.expect("the runtime lives") {
                    Message::Job(_, JobNews::Looking { .. } | JobNews::Progress(_)) => {}
                    Message::Job(_, news) => return news,
                    _ => {}
                }
            }
        };
        timeout(Duration::from_secs(60), news).await.expect("news in time")
    }

    /// Nothing is said of a job any more, and so many keys are there.
    async fn is_quiet(&mut self, keys: i64) {
        let news = timeout(Duration::from_secs(60), self.news_forever()).await;
        assert!(news.is_err(), "{news:?}");
        let request = RangeRequest::new(KeyRange::prefix("/k/")).count_only();
        assert_eq!(self.sandbox.range(request).await.expect("range").count, keys);
    }

    async fn news_forever(&mut self) -> JobNews {
        loop {
            if let Message::Job(_, news) = self.inbox.recv().await.expect("the runtime lives") {
                return news;
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_plan_waits_and_is_carried_out_once() {
    let mut jobs = Jobs::new(Limits::default(), Cut::None).await;
    jobs.plan();
    let planned = jobs.news().await;
    assert!(matches!(&planned, JobNews::Planned(survey) if survey.deletes == 500), "{planned:?}");
    // The same number does not plan again.
    jobs.plan();
    jobs.is_quiet(500).await;
    jobs.execute(Effect::Apply(ONE));
    jobs.execute(Effect::Apply(ONE));
    let finished = jobs.news().await;
    assert!(matches!(&finished, JobNews::Finished(report) if report.done == 500), "{finished:?}");
    jobs.execute(Effect::Apply(ONE));
    jobs.is_quiet(0).await;
}

#[tokio::test(start_paused = true)]
async fn a_forgotten_plan_cannot_be_carried_out_and_its_backup_is_gone() {
    let folder = tempfile::tempdir().expect("a folder");
    let limits = Limits { backup: 10, folder: Some(folder.path().into()), ..Limits::default() };
    let mut jobs = Jobs::new(limits, Cut::None).await;
    jobs.plan();
    let JobNews::Planned(survey) = jobs.news().await else { panic!("a plan") };
    let backup = survey.backup.expect("a backup");
    assert!(backup.exists());
    jobs.execute(Effect::Stop(ONE));
    jobs.execute(Effect::Apply(ONE));
    jobs.is_quiet(500).await;
    assert!(!backup.exists());
}

#[tokio::test(start_paused = true)]
async fn work_that_waits_for_the_server_is_stopped_and_reported() {
    let mut jobs = Jobs::new(Limits::default(), Cut::Unsent).await;
    jobs.plan();
    jobs.news().await;
    jobs.execute(Effect::Apply(ONE));
    loop {
        match jobs.news_forever().await {
            JobNews::Progress(progress) if progress.waiting.is_some() => break,
            JobNews::Progress(_) => {}
            other => panic!("{other:?}"),
        }
    }
    jobs.execute(Effect::Stop(ONE));
    let JobNews::Finished(report) = jobs.news().await else { panic!("a report") };
    assert_eq!((report.done, report.left_count, report.stopped), (0, 500, true));
    assert_eq!((report.revisions, report.journal), (None, None));
}

#[tokio::test(start_paused = true)]
async fn a_plan_that_cannot_be_made_says_why() {
    let limits = Limits { backup: 10, folder: Some("/dev/null/x".into()), ..Limits::default() };
    let mut jobs = Jobs::new(limits, Cut::None).await;
    jobs.plan();
    let JobNews::Failed(why) = jobs.news().await else { panic!("no plan") };
    assert!(why.contains("nothing was deleted"), "{why}");
    jobs.sandbox.compact(Revision(400), false).await.expect("compact");
    let ranges = vec![KeyRange::prefix("/k/")];
    jobs.execute(Effect::Plan(JobId(2), PlanRequest::Restore { ranges, revision: Revision(7) }));
    let JobNews::Failed(why) = jobs.news().await else { panic!("no plan") };
    assert!(why.contains("compacted") && why.contains("400"), "{why}");
}
