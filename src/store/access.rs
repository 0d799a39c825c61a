//! Who we are to a store, and what we may do there.

use super::Reply;
use crate::domain::Secret;
use crate::domain::access::Rights;

/// Logging in, and what that allows.
pub trait Access {
    /// The user we are, if any.
    fn user(&self) -> Option<String>;

    /// Becomes this user (`/v3/auth/authenticate`): asks once, and only when that is answered with a
    /// token every later call is made as this user. Watches that are open go on as who opened them.
    ///
    /// # Errors
    /// [`WrongPassword`](super::ErrorKind::WrongPassword) when user or password are wrong,
    /// [`Invalid`](super::ErrorKind::Invalid) when the server has authentication switched off. We
    /// stay who we were then.
    fn log_in(&self, user: String, password: Secret) -> Reply<'_, ()>;

    /// What the user we are may read and write (`/v3/auth/user/get` of ourselves and
    /// `/v3/auth/role/get` of each role, which every user may ask).
    ///
    /// # Errors
    /// [`Invalid`](super::ErrorKind::Invalid) when we are nobody.
    fn rights(&self) -> Reply<'_, Rights>;
}
