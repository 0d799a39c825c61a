//! The composer of transactions: etcdctl's own text, what it means, and what came of it.
//!
//! The text is read anew with every change; what is sent is what it said when that was confirmed.

mod add;
mod file;
pub mod form;
pub mod outline;
pub mod reading;
pub mod run;

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::App;
use super::dialog::{Leaving, PromptKind};
use super::edit;
use super::effect::{Answer, Call, CallResult};
use super::motion::{movement, scroll};
use super::purpose::{ComposerPurpose, Purpose};
use super::view::View;
use super::viewport::keep_in_view;
use crate::domain::LeaseId;
use crate::domain::text::TextBuffer;
use crate::keymap::Action;
use reading::Reading;
use run::Run;

/// A transaction being composed.
#[derive(Debug, Default)]
pub struct Composer {
    /// The text, as etcdctl reads it.
    pub buffer: TextBuffer,
    /// The first line of it that is shown.
    pub top: usize,
    /// What it means.
    pub reading: Reading,
    /// The first row shown of what it means and what came of it.
    pub scroll: usize,
    /// What came of the last one that was run.
    pub run: Run,
    /// Its file, once it has one.
    pub file: Option<PathBuf>,
    /// The text in that file, as far as is known here.
    saved: String,
    /// The text that is being written to a file.
    being_saved: Option<String>,
    /// What follows when it is.
    leaving: Option<Leaving>,
    /// The revision of the buffer that was read.
    read: Option<u64>,
    /// The leases there are, where that was asked for and told.
    leases: Option<BTreeSet<LeaseId>>,
    /// The leases that the question was about.
    asked_about: BTreeSet<LeaseId>,
}

impl Composer {
    /// Whether there is a text that is in no file.
    pub fn is_unsaved(&self) -> bool {
        !self.is_blank() && !self.buffer.is(&self.saved)
    }

    /// Whether nothing is written yet.
    pub fn is_blank(&self) -> bool {
        self.buffer.lines().iter().all(|line| line.trim().is_empty())
    }

    /// Whether the text was changed since the last run.
    pub fn changed_since_run(&self) -> bool {
        self.run.text_revision().is_some_and(|revision| revision != self.buffer.revision())
    }

    /// Brings the reading up to date with the text.
    fn read(&mut self) {
        let revision = self.buffer.revision();
        if self.read != Some(revision) {
            self.read = Some(revision);
            self.reading = Reading::of(&self.buffer.text());
            self.judge();
        }
    }

    fn judge(&mut self) {
        self.reading.judge(self.leases.as_ref());
    }
}

impl App {
    /// `:txn`: the composer as it was left, or with a file.
    pub(super) fn open_composer(&mut self, file: Option<String>) {
        self.open_view(View::Txn);
        if let Some(path) = file
            && let Err(error) = self.accept_txn_to_load(&path)
        {
            self.complain(error);
        }
    }

    pub(super) fn say_that_the_text_is_kept(&mut self) {
        if !self.composer.is_blank() {
            self.say("the transaction is kept: :txn comes back to it");
        }
    }

    pub(super) fn act_in_composer(&mut self, action: Action) {
        match action {
            Action::TxnRun => self.look_before_run(),
            Action::TxnAdd => self.open_form(),
            Action::TxnSave => {
                // A wish to leave that was given up is not fulfilled by a later save.
                self.composer.leaving = None;
                self.ask_for_txn_file(PromptKind::SaveTxn);
            }
            Action::TxnLoad => self.ask_for_txn_file(PromptKind::LoadTxn),
            Action::ShowAsEtcdctl => self.show_txn_as_etcdctl(),
            Action::HalfDown | Action::HalfUp => {
                let height = usize::from(self.viewport.aside.height);
                if let Some(movement) = movement(action, height) {
                    scroll(&mut self.composer.scroll, movement, self.viewport.aside_len, height);
                }
            }
            action => {
                let height = usize::from(self.viewport.view.height);
                edit::change(&mut self.composer.buffer, action, height);
            }
        }
    }

    pub(super) fn insert_into_txn(&mut self, text: &str) {
        edit::put_in(&mut self.composer.buffer, text);
    }

    /// After every message while the composer is on the screen.
    pub(super) fn settle_composer(&mut self) {
        let height = usize::from(self.viewport.view.height);
        let composer = &mut self.composer;
        composer.read();
        let (line, _) = composer.buffer.cursor();
        composer.top = keep_in_view(composer.top, line, height, composer.buffer.lines().len());
        let aside = usize::from(self.viewport.aside.height);
        let last = self.viewport.aside_len.saturating_sub(aside);
        composer.scroll = composer.scroll.min(last);
        self.look_for_leases();
    }

    /// Asks which leases there are, when the text names one that is not known.
    fn look_for_leases(&mut self) {
        let composer = &mut self.composer;
        let named = composer.reading.leases();
        let known = composer.leases.as_ref();
        let is_news = |id: &LeaseId| {
            !composer.asked_about.contains(id) && known.is_none_or(|known| !known.contains(id))
        };
        let awaits = |purpose: &Purpose| *purpose == Purpose::Composer(ComposerPurpose::Leases);
        if !named.iter().any(is_news) || self.tickets.awaits(awaits) || self.connection.is_stale() {
            return;
        }
        self.composer.asked_about = named;
        self.ask(Purpose::Composer(ComposerPurpose::Leases), None, Call::LeaseList);
    }

    pub(super) fn on_composer_answer(&mut self, purpose: ComposerPurpose, result: CallResult) {
        match purpose {
            ComposerPurpose::Leases => {
                // Where they may not be listed, the server judges the lease when it is put on it.
                if let Ok(Answer::LeaseList(ids)) = result {
                    self.composer.leases = Some(ids.into_iter().collect());
                    self.composer.judge();
                }
            }
            ComposerPurpose::Run => self.on_txn_run(result),
            ComposerPurpose::Explain => self.on_txn_explained(result),
            // Answered by the file's own message.
            ComposerPurpose::Load(_) | ComposerPurpose::Save(_) => {}
        }
    }

    fn show_txn_as_etcdctl(&mut self) {
        self.composer.read();
        if let Some(error) = &self.composer.reading.error {
            return self.complain(error.to_string());
        }
        self.show_lines_as_etcdctl(self.settings.etcdctl.txn(&self.composer.reading.request));
    }
}
