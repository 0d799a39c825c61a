//! One call on the store, answered with a message.

use futures_util::{StreamExt, TryStreamExt, stream};
use tokio::sync::mpsc;

use crate::app::effect::{Answer, Call, CallResult};
use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::bulk;
use crate::store::{ErrorKind, Kv, Leases, ReadOnly};

/// How many leases are asked about at once: what is in view is there soon, and the server has time
/// for others.
const AT_ONCE: usize = 4;

/// Makes the call and sends its answer under the ticket.
pub(super) async fn run(store: ReadOnly, inbox: mpsc::Sender<Message>, ticket: Ticket, call: Call) {
    let result = answer(&store, call).await;
    // The loop has ended when nobody receives; then nobody wants the answer.
    let _ = inbox.send(Message::Answered(ticket, result)).await;
}

async fn answer(store: &ReadOnly, call: Call) -> CallResult {
    Ok(match call {
        Call::Range(request) => Answer::Range(store.range(request).await?),
        Call::Txn(request) => Answer::Txn(store.txn(request).await?),
        Call::LeaseGrant(ttl, id) => Answer::Granted(store.lease_grant(ttl, id).await?),
        Call::LeaseRevoke(id) => {
            store.lease_revoke(id).await?;
            Answer::Revoked
        }
        Call::LeaseKeepAlive(id) => Answer::Renewed(store.lease_keep_alive(id).await?),
        Call::LeaseStatuses(ids) => {
            let alone = ids.len() == 1;
            let status = async |id| match store.lease_time_to_live(id, true).await {
                Ok(status) => Ok(Some((id, status))),
                // A lease with a key that one may not read keeps no other from being told.
                Err(error) if error.kind == ErrorKind::PermissionDenied && !alone => Ok(None),
                Err(error) => Err(error),
            };
            let statuses: Vec<_> = ids.into_iter().map(status).collect();
            let statuses: Vec<_> = stream::iter(statuses).buffered(AT_ONCE).try_collect().await?;
            Answer::LeaseStatuses(statuses.into_iter().flatten().collect())
        }
        Call::Oldest(key) => Answer::Oldest(bulk::oldest(store, key).await?),
        Call::LeaseList => Answer::LeaseList(store.lease_list().await?),
    })
}
