//! Logging in: asked for once when the server lets us in no longer, and by `:login`.
//!
//! Invariant: a password is in the field, in the one call made with it, and in the store; one answer
//! given here is one login asked of the server.

pub mod form;

use std::time::{Duration, Instant};

use super::App;
use super::connection::Connection;
use super::dialog::Dialog;
use super::effect::{Call, CallResult, Effect};
use super::purpose::Purpose;
use crate::domain::{Secret, escape};
use crate::keymap::Action;
use crate::store::{ErrorKind, StoreError};
use form::{Hidden, LoginField, LoginForm};

/// An answer that comes so soon after a refusal may have been on its way before it.
const ON_ITS_WAY: Duration = Duration::from_secs(2);

/// Whether the server lets us in.
#[derive(Debug, Default)]
pub struct Login {
    /// Why not, and since when.
    refused: Option<(StoreError, Instant)>,
    /// It was said or asked about: not again before something changes.
    told: bool,
    /// It is still to be said or asked, as soon as nobody is typing.
    due: bool,
    /// Somebody waits for it, even while typing.
    urgent: bool,
}

impl App {
    /// Takes note of an error that says that the server does not let us in; any other is none of its
    /// business. What one was about to do has failed with it, and tells so itself.
    pub(super) fn turned_away(&mut self, error: &StoreError) {
        match error.kind {
            ErrorKind::WrongPassword | ErrorKind::CommonName => {}
            // With a password to renew it a refused token is a failure like others.
            ErrorKind::Unauthenticated if self.settings.token || self.settings.user.is_none() => {}
            _ => return,
        }
        self.login.refused = Some((error.clone(), self.now));
        if !matches!(self.connection.now, Connection::Denied { .. }) {
            self.connection.now = Connection::Denied { error: error.clone() };
            self.redraw = true;
        }
        if !self.login.told {
            (self.login.told, self.login.due) = (true, true);
        }
    }

    /// Why the server does not let us in, if it does not.
    pub fn refused(&self) -> Option<&StoreError> {
        self.login.refused.as_ref().map(|(error, _)| error)
    }

    /// Something was answered that only who is let in can have.
    pub(super) fn let_in(&mut self) {
        let Some((_, since)) = self.login.refused else { return };
        if self.now.saturating_duration_since(since) < ON_ITS_WAY {
            return;
        }
        let untouched = |dialog: &Dialog| {
            matches!(dialog, Dialog::Login(form)
                if form.unasked && form.password.is_empty() && !form.waits)
        };
        self.dialogs.retain(|dialog| !untouched(dialog));
        self.is_let_in();
    }

    fn is_let_in(&mut self) {
        self.login = Login::default();
        if matches!(self.connection.now, Connection::Denied { .. }) {
            // The status to come has everything asked for again that failed.
            self.connection.now = Connection::Connecting;
        }
        self.effects.push(Effect::Probe);
        self.redraw = true;
    }

    /// Somebody waits for what was refused: it is asked about even while text is typed.
    pub(super) fn ask_urgently(&mut self) {
        self.login.urgent = true;
        self.login.due |= self.login.refused.is_some() && !self.is_logging_in();
    }

    /// After every message: asks, or says why nothing helps, once and when nobody is typing.
    pub(super) fn settle_login(&mut self) {
        let free = self.dialogs.is_empty() && (self.login.urgent || !self.takes_text());
        if !self.login.due || !free {
            return;
        }
        (self.login.due, self.login.urgent) = (false, false);
        let Some((error, _)) = &self.login.refused else { return };
        let error = error.clone();
        match error.kind {
            ErrorKind::CommonName => self.explain_common_name(&error),
            ErrorKind::Unauthenticated if self.settings.token => self.complain(error.to_string()),
            _ => {
                let user = self.settings.user.clone().unwrap_or_default();
                let unasked = true;
                let form = LoginForm { unasked, ..LoginForm::new(&user, error.message) };
                self.dialogs.push(Dialog::Login(Box::new(form)));
                self.redraw = true;
            }
        }
    }

    /// What etcd's own words mean, and what to do.
    fn explain_common_name(&mut self, error: &StoreError) {
        let lines = [
            &*escape::message(&error.message),
            "",
            "Over gRPC etcd takes the common name (CN) of a client certificate for the user. Its \
             HTTP gateway cannot pass it on, so with users switched on it refuses every request \
             that comes with such a certificate, a login included.",
            "",
            "What helps, one of these:",
            "- a client certificate without a common name (its names as subject alternative names \
             only), for --cert and --key, together with --user",
            "- an endpoint that asks for no client certificate (a server without \
             --client-cert-auth), together with --user",
            "- etcdctl, which speaks gRPC",
        ];
        self.dialogs.push(Dialog::Text {
            title: "Everything is refused because of our certificate".to_owned(),
            lines: lines.map(ToOwned::to_owned).to_vec(),
            scroll: 0,
        });
        self.redraw = true;
    }

    /// `:login [USER]`
    pub(super) fn ask_to_log_in(&mut self, user: Option<String>) {
        let user = user.or_else(|| self.settings.user.clone()).unwrap_or_default();
        let why = match self.refused() {
            Some(error) => error.message.clone(),
            None => String::new(),
        };
        self.login.due = false;
        self.dialogs.push(Dialog::Login(Box::new(LoginForm::new(&user, why))));
    }

    /// `R` while nothing is served: what was asked once is asked again.
    pub(super) fn try_again_to_get_in(&mut self) {
        let Some((error, _)) = &self.login.refused else { return };
        if error.kind == ErrorKind::WrongPassword {
            // The password would be the same: only another one helps.
            self.ask_to_log_in(None);
        } else {
            self.login = Login::default();
            self.effects.push(Effect::Probe);
        }
    }

    fn is_logging_in(&self) -> bool {
        self.dialogs.iter().any(|dialog| matches!(dialog, Dialog::Login(_)))
    }

    fn login_form(&mut self) -> Option<&mut LoginForm> {
        self.dialogs.iter_mut().find_map(|dialog| match dialog {
            Dialog::Login(form) => Some(&mut **form),
            _ => None,
        })
    }

    pub(super) fn act_in_login(&mut self, action: Action) {
        let Some(form) = self.login_form() else { return };
        let other = match form.at {
            LoginField::User => LoginField::Password,
            LoginField::Password => LoginField::User,
        };
        match action {
            Action::Cancel => self.give_up_login(),
            _ if form.waits => {}
            Action::FormNext | Action::FormPrevious => form.at = other,
            Action::FieldAccept if form.user.is_empty() => {
                (form.at, form.why) = (LoginField::User, "a user is needed".to_owned());
            }
            Action::FieldAccept if form.at == LoginField::User => form.at = other,
            Action::FieldAccept => self.log_in(),
            action => {
                self.edit_field(action);
            }
        }
    }

    fn log_in(&mut self) {
        let Some(form) = self.login_form() else { return };
        form.waits = true;
        let user = form.user.text().to_owned();
        let password = Secret::new(form.password.reveal());
        self.ask(Purpose::LogIn(user.clone()), None, Call::LogIn(user, password));
    }

    fn give_up_login(&mut self) {
        self.dialogs.pop();
        self.give_up(|purpose| matches!(purpose, Purpose::LogIn(_)));
        if self.login.refused.is_some() {
            self.say("not logged in; :login USER asks again");
        }
    }

    pub(super) fn on_logged_in(&mut self, user: String, result: CallResult) {
        self.redraw = true;
        if let Err(error) = result {
            if let Some(form) = self.login_form() {
                form.waits = false;
                form.why = error.message;
                if error.kind == ErrorKind::WrongPassword {
                    form.password = Hidden::default();
                }
            }
            return;
        }
        self.dialogs.retain(|dialog| !matches!(dialog, Dialog::Login(_)));
        let was_refused = self.login.refused.is_some();
        let before = self.settings.user.replace(user.clone());
        self.settings.token = false;
        self.settings.etcdctl = std::mem::take(&mut self.settings.etcdctl).as_user(&user);
        self.is_let_in();
        if before.as_ref() != Some(&user) || !was_refused {
            // Another user may see other keys.
            self.keys.limits = None;
            self.root_again();
            self.value.forget();
            self.read_leases();
        }
        self.say(format!("logged in as {user}"));
    }
}
