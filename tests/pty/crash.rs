//! A server killed in the middle of a watch: nothing lost, nothing twice, in order, and no lie.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::everyday::on_every_version;
use crate::steps::{LIMIT, on, quit};
use crate::support::process::scratch_dir;
use crate::support::servers::Etcd;
use crate::support::wait::poll;

/// Writes one key after the other until told to stop, and notes every acknowledged revision.
struct Writer {
    stop: Arc<AtomicBool>,
    acknowledged: Arc<Mutex<Vec<i64>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    fn start(etcd: &Arc<Etcd>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let acknowledged = Arc::new(Mutex::new(vec![]));
        let (etcd, stopped, noted) = (etcd.clone(), stop.clone(), acknowledged.clone());
        let thread = std::thread::spawn(move || {
            for number in 0.. {
                if stopped.load(Ordering::Relaxed) {
                    break;
                }
                let key = format!("/steady/{}", number % 5);
                let limits = ["--command-timeout=1s", "--dial-timeout=1s", "-w", "json"];
                let value = number.to_string();
                let args = [&["put", &key, &value][..], &limits].concat();
                let done = etcd.try_ctl(&args);
                if done.status.success() {
                    let answer: serde_json::Value =
                        serde_json::from_slice(&done.stdout).expect("etcdctl prints JSON");
                    let revision = answer["header"]["revision"].as_i64().expect("a revision");
                    noted.lock().unwrap_or_else(PoisonError::into_inner).push(revision);
                }
            }
        });
        Self { stop, acknowledged, thread: Some(thread) }
    }

    /// Waits until this many more writes have been acknowledged.
    fn wait_for_more(&self, count: usize) {
        let before = self.revisions().len();
        let more = poll(LIMIT, || (self.revisions().len() >= before + count).then_some(()));
        assert!(more.is_some(), "the writer writes: {:?}", self.revisions());
    }

    fn revisions(&self) -> Vec<i64> {
        self.acknowledged.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn finish(mut self) -> Vec<i64> {
        self.stop.store(true, Ordering::Relaxed);
        let thread = self.thread.take().expect("it is finished once");
        thread.join().expect("the writer has no fault");
        self.revisions()
    }
}

#[test]
fn a_watch_survives_the_death_of_its_server() {
    on_every_version(|version| {
        let etcd = Arc::new(Etcd::start(version));
        let folder = scratch_dir("log");
        let file = folder.path().join("watch.jsonl");
        let term = on(&etcd).start();
        term.wait("● online", LIMIT);
        term.keys(":watch /steady/\r");
        term.wait("1 watching /steady/*", LIMIT);
        let writer = Writer::start(&etcd);
        writer.wait_for_more(10);
        term.wait("PUT", LIMIT);

        for _ in 0..2 {
            etcd.kill();
            // Said within a second, in the header and in the pane.
            term.wait("○ lost", Duration::from_secs(1));
            term.wait("1 lost, resuming", LIMIT);
            etcd.restart();
            term.wait("● online", LIMIT);
            term.wait_gone("lost", LIMIT);
            writer.wait_for_more(5);
        }

        let acknowledged = writer.finish();
        let last = *acknowledged.last().expect("something was acknowledged");
        term.wait(&format!("{last} PUT"), LIMIT);
        term.keys("4s");
        term.wait("save the watch log to", LIMIT);
        term.keys(&format!("\x15{}\r", file.display()));
        term.wait("lines saved to", LIMIT);

        let log = std::fs::read_to_string(&file).expect("the log was saved");
        let lines: Vec<serde_json::Value> =
            log.lines().map(|line| serde_json::from_str(line).expect("JSON lines")).collect();
        let types: Vec<_> = lines.iter().map(|line| line["type"].as_str()).collect();
        assert!(types.iter().all(|it| *it == Some("PUT")), "no gap, no delete: {types:?}");
        let seen: Vec<i64> =
            lines.iter().map(|line| line["revision"].as_i64().expect("a number")).collect();
        assert!(seen.is_sorted_by(|one, next| one < next), "in order and once: {seen:?}");
        let missing: Vec<_> = acknowledged.iter().filter(|it| !seen.contains(it)).collect();
        assert!(missing.is_empty(), "{missing:?} of {acknowledged:?} are not in {seen:?}");
        quit(term);
    });
}
