//! Work on many keys: the lines of a plan, and the script of all of it.

use etcdeck::domain::LeaseId;

use super::act::{HOSTILE, bad};
use super::cover::Kind;
use super::pair::Pair;
use crate::support::process::scratch_dir;

pub(super) async fn act(pair: &mut Pair, kind: Kind) {
    match kind {
        Kind::DeleteMany => {
            many(pair, "many/").await;
            plan(pair, "delete-prefix many/", "Delete 9 keys?").await;
            // More than is shown: all of it is in the script.
            for n in 0..250 {
                pair.put(format!("big/{n:03}").as_bytes(), b"x", LeaseId::NONE).await;
            }
            let scratch = scratch_dir("script");
            let script = scratch.path().join("script");
            pair.screen.runs("delete-prefix big/").sees("Delete 250 keys?").await;
            pair.screen.keys("alt-x").sees("As etcdctl").await.keys("G");
            pair.screen
                .sees("more: s saves all of them")
                .await
                .keys("s")
                .types(script.to_str().expect("a path of letters"));
            pair.screen.keys("enter").sees("all lines of the plan saved").await.keys("esc");
            pair.screen.loses("As etcdctl").await.types("250").keys("enter");
            pair.screen.sees("all 250 keys done").await.keys("esc");
            pair.runs(&std::fs::read_to_string(script).expect("it was written"));
        }
        Kind::Move => {
            many(pair, "from/").await;
            plan(pair, "move from/ to/", "Move 9 keys?").await;
        }
        Kind::Copy => {
            many(pair, "original/").await;
            plan(pair, "copy original/ copy/", "Copy 9 keys?").await;
        }
        Kind::Restore => {
            many(pair, "past/").await;
            let then = pair.revision().await;
            for (n, bytes) in HOSTILE.iter().enumerate() {
                let key = bad(&format!("past/{n}"), bytes);
                match n % 3 {
                    0 => pair.delete(&key).await,
                    1 => pair.put(&key, b"changed", LeaseId::NONE).await,
                    _ => pair.put(&bad("past/new", bytes), bytes, LeaseId::NONE).await,
                }
            }
            plan(pair, &format!("restore past/ {then}"), "Restore").await;
        }
        Kind::Import => {
            many(pair, "imported/").await;
            let folder = scratch_dir("import");
            let file = folder.path().join("all.jsonl");
            let file = file.to_str().expect("a path of letters");
            pair.screen.runs(&format!("export {file} imported/")).sees("9 keys of").await;
            for (n, bytes) in HOSTILE.iter().enumerate() {
                let key = bad(&format!("imported/{n}"), bytes);
                match n % 3 {
                    0 => pair.delete(&key).await,
                    1 => pair.put(&key, b"changed", LeaseId::NONE).await,
                    _ => {}
                }
            }
            plan(pair, &format!("import {file}"), "Import").await;
        }
        Kind::Undo => {
            many(pair, "undone/").await;
            plan(pair, "delete-prefix undone/", "Delete 9 keys?").await;
            plan(pair, "undo", "Undo").await;
        }
        _ => panic!("{kind:?} is no work on many keys"),
    }
}

/// Keys under a prefix, every other one on a lease.
async fn many(pair: &mut Pair, prefix: &str) {
    for (n, bytes) in HOSTILE.iter().enumerate() {
        let lease = if n % 2 == 0 { LeaseId(0x11) } else { LeaseId::NONE };
        pair.put(&bad(&format!("{prefix}{n}"), bytes), HOSTILE[(n + 5) % 9], lease).await;
    }
}

/// Work on a few keys: planned, shown, done.
async fn plan(pair: &mut Pair, command: &str, question: &str) {
    pair.screen.runs(command).sees(question).await.sees("yes").await;
    let lines = pair.shows("X").await;
    let revision = pair.revision().await;
    pair.screen.sees(question).await;
    // Where the plan has more than a few keys their number is typed.
    pair.screen.keys("y").sees("keys done").await.keys("esc").loses("keys done").await;
    pair.acted_since(revision).await;
    pair.runs(&lines);
}
