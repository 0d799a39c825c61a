//! Finding at the desk: the index is read from the sandbox at once, and searched at once.

use etcdeck::app::find::order::{FindNews, FindOrder, Search, ValueSearch, ValuesNews};
use etcdeck::app::message::Message;
use etcdeck::app::ticket::Ticket;
use etcdeck::domain::find::{IndexState, Phase, Searched};
use etcdeck::domain::txn::RangeRequest;
use etcdeck::domain::{Entry, KeyRange, Revision};
use etcdeck::find::{Index, Pattern, look_into, search};
use etcdeck::store::Kv as _;

use super::Desk;

/// The index, and what is looked for in it.
#[derive(Default)]
pub(super) struct Found {
    index: Index,
    search: Option<Search>,
}

impl Desk {
    fn entries(&self, ranges: &[KeyRange], revision: Revision) -> Vec<Entry> {
        let read = |range: &KeyRange| {
            let request = RangeRequest::new(range.clone()).at(revision);
            let answer = self.runtime.block_on(self.store.range(request));
            answer.map_or_else(|_| Vec::new(), |answer| answer.entries)
        };
        ranges.iter().flat_map(read).collect()
    }

    pub(super) fn finds_keys(&mut self, order: FindOrder) {
        match order {
            FindOrder::Index(indexing) => {
                let entries = self.entries(&indexing.ranges, indexing.revision);
                self.found.index = Index::default();
                self.found.index.add(entries.iter().map(|entry| &entry.key));
                let past = indexing.revision.is_some();
                let keys = entries.len() as u64;
                self.happens(Message::Find(FindNews::Index(IndexState {
                    keys,
                    total: keys,
                    bytes: self.found.index.memory() as u64,
                    rate: 0,
                    revision: if past { indexing.revision } else { self.status().revision },
                    phase: if past { Phase::Still(None) } else { Phase::Live },
                })));
            }
            FindOrder::Search(search) => self.found.search = Some(search),
            FindOrder::Rest => self.found.search = None,
            FindOrder::Stop | FindOrder::GoOn => {}
        }
        let Some(wanted) = &self.found.search else { return };
        let (number, most) = (wanted.number, wanted.most);
        let news = match Pattern::new(&wanted.query) {
            Ok(pattern) => {
                let found = search(&self.found.index.snapshot(), &pattern, most);
                FindNews::Hits(number, found.hits(&pattern, true))
            }
            Err(fault) => FindNews::Fault(number, fault),
        };
        self.happens(Message::Find(news));
    }

    pub(super) fn finds_values(&mut self, ticket: Ticket, wanted: &ValueSearch) {
        let pattern = match Pattern::new(&wanted.query) {
            Ok(pattern) => pattern,
            Err(fault) => return self.happens(Message::Values(ticket, ValuesNews::Fault(fault))),
        };
        let entries = self.entries(&wanted.ranges, wanted.revision);
        let mut matcher = pattern.matcher();
        let hits =
            entries.iter().filter_map(|entry| look_into(&mut matcher, &entry.key, &entry.value));
        let hits: Vec<_> = hits.collect();
        let searched = Searched {
            keys: entries.len() as u64,
            total: entries.len() as u64,
            bytes: entries.iter().map(|entry| entry.value.len() as u64).sum(),
            matches: hits.len() as u64,
            revision: self.status().revision,
        };
        self.happens(Message::Values(ticket, ValuesNews::Looking(searched, hits)));
        self.happens(Message::Values(ticket, ValuesNews::Ended(searched)));
    }
}
