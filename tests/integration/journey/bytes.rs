//! Bytes written by strangers: shown without harm, edited and saved without changing any other.

use etcdeck::domain::escape::is_unsafe;

use super::screen::Screen;
use super::world::everywhere;

/// What must never reach a terminal as it is: a title, a bell, a cleared screen, a turned direction.
const HOSTILE: &str = "\u{1b}]0;x\u{7}\u{1b}[2J\u{202e}\u{200b}";

fn is_harmless(screen: &Screen) {
    let text = screen.now().text().replace('\n', "");
    let found: Vec<char> = text.chars().filter(|c| is_unsafe(*c)).collect();
    assert!(found.is_empty(), "{found:?} on the screen:\n{text}");
}

#[test]
fn a_value_of_all_bytes_is_edited_as_hexadecimal() {
    everywhere(async |world| {
        let all: Vec<u8> = (0..=255).collect();
        world.put("k", all.clone()).await;
        let mut screen = world.screen();
        screen.sees("binary as hex 256 B").await.sees("70 71 72 73").await;
        is_harmless(&screen);
        screen.keys("e").sees("edited as hex").await.sees("00 01 02 03").await;
        screen.keys("del del").types("ff").sees("ff 01 02 03").await.keys("ctrl-s");
        screen.sees("saved at").await;
        let mut one_changed = all;
        one_changed[0] = 0xff;
        assert_eq!(world.get("k").await.expect("it is there").value, one_changed);
        // What is no hexadecimal is refused, and says where.
        screen.types("zz").keys("ctrl-s").sees("line 1").await;
        assert_eq!(world.get("k").await.expect("it is there").value, one_changed);
    });
}

#[test]
fn a_key_of_all_bytes_is_opened_edited_and_deleted() {
    everywhere(async |world| {
        // The delimiter among them makes a directory of what stands before it.
        let all: Vec<u8> = (0..=255).collect();
        world.put(all.clone(), "v").await;
        let mut screen = world.screen();
        screen.sees("▸ ").await.keys("l").sees("01234567").await.keys("j");
        screen.sees("text 1 B").await;
        is_harmless(&screen);
        screen.keys("e").sees("editing rev").await.types("n").keys("ctrl-s").sees("saved at").await;
        is_harmless(&screen);
        assert_eq!(world.get(all.clone()).await.expect("it is there").value, b"nv");
        screen.keys("esc 1 d").sees("Delete").await.keys("y").sees("deleted at revision").await;
        assert_eq!(world.get(all).await, None);
    });
}

#[test]
fn hostile_text_is_shown_and_saved_as_it_is() {
    everywhere(async |world| {
        let (key, value) = (format!("key{HOSTILE}"), format!("{HOSTILE}\nsecond{HOSTILE}"));
        world.put(&*key, value.as_str()).await;
        let mut screen = world.screen();
        screen.sees("\\x1b]0;x\\x07\\x1b[2J\\u{202e}\\u{200b}").await.sees("second").await;
        is_harmless(&screen);
        screen.keys("e").sees("editing rev").await.sees("second\\x1b]0;x\\x07").await;
        is_harmless(&screen);
        screen.keys("ctrl-end").types("!").keys("ctrl-s").sees("saved at").await;
        is_harmless(&screen);
        assert_eq!(world.value(&key).await, format!("{value}!"));
        // In the log, the dialogs and the command line too.
        screen.keys("esc 1 w").sees("1 watching").await;
        world.put(&*key, HOSTILE).await;
        screen.sees("PUT").await.keys("4 enter").sees("Event").await;
        is_harmless(&screen);
        screen.keys("esc 1 X").sees("As etcdctl").await;
        is_harmless(&screen);
        screen.keys("esc d").sees("Delete").await;
        is_harmless(&screen);
        screen.keys("n :").pastes(&format!("put {key}")).lives().await;
        is_harmless(&screen);
        screen.keys("enter").sees("expected: put KEY VALUE").await;
        is_harmless(&screen);
    });
}

#[test]
fn renderings_can_be_chosen() {
    everywhere(async |world| {
        world.put("k", "{\"a\":[1,2]}").await;
        let mut screen = world.screen();
        screen.sees("\"a\": [").await.keys("2 v").sees("{\"a\":[1,2]}").await;
        screen.keys("v").sees("\"a\": [").await.keys("v").sees("7b 22 61 22").await;
        screen.keys("v").sees("\"a\": [").await.keys("Y").sees("value sent to the terminal").await;
        assert_eq!(screen.now().copied, [b"{\"a\":[1,2]}".to_vec()]);
    });
}
