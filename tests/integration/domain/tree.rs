//! The tree against a store that goes on while it is listed: in the end it shows what is there.

use std::collections::{BTreeSet, VecDeque};
use std::time::Instant;

use etcdeck::domain::tree::{Level, ListedChild, NodeId, NodeKind, RowKind, Tree};
use etcdeck::domain::{Event, Key, Revision};
use proptest::prelude::*;

use super::model::{Model, key};

/// The moment of all events: the tree only keeps it.
fn moment() -> Instant {
    tokio::time::Instant::now().into_std()
}

/// One thing that happens to the tree or to the store below it.
#[derive(Clone, Debug)]
enum Step {
    /// Keys are written, in one transaction.
    Put(BTreeSet<Key>),
    /// So many keys from the n-th on are deleted, in one transaction.
    Delete(usize, usize),
    /// Events reach the tree late: this many now.
    Deliver(usize),
    /// A level is read: the answer is taken now, and brought later.
    List(usize),
    /// A directory is counted.
    Count(usize),
    /// The oldest answer arrives: a page of this many children, the rest of it later.
    Answer(usize),
    Toggle(usize),
    Filter(Option<String>),
    Gap,
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => prop::collection::btree_set(key(), 1..4).prop_map(Step::Put),
        6 => (0..60_usize, 1..6_usize).prop_map(|(from, many)| Step::Delete(from, many)),
        6 => (1..8_usize).prop_map(Step::Deliver),
        4 => (0..8_usize).prop_map(Step::List),
        2 => (0..8_usize).prop_map(Step::Count),
        6 => (1..6_usize).prop_map(Step::Answer),
        2 => (0..8_usize).prop_map(Step::Toggle),
        1 => prop::option::of("[a-b1]{1,2}").prop_map(Step::Filter),
        1 => Just(Step::Gap),
    ]
}

/// What was read of the store, on its way.
enum Answer {
    /// What is left of a level to be brought: the children with names from the first one up to the
    /// second.
    Page {
        dir: NodeId,
        children: VecDeque<ListedChild>,
        names: (Vec<u8>, Option<Vec<u8>>),
        revision: Revision,
    },
    Count {
        dir: NodeId,
        count: i64,
        revision: Revision,
    },
}

/// A tree, the store it shows, and what is under way between them.
struct World {
    store: Model,
    tree: Tree,
    events: VecDeque<Event>,
    answers: VecDeque<Answer>,
}

impl World {
    fn new(keys: Vec<Key>, root: &str) -> World {
        let tree = Tree::new(Key::from(root), b"/".to_vec());
        World { store: Model::of(keys), tree, events: VecDeque::new(), answers: VecDeque::new() }
    }

    /// The n-th directory, so that a number can choose one.
    fn dir(&self, n: usize) -> NodeId {
        let dirs: Vec<NodeId> = self.tree.dirs().map(|(id, _)| id).collect();
        dirs[n % dirs.len()]
    }

    fn list(&mut self, dir: NodeId) {
        if self.tree.dir(dir).is_none_or(|dir| dir.level == Level::Loading) {
            return;
        }
        let prefix = self.tree.full_key(dir);
        let mut children = self.store.children(prefix.as_bytes(), b"/");
        // Some counts come with a listing, some do not.
        for child in children.iter_mut().filter(|child| child.name.len() % 2 == 0) {
            child.count = None;
        }
        // A newer listing of a level takes the place of the older one.
        self.answers.retain(|answer| !matches!(answer, Answer::Page { dir: d, .. } if *d == dir));
        self.tree.begin_loading(dir);
        let (children, revision) = (children.into(), self.store.revision);
        let names = (Vec::new(), None);
        self.answers.push_back(Answer::Page { dir, children, names, revision });
    }

    fn count(&mut self, dir: NodeId) {
        let prefix = self.tree.full_key(dir);
        let below = self.store.keys.keys().filter(|key| key.starts_with(prefix.as_bytes()));
        let (count, revision) = (below.count() as i64, self.store.revision);
        self.answers.push_back(Answer::Count { dir, count, revision });
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::Put(keys) => {
                let mut keys = keys.iter();
                let first = keys.next().map(|key| self.store.put(key.as_bytes()));
                self.events.extend(first);
                let others = keys.map(|key| self.store.put_too(key.as_bytes()));
                self.events.extend(others);
            }
            Step::Delete(from, many) => self.events.extend(self.store.delete(from, many)),
            Step::Deliver(n) => self.deliver(n),
            Step::List(n) => self.list(self.dir(n)),
            Step::Count(n) => self.count(self.dir(n)),
            Step::Answer(n) => self.answer(n),
            Step::Toggle(n) => self.tree.toggle(self.dir(n)),
            Step::Filter(text) => self.tree.set_filter(text),
            Step::Gap => {
                self.events.clear();
                self.answers.clear();
                self.tree.stale_all();
                self.tree.follow_from(self.store.revision);
                let loading: Vec<NodeId> = self
                    .tree
                    .dirs()
                    .filter(|(_, dir)| dir.level == Level::Loading)
                    .map(|(id, _)| id)
                    .collect();
                for id in loading {
                    self.tree.fail(id, "lost".to_owned());
                }
            }
        }
    }

    fn deliver(&mut self, n: usize) {
        for _ in 0..n {
            let Some(event) = self.events.pop_front() else { return };
            let applied = self.tree.apply(&event, moment());
            for dir in applied.recount {
                self.count(dir);
            }
        }
    }

    fn answer(&mut self, n: usize) {
        let applied = match self.answers.pop_front() {
            None => return,
            Some(Answer::Count { dir, count, revision }) => {
                self.tree.set_count(dir, count, revision)
            }
            Some(Answer::Page { dir, mut children, names: (from, to), revision }) => {
                let many = n.min(children.len());
                let at_end = n % 2 == 1;
                let cut = if at_end { children.len() - many } else { many };
                let tail = children.split_off(cut);
                let (mut page, rest) = if at_end { (tail, children) } else { (children, tail) };
                let complete = rest.is_empty();
                let (names, left) = match (page.front(), rest.front()) {
                    (Some(first), Some(_)) if at_end => {
                        let first = first.name.clone();
                        ((first.clone(), to), (from, Some(first)))
                    }
                    (_, Some(next)) => ((from, Some(next.name.clone())), (next.name.clone(), to)),
                    (_, None) => ((from, to), (Vec::new(), None)),
                };
                let bounds = (names.0.as_slice(), names.1.as_deref());
                let page = page.make_contiguous();
                let applied = self.tree.insert_page(dir, bounds, page, revision, complete);
                if !complete {
                    let known: Option<i64> =
                        rest.iter().map(|c| if c.is_dir { c.count } else { Some(1) }).sum();
                    let (children, names) = (rest, left);
                    if let Some(known) = known {
                        let names = (names.0.as_slice(), names.1.as_deref());
                        self.tree.set_left(dir, names, known, revision);
                    }
                    self.answers.push_back(Answer::Page { dir, children, names, revision });
                }
                applied
            }
        };
        for dir in applied.recount {
            self.count(dir);
        }
    }

    /// Everything under way arrives.
    fn settle(&mut self) {
        while !self.events.is_empty() || !self.answers.is_empty() {
            self.deliver(usize::MAX);
            self.answer(3);
        }
    }

    /// Every level that says it is ready holds what the store holds.
    fn check(&mut self) -> Result<(), TestCaseError> {
        for (id, dir) in self.tree.dirs() {
            let prefix = self.tree.full_key(id);
            if let (Some(count), false) = (dir.count, self.tree.count_due(id)) {
                let below = self.store.keys.keys().filter(|k| k.starts_with(prefix.as_bytes()));
                prop_assert_eq!(count, below.count() as i64, "count of {}", prefix);
            }
            let Level::Ready { complete, .. } = dir.level else { continue };
            prop_assert!(complete, "{} settled", prefix);
            prop_assert_eq!(dir.left(), None, "{} is all listed", prefix);
            let expected = self.store.children(prefix.as_bytes(), b"/");
            let found: Vec<ListedChild> = self.tree.children(id).map(|c| self.listed(c)).collect();
            let plain = |child: &ListedChild| ListedChild { count: None, ..child.clone() };
            let expected: Vec<ListedChild> = expected.iter().map(plain).collect();
            prop_assert_eq!(expected, found, "below {}", prefix);
        }
        self.check_rows()
    }

    fn listed(&self, id: NodeId) -> ListedChild {
        let node = self.tree.get(id).expect("a child is there");
        let none = (Revision::NONE, etcdeck::domain::Version(0), etcdeck::domain::LeaseId::NONE);
        let (mod_revision, version, lease) = match &node.kind {
            NodeKind::Leaf(leaf) => (leaf.mod_revision, leaf.version, leaf.lease),
            NodeKind::Dir(_) => none,
        };
        let (name, is_dir) = (node.name.to_vec(), node.is_dir());
        ListedChild { name, is_dir, mod_revision, version, lease, count: None }
    }

    /// What is said to be left is what is in the gaps, once the tree knows all that happened.
    fn check_left(&self) -> Result<(), TestCaseError> {
        for (id, dir) in self.tree.dirs().filter(|_| self.events.is_empty()) {
            let (Some(left), Level::Ready { complete: false, .. }) = (dir.left(), &dir.level)
            else {
                continue;
            };
            let prefix = self.tree.full_key(id);
            let gaps = dir.gaps();
            let in_gap = |key: &&Vec<u8>| {
                let Some(name) = key.strip_prefix(prefix.as_bytes()) else { return false };
                gaps.iter().any(|(from, to)| *from <= name && to.is_none_or(|to| name < to))
            };
            let expected = self.store.keys.keys().filter(in_gap).count();
            prop_assert_eq!(left, expected as i64, "left below {}", prefix);
        }
        Ok(())
    }

    /// Rows brought up to date piece by piece are the rows made anew, and each is found.
    fn check_rows(&mut self) -> Result<(), TestCaseError> {
        self.tree.refresh_rows();
        let mut anew = self.tree.clone();
        anew.open(NodeId::ROOT);
        anew.follow_from(Revision::NONE); // marks all rows
        anew.refresh_rows();
        prop_assert_eq!(self.tree.rows(), anew.rows());
        for (at, row) in self.tree.rows().iter().enumerate() {
            if let RowKind::Node(id) = row.kind {
                prop_assert_eq!(self.tree.row_index(id), Some(at));
                let near = self.tree.row_near(self.tree.full_key(id).as_bytes());
                prop_assert!(near == Some(at) || near == at.checked_sub(1), "{near:?} {at}");
            }
            prop_assert_eq!(self.tree.position(row.kind), Some(at));
        }
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_order_the_tree_ends_up_true(
        keys in prop::collection::vec(key(), 0..30),
        root in prop::sample::select(vec!["", "a", "a/", "b//"]),
        steps in prop::collection::vec(step(), 1..80),
    ) {
        let mut world = World::new(keys, root);
        world.list(NodeId::ROOT);
        for step in steps {
            world.step(step);
            world.check_rows()?;
            world.check_left()?;
        }
        world.settle();
        world.check()?;
    }
}
