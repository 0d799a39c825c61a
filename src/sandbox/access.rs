//! Users in front of a sandbox: the same store seen by somebody who may not do everything.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::Sandbox;
use crate::domain::access::{Grant, Rights};
use crate::domain::txn::{Op, PutRequest, TxnRequest};
use crate::domain::{KeyRange, Secret};
use crate::store::{Access, ErrorKind, Reply, StoreError};

/// A user of a sandbox.
#[derive(Clone, Debug)]
pub struct Account {
    /// The password.
    pub password: Secret,
    /// What the user may do.
    pub grants: Vec<Grant>,
}

/// Who stands before the store, and who is known there.
#[derive(Clone, Default)]
pub(super) struct Users {
    /// None for a store that asks nobody who they are.
    door: Option<Arc<Mutex<Door>>>,
}

#[derive(Default)]
struct Door {
    accounts: BTreeMap<String, Account>,
    user: Option<(String, Secret)>,
    logins: usize,
}

impl Users {
    fn door(&self) -> Option<MutexGuard<'_, Door>> {
        let door = self.door.as_ref()?;
        Some(door.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Door {
    /// The rights of who is logged in, as long as the password is what it was.
    fn rights(&self) -> Result<Rights, StoreError> {
        let Some((user, password)) = &self.user else {
            let message = "etcdserver: user name is empty";
            return Err(StoreError::new(ErrorKind::Unauthenticated, message));
        };
        match self.accounts.get(user) {
            Some(account) if account.password == *password => {
                Ok(Rights::new(user, vec![user.clone()], &account.grants))
            }
            _ => Err(wrong(user)),
        }
    }
}

impl Sandbox {
    /// Another handle on the same store, which serves only who logs in, and only what they may do. It
    /// begins as this user, if one is given, who need not exist.
    #[must_use]
    pub fn with_users(
        &self,
        accounts: BTreeMap<String, Account>,
        user: Option<(String, Secret)>,
    ) -> Sandbox {
        let door = Door { accounts, user, logins: 0 };
        let users = Users { door: Some(Arc::new(Mutex::new(door))) };
        Sandbox { shared: self.shared.clone(), users }
    }

    /// Changes who is known, as an administrator would elsewhere.
    pub fn set_accounts(&self, accounts: BTreeMap<String, Account>) {
        if let Some(mut door) = self.users.door() {
            door.accounts = accounts;
        }
    }

    /// How often somebody tried to log in with [`Access::log_in`].
    pub fn logins(&self) -> usize {
        self.users.door().map_or(0, |door| door.logins)
    }

    /// Refuses who is not logged in.
    pub(super) fn admit(&self) -> Result<(), StoreError> {
        self.allow(|_| true)
    }

    /// Refuses who may not read all of a range.
    pub(super) fn admit_read(&self, range: &KeyRange) -> Result<(), StoreError> {
        self.allow(|rights| rights.may_read(range))
    }

    /// Refuses who may not write all of a range, or not read what it was.
    pub(super) fn admit_write(&self, range: &KeyRange, read: bool) -> Result<(), StoreError> {
        self.allow(|rights| rights.may_write(range) && (!read || rights.may_read(range)))
    }

    /// Refuses who may not put a key.
    pub(super) fn admit_put(&self, put: &PutRequest) -> Result<(), StoreError> {
        self.admit_write(&KeyRange::single(put.key.clone()), put.prev_kv)
    }

    /// Refuses who may not do something of a transaction, whichever branch it stands in.
    pub(super) fn admit_txn(&self, txn: &TxnRequest) -> Result<(), StoreError> {
        txn.compares.iter().try_for_each(|compare| self.admit_read(&compare.range))?;
        txn.success.iter().chain(&txn.failure).try_for_each(|op| match op {
            Op::Range(range) => self.admit_read(&range.range),
            Op::Put(put) => self.admit_put(put),
            Op::Delete(delete) => self.admit_write(&delete.range, delete.prev_kv),
            Op::Txn(inner) => self.admit_txn(inner),
        })
    }

    fn allow(&self, may: impl FnOnce(&Rights) -> bool) -> Result<(), StoreError> {
        match self.users.door() {
            None => Ok(()),
            Some(door) if may(&door.rights()?) => Ok(()),
            Some(_) => {
                let message = "etcdserver: permission denied";
                Err(StoreError::new(ErrorKind::PermissionDenied, message))
            }
        }
    }
}

impl Access for Sandbox {
    fn user(&self) -> Option<String> {
        self.users.door()?.user.as_ref().map(|(user, _)| user.clone())
    }

    fn log_in(&self, user: String, password: Secret) -> Reply<'_, ()> {
        Box::pin(async move {
            let Some(mut door) = self.users.door() else {
                let message = "the sandbox asks nobody who they are: nobody logs in";
                return Err(StoreError::new(ErrorKind::Invalid, message));
            };
            door.logins += 1;
            let known = door.accounts.get(&user);
            if known.is_none_or(|account| account.password != password) {
                return Err(wrong(&user));
            }
            door.user = Some((user, password));
            Ok(())
        })
    }

    fn rights(&self) -> Reply<'_, Rights> {
        Box::pin(async move {
            let nobody = || {
                let message = "nobody is logged in, so nothing is known of rights";
                StoreError::new(ErrorKind::Invalid, message)
            };
            self.users.door().ok_or_else(nobody)?.rights()
        })
    }
}

fn wrong(user: &str) -> StoreError {
    let words = "etcdserver: authentication failed, invalid user ID or password";
    StoreError::new(ErrorKind::WrongPassword, format!("login of user {user}: {words}"))
}
