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
    let mut done = Lines { base: 0, mine: 0, theirs: 0 };
    for at in 0..=base.len() {
        let found = if at == base.len() {
            Some((mine.len(), theirs.len()))
        } else {
            kept_mine[at].zip(kept_theirs[at])
        };
        // A line that is gone or replaced on one side belongs to the piece that differs.
        let Some((in_mine, in_theirs)) = found else { continue };
        let here = Lines { base: at, mine: in_mine, theirs: in_theirs };
        if here != done {
            let piece = done.to(here);
            let sides = (&base[piece.base.clone()], &mine[piece.mine.clone()]);
            let changed = who(sides.0, sides.1, &theirs[piece.theirs.clone()]);
            out.push(Piece { changed, ..piece });
        }
        if at == base.len() {
            break;
        }
        let next = Lines { base: at + 1, mine: in_mine + 1, theirs: in_theirs + 1 };
        match out.last_mut() {
            Some(last) if last.changed == Changed::Neither => {
                (last.base.end, last.mine.end, last.theirs.end) =
                    (next.base, next.mine, next.theirs);
            }
            _ => out.push(here.to(next)),
        }
        done = next;
    }
    out
}

/// A place in each of the three texts.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Lines {
    base: usize,
    mine: usize,
    theirs: usize,
}

impl Lines {
    fn to(self, end: Lines) -> Piece {
        Piece {
            changed: Changed::Neither,
            base: self.base..end.base,
            mine: self.mine..end.mine,
            theirs: self.theirs..end.theirs,
        }
    }
}

fn who(base: &[&str], mine: &[&str], theirs: &[&str]) -> Changed {
    match (base == mine, base == theirs, mine == theirs) {
        (true, true, _) => Changed::Neither,
        (false, true, _) => Changed::Mine,
        (true, false, _) => Changed::Theirs,
        (false, false, true) => Changed::Both,
        (false, false, false) => Changed::Differently,
    }
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
