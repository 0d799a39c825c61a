//! What the sandbox says of itself.

use super::Sandbox;
use crate::store::{Cluster, Reply, Status};

/// The one member's ID: above `i64::MAX`, as real ones often are.
const MEMBER: u64 = 0x8e9e_05c5_2164_694d;

/// The etcd whose behavior the sandbox has.
const VERSION: &str = "3.5.0+sandbox";

impl Cluster for Sandbox {
    fn status(&self) -> Reply<'_, Status> {
        self.serve(|state| {
            self.admit().map_err(|error| error.during("status"))?;
            let (all, present) = state.history.sizes();
            Ok(Status {
                endpoint: self.endpoint(),
                version: VERSION.to_owned(),
                member: MEMBER,
                leader: MEMBER,
                revision: state.history.revision(),
                db_size: all as i64,
                db_size_in_use: present as i64,
                ..Status::default()
            })
        })
    }

    fn endpoint(&self) -> String {
        "sandbox".to_owned()
    }
}
