//! Whether a user is needed, whether ours gets in, and what it may do.

use tokio::time::Instant;

use super::chart::Chart;
use super::words;
use crate::domain::access::{Permission, ROOT_ROLE, words as words_of};
use crate::gateway::examine::{Examination, Login, Role};
use crate::store::ErrorKind;

/// More grants than this are not listed.
const LISTED: usize = 5;

/// Logs in where there is somebody to be. `wanted` is whether the server refuses strangers, where that
/// is known; `local` whether the endpoint is on this host; `led` whether there is a leader, without
/// whom nobody can log in.
pub(super) async fn examine(
    examination: &mut Examination,
    wanted: Option<bool>,
    local: bool,
    led: bool,
    chart: &Chart<'_>,
) {
    let user = examination.user();
    if user.is_none() && examination.ready_token().is_none() {
        match wanted {
            Some(true) => chart.fail(
                "auth",
                "this etcd wants a user, and none is given",
                "give --user NAME (or ETCDCTL_USER); the password is asked for",
            ),
            Some(false) => {
                chart.ok("auth", "switched off: whoever reaches this port may do everything");
            }
            None => chart.skip("auth", "the member does not say whether it wants a user"),
        }
        return;
    }
    if !examination.is_tls() && !local {
        chart.warn(
            "secrets",
            "the password or token crosses the network unencrypted: the endpoint says http://",
            "use an endpoint with https://",
        );
    }
    if !led {
        return chart.skip("auth", "nobody can log in without a leader");
    }
    let began = Instant::now();
    let login = match examination.login().await {
        Ok(login) => login,
        Err(error) => return chart.fail_by("auth", &error),
    };
    let Some(user) = user else { return ready_token(examination, wanted, chart).await };
    match login {
        Login::Off => chart.ok(
            "auth",
            format!("switched off, so that user {user} is not used: everybody may do everything"),
        ),
        Login::In => {
            chart.ok("auth", format!("user {user} logged in, in {}", words::time(began.elapsed())));
            rights(examination, &user, chart).await;
        }
    }
}

/// A token that was given says nothing of its user; what counts is whether it is taken.
async fn ready_token(examination: &Examination, wanted: Option<bool>, chart: &Chart<'_>) {
    match examination.read(true).await {
        Ok(_) if wanted == Some(false) => {
            chart.ok(
                "auth",
                "switched off: everybody may do everything; the token is not looked at",
            );
        }
        Ok(_) => chart.ok("auth", "the token that was given is taken"),
        Err(error) if error.kind == ErrorKind::Unauthenticated => {
            let why = examination.ready_token().unwrap_or_else(|| error.message.clone());
            let (found, advice) = why.split_once(": ").unwrap_or((&why, ""));
            let advice = format!(
                "{advice}; where authentication is switched off, older servers refuse every token"
            );
            chart.fail("auth", found, advice);
        }
        Err(error) => chart.fail_by("auth", &error),
    }
}

async fn rights(examination: &Examination, user: &str, chart: &Chart<'_>) {
    match examination.rights(user).await {
        Ok(roles) => told(user, &roles, chart),
        Err(error) => chart.skip("rights", &format!("they cannot be read: {}", error.message)),
    }
}

fn told(user: &str, roles: &[Role], chart: &Chart<'_>) {
    let names: Vec<String> = roles.iter().map(|(role, _)| role.clone()).collect();
    if names.iter().any(|role| role == ROOT_ROLE) {
        return chart.ok("rights", format!("{user} has the role root: it may do everything"));
    }
    let grants: Vec<String> = roles
        .iter()
        .flat_map(|(_, grants)| grants)
        .map(|grant| format!("{} {}", verb(grant.permission), words_of(&grant.range)))
        .collect();
    let names = words::list(&names, LISTED);
    if grants.is_empty() {
        let roles = if names.is_empty() { "no role".to_owned() } else { format!("only {names}") };
        return chart.warn(
            "rights",
            format!("{user} has {roles}, which grants no key"),
            "have root grant a permission: etcdctl role grant-permission",
        );
    }
    chart.ok("rights", format!("by {names}: {}", words::list(&grants, LISTED)));
}

fn verb(permission: Permission) -> &'static str {
    match permission {
        Permission::Read => "read",
        Permission::Write => "write",
        Permission::ReadWrite => "read and write",
    }
}
