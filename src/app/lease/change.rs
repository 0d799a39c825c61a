//! What is done with leases: granted, renewed, kept alive, revoked. What vanishes is named first.

use super::Kept;
use crate::app::App;
use crate::app::dialog::{Confirmed, Dialog};
use crate::app::effect::{Answer, Call, CallResult, Effect};
use crate::app::message::KeepAliveNews;
use crate::app::purpose::Purpose;
use crate::app::viewport::Cursor;
use crate::domain::LeaseId;
use crate::domain::lease::Reading;

impl App {
    pub(in crate::app) fn grant_lease(&mut self, ttl: i64, id: LeaseId) {
        self.ask(Purpose::LeaseGrant, None, Call::LeaseGrant(ttl, id));
    }

    pub(in crate::app) fn on_granted(&mut self, result: CallResult) {
        match result {
            Ok(Answer::Granted(granted)) => {
                self.say(format!("lease {} granted for {} s", granted.id, granted.ttl));
                self.leases.wanted = Some(granted.id);
                self.read_leases();
            }
            Ok(_) => {}
            Err(error) => self.complain(App::write_failed("no lease granted", &error)),
        }
    }

    pub(in crate::app) fn renew_lease(&mut self, id: LeaseId) {
        self.ask(Purpose::LeaseRenew(id), None, Call::LeaseKeepAlive(id));
    }

    pub(in crate::app) fn on_renewed(&mut self, id: LeaseId, result: CallResult) {
        match result {
            Ok(Answer::Renewed(ttl)) => {
                self.say(format!("lease {id} renewed: {ttl} s"));
                self.lease_renewed(id, ttl);
                self.read_leases();
            }
            Ok(_) => {}
            Err(error) => {
                self.complain(App::write_failed(&format!("lease {id} not renewed"), &error));
            }
        }
    }

    /// It was renewed here: it has so many seconds now.
    fn lease_renewed(&mut self, id: LeaseId, ttl: i64) {
        let now = self.now;
        if let Some(list) = self.leases.list.ready_mut() {
            list.change(id, |reading| reading.renewed_here(ttl, now));
        }
    }

    pub(in crate::app) fn look_before_revoke(&mut self, id: LeaseId) {
        self.ask(Purpose::RevokeLook(id), None, Call::LeaseStatuses(vec![id]));
    }

    /// The keys of a lease are known: what for?
    pub(in crate::app) fn on_lease_look(&mut self, purpose: Purpose, result: CallResult) {
        let statuses = match result {
            Ok(Answer::LeaseStatuses(statuses)) => statuses,
            Ok(_) => return,
            Err(error) => return self.complain(error.to_string()),
        };
        let Some((id, status)) = statuses.into_iter().next() else { return };
        let Some(mut status) = status else {
            self.read_leases();
            return self.complain(format!("there is no lease {id}"));
        };
        // Servers name them in any order, another one each time.
        status.keys.sort_unstable();
        match purpose {
            Purpose::RevokeLook(_) => {
                let title = match status.keys.len() {
                    0 => format!("Revoke lease {id}? It has no keys"),
                    1 => format!("Revoke lease {id}? 1 key vanishes with it"),
                    n => format!("Revoke lease {id}? {n} keys vanish with it"),
                };
                let lines = status.keys.iter().map(ToString::to_string).collect();
                self.question(title, lines, Confirmed::RevokeLease(id));
            }
            Purpose::KeepAliveLook(_) => self.keep_alive(id, status.ttl),
            _ if status.keys.is_empty() => self.say(format!("lease {id} has no keys")),
            _ => {
                let cursor = Cursor::default();
                self.dialogs.push(Dialog::LeaseKeys { id, keys: status.keys, cursor });
            }
        }
    }

    pub(in crate::app) fn revoke_lease(&mut self, id: LeaseId) {
        self.ask(Purpose::LeaseRevoke(id), None, Call::LeaseRevoke(id));
    }

    pub(in crate::app) fn on_revoked(&mut self, id: LeaseId, result: CallResult) {
        match result {
            Ok(_) => {
                self.let_go(id);
                self.say(format!("lease {id} revoked"));
            }
            Err(error) => {
                self.complain(App::write_failed(&format!("lease {id} not revoked"), &error));
            }
        }
        self.read_leases();
    }

    pub(in crate::app) fn toggle_keep_alive(&mut self, id: LeaseId) {
        if self.leases.kept.contains_key(&id) {
            self.let_go(id);
            return self.say(format!("lease {id} is no longer kept alive"));
        }
        self.ask(Purpose::KeepAliveLook(id), None, Call::LeaseStatuses(vec![id]));
    }

    fn keep_alive(&mut self, id: LeaseId, ttl: i64) {
        self.effects.push(Effect::KeepAlive { id, ttl });
        if self.rehearsing {
            return;
        }
        self.leases.kept.insert(id, Kept::Alive);
        self.say(format!("lease {id} is kept alive until told otherwise"));
    }

    /// Stops keeping a lease alive, if that was done.
    pub(in crate::app) fn let_go(&mut self, id: LeaseId) {
        if self.rehearsing {
            if self.leases.kept.contains_key(&id) {
                self.effects.push(Effect::LetGo(id));
            }
        } else if self.leases.kept.remove(&id).is_some() {
            self.effects.push(Effect::LetGo(id));
            if let Some(list) = self.leases.list.ready_mut() {
                list.change(id, Reading::forget_renewals);
            }
        }
    }

    pub(in crate::app) fn on_keep_alive(&mut self, id: LeaseId, news: KeepAliveNews) {
        if !self.leases.kept.contains_key(&id) {
            return;
        }
        self.redraw = true;
        match news {
            KeepAliveNews::Renewed { ttl } => {
                self.leases.kept.insert(id, Kept::Alive);
                self.lease_renewed(id, ttl);
            }
            KeepAliveNews::Failing(_) => {
                self.leases.kept.insert(id, Kept::Failing);
            }
            KeepAliveNews::Gone => {
                self.leases.kept.remove(&id);
                self.complain(format!("lease {id} is gone; it is no longer kept alive"));
                self.read_leases();
            }
            KeepAliveNews::GivenUp(error) => {
                self.leases.kept.remove(&id);
                self.complain(format!("lease {id} could not be kept alive: {error}"));
            }
        }
    }
}
