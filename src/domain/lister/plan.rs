//! Which intervals are asked for, and what their answers teach.

use super::cells::{Stretch, common, symbols};
use super::harvest::Harvest;
use super::span::{Span, Texture};
use super::steps::{is_padded, successor};
use super::{Cell, DENSE, GUESSES, LAST_PAGES, Lister, PAGES, Part, end_of};

/// How many names are guessed at first, and at most.
const STEPS: (usize, usize) = (8, 96);
/// Into at most so many cells a span is cut at once.
const CELLS: i64 = 4096;
/// And into so many while nothing is known of the sizes of children.
const BLIND: i64 = 96;
/// An interval costs about as much as counting so many keys.
const CELL: i64 = 1000;
/// While names are looked for, an interval answers with a key for so many that are probably in it: as
/// reading one costs about as much as counting these.
const TASTE: i64 = 64;

impl Lister {
    /// Whether a span is chosen by what others find that are asked for before it.
    pub(super) fn waits(&self, at: usize, span: &Span) -> bool {
        let open = |part: &&Part| matches!(part, Part::Asked(..) | Part::Planned(_));
        let of_batch = |part: &Part| match part {
            Part::Asked(_, cell) | Part::Planned(cell) => cell.span.batch == span.batch,
            Part::Found(_) | Part::Ahead(_) => false,
        };
        span.batch != 0 && self.line.iter().any(of_batch)
            || span.is_blind
                && !self.is_measured
                && self.line.iter().take(at).any(|part| open(&part))
    }

    /// Cuts a span into what is to be asked for now, and what waits for the answers.
    pub(super) fn plan(&mut self, mut span: Span) -> Vec<Part> {
        self.tickets += 1;
        let batch = self.tickets;
        if span.is_old {
            // There may be more by now, and something where nothing was left.
            span.most = span.most.max(self.limit);
        }
        let most = span.most;
        let total = match self.total {
            Some(total) if span.texture != Texture::Unknown => total,
            _ => return vec![Self::whole(span, self.limit)],
        };
        if let Texture::Last { page } = span.texture {
            return vec![Self::whole(span, page)];
        }
        if self.walked.saturating_add(most) > GUESSES * total {
            let page = (most / 2 + 1).clamp(self.limit, self.limit * LAST_PAGES);
            span.texture = Texture::Last { page };
            return vec![Self::whole(span, page)];
        }
        let size = self.size();
        if size < DENSE {
            let page = match span.texture {
                Texture::Sparse { page } => page,
                _ => self.limit,
            };
            span.texture = Texture::Sparse { page };
            return self.plan_page(span, page, batch);
        }
        span.texture = Texture::Dense;
        let children = most as f64 / size;
        if most <= 2 * TASTE {
            return vec![Self::whole(span, most)];
        }
        let may_step = children >= 2.0 && self.guesses.0 * 4 >= self.guesses.1;
        if may_step && let Some(parts) = self.plan_steps(&mut span, batch) {
            return parts;
        }
        // What is left behind a child tells its size, and is cut the better for it.
        let tells = !self.is_measured && span.before > 0 && most <= total / 8;
        if children < 2.0 || tells {
            return vec![Self::whole(span, (most / TASTE).clamp(2, self.limit.min(TASTE)))];
        }
        self.plan_cells(span, children, batch)
    }

    fn whole(span: Span, limit: i64) -> Part {
        Part::Planned(Cell { span, limit, guess: None })
    }

    /// The next page of a span of which the keys are read.
    fn plan_page(&mut self, span: Span, page: i64, batch: u64) -> Vec<Part> {
        if span.most <= 4 * page {
            let most = span.most;
            return vec![Self::whole(span, most)];
        }
        // A round trip costs as much as counting some 3 limits of keys. When looking for the next key
        // has cost as much as counting all that is left, that is done.
        if span.most / (3 * self.limit) < span.empties {
            return vec![Self::whole(span, page)];
        }
        let piece = span.next_piece(&self.prefix);
        let mut asked = Span { level: piece.level, ..span.clone() };
        if piece.level < span.level {
            asked.misses = 0;
        }
        let Some(to) = piece.to else { return vec![Self::whole(asked, page)] };
        let rest = Span { from: to.clone(), batch, ..asked.clone() };
        asked.to = Some(to);
        asked.batch = batch;
        vec![Self::whole(asked, page), Part::Ahead(rest)]
    }

    /// Intervals that end where guessed names do; none where no name can be guessed.
    fn plan_steps(&mut self, span: &mut Span, batch: u64) -> Option<Vec<Part>> {
        let (hits, misses) = std::mem::take(&mut span.guessed);
        let steps = match (span.steps, hits + misses) {
            (0, _) => return None,
            (_, 0) => STEPS.0,
            (steps, _) if hits >= misses => (steps * 4).min(STEPS.1),
            _ if hits > 0 => STEPS.0,
            _ => {
                span.steps = 0;
                return None;
            }
        };
        let steps = steps.min(self.wanted.saturating_sub(self.found()).saturating_add(STEPS.0));
        // Whether numbers grow by a digit is told by how many children there may be.
        if (hits, misses) == (0, 0) {
            let children = (span.most as f64 / self.size()) as u64 + 2;
            span.numbers = (!is_padded(&span.near)).then_some(children);
        }
        let mut parts = Vec::new();
        let (mut from, mut near) = (span.from.clone(), span.near.clone());
        while parts.len() < steps {
            let Some(name) = successor(&near, span.numbers) else { break };
            let Some(to) = end_of(&[self.prefix.as_slice(), &name].concat()) else { break };
            if !name.ends_with(&self.delimiter)
                || to <= from
                || span.to.as_ref().is_some_and(|end| to > *end)
            {
                break;
            }
            near.clone_from(&name);
            let cell = Span { from, to: Some(to.clone()), batch, before: 0, ..span.clone() };
            parts.push(Part::Planned(Cell { span: cell, limit: 2, guess: Some(name) }));
            from = to;
        }
        if parts.is_empty() {
            return None;
        }
        let rest = Span { from, near, batch, steps, ..span.clone() };
        if !rest.is_empty() {
            parts.push(Part::Ahead(rest));
        }
        Some(parts)
    }

    /// Cells for so many children as there may be.
    fn plan_cells(&self, span: Span, children: f64, batch: u64) -> Vec<Part> {
        let most = span.most;
        let cut =
            |key: &[u8]| key.strip_prefix(self.prefix.as_slice()).unwrap_or_default().to_vec();
        let (from, to) = (cut(&span.from), span.to.as_deref());
        let to = to.and_then(|to| to.strip_prefix(self.prefix.as_slice()));
        let stretch = Stretch { prefix: &self.prefix, delimiter: &self.delimiter, from: &from, to };
        let depth = stretch.depth();
        let seen = common(&span.near, &from).min(depth);
        let symbols = symbols(&span.near, seen, &self.delimiter);
        // As long as no directory is known to be small, one of them may have all there is.
        let cells = if self.is_measured { CELLS } else { BLIND };
        let wanted = (children * 1.5).min((most / CELL) as f64).clamp(2.0, cells as f64) as usize;
        let is_first = !span.told_apart && most > 8 * self.limit && from.len() > depth + 1;
        let mut cuts = if is_first {
            // Where the names differ is not known: first the stems are tried, the deepest of which is
            // the shortest interval.
            stretch.spine(depth + 1)
        } else {
            let mut cuts = stretch.even(depth, &symbols, wanted);
            if cuts.is_empty() || most / CELL > 2 * symbols.len() as i64 {
                // Names that are words are not spread evenly.
                cuts.extend(stretch.singles(depth, &symbols));
            }
            cuts.sort_unstable();
            cuts.dedup();
            cuts
        };
        cuts.drain(..cuts.len().saturating_sub(CELLS as usize));
        let limit = (most / (cuts.len() as i64 + 1) / TASTE).clamp(2, TASTE).min(self.limit);
        let mut parts = Vec::new();
        let mut from = span.from.clone();
        for cut in cuts {
            let to = [self.prefix.as_slice(), &cut].concat();
            let end = Some(to.clone());
            let cell = Span { from, to: end, batch, before: 0, told_apart: true, ..span.clone() };
            parts.push(Part::Planned(Cell { span: cell, limit, guess: None }));
            from = to;
        }
        let (before, is_blind) = (0, is_first);
        let rest = Span { from, batch, before, is_blind, told_apart: true, ..span };
        if is_first && !parts.is_empty() {
            parts.push(Part::Ahead(rest));
        } else {
            parts.push(Part::Planned(Cell { span: rest, limit, guess: None }));
        }
        parts
    }

    /// How many keys a child has, as far as is known: 1 or more.
    fn size(&self) -> f64 {
        if self.sizes.1 < 1.0 { 1.0 } else { (self.sizes.0 / self.sizes.1).max(1.0) }
    }

    /// Learns how many keys children have. Of a child that goes on where the answer ends the rest is
    /// not known; one that fills an answer is large enough to matter all the same.
    pub(super) fn learn_sizes(&mut self, cell: &Cell, harvest: &Harvest, count: i64, more: bool) {
        let mut sizes: Vec<i64> = Vec::new();
        if cell.span.before > 0 {
            self.is_measured = true;
            sizes.push(cell.span.before + cell.span.most - count);
        }
        let last = harvest.children.len().saturating_sub(1);
        for (at, child) in harvest.children.iter().enumerate() {
            match child.count {
                Some(count) => {
                    self.is_measured = true;
                    sizes.push(count);
                }
                None if !child.is_dir => sizes.push(1),
                None if at == last && more && harvest.in_last as f64 >= DENSE => {
                    sizes.push(harvest.in_last);
                }
                None => {}
            }
        }
        let (keys, children) = (sizes.iter().sum::<i64>() as f64, sizes.len() as f64);
        // What was seen long ago says less.
        let fade = if self.sizes.1 > 64.0 { 0.5 } else { 1.0 };
        self.sizes = (self.sizes.0 * fade + keys, self.sizes.1 * fade + children);
    }

    /// What an answer teaches about the keys behind it: a span like the one asked for.
    pub(super) fn learned(&self, cell: &Cell, harvest: &Harvest, count: i64, more: bool) -> Span {
        let asked = &cell.span;
        let most = count - harvest.keys;
        let mut next = Span { most, is_old: false, is_blind: false, before: 0, ..asked.clone() };
        let (Some(first), Some(last)) = (harvest.children.first(), harvest.children.last()) else {
            next.misses = asked.misses + 1;
            next.empties = asked.empties + 1;
            return next;
        };
        next.empties = 0;
        next.near.clone_from(&last.name);
        next.guessed = (0, 0);
        next.steps = usize::from(last.is_dir);
        if last.is_dir && last.count.is_none() {
            next.before = harvest.in_last;
        }
        next.texture = match asked.texture {
            Texture::Unknown => Texture::Sparse { page: self.limit * 2 },
            Texture::Sparse { page } if more => {
                Texture::Sparse { page: (page * 2).min(self.limit * PAGES) }
            }
            same => same,
        };
        next.misses = match next.texture {
            Texture::Sparse { page } if !more && count < page / 4 => asked.misses + 1,
            // What was wide enough stays so, until it is too wide.
            Texture::Sparse { .. } if !more => asked.misses,
            _ => 0,
        };
        if more {
            // Where the names in a page differ, the next page ends; where neighbors differ, they do.
            let before = if harvest.children.len() > 1 { &first.name } else { &asked.near };
            let differ = if before.is_empty() { usize::MAX } else { common(before, &last.name) };
            next.level = differ.min(last.name.len().saturating_sub(1));
        }
        next
    }

    /// Tells the span that waits for an answer what was found.
    pub(super) fn tell_who_waits(
        &mut self,
        cell: &Cell,
        harvest: &Harvest,
        learned: &Span,
        count: i64,
    ) {
        let mut hit = None;
        if let Some(guess) = &cell.guess {
            let was_there = harvest.children.iter().any(|child| child.name == *guess);
            self.guesses.0 += usize::from(was_there);
            self.guesses.1 += 1;
            hit = Some(was_there);
        }
        let batch = cell.span.batch;
        let waits = self.line.iter_mut().find_map(|part| match part {
            Part::Ahead(span) if batch != 0 && span.batch == batch => Some(span),
            _ => None,
        });
        let Some(rest) = waits else { return };
        rest.most = rest.most.saturating_sub(count);
        match hit {
            Some(true) => rest.guessed.0 += 1,
            Some(false) => rest.guessed.1 += 1,
            None if matches!(cell.span.texture, Texture::Sparse { .. }) => {
                let (from, to) = (std::mem::take(&mut rest.from), rest.to.take());
                let (most, is_old) = (rest.most, rest.is_old);
                *rest = Span { from, to, most, is_old, before: 0, ..learned.clone() };
            }
            None => {
                if !harvest.children.is_empty() {
                    rest.near.clone_from(&learned.near);
                    rest.steps = 0;
                }
            }
        }
    }
}
