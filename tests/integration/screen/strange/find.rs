//! What strangers say while keys are found: of the index, and of what is looked for.

use etcdeck::app::find::order::{FindNews, FindOrder, ValuesNews};
use etcdeck::domain::Revision;
use etcdeck::domain::find::{Fault, IndexState, Phase};

use super::stranger::Stranger;

/// News before what the store has to tell.
pub(super) fn unasked(order: &FindOrder, stranger: &mut Stranger) -> Vec<FindNews> {
    let mut news = Vec::new();
    let phase = match stranger.below(7) {
        0 => Phase::Waiting(stranger.words()),
        1 => Phase::Lost(stranger.words()),
        2 => Phase::Still(Some(stranger.words())),
        3 => Phase::Stale(stranger.words()),
        4 => Phase::Failed(stranger.words()),
        5 => Phase::Stopped,
        _ => Phase::Reading,
    };
    let revision = Revision(3);
    news.push(FindNews::Index(IndexState {
        keys: 3,
        total: 5,
        bytes: 90,
        rate: 7,
        revision,
        phase,
    }));
    if let FindOrder::Search(search) = order {
        let fault = Fault { reason: stranger.words(), at: 0..search.query.text.len() };
        news.push(FindNews::Fault(search.number, fault));
    }
    news
}

/// What a search in values comes to, where it is not what the store holds.
pub(super) fn in_values(stranger: &mut Stranger) -> Option<ValuesNews> {
    match stranger.below(6) {
        0 => Some(ValuesNews::Waiting(stranger.error())),
        1 => Some(ValuesNews::Failed(stranger.error())),
        2 => Some(ValuesNews::Fault(Fault { reason: stranger.words(), at: 0..1 })),
        _ => None,
    }
}
