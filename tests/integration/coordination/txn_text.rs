//! Transactions as text: read, written, and said what is wrong with.

use etcdeck::domain::escape::is_unsafe;
use etcdeck::domain::txn::{
    Compare, Comparison, DeleteRequest, Op, PutRequest, RangeRequest, SortOrder, SortTarget,
    Target, TxnRequest,
};
use etcdeck::domain::txn_text::{
    beyond_etcdctl, describe, parse, parse_compare, parse_op, print, print_compare, print_op, save,
};
use etcdeck::domain::{KeyRange, LeaseId, Revision, Version};
use proptest::prelude::*;

use super::txn_strategy::txn;

fn compare(range: KeyRange, comparison: Comparison, target: Target) -> Compare {
    Compare { range, target, comparison }
}

fn mod_of(key: &str, revision: i64) -> Compare {
    let target = Target::Mod(Revision(revision));
    compare(KeyRange::single(key), Comparison::Equal, target)
}

#[test]
fn the_transaction_of_etcds_own_documentation() {
    let text = "mod(\"key1\") > \"0\"\n\nput key1 \"overwrote-key1\"\n\n\
                put key1 \"created-key1\"\nput key2 \"some extra key\"\n\n";
    let request = parse(text).unwrap();
    let target = Target::Mod(Revision(0));
    assert_eq!(
        request,
        TxnRequest {
            compares: vec![compare(KeyRange::single("key1"), Comparison::Greater, target)],
            success: vec![Op::Put(PutRequest::new("key1", "overwrote-key1"))],
            failure: vec![
                Op::Put(PutRequest::new("key1", "created-key1")),
                Op::Put(PutRequest::new("key2", "some extra key")),
            ],
        }
    );
    let printed = text.replace("put key1", "put \"key1\"").replace("put key2", "put \"key2\"");
    assert_eq!(print(&request), printed);
    assert_eq!(beyond_etcdctl(&request), None);
}

#[test]
fn compares() {
    let single = |key: &[u8]| KeyRange::single(key);
    let cases = [
        (r#"ver("k") = "1""#, single(b"k"), Comparison::Equal, Target::Version(Version(1))),
        (
            r#"version("k")  !=  "1""#,
            single(b"k"),
            Comparison::NotEqual,
            Target::Version(Version(1)),
        ),
        (r#"c("k") > "-5""#, single(b"k"), Comparison::Greater, Target::Create(Revision(-5))),
        (r#"create("k") < "+7""#, single(b"k"), Comparison::Less, Target::Create(Revision(7))),
        (r#"m("k")="0""#, single(b"k"), Comparison::Equal, Target::Mod(Revision(0))),
        (r#" mod ( "k" ) = "0" "#, single(b"k"), Comparison::Equal, Target::Mod(Revision(0))),
        (r#"val("k") = "x y""#, single(b"k"), Comparison::Equal, Target::Value(b"x y".to_vec())),
        (
            r#"value(`k\x`) = `"`"#,
            single(b"k\\x"),
            Comparison::Equal,
            Target::Value(b"\"".to_vec()),
        ),
        (
            r#"value("\xff\000\u00e9\U0001f600\a\b\f\n\r\t\v\\\"") = """#,
            single("\u{ff}\0é😀\x07\x08\x0c\n\r\t\x0b\\\"".as_bytes()),
            Comparison::Equal,
            Target::Value(Vec::new()),
        ),
        (
            r#"lease("k") = "694D81417acd4a1f""#,
            single(b"k"),
            Comparison::Equal,
            Target::Lease(LeaseId(0x694d_8141_7acd_4a1f)),
        ),
        (r#"lease("k") = "-1""#, single(b"k"), Comparison::Equal, Target::Lease(LeaseId(-1))),
        (
            r#"mod("a/" --prefix) = "0""#,
            KeyRange::prefix("a/"),
            Comparison::Equal,
            Target::Mod(Revision(0)),
        ),
        (
            r#"mod("a" --from-key) = "0""#,
            KeyRange::from("a"),
            Comparison::Equal,
            Target::Mod(Revision(0)),
        ),
        (
            r#"mod("a" "c") = "0""#,
            KeyRange::interval("a", "c"),
            Comparison::Equal,
            Target::Mod(Revision(0)),
        ),
    ];
    for (text, range, comparison, target) in cases {
        let mut expected = compare(range, comparison, target);
        if text.contains("xff") {
            // The escape is the byte, not the character of that number.
            expected.range =
                KeyRange::single(&b"\xff\0\xc3\xa9\xf0\x9f\x98\x80\x07\x08\x0c\n\r\t\x0b\\\""[..]);
        }
        assert_eq!(parse_compare(text), Ok(expected.clone()), "{text}");
        assert_eq!(parse_compare(&print_compare(&expected)), Ok(expected), "{text}");
    }
}

#[test]
fn requests() {
    let all = RangeRequest::new(KeyRange::all());
    let cases = [
        ("put k v", Op::Put(PutRequest::new("k", "v"))),
        ("put 'a \"b' \"c d\"", Op::Put(PutRequest::new("a \"b", "c d"))),
        ("put k \"\"", Op::Put(PutRequest::new("k", ""))),
        ("put a\"b c\"d", Op::Put(PutRequest::new("a\"b", "c\"d"))),
        ("put --lease=1f k v", Op::Put(PutRequest::new("k", "v").lease(LeaseId(0x1f)))),
        (
            "put k --lease 1f v --prev-kv",
            Op::Put(PutRequest::new("k", "v").lease(LeaseId(0x1f)).prev_kv()),
        ),
        ("put --prev-kv=false k v", Op::Put(PutRequest::new("k", "v"))),
        ("put -- -k --prefix", Op::Put(PutRequest::new("-k", "--prefix"))),
        ("put k -", Op::Put(PutRequest::new("k", "-"))),
        ("put k -- -1", Op::Put(PutRequest::new("k", "-1"))),
        ("get k", Op::Range(RangeRequest::get("k"))),
        ("get k \"\"", Op::Range(RangeRequest::get("k"))),
        ("get a c", Op::Range(RangeRequest::new(KeyRange::interval("a", "c")))),
        ("get \"\" --prefix", Op::Range(all.clone())),
        ("get \"\" --from-key", Op::Range(all.clone())),
        ("get k --from-key", Op::Range(RangeRequest::new(KeyRange::from("k")))),
        ("get \"\\x00\" \"\\x01\"", Op::Range(RangeRequest::new(KeyRange::prefix(&b"\0"[..])))),
        (
            "get --limit 010 --rev=0x10 k",
            Op::Range(RangeRequest::get("k").limit(8).at(Revision(16))),
        ),
        (
            "get k --keys-only --consistency=s",
            Op::Range(RangeRequest::get("k").keys_only().serializable()),
        ),
        ("get k --count-only --print-value-only", Op::Range(RangeRequest::get("k").count_only())),
        (
            "get k --order=descend --sort-by modify",
            Op::Range(RangeRequest::get("k").sort(SortTarget::Mod, SortOrder::Descend)),
        ),
        ("del k", Op::Delete(DeleteRequest::new(KeyRange::single("k")))),
        (
            "del k/ --prefix --prev-kv",
            Op::Delete(DeleteRequest::new(KeyRange::prefix("k/")).prev_kv()),
        ),
        ("del a c --range", Op::Delete(DeleteRequest::new(KeyRange::interval("a", "c")))),
    ];
    for (text, expected) in cases {
        assert_eq!(parse_op(text), Ok(expected.clone()), "{text}");
        let printed = print_op(&expected);
        assert_eq!(parse_op(&printed), Ok(expected), "{text}: {printed}");
    }
}

#[test]
fn what_cannot_be_read_is_said_with_its_place() {
    let cases = [
        (
            "mod(key) = \"1\"",
            "line 1, column 5: expected a key in quotes, as in mod(\"key\") > \"0\", found key) = \"1\"",
        ),
        ("mod(\"k\") == \"1\"", "line 1, column 10: expected =, !=, > or <, found == \"1\""),
        ("mod(\"k\") = 1", "column 12: expected a value in quotes"),
        ("mod(\"k\") = \"x\"", "column 12: expected a whole number in quotes"),
        ("mod(\"k\") = \"1\" and", "column 16: expected the end of the line, found and"),
        ("mod(\"k = \"1\"", "column 11: expected a ) after the key"),
        ("mod(\"k", "column 5: expected a closing \" for the quote that opens here"),
        (
            "age(\"k\") = \"1\"",
            "column 1: expected a compare: version, create, mod, value or lease",
        ),
        ("put k v", "column 1: expected a compare: requests come after a blank line"),
        ("lease(\"k\") = \"xyz\"", "column 14: expected a lease ID in hexadecimal"),
        ("value(\"k\") = \"\\q\"", "column 15: expected one of the escapes"),
        ("value(\"k\") = \"\\ud800\"", "column 15: expected one of the escapes"),
        ("\nmod(\"k\") = \"1\"", "line 2, column 1: expected put, get or del: the compares ended"),
        ("# x\n\n  drop k", "line 3, column 3: expected put, get or del, found drop k"),
        (
            "\nput k",
            "line 2, column 6: expected a value; an empty one is written \"\", found the end of the line",
        ),
        ("\nput", "line 2, column 4: expected a key and a value"),
        ("\nput k some value", "line 2, column 12: expected the end of the line (what has spaces"),
        ("\nput k \"v", "line 2, column 7: expected a closing \""),
        (
            "\nput k v --ttl=5",
            "line 2, column 9: expected a flag of put: --lease --prev-kv, found --ttl=5",
        ),
        (
            "\nput k -1",
            "line 2, column 7: expected a flag; what begins with - otherwise stands behind --",
        ),
        ("\nput k v --lease=xyz", "line 2, column 9: expected a lease ID in hexadecimal"),
        ("\nput k v --lease", "line 2, column 9: expected a lease ID in hexadecimal"),
        ("\nget k --limit=many", "line 2, column 7: expected a whole number: --limit=5"),
        ("\nget k --limit=-+5", "line 2, column 7: expected a whole number"),
        ("\nget k z --prefix", "line 2, column 7: expected no end of the interval"),
        (
            "\nget --prefix --from-key k",
            "line 2, column 1: expected --prefix or --from-key, not both",
        ),
        ("\nget --keys-only --count-only k", "--keys-only or --count-only, not both"),
        (
            "\nget --prefix=maybe k",
            "line 2, column 5: expected --prefix, --prefix=true or --prefix=false",
        ),
        ("\nget k --order=up", "expected --order=ASCEND or --order=DESCEND"),
        ("\ndel", "line 2, column 4: expected a key"),
        ("\ntxn", "line 2, column 4: expected { after txn"),
        ("\ntxn {\n\nput k v\n", "line 5, column 1: expected a } that ends the transaction inside"),
        ("\n\n\nget k", "line 4, column 1: expected nothing more: a transaction has three parts"),
        ("\u{1b}[2J", "found \\x1b[2J"),
    ];
    for (text, expected) in cases {
        let error = parse(text).expect_err(text).to_string();
        assert!(error.contains(expected), "{text}\n is: {error}\nnot: {expected}");
        assert!(!error.chars().any(is_unsafe), "{error:?}");
    }
}

#[test]
fn texts_end_as_they_like() {
    let full = parse("mod(\"k\") = \"1\"\n\nget k\n\nget l\n\n").unwrap();
    for text in [
        "mod(\"k\") = \"1\"\n\nget k\n\nget l",
        "mod(\"k\") = \"1\"\r\n\r\nget k\r\n\r\nget l\r\n\r\n",
        "# why\nmod(\"k\") = \"1\"\n   \n\tget k\n  # then\n\nget l\n\n\n\n# end",
    ] {
        assert_eq!(parse(text), Ok(full.clone()), "{text}");
    }
    assert_eq!(parse(""), Ok(TxnRequest::default()));
    assert_eq!(parse("# nothing"), Ok(TxnRequest::default()));
}

#[test]
fn a_file_says_what_its_parts_are() {
    let request = TxnRequest {
        compares: vec![mod_of("/a", 5)],
        success: vec![Op::Txn(TxnRequest {
            success: vec![Op::Put(PutRequest::new("/b", "x"))],
            ..TxnRequest::default()
        })],
        failure: Vec::new(),
    };
    let saved = save(&request, "rotate\r\nthe key");
    let expected = "# rotate\n# the key\n# compares\nmod(\"/a\") = \"5\"\n\n# when they hold\ntxn {\n\n  put \"/b\" \"x\"\n\n\n}\n\n# when one fails\n\n";
    assert_eq!(saved, expected);
    assert_eq!(parse(&saved), Ok(request.clone()));
    assert!(beyond_etcdctl(&request).is_some_and(|why| why.contains("inside another")));
    let interval = compare(KeyRange::prefix("a"), Comparison::Equal, Target::Mod(Revision(1)));
    let request = TxnRequest { compares: vec![interval], ..TxnRequest::default() };
    assert!(beyond_etcdctl(&request).is_some_and(|why| why.contains("single keys")));
}

#[test]
fn transactions_inside_one_another_have_an_end() {
    let deep = "\ntxn {\n".repeat(100_000);
    let error = parse(&deep).expect_err("too deep").to_string();
    assert!(error.contains("fewer transactions inside one another"), "{error}");
}

#[test]
fn one_line_each_for_people() {
    let cases = [
        ("put /a abc --lease=1f", "put /a 3 bytes on lease 1f"),
        ("put /a x", "put /a 1 byte"),
        ("get /a", "get /a"),
        (
            "get /a/ --prefix --keys-only --limit=10 --rev=5",
            "get /a/… (keys only, at most 10, at revision 5)",
        ),
        ("get /a --count-only --from-key --consistency=s", "count [/a, end) (maybe stale)"),
        (
            "get /a /c --order=DESCEND --sort-by=MODIFY",
            "get [/a, /c) (by last change, largest first)",
        ),
        ("del \"\" --prefix", "delete all keys"),
        ("del \"\\x1b\"", "delete \\x1b"),
    ];
    for (text, line) in cases {
        assert_eq!(describe::op(&parse_op(text).unwrap()), line, "{text}");
    }
    let cases = [
        (r#"mod("/a") = "5""#, "mod(/a) = 5"),
        (r#"value("/a") != "x\n""#, "value(/a) != \"x\\n\""),
        (r#"version("/a/" --prefix) > "0""#, "version(/a/…) > 0"),
        (r#"lease("/a") = "0""#, "lease(/a) = none"),
        (r#"lease("/a") < "1F""#, "lease(/a) < 1f"),
    ];
    for (text, line) in cases {
        assert_eq!(describe::compare(&parse_compare(text).unwrap()), line, "{text}");
    }
    let long = compare(KeyRange::single("k"), Comparison::Equal, Target::Value(vec![b'x'; 900]));
    assert_eq!(describe::compare(&long), "value(k) = 900 bytes");
}

proptest! {
    #[test]
    fn any_transaction_is_read_as_it_was_written(request in txn()) {
        let text = print(&request);
        prop_assert_eq!(parse(&text), Ok(request.clone()), "{}", text);
        prop_assert!(!text.chars().any(|c| c != '\n' && is_unsafe(c)), "{:?}", text);
        prop_assert_eq!(parse(&save(&request, "a\ntitle")), Ok(request));
    }

    #[test]
    fn no_text_is_a_panic(text in "[a-z\"'`\\\\(){}=<>#\\- \n\u{a0}é]{0,60}|\\PC{0,60}") {
        if let Ok(request) = parse(&text) {
            prop_assert_eq!(parse(&print(&request)), Ok(request));
        }
    }
}
