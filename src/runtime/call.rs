//! One call on the store, answered with a message.

use futures_util::{StreamExt, TryStreamExt, stream};

use super::write::Writer;
use crate::app::effect::{Answer, Call, CallResult};
use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::store::{ErrorKind, Kv, Leases};

/// How many leases are asked about at once: what is in view is there soon, and the server has time
/// for others.
const AT_ONCE: usize = 4;

/// Makes the call and sends its answer under the ticket.
pub(super) async fn run(writer: Writer, ticket: Ticket, call: Call) {
    let result = answer(&writer, call).await;
    // The loop has ended when nobody receives; then nobody wants the answer.
    let _ = writer.inbox.send(Message::Answered(ticket, result)).await;
}

async fn answer(writer: &Writer, call: Call) -> CallResult {
    let store = &writer.store;
    Ok(match call {
        Call::Range(request) => Answer::Range(store.range(request).await?),
        Call::Txn(request) if request.is_read_only() => Answer::Txn(store.txn(request).await?),
        Call::Txn(request) => writer.txn(request).await?,
        Call::LeaseGrant(ttl, id) => Answer::Granted(store.lease_grant(ttl, id).await?),
        Call::LeaseRevoke(id) => writer.revoke(id).await?,
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
        Call::LeaseList => Answer::LeaseList(store.lease_list().await?),
    })
}
