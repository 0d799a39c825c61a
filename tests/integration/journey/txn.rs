//! Transactions: composed, checked, run, explained; saved and loaded.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};
use std::sync::atomic::Ordering;

use etcdeck::app::etcdctl::Etcdctl;
use etcdeck::domain::txn_text::parse;
use etcdeck::event_loop::Ended;

use super::door::{Door, Doorway};
use super::screen::{Opening, Screen};
use super::world::{everywhere, in_the_sandbox, on_the_newest_etcd};
use crate::support::servers::Etcd;

impl Screen {
    /// Types lines, each ended by Enter.
    fn types_lines(&mut self, lines: &[&str]) -> &mut Screen {
        for line in lines {
            self.types(line).keys("enter");
        }
        self
    }
}

/// What a shell says to a line as `X` shows it.
fn shell(etcd: &Etcd, script: &str) -> String {
    let etcdctl = etcd.version().etcdctl();
    let folder = etcdctl.parent().expect("it lies in a folder");
    let path = format!("{}:/usr/bin:/bin", folder.display());
    let done = Command::new("/bin/sh")
        .env_clear()
        .envs(etcd.env())
        .env("PATH", path)
        .args(["-c", script])
        .stdin(Stdio::null())
        .output()
        .expect("there is a shell");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "etcdctl {}: {said}\n{script}", etcd.version());
    String::from_utf8_lossy(&done.stdout).into_owned()
}

#[test]
fn the_documented_transaction_gives_the_answer_of_etcdctl() {
    const LINES: [&str; 6] = [
        "value(\"key1\") = \"value1\"",
        "",
        "put \"key2\" \"some extra key\"",
        "get \"key1\"",
        "",
        "get \"key1\"",
    ];
    everywhere(async |world| {
        world.holds(&["key1=value1"]).await;
        let mut screen = world.screen();
        screen.sees("key1").await.runs("txn").sees("Three parts").await;
        screen.types_lines(&LINES).sees("value(key1) = \"value1\"").await;
        screen.sees("put key2 = ").await.sees("1 operation writes").await;
        let request = parse(&LINES.join("\n")).expect("the documentation is right");
        let script = Etcdctl::default().txn(&request).join("\n");

        let theirs = world.etcd.as_ref().map(|etcd| shell(etcd, &script));
        let theirs = theirs.unwrap_or("SUCCESS\n\nOK\n\nkey1\nvalue1\n".to_owned());
        assert_eq!(theirs, "SUCCESS\n\nOK\n\nkey1\nvalue1\n");
        screen.keys("ctrl-r").sees("Run this transaction? 1 operation writes").await;
        screen.sees("if this holds").await.keys("y").sees("succeeded, revision").await;
        screen.sees("then 1  put at revision").await;
        screen.sees("then 2  key1 = \"value1\" at revision").await;
        assert_eq!(world.value("key2").await, "some extra key");

        world.put("key1", "somebody else").await;
        let theirs = world.etcd.as_ref().map(|etcd| shell(etcd, &script));
        let theirs = theirs.unwrap_or("FAILURE\n\nkey1\nsomebody else\n".to_owned());
        assert_eq!(theirs, "FAILURE\n\nkey1\nsomebody else\n");
        screen.keys("ctrl-r y").sees("a compare failed, revision").await;
        screen.sees("value(key1) = \"value1\" failed: it is \"somebody else\"").await;
        screen.sees("else 1  key1 = \"somebody else\"").await;

        screen.keys("alt-x").sees("txn <<'END'").await.keys("esc esc");
        screen.sees("the transaction is kept").await.loses("if this holds").await;
        screen.runs("txn").sees("put key2 = ").await;
    });
}

#[test]
fn every_target_and_result_by_the_form() {
    let journey = async |world: super::world::World| {
        let lease = world.grant(600).await;
        world.put("k", "u").await;
        world.put_leased("k", "v", lease).await;
        let entry = world.get("k").await.expect("it was put");
        let (create, last) = (entry.create_revision.0, entry.mod_revision.0);
        // The word, how it is shown, what is less.
        let targets = [
            ("value", "v".to_owned(), "u".to_owned()),
            ("version", "2".to_owned(), "1".to_owned()),
            ("create", create.to_string(), (create - 1).to_string()),
            ("mod", last.to_string(), (last - 1).to_string()),
            ("lease", lease.to_string(), format!("{:x}", lease.0 - 1)),
        ];
        let mut screen = world.screen();
        screen.sees("1 key").await.runs("txn").sees("Three parts").await;
        for (at, (word, same, less)) in targets.iter().enumerate() {
            let results = [("=", same, true), ("!=", same, false), (">", less, true)];
            for (result, (sign, given, holds)) in
                results.into_iter().chain([("<", less, false)]).enumerate()
            {
                let (target, result) = ("right ".repeat(at), "right ".repeat(result));
                screen.keys("ctrl-o").sees("Add to the transaction").await;
                screen.keys("tab").keys(&target).keys("tab").types("k").keys("tab tab");
                screen.keys(&result).keys("tab").types(given).keys("enter");
                screen.sees(&format!("{word}(\"k\") {sign} \"{given}\"")).await;
                screen.keys("ctrl-r y");
                if holds {
                    screen.sees("succeeded, revision").await;
                } else {
                    let quote = if *word == "value" { "\"" } else { "" };
                    screen.sees(&format!("failed: it is {quote}{same}{quote}")).await;
                }
                screen.keys("alt-u").sees("(the text was changed since)").await;
            }
        }
    };
    in_the_sandbox(journey);
    on_the_newest_etcd(journey);
}

#[test]
fn operations_by_the_form_go_where_they_belong() {
    in_the_sandbox(async |world| {
        world.holds(&["dir/a=1", "dir/b=2", "k=v"]).await;
        let lease = world.grant(600).await;
        let mut screen = world.screen();
        screen.sees("dir/").await.runs("txn").sees("Three parts").await;
        // The part is that of the cursor; the last one first.
        screen.keys("ctrl-o right right tab right tab").types("dir/").keys("tab right enter");
        screen.sees("get dir/…").await.sees("never: nothing is compared").await;
        screen.keys("ctrl-home ctrl-o right tab tab").types("n\\xffew").keys("tab");
        screen.types("it is").keys("tab").types(&lease.to_string()).keys("enter");
        screen.sees(&format!("put --lease={lease} \"n\\xffew\" \"it is\"")).await;
        screen.keys("ctrl-o").sees("◂ then ▸").await.keys("tab right right tab");
        screen.types("k").keys("enter").sees("delete k").await;
        screen.sees("2 operations write").await;
        screen.keys("ctrl-r y").sees("then 2  deleted 1 key").await;
        let entry = world.get(&b"n\xffew"[..]).await.expect("it was put");
        assert_eq!((entry.value.as_slice(), entry.lease), (&b"it is"[..], lease));
    });
}

#[test]
fn a_form_that_is_filled_in_wrongly_says_so_and_stays() {
    in_the_sandbox(async |world| {
        let mut screen = world.screen();
        screen.sees("no keys").await.runs("txn").keys("ctrl-o enter");
        screen.sees("a key cannot be empty").await.types("\\q").loses("cannot be empty").await;
        screen.keys("enter").sees("unknown escape").await.keys("ctrl-u").types("k");
        screen.keys("shift-tab right tab tab tab tab").types("many").keys("enter");
        screen.sees("a version is a whole number, 0 or more").await;
        screen.keys("ctrl-u").types("3").keys("enter").sees("version(\"k\") = \"3\"").await;
        screen.keys("ctrl-o right tab tab").types("k").keys("tab tab").types("xyz").keys("enter");
        screen.sees("hexadecimal").await.sees("xyz").await.keys("esc").loses("xyz").await;
    });
}

#[test]
fn what_a_server_would_refuse_is_said_before() {
    everywhere(async |world| {
        let lease = world.grant(600).await;
        let mut screen = world.screen();
        screen.sees("no keys").await.runs("txn").sees("Three parts").await;
        screen.types_lines(&["mod(\"k\") == \"1\""]);
        screen.sees("line 1, column 10: expected =, !=, > or <").await.sees("1!").await;
        screen.keys("ctrl-r").sees("line 1, column 10").await;
        // Going wrong leads to where it is wrong.
        screen.sees("1:10").await.keys("del").sees("mod(k) = 1").await;
        screen.keys("ctrl-home ctrl-k ctrl-k");

        screen.pastes("\nput k 1\nput k 2\n").sees("then 2: k is put twice, also by then 1").await;
        screen.keys("ctrl-r").sees("not sent: then 2: k is put twice").await.keys("alt-u");
        screen.pastes("\nget \"\"\n").sees("then 1: the key is empty").await;
        screen.keys("ctrl-r").sees("not sent: then 1: the key is empty").await.keys("alt-u");

        let many = format!("\n{}", "get k\n".repeat(129));
        screen.pastes(&many).sees("! then: 129 operations, a server takes 128").await;
        screen.keys("ctrl-r").sees("Run this transaction? It only reads").await.keys("y");
        screen.sees("not done").await.sees("too many operations").await.keys("alt-u");

        screen.pastes("\nput k v --lease=123\n").sees("! then 1: there is no lease 123").await;
        screen.keys("ctrl-r").sees("Run this transaction").await.keys("y");
        screen.sees("not done").await.sees("requested lease not found").await.keys("alt-u");
        assert_eq!(world.count().await, 0);
        screen.pastes(&format!("\nput k v --lease={lease}\n")).sees("1 operation writes").await;
        screen.keys("ctrl-r y").sees("succeeded").await;
        assert!(!screen.now().has("there is no lease"));
        assert_eq!(world.get("k").await.expect("it was put").lease, lease);
    });
}

#[test]
fn a_failed_compare_is_explained_by_what_it_saw() {
    everywhere(async |world| {
        world.holds(&["k=old", "l=1", "l=2"]).await;
        let mut screen = world.screen();
        screen.sees("k").await.runs("txn").sees("Three parts").await;
        // The else part changes what was compared.
        screen.pastes("version(\"l\") = \"2\"\nvalue(\"k\") = \"x\"\n\n\nput k new\nget k\n");
        screen.keys("ctrl-r y").sees("value(k) = \"x\" failed: it is \"old\"").await;
        screen.sees("else 2  k = \"new\" at revision").await;
        assert!(!screen.now().has("version(l) = 2 failed"));
        screen.keys("alt-u").pastes("value(\"gone\") = \"x\"\n");
        screen.keys("ctrl-r y").sees("failed: the key does not exist").await;
        screen.sees("else: nothing to do").await;
        // Inside, the branch that was done is named as well.
        screen.keys("alt-u").pastes("\ntxn {\nmod(\"k\") = \"0\"\n\n\ndel l --prev-kv\n\n}\n");
        screen.sees("a transaction").await.sees("not for etcdctl").await;
        screen.keys("ctrl-r y").sees("else 1  deleted 1 key").await.sees("was l = \"2\"").await;
    });
}

#[test]
fn a_file_is_the_text_byte_for_byte_and_never_overwritten() {
    in_the_sandbox(async |world| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("swap.txn");
        let name = path.to_str().expect("a plain name");
        let text = "# why\nvalue(\"\\xff\") = \"\\x00é\"\n\nput \"a b\" \"\\u202e\"\n\nget k";
        let mut screen = world.screen();
        screen.sees("no keys").await.runs("txn").pastes(text).sees("not saved").await;
        screen.keys("ctrl-s").sees("save the transaction to").await;
        screen.keys("ctrl-u enter").sees("a file name is expected").await;
        screen.types(name).keys("enter").sees("saved to").await.loses("not saved").await;
        let saved = fs::read_to_string(&path).expect("it was written");
        assert_eq!(saved, format!("{text}\n\n"));
        let mode = fs::metadata(&path).expect("it is there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);

        screen.types(" more").sees("not saved").await.keys("ctrl-s enter");
        screen.sees("File exists").await.sees("save the transaction to").await.keys("esc");
        assert_eq!(fs::read_to_string(&path).expect("it is there"), saved);

        screen.keys("alt-o enter").sees("Load another without saving this one?").await;
        screen.keys("esc").sees("get k more").await;
        screen.keys("alt-o enter").sees("Load another").await.keys("x").sees("loaded from").await;
        screen.loses("more").await.loses("not saved").await.sees("put a b = ").await;
        screen.keys("alt-u").sees("get k more").await.sees("not saved").await;
        screen.keys("alt-r").loses("not saved").await;

        screen.keys("alt-o").types("x").keys("enter").sees("not loaded").await.keys("esc esc");
        screen.runs(&format!("txn {name}")).sees("loaded from").await.sees("put a b").await;
    });
}

#[test]
fn read_only_refuses_what_writes_and_runs_what_reads() {
    in_the_sandbox(async |world| {
        world.holds(&["k=v"]).await;
        let doorway = Doorway::new(world.store.clone(), Door::Open);
        let world = world.with(doorway.clone());
        let mut screen = world.open(Opening::new().read_only());
        screen.sees("READ-ONLY").await.runs("txn").pastes("\nget k\n\nput k new\n");
        screen.sees("1 operation writes").await.keys("ctrl-r").sees("read-only: nothing").await;
        screen.keys("alt-u").pastes("\nget k\n\nget l\n").keys("ctrl-r");
        screen.sees("It only reads").await.keys("y").sees("then 1  k = \"v\"").await;
        assert_eq!(doorway.writes.load(Ordering::SeqCst), 0);
    });
}

#[test]
fn a_transaction_without_an_answer_is_unknown_and_not_sent_again() {
    for (door, written) in [(Door::NoWayBack, "new"), (Door::NoWayThere, "v")] {
        in_the_sandbox(async |world| {
            world.holds(&["k=v"]).await;
            let doorway = Doorway::new(world.store.clone(), Door::Open);
            let world = world.with(doorway.clone());
            let mut screen = world.screen();
            screen.sees("text 1 B").await.runs("txn").pastes("\nput k new\n");
            doorway.stands(door);
            screen.keys("ctrl-r y").sees("outcome unknown").await.sees("not again").await;
            doorway.stands(Door::Open);
            screen.sees("● online").await.sees("outcome unknown").await;
            assert_eq!(doorway.writes.load(Ordering::SeqCst), 1);
            assert_eq!(world.value("k").await, written);
        });
    }
    in_the_sandbox(async |world| {
        let doorway = Doorway::new(world.store.clone(), Door::Shut);
        let world = world.with(doorway.clone());
        let mut screen = world.screen();
        screen.sees("no connection").await.runs("txn").pastes("\nput k new\n").keys("ctrl-r y");
        screen.sees("not done").await.sees("connection refused").await;
    });
}

#[test]
fn quitting_asks_for_a_text_that_is_in_no_file() {
    in_the_sandbox(async |world| {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("kept.txn");
        let mut screen = world.screen();
        screen.sees("no keys").await.runs("txn").types_lines(&["", "get k"]).keys("esc q");
        screen.sees("Quit without saving the transaction?").await.keys("esc").lives().await;
        screen.keys("ctrl-c").sees("Ctrl-c again quits without it").await.keys("s");
        screen.sees("save the transaction to").await.keys("ctrl-u");
        screen.types(path.to_str().expect("a plain name")).keys("enter");
        assert_eq!(screen.ends().await, Ended::Quit);
        assert_eq!(fs::read_to_string(path).expect("it was written"), "\nget k\n\n\n");

        // A wish to quit that was given up is not fulfilled by a later save.
        let mut screen = world.screen();
        screen.sees("no keys").await.runs("txn").types_lines(&["", "get k"]).keys("esc q s esc");
        let path = folder.path().join("other.txn");
        screen.runs("txn").keys("ctrl-s ctrl-u").types(path.to_str().expect("a plain name"));
        screen.keys("enter").sees("saved to").await.keys("esc").lives().await;
        screen.keys("q");
        assert_eq!(screen.ends().await, Ended::Quit);
    });
}
