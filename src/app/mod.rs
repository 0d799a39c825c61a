//! The state of the program, and the one plain function that changes it.
//!
//! [`App::update`] takes what happened and the time, changes the state, and answers with effects as
//! data. Invariant: no I/O, no clock, no async here, and nothing known of the terminal or the
//! network; `mod.rs` only dispatches, each noun has a file of its own.

pub mod access;
pub mod bulk;
pub mod clock;
pub mod cluster;
pub mod command;
pub mod connection;
pub mod dialog;
pub mod draft;
pub mod effect;
pub mod etcdctl;
pub mod export;
mod farewell;
pub mod hold;
pub mod holding;
pub mod job;
pub mod journal;
pub mod lease;
pub mod load;
pub mod login;
pub mod marked;
pub mod message;
pub mod notice;
pub mod offer;
pub mod pane;
pub mod past;
pub mod purpose;
pub mod question;
pub mod queue;
pub mod service;
pub mod settings;
pub mod ticket;
pub mod tree;
pub mod txn;
pub mod typed;
pub mod value;
pub mod view;
pub mod viewport;
pub mod watch;

mod anchor;
mod answer;
mod attach;
mod confirm;
mod counts;
mod decide;
mod delete;
pub mod difference;
pub mod doctor;
pub mod edit;
mod file;
pub mod filter;
pub mod find;
pub mod flood;
pub mod follow;
mod gap;
mod goto;
mod handover;
pub mod history;
mod in_view;
mod input;
mod keeping;
mod listing;
mod motion;
mod prompt;
mod rehearsal;
mod restore;
mod run;
mod save;
mod transfer;
mod wait;

use std::collections::HashMap;
use std::time::Instant;

use clock::{Timer, Timers};
use connection::ConnectionState;
use dialog::Dialog;
use effect::{Call, Effect, Slot};
use message::Message;
use notice::{Level, Notice};
use pane::Pane;
use purpose::{ComposerPurpose, Purpose};
use settings::Settings;
use ticket::{Ticket, Tickets};
use viewport::Viewport;

use crate::domain::Revision;
use crate::domain::escape;
use crate::domain::load::Meter;
use crate::keymap::Keymap;

/// The whole state of the screen.
pub struct App {
    /// What the program was told at its start; read-only may be switched.
    pub settings: Settings,
    /// The keys.
    pub keymap: Keymap,
    /// The pane that gets the keys.
    pub focus: Pane,
    /// Whether the focused pane has the whole screen.
    pub zoomed: bool,
    /// What stands in front, the topmost last.
    pub dialogs: Vec<Dialog>,
    /// The connection.
    pub connection: ConnectionState,
    /// Whether the server lets us in.
    pub login: login::Login,
    /// The newest revision any answer or event told of.
    pub newest: Revision,
    /// The line that goes away by itself.
    pub notice: Option<Notice>,
    /// The Keys pane.
    pub keys: tree::KeysPane,
    /// The Value pane.
    pub value: value::ValuePane,
    /// The Leases pane.
    pub leases: lease::LeasesPane,
    /// The Watch pane.
    pub watch: watch::WatchPane,
    /// What takes the place of the panes.
    pub view: Option<view::View>,
    /// The transaction being composed; kept while another view is open.
    pub composer: txn::Composer,
    /// What is looked at instead of the present.
    pub past: Option<past::Past>,
    /// What was written here.
    pub journal: journal::Journal,
    /// What is held here.
    pub holdings: holding::Holdings,
    /// Work on many keys.
    pub jobs: bulk::Jobs,
    /// Drafts kept in case the program ends.
    pub drafts: draft::Drafts,
    /// Finding keys anywhere; the index stays while the view is closed.
    pub finder: find::Finder,
    /// An export that goes on.
    pub export: Option<export::Export>,
    /// What the last frame showed.
    pub viewport: Viewport,
    /// The time of the last message: what "now" means on the screen.
    pub now: Instant,
    /// Earlier command lines, oldest first.
    history: Vec<String>,
    goto: Option<goto::Goto>,
    quit_asked: bool,
    /// What is done now is only shown, not sent.
    rehearsing: bool,
    tickets: Tickets<Purpose>,
    /// How much load is put on the server by listing and counting.
    meter: Meter,
    /// The latest question of each slot.
    slots: HashMap<Slot, Ticket>,
    timers: Timers,
    effects: Vec<Effect>,
    redraw: bool,
}

/// What an update asks for.
#[derive(Debug)]
pub struct Update {
    /// To be carried out, in order.
    pub effects: Vec<Effect>,
    /// Whether something on the screen may have changed.
    pub redraw: bool,
}

impl App {
    /// The state at the start: nothing known, everything asked for (see [`App::start`]).
    pub fn new(settings: Settings, now: Instant) -> App {
        App {
            keymap: Keymap::default(),
            focus: Pane::Keys,
            zoomed: false,
            dialogs: Vec::new(),
            connection: ConnectionState::default(),
            login: login::Login::default(),
            newest: Revision::NONE,
            notice: None,
            keys: tree::KeysPane::new(settings.root.clone(), settings.delimiter.clone(), now),
            value: value::ValuePane::default(),
            leases: lease::LeasesPane::default(),
            watch: watch::WatchPane::default(),
            view: None,
            composer: txn::Composer::default(),
            past: None,
            journal: journal::Journal::default(),
            holdings: holding::Holdings::default(),
            jobs: bulk::Jobs::default(),
            drafts: draft::Drafts::default(),
            finder: find::Finder::default(),
            export: None,
            viewport: Viewport::default(),
            now,
            history: Vec::new(),
            goto: None,
            quit_asked: false,
            rehearsing: false,
            tickets: Tickets::default(),
            meter: Meter::new(settings.limits.load, now),
            slots: HashMap::new(),
            timers: Timers::default(),
            effects: Vec::new(),
            redraw: true,
            settings,
        }
    }

    /// The first requests; the first frame is drawn before any of them is answered.
    pub fn start(&mut self) -> Update {
        self.list_root();
        self.read_leases();
        self.finish()
    }

    /// Takes one message.
    pub fn update(&mut self, message: Message, now: Instant) -> Update {
        self.now = now;
        self.keys.by_itself = matches!(message, Message::Watch(..));
        match message {
            Message::Key(chord) => {
                self.redraw = true;
                self.on_key(chord);
            }
            Message::Paste(text) => {
                self.redraw = true;
                self.on_paste(&text);
            }
            Message::Resize => self.redraw = true,
            Message::Clock => self.on_clock(),
            Message::Answered(ticket, result) => {
                if let Some(purpose) = self.tickets.redeem(ticket) {
                    // Read now and then without being asked: an idle screen is not drawn for that.
                    self.redraw |= !matches!(purpose, Purpose::LeaseList | Purpose::Counts(_));
                    self.on_answer(purpose, result);
                }
            }
            Message::FileWritten(ticket, result) => self.on_file_written(ticket, result),
            Message::Connection(news) => self.on_connection(news),
            Message::Watch(id, news) => self.on_watch(id, news),
            Message::Hold(id, news) => self.on_hold(id, news),
            Message::Job(id, news) => self.on_job(id, news),
            Message::PlanRead(ticket, result) => self.on_plan_read(ticket, result),
            Message::Comparing(ticket, keys) => self.on_comparing(ticket, keys),
            Message::Compared(ticket, result) => self.on_compared(ticket, result),
            Message::Journaled(line) => self.on_journaled(line),
            Message::JournalTrouble(trouble) => self.complain(trouble),
            Message::JournalRead(ticket, result) => self.on_journal_read(ticket, result),
            Message::Find(news) => self.on_find(news),
            Message::Values(ticket, news) => self.on_values(ticket, news),
            Message::Diagnosis(ticket, news) => self.on_diagnosis(ticket, news),
            Message::LaidOut(ticket, view) => {
                if let Some(purpose) = self.tickets.redeem(ticket) {
                    self.on_rows(purpose, *view);
                }
            }
            Message::FileRead(ticket, result) => {
                let purpose = self.tickets.redeem(ticket);
                if let Some(Purpose::Composer(ComposerPurpose::Load(path))) = purpose {
                    self.redraw = true;
                    self.on_txn_loaded(path, result);
                }
            }
            Message::KeepAlive(id, news) => self.on_keep_alive(id, news),
            Message::Edited(edited) => {
                self.redraw = true;
                self.on_edited(edited);
            }
            Message::DraftsFound(found) => self.on_drafts_found(found),
            Message::DraftNotKept(reason) => self.on_draft_not_kept(&reason),
            Message::Copied(Ok(text)) => self.say(text),
            Message::Copied(Err(error)) => self.complain(error),
        }
        self.settle();
        self.finish()
    }

    /// When [`Message::Clock`] is wanted next; an idle program wants none.
    pub fn next_deadline(&self) -> Option<Instant> {
        self.timers.next()
    }

    /// Takes what the frame just drawn showed.
    pub fn set_viewport(&mut self, viewport: Viewport) -> Update {
        if self.viewport != viewport {
            let before = std::mem::replace(&mut self.viewport, viewport);
            self.tell_what_was_swept(before.swept);
            self.settle();
        }
        self.finish()
    }

    /// Whether writing is switched off, or the past is looked at.
    pub fn is_read_only(&self) -> bool {
        self.settings.read_only || self.past.is_some()
    }

    fn finish(&mut self) -> Update {
        Update {
            effects: std::mem::take(&mut self.effects),
            redraw: std::mem::take(&mut self.redraw),
        }
    }

    /// Brings what depends on the rest up to date after a message.
    fn settle(&mut self) {
        self.settle_waits();
        self.settle_tree();
        self.settle_value();
        self.settle_leases();
        self.settle_watch();
        self.settle_view();
        self.settle_kept_draft();
        self.settle_offers();
        self.settle_login();
    }

    fn on_clock(&mut self) {
        for timer in self.timers.due(self.now) {
            match timer {
                Timer::Notice => {
                    self.notice = None;
                    self.redraw = true;
                }
                Timer::Value => self.read_value(),
                Timer::Counts => self.read_counts(),
                // Nobody would answer; who comes back is asked.
                Timer::Leases if self.connection.is_stale() => {}
                Timer::Leases => self.leases_again(),
                Timer::View => self.view_again(),
                Timer::Release => self.release_takes_long(),
                Timer::ReadBack => self.read_back_again(),
                Timer::Draft => self.keep_draft(),
                Timer::Rates => self.rates_again(),
                Timer::Marks => {
                    self.fade_marks();
                    self.redraw = true;
                }
                Timer::Second | Timer::Slow => self.redraw = true,
                // The rows are looked at after every message.
                Timer::Rows | Timer::Load => {}
            }
        }
    }

    /// An answer or event told of this revision.
    fn seen(&mut self, revision: Revision) {
        if revision > self.newest {
            self.newest = revision;
            self.redraw = true;
        }
    }

    fn ask(&mut self, purpose: Purpose, slot: Option<Slot>, call: Call) -> Ticket {
        let purpose = if self.rehearsing { Purpose::Rehearsed(Box::new(purpose)) } else { purpose };
        let ticket = self.tickets.issue(purpose, self.now);
        if let Some(before) = slot.and_then(|slot| self.slots.insert(slot, ticket)) {
            // Given up by the runtime, so it will not be answered.
            self.tickets.redeem(before);
        }
        self.effects.push(Effect::Call { ticket, slot, call });
        ticket
    }

    /// Answers for these are not awaited any more. Says whether there were any.
    fn give_up(&mut self, of: impl Fn(&Purpose) -> bool) -> bool {
        let tickets = self.tickets.forget(of);
        let any = !tickets.is_empty();
        if any {
            self.effects.push(Effect::GiveUp(tickets));
        }
        any
    }

    fn say(&mut self, text: impl Into<String>) {
        self.notify(Level::Info, text.into());
    }

    fn complain(&mut self, text: impl Into<String>) {
        self.notify(Level::Error, text.into());
    }

    fn notify(&mut self, level: Level, text: String) {
        let notice = Notice { level, text: escape::message(&text) };
        self.timers.set(Timer::Notice, notice.ends(self.now));
        self.notice = Some(notice);
        self.redraw = true;
    }
}
