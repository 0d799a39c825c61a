//! Carries out effects: starts tasks and returns at once; what they find comes back as messages.
//!
//! Invariant: knows the store and the clock, never the screen. Everything it starts ends with it.

mod call;
mod difference;
mod doctor;
mod draft;
mod export;
mod file;
mod find;
mod gather;
mod hold;
mod inbox;
mod job;
mod journal;
mod keepalive;
mod layout;
mod plan_text;
mod probe;
mod watch;
mod write;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::AbortHandle;
use write::Writer;

use crate::app::effect::{Call, Effect, Slot, WatchId};
use crate::app::hold::HoldId;
use crate::app::job::JobId;
use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::bulk::Limits;
use crate::domain::LeaseId;
use crate::draft::Drafts;
use crate::journal::Journal;
use crate::store::ReadOnly;
pub use inbox::{Closed, Inbox, NewsSender, Senders, inbox};
use job::Jobs;
use plan_text::Show;

pub use doctor::Doctor;

/// Whoever watches over the connection.
enum Probe {
    /// Asks nobody yet: the first frame comes first.
    Waits,
    Runs(AbortHandle),
}

/// The running tasks of one program.
pub struct Runtime {
    store: ReadOnly,
    inbox: mpsc::Sender<Message>,
    news: NewsSender,
    journal: Journal,
    /// Wakes everything that waits before its next try.
    retry: Arc<Notify>,
    calls: HashMap<Ticket, AbortHandle>,
    slots: HashMap<Slot, Ticket>,
    watches: HashMap<WatchId, AbortHandle>,
    kept: HashMap<LeaseId, AbortHandle>,
    held: HashMap<HoldId, oneshot::Sender<()>>,
    /// Where drafts are kept; nothing where they are not.
    drafts: Option<(draft::Orders, AbortHandle)>,
    jobs: Jobs,
    exports: HashMap<JobId, AbortHandle>,
    /// The index of keys, once somebody wanted one.
    finder: Option<find::Finder>,
    /// Whoever watches over the connection, and before the first effect how to start that.
    probe: Probe,
    doctor: Option<Doctor>,
}

impl Runtime {
    /// Does nothing yet: the connection is watched over from the first effect on. Must be called inside
    /// a tokio runtime. What is written is recorded in the journal.
    pub fn start(store: ReadOnly, inbox: Senders, journal: Journal) -> Runtime {
        let Senders { answers: inbox, news } = inbox;
        let retry = Arc::new(Notify::new());
        let limits = Limits::default();
        let jobs = Jobs::new(store.clone(), inbox.clone(), journal.clone(), limits);
        journal::tell_trouble(&journal, inbox.clone());
        Runtime {
            store,
            inbox,
            news,
            journal,
            retry,
            calls: HashMap::new(),
            slots: HashMap::new(),
            watches: HashMap::new(),
            kept: HashMap::new(),
            held: HashMap::new(),
            drafts: None,
            jobs,
            exports: HashMap::new(),
            finder: None,
            probe: Probe::Waits,
            doctor: None,
        }
    }

    /// From now on drafts are kept in this folder. Without it they are not.
    pub fn keep_drafts_in(&mut self, folder: PathBuf) {
        let orders = draft::Orders::default();
        let task = draft::run(Drafts::in_folder(folder), orders.clone(), self.inbox.clone());
        self.drafts = Some((orders, tokio::spawn(task).abort_handle()));
    }

    /// Waits until every draft that was to be kept or removed is; not for ever, since a folder may
    /// lie on a server that is gone.
    pub async fn flush_drafts(&mut self) {
        const LIMIT: Duration = Duration::from_secs(2);
        let (sender, flushed) = oneshot::channel();
        self.order(draft::Order::Flush(sender));
        let _ = tokio::time::timeout(LIMIT, flushed).await;
    }

    fn order(&self, order: draft::Order) {
        if let Some((orders, _)) = &self.drafts {
            orders.give(order);
        }
    }

    /// The same, with other limits of work on many keys than [`Limits::default`], which has no folder
    /// for backups.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Runtime {
        self.jobs.set_limits(limits);
        self
    }

    /// The same, with somebody who can look at the endpoints behind the store, which the runtime does
    /// not know. Without one there is nothing to examine, and that is what is told.
    #[must_use]
    pub fn doctor(mut self, doctor: Doctor) -> Runtime {
        self.doctor = Some(doctor);
        self
    }

    /// Starts what the effect asks for. Effects of the terminal and the end of the program are not
    /// the runtime's: they come back.
    pub fn execute(&mut self, effect: Effect) -> Option<Effect> {
        if let Probe::Waits = self.probe {
            let (store, inbox) = (self.store.clone(), self.inbox.clone());
            let probe = tokio::spawn(probe::run(store, inbox, self.retry.clone()));
            self.probe = Probe::Runs(probe.abort_handle());
        }
        match effect {
            Effect::Call { ticket, slot, call } => self.call(ticket, slot, call),
            Effect::GiveUp(tickets) => {
                for task in tickets.iter().filter_map(|ticket| self.calls.remove(ticket)) {
                    task.abort();
                }
            }
            Effect::Watch { id, range, from } => {
                let task = watch::Task {
                    id,
                    range,
                    store: self.store.clone(),
                    inbox: self.news.clone(),
                    retry: self.retry.clone(),
                };
                let task = tokio::spawn(task.run(from)).abort_handle();
                replace(&mut self.watches, id, task);
            }
            Effect::Unwatch(id) => {
                if let Some(task) = self.watches.remove(&id) {
                    task.abort();
                }
            }
            Effect::Probe => self.retry.notify_waiters(),
            Effect::KeepAlive { id, ttl } => {
                let task = keepalive::run(self.store.clone(), self.inbox.clone(), id, ttl);
                replace(&mut self.kept, id, tokio::spawn(task).abort_handle());
            }
            Effect::LetGo(id) => {
                if let Some(task) = self.kept.remove(&id) {
                    task.abort();
                }
            }
            Effect::Hold(id, hold) => {
                let (stop, stopped) = oneshot::channel();
                let (store, inbox) = (self.store.clone(), self.inbox.clone());
                let task = hold::Task { id, store, inbox, stop: stopped };
                tokio::spawn(task.run(hold));
                self.held.insert(id, stop);
            }
            // Dropping the sender tells the task, which lives on until it has given up.
            Effect::Release(id) => drop(self.held.remove(&id)),
            Effect::ReadFile { ticket, path } => {
                tokio::spawn(file::read(self.inbox.clone(), ticket, path));
            }
            Effect::Compare { ticket, range, then } => {
                let (store, inbox) = (self.store.clone(), self.inbox.clone());
                let task = tokio::spawn(difference::run(store, inbox, ticket, range, then));
                self.calls.insert(ticket, task.abort_handle());
            }
            Effect::Find(order) => {
                let (store, inbox) = (self.store.clone(), self.inbox.clone());
                let retry = self.retry.clone();
                let start = || find::Finder::start(store, inbox, retry);
                self.finder.get_or_insert_with(start).order(order);
            }
            Effect::SearchValues { ticket, search } => {
                let (store, inbox) = (self.store.clone(), self.inbox.clone());
                let task = find::Values { ticket, store, inbox, retry: self.retry.clone() };
                self.calls.insert(ticket, tokio::spawn(task.run(search)).abort_handle());
            }
            Effect::Diagnose { ticket } => {
                let task = doctor::run(self.doctor.clone(), self.inbox.clone(), ticket);
                self.calls.insert(ticket, tokio::spawn(task).abort_handle());
            }
            Effect::KeepDraft(id, draft) => self.order(draft::Order::Keep(id, draft)),
            Effect::DropDraft(id) => self.order(draft::Order::Remove(id)),
            Effect::LeaveDraft(id) => self.order(draft::Order::Leave(id)),
            Effect::FindDrafts(home) => self.order(draft::Order::Find(home)),
            Effect::ReadOnly(on) => self.store.set_read_only(on),
            Effect::LayOut { ticket, value, rendering, width } => {
                tokio::spawn(layout::run(self.inbox.clone(), ticket, value, rendering, width));
            }
            Effect::WriteFile { ticket, path, lines } => {
                tokio::spawn(file::write(self.inbox.clone(), ticket, path, lines));
            }
            Effect::ReadJournal { ticket, id, limit } => {
                let (journal, inbox) = (self.journal.clone(), self.inbox.clone());
                tokio::spawn(journal::read(journal, inbox, ticket, id, limit));
            }
            Effect::Plan(id, request) => self.jobs.plan(id, request),
            Effect::ReadPlan { ticket, id, limit } => {
                self.jobs.show(id, Show::First { ticket, limit });
            }
            Effect::WritePlan { ticket, id, path, etcdctl } => {
                self.jobs.show(id, Show::Script { ticket, path, etcdctl });
            }
            Effect::Apply(id) => self.jobs.apply(id),
            Effect::Stop(id) => {
                self.jobs.stop(id);
                if let Some(task) = self.exports.remove(&id) {
                    task.abort();
                }
            }
            Effect::Export { id, path, prefix, revision } => {
                let (store, inbox) = (self.store.clone(), self.inbox.clone());
                let task = export::Task { id, store, inbox };
                let task = tokio::spawn(task.run(path, prefix, revision)).abort_handle();
                self.exports.retain(|_, task| !task.is_finished());
                replace(&mut self.exports, id, task);
            }
            Effect::Terminal(_) | Effect::Quit => return Some(effect),
        }
        None
    }

    fn call(&mut self, ticket: Ticket, slot: Option<Slot>, call: Call) {
        self.calls.retain(|_, task| !task.is_finished());
        let (store, journal) = (self.store.clone(), self.journal.clone());
        let writer = Writer { store, journal, inbox: self.inbox.clone() };
        let task = tokio::spawn(call::run(writer, ticket, call));
        self.calls.insert(ticket, task.abort_handle());
        let before = slot.and_then(|slot| self.slots.insert(slot, ticket));
        if let Some(task) = before.and_then(|ticket| self.calls.remove(&ticket)) {
            task.abort();
        }
    }
}

impl Drop for Runtime {
    fn drop(&mut self) {
        if let Probe::Runs(probe) = &self.probe {
            probe.abort();
        }
        if let Some((_, task)) = &self.drafts {
            task.abort();
        }
        let tasks = self.calls.values().chain(self.watches.values()).chain(self.kept.values());
        let tasks = tasks.chain(self.exports.values());
        tasks.for_each(AbortHandle::abort);
    }
}

fn replace<K: std::hash::Hash + Eq>(
    tasks: &mut HashMap<K, AbortHandle>,
    key: K,
    task: AbortHandle,
) {
    if let Some(before) = tasks.insert(key, task) {
        before.abort();
    }
}
