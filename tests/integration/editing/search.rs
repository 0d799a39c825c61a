//! Text looked for in a value: what is seen is found, where it is, in every rendering and width.

use etcdeck::domain::value::{Class, Found, Match, Rendering, Span, View};
use proptest::prelude::*;

use super::json::any_json;

/// What the rows mark as the place that is looked at, and as the other places.
fn marked(view: &View, found: &Found, wanted: Match) -> String {
    let rows = (0..view.len()).flat_map(|row| view.marked_row(row, Some(found)));
    rows.filter(|span| span.found == wanted).map(|span| span.text).collect()
}

fn text(row: &[Span]) -> String {
    row.iter().map(|span| span.text.as_str()).collect()
}

#[test]
fn a_dump_marks_pairs_and_characters() {
    let view = View::new(b"0123456789abcdefghij\x00", Rendering::Hex, 80);
    let found = view.find("efg");
    assert_eq!(found.len(), 1);
    assert_eq!(view.row_at(found.current().expect("one").start()), 0);
    assert_eq!(marked(&view, &found, Match::Current), "6566ef67g", "over the end of a row");
    assert_eq!(view.find("\\x00").len(), 1);
    assert_eq!(view.find("66 67").len(), 1);
}

#[test]
fn formatted_json_is_found_as_it_is_seen_and_as_it_was_written() {
    let source = br#"{"name":"api","env":[{"name" : "PORT"}]}"#;
    let view = View::new(source, Rendering::Auto, 80);
    for (wanted, count) in [("\"name\":\"api\"", 1), ("\"NAME\": ", 2), ("[{\"name\"", 1), ("x", 0)]
    {
        assert_eq!(view.find(wanted).len(), count, "{wanted}");
    }
    let mut found = view.find("\"name\": ");
    found.look_at(2);
    assert_eq!(
        text(&view.row(view.row_at(found.current().expect("two").start()))).trim(),
        "\"name\": \"PORT\""
    );
    assert_eq!(marked(&view, &found, Match::Current), "\"name\": ");
    assert_eq!(marked(&view, &found, Match::Other), "\"name\": ");
}

#[test]
fn rows_and_offsets_lead_to_one_another() {
    let bytes = b"one\n\ntwo three four\nfive\n";
    for rendering in [Rendering::Text, Rendering::Hex] {
        let view = View::new(bytes, rendering, 8);
        for row in 0..view.len() {
            assert_eq!(view.row_at(view.offset(row)), row, "{rendering:?}");
        }
        assert_eq!(view.row_at(bytes.len() + 9), view.len() - 1);
    }
    let empty = View::new(b"", Rendering::Auto, 8);
    assert_eq!((empty.offset(0), empty.row_at(0), empty.find("x").len()), (0, 0, 0));
}

proptest! {
    /// As many places as a plain search finds, and each is marked with just these characters.
    #[test]
    fn every_place_is_found_and_marked(
        value in "[abAB\n é]{0,120}",
        wanted in "[abé]{1,3}",
        width in 4usize..30,
    ) {
        let view = View::new(value.as_bytes(), Rendering::Text, width);
        let found = view.find(&wanted);
        let plain = value.to_lowercase().matches(&wanted).count();
        prop_assert_eq!(found.len(), plain);
        let current = marked(&view, &found, Match::Current).to_lowercase();
        let others = marked(&view, &found, Match::Other).to_lowercase();
        prop_assert_eq!(current, if plain > 0 { wanted.clone() } else { String::new() });
        prop_assert_eq!(others, wanted.repeat(plain.saturating_sub(1)));
    }

    /// Whatever a row shows can be looked for.
    #[test]
    fn what_a_row_shows_is_found(value in any_json(), at in any::<prop::sample::Index>()) {
        let view = View::new(value.to_string().as_bytes(), Rendering::Json, 60_000);
        let row = view.row(at.index(view.len()));
        // An escape of ours beside those of JSON is read as neither.
        if row.iter().all(|span| span.class != Class::Escape) {
            let row = text(&row);
            prop_assert!(!view.find(row.trim_start()).is_empty(), "{}", row);
        }
    }
}
