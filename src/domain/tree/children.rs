//! The children of one directory: which there are, in the order of their names, and the names.
//!
//! A level may hold a million children, so a child is a number of four bytes here, and all names of
//! the level lie in one piece of memory, one after the other in the order they came. What stands
//! behind a number, and where its name lies, is known to [`super::nodes`].

/// So many children are in one piece of the order: what is moved when one comes or goes.
const PIECE: usize = 256;

/// Names of children that are gone are cleared away from this many bytes on.
const WASTE: usize = 4096;

/// The order of the children, and their names.
#[derive(Clone, Debug, Default)]
pub(super) struct Children {
    /// Slots of nodes, in the order of their names. No piece is empty.
    pieces: Vec<Vec<u32>>,
    len: usize,
    names: Vec<u8>,
    /// How many bytes of `names` belong to nobody any more.
    wasted: usize,
}

/// Where a name lies among those of its level.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NameAt {
    at: u32,
    len: u32,
}

/// A place in the order: before the child that stands there, if any.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Place {
    piece: usize,
    at: usize,
}

impl Children {
    pub(super) fn len(&self) -> usize {
        self.len
    }

    pub(super) fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes of a name.
    pub(super) fn name(&self, name: NameAt) -> &[u8] {
        let at = name.at as usize;
        self.names.get(at..at + name.len as usize).unwrap_or_default()
    }

    /// The place behind all children that are `before`.
    pub(super) fn seek(&self, before: impl Fn(u32) -> bool) -> Place {
        let begins_before = |piece: &Vec<u32>| piece.first().is_some_and(|child| before(*child));
        let behind = self.pieces.partition_point(begins_before);
        let Some(piece) = behind.checked_sub(1) else { return Place::default() };
        let children = &self.pieces[piece];
        let at = children.partition_point(|child| before(*child));
        if at == children.len() && behind < self.pieces.len() {
            return Place { piece: behind, at: 0 };
        }
        Place { piece, at }
    }

    /// The child at a place.
    pub(super) fn at(&self, place: Place) -> Option<u32> {
        self.pieces.get(place.piece)?.get(place.at).copied()
    }

    /// The children from a place on.
    pub(super) fn from(&self, place: Place) -> impl Iterator<Item = u32> + '_ {
        let mut pieces = self.pieces.get(place.piece..).unwrap_or_default().iter();
        let first = pieces.next().and_then(|piece| piece.get(place.at..)).unwrap_or_default();
        first.iter().chain(pieces.flatten()).copied()
    }

    /// All children, from either end.
    pub(super) fn iter(&self) -> impl DoubleEndedIterator<Item = u32> + '_ {
        self.pieces.iter().flatten().copied()
    }

    /// Puts a child of this name in a place. Says where its name lies.
    pub(super) fn insert(&mut self, place: Place, child: u32, name: &[u8]) -> NameAt {
        let Place { mut piece, mut at } = place;
        if self.pieces.get(piece).is_some_and(|full| full.len() >= PIECE) {
            // Children that come in order leave full pieces behind, others halves.
            let keep = if at == PIECE { PIECE } else { PIECE / 2 };
            let rest = self.pieces[piece].split_off(keep);
            self.pieces.insert(piece + 1, rest);
            if at >= keep {
                (piece, at) = (piece + 1, at - keep);
            }
        }
        if self.pieces.is_empty() {
            self.pieces.push(Vec::new());
        }
        self.pieces[piece].insert(at, child);
        self.len += 1;
        self.add_name(name)
    }

    /// Takes the child at a place out, and its name.
    pub(super) fn remove(&mut self, place: Place, name: NameAt) {
        let Some(children) = self.pieces.get_mut(place.piece) else { return };
        if place.at >= children.len() {
            return;
        }
        children.remove(place.at);
        self.len -= 1;
        self.wasted += name.len as usize;
        if children.is_empty() {
            self.pieces.remove(place.piece);
            return;
        }
        // With little in it, it is joined with the one behind it or before it.
        let len = |at: usize| self.pieces.get(at).map_or(PIECE, Vec::len);
        let joined = |at: &usize| len(*at) + len(at + 1) <= PIECE / 2;
        let at = [Some(place.piece), place.piece.checked_sub(1)].into_iter().flatten().find(joined);
        if let Some(at) = at {
            let next = self.pieces.remove(at + 1);
            self.pieces[at].extend(next);
        }
    }

    /// The memory it takes, in bytes.
    pub(super) fn memory(&self) -> usize {
        let pieces = self.pieces.iter().map(|piece| piece.capacity() * size_of::<u32>());
        let order = self.pieces.capacity() * size_of::<Vec<u32>>() + pieces.sum::<usize>();
        order + self.names.capacity()
    }

    /// Whether most of the memory of the names is wasted: then all are to be [added](Children::add_name)
    /// again after [`clear_names`](Children::clear_names).
    pub(super) fn is_wasteful(&self) -> bool {
        self.wasted >= WASTE && self.wasted > self.names.len() / 2
    }

    /// Takes the names out.
    pub(super) fn clear_names(&mut self) -> Children {
        let names = std::mem::take(&mut self.names);
        self.names.reserve(names.len().saturating_sub(self.wasted));
        self.wasted = 0;
        Children { names, ..Children::default() }
    }

    /// Adds a name. Says where it lies.
    pub(super) fn add_name(&mut self, name: &[u8]) -> NameAt {
        // 4 GiB of names in one level would be more than etcd holds keys.
        let at = NameAt { at: self.names.len() as u32, len: name.len() as u32 };
        self.names.extend_from_slice(name);
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Children that are named by their number, so that the order is that of the numbers.
    fn insert(children: &mut Children, child: u32) {
        let place = children.seek(|known| known < child);
        let name = children.insert(place, child, &child.to_be_bytes());
        assert_eq!(children.name(name), child.to_be_bytes());
    }

    fn remove(children: &mut Children, child: u32) {
        let place = children.seek(|known| known < child);
        assert_eq!(children.at(place), Some(child));
        children.remove(place, NameAt { at: 0, len: 4 });
    }

    fn check(children: &Children, expected: &[u32]) {
        assert_eq!(children.iter().collect::<Vec<_>>(), expected);
        assert_eq!(children.len(), expected.len());
        assert!(children.pieces.iter().all(|piece| (1..=PIECE).contains(&piece.len())));
        for wanted in [0, 1, 700, 1400, 5000] {
            let found: Vec<u32> = children.from(children.seek(|child| child < wanted)).collect();
            let from = expected.partition_point(|child| *child < wanted);
            assert_eq!(found, &expected[from..], "from {wanted}");
        }
    }

    #[test]
    fn children_come_and_go_in_any_order_and_stay_sorted() {
        let mut children = Children::default();
        check(&children, &[]);
        for child in (0..2000).step_by(2) {
            insert(&mut children, child);
        }
        assert_eq!(children.pieces.len(), 4, "what comes in order fills the pieces");
        // 7919 is a prime, so every odd number comes once.
        for at in 0..1000 {
            insert(&mut children, at * 7919 % 1000 * 2 + 1);
        }
        check(&children, &(0..2000).collect::<Vec<_>>());
        for child in (0..2000).filter(|child| child % 50 != 7) {
            remove(&mut children, child);
        }
        check(&children, &(0..40).map(|at| at * 50 + 7).collect::<Vec<_>>());
        assert!(children.pieces.len() < 5, "pieces with little in them are joined");
        assert!(children.is_wasteful());
        for at in 0..40 {
            remove(&mut children, at * 50 + 7);
        }
        check(&children, &[]);
    }
}
