//! A hundred thousand keys: exact, in little memory, and complete after a kill in the midst.

use std::process::{Child, Stdio};
use std::thread;
use std::time::Duration;

use etcdeck::domain::LeaseId;
use etcdeck::domain::txn::RangeRequest;
use etcdeck::domain::{Key, KeyRange};
use etcdeck::store::Kv as _;

use super::world::{World, kept, told};
use crate::support::install::Version;
use crate::support::servers::Etcd;

const KEYS: usize = 100_000;

/// What the program may take at its height, in KiB. The debug build, too.
const MEMORY: u64 = 60 * 1024;

/// Waits for its end and tells the most memory it ever held, in KiB (`VmHWM`).
fn height(child: &mut Child) -> u64 {
    let path = format!("/proc/{}/status", child.id());
    let mut most = 0;
    while child.try_wait().expect("a child").is_none() {
        let status = std::fs::read_to_string(&path).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let now = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        most = most.max(now.unwrap_or(0));
        // The height only grows, so little is missed between two looks.
        thread::sleep(Duration::from_millis(2));
    }
    most
}

/// Runs it to its end in little memory: what it said on stderr.
fn frugal(world: &World, args: &[&str]) -> String {
    let mut command = world.command(args);
    let mut child = command.stderr(Stdio::piped()).spawn().expect("the program starts");
    let most = height(&mut child);
    let (status, _, err) = told(child.wait_with_output().expect("it ended"));
    assert_eq!(status, 0, "{args:?}: {err}");
    assert!(most > 1024 && most < MEMORY, "{args:?} took {most} KiB");
    err
}

async fn count(world: &World) -> usize {
    let request = RangeRequest::new(KeyRange::prefix(Key::from("/big/"))).count_only();
    world.store.range(request).await.expect("counted").count as usize
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hundred_thousand_keys_go_out_and_come_back() {
    let etcd = Etcd::start(Version::newest());
    let world = World::new(&etcd);
    world
        .fill((0..KEYS).map(|n| {
            let value: Vec<u8> = (0..150 + n % 100).map(|at| (at * 7 + n) as u8).collect();
            let value = if n % 10 == 0 { Vec::new() } else { value };
            let key = [format!("/big/{:03}/{n:06}/", n % 500).as_bytes(), &[n as u8]].concat();
            (key, value, LeaseId::NONE)
        }))
        .await;
    let before = world.entries(b"/big/").await;
    assert_eq!(before.len(), KEYS);
    let said = frugal(&world, &["export", "big.jsonl", "/big/"]);
    assert!(said.starts_with("100,000 keys at revision "), "{said}");
    world.clear(b"/big/").await;

    // Killed in the midst.
    let mut command = world.command(&["import", "--yes", "big.jsonl"]);
    let mut child = command.stderr(Stdio::null()).spawn().expect("the program starts");
    let written = loop {
        let written = count(&world).await;
        if written > 5_000 {
            break written;
        }
        assert!(
            child.try_wait().expect("a child").is_none(),
            "it ended with {written} keys written"
        );
    };
    child.kill().expect("it runs");
    child.wait().expect("it was killed");
    assert!(written < KEYS, "it was over before it could be killed");

    // Again: only what is missing is written.
    let left = count(&world).await;
    let said = frugal(&world, &["import", "--yes", "big.jsonl"]);
    let missing = KEYS - left;
    let grouped = |n: usize| format!("{},{:03}", n / 1000, n % 1000);
    assert!(said.contains(&format!("{} to create, 0 to change", grouped(missing))), "{said}");
    assert!(said.contains(&format!("{0} of {0} keys written", grouped(missing))), "{said}");
    let after = world.entries(b"/big/").await;
    assert!(kept(&after) == kept(&before), "not the same entries");
}
