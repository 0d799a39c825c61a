//! What counts as JSON, YAML or TOML, what breaks it and where, and that no text stalls a check.

use std::time::Duration;

use etcdeck::domain::Key;
use etcdeck::syntax::{Format, broken, check, format_of};
use tokio::time::Instant;

#[test]
fn a_format_is_told_by_the_key_or_by_the_value() {
    use Format::{Json, Toml, Yaml};
    let cases = [
        ("/a", "{\"a\": 1}", Some(Json)),
        ("/a", " [1]", Some(Json)),
        ("/a", "a = 1\n", Some(Toml)),
        ("/a", "[server]\nport = 80\n", Some(Toml)),
        ("/a", "a: 1\nb:\n  - x\n", Some(Yaml)),
        ("/a", "- x\n- y\n", Some(Yaml)),
        ("/a", "--- # two\na: 1\n---\nb\n", Some(Yaml)),
        // Words, numbers and the like are of no format.
        ("/a", "", None),
        ("/a", "plain words", None),
        ("/a", "8080", None),
        ("/a", "\"quoted\"", None),
        ("/a", "http://10.0.0.1:80", None),
        ("/a", "# only a comment", None),
        ("/a", "a: b: c", None),
        // The key decides where the value agrees or says nothing.
        ("/a.json", "8080", Some(Json)),
        ("/a.JSON", "", Some(Json)),
        ("/a.yaml", "plain words", Some(Yaml)),
        ("/a.yml", "a = 1", Some(Yaml)),
        ("/a.toml", "# nothing yet", Some(Toml)),
        ("/a.json", "a: 1", Some(Yaml)),
        ("/a.json", "plain words", None),
        (".json", "plain words", None),
    ];
    for (key, value, format) in cases {
        assert_eq!(format_of(&Key::from(key), value.as_bytes()), format, "{key} {value:?}");
    }
    assert_eq!(format_of(&Key::from("/a"), b"\xff"), None);
    assert_eq!(format_of(&Key::from("/a.json"), b"\xff"), None);
}

#[test]
fn what_was_valid_and_is_not_any_more_is_told_with_its_place() {
    let cases = [
        (
            "/a",
            "{\"a\": 1}",
            "{\"a\": 1",
            "JSON line 1, column 8: expected ',' or '}', found the end",
        ),
        ("/a", "{\"a\": 1}", "{\n  \"ä\" 1}", "JSON line 2, column 7: expected ':', found '1'"),
        ("/a", "{}", "", "JSON line 1, column 1: expected a value, found the end"),
        ("/a.json", "", "x", "JSON line 1, column 1: expected a value, found 'x'"),
        ("/a", "a = 1\n", "a = 1\na = 2\n", "TOML line 2, column 1: duplicate key"),
        ("/a", "a = 1\n", "a = 1\nä = \n", "TOML line 2, column 1: "),
        ("/a", "a = 1\n", "a = 1\nb = \n", "TOML line 2, column 5: "),
        ("/a", "a: 1\n", "a: 1\nb: [x\n", "YAML line 3, column 1: while parsing a flow sequence"),
        ("/a", "a: 1\n", "a: b: c\n", "YAML line 1, column 5: mapping values are not allowed"),
        ("/a", "a: 1\n", "a:\n\t- x\n", "YAML line 2, column 2: "),
        (
            "/a",
            "a: &x 1\nb: *x\n",
            "a: 1\nb: *x\n",
            "YAML line 2, column 4: while parsing node, found unknown anchor",
        ),
    ];
    for (key, base, draft, told) in cases {
        let (format, fault) =
            broken(&Key::from(key), base.as_bytes(), draft.as_bytes()).expect(draft);
        let found = format!("{} {fault}", format.name());
        assert!(found.starts_with(told), "{draft:?}: {found}");
    }
    let (_, fault) = broken(&Key::from("/a"), b"a: 1", b"a: 1\nb: \xff").expect("no text");
    assert_eq!((fault.line, fault.column), (2, 4));
    assert_eq!(fault.what, "YAML is text, and this byte is no UTF-8");
}

#[test]
fn what_was_of_no_format_breaks_none() {
    let cases = [
        ("/a", "plain", "{\"a\""),
        ("/a", "{\"a\"", "{\"b\""),
        ("/a.json", "not json", "still not json"),
        ("/a", "", "{\"a\""),
        // Another valid text of the same format.
        ("/a", "{\"a\": 1}", "[1, 2]"),
        ("/a", "a: 1", "words"),
        ("/a", "a = 1", ""),
    ];
    for (key, base, draft) in cases {
        assert_eq!(broken(&Key::from(key), base.as_bytes(), draft.as_bytes()), None, "{draft:?}");
    }
}

#[test]
fn no_text_stalls_a_check() {
    const SIZE: usize = 1_500_000;
    let repeat = |text: &str| text.repeat(SIZE / text.len());
    let line = |n: usize| format!("a{n}: &a{n} [{}]\n", format!("*a{}, ", n - 1).repeat(20));
    let laughs = (1..40).map(line).collect::<Vec<_>>().concat();
    let texts = [
        (Format::Json, repeat("["), false),
        (Format::Json, repeat("{\"a\":"), false),
        (Format::Yaml, repeat("["), false),
        (Format::Yaml, repeat("{a: "), false),
        (Format::Yaml, repeat("- "), true),
        (Format::Yaml, repeat("? "), true),
        (Format::Yaml, format!("a0: &a0 [x]\n{laughs}"), true),
        (Format::Yaml, repeat("- &a x\n- *a\n"), true),
        (Format::Yaml, repeat("a\n"), true),
        (Format::Yaml, repeat("\""), false),
        (Format::Toml, format!("a={}", repeat("[")), false),
        (Format::Toml, format!("a={}", repeat("{a=")), false),
        (Format::Toml, repeat("x\n"), false),
        // Deeper than is read: not said to be wrong.
        (Format::Toml, format!("{}a=1", repeat("a.")), true),
        (Format::Toml, format!("[{}a]", repeat("a.")), true),
    ];
    for (format, text, fine) in &texts {
        let start = Instant::now();
        let checked = check(*format, text.as_bytes());
        let took = start.elapsed();
        let name = format!("{} {:?}", format.name(), text.chars().take(20).collect::<String>());
        assert_eq!(checked.is_ok(), *fine, "{name}: {checked:?}");
        // Far more than it takes, and far less than anything that is not linear.
        assert!(took < Duration::from_secs(30), "{name} took {took:?}");
    }
}
