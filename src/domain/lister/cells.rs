//! Cutting a stretch of keys into cells, each of which is to hold a child or a page of them.
//!
//! A cut stands between two bytes at some depth of the names, below a stem that is known. The bytes
//! that are probable there are those of the classes (digits, small letters, capitals) seen in a name
//! from there; all others share the cells between them. No cut is ever inside a directory.

use crate::domain::tree::child_of;

/// The keys from `from` up to `to` (none: to the end of the prefix), as seen from below a prefix.
#[derive(Clone, Copy)]
pub(super) struct Stretch<'a> {
    pub(super) prefix: &'a [u8],
    pub(super) delimiter: &'a [u8],
    /// After the prefix.
    pub(super) from: &'a [u8],
    /// After the prefix.
    pub(super) to: Option<&'a [u8]>,
}

impl Stretch<'_> {
    /// The depth at which its names differ first: below it there is only one stem.
    pub(super) fn depth(&self) -> usize {
        let Some(to) = self.to else { return 0 };
        let same = common(self.from, to);
        match (self.from.get(same), to.get(same)) {
            // Nothing is between neighbors, so they differ one deeper.
            (Some(from), Some(to)) if *to == from + 1 && same + 1 < self.from.len() => same + 1,
            _ => same,
        }
    }

    /// Cuts at every depth from the deepest up to `depth`: for each, where its stem ends. A few
    /// answers tell then where the keys are.
    pub(super) fn spine(&self, depth: usize) -> Vec<Vec<u8>> {
        let stems = (depth..self.from.len()).rev().map(|at| end_of(&self.from[..at]));
        self.inside(stems.flatten())
    }

    /// Cuts at the bytes of `symbols` after those of `from`, at `depth` and the one below it.
    pub(super) fn singles(&self, depth: usize, symbols: &[u8]) -> Vec<Vec<u8>> {
        let mut cuts = Vec::new();
        for at in (depth..self.from.len().min(depth + 2)).rev() {
            let stem = &self.from[..at];
            let later = symbols.iter().filter(|symbol| **symbol > self.from[at]);
            cuts.extend(later.map(|symbol| [stem, &[*symbol]].concat()));
            cuts.extend(end_of(stem));
        }
        self.inside(cuts.into_iter())
    }

    /// Cuts at all depths from the deepest up to `depth`, at most about `most`: at the bytes of
    /// `symbols` where there is room for that, the shallow ones first, else where the stem ends.
    pub(super) fn behind(&self, depth: usize, symbols: &[u8], most: usize) -> Vec<Vec<u8>> {
        let depths = self.from.len().saturating_sub(depth);
        let deepest = self.from.len().min(depth + most);
        let room = most.saturating_sub(depths) / (symbols.len() + 1);
        let mut cuts = Vec::new();
        for at in (depth..deepest).rev() {
            let stem = &self.from[..at];
            if at < depth + room.max(1) {
                let later = symbols.iter().filter(|symbol| **symbol > self.from[at]);
                cuts.extend(later.map(|symbol| [stem, &[*symbol]].concat()));
            }
            cuts.extend(end_of(stem));
        }
        self.inside(cuts.into_iter())
    }

    /// The same before the end of the stretch: at the bytes of the name it ends before, the deepest
    /// first.
    pub(super) fn before(&self, depth: usize, symbols: &[u8], most: usize) -> Vec<Vec<u8>> {
        let to = self.to.unwrap_or_default();
        let deepest = to.len().min(depth + most);
        let room = most.saturating_sub(deepest.saturating_sub(depth)) / (symbols.len() + 1);
        let mut cuts = Vec::new();
        for at in depth..deepest {
            let stem = &to[..at];
            cuts.push(stem.to_vec());
            if at + room.max(1) >= deepest {
                let earlier = symbols.iter().filter(|symbol| **symbol < to[at]);
                cuts.extend(earlier.map(|symbol| [stem, &[*symbol]].concat()));
            }
        }
        self.inside(cuts.into_iter())
    }

    /// Cuts that make `cells` cells of the names from `depth` on, as alike as the symbols are frequent.
    pub(super) fn even(&self, depth: usize, symbols: &[u8], cells: usize) -> Vec<Vec<u8>> {
        /// So many bytes from `depth` on count: 62 symbols fit 20 times into the number.
        const DIGITS: usize = 20;
        let base = symbols.len() as u128;
        if base < 2 {
            return Vec::new();
        }
        // Names as numbers, of which each symbol is a digit.
        let digit = |byte: u8| symbols.partition_point(|symbol| *symbol < byte) as u128;
        let number = |name: &[u8]| {
            let bytes =
                name.iter().skip(depth).map(|byte| Some(*byte)).chain(std::iter::repeat(None));
            bytes.take(DIGITS).fold(0, |sum, byte| sum * base + byte.map_or(0, digit).min(base - 1))
        };
        let first = number(self.from);
        let stem = &self.from[..depth.min(self.from.len())];
        let last = match self.to {
            Some(to) if to.starts_with(stem) => number(to),
            _ => base.pow(DIGITS as u32),
        };
        let step = last.saturating_sub(first) / cells.max(1) as u128;
        if step == 0 {
            return Vec::new();
        }
        // No finer than needed to tell the cells apart.
        let mut unit = 1;
        while unit * base <= step {
            unit *= base;
        }
        let mut cuts: Vec<Vec<u8>> = Vec::new();
        for at in 1..cells as u128 {
            let mut left = first + step * at;
            left -= left % unit;
            let mut name = stem.to_vec();
            let mut place = base.pow(DIGITS as u32 - 1);
            while left > 0 && place > 0 {
                name.push(symbols[(left / place) as usize]);
                left %= place;
                place /= base;
            }
            cuts.push(name);
        }
        // What lies behind the last symbol is a cell of its own.
        let beyond = symbols.last().map(|last| [stem, &[last.saturating_add(1)]].concat());
        cuts.extend(beyond);
        cuts.sort_unstable();
        cuts.dedup();
        self.inside(cuts.into_iter())
    }

    /// Those cuts that lie inside, in order, without those inside a directory.
    fn inside(&self, cuts: impl Iterator<Item = Vec<u8>>) -> Vec<Vec<u8>> {
        let mut kept: Vec<Vec<u8>> = Vec::new();
        for cut in cuts {
            let after = kept.last().map_or(self.from, |last| last.as_slice());
            let key = [self.prefix, &cut].concat();
            let child = child_of(self.prefix, &key, self.delimiter);
            let splits = child.is_dir && child.name_len < cut.len();
            if !splits && cut.as_slice() > after && self.to.is_none_or(|to| cut.as_slice() < to) {
                kept.push(cut);
            }
        }
        kept
    }
}

/// The bytes of the classes of which a name has some from `depth` on, without those that begin the
/// delimiter. Of small letters no more than hexadecimal needs, where the name has no others.
pub(super) fn symbols(name: &[u8], depth: usize, delimiter: &[u8]) -> Vec<u8> {
    let name = name.strip_suffix(delimiter).unwrap_or(name);
    let seen = name.get(depth..).unwrap_or_default();
    let any = |range: std::ops::RangeInclusive<u8>| seen.iter().any(|byte| range.contains(byte));
    let mut symbols: Vec<u8> = Vec::new();
    let (digits, small) = (any(b'0'..=b'9'), any(b'a'..=b'z'));
    if digits {
        symbols.extend(b'0'..=b'9');
    }
    if any(b'A'..=b'Z') {
        symbols.extend(b'A'..=b'Z');
    }
    if small {
        let is_hexadecimal = digits && seen.len() >= 5 && !any(b'g'..=b'z');
        let last = if is_hexadecimal { b'f' } else { b'z' };
        symbols.extend(b'a'..=last);
    }
    if symbols.is_empty() {
        // Any bytes.
        symbols.extend((0..=0xf0).step_by(16));
    }
    symbols.retain(|symbol| delimiter.first() != Some(symbol));
    symbols
}

/// How many bytes two names have in common at the start.
pub(super) fn common(a: &[u8], b: &[u8]) -> usize {
    a.iter().zip(b).take_while(|(a, b)| a == b).count()
}

/// The first name after all that begin with this stem; none where that is no name.
fn end_of(stem: &[u8]) -> Option<Vec<u8>> {
    let last = stem.iter().rposition(|byte| *byte != 0xff)?;
    let mut end = stem[..=last].to_vec();
    end[last] += 1;
    Some(end)
}
