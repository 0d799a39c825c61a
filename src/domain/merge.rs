//! Three versions of a text in one: what only one side changed is joined, the rest is marked.
//!
//! Base, mine and theirs are laid side by side by the lines that both sides kept. Between those
//! lines at most one piece differs; where only one side changed it, or both in the same way, there
//! is nothing to ask. Changes that touch are asked about, though their lines may differ: whether
//! they belong together only a person knows.

use std::ops::Range;

use super::Revision;
use super::diff::{DiffLine, diff, lines};

/// What a merge came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Merged {
    /// Places that only mine changed.
    pub mine: usize,
    /// Places that only theirs changed.
    pub theirs: usize,
    /// Places that both changed in the same way.
    pub both: usize,
    /// Places that both changed, each in its own way: marked.
    pub conflicts: usize,
}

/// Who changed a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Nobody.
    Neither,
    /// Only mine.
    Mine,
    /// Only theirs.
    Theirs,
    /// Both, in the same way.
    Both,
    /// Both, each in its own way.
    Differently,
}

/// A piece of the three texts, as ranges of their lines. The pieces in order make up each text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// Who changed it.
    pub changed: Changed,
    /// Its lines in the base.
    pub base: Range<usize>,
    /// Its lines in mine.
    pub mine: Range<usize>,
    /// Its lines in theirs.
    pub theirs: Range<usize>,
}

/// Lays three texts, as [`lines`] gives them, side by side.
pub fn pieces(base: &[&str], mine: &[&str], theirs: &[&str]) -> Vec<Piece> {
    let (kept_mine, kept_theirs) = (kept(base, mine), kept(base, theirs));
    let mut out: Vec<Piece> = Vec::new();
    let (mut b, mut m, mut t) = (0, 0, 0);
    for at in 0..=base.len() {
        let end = at == base.len();
        let (x, y) = match (end, kept_mine.get(at), kept_theirs.get(at)) {
            (true, ..) => (mine.len(), theirs.len()),
            (false, Some(Some(x)), Some(Some(y))) => (*x, *y),
            // The line is gone or replaced on one side: it belongs to the piece that differs.
            _ => continue,
        };
        if b < at || m < x || t < y {
            let (base_piece, mine_piece) = (&base[b..at], &mine[m..x]);
            let theirs_piece = &theirs[t..y];
            let changed = if mine_piece == theirs_piece {
                if mine_piece == base_piece { Changed::Neither } else { Changed::Both }
            } else if mine_piece == base_piece {
                Changed::Theirs
            } else if theirs_piece == base_piece {
                Changed::Mine
            } else {
                Changed::Differently
            };
            out.push(Piece { changed, base: b..at, mine: m..x, theirs: t..y });
        }
        if end {
            break;
        }
        match out.last_mut() {
            Some(last) if last.changed == Changed::Neither => {
                (last.base.end, last.mine.end, last.theirs.end) = (at + 1, x + 1, y + 1);
            }
            _ => out.push(Piece {
                changed: Changed::Neither,
                base: at..at + 1,
                mine: x..x + 1,
                theirs: y..y + 1,
            }),
        }
        (b, m, t) = (at + 1, x + 1, y + 1);
    }
    out
}

/// For each line of the base, where it is in the other text, if it is still there.
fn kept(base: &[&str], other: &[&str]) -> Vec<Option<usize>> {
    let mut out = Vec::with_capacity(base.len());
    let mut at = 0;
    for line in diff(base, other) {
        match line {
            DiffLine::Same(_) => {
                out.push(Some(at));
                at += 1;
            }
            DiffLine::Removed(_) => out.push(None),
            DiffLine::Added(_) => at += 1,
        }
    }
    out
}

/// The lines that mark a difference. They carry the revisions, so that no line of a value is taken
/// for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marks {
    began: Revision,
    other: Revision,
    mine: String,
    base: String,
    theirs: String,
    end: String,
}

impl Marks {
    /// The marks for a draft that began at one revision and meets what was written at another.
    pub fn new(began: Revision, theirs: Revision) -> Marks {
        Marks {
            began,
            other: theirs,
            mine: format!("<<<<<<< mine, begun at revision {began}"),
            base: format!("||||||| base, revision {began}"),
            theirs: format!("======= theirs, revision {theirs}"),
            end: format!(">>>>>>> end of revision {theirs}"),
        }
    }

    /// The two revisions they were made for.
    pub fn revisions(&self) -> (Revision, Revision) {
        (self.began, self.other)
    }

    /// The three texts in one, and what had to be marked. Without a base (a key that did not exist)
    /// what mine and theirs share stands once and everything else between marks.
    pub fn merge(&self, base: Option<&str>, mine: &str, theirs: &str) -> (String, Merged) {
        let (mine, theirs) = (lines(mine), lines(theirs));
        let mut out: Vec<&str> = Vec::with_capacity(mine.len());
        let merged = match base {
            Some(base) => self.three(&lines(base), &mine, &theirs, &mut out),
            None => self.two(&mine, &theirs, &mut out),
        };
        (out.join("\n"), merged)
    }

    fn three<'a>(
        &'a self,
        base: &[&'a str],
        mine: &[&'a str],
        theirs: &[&'a str],
        out: &mut Vec<&'a str>,
    ) -> Merged {
        let mut merged = Merged::default();
        for piece in pieces(base, mine, theirs) {
            let (mine, theirs) = (&mine[piece.mine], &theirs[piece.theirs]);
            match piece.changed {
                Changed::Neither => out.extend(mine),
                Changed::Mine => {
                    merged.mine += 1;
                    out.extend(mine);
                }
                Changed::Theirs => {
                    merged.theirs += 1;
                    out.extend(theirs);
                }
                Changed::Both => {
                    merged.both += 1;
                    out.extend(mine);
                }
                Changed::Differently => {
                    merged.conflicts += 1;
                    self.mark(&base[piece.base], mine, theirs, out);
                }
            }
        }
        merged
    }

    /// Marks one difference. The lines that both begin or end with stand once, before and after it.
    fn mark<'a>(
        &'a self,
        base: &[&'a str],
        mine: &[&'a str],
        theirs: &[&'a str],
        out: &mut Vec<&'a str>,
    ) {
        let start = mine.iter().zip(theirs).take_while(|(x, y)| x == y).count();
        let (mine, theirs) = {
            out.extend(&mine[..start]);
            (&mine[start..], &theirs[start..])
        };
        let end = mine.iter().rev().zip(theirs.iter().rev()).take_while(|(x, y)| x == y).count();
        out.push(&self.mine);
        out.extend(&mine[..mine.len() - end]);
        if !base.is_empty() {
            out.push(&self.base);
            out.extend(base);
        }
        out.push(&self.theirs);
        out.extend(&theirs[..theirs.len() - end]);
        out.push(&self.end);
        out.extend(&mine[mine.len() - end..]);
    }

    fn two<'a>(&'a self, mine: &[&'a str], theirs: &[&'a str], out: &mut Vec<&'a str>) -> Merged {
        let mut merged = Merged::default();
        let (mut removed, mut added) = (Vec::new(), Vec::new());
        let mut close = |removed: &mut Vec<&'a str>, added: &mut Vec<&'a str>, out: &mut Vec<_>| {
            if !(removed.is_empty() && added.is_empty()) {
                merged.conflicts += 1;
                self.mark(&[], removed, added, out);
                removed.clear();
                added.clear();
            }
        };
        for line in diff(mine, theirs) {
            match line {
                DiffLine::Same(text) => {
                    close(&mut removed, &mut added, out);
                    out.push(text);
                }
                DiffLine::Removed(text) => removed.push(text),
                DiffLine::Added(text) => added.push(text),
            }
        }
        close(&mut removed, &mut added, out);
        merged
    }

    /// The number, from 1, of the first line that is a mark.
    pub fn find<S: AsRef<str>>(&self, lines: &[S]) -> Option<usize> {
        let marks = [&self.mine, &self.base, &self.theirs, &self.end];
        let at = lines.iter().position(|line| marks.iter().any(|mark| *mark == line.as_ref()))?;
        Some(at + 1)
    }
}
