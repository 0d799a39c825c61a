//! The strict JSON reader, against a table and against serde_json.

use etcdeck::domain::json;
use proptest::prelude::*;
use serde::de::IgnoredAny;

#[test]
fn the_first_wrong_place_is_named() {
    let cases = [
        ("", "line 1, column 1: expected a value, found the end"),
        ("{\n  \"a\": 1\n  \"b\": 2\n}", "line 3, column 3: expected ',' or '}', found '\"'"),
        ("{\"a\" 1}", "line 1, column 6: expected ':', found '1'"),
        ("{\"a\": 1,}", "line 1, column 9: expected a name in double quotes, found '}'"),
        ("{a: 1}", "line 1, column 2: expected a name in double quotes or '}', found 'a'"),
        ("[1,]", "line 1, column 4: expected a value, found ']'"),
        ("[1}", "line 1, column 3: expected ',' or ']', found '}'"),
        ("[1] x", "line 1, column 5: expected nothing more, found 'x'"),
        ("[tru]", "line 1, column 2: expected a value, found 't'"),
        ("[truex]", "line 1, column 2: expected a value, found 't'"),
        ("[01]", "line 1, column 3: expected ',' or ']', found '1'"),
        ("[1.]", "line 1, column 4: expected a digit, found ']'"),
        ("[-]", "line 1, column 3: expected a digit, found ']'"),
        ("[1e+]", "line 1, column 5: expected a digit, found ']'"),
        ("[+1]", "line 1, column 2: expected a value or ']', found '+'"),
        (
            "[\"ä\\x\"]",
            "line 1, column 5: expected one of \" \\ / b f n r t u after '\\', found 'x'",
        ),
        ("[\"\\u12g4\"]", "line 1, column 7: expected four hexadecimal digits, found 'g'"),
        (
            "[\"a\nb\"]",
            "line 1, column 4: expected an escape instead of a control character, found '\\n'",
        ),
        ("[\"a", "line 1, column 4: expected the closing '\"' of a string, found the end"),
        ("{\"a\":[", "line 1, column 7: expected a value or ']', found the end"),
        ("\u{feff}{}", "line 1, column 1: expected a value, found '\\u{feff}'"),
        ("[1,\u{a0}2]", "line 1, column 4: expected a value, found '\\u{a0}'"),
    ];
    for (text, message) in cases {
        assert_eq!(json::check(text).unwrap_err().to_string(), message, "{text:?}");
    }
}

#[test]
fn what_the_grammar_allows_is_json() {
    for text in [
        "0",
        "-0.5e-7",
        "123456789012345678901234567890.10000E+400",
        " \t\r\n null ",
        "\"\\u0041\\ud800\\/\u{7f}\u{202e}\"",
        "{}",
        "[ ]",
        "{\"a\":1,\"a\":{\"\":[[],{}]}}",
    ] {
        assert_eq!(json::check(text), Ok(()), "{text}");
    }
    // Depth does not cost the stack.
    let deep = "[".repeat(200_000) + &"]".repeat(200_000);
    assert_eq!(json::check(&deep), Ok(()));
    assert!(json::check(&deep[1..]).is_err());
}

proptest! {
    #[test]
    fn it_agrees_with_serde_json(text in "[\\[\\]{}:, \"\\\\ue0-9.+tfnäl-]{0,12}") {
        prop_assert_eq!(
            json::check(&text).is_ok(),
            serde_json::from_str::<IgnoredAny>(&text).is_ok(),
            "{}", text
        );
    }

    #[test]
    fn it_agrees_on_json_with_one_change(
        value in any_json(), at in any::<prop::sample::Index>(), c in "[\\[\\]{}:,\"\\\\u0e.\\- ntf]",
    ) {
        let text = value.to_string();
        prop_assert_eq!(json::check(&text), Ok(()));
        let at = at.index(text.len());
        if text.is_char_boundary(at) && text.is_char_boundary(at + 1) {
            let mut changed = text;
            changed.replace_range(at..=at, &c);
            prop_assert_eq!(
                json::check(&changed).is_ok(),
                serde_json::from_str::<IgnoredAny>(&changed).is_ok(),
                "{}", changed
            );
        }
    }
}

/// Any JSON value, not too large.
pub(super) fn any_json() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i64>().prop_map(Into::into),
        any::<f64>().prop_map(Into::into),
        "\\PC{0,30}|[a\\n\"\\\\\u{7f}\u{202e}日]{0,30}".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Into::into),
            prop::collection::hash_map(".{0,12}", inner, 0..6)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}
