//! The cutter: in which pieces all keys of some ranges are read.
//!
//! An answer costs the server all keys in the asked interval, whatever the limit. Large pages of all
//! that is left would be quadratic, so the next interval is cut off where about a page of keys should
//! end, going by how far the last page reached. What comes back corrects the guess: an interval that
//! holds more than thought is read on in pages where that is cheap and cut again where it is not, one
//! that holds nothing is followed by a wider one. A pure state machine: counts in, intervals out.

use std::collections::VecDeque;

use super::reach::Reach;
use crate::domain::{Key, KeyRange};

/// An interval with at most so many pages of keys is read on without cutting it: what the server counts
/// for that is less than what one more answer costs it.
const CHEAP: u64 = 3;

/// A piece to be asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which keys.
    pub range: KeyRange,
    /// At most so many.
    pub limit: u64,
    /// How far it was thought to reach, where it was cut off.
    reach: Option<Reach>,
}

/// What is to be read, in key order, and how far a page reaches.
#[derive(Debug)]
pub struct Cutter {
    rest: VecDeque<Piece>,
    page: u64,
    reach: Option<Reach>,
    /// There was nothing where the last answer looked.
    lost: bool,
    /// The first question is asked alone, since its answer tells how far a page reaches.
    begun: bool,
    under_way: usize,
}

#[derive(Debug)]
struct Piece {
    range: KeyRange,
    /// How many keys it holds; unknown for what lies behind a cut.
    count: Option<u64>,
}

impl Cutter {
    /// Reads these ranges, which do not overlap and come in order, in pages of about so many keys.
    pub fn new(ranges: impl IntoIterator<Item = KeyRange>, page: u64) -> Cutter {
        let piece = |range| Piece { range, count: None };
        Cutter {
            rest: ranges.into_iter().map(piece).collect(),
            page: page.max(1),
            reach: None,
            lost: false,
            begun: false,
            under_way: 0,
        }
    }

    /// The next piece to ask for beside those under way; none where it takes their answers to know it.
    pub fn next_ask(&mut self) -> Option<Ask> {
        if self.under_way > 0 && (self.lost || !self.begun) {
            return None;
        }
        let piece = self.rest.pop_front()?;
        self.under_way += 1;
        let cheap = piece.count.is_some_and(|count| count <= CHEAP * self.page);
        let limit = self.page;
        let cut = self.reach.filter(|_| !cheap && !piece.range.is_single());
        let end = cut.and_then(|reach| reach.end(&piece.range));
        let Some((end, reach)) = end else {
            return Some(Ask { range: piece.range, limit, reach: None });
        };
        let range = KeyRange::interval(piece.range.start().clone(), end.clone());
        let behind = piece.range.starting_at(Key::new(end));
        self.rest.push_front(Piece { range: behind, count: None });
        Some(Ask { range, limit, reach: Some(reach) })
    }

    /// Takes what came back: the first and the last key, how many they are, how many the interval
    /// holds.
    pub fn answered(&mut self, ask: &Ask, ends: Option<(&Key, &Key)>, keys: u64, count: u64) {
        self.under_way = self.under_way.saturating_sub(1);
        self.begun = true;
        self.lost = ends.is_none();
        let Some((first, last)) = ends else {
            // From where it was looked: another answer may have come in between.
            self.reach = ask.reach.or(self.reach).map(Reach::wider);
            return;
        };
        if count > keys && !ask.range.is_single() {
            let range = ask.range.starting_at(last.successor());
            self.put_back(Piece { range, count: Some(count - keys) });
            self.reach = Reach::of(first, last, keys, self.page).or(self.reach);
        } else if let Some(reach) = ask.reach {
            // All of the interval: it could have been so much longer.
            self.reach = Some(reach.scaled(self.page, keys));
        }
    }

    /// A piece that could not be had is asked for again.
    pub fn failed(&mut self, ask: Ask) {
        self.under_way = self.under_way.saturating_sub(1);
        self.put_back(Piece { range: ask.range, count: None });
    }

    fn put_back(&mut self, piece: Piece) {
        let at = self.rest.partition_point(|other| other.range.start() < piece.range.start());
        self.rest.insert(at, piece);
    }

    /// Whether nothing is left to ask for.
    pub fn is_done(&self) -> bool {
        self.rest.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A server that counts as etcd does: every key in the interval, whatever the limit.
    struct Server {
        keys: Vec<Key>,
        walked: u64,
        requests: u64,
    }

    impl Server {
        fn ask(&mut self, ask: &Ask) -> (Vec<Key>, u64) {
            let inside = self.keys.iter().filter(|key| ask.range.contains(key.as_bytes()));
            let inside: Vec<&Key> = inside.collect();
            self.requests += 1;
            self.walked += inside.len() as u64;
            let page = inside.iter().take(ask.limit as usize).map(|key| (*key).clone());
            (page.collect(), inside.len() as u64)
        }
    }

    /// Reads it all with so many requests under way, answered in an order that is no order.
    fn read(keys: Vec<Key>, ranges: Vec<KeyRange>, lanes: usize) -> Server {
        let within = |key: &&Key| ranges.iter().any(|range| range.contains(key.as_bytes()));
        let mut wanted: Vec<Key> = keys.iter().filter(within).cloned().collect();
        wanted.sort();
        let mut server = Server { keys, walked: 0, requests: 0 };
        let mut cutter = Cutter::new(ranges, 200);
        let (mut under_way, mut found) = (VecDeque::new(), Vec::new());
        let mut turn = 0;
        loop {
            while under_way.len() < lanes
                && let Some(ask) = cutter.next_ask()
            {
                under_way.push_back(ask);
            }
            turn += 1;
            under_way.rotate_left(turn % under_way.len().max(1));
            let Some(ask) = under_way.pop_front() else { break };
            if turn % 13 == 0 {
                cutter.failed(ask);
                continue;
            }
            let (page, count) = server.ask(&ask);
            let ends = page.first().zip(page.last());
            cutter.answered(&ask, ends, page.len() as u64, count);
            found.extend(page);
        }
        assert!(cutter.is_done());
        found.sort();
        assert_eq!(found, wanted, "each once");
        server
    }

    fn shapes() -> Vec<(&'static str, Vec<Key>)> {
        const KEYS: u64 = 20_000;
        let made = |key: &dyn Fn(u64) -> String| -> Vec<Key> {
            let mut keys: Vec<Key> = (0..KEYS).map(|n| Key::from(key(n).as_str())).collect();
            keys.sort();
            keys.dedup();
            keys
        };
        let hash = |n: u64| n.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ (n << 17);
        vec![
            ("leaves", made(&|n| format!("/leaves/key-{n:08}"))),
            ("wide", made(&|n| format!("/wide/dir-{:04}/key-{:04}", n / 100, n % 100))),
            (
                "kubernetes",
                made(&|n| {
                    let kinds = ["pods", "events", "leases/kube-node", "configmaps"];
                    let kind = kinds[(hash(n) % 10 / 3) as usize % 4];
                    format!("/registry/{kind}/ns-{}/name-{:x}", hash(n) % 37, hash(n))
                }),
            ),
            ("hashes", made(&|n| format!("{:016x}", hash(n)))),
            (
                "deep",
                made(&|n| {
                    format!(
                        "/{}/x/y/{}/z",
                        n.to_string().replace('1', "/1"),
                        "a/".repeat(n as usize % 7)
                    )
                }),
            ),
            ("one heavy", made(&|n| if n < 50 { format!("{n}") } else { format!("/q/{n}") })),
            ("few", made(&|n| format!("{}", n % 7))),
        ]
    }

    #[test]
    fn all_is_read_once_at_a_bounded_price() {
        for (name, keys) in shapes() {
            for lanes in [1, 2, 5] {
                let count = keys.len() as u64;
                let server = read(keys.clone(), vec![KeyRange::all()], lanes);
                let pages = count.div_ceil(200);
                let Server { walked, requests, .. } = server;
                // The whole once, each page's own keys, and what was cut too late.
                assert!(walked <= 6 * count, "{name}, {lanes} lanes: {walked} of {count} walked");
                assert!(
                    requests <= 4000 * pages + 20,
                    "{name}, {lanes} lanes: {requests} for {pages}"
                );
            }
        }
    }

    #[test]
    fn only_what_is_asked_for_is_read() {
        for (_, keys) in shapes() {
            let ranges = vec![
                KeyRange::single("/leaves/key-00000017"),
                KeyRange::interval("/leaves/key-00001", "/leaves/key-00013"),
                KeyRange::prefix("/registry/pods/"),
                KeyRange::from("8"),
            ];
            read(keys, ranges, 3);
        }
    }

    #[test]
    fn bytes_that_are_no_text_are_no_trouble() {
        let mut keys: Vec<Key> = Vec::new();
        for n in 0..3000_u32 {
            let tail = n.to_be_bytes();
            let end = if n % 3 == 0 { vec![255; n as usize % 9] } else { vec![0; n as usize % 5] };
            keys.push(Key::new([&[255, 255][..], &tail, &end].concat()));
            keys.push(Key::new([&[0][..], &tail[2..], &end].concat()));
            keys.push(Key::new([&tail[2..], &end].concat()));
        }
        keys.sort();
        keys.dedup();
        let count = keys.len() as u64;
        let server = read(keys, vec![KeyRange::all()], 2);
        assert!(server.walked <= 5 * count, "{} of {count}", server.walked);
    }
}
