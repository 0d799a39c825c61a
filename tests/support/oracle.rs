//! What a watch must have delivered: the history of a server by revision, as another client reads it.
//!
//! ```ignore
//! let oracle = Oracle::default();
//! oracle.acknowledged(7, "w/a", Some("1"));                 // by whoever writes; None: deleted
//! let history = oracle.history(&etcd, "w/", 2, "w/end");    // etcdctl, from revision 2 to that key
//! assert_exact("the watch pane", &delivered, &history);     // nothing lost, repeated or out of order
//! ```

use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File};
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

use super::process::{Process, scratch_dir};
use super::servers::Etcd;
use super::wait::poll;

/// How long etcdctl may take to replay a history.
const LIMIT: Duration = Duration::from_secs(60);

/// What happened to one key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Happened {
    pub(crate) revision: i64,
    pub(crate) key: String,
    /// `None` when it was deleted.
    pub(crate) value: Option<String>,
}

/// Everything that a server has acknowledged. Writes whose outcome their writer does not know are not
/// in it; what became of them tells the history.
#[derive(Debug, Default)]
pub(crate) struct Oracle {
    acknowledged: Mutex<BTreeMap<(i64, String), Option<String>>>,
}

impl Oracle {
    /// A write was answered with this revision.
    pub(crate) fn acknowledged(&self, revision: i64, key: &str, value: Option<&str>) {
        let mut all = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert((revision, key.to_owned()), value.map(str::to_owned));
    }

    /// How many writes were acknowledged so far.
    pub(crate) fn count(&self) -> usize {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// The newest revision that was acknowledged; 0 before the first.
    pub(crate) fn newest(&self) -> i64 {
        let all = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        all.last_key_value().map_or(0, |((revision, _), _)| *revision)
    }

    /// All that happened below a prefix from a revision on, up to the last write, which is of the key
    /// `last`; read by the server's own etcdctl, once everything is at rest.
    ///
    /// # Panics
    /// When something that was acknowledged is not in it: then the judge or the server is wrong.
    pub(crate) fn history(
        &self,
        etcd: &Etcd,
        prefix: &str,
        from: i64,
        last: &str,
    ) -> Vec<Happened> {
        let history = history(etcd, prefix, from, last);
        let known: HashMap<_, _> =
            history.iter().map(|it| ((it.revision, it.key.as_str()), &it.value)).collect();
        let all = self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner);
        for ((revision, key), value) in all.iter().filter(|((revision, _), _)| *revision >= from) {
            let found = known.get(&(*revision, key.as_str()));
            assert_eq!(found, Some(&value), "{key} was acknowledged at revision {revision}");
        }
        history
    }
}

/// The history as `etcdctl watch` tells it.
fn history(etcd: &Etcd, prefix: &str, from: i64, last: &str) -> Vec<Happened> {
    let folder = scratch_dir("history");
    let file = folder.path().join("watch.json");
    let output = File::create(&file).expect("the scratch folder can be written to");
    let _watch = Process::spawn(&etcd.version().etcdctl(), |command| {
        let from = format!("--rev={from}");
        command.args(["watch", "--prefix", prefix, &from, "-w", "json"]).envs(etcd.env());
        command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
    })
    .expect("etcdctl starts");
    let told = poll(LIMIT, || {
        // One line that is not whole yet is none.
        let text = fs::read_to_string(&file).ok()?;
        let whole = &text[..=text.rfind('\n')?];
        let history: Vec<_> = whole.lines().flat_map(happened).collect();
        history.last().is_some_and(|it| it.key == last).then_some(history)
    });
    told.unwrap_or_else(|| panic!("etcdctl tells no history of {prefix} up to {last}"))
}

/// One line of `etcdctl watch -w json`: integers are numbers, bytes are base64.
fn happened(line: &str) -> Vec<Happened> {
    let message: Value = serde_json::from_str(line).expect("etcdctl writes JSON");
    let text = |value: &Value| {
        let bytes = BASE64_STANDARD.decode(value.as_str().unwrap_or_default()).expect("base64");
        String::from_utf8(bytes).expect("the tests write text")
    };
    let events = message["Events"].as_array().cloned().unwrap_or_default();
    events
        .iter()
        .map(|event| Happened {
            revision: event["kv"]["mod_revision"].as_i64().expect("an event has a revision"),
            key: text(&event["kv"]["key"]),
            value: event["type"].is_null().then(|| text(&event["kv"]["value"])),
        })
        .collect()
}

/// What is there after a history: each key with the revision it was last written at, and its value.
pub(crate) fn state_after(history: &[Happened]) -> BTreeMap<String, (i64, String)> {
    let mut state = BTreeMap::new();
    for it in history {
        match &it.value {
            Some(value) => state.insert(it.key.clone(), (it.revision, value.clone())),
            None => state.remove(&it.key),
        };
    }
    state
}

/// Demands that exactly the history was delivered, in its order.
///
/// # Panics
/// With the numbers of what was lost, repeated and out of order, and the first of each.
pub(crate) fn assert_exact(who: &str, delivered: &[Happened], history: &[Happened]) {
    if delivered == history {
        return;
    }
    let name = |it: &Happened| (it.revision, it.key.clone());
    let mut times: HashMap<_, usize> = HashMap::new();
    for it in delivered {
        *times.entry(name(it)).or_default() += 1;
    }
    let lost: Vec<_> = history.iter().filter(|it| !times.contains_key(&name(it))).collect();
    let repeated: Vec<_> = times.iter().filter(|(_, times)| **times > 1).collect();
    let places: HashMap<_, _> =
        history.iter().enumerate().map(|(place, it)| (name(it), place)).collect();
    let invented: Vec<_> = delivered.iter().filter(|it| !places.contains_key(&name(it))).collect();
    let disordered: Vec<_> = delivered
        .windows(2)
        .filter(|pair| places.get(&name(&pair[0])) > places.get(&name(&pair[1])))
        .collect();
    let altered: Vec<_> = delivered
        .iter()
        .filter(|it| places.get(&name(it)).is_some_and(|place| history[*place] != **it))
        .collect();
    panic!(
        "{who}: of {} events {} were lost, {} repeated, {} out of order, {} altered, {} never \
         happened\nfirst lost: {:?}\nfirst repeated: {:?}\nfirst out of order: {:?}\nfirst \
         altered: {:?}\nfirst that never happened: {:?}",
        history.len(),
        lost.len(),
        repeated.len(),
        disordered.len(),
        altered.len(),
        invented.len(),
        lost.first(),
        repeated.first(),
        disordered.first(),
        altered.first(),
        invented.first(),
    );
}
