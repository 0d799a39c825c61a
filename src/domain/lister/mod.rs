//! Lists the children of a prefix without reading the keys below them.
//!
//! A range costs the server time for **every** key in the asked interval, since it counts them,
//! whatever the limit; and it stalls writers while it counts. So neither "everything", nor small
//! pages to the end, nor "one key from here to the end" will do. The lister asks short intervals,
//! many together in one transaction, and each key in few of them:
//!
//! 1. The whole prefix once, with the limit. A small level is done with that; of a large one the
//!    count tells the size.
//! 2. Where children hold many keys (`plan`), the next names are guessed (`steps`), and an interval
//!    ends where a guessed child does: its count is the child's, and nothing is asked twice. Where
//!    guesses fail, what is left is cut into so many intervals as it may have children (`cells`).
//! 3. Where the keys are mostly children themselves it reads them, in pages of growing size, each in
//!    an interval that is guessed from the names seen (`span`).
//! 4. When that has cost five times all keys it reads what is left in large pages.
//!
//! What it costs, for any n keys, and is held to by the tests: [`bound`] n keys counted at most. Names
//! that follow a pattern cost 2 n, most others about 3 n; n of it is the first ask.
//!
//! The end of a long level is found by [`Tail`] without what lies before it, and [`Lister::split_off`]
//! begins anywhere within.
//!
//! Pure: the asks are made, at one revision, by who owns it.

mod cells;
mod harvest;
mod plan;
mod span;
mod steps;
mod tail;

use std::collections::VecDeque;

pub use self::tail::Tail;

use self::harvest::Harvest;
use self::span::Span;
use super::range::prefix_end;
use super::tree::ListedChild;
use super::{Entry, Key, KeyRange};

/// How often all keys may be counted before guessing ends.
const GUESSES: i64 = 5;
/// The largest page, in limits; and when guessing has ended.
const PAGES: i64 = 50;
const LAST_PAGES: i64 = 2 * PAGES;
/// From so many keys to a child on, children are looked for instead of read: one more interval in a
/// transaction costs as much as reading so many keys.
const DENSE: f64 = 20.0;

/// How often, at most, the server counts each of `keys` keys, on average, when they are listed with
/// this limit: 7.5 times up to 200 limits, whatever their names.
pub fn bound(keys: i64, limit: i64) -> f64 {
    // What is under way when guessing ends comes to all keys once more at most. Then the rest is read
    // in pages, of which each counts what follows it.
    let pages = (keys / (limit * LAST_PAGES)).max(1) + 1;
    (GUESSES + 1) as f64 + (pages + 1) as f64 / 2.0
}

/// A range to be read: keys only, without sort order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ask {
    /// Which keys.
    pub range: KeyRange,
    /// At most this many.
    pub limit: i64,
}

/// The listing of one level, or of a part of it, in order, from ask to ask.
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
    /// How many keys the children seen last have: keys, children.
    sizes: (f64, f64),
    /// Whether that is known of any directory for sure.
    is_measured: bool,
    /// Guessed names that were there, and all.
    guesses: (usize, usize),
    /// Keys of the children handed out, as long as that is known.
    handed: Option<i64>,
}

#[derive(Clone, Debug)]
enum Part {
    Found(Vec<ListedChild>),
    Asked(u64, Cell),
    Planned(Cell),
    Ahead(Span),
}

/// What one ask is for.
#[derive(Clone, Debug)]
struct Cell {
    span: Span,
    limit: i64,
    /// The name it was made for, if one was guessed.
    guess: Option<Vec<u8>>,
}

impl Lister {
    /// A listing of what is directly below `prefix`, at most `limit` keys (some 1000) at first.
    pub fn new(prefix: Key, delimiter: &[u8], limit: i64) -> Lister {
        let prefix = prefix.into_bytes();
        let whole = Span::new(prefix.clone(), end_of(&prefix));
        Lister {
            prefix,
            delimiter: delimiter.to_vec(),
            limit: limit.max(1),
            line: VecDeque::from([Part::Ahead(whole)]),
            open: VecDeque::new(),
            tickets: 0,
            wanted: usize::MAX,
            total: None,
            walked: 0,
            sizes: (0.0, 0.0),
            is_measured: false,
            guesses: (0, 0),
            handed: Some(0),
        }
    }

    /// A listing of those children of `prefix` only of which a key lies in `range`, and of nothing but
    /// the keys in it. The range must lie within the prefix.
    pub fn within(prefix: Key, delimiter: &[u8], limit: i64, range: &KeyRange) -> Lister {
        let mut lister = Lister::new(prefix, delimiter, limit);
        let (from, to) = range.bounds();
        lister.line = VecDeque::from([Part::Ahead(Span::new(from, to))]);
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
        if self.found() >= self.wanted || self.expected() >= 4 * self.limit {
            return None;
        }
        let mut at = 0;
        while at < self.line.len() {
            if let Part::Ahead(span) = &self.line[at]
                && !self.waits(at, span)
                && let Some(Part::Ahead(span)) = self.line.remove(at)
            {
                for part in self.plan(span).into_iter().rev() {
                    self.line.insert(at, part);
                }
            }
            if matches!(self.line.get(at), Some(Part::Planned(_)))
                && let Some(Part::Planned(cell)) = self.line.remove(at)
            {
                return Some(self.ask(at, cell));
            }
            at += 1;
        }
        None
    }

    /// The answer to the oldest open ask: its entries, how many keys the interval holds, and whether
    /// the limit cut it.
    pub fn feed(&mut self, entries: &[Entry], count: i64, more: bool) {
        let Some(ticket) = self.open.pop_front() else { return };
        let mine = |part: &Part| matches!(part, Part::Asked(of, _) if *of == ticket);
        let Some(at) = self.line.iter().position(mine) else { return };
        let Part::Asked(_, cell) = std::mem::replace(&mut self.line[at], Part::Found(Vec::new()))
        else {
            return;
        };
        self.walked = self.walked.saturating_add(count);
        self.total.get_or_insert(count);

        let mut harvest = Harvest::of(entries, more, &self.prefix, &self.delimiter);
        let behind = harvest.children.last().and_then(|last| self.behind(last)).filter(|_| more);
        // Where the interval ends with the child, what is left in it is of the child.
        let is_whole = more && behind.is_none() || behind.is_some() && behind == cell.span.to;
        if let (true, Some(last)) = (is_whole, harvest.children.last_mut())
            && last.is_dir
        {
            harvest.in_last += count - harvest.keys;
            last.count = Some(harvest.in_last);
        }
        self.learn_sizes(&cell, &harvest, count, more);
        let learned = self.learned(&cell, &harvest, count, more);
        self.tell_who_waits(&cell, &harvest, &learned, count);
        self.line[at] = Part::Found(harvest.children);
        if let (Some(from), false) = (behind, is_whole) {
            let rest = Span { from, batch: 0, ..learned };
            if !rest.is_empty() {
                self.line.insert(at + 1, Part::Ahead(rest));
            }
        }
        // What is known to hold no keys need not be asked for.
        let is_empty = |span: &Span| span.most <= 0 && !span.is_old;
        self.line.retain(|part| !matches!(part, Part::Ahead(span) if is_empty(span)));
    }

    /// The children found so far and not taken yet, in order.
    pub fn take_children(&mut self) -> Vec<ListedChild> {
        let mut taken = Vec::new();
        while let Some(Part::Found(children)) = self.line.front_mut() {
            taken.append(children);
            self.line.pop_front();
        }
        let keys = |child: &ListedChild| if child.is_dir { child.count } else { Some(1) };
        let known: Option<i64> = taken.iter().map(keys).sum();
        self.handed = self.handed.zip(known).map(|(before, now)| before + now);
        taken
    }

    /// Whether every child is found; those found last may still have to be taken.
    pub fn is_complete(&self) -> bool {
        self.line.iter().all(|part| matches!(part, Part::Found(_)))
    }

    /// How many keys there are, known from the first answer on.
    pub fn total(&self) -> Option<i64> {
        self.total
    }

    /// How many keys the children have that were not taken yet, where that is known.
    pub fn left(&self) -> Option<i64> {
        self.total.zip(self.handed).map(|(total, handed)| total - handed)
    }

    /// The name up to which all children are found, itself not included; none when they all are.
    pub fn reached(&self) -> Option<&[u8]> {
        self.line.iter().find_map(|part| match part {
            Part::Found(_) => None,
            Part::Asked(_, Cell { span, .. })
            | Part::Planned(Cell { span, .. })
            | Part::Ahead(span) => Some(span.from.get(self.prefix.len()..).unwrap_or_default()),
        })
    }

    /// What follows is asked for at another revision. What was counted so far is a guess from now on.
    pub fn go_on(&mut self) {
        self.give_up();
        for part in &mut self.line {
            if let Part::Planned(Cell { span, .. }) | Part::Ahead(span) = part {
                *part = Part::Ahead(Span { is_old: true, before: 0, batch: 0, ..span.clone() });
            }
        }
        self.handed = None;
    }

    /// The open asks are not answered any more: they are to be asked again.
    pub fn give_up(&mut self) {
        self.open.clear();
        for part in &mut self.line {
            if let Part::Asked(_, cell) = part {
                *part = Part::Planned(cell.clone());
            }
        }
    }

    /// Leaves to another lister, which it gives, what comes from this name on. Nothing is asked again
    /// that was learned; open asks are given up.
    pub fn split_off(&mut self, name: &[u8]) -> Lister {
        self.give_up();
        let key = [self.prefix.as_slice(), name].concat();
        let mut behind = VecDeque::new();
        let mut before = VecDeque::new();
        for part in std::mem::take(&mut self.line) {
            let span = match part {
                Part::Found(_) | Part::Asked(..) => {
                    before.push_back(part);
                    continue;
                }
                Part::Planned(Cell { span, .. }) | Part::Ahead(span) => Span { batch: 0, ..span },
            };
            if span.from >= key {
                behind.push_back(Part::Ahead(span));
            } else if span.to.as_ref().is_some_and(|to| *to <= key) {
                before.push_back(Part::Ahead(span));
            } else {
                let (from, to) = (key.clone(), Some(key.clone()));
                let near = name.to_vec();
                behind.push_back(Part::Ahead(Span {
                    from,
                    near,
                    misses: 0,
                    empties: 0,
                    ..span.clone()
                }));
                before.push_back(Part::Ahead(Span { to, ..span }));
            }
        }
        self.line = before;
        // How many keys are on which side is not known.
        self.handed = None;
        // What was asked so far was asked for both; the other one has guesses of its own.
        let walked = self.total.unwrap_or(0);
        Lister { line: behind, wanted: usize::MAX, walked, ..self.clone() }
    }

    /// The same range, as if nothing were known of it.
    pub fn afresh(&self) -> Lister {
        let span = |part: &Part| match part {
            Part::Asked(_, Cell { span, .. })
            | Part::Planned(Cell { span, .. })
            | Part::Ahead(span) => Some((span.from.clone(), span.to.clone())),
            Part::Found(_) => None,
        };
        let mut spans = self.line.iter().filter_map(span);
        let prefix = Key::new(self.prefix.clone());
        let mut fresh = Lister::new(prefix, &self.delimiter, self.limit);
        let first = spans.next();
        let last = spans.next_back().or_else(|| first.clone());
        fresh.line.clear();
        if let (Some((from, _)), Some((_, to))) = (first, last) {
            fresh.line.push_back(Part::Ahead(Span::new(from, to)));
        }
        fresh
    }

    /// The last name seen before what is not listed yet.
    pub fn near(&self) -> Option<Vec<u8>> {
        self.line.iter().find_map(|part| match part {
            Part::Planned(Cell { span, .. }) | Part::Ahead(span) => Some(span.near.clone()),
            Part::Found(_) | Part::Asked(..) => None,
        })
    }

    fn found(&self) -> usize {
        let found = self.line.iter().map_while(|part| match part {
            Part::Found(children) => Some(children.len()),
            Part::Asked(..) | Part::Planned(_) | Part::Ahead(_) => None,
        });
        found.sum()
    }

    /// How many keys the open asks may answer with.
    fn expected(&self) -> i64 {
        let asked = self.line.iter().filter_map(|part| match part {
            Part::Asked(_, cell) => Some(cell.limit.min(cell.span.most)),
            _ => None,
        });
        asked.fold(0, i64::saturating_add)
    }

    fn ask(&mut self, at: usize, cell: Cell) -> Ask {
        let range = KeyRange::between(cell.span.from.clone(), cell.span.to.clone());
        self.tickets += 1;
        self.open.push_back(self.tickets);
        let limit = cell.limit;
        self.line.insert(at, Part::Asked(self.tickets, cell));
        Ask { range, limit }
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
}

/// The end of a prefix; none where there is no end.
fn end_of(prefix: &[u8]) -> Option<Vec<u8>> {
    Some(prefix_end(prefix)).filter(|end| *end != [0])
}
