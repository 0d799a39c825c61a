//! What is found, and what is not.

use super::*;

fn found(bytes: &[u8], text: &str, shown: Shown) -> Vec<(u32, u32)> {
    find(bytes, text, shown).iter().map(|place| (place.start, place.end)).collect()
}

#[test]
fn text_is_found_in_any_case() {
    type Case = (&'static str, &'static str, &'static [(u32, u32)]);
    let cases: [Case; 12] = [
        ("name NAME Name", "nAmE", &[(0, 4), (5, 9), (10, 14)]),
        ("aaaa", "aa", &[(0, 2), (2, 4)]),
        ("ababac", "abac", &[(2, 6)]),
        ("aabaabaaab", "aabaaa", &[(3, 9)]),
        ("", "a", &[]),
        ("abc", "abcd", &[]),
        ("Straße GRÖSSE größe", "größe", &[(16, 23)]),
        ("ÄÖ äö", "äÖ", &[(0, 4), (5, 9)]),
        ("ΟΔΟΣ οδος", "οδος", &[(0, 8), (9, 17)]),
        // A capital of another length than the small letter.
        ("ȺȾ ⱥⱦ", "ⱥⱦ", &[(0, 4), (5, 11)]),
        ("日本 日本", "本", &[(3, 6), (10, 13)]),
        ("ΣΣ σς", "ς", &[(0, 2), (2, 4), (5, 7), (7, 9)]),
    ];
    for (bytes, text, expected) in cases {
        assert_eq!(found(bytes.as_bytes(), text, Shown::Text), expected, "{text} in {bytes}");
    }
}

#[test]
fn bytes_are_found_as_they_are() {
    assert_eq!(found(b"a\x1b[0m", "\\x1b[", Shown::Text), [(1, 3)]);
    assert_eq!(found(b"\xff\xfe\xff", "\\xff", Shown::Bytes), [(0, 1), (2, 3)]);
    // As it stands there, or as what it stands for.
    assert_eq!(found(b"\\n \n", "\\n", Shown::Text), [(0, 2), (3, 4)]);
    assert_eq!(found(b"ABab", "\\x41", Shown::Text), [(0, 1)]);
    assert_eq!(found(b"xABC", "41 42", Shown::Bytes), [(1, 3)]);
    assert_eq!(found(b"41 42 AB", "41 42", Shown::Bytes), [(0, 5), (6, 8)]);
    assert_eq!(found(b"AB", "41 42", Shown::Text), []);
    assert_eq!(found(b"A", "41", Shown::Bytes), []);
    // What is no escape is text.
    assert_eq!(found(b"C:\\Users", "\\users", Shown::Text), [(2, 8)]);
    // Bytes that are no text do not hide the text behind them.
    assert_eq!(found("\u{e9}".as_bytes(), "\u{c9}", Shown::Bytes), [(0, 2)]);
    assert_eq!(found(b"\xff\xc3\xa9\xff", "\u{c9}", Shown::Bytes), [(1, 3)]);
}

#[test]
fn the_space_behind_a_colon_of_json_may_be_typed_or_not() {
    let json = br#"{"a": 1,"b\":c": "x:y"}"#;
    for (text, expected) in [
        (r#""a":1"#, (1, 7)),
        (r#""a": 1"#, (1, 7)),
        (r#""A":"#, (1, 5)),
        (r#"b\":c"#, (9, 14)),
        (r#""x:y""#, (17, 22)),
        (r#"c": "x"#, (13, 19)),
    ] {
        assert_eq!(found(json, text, Shown::Json), [expected], "{text}");
    }
}

#[test]
fn the_place_looked_at_goes_round() {
    let mut places = Found::new(find(b"a.a.a", "a", Shown::Text));
    places.look_from(1);
    assert_eq!((places.number(), places.len()), (2, 3));
    places.look_at_next();
    places.look_at_next();
    assert_eq!(places.number(), 1);
    places.look_at_previous();
    assert_eq!(places.number(), 3);
    places.look_from(5);
    assert_eq!(places.number(), 1);
    let mut nothing = Found::default();
    nothing.look_from(3);
    nothing.look_at_next();
    nothing.look_at_previous();
    assert_eq!((nothing.number(), nothing.current()), (0, None));
}

#[test]
fn marks_tell_of_each_byte() {
    let places = Found::new(find(b"abcabc", "bc", Shown::Text));
    let mut marks = places.marks(2);
    let told: Vec<Match> = (2..6).map(|at| marks.of(at, at + 1)).collect();
    assert_eq!(told, [Match::Current, Match::None, Match::Other, Match::Other]);
}
