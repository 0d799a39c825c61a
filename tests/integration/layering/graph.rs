//! Cycles in a list of edges.

use std::collections::{BTreeMap, BTreeSet};

/// A cycle, from a node back to it; `None` when there is none.
pub(super) fn cycle(edges: impl IntoIterator<Item = (String, String)>) -> Option<Vec<String>> {
    let mut next: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (from, to) in edges {
        next.entry(from).or_default().insert(to);
    }
    let mut done = BTreeSet::new();
    let nodes: Vec<String> = next.keys().cloned().collect();
    nodes.iter().find_map(|node| walk(node, &next, &mut Vec::new(), &mut done))
}

fn walk(
    node: &str,
    next: &BTreeMap<String, BTreeSet<String>>,
    way: &mut Vec<String>,
    done: &mut BTreeSet<String>,
) -> Option<Vec<String>> {
    if let Some(from) = way.iter().position(|before| before == node) {
        return Some(way[from..].iter().cloned().chain([node.to_owned()]).collect());
    }
    if done.contains(node) {
        return None;
    }
    way.push(node.to_owned());
    let found = next.get(node).and_then(|to| to.iter().find_map(|to| walk(to, next, way, done)));
    way.pop();
    done.insert(node.to_owned());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_found() {
        let edges = |text: &str| -> Vec<(String, String)> {
            let edge = |edge: &str| (edge[..1].to_owned(), edge[1..].to_owned());
            text.split(' ').map(edge).collect()
        };
        assert_eq!(cycle(edges("ab bc ac")), None);
        assert_eq!(cycle(edges("ab bc cd db")).expect("one"), ["b", "c", "d", "b"]);
        assert_eq!(cycle(edges("aa")).expect("one"), ["a", "a"]);
    }
}
