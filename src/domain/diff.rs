//! What changed from one text to another, line by line, at a bounded price.
//!
//! Small differences are found exactly (Myers' greedy algorithm). Where there are too many, lines
//! that occur once on both sides anchor the rest (patience); where there are no such lines either,
//! a whole block is shown as replaced.

use std::collections::HashMap;
use std::ops::Range;

/// Differences looked for exactly, at most: time and memory grow with their square.
const DIFFERENCES: usize = 512;

/// Lines compared at most, after the common start and end; beyond, the block is replaced.
const LINES: usize = 200_000;

/// How deep anchors are looked for between anchors.
const DEPTH: usize = 8;

/// A line of a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DiffLine<'a> {
    /// In both.
    Same(&'a str),
    /// Only in the old text.
    Removed(&'a str),
    /// Only in the new text.
    Added(&'a str),
}

impl<'a> DiffLine<'a> {
    /// The line.
    pub fn text(self) -> &'a str {
        match self {
            DiffLine::Same(text) | DiffLine::Removed(text) | DiffLine::Added(text) => text,
        }
    }
}

/// The lines of a text as [`diff`] takes them. A final newline is an empty last line, so that a
/// difference in it shows.
pub fn lines(text: &str) -> Vec<&str> {
    text.split('\n').collect()
}

/// The way from `old` to `new`: every line of both, in order; what is removed stands before what is
/// added in its place.
pub fn diff<'a>(old: &[&'a str], new: &[&'a str]) -> Vec<DiffLine<'a>> {
    let (start, end) = common_ends(old, new);
    let (a, b) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    let mut out: Vec<_> = old[..start].iter().map(|line| DiffLine::Same(line)).collect();
    let mut matches = Vec::new();
    if !a.is_empty() && !b.is_empty() && a.len() + b.len() <= LINES {
        let mut ids = HashMap::new();
        let mut number = |line: &&'a str| {
            let next = ids.len() as u32;
            *ids.entry(*line).or_insert(next)
        };
        let a: Vec<u32> = a.iter().map(&mut number).collect();
        let b: Vec<u32> = b.iter().map(&mut number).collect();
        Sides { a: &a, b: &b }.find(0..a.len(), 0..b.len(), DEPTH, &mut matches);
    }
    let (mut i, mut j) = (0, 0);
    for (x, y) in matches.into_iter().chain([(a.len(), b.len())]) {
        out.extend(a[i..x].iter().map(|line| DiffLine::Removed(line)));
        out.extend(b[j..y].iter().map(|line| DiffLine::Added(line)));
        out.extend(a.get(x).map(|line| DiffLine::Same(line)));
        (i, j) = (x + 1, y + 1);
    }
    out.extend(old[old.len() - end..].iter().map(|line| DiffLine::Same(line)));
    out
}

/// How many elements two slices have in common at the start, and then at the end.
fn common_ends<T: PartialEq>(a: &[T], b: &[T]) -> (usize, usize) {
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    (start, end)
}

/// Both texts, each different line a number.
struct Sides<'a> {
    a: &'a [u32],
    b: &'a [u32],
}

impl Sides<'_> {
    /// Appends the pairs of lines that stay, in order.
    fn find(&self, a: Range<usize>, b: Range<usize>, depth: usize, out: &mut Vec<(usize, usize)>) {
        let (start, end) = common_ends(&self.a[a.clone()], &self.b[b.clone()]);
        out.extend((0..start).map(|i| (a.start + i, b.start + i)));
        let inner_a = a.start + start..a.end - end;
        let inner_b = b.start + start..b.end - end;
        if !inner_a.is_empty() && !inner_b.is_empty() {
            if let Some(pairs) = myers(&self.a[inner_a.clone()], &self.b[inner_b.clone()]) {
                out.extend(pairs.iter().map(|(x, y)| (inner_a.start + x, inner_b.start + y)));
            } else if depth > 0 {
                let (mut i, mut j) = (inner_a.start, inner_b.start);
                for (x, y) in self.anchors(inner_a.clone(), inner_b.clone()) {
                    self.find(i..x, j..y, depth - 1, out);
                    out.push((x, y));
                    (i, j) = (x + 1, y + 1);
                }
                // Without anchors this would be the same question again.
                if i > inner_a.start {
                    self.find(i..inner_a.end, j..inner_b.end, depth - 1, out);
                }
            }
        }
        out.extend((0..end).map(|i| (inner_a.end + i, inner_b.end + i)));
    }

    /// The longest run of lines in the same order among those that occur once on both sides.
    fn anchors(&self, a: Range<usize>, b: Range<usize>) -> Vec<(usize, usize)> {
        #[derive(Default)]
        struct Seen {
            in_a: usize,
            in_b: usize,
            at: usize,
        }
        let mut seen: HashMap<u32, Seen> = HashMap::new();
        for at in b {
            let seen = seen.entry(self.b[at]).or_default();
            seen.in_b += 1;
            seen.at = at;
        }
        for line in &self.a[a.clone()] {
            seen.entry(*line).or_default().in_a += 1;
        }
        let unique: Vec<(usize, usize)> = a
            .filter_map(|at| {
                let seen = seen.get(&self.a[at])?;
                (seen.in_a == 1 && seen.in_b == 1).then_some((at, seen.at))
            })
            .collect();
        longest_rising(&unique)
    }
}

/// The longest subsequence whose second numbers rise; the first ones rise already.
fn longest_rising(pairs: &[(usize, usize)]) -> Vec<(usize, usize)> {
    // `tops[n]`: the pair with the smallest end among rising runs of n + 1 pairs.
    let mut tops: Vec<usize> = Vec::new();
    let mut before: Vec<Option<usize>> = Vec::with_capacity(pairs.len());
    for (at, (_, y)) in pairs.iter().enumerate() {
        let length = tops.partition_point(|top| pairs[*top].1 < *y);
        before.push(length.checked_sub(1).map(|shorter| tops[shorter]));
        if length == tops.len() { tops.push(at) } else { tops[length] = at }
    }
    let mut out = Vec::with_capacity(tops.len());
    let mut next = tops.last().copied();
    while let Some(at) = next {
        out.push(pairs[at]);
        next = before[at];
    }
    out.reverse();
    out
}

/// The shortest difference, as the pairs that stay; `None` when it is longer than the limit.
fn myers(a: &[u32], b: &[u32]) -> Option<Vec<(usize, usize)>> {
    // Diagonal k holds the places (x, x - k). `reach[d + k]` of step d: how far x got on it; the
    // values of each step are kept to find the way back.
    let mut steps: Vec<Vec<usize>> = Vec::new();
    for d in 0..=DIFFERENCES.min(a.len() + b.len()) {
        let mut reach = vec![0; 2 * d + 1];
        for n in (0..=2 * d).step_by(2) {
            let (x, y) = from_step(&steps, d, n);
            let same = a.iter().skip(x).zip(b.iter().skip(y)).take_while(|(p, q)| p == q).count();
            reach[n] = x + same;
            if x + same >= a.len() && y + same >= b.len() {
                steps.push(reach);
                return Some(way_back(&steps, n, a.len()));
            }
        }
        steps.push(reach);
    }
    None
}

/// Where step `d` enters diagonal `n - d`: one line further than the better neighbor of the step
/// before.
fn from_step(steps: &[Vec<usize>], d: usize, n: usize) -> (usize, usize) {
    let Some(last) = d.checked_sub(1).and_then(|before| steps.get(before)) else { return (0, 0) };
    // In the step before, diagonal k - 1 has the index n - 2, and k + 1 the index n.
    let down = last.get(n).copied();
    let right = n.checked_sub(2).and_then(|at| last.get(at)).map(|x| x + 1);
    let x = right.max(down).unwrap_or_default();
    (x, x + d - n)
}

fn way_back(steps: &[Vec<usize>], mut n: usize, mut x: usize) -> Vec<(usize, usize)> {
    let mut pairs = Vec::new();
    for d in (0..steps.len()).rev() {
        let (enter, _) = from_step(steps, d, n);
        pairs.extend((enter..x).rev().map(|x| (x, x + d - n)));
        if d == 0 {
            break;
        }
        let last = &steps[d - 1];
        let right = n.checked_sub(2).and_then(|at| last.get(at)).is_some_and(|x| x + 1 == enter);
        let down = last.get(n).is_some_and(|x| *x == enter);
        if right && !down {
            n -= 2;
            x = enter - 1;
        } else {
            x = enter;
        }
    }
    pairs.reverse();
    pairs
}
