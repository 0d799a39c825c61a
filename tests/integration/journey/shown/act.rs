//! Each kind of action: led to by the keyboard, its lines taken, then done, and the lines run.

use etcdeck::app::effect::Edited;
use etcdeck::domain::LeaseId;

use super::cover::Kind;
use super::many;
use super::pair::Pair;

/// Bytes that shells, Go and etcdctl each read in ways of their own.
pub(super) const HOSTILE: [&[u8]; 9] = [
    b"",
    b"plain",
    b"-v --help",
    b"it's \"quoted\" \\ and \\\\ $HOME `id` $(id) !! # * ~",
    b"two\nlines\nEND\n\n",
    b"\x1b[31mred\x07\r\t\x0b\x7f",
    b"\xff\xfe\x80 \xe2\x80\xae\xc3\xa9\xf0\x9f\x98\x80",
    b"zero\0bytes\0",
    b"'\\''$'\\n'",
];

/// Bytes as one word of the command line, each written as an escape.
fn typed(bytes: &[u8]) -> String {
    let escaped: Vec<String> = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("\"{}\"", escaped.concat())
}

/// A key that begins with a name and goes on as badly as it can.
pub(super) fn bad(name: &str, rest: &[u8]) -> Vec<u8> {
    [name.as_bytes(), rest].concat()
}

pub(super) async fn act(pair: &mut Pair, kind: Kind) {
    match kind {
        Kind::PutNew => {
            for (n, bytes) in HOSTILE.iter().enumerate() {
                let (key, value) = (bad(&format!("-put{n}"), bytes), HOSTILE[(n + 4) % 9]);
                let command = format!("put {} {}", typed(&key), typed(value));
                command_that_writes(pair, &command).await;
            }
        }
        Kind::PutOver => {
            let lease = pair.grant(0x11).await;
            for (n, bytes) in HOSTILE.iter().enumerate() {
                let key = bad(&format!("over{n}"), HOSTILE[(n + 3) % 9]);
                pair.put(&key, b"before", lease).await;
                let command = format!("put {} {}", typed(&key), typed(bytes));
                question(pair, &command, "Replace the value").await;
                // The same from the command line, which leads to the same question.
                let command = format!("put {} again", typed(&key));
                pair.screen.keys(":").types(&command);
                let lines = pair.shows("alt-x").await;
                pair.screen.keys("enter").sees("Replace the value").await.keys("y");
                pair.screen.sees("written at revision").await;
                pair.runs(&lines);
            }
        }
        Kind::Delete => {
            for (n, bytes) in HOSTILE.iter().enumerate() {
                let key = bad(&format!("-delete{n}"), bytes);
                pair.put(&key, bytes, LeaseId::NONE).await;
                question(pair, &format!("delete {}", typed(&key)), "Delete -delete").await;
            }
            // By its key in the tree.
            pair.put(b"deletable", b"x", LeaseId::NONE).await;
            pair.screen.goes_to("deletable", &["deletable", "rev"]).await;
            pair.screen.keys("1 d").sees("Delete deletable?").await;
            let lines = pair.shows("X").await;
            pair.screen.keys("y").sees("deleted at revision").await;
            pair.runs(&lines);
        }
        Kind::SaveNew => {
            for (n, value) in
                ["", "it's \"new\"\n$x `y` \\", "é \u{202e}\tEND\n"].iter().enumerate()
            {
                pair.screen.keys("esc esc 1 n ctrl-u").types(&format!("new{n} \\xff\\x00"));
                pair.screen.keys("enter").sees("new key").await.pastes(value);
                save(pair, "alt-x", "ctrl-s").await;
                pair.screen.keys("esc").loses("new key").await;
            }
        }
        Kind::SaveDraft => {
            let lease = pair.grant(0x12).await;
            pair.put(b"draft", b"one\r\ntwo", lease).await;
            edits(pair, "draft").await;
            pair.screen.types("it's ");
            save(pair, "alt-x", "ctrl-s").await;
            // Bytes that are no text are edited as hexadecimal.
            pair.screen.keys("esc").loses("editing").await;
            pair.put(b"draft", b"\xff\0", lease).await;
            edits(pair, "draft").await;
            pair.screen.types("27 0a 22 ");
            save(pair, "alt-x", "ctrl-s").await;
            // On the way out.
            pair.screen.types("00 ").keys("esc").sees("Leave without saving?").await;
            save(pair, "X", "s").await;
        }
        Kind::SaveFromEditor => {
            pair.put(b"outside", b"before", LeaseId::NONE).await;
            pair.screen.goes_to("outside", &["before"]).await.keys("1 E");
            pair.screen.editor_opens().await;
            pair.screen.editor_ends(Edited::Changed(b"-after\n'\xff\0".to_vec()));
            pair.screen.sees("outside").await.sees("save").await;
            save(pair, "X", "s").await;
            pair.screen.keys("esc").loses("editing").await;
        }
        Kind::SaveBroken => {
            pair.put(b"broken.json", b"{\"a\": 1}", LeaseId::NONE).await;
            edits(pair, "broken.json").await;
            pair.screen.types("'").keys("ctrl-s").sees("save anyway").await;
            save(pair, "X", "s").await;
            pair.screen.keys("esc").loses("editing").await;
        }
        Kind::RestoreVersion => {
            let key = bad("restored", HOSTILE[3]);
            pair.put(&key, HOSTILE[5], LeaseId::NONE).await;
            pair.put(&key, b"now", LeaseId::NONE).await;
            let command = format!("history {}", typed(&key));
            pair.screen.runs(&command).sees("created").await.keys("j r");
            pair.screen.sees("Restore restored").await;
            let revision = pair.revision().await;
            let lines = pair.shows("X").await;
            pair.screen.keys("y");
            pair.acted_since(revision).await;
            pair.screen.keys("esc");
            pair.runs(&lines);
        }
        Kind::DeleteMany | Kind::Move | Kind::Copy | Kind::Restore | Kind::Import | Kind::Undo => {
            many::act(pair, kind).await;
        }
        Kind::KeepMine => {
            pair.put(b"contended", b"base", LeaseId::NONE).await;
            edits(pair, "contended").await;
            pair.screen.types("mine ");
            pair.put(b"contended", b"theirs", LeaseId::NONE).await;
            pair.screen.sees("saving will ask").await.keys("ctrl-s").sees("Somebody else").await;
            save(pair, "X", "m").await;
            pair.screen.keys("esc").loses("editing").await;
        }
        Kind::CreateAnew => {
            pair.put(b"gone", b"base", LeaseId::NONE).await;
            edits(pair, "gone").await;
            pair.screen.types("mine ");
            pair.delete(b"gone").await;
            pair.screen.sees("this key was deleted").await.keys("ctrl-s");
            pair.screen.sees("deleted meanwhile").await;
            save(pair, "X", "c").await;
            pair.screen.keys("esc").loses("editing").await;
        }
        Kind::Attach => {
            let lease = pair.grant(0x13).await;
            for (n, bytes) in HOSTILE.iter().enumerate() {
                let key = bad(&format!("attach{n}"), bytes);
                pair.put(&key, bytes, LeaseId::NONE).await;
                command_that_writes(pair, &format!("lease attach {} {lease}", typed(&key))).await;
            }
            // By the field that a key in the tree opens.
            pair.put(b"attachable", b"x", LeaseId::NONE).await;
            pair.screen.goes_to("attachable", &["attachable", "rev"]).await.keys("1 L ctrl-u");
            pair.screen.types("13");
            let lines = pair.shows("alt-x").await;
            pair.screen.keys("enter").sees("hangs on lease 13 now").await;
            pair.runs(&lines);
        }
        Kind::Detach => {
            let lease = pair.grant(0x14).await;
            let key = bad("detach", HOSTILE[5]);
            pair.put(&key, HOSTILE[6], lease).await;
            command_that_writes(pair, &format!("lease detach {}", typed(&key))).await;
        }
        Kind::Grant => {
            let lines = pair.shows_and_runs("lease grant 321").await;
            pair.runs(&lines);
            pair.new_leases().await;
            // By the field of the Leases pane.
            pair.screen.keys("3 n ctrl-u").types("322");
            let lines = pair.shows("alt-x").await;
            pair.screen.keys("enter").sees("granted for 322 s").await;
            pair.runs(&lines);
            pair.new_leases().await;
        }
        Kind::GrantWithId => {
            for id in ["5eaf", "7fffffffffffffff", "ffffffffffffffd6"] {
                let lines = pair.shows_and_runs(&format!("lease grant 323 {id}")).await;
                pair.screen.sees(&format!("lease {id} granted")).await;
                pair.runs(&lines);
            }
        }
        Kind::Renew => {
            for id in ["5eaf", "ffffffffffffffd6"] {
                let before = pair.renewals().await;
                let lines = pair.shows_and_runs(&format!("lease renew {id}")).await;
                pair.screen.sees(&format!("lease {id} renewed")).await;
                pair.runs(&lines);
                assert_eq!(pair.renewals().await, before.map(|count| count + 1), "{lines}");
            }
        }
        Kind::KeepAlive => {
            let before = pair.renewals().await;
            let lines = pair.shows_and_runs("lease keepalive 5eaf").await;
            pair.screen.sees("keeping 1 alive").await;
            let _running = pair.starts(&lines);
            while pair.renewals().await.iter().zip(before).any(|(now, before)| *now == before) {
                tokio::task::yield_now().await;
            }
            // Told to stop again: nothing is sent, and the lines say so.
            let lines = pair.shows_and_runs("lease keepalive 5eaf").await;
            pair.screen.loses("keeping 1 alive").await;
            assert!(lines.starts_with("# nothing is sent"), "{lines}");
        }
        Kind::Revoke => {
            let lease = pair.grant(-0x15).await;
            pair.put(&bad("revoked", HOSTILE[7]), b"x", lease).await;
            pair.put(b"revoked too", b"x", lease).await;
            question(pair, &format!("lease revoke {lease}"), "2 keys vanish").await;
            let lines = pair.shows_and_runs("lease revoke 5eaf").await;
            pair.screen.sees("Revoke lease 5eaf?").await.keys("y").sees("5eaf revoked").await;
            pair.runs(&lines);
        }
        Kind::Lock | Kind::Unlock => {
            for (n, bytes) in HOSTILE.iter().enumerate() {
                let name = bad(&format!("-lock{n}"), bytes);
                let lines = format!("lock {} 77", typed(&name));
                held(pair, &lines, &format!("unlock {}", typed(&name)), kind == Kind::Unlock).await;
            }
        }
        Kind::Campaign | Kind::Resign => {
            for (n, bytes) in HOSTILE.iter().enumerate() {
                let (name, value) = (bad(&format!("-elect{n}"), bytes), HOSTILE[(n + 2) % 9]);
                // Every other one with the only TTL that etcdctl knows for it.
                let ttl = if n % 2 == 0 { 60 } else { 78 };
                let command = format!("campaign {} {} {ttl}", typed(&name), typed(value));
                held(pair, &command, &format!("resign {}", typed(&name)), kind == Kind::Resign)
                    .await;
            }
        }
        Kind::Register | Kind::Deregister => {
            for (n, id) in ["i-1", "-i \" $lease `x` \\", "é'"].iter().enumerate() {
                let (name, endpoint) = (typed(b"a p'i"), typed(HOSTILE[n * 3 + 1]));
                let id = typed(id.as_bytes());
                let command = format!("service register {name} {id} {endpoint} 79");
                let leave = format!("service deregister {name} {id}");
                held(pair, &command, &leave, kind == Kind::Deregister).await;
            }
        }
        Kind::DeregisterOther => {
            let lease = pair.grant(0x16).await;
            pair.put(b"/services/web/i-1", b"http://x", lease).await;
            pair.screen.runs("services").sees_row(&["web"]).await.keys("G").sees("i-1").await;
            pair.screen.keys("d").sees("Deregister /services/web/i-1?").await;
            let lines = pair.shows("X").await;
            pair.screen.keys("y").sees("lease 16 revoked").await.keys("esc");
            pair.runs(&lines);
        }
        Kind::Free => {
            let lease = pair.grant(0x17).await;
            pair.put(b"stuck/17", b"", lease).await;
            pair.screen.runs("locks stuck").sees_row(&["stuck", "held"]).await.keys("G d");
            pair.screen.sees("Free stuck?").await;
            let lines = pair.shows("X").await;
            pair.screen.keys("y").sees("lease 17 revoked").await.keys("esc");
            pair.runs(&lines);
        }
        Kind::Txn => {
            pair.put(b"txn/a", HOSTILE[3], LeaseId::NONE).await;
            let lines = [
                "value(\"txn/a\") != \"it's\"",
                "create(\"txn/b\\x00\") = \"0\"",
                "",
                "put \"txn/b\\x00\" \"\\xff'\\n\"",
                "del txn/a",
                "",
                "put never never",
            ];
            pair.screen.runs("txn").sees("Three parts").await.pastes(&lines.join("\n"));
            let typed = pair.shows("alt-x").await;
            pair.screen.keys("ctrl-r").sees("Run this transaction?").await;
            let asked = pair.shows("X").await;
            assert_eq!(typed, asked);
            pair.screen.keys("y").sees("succeeded, revision").await.keys("esc");
            pair.runs(&asked);
        }
        Kind::ReleaseAll => {
            let lines = pair.shows_and_runs("lock leaving 80").await;
            let _running = pair.starts(&lines);
            pair.new_leases().await;
            pair.screen.sees("HOLDING lock leaving").await.keys("q");
            // The transaction composed before is in no file.
            pair.screen.sees("Quit without saving").await.keys("x");
            pair.screen.sees("This is held here").await;
            let lines = pair.shows("X").await;
            pair.screen.keys("r");
            pair.screen.ends().await;
            pair.runs(&lines);
        }
    }
}

/// A command that writes at once, shown first.
async fn command_that_writes(pair: &mut Pair, command: &str) {
    let revision = pair.revision().await;
    let lines = pair.shows_and_runs(command).await;
    pair.acted_since(revision).await;
    pair.runs(&lines);
}

/// A command that asks, with the lines of its question.
async fn question(pair: &mut Pair, command: &str, question: &str) {
    let revision = pair.revision().await;
    let lines = pair.asks_and_runs(command, question).await;
    pair.acted_since(revision).await;
    pair.runs(&lines);
}

/// Opens the editor on a key.
async fn edits(pair: &mut Pair, key: &str) {
    pair.screen.keys("esc").goes_to(key, &[key, "rev"]).await;
    pair.screen.keys("1 e").sees("editing").await;
}

/// Shows what a key of the editor or of its dialogs saves, then presses it.
async fn save(pair: &mut Pair, show: &str, press: &str) {
    let revision = pair.revision().await;
    let lines = pair.shows(show).await;
    pair.screen.keys(press).sees("saved at revision").await;
    pair.acted_since(revision).await;
    pair.runs(&lines);
}

/// Holds something on both sides; then gives it up by the lines, or by the end of all.
async fn held(pair: &mut Pair, command: &str, leave: &str, by_lines: bool) {
    let revision = pair.revision().await;
    let lines = pair.shows_and_runs(command).await;
    let running = pair.starts(&lines);
    pair.new_leases().await;
    pair.acted_since(revision).await;
    pair.screen.sees("HOLDING").await;
    pair.same(command).await;
    let revision = pair.revision().await;
    let lines = pair.shows_and_runs(leave).await;
    pair.acted_since(revision).await;
    pair.screen.loses("HOLDING").await;
    if !by_lines {
        // Whatever ends the lease; the other kind is about the lines that give it up.
        assert!(lines.contains("lease revoke"), "{lines}");
    }
    pair.runs(&lines);
    drop(running);
    pair.same(leave).await;
}
