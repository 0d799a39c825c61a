//! What the commands of the command line do.

use super::App;
use super::command::Command;
use super::dialog::{Confirmed, Dialog};
use super::effect::{Answer, Call, CallResult, Effect};
use super::hold::Hold;
use super::notice::named;
use super::pane::Pane;
use super::purpose::Purpose;
use super::rehearsal::instead;
use crate::domain::bulk::PlanRequest;
use crate::domain::txn::{Compare, Op, PutRequest, RangeRequest, TxnRequest};
use crate::domain::{Entry, Key, KeyRange, LeaseId, escape};

impl App {
    pub(super) fn run(&mut self, command: Command) {
        let writes = command.writes();
        if self.rehearsing && !writes {
            return self.show_reading(&command);
        }
        if writes && self.refuses_to_write() {
            return;
        }
        match command {
            Command::Goto(key) => self.go_to(key),
            Command::Find(text) => self.open_find(text.as_deref()),
            Command::FindValues(what) => self.open_values(what),
            Command::Put(key, value) => {
                let call = Call::Range(RangeRequest::get(key.clone()));
                self.ask(Purpose::PutLook(key, value), None, call);
            }
            Command::Delete(key) => self.look_before_delete(key),
            Command::DeletePrefix(prefix) => self.delete_prefix(prefix),
            Command::Move(from, to) => self.transfer(from, &to, false),
            Command::Copy(from, to) => self.transfer(from, &to, true),
            Command::Watch(key, from) => {
                let range = self.range_of_text(key);
                self.start_watch(range, from);
            }
            Command::Unwatch(number) => self.stop_watches(number),
            Command::LeaseGrant(ttl, id) => self.grant_lease(ttl, id),
            Command::LeaseKeepAlive(id) => self.toggle_keep_alive(id),
            Command::LeaseRenew(id) => self.renew_lease(id),
            Command::LeaseRevoke(id) => self.look_before_revoke(id),
            Command::LeaseAttach(key, id) => self.attach(key, id),
            Command::LeaseDetach(key) => self.attach(key, LeaseId::NONE),
            Command::Lock(name, ttl) => self.hold(Hold::Lock { name, ttl }),
            Command::Unlock(name) => self.release(
                &format!("lock {name}"),
                |hold| matches!(hold, Hold::Lock { name: held, .. } if *held == name),
            ),
            Command::Locks(prefix) => self.open_locks(prefix),
            Command::Elections(prefix) => self.open_elections(prefix),
            Command::Campaign(name, value, ttl) => {
                self.hold(Hold::Candidacy { name, value, ttl });
            }
            Command::Resign(name) => self.release(
                &format!("candidacy in {name}"),
                |hold| matches!(hold, Hold::Candidacy { name: held, .. } if *held == name),
            ),
            Command::Services(prefix) => self.open_services(prefix),
            Command::Register(service, ttl) => self.hold(Hold::Registration { service, ttl }),
            Command::Deregister(name, id) => {
                self.release(&format!("service {name}/{id}"), |hold| {
                    matches!(hold, Hold::Registration { service, .. }
                        if service.name == name && service.id == id)
                });
            }
            Command::Diff(prefix, then) => self.open_difference(prefix, then),
            Command::Restore(key, revision) => self.restore_as_of(key, revision),
            Command::History(key) => self.open_history_of(key),
            Command::Rev(moment) => self.look(moment),
            Command::Undo(None) => self.undo_last(),
            Command::Undo(Some(id)) => self.undo(id),
            Command::Journal => self.open_journal(),
            Command::Cluster => self.open_cluster(),
            Command::Export(path, prefix) => self.export(path, prefix),
            Command::Import(path) => self.plan(PlanRequest::Import(path)),
            Command::Txn(file) => self.open_composer(file),
            Command::Doctor => self.open_doctor(),
            Command::Drafts => self.look_for_drafts_again(),
            Command::Login(user) => self.ask_to_log_in(user),
            Command::Rights => self.ask_what_is_allowed(),
            Command::ReadOnly(on) => self.set_read_only(on),
            Command::Help => self
                .dialogs
                .push(Dialog::Help { contexts: crate::keymap::Context::ALL.to_vec(), scroll: 0 }),
            Command::Quit => self.quit_asking(),
        }
    }

    /// A typed key means a prefix when it ends in the delimiter or is empty.
    pub(super) fn range_of_text(&self, key: Key) -> KeyRange {
        if key.is_empty() || key.as_bytes().ends_with(&self.settings.delimiter) {
            KeyRange::prefix(key)
        } else {
            KeyRange::single(key)
        }
    }

    fn set_read_only(&mut self, on: bool) {
        if on && !self.holdings.all.is_empty() {
            // Their leases could not be renewed any more: lost without a word.
            let held: Vec<String> = self.holdings.all.values().map(|h| h.hold.name()).collect();
            return self.complain(format!("give these up first: {}", held.join(", ")));
        }
        if on && self.jobs.is_running() {
            // It would end in the midst, refused.
            return self.complain("work on many keys goes on; stop it first");
        }
        if on {
            self.settings.read_only = true;
            self.effects.push(Effect::ReadOnly(true));
            // Their renewals would be refused from now on; said, not discovered later.
            let kept: Vec<LeaseId> = self.leases.kept.keys().copied().collect();
            for id in &kept {
                self.let_go(*id);
            }
            let stopped = match kept.len() {
                0 => String::new(),
                n => format!("; {n} leases are no longer kept alive"),
            };
            return self.say(format!("read-only: nothing is written{stopped}"));
        }
        match &self.settings.production {
            Some(mark) if self.settings.read_only => {
                let title = format!("Allow writing to {}?", mark.word());
                let lines = vec![
                    "Changes are confirmed by this word.".to_owned(),
                    ":read-only on refuses writes again".to_owned(),
                ];
                self.question(title, lines, Confirmed::AllowWrites);
            }
            Some(_) | None => self.allow_writes(),
        }
    }

    pub(super) fn allow_writes(&mut self) {
        self.settings.read_only = false;
        self.effects.push(Effect::ReadOnly(false));
        self.say("writing is allowed again");
        self.look_for_drafts();
    }

    /// `put` knows now what it replaces: a new key is written, an old one is shown first.
    pub(super) fn on_put_look(&mut self, key: Key, value: Vec<u8>, result: CallResult) {
        let entry = match result {
            Ok(Answer::Range(answer)) => answer.entries.into_iter().next(),
            Ok(_) => None,
            Err(error) => return self.complain(format!("not written: {error}")),
        };
        let txn = guarded_put(&key, entry.as_ref(), value.clone());
        match entry {
            None => self.put_guarded(key, txn),
            Some(entry) if entry.value == value => {
                self.say(format!("{named} has this value already", named = named(&key)));
            }
            Some(entry) => {
                let lines = vec![
                    format!("now  {}", preview(&entry.value)),
                    format!("then {}", preview(&value)),
                ];
                self.question(
                    format!("Replace the value of {key}?"),
                    lines,
                    Confirmed::Put(key, txn),
                );
            }
        }
    }

    pub(super) fn put_guarded(&mut self, key: Key, txn: TxnRequest) {
        if self.refuses_to_write() {
            return;
        }
        self.ask(Purpose::Put(key), None, Call::Txn(txn));
    }

    pub(super) fn on_put(&mut self, key: &Key, result: CallResult) {
        match result {
            Ok(Answer::Txn(answer)) if answer.succeeded => {
                self.seen(answer.revision);
                self.say(format!(
                    "{named} written at revision {}",
                    answer.revision,
                    named = named(&key)
                ));
            }
            Ok(_) => self.complain(format!(
                "{named} was changed meanwhile; nothing was written",
                named = named(&key)
            )),
            Err(error) => self.complain(App::write_failed(
                &format!("{named} not written", named = named(&key)),
                &error,
            )),
        }
        self.value_changed_elsewhere(key);
    }

    /// Shows the selected thing as an etcdctl command line.
    pub(super) fn show_as_etcdctl(&mut self) {
        let etcdctl = &self.settings.etcdctl;
        let lines = match self.focus {
            Pane::Keys | Pane::Value => {
                self.keys.selected_key().map(|(key, dir)| etcdctl.get(&key, dir))
            }
            Pane::Leases => self.leases.selected().map(|id| {
                let mut lines = vec![etcdctl.time_to_live(id)];
                lines.extend(instead("renew it once", &[etcdctl.renew(id)]));
                lines.extend(instead("keep it alive", &[etcdctl.keep_alive(id)]));
                lines.extend(instead("revoke it", &[etcdctl.revoke(id)]));
                lines
            }),
            Pane::Watch => self
                .watch
                .selected()
                .and_then(|line| line.event())
                .map(|event| etcdctl.watch(&event.entry.key, false, event.revision())),
        };
        match lines {
            Some(lines) => self.show_lines_as_etcdctl(lines),
            None => self.say("nothing is selected"),
        }
    }

    /// What a command that writes nothing asks for.
    fn show_reading(&mut self, command: &Command) {
        let etcdctl = &self.settings.etcdctl;
        let dir = |key: &Key| !self.range_of_text(key.clone()).is_single();
        let lines = match command {
            Command::Goto(key) => etcdctl.get(key, dir(key)),
            Command::Watch(key, from) => etcdctl.watch(key, dir(key), *from),
            Command::Locks(prefix) | Command::Elections(prefix) | Command::Services(prefix) => {
                etcdctl.get(prefix, true)
            }
            Command::Export(_, prefix) => {
                etcdctl.get(prefix.as_ref().unwrap_or(&self.settings.root), true)
            }
            _ => return self.say("this sends nothing that writes"),
        };
        self.show_lines_as_etcdctl(lines);
    }
}

/// Put `value` if the key is still as `entry` says, keeping its lease; else read it.
pub(super) fn guarded_put(key: &Key, entry: Option<&Entry>, value: Vec<u8>) -> TxnRequest {
    let (guard, lease) = match entry {
        Some(entry) => (Compare::unchanged_since(key.clone(), entry.mod_revision), entry.lease),
        None => (Compare::absent(key.clone()), LeaseId::NONE),
    };
    TxnRequest {
        compares: vec![guard],
        success: vec![Op::Put(PutRequest::new(key.clone(), value).lease(lease))],
        failure: vec![Op::Range(RangeRequest::get(key.clone()))],
    }
}

/// The beginning of a value on one line, and its size when that is not all.
pub(super) fn preview(value: &[u8]) -> String {
    const SHOWN: usize = 60;
    if value.is_empty() {
        return "(empty)".to_owned();
    }
    let shown = escape::line(&value[..value.len().min(SHOWN)]);
    if value.len() > SHOWN { format!("{shown}… ({} bytes)", value.len()) } else { shown }
}
