//! What a plan means for whoever is to confirm it: how many keys, in which words, and what of it is
//! held or kept by this very program.

use crate::app::App;
use crate::app::holding::HoldState;
use crate::domain::bulk::{PlanRequest, Rename, Survey};
use crate::domain::{KeyRange, LeaseId};

/// What a request does, as a verb: `delete`.
pub fn verb_of(request: &PlanRequest) -> &'static str {
    match request {
        PlanRequest::Delete(_) => "delete",
        PlanRequest::Transfer { keep: true, .. } => "copy",
        PlanRequest::Transfer { keep: false, .. } => "move",
        PlanRequest::Restore { .. } => "restore",
        PlanRequest::Undo(_) => "undo",
        PlanRequest::Import(_) => "import",
    }
}

/// `1 key`, `5,000 keys`: so many, in words.
pub fn counted(count: u64) -> String {
    match count {
        1 => "1 key".to_owned(),
        count => format!("{} keys", grouped(count)),
    }
}

fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

impl App {
    /// What this program holds or keeps alive among the keys of a plan, in words made safe: locks,
    /// candidacies, services, leases.
    pub fn kept_inside(&self, request: &PlanRequest, survey: &Survey) -> Vec<String> {
        let on_lease = |lease: LeaseId| survey.leases.iter().any(|(id, _)| *id == lease);
        let in_range = |key: &[u8]| removed(request).iter().any(|range| range.contains(key));
        let held = self.holdings.all.values().filter(|holding| {
            let key = match &holding.state {
                HoldState::Held { key, .. } => Some(key),
                HoldState::Waiting | HoldState::Doubtful { .. } | HoldState::Releasing => None,
            };
            holding.lease.is_some_and(on_lease) || key.is_some_and(|key| in_range(key.as_bytes()))
        });
        let held = held.map(|holding| holding.hold.name());
        let kept = self.leases.kept.keys().filter(|id| on_lease(**id));
        held.chain(kept.map(|id| format!("lease {id}, kept alive"))).collect()
    }

    /// Whether a plan is about everything there is, or everything this program shows.
    pub fn is_whole_store(request: &PlanRequest) -> bool {
        removed(request).iter().any(|range| *range == KeyRange::all())
    }
}

/// The ranges that may lose keys by a request, as far as the request itself tells.
fn removed(request: &PlanRequest) -> Vec<KeyRange> {
    match request {
        PlanRequest::Transfer { keep: true, .. } => Vec::new(),
        request => ranges_of(request),
    }
}

/// The ranges a request is about, as far as it tells itself.
pub(super) fn ranges_of(request: &PlanRequest) -> Vec<KeyRange> {
    match request {
        PlanRequest::Delete(ranges) | PlanRequest::Restore { ranges, .. } => ranges.clone(),
        PlanRequest::Transfer { names, .. } => names.iter().map(Rename::range).collect(),
        PlanRequest::Undo(_) | PlanRequest::Import(_) => Vec::new(),
    }
}
