//! Showing what an action would send, as etcdctl lines, in place of sending it.
//!
//! The action itself is done, so that what is shown is what it would send; but the effects that write
//! are taken out before anything carries them out, and what was asked first is read and no more.

use super::App;
use super::dialog::{Confirm, Dialog, PromptKind};
use super::effect::{Call, Effect};
use super::etcdctl::Etcdctl;
use super::purpose::Purpose;
use super::question::Confirmed;
use crate::domain::{LeaseId, Revision};
use crate::keymap::Action;

/// What becomes of an effect while it is only rehearsed.
enum Rehearsed {
    /// It writes: these lines stand for it, and it is not carried out.
    Shown(Vec<String>),
    /// It reads, or concerns this program alone.
    Done(Effect),
}

/// What a call would send.
fn lines_of(etcdctl: &Etcdctl, call: &Call) -> Vec<String> {
    match call {
        Call::Range(request) => etcdctl.range(request.clone()),
        Call::Txn(request) => etcdctl.txn(request),
        Call::LeaseGrant(ttl, LeaseId::NONE) => vec![etcdctl.grant(*ttl)],
        Call::LeaseGrant(ttl, id) => etcdctl.grant_with_id(*ttl, *id),
        Call::LeaseRevoke(id) => vec![etcdctl.revoke(*id)],
        Call::LeaseKeepAlive(id) => vec![etcdctl.renew(*id)],
        Call::LeaseStatuses(ids) => ids.iter().map(|id| etcdctl.time_to_live(*id)).collect(),
        Call::Members => vec![etcdctl.members()],
        Call::LeaseList => vec![etcdctl.leases()],
        // Each line of etcdctl logs in by itself.
        Call::LogIn(..) => Vec::new(),
        Call::Rights => etcdctl.rights(),
        // The refusal names it.
        Call::Oldest(key) => etcdctl.get_at(key, Revision(1)),
    }
}

/// Lines that write, beside those that read the selection: comments, so that to run them all changes
/// nothing.
pub(super) fn instead(what: &str, lines: &[String]) -> Vec<String> {
    let comment = |line: &String| format!("# {line}").trim_end().to_owned();
    [format!("# {what}:")].into_iter().chain(lines.iter().map(comment)).collect()
}

impl App {
    /// Does what `act` does, and shows what that would send. A question it leads to counts as
    /// answered with yes; what it reads first is rehearsed further when it is answered.
    pub(super) fn rehearse(&mut self, act: impl FnOnce(&mut App)) {
        let (effects, dialogs) = (self.effects.len(), self.dialogs.len());
        let before = std::mem::replace(&mut self.rehearsing, true);
        act(self);
        while let Some(Dialog::Confirm(_)) = self.dialogs.get(dialogs) {
            if let Dialog::Confirm(Confirm { then, .. }) = self.dialogs.remove(dialogs) {
                self.rehearse_yes(then);
            }
        }
        self.rehearsing = before;
        let mut lines = Vec::new();
        for effect in self.effects.split_off(effects) {
            match self.rehearsed(effect) {
                Rehearsed::Shown(shown) => lines.extend(shown),
                Rehearsed::Done(effect) => self.effects.push(effect),
            }
        }
        if !lines.is_empty() {
            self.notice = None;
            self.show_lines_as_etcdctl(lines);
        }
    }

    /// What yes would send. Where it would send nothing, nothing of it is done.
    pub(super) fn rehearse_yes(&mut self, then: Confirmed) {
        match then {
            Confirmed::StopAndQuit
            | Confirmed::StopExportAndQuit
            | Confirmed::DropDraft(_)
            | Confirmed::AllowWrites
            | Confirmed::Index(_)
            | Confirmed::SearchValues => {
                self.say("yes sends nothing that writes");
            }
            Confirmed::DeleteKey(..)
            | Confirmed::RevokeLease(_)
            | Confirmed::Put(..)
            | Confirmed::Attach(..)
            | Confirmed::Txn(_) => self.confirmed(then),
        }
    }

    fn rehearsed(&mut self, effect: Effect) -> Rehearsed {
        let etcdctl = &self.settings.etcdctl;
        match effect {
            Effect::Call { ticket, call, .. } if call.writes() => {
                let lines = lines_of(etcdctl, &call);
                // Nobody will answer.
                self.tickets.redeem(ticket);
                Rehearsed::Shown(lines)
            }
            Effect::KeepAlive { id, .. } => Rehearsed::Shown(vec![etcdctl.keep_alive(id)]),
            Effect::LetGo(id) => Rehearsed::Shown(vec![format!(
                "# nothing is sent: the renewals of lease {id} end, and the lease with its time"
            )]),
            Effect::Hold(_, hold) => Rehearsed::Shown(etcdctl.hold(&hold)),
            Effect::Release(id) => {
                let held = self.holdings.all.get(&id);
                Rehearsed::Shown(match held.map(|held| (held.hold.name(), held.lease)) {
                    Some((_, Some(lease))) => vec![etcdctl.revoke(lease)],
                    Some((name, None)) => vec![format!("# nothing was sent for {name} yet")],
                    None => Vec::new(),
                })
            }
            Effect::Apply(_) => Rehearsed::Shown(Vec::new()),
            Effect::Export { .. } => Rehearsed::Shown(vec![
                "# nothing is written to the store: an export only reads".to_owned(),
            ]),
            effect @ (Effect::Call { .. }
            | Effect::GiveUp(_)
            | Effect::Watch { .. }
            | Effect::Unwatch(_)
            | Effect::Probe
            | Effect::Plan(..)
            | Effect::ReadPlan { .. }
            | Effect::WritePlan { .. }
            | Effect::Stop(_)
            | Effect::Compare { .. }
            | Effect::Find(_)
            | Effect::SearchValues { .. }
            | Effect::Diagnose { .. }
            | Effect::ReadJournal { .. }
            | Effect::KeepDraft(..)
            | Effect::DropDraft(_)
            | Effect::LeaveDraft(_)
            | Effect::FindDrafts(_)
            | Effect::ReadOnly(_)
            | Effect::Terminal(_)
            | Effect::LayOut { .. }
            | Effect::ReadFile { .. }
            | Effect::WriteFile { .. }
            | Effect::Quit) => Rehearsed::Done(effect),
        }
    }

    /// Alt-x in a field: what accepting it would send. The field stays as it is.
    pub(super) fn rehearse_prompt(&mut self) {
        let Some(Dialog::Prompt(prompt)) = self.dialogs.last() else { return };
        match prompt.kind {
            PromptKind::Command
            | PromptKind::LeaseGrant
            | PromptKind::Lock
            | PromptKind::Campaign
            | PromptKind::Register
            | PromptKind::Attach
            | PromptKind::Transfer(_)
            | PromptKind::TransferInto(_) => {}
            PromptKind::NewKey => return self.say("nothing is sent before the new key is saved"),
            PromptKind::Goto
            | PromptKind::SaveLog
            | PromptKind::SaveTxn
            | PromptKind::LoadTxn
            | PromptKind::SaveLines => return self.say("this sends nothing that writes"),
        }
        let Some(prompt) = self.dialogs.pop() else { return };
        let at = self.dialogs.len();
        let mut done = Ok(());
        if let Dialog::Prompt(prompt) = &prompt {
            self.rehearse(|app| done = app.accept(prompt));
        }
        self.dialogs.insert(at, prompt);
        if let Err(error) = done {
            self.refuse_prompt(error);
        }
    }

    /// X in the dialogs about a draft: what their choice that saves would send.
    pub(super) fn rehearse_draft(&mut self) {
        let Some(draft) = &self.value.edit else { return };
        let mut session = draft.session.clone();
        // Each applies in its own dialog only; elsewhere the draft is saved as it is.
        let _ = match self.dialogs.last() {
            Some(Dialog::Conflict { .. }) => session.keep_mine(),
            Some(Dialog::Gone) => session.create_anew(),
            _ => crate::domain::edit::Choice::NotNow,
        };
        match session.saving() {
            Ok(txn) => self.show_lines_as_etcdctl(self.settings.etcdctl.txn(&txn)),
            Err(error) => self.complain(error.to_string()),
        }
    }

    /// What an answer leads to that was asked for to show what comes next.
    pub(super) fn on_rehearsed(&mut self, purpose: Purpose, result: super::effect::CallResult) {
        self.rehearse(|app| app.on_answer(purpose, result));
    }

    pub(super) fn show_lines_as_etcdctl(&mut self, lines: Vec<String>) {
        self.dialogs.push(Dialog::Etcdctl { lines, of: None, scroll: 0 });
    }

    pub(super) fn accept_lines_file(&mut self, text: &str) -> Result<(), String> {
        let Some(Dialog::Etcdctl { lines, of, .. }) = self.dialogs.last() else { return Ok(()) };
        if let Some(id) = *of {
            return self.save_plan(text, id);
        }
        let first = "#!/usr/bin/env bash".to_owned();
        let lines = [first].into_iter().chain(lines.iter().cloned()).collect();
        self.save_lines(text, lines)
    }

    /// The keys of the lines.
    pub(super) fn act_in_lines(&mut self, action: Action) {
        let Some(Dialog::Etcdctl { lines, .. }) = self.dialogs.last() else { return };
        match action {
            Action::CopyLines => {
                let mut text = lines.join("\n");
                text.push('\n');
                self.copy(text.into_bytes(), "lines");
            }
            Action::SaveLines => {
                self.open_prompt(PromptKind::SaveLines, "save the lines as ", "");
            }
            action => self.close_dialog_on(action),
        }
    }
}
