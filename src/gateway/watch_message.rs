//! From etcd's watch messages to ours: fragments joined, cancellations told as errors.

use super::error;
use super::kv::entry;
use super::wire::Value;
use super::wire::watch::{self as wire, EventType, WatchResponse};
use crate::domain::{Event, EventKind, Revision};
use crate::store::{ErrorKind, StoreError, WatchMessage};

/// Turns the messages of one watch into ours, one by one.
#[derive(Debug, Default)]
pub(super) struct Decoder {
    /// Events of a revision of which more may come in the next fragment.
    unfinished: Vec<Event>,
}

impl Decoder {
    /// Takes a message; `None` when nothing can be handed on yet.
    pub(super) fn accept<V: Value>(
        &mut self,
        message: WatchResponse<V>,
    ) -> Result<Option<WatchMessage>, StoreError> {
        let revision = Revision(message.header.revision.0);
        // A cancellation may come with `created` in the same message.
        if message.canceled {
            return Err(cancellation(&message));
        }
        if message.created {
            let cluster = message.header.cluster_id.0;
            return Ok(Some(WatchMessage::Created { revision, cluster }));
        }
        if message.events.is_empty() && self.unfinished.is_empty() {
            let progress = WatchMessage::Progress { revision };
            return Ok(revision.is_some().then_some(progress));
        }
        let mut events = std::mem::take(&mut self.unfinished);
        events.extend(message.events.into_iter().map(event));
        if message.fragment {
            // Revisions before the last one are whole: handing them on keeps memory small while a
            // long history is replayed.
            let last = events.last().map(Event::revision);
            let whole = events.iter().take_while(|event| Some(event.revision()) != last).count();
            self.unfinished = events.split_off(whole);
        }
        Ok((!events.is_empty()).then_some(WatchMessage::Events(events)))
    }
}

/// Why a watch was canceled. The connection would stay open without another word.
fn cancellation<V>(message: &WatchResponse<V>) -> StoreError {
    let Revision(oldest) = Revision(message.compact_revision.0);
    if oldest > 0 {
        let kind = ErrorKind::Compacted { oldest: Revision(oldest) };
        let message = format!(
            "etcdserver: mvcc: required revision has been compacted (the oldest one left is {oldest})"
        );
        return StoreError::new(kind, message);
    }
    if message.cancel_reason.is_empty() {
        return StoreError::new(ErrorKind::Unavailable, "the server canceled the watch");
    }
    error::from_reason(&message.cancel_reason)
}

fn event<V: Value>(event: wire::Event<V>) -> Event {
    Event {
        kind: match event.kind {
            EventType::Put => EventKind::Put,
            EventType::Delete => EventKind::Delete,
        },
        entry: entry(event.kv),
        previous: event.prev_kv.map(entry),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::gateway::wire::Bytes;
    use crate::gateway::wire::error::StreamLine;

    fn message(json: &str) -> WatchResponse<Bytes> {
        serde_json::from_str::<StreamLine<WatchResponse<Bytes>>>(json).unwrap().result.unwrap()
    }

    fn fragment(revisions: &[i64], fragment: bool) -> WatchResponse<Bytes> {
        let events: Vec<String> = revisions
            .iter()
            .map(|revision| format!(r#"{{"kv":{{"key":"YQ==","mod_revision":"{revision}"}}}}"#))
            .collect();
        let events = events.join(",");
        message(&format!(r#"{{"result":{{"fragment":{fragment},"events":[{events}]}}}}"#))
    }

    fn revisions(message: Option<WatchMessage>) -> Vec<i64> {
        match message {
            None => Vec::new(),
            Some(WatchMessage::Events(events)) => events.iter().map(|e| e.revision().0).collect(),
            Some(other) => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_revision_is_never_split_and_nothing_waits_longer_than_it_must() {
        let mut decoder = Decoder::default();
        assert_eq!(revisions(decoder.accept(fragment(&[1, 2, 2], true)).unwrap()), [1]);
        assert_eq!(revisions(decoder.accept(fragment(&[2], true)).unwrap()), [0i64; 0]);
        assert_eq!(revisions(decoder.accept(fragment(&[2, 3, 3], true)).unwrap()), [2, 2, 2, 2]);
        assert_eq!(revisions(decoder.accept(fragment(&[3, 4], false)).unwrap()), [3, 3, 3, 4]);
        assert_eq!(revisions(decoder.accept(fragment(&[5], false)).unwrap()), [5]);
    }

    proptest! {
        #[test]
        fn fragments_lose_repeat_and_split_nothing(
            sizes in prop::collection::vec(1usize..6, 1..20),
            cuts in prop::collection::vec(1usize..7, 1..60),
        ) {
            let all: Vec<i64> =
                (1..).zip(&sizes).flat_map(|(revision, size)| vec![revision; *size]).collect();
            let mut rest = all.as_slice();
            let mut decoder = Decoder::default();
            let mut seen = Vec::new();
            for cut in cuts.iter().copied().chain(std::iter::repeat(7)) {
                let (piece, tail) = rest.split_at(cut.min(rest.len()));
                rest = tail;
                let part = revisions(decoder.accept(fragment(piece, !rest.is_empty())).unwrap());
                prop_assert!(seen.last() != part.first() || part.is_empty(), "a revision is split");
                seen.extend(part);
                if rest.is_empty() {
                    break;
                }
            }
            prop_assert_eq!(seen, all);
        }
    }

    #[test]
    fn cancellations_are_errors_that_say_why() {
        let denied = "rpc error: code = PermissionDenied desc = etcdserver: permission denied";
        let token = "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token";
        let oldest = Revision(26);
        let cases = [
            (r#""compact_revision":"26""#.to_owned(), ErrorKind::Compacted { oldest }),
            (
                format!(r#""watch_id":"-1","created":true,"cancel_reason":"{denied}""#),
                ErrorKind::PermissionDenied,
            ),
            (format!(r#""cancel_reason":"{token}""#), ErrorKind::Unauthenticated),
            (r#""cancel_reason":"mvcc: watcher range is empty""#.to_owned(), ErrorKind::Invalid),
            (
                r#""cancel_reason":"etcdserver: mvcc: required revision has been compacted""#
                    .to_owned(),
                ErrorKind::Compacted { oldest: Revision::NONE },
            ),
            (String::from(r#""watch_id":"3""#), ErrorKind::Unavailable),
        ];
        for (members, kind) in cases {
            let json = format!(r#"{{"result":{{"canceled":true,{members}}}}}"#);
            let error = Decoder::default().accept(message(&json)).unwrap_err();
            assert_eq!(error.kind, kind, "{json}");
        }
    }

    #[test]
    fn progress_needs_a_revision() {
        let progress = message(r#"{"result":{"header":{"revision":"7"}}}"#);
        let expected = Some(WatchMessage::Progress { revision: Revision(7) });
        assert_eq!(Decoder::default().accept(progress).unwrap(), expected);
        let nothing = message(r#"{"result":{"header":null,"events":null}}"#);
        assert_eq!(Decoder::default().accept(nothing).unwrap(), None);
    }
}
