//! Leases.

use super::Gateway;
use super::call::Call;
use super::wire::error::StreamLine;
use super::wire::{Empty, Int64, lease as wire};
use crate::domain::lease::LeaseStatus;
use crate::domain::{Key, LeaseId, Revision};
use crate::store::{ErrorKind, Granted, Leases, Reply, StoreError};

impl Leases for Gateway {
    fn lease_grant(&self, ttl: i64, id: LeaseId) -> Reply<'_, Granted> {
        Box::pin(async move {
            let request = wire::GrantRequest { ttl: Int64(ttl), id: Int64(id.0) };
            let answer: Result<wire::GrantResponse, _> =
                self.http.call(Call::write("/v3/lease/grant"), &request).await;
            answer
                .map(|answer| Granted { id: LeaseId(answer.id.0), ttl: answer.ttl.0 })
                .map_err(|error| error.during("lease grant"))
        })
    }

    fn lease_revoke(&self, id: LeaseId) -> Reply<'_, Revision> {
        Box::pin(async move {
            let request = wire::IdRequest { id: Int64(id.0) };
            let answer: Result<wire::RevokeResponse, _> =
                self.http.call(Call::write("/v3/lease/revoke"), &request).await;
            answer
                .map(|answer| Revision(answer.header.revision.0))
                .map_err(|error| error.during(format!("lease revoke {id}")))
        })
    }

    fn lease_keep_alive(&self, id: LeaseId) -> Reply<'_, i64> {
        Box::pin(async move {
            let request = wire::IdRequest { id: Int64(id.0) };
            // Renewing twice is as good as once.
            let call = Call::read("/v3/lease/keepalive");
            let answer: Result<StreamLine<wire::KeepAliveResponse>, _> =
                self.http.call(call, &request).await;
            answer.and_then(kept_alive).map_err(|e| e.during(format!("lease keepalive {id}")))
        })
    }

    fn lease_time_to_live(&self, id: LeaseId, keys: bool) -> Reply<'_, Option<LeaseStatus>> {
        Box::pin(async move {
            let request = wire::TimeToLiveRequest { id: Int64(id.0), keys };
            let answer: Result<wire::TimeToLiveResponse, _> =
                self.http.call(Call::read("/v3/lease/timetolive"), &request).await;
            match answer {
                Ok(answer) => Ok(lease_status(id, answer)),
                // A lease that ends while the leader looks it up.
                Err(error) if error.kind == ErrorKind::LeaseNotFound => Ok(None),
                Err(error) => Err(error.during(format!("lease timetolive {id}"))),
            }
        })
    }

    fn lease_list(&self) -> Reply<'_, Vec<LeaseId>> {
        Box::pin(async move {
            let answer: Result<wire::LeasesResponse, _> =
                self.http.call(Call::read("/v3/lease/leases").long(), &Empty {}).await;
            answer
                .map(|answer| answer.leases.iter().map(|lease| LeaseId(lease.id.0)).collect())
                .map_err(|error| error.during("lease list"))
        })
    }
}

/// etcd answers 200 for a lease that is gone; what is missing is the TTL.
fn kept_alive(line: StreamLine<wire::KeepAliveResponse>) -> Result<i64, StoreError> {
    match line.result {
        Some(wire::KeepAliveResponse { ttl: Int64(ttl), .. }) if ttl > 0 => Ok(ttl),
        Some(_) => {
            let message = "requested lease not found; it has expired or was revoked";
            Err(StoreError::new(ErrorKind::LeaseNotFound, message))
        }
        None => Err(super::error::from_line(line.into_error()).unwrap_or_else(|| {
            StoreError::new(ErrorKind::BadAnswer, "the answer holds neither result nor error")
        })),
    }
}

fn lease_status(asked: LeaseId, answer: wire::TimeToLiveResponse) -> Option<LeaseStatus> {
    if answer.ttl.0 < 0 {
        return None;
    }
    let id = if answer.id.is_zero() { asked } else { LeaseId(answer.id.0) };
    Some(LeaseStatus {
        id,
        ttl: answer.ttl.0,
        granted: answer.granted_ttl.0,
        keys: answer.keys.into_iter().map(|key| Key::new(key.0)).collect(),
    })
}
