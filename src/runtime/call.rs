//! One call on the store, answered with a message.

use futures_util::{StreamExt, TryStreamExt, stream};

use super::write::Writer;
use crate::app::effect::{Answer, Call, CallResult};
use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::bulk;
use crate::domain::txn::RangeRequest;
use crate::domain::{Key, KeyRange, Revision};
use crate::store::{Access, Cluster, ErrorKind, Kv, Leases, ReadOnly, StoreError};

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
        Call::Oldest(key) => Answer::Oldest(oldest(store, key).await?),
        Call::LogIn(user, password) => {
            store.log_in(user, password).await?;
            Answer::LoggedIn
        }
        Call::Rights => Answer::Rights(Box::new(store.rights().await?)),
        Call::Members => Answer::Members(store.members().await?),
        Call::LeaseList => Answer::LeaseList(store.lease_list().await?),
    })
}

/// The oldest revision that can still be read: the first, when that is not refused; else a server
/// tells it when a watch is to begin there.
async fn oldest(store: &ReadOnly, key: Key) -> Result<Revision, StoreError> {
    let first = Revision(1);
    match store.range(RangeRequest::get(key.clone()).keys_only().at(first)).await {
        Ok(_) => Ok(first),
        Err(error) => match error.kind {
            ErrorKind::Compacted { oldest } if oldest.is_some() => Ok(oldest),
            ErrorKind::Compacted { .. } => {
                let told = bulk::oldest(store, &KeyRange::single(key), first).await;
                Ok(told.unwrap_or(Revision::NONE))
            }
            _ => Err(error),
        },
    }
}
