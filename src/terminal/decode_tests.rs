//! What terminals send, and what it means; whole and cut at every place.

use super::*;

fn decoded(pieces: &[&[u8]]) -> String {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    for piece in pieces {
        decoder.feed(piece, &mut out);
    }
    decoder.flush(&mut out);
    let shown = out.iter().map(|input| match input {
        Input::Chord(chord) => chord.to_string(),
        Input::Paste(text) => format!("paste{text:?}"),
        Input::Resize(..) => "resize".to_owned(),
    });
    shown.collect::<Vec<_>>().join(" ")
}

const TABLE: &[(&[u8], &str)] = &[
    (b"gG1 ", "g G 1 Space"),
    (b"\r\n\t\x7f\x08", "Enter Enter Tab Backspace Ctrl-h"),
    (b"\x01\x13\x1a\x00\x1c\x1f", "Ctrl-a Ctrl-s Ctrl-z Ctrl-Space Ctrl-\\ Ctrl-_"),
    (b"\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F", "↑ ↓ → ← Home End"),
    (b"\x1bOA\x1bOB\x1bOH\x1bOF\x1bOP\x1bOM", "↑ ↓ Home End F1 Enter"),
    (b"\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~", "Home Ins Del End PgUp PgDn"),
    (b"\x1b[15~\x1b[17~\x1b[21~\x1b[24~\x1b[[B", "F5 F6 F10 F12 F2"),
    (b"\x1b[1;5A\x1b[1;2C\x1b[1;3D\x1b[3;5~\x1b[1;5H", "Ctrl-↑ Shift-→ Alt-← Ctrl-Del Ctrl-Home"),
    (b"\x1b[Z", "Shift-Tab"),
    (b"\x1bb\x1bB\x1b\x7f\x1b\r", "Alt-b Alt-B Alt-Backspace Alt-Enter"),
    (b"\x1b[97;5u\x1b[27;5;105~\x1b[13;2u", "Ctrl-a Ctrl-i Shift-Enter"),
    (b"\x1b[97;1:3u", ""),
    (b"\x1b[97;9u", ""),
    ("ü日🦀\u{1b}é".as_bytes(), "ü 日 🦀 Alt-é"),
    (b"a\xffb\xc3(", "a b ("),
    (b"\x1b[I\x1b[O\x1b[<0;3;4M\x1b[12;40Rj", "j"),
    (b"\x1b]11;rgb:dd/dd/dd\x07j\x1b]0;x\x1b\\k\x1bP1$r0q\x1b\\l", "j k l"),
    (b"\x1b", "Esc"),
    (b"\x1b\x1b", "Esc Esc"),
    (b"\x1b\x1b[A", "Esc ↑"),
    (b"\x1b]", "Alt-]"),
    (b"\x1b[200~q\rd\r\ny\x1b[A\x03\x1b[201~j", "paste\"q\\nd\\ny\\u{1b}[A\\u{3}\" j"),
    (b"\x1b[200~\x1b[201~", "paste\"\""),
];

#[test]
fn keys_are_understood() {
    for (bytes, expected) in TABLE {
        assert_eq!(&decoded(&[bytes]), expected, "{bytes:?}");
    }
}

#[test]
fn a_cut_at_any_place_changes_nothing() {
    for (bytes, expected) in TABLE {
        for at in 0..=bytes.len() {
            let (head, tail) = bytes.split_at(at);
            assert_eq!(&decoded(&[head, tail]), expected, "{bytes:?} cut at {at}");
        }
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(&decoded(&single), expected, "{bytes:?} byte by byte");
    }
}

#[test]
fn a_fragment_is_dropped_and_the_next_key_works() {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    decoder.feed(b"\x1b[1;", &mut out);
    assert!(decoder.waits());
    decoder.flush(&mut out);
    decoder.feed(b"j", &mut out);
    assert_eq!(out, [Input::Chord(Chord::char('j'))]);
    assert!(!decoder.waits());
}

#[test]
fn an_endless_report_does_not_fill_memory() {
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    for _ in 0..100 {
        decoder.feed(b"\x1b]", &mut out);
        decoder.feed(&[b'x'; 1000], &mut out);
    }
    assert!(decoder.buffer.len() <= LONGEST_SEQUENCE + 1002);
}

#[test]
fn the_rest_of_what_is_too_long_is_no_key() {
    let long = "5;".repeat(5000);
    for whole in
        [format!("\x1b]52;c;{long}\x07j"), format!("\x1bP{long}\x1b\\j"), format!("\x1b[{long}Aj")]
    {
        for size in [1, 7, 4096, whole.len()] {
            let pieces: Vec<&[u8]> = whole.as_bytes().chunks(size).collect();
            assert_eq!(decoded(&pieces), "j", "in pieces of {size}");
        }
    }
    // It never ends: the next key after a pause counts again.
    let (mut decoder, mut out) = (Decoder::default(), Vec::new());
    decoder.feed(format!("\x1b]{long}\x1b").as_bytes(), &mut out);
    assert!(decoder.waits());
    decoder.flush(&mut out);
    decoder.feed(b"j", &mut out);
    assert_eq!(out, [Input::Chord(Chord::char('j'))]);
}
