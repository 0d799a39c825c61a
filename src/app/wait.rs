//! Waits: what the screen says is awaited, and when a wait has lasted long enough to be told.

use std::time::{Duration, Instant};

use super::App;
use super::clock::Timer;
use super::connection::Connection;
use super::purpose::{ComposerPurpose, JournalPurpose, PastPurpose, Purpose, ViewPurpose};

/// How long a wait may last before the screen says what is awaited.
const SLOW: Duration = Duration::from_millis(100);

impl App {
    /// What has been awaited for longer than a moment, in words: the oldest of what somebody asked
    /// for by hand. What a pane asks for by itself it shows itself.
    pub fn awaited(&self) -> Option<String> {
        let open = self.tickets.open().into_iter();
        let mut slow = open.filter(|(_, since)| self.now.saturating_duration_since(*since) >= SLOW);
        slow.find_map(|(purpose, _)| purpose.in_words())
    }

    /// After every message: the countdown of the connection goes on, and a wait that is not slow
    /// yet will be looked at when it is.
    pub(super) fn settle_waits(&mut self) {
        if let Connection::Lost { retry_at: Some(at), .. } = self.connection.now
            && at > self.now
        {
            // The seconds left are rounded up, so what is shown changes when a whole one is passed.
            let part = (at - self.now).subsec_nanos().max(1);
            let next = self.now + Duration::from_nanos(part.into());
            self.timers.set_earliest(Timer::Second, next);
        }
        let open = self.tickets.open().into_iter();
        let told = open.filter(|(purpose, _)| purpose.in_words().is_some());
        let next: Option<Instant> =
            told.map(|(_, since)| since + SLOW).filter(|at| *at > self.now).min();
        if let Some(next) = next {
            self.timers.set_earliest(Timer::Slow, next);
        }
    }
}

impl Purpose {
    /// What is being done, while it is awaited; nothing for what a pane does by itself.
    fn in_words(&self) -> Option<String> {
        Some(match self {
            Purpose::EditBase(key, _) => format!("reading {key} to edit it"),
            Purpose::NewKeyLook(key) | Purpose::Goto(key) => {
                format!("looking whether {key} exists")
            }
            Purpose::Save => "saving the draft".to_owned(),
            Purpose::ReadBack => "reading what became of the save".to_owned(),
            Purpose::PutLook(key, _)
            | Purpose::DeleteLook(key)
            | Purpose::AttachLook(key, _)
            | Purpose::RestoreLook(key, ..) => {
                format!("reading {key}")
            }
            Purpose::Put(key) | Purpose::Attach(key, _) => format!("writing {key}"),
            Purpose::Delete(key) => format!("deleting {key}"),
            Purpose::LeaseGrant => "granting a lease".to_owned(),
            Purpose::LeaseRenew(id) => format!("renewing lease {id}"),
            Purpose::LeaseRevoke(id) => format!("revoking lease {id}"),
            Purpose::RevokeLook(id)
            | Purpose::LeaseKeys(id)
            | Purpose::KeepAliveLook(id)
            | Purpose::View(ViewPurpose::FreeLook(id)) => {
                format!("reading lease {id}")
            }
            Purpose::LogIn(user) => {
                format!("logging in as {}", crate::domain::escape::message(user))
            }
            Purpose::Rights(_) | Purpose::RightsShown => "asking what may be read".to_owned(),
            Purpose::PlanText(_) => "reading the plan".to_owned(),
            Purpose::SaveLog(path, _)
            | Purpose::SavePlan(path)
            | Purpose::Composer(ComposerPurpose::Save(path)) => {
                format!("writing {}", crate::domain::escape::message(&path.to_string_lossy()))
            }
            Purpose::Past(PastPurpose::Look(revision, _)) => {
                format!("looking at revision {revision}")
            }
            Purpose::Composer(ComposerPurpose::Run) => "running the transaction".to_owned(),
            Purpose::Composer(ComposerPurpose::Load(path)) => {
                format!("reading {}", crate::domain::escape::message(&path.to_string_lossy()))
            }
            Purpose::Rehearsed(purpose) => return purpose.in_words(),
            Purpose::Journal(JournalPurpose::Etcdctl(id)) => format!("reading write {id}"),
            // Its dialog says so.
            Purpose::Journal(JournalPurpose::Show(_))
            | Purpose::Composer(ComposerPurpose::Leases | ComposerPurpose::Explain)
            | Purpose::Past(PastPurpose::Oldest(_))
            | Purpose::View(_)
            | Purpose::Level(_)
            | Purpose::Counts(_)
            | Purpose::Value(_)
            | Purpose::Layout(..)
            | Purpose::Peek
            | Purpose::OfferLook
            | Purpose::LeaseList
            | Purpose::LeaseStatuses => return None,
        })
    }
}
