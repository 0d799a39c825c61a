//! Drafts kept in case the program ends: what is to be kept when, and the offer of what an earlier
//! run left.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::time::Duration;

use super::App;
use super::clock::Timer;
use super::dialog::{Confirmed, Dialog};
use super::edit::Draft;
use super::effect::{Answer, Call, CallResult, Effect};
use super::keeping::Keeping;
use super::motion::{movement, scroll};
use super::offer::Offer;
use super::purpose::Purpose;
use crate::domain::comparison::Comparison;
use crate::domain::draft::{DraftId, Home, KeptDraft};
use crate::domain::edit::EditSession;
use crate::domain::escape;
use crate::domain::txn::RangeRequest;
use crate::keymap::Action;

/// A draft is written at most this often while it is typed.
const PAUSE: Duration = Duration::from_secs(1);

/// A draft that was found: its number, how long ago it was kept, and what it is.
pub type FoundDraft = (DraftId, Duration, KeptDraft);

/// What was found in the folder of drafts: those of this store, and files that hold none, with where
/// they lie now and why.
pub type FoundDrafts = (Vec<FoundDraft>, Vec<(PathBuf, String)>);

/// What is known of kept drafts.
#[derive(Debug, Default)]
pub struct Drafts {
    /// The number of the last draft begun here.
    last: u32,
    /// Found and not decided about.
    waiting: VecDeque<FoundDraft>,
    /// They were looked for already.
    looked: bool,
    /// They were looked for by hand: nothing found is to be said.
    by_hand: bool,
    /// The present value could not be read; tried again when the connection stands.
    held_up: bool,
    /// It was said that drafts cannot be kept.
    complained: bool,
}

impl App {
    fn home(&self) -> Home {
        let cluster = self.connection.status.as_ref().map_or(0, |status| status.cluster);
        Home { cluster, endpoints: self.settings.endpoints.clone() }
    }

    /// After every message: sees to it that what was typed is written soon.
    pub(super) fn settle_kept_draft(&mut self) {
        if !self.settings.keeps_drafts() {
            return;
        }
        let Some(draft) = self.value.edit.as_mut() else { return };
        let session = &draft.session;
        let stamp =
            (session.buffer().revision(), session.base().revision(), session.mark().is_some());
        if draft.keeping.seen == Some(stamp) {
            return;
        }
        draft.keeping.seen = Some(stamp);
        if draft.is_unsaved() {
            let at = draft.keeping.at.map_or(self.now, |at| self.now.max(at + PAUSE));
            self.timers.set_earliest(Timer::Draft, at);
        } else if std::mem::take(&mut draft.keeping.kept) {
            self.effects.push(Effect::DropDraft(draft.keeping.id));
            self.timers.clear(Timer::Draft);
        }
    }

    /// Writes the draft as it is now.
    pub(super) fn keep_draft(&mut self) {
        let home = self.home();
        let Some(draft) = self.value.edit.as_mut().filter(|draft| draft.is_unsaved()) else {
            return;
        };
        let keeping = &mut draft.keeping;
        if keeping.id == DraftId::Own(0) {
            self.drafts.last += 1;
            keeping.id = DraftId::Own(self.drafts.last);
        }
        (keeping.at, keeping.kept) = (Some(self.now), true);
        let kept = Box::new(draft.session.keep(home));
        self.effects.push(Effect::KeepDraft(draft.keeping.id, kept));
    }

    /// What is to be done before the program ends, however it ends: a draft that was not saved is
    /// kept as it is, one that was saved is not.
    pub fn parting(&mut self) -> Vec<Effect> {
        if !self.settings.keeps_drafts() {
            return Vec::new();
        }
        self.effects.clear();
        match &self.value.edit {
            Some(draft) if draft.is_unsaved() => self.keep_draft(),
            Some(draft) => self.effects.push(Effect::DropDraft(draft.keeping.id)),
            None => {}
        }
        std::mem::take(&mut self.effects)
    }

    /// The draft was given up or is done with.
    pub(super) fn forget_draft(&mut self, draft: &Draft) {
        self.timers.clear(Timer::Draft);
        if draft.keeping.kept {
            self.effects.push(Effect::DropDraft(draft.keeping.id));
        }
    }

    pub(super) fn on_draft_not_kept(&mut self, reason: &str) {
        if !std::mem::replace(&mut self.drafts.complained, true) {
            self.complain(format!("the draft cannot be kept in case of a crash: {reason}"));
        }
    }

    /// Looks once, when it is known where we are, for drafts that an earlier run left.
    pub(super) fn look_for_drafts(&mut self) {
        self.drafts.held_up = false;
        let may = self.settings.keeps_drafts() && !self.settings.read_only;
        if may && !std::mem::replace(&mut self.drafts.looked, true) {
            self.effects.push(Effect::FindDrafts(self.home()));
        }
    }

    /// `:drafts`
    pub(super) fn look_for_drafts_again(&mut self) {
        if self.refuses_to_write() {
            return;
        }
        if !self.settings.keeps_drafts() {
            return self
                .say("drafts are not kept here (drafts = false, or there is no place for them)");
        }
        (self.drafts.looked, self.drafts.held_up, self.drafts.by_hand) = (true, false, true);
        self.effects.push(Effect::FindDrafts(self.home()));
    }

    pub(super) fn on_drafts_found(&mut self, found: Result<FoundDrafts, String>) {
        let by_hand = std::mem::take(&mut self.drafts.by_hand);
        let (found, damaged) = match found {
            Ok(found) => found,
            Err(error) => {
                return self.complain(format!("the folder of drafts cannot be read: {error}"));
            }
        };
        if !damaged.is_empty() {
            self.tell_of_damaged(&damaged);
        } else if by_hand && found.is_empty() && self.drafts.waiting.is_empty() {
            self.say("no draft is kept for this cluster");
        }
        self.drafts.waiting.extend(found);
    }

    /// Told beneath what stands in front already: it must not take somebody's keys.
    fn tell_of_damaged(&mut self, damaged: &[(PathBuf, String)]) {
        let title = "Kept drafts that cannot be read".to_owned();
        let mut lines = Vec::new();
        for (path, reason) in damaged {
            lines.push(escape::message(&path.to_string_lossy()));
            lines.push(format!("  {}", escape::message(reason)));
        }
        lines.push("the files are left there for you to look at".to_owned());
        self.dialogs.insert(0, Dialog::Text { title, lines, scroll: 0 });
        self.redraw = true;
    }

    /// After every message: offers a draft when nothing else has the operator's attention.
    pub(super) fn settle_offers(&mut self) {
        let asked = self.tickets.awaits(|purpose| matches!(purpose, Purpose::OfferLook));
        if asked || self.drafts.held_up || !self.is_free_for_an_offer() {
            return;
        }
        if let Some((_, _, draft)) = self.drafts.waiting.front() {
            let call = Call::Range(RangeRequest::get(draft.base.key().clone()));
            self.ask(Purpose::OfferLook, None, call);
        }
    }

    fn is_free_for_an_offer(&self) -> bool {
        self.value.edit.is_none()
            && self.dialogs.is_empty()
            && self.view.is_none()
            && self.filter_field().is_none()
            && !self.is_read_only()
    }

    pub(super) fn on_offer_look(&mut self, result: CallResult) {
        let answer = match result {
            Ok(Answer::Range(answer)) => answer,
            Ok(_) => return,
            Err(error) => {
                self.drafts.held_up = true;
                if error.is_connection() {
                    // Offered when it stands again.
                    self.connection_broke(&error);
                }
                return self.complain(format!(
                    "a draft was left unsaved; its key cannot be read now: {error}"
                ));
            }
        };
        self.seen(answer.revision);
        if !self.is_free_for_an_offer() {
            return;
        }
        let Some((id, age, draft)) = self.drafts.waiting.pop_front() else { return };
        let present = answer.entries.into_iter().next();
        let value = present.as_ref().map_or(&[][..], |entry| &entry.value);
        let offer = Offer {
            id,
            age,
            since: draft.since(present.as_ref()),
            comparison: Comparison::new(value, &draft.bytes()),
            draft,
            present,
            revision: answer.revision,
            more: self.drafts.waiting.len(),
            scroll: 0,
        };
        self.dialogs.push(Dialog::Offer(Box::new(offer)));
        self.redraw = true;
    }

    pub(super) fn act_in_offer(&mut self, action: Action) {
        let height = usize::from(self.viewport.dialog.height);
        let len = self.viewport.dialog_len;
        let Some(Dialog::Offer(offer)) = self.dialogs.last_mut() else { return };
        if let Some(movement) = movement(action, height) {
            return scroll(&mut offer.scroll, movement, len, height);
        }
        let id = offer.id;
        match action {
            Action::Edit => {
                if let Some(Dialog::Offer(offer)) = self.dialogs.pop() {
                    self.resume_draft(*offer);
                }
            }
            Action::Cancel => {
                self.dialogs.pop();
                self.effects.push(Effect::LeaveDraft(id));
                self.say("the draft stays kept; :drafts offers it again");
            }
            Action::Discard => {
                let title = format!("Throw the draft of {} away?", offer.draft.base.key());
                let lines = vec!["it cannot be had back".to_owned()];
                self.question(title, lines, Confirmed::DropDraft(id));
            }
            _ => {}
        }
    }

    /// Goes on with a draft that was offered.
    fn resume_draft(&mut self, offer: Offer) {
        let session = EditSession::resume(offer.draft, offer.present, offer.revision);
        let keeping = Keeping { id: offer.id, seen: None, at: None, kept: true };
        self.open_draft(Draft::resumed(session, keeping));
    }

    /// It was asked for twice.
    pub(super) fn drop_offered_draft(&mut self, id: DraftId) {
        self.dialogs.retain(|dialog| !matches!(dialog, Dialog::Offer(offer) if offer.id == id));
        self.effects.push(Effect::DropDraft(id));
        self.say("the draft was thrown away");
    }
}
