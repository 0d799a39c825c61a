//! The Value pane: a text looked for in it, and values that are laid out beside the loop.

use std::fmt::Write as _;

use etcdeck::sandbox::Sandbox;
use etcdeck::ui::Theme;
use jiff::tz::TimeZone;
use ratatui::buffer::Cell;
use ratatui::style::Modifier;

use super::desk::{Desk, settings};
use super::{USUAL, snapshot};

/// A desk whose only key holds this, with the focus on it.
fn on_value(value: impl Into<Vec<u8>>, size: (u16, u16)) -> Desk {
    let mut desk = Desk::new(settings(), Sandbox::new(), size);
    desk.put("/v", value);
    desk.start();
    desk.online();
    desk.press("2 z");
    desk
}

/// Pods of which every tenth fails.
fn pods(count: usize) -> String {
    let mut json = "{\"pods\":[".to_owned();
    for n in 0..count {
        let phase = if n % 10 == 4 { "Failed" } else { "Running" };
        let comma = if n == 0 { "" } else { "," };
        let _ = write!(json, "{comma}{{\"name\":\"api-{n}\",\"phase\":\"{phase}\"}}");
    }
    json + "]}"
}

#[test]
fn a_text_is_looked_for_in_a_value() {
    let mut desk = on_value(pods(60), USUAL);
    desk.press("/");
    desk.type_text("FAIL");
    snapshot("value-search-typed", &mut desk);
    desk.press("enter n n");
    snapshot("value-search-kept", &mut desk);
    desk.press("N N N");
    assert!(desk.screen().contains("6 of 6"), "before the first comes the last: {}", desk.screen());
    desk.press("n");
    assert!(desk.screen().contains("1 of 6"), "{}", desk.screen());
    desk.press("/ ctrl-u");
    desk.type_text("nowhere");
    snapshot("value-search-not-found", &mut desk);
}

#[test]
fn a_search_that_is_given_up_leads_back() {
    let mut desk = on_value(pods(60), USUAL);
    desk.press("pgdn j");
    let before = desk.screen();
    desk.press("/");
    desk.type_text("api-50");
    assert!(desk.screen().contains("\"api-50\""), "{}", desk.screen());
    desk.press("esc");
    assert_eq!(desk.screen(), before);
    // One that was kept stays where it led; only its marks go.
    desk.press("/");
    desk.type_text("api-50");
    desk.press("enter esc");
    assert!(desk.screen().contains("\"api-50\"") && !desk.screen().contains("1 of"));
    desk.press("n");
    assert!(desk.screen().contains("nothing is looked for"), "{}", desk.screen());
}

#[test]
fn a_search_goes_on_from_what_is_in_view() {
    let mut desk = on_value(pods(60), USUAL);
    desk.press("/");
    desk.type_text("failed");
    desk.press("enter G n");
    assert!(desk.screen().contains("1 of 6"), "after the last place: {}", desk.screen());
    desk.press("G N");
    assert!(desk.screen().contains("6 of 6"), "{}", desk.screen());
    // Another key has nothing of it.
    desk.put("/w", "x");
    desk.press("1 j");
    assert!(!desk.screen().contains("failed"), "{}", desk.screen());
}

#[test]
fn the_place_is_kept_in_another_rendering_of_the_same_bytes() {
    let mut lines = String::new();
    for n in 0..300 {
        let _ = writeln!(lines, "line {n} of text");
    }
    let mut desk = on_value(lines, USUAL);
    desk.press("/");
    desk.type_text("line 250");
    desk.press("enter");
    assert!(desk.screen().contains("1 of 1"));
    // Text, JSON (which it is not, so text), hexadecimal.
    desk.press("v v v");
    let screen = desk.screen();
    assert!(screen.contains("as hex") && screen.contains("1 of 1"), "{screen}");
    // It goes on over the end of a row.
    assert!(screen.contains("20 32 35 30 20 6f 66"), "{screen}");
    desk.press("/ ctrl-u");
    desk.type_text("\\x0aline 9");
    assert!(desk.screen().contains("of 11"), "{}", desk.screen());
    desk.press("ctrl-u");
    desk.type_text("0a 6c 69 6e 65 20 37 20");
    assert!(desk.screen().contains("1 of 1"), "{}", desk.screen());
}

#[test]
fn what_was_found_is_marked_with_and_without_color() {
    for color in [true, false] {
        let mut desk = on_value("one two\ntwo one\n", USUAL);
        desk.theme = Theme::new(color, TimeZone::UTC);
        desk.press("/");
        desk.type_text("two");
        desk.press("enter");
        let buffer = desk.draw();
        let marked = |modifier| {
            let cells = buffer.content().iter().filter(|cell| cell.modifier.contains(modifier));
            cells.map(Cell::symbol).collect::<String>()
        };
        assert_eq!(marked(Modifier::REVERSED), "two");
        assert_eq!(marked(Modifier::UNDERLINED), "two");
    }
}

#[test]
fn a_large_value_is_shown_when_it_is_laid_out() {
    let mut desk = Desk::new(settings(), Sandbox::new(), USUAL);
    desk.put("/large", pods(3000));
    desk.put("/small", "x");
    desk.layouts_wait = true;
    desk.start();
    desk.online();
    desk.press("2 z");
    assert!(desk.screen().contains("loading …"), "{}", desk.screen());
    // What is typed meanwhile is looked for as soon as there is something to look in.
    desk.press("/");
    desk.type_text("api-2999");
    desk.lay_out();
    assert!(desk.screen().contains("1 of 1") && desk.screen().contains("api-2999"));
    desk.press("esc G");
    assert!(desk.screen().contains("api-2999"), "{}", desk.screen());
    // It stays as it is until the new one is there, and then keeps its place.
    let before = desk.screen();
    desk.put("/large", pods(3001));
    desk.rest();
    assert_eq!(desk.screen(), before.replace("rev 3", "rev 4"), "only the header may tell");
    desk.lay_out();
    assert!(desk.screen().contains("\"api-2999\""), "{}", desk.screen());
    desk.resize(60, 24);
    desk.lay_out();
    desk.resize(100, 24);
    desk.resize(80, 24);
    desk.lay_out();
    desk.lay_out();
    assert!(desk.screen().contains("\"api-2999\""), "{}", desk.screen());
    // An answer for a key that is not selected any more shows nothing.
    desk.put("/large", pods(3002));
    desk.rest();
    desk.press("1 j");
    desk.lay_out();
    desk.press("2");
    assert!(!desk.screen().contains("api-"), "{}", desk.screen());
    desk.press("1 k");
    desk.delete("/large");
    desk.lay_out();
    assert!(!desk.screen().contains("api-"), "{}", desk.screen());
}
