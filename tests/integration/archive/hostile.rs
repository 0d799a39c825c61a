//! Files that are wrong, and the sentence each one gets.

use std::io::Cursor;

use etcdeck::archive::Reader;

use super::{entry, read, written};

const HEADER: &str =
    r#"{"format":"etcdeck-export-1","revision":9,"prefix":"/","count":1,"time":"t"}"#;
const KEY: &str = r#"{"key":"/a","value":"1"}"#;
const END: &str = r#"{"complete":true,"count":1}"#;

fn refusal(file: &[u8]) -> String {
    match read(file) {
        Err(fault) => fault.to_string(),
        Ok(read) => panic!("{}: was read: {read:?}", String::from_utf8_lossy(file)),
    }
}

#[test]
fn a_file_that_is_no_export_is_refused() {
    let expected = r#"expected the header of an export, {"format":"etcdeck-export-1", ...}"#;
    for (file, said) in [
        (&b""[..], "line 1: the file is empty".to_owned()),
        (b"\n \n", "line 1: the file is empty".to_owned()),
        (b"\x1f\x8b\x08\0", format!("line 1: compressed with gzip, which must be undone first; {expected}")),
        (b"/a=1\n", format!("line 1: not JSON: column 1: expected a value, found '/'; {expected}")),
        (b"\xff\xfe\n", format!("line 1: byte 1 is not UTF-8; expected JSON text; {expected}")),
        (b"[1]\n", format!("line 1: expected a JSON object, one a line; {expected}")),
        (b"{}\n", format!("line 1: not an export of etcdeck; {expected}")),
        (b"{\"type\":\"PUT\",\"key\":\"/a\"}\n", format!("line 1: not an export of etcdeck; {expected}")),
        (b"{\"format\":7}\n", "line 1: the field \"format\" holds an integer; expected text".to_owned()),
        (
            b"{\"format\":\"etcdeck-export-2\"}\n",
            "line 1: the format etcdeck-export-2 is not known to this etcdeck; expected etcdeck-export-1".to_owned(),
        ),
        (b"{\"format\":\"etcdeck-export-1\"}\n", "line 1: the header lacks the field \"revision\"".to_owned()),
        (
            b"{\"format\":\"etcdeck-export-1\",\"revison\":1}\n",
            "line 1: the field \"revison\" is not known; did you mean \"revision\"?".to_owned(),
        ),
    ] {
        assert_eq!(refusal(file), said);
    }
}

#[test]
fn a_wrong_line_is_named_with_what_was_expected() {
    for (line, said) in [
        (
            r#"{"key":"/b","value":"1",}"#,
            "not JSON: column 25: expected a name in double quotes, found '}'",
        ),
        (r#"{"key":"/b" "value":"1"}"#, "not JSON: column 13: expected ',' or '}', found '\"'"),
        (r#"{"key":"/b","#, "not JSON: column 13: expected a name in double quotes, found the end"),
        (
            r#"{"key":"\ud800","value":""}"#,
            "not JSON that can be read: unexpected end of hex escape at line 1 column 15",
        ),
        ("7", "expected a JSON object, one a line"),
        (
            r#"{"key":"/b","valeu":"1"}"#,
            "the field \"valeu\" is not known; did you mean \"value\"?",
        ),
        (
            r#"{"key":"/b","value":"1","comment":"x"}"#,
            "the field \"comment\" is not known; expected key, key_base64, value, value_base64, lease, create_revision, mod_revision, version",
        ),
        (r#"{"key":"/b","key":"/c","value":"1"}"#, "the field \"key\" stands there twice"),
        (
            r#"{"key":"/b","key_base64":"YQ==","value":"1"}"#,
            "both \"key\" and \"key_base64\" stand there; expected one of them",
        ),
        (r#"{"key":"/b"}"#, "expected a field \"value\" or \"value_base64\""),
        (r#"{"value":"1"}"#, "expected a field \"key\" or \"key_base64\""),
        (r#"{"key":"","value":"1"}"#, "the key is empty, which etcd does not allow"),
        (r#"{"key":"/b","value":1}"#, "the field \"value\" holds an integer; expected text"),
        (r#"{"key":"/b","value":null}"#, "the field \"value\" holds null; expected text"),
        (r#"{"key":"/b","value":[[1],{}]}"#, "the field \"value\" holds a list; expected text"),
        (
            r#"{"key":"/b","value_base64":"a"}"#,
            "the field \"value_base64\" is not standard base64: Invalid input length: 1",
        ),
        (
            r#"{"key":"/b","value":"1","lease":7}"#,
            "the field \"lease\" holds an integer; expected text",
        ),
        (
            r#"{"key":"/b","value":"1","lease":"0x7"}"#,
            "the field \"lease\": a lease ID is written in hexadecimal, at most 16 digits, for example 694d81417acd4a1f",
        ),
        (
            r#"{"key":"/b","value":"1","version":-1}"#,
            "the field \"version\" is -1; expected 0 or more",
        ),
        (
            r#"{"key":"/b","value":"1","version":1.5}"#,
            "the field \"version\" holds a number that is no integer of 64 bits; expected an integer",
        ),
        (
            r#"{"key":"/b","value":"1","mod_revision":9223372036854775808}"#,
            "the field \"mod_revision\" holds a number beyond 64 bits; expected an integer",
        ),
        (r#"{"key":"/a","value":"2"}"#, "the key /a stands in line 2 already; expected it once"),
        (HEADER, "a second header; expected a key"),
        (r#"{"complete":false,"count":1}"#, "the field \"complete\" is false; expected true"),
        (r#"{"complete":true}"#, "the last line lacks the field \"count\""),
        (r#"{"complete":true,"count":"1"}"#, "the field \"count\" holds text; expected an integer"),
    ] {
        let file = format!("{HEADER}\n{KEY}\n{line}\n{END}\n");
        assert_eq!(refusal(file.as_bytes()), format!("line 3: {said}"), "{line}");
    }
    let twice = format!("{HEADER}\n{KEY}\n{END}\n{HEADER}\n{KEY}\n{END}\n");
    let said = "line 4: line 3 says that the file ends there; expected nothing more";
    assert_eq!(refusal(twice.as_bytes()), said);
    let mut bytes = format!("{HEADER}\n").into_bytes();
    bytes.extend_from_slice(b"{\"key\":\"\xff\",\"value\":\"\"}\n");
    assert_eq!(refusal(&bytes), "line 2: byte 9 is not UTF-8; expected JSON text");
}

#[test]
fn a_file_edited_by_hand_is_read_and_what_does_not_fit_is_told() {
    let two = r#"{"value": "2" , "key" : "/b"}"#;
    for (file, keys, notes) in [
        (format!("{HEADER}\n{KEY}\n{END}"), 1, vec![]),
        (format!("\u{feff}{HEADER}\r\n\r\n{KEY}\r\n{END}\r\n\n"), 1, vec![]),
        (
            format!("{HEADER}\n{KEY}\n{two}\n{END}\n"),
            2,
            vec!["the file was edited: its header and its last line say 1 keys, 2 are in it"],
        ),
        (
            format!("{HEADER}\n{END}\n"),
            0,
            vec!["the file was edited: its header and its last line say 1 keys, 0 are in it"],
        ),
        (
            format!("{HEADER}\n{two}\n{KEY}\n{{\"complete\":true,\"count\":2}}\n"),
            2,
            vec![
                "the file was edited: its header says 1 keys and its last line 2, 2 are in it",
                "the keys of the file are not in order",
            ],
        ),
        (
            format!("{HEADER}\n{{\"key\":\"x\",\"value\":\"\"}}\n{END}\n"),
            1,
            vec!["keys outside the prefix / that the header names: 1"],
        ),
        (
            format!("{HEADER}\n{KEY}\n"),
            1,
            vec!["the file was cut: its last line is missing; it holds 1 of 1 keys"],
        ),
    ] {
        let (found, ending) = read(file.as_bytes()).expect(&file);
        assert_eq!(
            (found.len(), ending.notes),
            (keys, notes.into_iter().map(str::to_owned).collect())
        );
    }
}

#[test]
fn a_key_that_stands_twice_is_found_in_any_order() {
    let lines = [b"/a", b"/c", b"/b", b"/a"].map(|key| entry(key, b""));
    let file = written(b"/", &lines);
    let (found, ending) = read(&file).expect("neighbors differ");
    assert_eq!((found.len(), ending.ordered), (4, false));
    let mut reader = Reader::new(Cursor::new(&file)).expect("a header").remembering();
    let fault = reader.find_map(Result::err).expect("/a stands there twice");
    assert_eq!(fault.to_string(), "line 5: the key /a stands in line 2 already; expected it once");
    assert!(reader.next().is_none() && reader.ending().is_none(), "a fault ends the reading");
}

#[test]
fn a_value_of_some_mebibytes_is_one_line() {
    let large = vec![entry(b"/a", &vec![7; 3 << 20]), entry(b"/b", &vec![0xff; 3 << 20])];
    let file = written(b"/", &large);
    assert_eq!(read(&file).expect("no fault").0, large);
}
