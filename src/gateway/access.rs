//! Who we are, and what we may do.

use futures_util::future::try_join_all;

use super::call::Call;
use super::options::Credentials;
use super::wire::auth as wire;
use super::{Gateway, named};
use crate::domain::access::{Grant, Permission, ROOT_ROLE, Rights};
use crate::domain::{Key, KeyRange, Secret};
use crate::store::{Access, ErrorKind, Reply, StoreError};

impl Access for Gateway {
    fn user(&self) -> Option<String> {
        self.http.tokens.user()
    }

    fn log_in(&self, user: String, password: Secret) -> Reply<'_, ()> {
        Box::pin(self.http.log_in(Credentials { user, password }))
    }

    fn rights(&self) -> Reply<'_, Rights> {
        Box::pin(async move {
            let Some(user) = self.http.tokens.user() else {
                let message = "nobody is logged in, so nothing is known of rights";
                return Err(StoreError::new(ErrorKind::Invalid, message));
            };
            let context = named("rights of user", user.as_bytes());
            self.ask_rights(user).await.map_err(|error| error.during(context))
        })
    }
}

impl Gateway {
    async fn ask_rights(&self, user: String) -> Result<Rights, StoreError> {
        let call = Call::read("/v3/auth/user/get");
        let request = wire::UserGetRequest { name: &user };
        let answer: wire::UserGetResponse = self.http.call(call, &request).await?;
        // What root may do stands in no role.
        let roles = answer.roles.iter().filter(|role| *role != ROOT_ROLE);
        let grants = try_join_all(roles.map(|role| self.ask_role(role))).await?;
        Ok(Rights::new(user, answer.roles, &grants.concat()))
    }

    async fn ask_role(&self, role: &str) -> Result<Vec<Grant>, StoreError> {
        let call = Call::read("/v3/auth/role/get");
        let request = wire::RoleGetRequest { role };
        let answer: wire::RoleGetResponse = self.http.call(call, &request).await?;
        Ok(answer.perm.into_iter().map(grant).collect())
    }
}

pub(super) fn grant(permission: wire::Permission) -> Grant {
    let key = Key::new(permission.key.0);
    let end = permission.range_end.0;
    let range = if end.is_empty() { KeyRange::single(key) } else { KeyRange::interval(key, end) };
    let permission = match permission.kind.as_str() {
        "READWRITE" => Permission::ReadWrite,
        "WRITE" => Permission::Write,
        // The zero value is left out.
        _ => Permission::Read,
    };
    Grant { permission, range }
}
