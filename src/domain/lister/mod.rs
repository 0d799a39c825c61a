//! Lists the children of a prefix without reading the keys below them.
//!
//! A range costs the server time for **every** key in the asked interval, since it counts them,
//! whatever the limit; and it stalls writers while it counts. So neither "everything", nor small
//! pages to the end, nor "one key from here to the end" will do. The lister asks short intervals:
//!
//! 1. The whole prefix once, with the limit. A small level is done with that; of a large one the
//!    count tells the size.
//! 2. After a directory it goes on behind the whole of it. Where the next interval ends is guessed
//!    from the names seen (`span`), and made wider or narrower by the counts in the answers.
//! 3. Where the keys are mostly children themselves it reads them, in pages of growing size.
//! 4. Where few keys are left it reads them all; where none are found, it asks for all that is left.
//!
//! What it costs, with n keys below the prefix, and is held to by the tests: [`WALKS`] n keys counted
//! before it stops guessing; then it reads on to the end in pages of [`PAGES`] limits, of which
//! each counts what is left. Names that follow a pattern cost about 3 n.
//!
//! Pure: the asks are made, at one revision, by who owns it.

mod span;

use std::collections::VecDeque;

use self::span::{Piece, SKIP, Span, Texture, common};
use super::range::prefix_end;
use super::tree::{ListedChild, child_of};
use super::{Entry, Key, KeyRange, LeaseId, Revision, Version};

/// How often all keys may be counted before guessing ends.
pub const WALKS: i64 = 8;
/// The largest page, in limits.
pub const PAGES: i64 = 50;
/// A range to be read: keys only, without sort order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which keys.
    pub range: KeyRange,
    /// At most this many.
    pub limit: i64,
}

/// The listing of one level, in order, from ask to ask.
#[derive(Clone, Debug)]
pub struct Lister {
    prefix: Vec<u8>,
    delimiter: Vec<u8>,
    limit: i64,
    /// The level from its first child that is not handed out yet to its end.
    line: VecDeque<Part>,
    /// The asks not answered yet, oldest first, by the ticket of their part.
    open: VecDeque<u64>,
    tickets: u64,
    wanted: usize,
    total: Option<i64>,
    walked: i64,
}

#[derive(Clone, Debug)]
enum Part {
    Found(Vec<ListedChild>),
    Asked { ticket: u64, span: Span, cut: Cut },
    Ahead(Span),
}

/// How an ask came from its span.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Cut {
    /// It is the first piece of the span that follows it.
    Off,
    /// It is all of it.
    Whole,
}

/// What an answer holds.
struct Harvest {
    children: Vec<ListedChild>,
    keys: i64,
    /// How many of the keys are of the last child.
    in_last: i64,
}

impl Lister {
    /// A listing of what is directly below `prefix`, at most `limit` keys (some 1000) at first.
    pub fn new(prefix: Key, delimiter: &[u8], limit: i64) -> Lister {
        let prefix = prefix.into_bytes();
        let limit = limit.max(1);
        let whole = Span {
            to: end_of(&prefix),
            from: prefix.clone(),
            most: i64::MAX,
            near: Vec::new(),
            level: 0,
            differed: 0,
            misses: 0,
            empties: 0,
            hits: 0,
            texture: Texture::Sparse { page: limit },
        };
        Lister {
            prefix,
            delimiter: delimiter.to_vec(),
            limit,
            line: VecDeque::from([Part::Ahead(whole)]),
            open: VecDeque::new(),
            tickets: 0,
            wanted: usize::MAX,
            total: None,
            walked: 0,
        }
    }

    /// A listing of those children of `prefix` only of which a key lies in `range`, and of nothing but
    /// the keys in it. The range must lie within the prefix.
    pub fn within(prefix: Key, delimiter: &[u8], limit: i64, range: &KeyRange) -> Lister {
        let mut lister = Lister::new(prefix, delimiter, limit);
        if let Some(Part::Ahead(whole)) = lister.line.front_mut() {
            let start = range.start().as_bytes();
            whole.from = if start == [0] { Vec::new() } else { start.to_vec() };
            whole.to = match range.end() {
                [] => Some([start, &[0]].concat()),
                [0] => None,
                end => Some(end.to_vec()),
            };
        }
        lister
    }

    /// Stop asking when this many children are there to be taken. Without it, all are listed. To go
    /// on after a stop, take the children.
    pub fn want(&mut self, children: usize) {
        self.wanted = children;
    }

    /// What to ask next; none when enough is there, when all is asked, or when it takes the answers
    /// first. May be called again before the answer is fed: such asks can be made together, in one
    /// transaction.
    #[expect(clippy::should_implement_trait, reason = "an iterator would not be fed in between")]
    pub fn next(&mut self) -> Option<Ask> {
        if self.found() >= self.wanted {
            return None;
        }
        for at in 0..self.line.len() {
            let Part::Ahead(span) = &self.line[at] else { continue };
            let waits = at > 0 && matches!(self.line[at - 1], Part::Asked { .. });
            let Some((piece, limit)) = self.choose(span, waits) else { continue };
            return self.ask(at, piece, limit);
        }
        None
    }

    /// The answer to the oldest open ask: its entries, how many keys the interval holds, and whether
    /// the limit cut it.
    pub fn feed(&mut self, entries: &[Entry], count: i64, more: bool) {
        let Some(ticket) = self.open.pop_front() else { return };
        let mine = |part: &Part| matches!(part, Part::Asked { ticket: t, .. } if *t == ticket);
        let Some(at) = self.line.iter().position(mine) else { return };
        let found = Part::Found(Vec::new());
        let Part::Asked { span: asked, cut, .. } = std::mem::replace(&mut self.line[at], found)
        else {
            return;
        };
        self.walked = self.walked.saturating_add(count);
        self.total.get_or_insert(count);

        let harvest = self.harvest(entries, more);
        let mut rest = self.learned(&asked, &harvest, count, more);
        let behind = harvest.children.last().and_then(|last| self.behind(last));
        self.line[at] = Part::Found(harvest.children);

        let ahead = |part: &&mut Part| matches!(part, Part::Ahead(_));
        if let (Cut::Off, Some(Part::Ahead(next))) =
            (cut, self.line.iter_mut().skip(at + 1).find(ahead))
        {
            next.most = next.most.saturating_sub(count);
        }
        let mut next = match self.line.get_mut(at + 1) {
            Some(Part::Ahead(next)) => Some(next),
            _ => None,
        };
        if let (Cut::Off, Some(next)) = (cut, &mut next) {
            let (from, to) = (std::mem::take(&mut next.from), next.to.take());
            **next = Span { from, to, most: next.most, ..rest.clone() };
        }
        let Some(behind) = behind.filter(|_| more) else { return self.drop_empty() };
        rest.from = behind;
        match next {
            // Behind a directory there is rarely more before the next step, so both are one ask.
            Some(next) if rest.texture == Texture::Dense && !rest.is_empty() => {
                let most = next.most.saturating_add(rest.most);
                *next = Span { to: next.to.take(), most, ..rest };
            }
            _ if !rest.is_empty() => self.line.insert(at + 1, Part::Ahead(rest)),
            _ => {}
        }
        self.drop_empty();
    }

    /// The children found so far and not taken yet, in order.
    pub fn take_children(&mut self) -> Vec<ListedChild> {
        let mut taken = Vec::new();
        while let Some(Part::Found(children)) = self.line.front_mut() {
            taken.append(children);
            self.line.pop_front();
        }
        taken
    }

    /// Whether every child is found; those found last may still have to be taken.
    pub fn is_complete(&self) -> bool {
        self.line.iter().all(|part| matches!(part, Part::Found(_)))
    }

    /// How many keys are below the prefix, known from the first answer on.
    pub fn total(&self) -> Option<i64> {
        self.total
    }

    fn found(&self) -> usize {
        let found = self.line.iter().map_while(|part| match part {
            Part::Found(children) => Some(children.len()),
            Part::Asked { .. } | Part::Ahead(_) => None,
        });
        found.sum()
    }

    /// Keys at a time while looking for children one by one.
    fn skip(&self) -> i64 {
        SKIP.min(self.limit)
    }

    /// Which piece of a span to ask for, and with which limit. When the span `waits` for an answer
    /// just before it, only a further step of the same kind is worth asking for: the more, the better
    /// the steps went so far.
    fn choose(&self, span: &Span, waits: bool) -> Option<(Piece, i64)> {
        let whole = |limit| (Piece { to: None, level: span.level, guess: None }, limit);
        if self.total.is_some_and(|total| self.walked / WALKS > total) {
            return (!waits).then(|| whole(self.limit * PAGES));
        }
        let limit = match span.texture {
            Texture::Dense => self.skip(),
            Texture::Sparse { page } => page,
        };
        if self.total.is_none() {
            return (!waits).then(|| whole(limit));
        }
        let few = match span.texture {
            Texture::Dense => 2 * self.limit,
            Texture::Sparse { page } => 4 * page,
        };
        if !waits && span.most <= few {
            return Some(whole(span.most));
        }
        // A round trip costs as much as counting some 3 limits of keys. When looking for the next key
        // has cost as much as counting all that is left, that is done.
        if !waits && span.most / (3 * self.limit) < span.empties {
            return Some(whole(limit));
        }
        let piece = span.next_piece(&self.prefix);
        let is_step = span.texture == Texture::Dense
            && self.open.len() < 2 * span.hits
            && piece.level == span.level
            && piece.to.is_some();
        (!waits || is_step).then_some((piece, limit))
    }

    fn ask(&mut self, at: usize, piece: Piece, limit: i64) -> Option<Ask> {
        let Part::Ahead(span) = self.line.remove(at)? else { return None };
        let mut asked = Span { level: piece.level, ..span };
        if piece.level < span.level {
            asked.misses = 0;
        }
        let mut cut = Cut::Whole;
        if let Some(to) = piece.to {
            cut = Cut::Off;
            let near = piece.guess.unwrap_or_else(|| asked.near.clone());
            let from = to.clone();
            self.line.insert(at, Part::Ahead(Span { from, near, ..asked.clone() }));
            asked.to = Some(to);
        }
        let start = if asked.from.is_empty() { vec![0] } else { asked.from.clone() };
        let range = match &asked.to {
            // The interval of one key.
            Some(to) if to.strip_suffix(&[0]) == Some(&start) => KeyRange::single(Key::new(start)),
            Some(to) => KeyRange::interval(start, to.clone()),
            None => KeyRange::from(start),
        };
        self.tickets += 1;
        self.open.push_back(self.tickets);
        self.line.insert(at, Part::Asked { ticket: self.tickets, span: asked, cut });
        Some(Ask { range, limit })
    }

    /// Cuts the entries of an answer into children. Those of which all keys are there are counted.
    fn harvest(&self, entries: &[Entry], more: bool) -> Harvest {
        let mut children: Vec<ListedChild> = Vec::new();
        for entry in entries {
            let key = entry.key.as_bytes();
            let Some(rest) = key.strip_prefix(self.prefix.as_slice()) else { continue };
            let child = child_of(&self.prefix, key, &self.delimiter);
            let name = &rest[..child.name_len];
            if let Some(last) = children.last_mut().filter(|last| last.name == name && last.is_dir)
            {
                last.count = last.count.map(|count| count + 1);
                continue;
            }
            children.push(if child.is_dir {
                ListedChild {
                    name: name.to_vec(),
                    is_dir: true,
                    mod_revision: Revision::NONE,
                    version: Version(0),
                    lease: LeaseId::NONE,
                    count: Some(1),
                }
            } else {
                ListedChild {
                    name: name.to_vec(),
                    is_dir: false,
                    mod_revision: entry.mod_revision,
                    version: entry.version,
                    lease: entry.lease,
                    count: None,
                }
            });
        }
        let mut in_last = 1;
        if let Some(last) = children.last_mut() {
            in_last = last.count.unwrap_or(1);
            if more {
                last.count = None;
            }
        }
        Harvest { children, keys: entries.len() as i64, in_last }
    }

    /// What an answer teaches about the keys behind it: a span like the one asked.
    fn learned(&self, asked: &Span, harvest: &Harvest, count: i64, more: bool) -> Span {
        let mut next = Span { most: count - harvest.keys, ..asked.clone() };
        let (Some(first), Some(last)) = (harvest.children.first(), harvest.children.last()) else {
            next.misses = asked.misses + 1;
            next.empties = asked.empties + 1;
            next.hits = 0;
            return next;
        };
        next.empties = 0;
        next.hits = if asked.near.is_empty() { 0 } else { asked.hits + 1 };
        next.near.clone_from(&last.name);
        let per_child = harvest.keys / harvest.children.len() as i64;
        let dense = self.skip();
        next.texture = match asked.texture {
            _ if harvest.in_last >= dense || per_child >= dense => Texture::Dense,
            Texture::Dense => Texture::Sparse { page: self.limit },
            Texture::Sparse { page } if more => {
                Texture::Sparse { page: (page * 2).min(self.limit * PAGES) }
            }
            same @ Texture::Sparse { .. } => same,
        };
        next.misses = match next.texture {
            Texture::Sparse { page } if !more && count < page / 4 => asked.misses + 1,
            _ => 0,
        };
        if more {
            // Where the names in a page differ, the next page ends; where neighbors differ, they do.
            let before = if harvest.children.len() > 1 { &first.name } else { &asked.near };
            let differ = if before.is_empty() { usize::MAX } else { common(before, &last.name) };
            // After 19 and 20, which differ early, it goes on with 21, which differs late.
            let level =
                if harvest.children.len() > 1 { differ } else { differ.max(asked.differed) };
            next.level = level.min(last.name.len().saturating_sub(1));
            next.differed = differ;
        }
        next
    }

    /// Where the keys behind a child begin; none at the end of the key space.
    fn behind(&self, child: &ListedChild) -> Option<Vec<u8>> {
        let mut key = [self.prefix.as_slice(), &child.name].concat();
        if child.is_dir {
            return end_of(&key);
        }
        key.push(0);
        Some(key)
    }

    /// What is known to hold no keys need not be asked for.
    fn drop_empty(&mut self) {
        self.line.retain(|part| !matches!(part, Part::Ahead(span) if span.most <= 0));
    }
}

/// The end of a prefix; none where there is no end.
fn end_of(prefix: &[u8]) -> Option<Vec<u8>> {
    Some(prefix_end(prefix)).filter(|end| *end != [0])
}
