//! Values as they are shown, and the formats they are checked against before a save.

use etcdeck::domain::value::{Rendering, View};
use etcdeck::domain::{Key, escape, json};
use etcdeck::syntax::{self, Format};

use super::{Target, seeds};

const WORDS: &[&str] = &[
    "{\"a\":",
    "[1,",
    "}",
    "]",
    "null",
    "\"\\u00e9\"",
    "1e5",
    "- a\n",
    "a: b\n",
    "&x ",
    "*x",
    "<<: *x\n",
    "|\n  ",
    "---\n",
    "? ",
    "[t]\n",
    "a = 1\n",
    "a.b = \"\"\n",
    "[[t]]\n",
    "\"\"\"",
    "1979-05-27",
    "!!str ",
    "{",
    "\t",
];

fn values() -> Vec<Vec<u8>> {
    let mut all = seeds(&[
        "{\"a\":[1,-2.5e3,\"x\\n\\u0041\",true,null,{}],\"日\":\"\u{202e}\"}",
        "a: 1\nb:\n  - x\n  - &y {z: [1, 2]}\nc: *y\nd: |\n  text\n  more\n",
        "title = \"x\"\n[t]\na = [1, 2]\nb = 1979-05-27T07:32:00Z\n[[u]]\nc = '''x'''\n",
        "plain text\n\twith lines\r\nand marks \u{200b}\u{301}ที่\n",
    ]);
    all.push((0..=255).collect());
    all
}

#[test]
fn fuzz_renderings() {
    fn read(bytes: &[u8]) -> bool {
        for rendering in [Rendering::Auto, Rendering::Text, Rendering::Json, Rendering::Hex] {
            for width in [24, 33, 80] {
                let view = View::new(bytes, rendering, width);
                assert!(view.len() <= bytes.len() * 12 + 2);
                for n in (0..view.len()).take(50).chain(view.len().saturating_sub(5)..view.len()) {
                    let row: String = view.row(n).into_iter().map(|span| span.text).collect();
                    let unsafe_one = row.chars().find(|c| escape::is_unsafe(*c));
                    assert_eq!(unsafe_one, None, "{row:?}");
                    let columns: usize = row.chars().map(escape::columns).sum();
                    // Four bytes a row is the least of a dump.
                    let most =
                        if view.rendering() == Rendering::Hex { width.max(27) } else { width };
                    assert!(columns <= most, "{columns} columns: {row:?}");
                }
            }
        }
        View::new(bytes, Rendering::Json, 80).rendering() == Rendering::Json
    }
    Target { name: "renderings", seeds: values(), words: WORDS, read }.run();
}

#[test]
fn fuzz_json() {
    fn read(bytes: &[u8]) -> bool {
        let Ok(text) = std::str::from_utf8(bytes) else { return false };
        let mut end = 0;
        let scanned = json::scan(text, |_, place| {
            assert!(place.start >= end && place.end <= text.len(), "tokens come in order");
            end = place.end;
            assert!(text.get(place).is_some_and(|token| !token.is_empty()));
        });
        assert_eq!(scanned, json::check(text));
        // Another reader, which has limits of depth and magnitude that ours has not.
        let other = serde_json::from_str::<serde::de::IgnoredAny>(text);
        match (&scanned, other) {
            (Ok(()), Err(error)) => {
                let said = error.to_string();
                let limit = ["recursion limit", "out of range", "surrogate", "hex escape"];
                assert!(limit.iter().any(|limit| said.contains(limit)), "{said}: {text:?}");
            }
            (Err(error), Ok(_)) => panic!("{error}: {text:?}"),
            _ => {}
        }
        scanned.is_ok()
    }
    Target { name: "json", seeds: values(), words: WORDS, read }.run();
}

#[test]
fn fuzz_formats() {
    fn read(bytes: &[u8]) -> bool {
        let mut understood = false;
        for format in [Format::Json, Format::Yaml, Format::Toml] {
            match syntax::check(format, bytes) {
                Ok(()) => understood = true,
                Err(fault) => {
                    let rows =
                        bytes.iter().filter(|byte| **byte == b'\n' || **byte == b'\r').count();
                    assert!(fault.line >= 1 && fault.line <= rows + 2, "{fault:?}");
                    assert!(fault.column >= 1);
                }
            }
        }
        for name in ["/a", "/a.json", "/a.yaml", "/a.toml"] {
            let _ = syntax::format_of(&Key::from(name), bytes);
        }
        understood
    }
    Target { name: "formats", seeds: values(), words: WORDS, read }.run();
}
