//! The readers of what servers answer, fuzzed. Seeds are answers recorded from real servers.

use std::fs;
use std::path::Path;

use super::certificate::Certificate;
use super::error;
use super::stream::Splitter;
use super::watch_message::Decoder;
use super::wire::error::{ErrorBody, StreamLine};
use super::wire::{Bytes, Unwanted};
use super::wire::{auth, election, jwt, kv, lease, lock, member, status, txn, version, watch};
use crate::fuzz::Target;
use crate::store::{StoreError, WatchMessage};

const WORDS: &[&str] = &[
    "\"kvs\":",
    "\"kv\":{",
    "\"key\":\"YQ==\"",
    "\"header\":{\"revision\":\"7\"}",
    "\"count\":\"1\"",
    "\"events\":[",
    "\"type\":\"DELETE\"",
    "\"type\":1",
    "\"prev_kv\":null",
    "\"fragment\":true",
    "\"canceled\":true",
    "\"compact_revision\":\"5\"",
    "\"cancel_reason\":\"x\"",
    "\"created\":true",
    "\"result\":{",
    "\"error\":{",
    "\"error\":\"x\"",
    "\"grpc_code\":14",
    "\"message\":\"etcdserver: no leader\"",
    "\"code\":5",
    "\"responses\":[",
    "\"response_txn\":{",
    "\"response_range\":{}",
    "\"succeeded\":true",
    "\"TTL\":\"5\"",
    "\"ID\":\"-1\"",
    "\"mod_revision\":\"3\"",
    "{\"result\":{}}\n",
];

/// The bodies of all recorded answers.
fn recorded() -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/wire");
    let mut bodies = Vec::new();
    for version in ["3.4", "3.5", "3.6", "3.7"] {
        for entry in fs::read_dir(folder.join(version)).expect("recorded answers") {
            let file = fs::read(entry.expect("a file").path()).expect("a readable file");
            // Three lines about the answer stand before it.
            bodies.extend(file.splitn(4, |byte| *byte == b'\n').nth(3).map(<[u8]>::to_vec));
        }
    }
    bodies
}

/// One line, of bounded length, whatever the server said.
fn assert_bounded(error: &StoreError) {
    assert!(error.message.len() < 2000, "{} bytes", error.message.len());
    assert!(!error.message.contains('\n'), "{error:?}");
}

fn answers(bytes: &[u8]) -> bool {
    macro_rules! read {
        ($($type:ty),+ $(,)?) => {
            [$(serde_json::from_slice::<$type>(bytes).is_ok()),+].contains(&true)
        };
    }
    for status in [200, 400, 401, 403, 404, 421, 429, 500, 503] {
        assert_bounded(&error::from_answer(status, bytes, "http://h:1"));
    }
    let _ = serde_json::from_slice(bytes).ok().and_then(ErrorBody::into_parts);
    let _ = Certificate::read(bytes);
    let _ = std::str::from_utf8(bytes).map(jwt::Claims::of);
    read![
        kv::RangeResponse,
        kv::PutResponse,
        kv::DeleteResponse,
        kv::CompactionResponse,
        txn::TxnResponse,
        lease::GrantResponse,
        lease::RevokeResponse,
        lease::KeepAliveResponse,
        lease::TimeToLiveResponse,
        lease::LeasesResponse,
        lock::LockResponse,
        lock::UnlockResponse,
        election::CampaignResponse,
        election::DoneResponse,
        election::LeaderResponse,
        auth::AuthenticateResponse,
        auth::UserGetResponse,
        auth::RoleGetResponse,
        member::MemberListResponse,
        version::VersionResponse,
        status::StatusResponse,
        watch::WatchResponse<Bytes>,
        watch::WatchResponse<Unwanted>,
    ]
}

/// The lines of a stream that arrives in pieces of so many bytes.
fn lines(bytes: &[u8], piece: usize) -> Vec<Vec<u8>> {
    let mut splitter = Splitter::default();
    let mut lines = Vec::new();
    for piece in bytes.chunks(piece) {
        splitter.push(piece);
        while let Some(line) = splitter.next_line() {
            lines.push(line.to_vec());
        }
        assert!(splitter.pending() <= bytes.len());
    }
    lines.extend(splitter.finish().map(|line| line.to_vec()));
    assert_eq!(splitter.pending(), 0);
    lines
}

fn streams(bytes: &[u8]) -> bool {
    let whole = lines(bytes, bytes.len().max(1));
    for piece in [1, 2, 7, 64] {
        assert_eq!(lines(bytes, piece), whole, "in pieces of {piece}");
    }
    let mut decoder = Decoder::default();
    let (mut read, mut told, mut understood) = (0, 0, false);
    for line in &whole {
        let _ = serde_json::from_slice::<StreamLine<lease::KeepAliveResponse>>(line);
        let _ = serde_json::from_slice::<StreamLine<election::LeaderResponse>>(line);
        // Values that are passed over may be anything; all else is read alike.
        let without = serde_json::from_slice::<StreamLine<watch::WatchResponse<Unwanted>>>(line);
        let Ok(line) = serde_json::from_slice::<StreamLine<watch::WatchResponse<Bytes>>>(line)
        else {
            continue;
        };
        let events = |n: Option<usize>| n.unwrap_or_default();
        let passed_over = without.expect("less is read").result.map(|message| message.events.len());
        assert_eq!(
            events(line.result.as_ref().map(|message| message.events.len())),
            events(passed_over)
        );
        let Some(message) = line.result else {
            let _ = line.into_error().into_parts();
            continue;
        };
        understood = true;
        // A message that answers a creation has no events of its own.
        read += if message.canceled || message.created { 0 } else { message.events.len() };
        match decoder.accept(message) {
            Err(error) => assert_bounded(&error),
            Ok(Some(WatchMessage::Events(events))) => {
                assert!(!events.is_empty());
                told += events.len();
            }
            Ok(_) => {}
        }
        assert!(told <= read, "{told} events told of {read}");
    }
    understood
}

#[test]
fn fuzz_answers() {
    Target { name: "answers", seeds: recorded(), words: WORDS, read: answers }.run();
}

#[test]
fn fuzz_streams() {
    Target { name: "streams", seeds: recorded(), words: WORDS, read: streams }.run();
}
