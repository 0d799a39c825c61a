//! A world of strangers: whatever the program asks of anything outside is answered in their words.

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use etcdeck::app::effect::{Answer, Call, Edited, Effect, TerminalEffect};
use etcdeck::app::job::{JobNews, PlanText};
use etcdeck::app::message::{HoldNews, KeepAliveNews, Message};
use etcdeck::domain::access::{Grant, Permission, Rights};
use etcdeck::domain::bulk::{
    Exported, Exporting, Left, Progress, Report, Sample, Survey, Verb, Why,
};
use etcdeck::domain::change::To;
use etcdeck::domain::diagnosis::{DiagnosisNews, Finding};
use etcdeck::domain::draft::{DraftId, Home, KeptDraft};
use etcdeck::domain::edit::{Base, Form};
use etcdeck::domain::journal::{Before, JournalId, JournalLine, Standing, Written};
use etcdeck::domain::txn::{Op, PutRequest, TxnRequest};
use etcdeck::domain::{Entry, KeyRange, Revision, Version};
use etcdeck::store::{Alarm, EndpointHealth, EndpointState, Member, Status};

use super::super::desk::{Answers, Desk, lease};
use super::stranger::{BARE, Stranger};
use super::{cover, find};

/// What has a list of names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Message,
    Dialog,
    View,
}

/// The strangers, and what has been met of what there is.
pub(in crate::screen) struct World {
    pub(super) stranger: Stranger,
    pub(super) seen: BTreeSet<(Kind, &'static str)>,
    /// How many more calls are answered before one is refused.
    pub(super) patience: usize,
}

impl World {
    pub(super) fn new(stranger: Stranger) -> World {
        World { stranger, seen: BTreeSet::new(), patience: 11 }
    }

    pub(super) fn entry(&mut self) -> Entry {
        Entry {
            key: self.stranger.key(),
            value: self.stranger.bytes(),
            create_revision: Revision(2),
            mod_revision: Revision(3),
            version: Version(2),
            lease: lease(1),
        }
    }

    pub(super) fn journal_line(&mut self) -> JournalLine {
        JournalLine {
            id: JournalId(self.stranger.below(5) as u64 + 1),
            time: received(),
            what: self.stranger.words(),
            keys: 3,
            first: Some(self.stranger.key()),
            revisions: (Revision(2), Revision(3)),
            standing: Standing::Done,
            undoes: None,
        }
    }

    fn written(&mut self) -> Vec<Written> {
        let before = [Before::Absent, Before::Entry(self.entry()), Before::Unknown];
        let put = |value| To::Put { value, lease: lease(1) };
        before
            .into_iter()
            .map(|before| Written {
                key: self.stranger.key(),
                before,
                after: put(self.stranger.bytes()),
                revision: Revision(3),
            })
            .collect()
    }

    fn survey(&mut self) -> Survey {
        let verbs = [Verb::Create, Verb::Change, Verb::Delete, Verb::Move, Verb::Same];
        let sample = verbs.map(|verb| Sample {
            key: self.stranger.key(),
            verb,
            detail: self.stranger.words(),
        });
        let many = self.stranger.below(2) as u64 * 50;
        Survey {
            revision: Revision(3),
            creates: 1 + many,
            changes: 1,
            deletes: 1,
            moves: 1,
            same: 1,
            bytes: 100,
            sample: sample.to_vec(),
            leases: vec![(lease(1), 2)],
            lease_count: 1,
            locks: vec![self.stranger.key()],
            lock_count: 1,
            blocked: vec![(self.stranger.key(), self.stranger.words())],
            blocked_count: 1,
            notes: vec![self.stranger.words()],
            backup: Some(self.stranger.path()),
        }
    }

    fn report(&mut self) -> Report {
        let why = [Why::Changed, Why::Refused(self.stranger.words()), Why::Unknown];
        Report {
            done: 2,
            total: 5,
            left: why.map(|why| Left { key: self.stranger.key(), why }).to_vec(),
            left_count: 3,
            revisions: Some((Revision(3), Revision(4))),
            transactions: 1,
            stopped: false,
            error: Some(self.stranger.words()),
            appeared: (vec![self.stranger.key()], 1),
            journal: Some(JournalId(1)),
        }
    }

    fn members(&mut self) -> Vec<Member> {
        let member = |id| Member {
            id,
            name: self.stranger.text(),
            peer_urls: vec![self.stranger.text()],
            client_urls: vec![self.stranger.text(), self.stranger.text()],
            is_learner: id == 2,
        };
        [1, 2].map(member).to_vec()
    }

    fn rights(&mut self) -> Rights {
        let roles = vec![self.stranger.text(), self.stranger.text()];
        let grant = |range| Grant { permission: Permission::ReadWrite, range };
        let grants = [KeyRange::all(), KeyRange::prefix(self.stranger.key())].map(grant);
        Rights::new(self.stranger.text(), roles, &grants)
    }

    /// One endpoint in each state, with what it last said.
    pub(super) fn endpoints(&mut self, status: &Status) -> Vec<EndpointHealth> {
        let states = [
            EndpointState::Healthy,
            EndpointState::Unknown,
            EndpointState::NoLeader,
            EndpointState::Learner,
            EndpointState::Down(self.stranger.error()),
            EndpointState::Refused(self.stranger.error()),
        ];
        let used = self.stranger.below(states.len());
        let of = |(n, state)| EndpointHealth {
            url: self.stranger.text(),
            in_use: n == used,
            state,
            latency: None,
            status: Some(Status {
                endpoint: self.stranger.text(),
                version: self.stranger.text(),
                errors: vec![self.stranger.words()],
                alarms: vec![Alarm { member: 1, name: self.stranger.text() }],
                ..status.clone()
            }),
        };
        states.into_iter().enumerate().map(of).collect()
    }

    fn diagnosis(&mut self) -> Vec<DiagnosisNews> {
        let titles = vec![self.stranger.words(), self.stranger.text()];
        let (said, advice) = (self.stranger.words(), self.stranger.words());
        vec![
            DiagnosisNews::Began(titles),
            DiagnosisNews::Found(0, Finding::ok("name", self.stranger.words())),
            DiagnosisNews::Found(0, Finding::warning("TLS", said, advice)),
            DiagnosisNews::Found(1, Finding::ok("alarms", self.stranger.text())),
            DiagnosisNews::Ended(0),
        ]
    }

    fn drafts(&mut self, home: Home) -> Message {
        if self.stranger.below(4) == 0 {
            return Message::DraftsFound(Err(self.stranger.words()));
        }
        let forms = [Form::Text, Form::Hex];
        let drafts = forms.map(|form| KeptDraft {
            home: home.clone(),
            base: Base::Entry(self.entry()),
            form,
            text: self.stranger.text(),
            merging: None,
        });
        let found = drafts
            .into_iter()
            .zip(1..)
            .map(|(draft, n)| (DraftId::Found(n), Duration::from_secs(90), draft));
        let broken = vec![(self.stranger.path(), self.stranger.words())];
        Message::DraftsFound(Ok((found.collect(), broken)))
    }

    fn either<T>(&mut self, ok: T) -> Result<T, String> {
        if self.stranger.below(2) == 0 { Ok(ok) } else { Err(self.stranger.words()) }
    }
}

pub(super) fn received() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(43_262)
}

impl Desk {
    /// Answers what leaves the program in the words of strangers, where the desk is in their world;
    /// hands back what the store answers.
    pub(in crate::screen) fn strangers_answer(&mut self, effect: Effect) -> Option<Effect> {
        let later = self.later(60);
        let Some(world) = self.strange.as_mut() else { return Some(effect) };
        let messages = match effect {
            Effect::Call { ticket, call: Call::Members, .. } => {
                vec![Message::Answered(ticket, Ok(Answer::Members(world.members())))]
            }
            Effect::Call { ticket, call: Call::Rights, .. } => {
                let rights = Box::new(world.rights());
                vec![Message::Answered(ticket, Ok(Answer::Rights(rights)))]
            }
            Effect::Call { .. } => {
                world.patience = world.patience.checked_sub(1).unwrap_or(11);
                let refuses = world.patience == 0;
                let refusal = refuses.then(|| world.stranger.error());
                self.answers = refusal.map_or(Answers::Store, Answers::Error);
                return Some(effect);
            }
            Effect::Compare { ticket, range, then } => {
                if world.stranger.below(3) > 0 {
                    self.happens(Message::Comparing(ticket, 12));
                    return Some(Effect::Compare { ticket, range, then });
                }
                vec![Message::Compared(ticket, Err(world.stranger.error()))]
            }
            Effect::Diagnose { ticket } => {
                let news = world.diagnosis();
                news.into_iter().map(|news| Message::Diagnosis(ticket, news)).collect()
            }
            Effect::Find(order) => {
                for news in find::unasked(&order, &mut world.stranger) {
                    self.happens(Message::Find(news));
                }
                return Some(Effect::Find(order));
            }
            Effect::SearchValues { ticket, search } => {
                let Some(news) = find::in_values(&mut world.stranger) else {
                    return Some(Effect::SearchValues { ticket, search });
                };
                vec![Message::Values(ticket, news)]
            }
            Effect::Watch { .. } | Effect::Unwatch(_) | Effect::LayOut { .. } => {
                return Some(effect);
            }
            Effect::GiveUp(_)
            | Effect::Probe
            | Effect::LetGo(_)
            | Effect::Stop(_)
            | Effect::ReadOnly(_)
            | Effect::DropDraft(_)
            | Effect::LeaveDraft(_)
            | Effect::Terminal(TerminalEffect::Suspend | TerminalEffect::Redraw)
            | Effect::Quit => Vec::new(),
            Effect::KeepAlive { id, ttl } => [
                KeepAliveNews::Renewed { ttl },
                KeepAliveNews::Failing(world.stranger.error()),
                KeepAliveNews::GivenUp(world.stranger.error()),
                KeepAliveNews::Gone,
            ]
            .into_iter()
            .map(|news| Message::KeepAlive(id, news))
            .collect(),
            Effect::Hold(id, _) => {
                let (key, fencing) = (world.stranger.key(), Revision(3));
                let last = match world.stranger.below(4) {
                    0 => HoldNews::Lost(world.stranger.words()),
                    1 => HoldNews::Failed(world.stranger.error()),
                    _ => HoldNews::Doubtful { until: later, reason: world.stranger.words() },
                };
                let held = HoldNews::Held { key, fencing, lease: lease(1) };
                [HoldNews::Queued(lease(1)), held, last]
                    .into_iter()
                    .map(|news| Message::Hold(id, news))
                    .collect()
            }
            Effect::Release(id) => vec![Message::Hold(id, HoldNews::Released)],
            Effect::Plan(id, _) => {
                let news = match world.stranger.below(6) {
                    0 => JobNews::Failed(world.stranger.words()),
                    _ => JobNews::Planned(Box::new(world.survey())),
                };
                vec![
                    Message::Job(id, JobNews::Looking { keys: 7, bytes: 70 }),
                    Message::Job(id, news),
                ]
            }
            Effect::Apply(id) => {
                let waiting = Some(world.stranger.words());
                let progress = Progress { done: 1, left: 1, total: 5, waiting };
                let report = Box::new(world.report());
                vec![
                    Message::Job(id, JobNews::Progress(progress)),
                    Message::Job(id, JobNews::Finished(report)),
                ]
            }
            Effect::ReadPlan { ticket, .. } => {
                let put = PutRequest::new(world.stranger.key(), world.stranger.bytes());
                let first =
                    vec![TxnRequest { success: vec![Op::Put(put)], ..TxnRequest::default() }];
                vec![Message::PlanRead(ticket, world.either(PlanText { first, more: 2 }))]
            }
            Effect::WritePlan { ticket, .. } | Effect::WriteFile { ticket, .. } => {
                vec![Message::FileWritten(ticket, world.either(()))]
            }
            Effect::ReadFile { ticket, .. } => {
                let text =
                    format!("mod(\"{0}\") > \"{0}\"\n\nput {0} {0}\n", world.stranger.text());
                vec![Message::FileRead(ticket, world.either(text))]
            }
            Effect::Export { id, .. } => {
                let bytes = 70;
                let exported = Exported { revision: Revision(3), keys: 1, leased: 1, bytes };
                let done = match world.either(exported) {
                    Ok(exported) => JobNews::Exported(exported),
                    Err(words) => JobNews::Failed(words),
                };
                vec![
                    Message::Job(id, JobNews::Exporting(Exporting { keys: 1, total: 2, bytes })),
                    Message::Job(id, done),
                ]
            }
            Effect::ReadJournal { ticket, .. } => {
                let written = world.written();
                vec![Message::JournalRead(ticket, world.either(written))]
            }
            Effect::KeepDraft(..) => vec![Message::DraftNotKept(world.stranger.words())],
            Effect::FindDrafts(home) => vec![world.drafts(home)],
            Effect::Terminal(TerminalEffect::Copy { .. }) => {
                let words = world.stranger.words();
                vec![Message::Copied(world.either(words))]
            }
            Effect::Terminal(TerminalEffect::Edit { .. }) => {
                let edited = match world.stranger.below(3) {
                    0 => Edited::Failed(world.stranger.words()),
                    1 => Edited::Unchanged,
                    _ => Edited::Changed(world.stranger.bytes()),
                };
                vec![Message::Edited(edited)]
            }
        };
        for message in messages {
            self.happens(message);
        }
        None
    }

    /// Remembers what has been met.
    pub(in crate::screen) fn remembers(&mut self, message: &Message) {
        if let Some(world) = &mut self.strange {
            world.seen.insert((Kind::Message, cover::message(message)));
        }
    }

    pub(in crate::screen) fn remembers_what_is_shown(&mut self, text: &str) {
        if let Some(world) = &mut self.strange {
            assert!(!text.contains(BARE), "something was dropped and not shown:\n{text}");
            let dialogs = self.app.dialogs.iter().map(cover::dialog);
            world.seen.extend(dialogs.map(|name| (Kind::Dialog, name)));
            let views = self.app.view.iter().map(cover::view);
            world.seen.extend(views.map(|name| (Kind::View, name)));
        }
    }
}
