//! What of a level is not listed yet: its gaps, each with who lists it, and what is being done.

use crate::domain::lister::{Ask, Lister, Tail};
use crate::domain::tree::ListedChild;
use crate::domain::txn::RangeResponse;
use crate::domain::{Key, Revision};

/// How many intervals are asked for in one request: etcd takes 128 operations at once, unless it is told
/// otherwise.
pub(super) const ASKS: usize = 96;
/// How many children are listed at once at the lower edge of a gap, and how many keys that may read.
const BEFORE: (i64, i64) = (100, 1000);

/// A level that is being listed, or waits to be listed on.
pub(super) struct Listing {
    prefix: Key,
    delimiter: Vec<u8>,
    /// What is not listed, in order.
    gaps: Vec<Gap>,
    /// All pages of one run are read at one revision; none before its first answer.
    pub(super) revision: Revision,
    run: Option<Run>,
    /// It is to be asked on as soon as the server may be asked.
    pub(super) is_due: bool,
}

/// A stretch of names that is not listed.
struct Gap {
    from: Vec<u8>,
    /// None: to the end.
    to: Option<Vec<u8>>,
    lister: Lister,
}

/// What is being done.
enum Run {
    /// The gap with this number is listed on from its front, for so many children more.
    On(usize, usize),
    /// Where the last children of that gap begin is looked for.
    Search(usize, Tail),
}

/// What an answer brought.
pub(super) struct Page {
    pub(super) children: Vec<ListedChild>,
    pub(super) from: Vec<u8>,
    pub(super) to: Option<Vec<u8>>,
    /// Keys left in the level, where that is known from this very answer.
    pub(super) left: Option<i64>,
}

/// Where a gap is listed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Edge {
    /// After what is listed before it.
    Front,
    /// Before what is listed behind it; at the end of the level where that is nothing.
    Back,
}

impl Listing {
    /// Nothing listed yet. One lister for each range that may be read, with the name it begins at.
    pub(super) fn new(
        prefix: Key,
        delimiter: &[u8],
        listers: impl IntoIterator<Item = (Vec<u8>, Lister)>,
    ) -> Listing {
        let mut gaps: Vec<Gap> = Vec::new();
        for (from, lister) in listers {
            // What lies between two of them cannot be read, so it is as good as listed.
            if let Some(before) = gaps.last_mut() {
                before.to = Some(from.clone());
            }
            let from = if gaps.is_empty() { Vec::new() } else { from };
            gaps.push(Gap { from, to: None, lister });
        }
        let (delimiter, revision) = (delimiter.to_vec(), Revision::NONE);
        Listing { prefix, delimiter, gaps, revision, run: None, is_due: false }
    }

    /// Whether there is nothing to list.
    pub(super) fn is_complete(&self) -> bool {
        self.gaps.is_empty()
    }

    /// Whether it is being listed, or waits for its turn.
    pub(super) fn is_running(&self) -> bool {
        self.run.is_some()
    }

    /// Whether anything of it was listed.
    pub(super) fn has_begun(&self) -> bool {
        self.gaps.iter().any(|gap| gap.lister.total().is_some())
    }

    /// Whether the end is listed, or being looked for.
    pub(super) fn has_end(&self) -> bool {
        let is_last = |gap: usize| gap + 1 == self.gaps.len();
        match &self.run {
            Some(Run::Search(gap, _)) if is_last(*gap) => true,
            Some(Run::On(gap, usize::MAX)) if is_last(*gap) => true,
            _ => self.gaps.last().is_none_or(|gap| gap.to.is_some()),
        }
    }

    /// Whether the end is being looked for or listed.
    pub(super) fn seeks_end(&self) -> bool {
        self.is_running()
            && self.has_end()
            && match &self.run {
                Some(Run::Search(gap, _) | Run::On(gap, _)) => gap + 1 == self.gaps.len(),
                None => false,
            }
    }

    /// Lists on, for so many children, in the gap that begins at this name or behind it; in the first
    /// one where that is none. At a revision of its own, unless it is the first run.
    pub(super) fn list_on(&mut self, from: &[u8], edge: Edge, children: usize, revision: Revision) {
        let at = self.gaps.iter().position(|gap| gap.to.as_deref().is_none_or(|to| to > from));
        let Some(at) = at else { return };
        self.begin(revision);
        // What can be read at once needs no search.
        let left = self.gaps[at].lister.left();
        if edge == Edge::Front || left.is_some_and(|left| left <= BEFORE.1) {
            self.run_on(at, children);
        } else {
            self.search(at, children as i64);
        }
    }

    /// Lists the end of the level.
    pub(super) fn list_end(&mut self, children: usize, revision: Revision) {
        let Some(last) = self.gaps.len().checked_sub(1) else { return };
        self.begin(revision);
        if self.gaps[last].lister.left().is_some_and(|left| left <= BEFORE.1) {
            self.run_on(last, usize::MAX);
        } else {
            self.search(last, children as i64);
        }
    }

    /// Lists on from this name, wherever it lies in a gap. Says whether it does.
    pub(super) fn list_from(&mut self, name: &[u8], children: usize, revision: Revision) -> bool {
        let inside = |gap: &Gap| *gap.from <= *name && gap.to.as_deref().is_none_or(|to| name < to);
        let Some(at) = self.gaps.iter().position(inside) else { return false };
        self.begin(revision);
        let gap = &mut self.gaps[at];
        let far = gap.lister.left().is_none_or(|left| left > 2 * BEFORE.1);
        if far && gap.from.as_slice() < name {
            let lister = gap.lister.split_off(name);
            let behind = Gap { from: name.to_vec(), to: gap.to.take(), lister };
            gap.to = Some(name.to_vec());
            self.gaps.insert(at + 1, behind);
            self.run_on(at + 1, children);
        } else {
            self.run_on(at, children);
        }
        true
    }

    /// Nothing is asked any more; the next run asks again what was not answered.
    pub(super) fn stop(&mut self) {
        self.run = None;
        self.is_due = false;
        self.ask_again();
    }

    fn begin(&mut self, revision: Revision) {
        let goes_on = self.has_begun();
        self.stop();
        if goes_on {
            self.gaps.iter_mut().for_each(|gap| gap.lister.go_on());
        }
        self.revision = revision;
    }

    fn run_on(&mut self, gap: usize, children: usize) {
        self.gaps[gap].lister.want(children);
        self.run = Some(Run::On(gap, children));
    }

    fn search(&mut self, at: usize, children: i64) {
        let gap = &self.gaps[at];
        let near = gap.lister.near().filter(|_| gap.to.is_none()).unwrap_or_default();
        let bounds = (gap.from.clone(), gap.to.clone());
        let wanted = (children.clamp(1, BEFORE.0), BEFORE.1);
        let tail = Tail::new(self.prefix.clone(), &self.delimiter, bounds, &near, wanted);
        self.run = Some(Run::Search(at, tail));
    }

    /// What to ask now, all in one request and so many at most; empty when the run is over.
    pub(super) fn asks(&mut self, most: usize) -> Vec<Ask> {
        match &mut self.run {
            Some(Run::On(gap, _)) => match self.gaps.get_mut(*gap) {
                Some(gap) => std::iter::from_fn(|| gap.lister.next()).take(most).collect(),
                None => Vec::new(),
            },
            Some(Run::Search(_, tail)) => tail.asks().into_iter().take(most).collect(),
            None => Vec::new(),
        }
    }

    /// What was asked last is not answered, and is to be asked again.
    pub(super) fn ask_again(&mut self) {
        self.gaps.iter_mut().for_each(|gap| gap.lister.give_up());
    }

    /// Takes in the answers to these, in their order. Answers with what they bring for the tree.
    pub(super) fn feed(&mut self, answers: &[RangeResponse]) -> Option<Page> {
        match self.run.take()? {
            Run::On(at, wanted) => {
                let gap = self.gaps.get_mut(at)?;
                let is_first = gap.lister.total().is_none();
                for page in answers {
                    gap.lister.feed(&page.entries, page.count, page.more);
                }
                let children = gap.lister.take_children();
                let reached = gap.lister.reached().map(<[u8]>::to_vec);
                let from = gap.from.clone();
                let left = gap.lister.left().filter(|_| is_first && self.gaps.len() == 1);
                let wanted = match wanted {
                    usize::MAX => wanted,
                    _ => wanted.saturating_sub(children.len()),
                };
                let to = if let Some(reached) = reached {
                    let gap = &mut self.gaps[at];
                    gap.from.clone_from(&reached);
                    if wanted > 0 {
                        self.run_on(at, wanted);
                    }
                    Some(reached)
                } else {
                    let to = self.gaps.remove(at).to;
                    if wanted > 0 && at < self.gaps.len() && self.gaps[at].lister.total().is_none()
                    {
                        // The next range that may be read.
                        self.run_on(at, wanted);
                    }
                    to
                };
                Some(Page { children, from, to, left })
            }
            Run::Search(at, mut tail) => {
                for page in answers {
                    tail.feed(&page.entries, page.count);
                }
                match tail.start().map(<[u8]>::to_vec) {
                    None => self.run = Some(Run::Search(at, tail)),
                    Some(start) => self.list_back(at, start),
                }
                None
            }
        }
    }

    /// The last children of a gap begin here: lists them, all.
    fn list_back(&mut self, at: usize, start: Vec<u8>) {
        let Some(gap) = self.gaps.get_mut(at) else { return };
        if start <= gap.from {
            return self.run_on(at, usize::MAX);
        }
        let behind = gap.lister.split_off(&start);
        // Read anew: how many there are is known to be little.
        let lister = behind.afresh();
        let to = gap.to.replace(start.clone());
        self.gaps.insert(at + 1, Gap { from: start, to, lister });
        self.run_on(at + 1, usize::MAX);
    }
}
