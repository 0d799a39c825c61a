//! A marked cluster is never mistaken for another one, whatever the size and with or without color.

use etcdeck::app::settings::Settings;
use etcdeck::domain::mark::{Mark, MarkColor};
use etcdeck::ui::Theme;
use jiff::tz::TimeZone;
use ratatui::style::{Color, Modifier};

use super::desk::{Desk, settings};
use super::{SMALL, USUAL, at_sizes, scene};

const LARGE: (u16, u16) = (120, 40);

fn marked(size: (u16, u16), word: &str, color: MarkColor) -> Desk {
    let settings = Settings {
        profile: Some("payments".to_owned()),
        production: Some(Mark::new(word, color).expect("a word")),
        ..settings()
    };
    scene::with(settings, size)
}

fn prod(size: (u16, u16)) -> Desk {
    marked(size, "PROD", MarkColor::Red)
}

#[test]
fn the_mark_stands_first_at_every_size() {
    at_sizes("production", &[LARGE, USUAL, SMALL], prod);
    for size in [LARGE, USUAL, SMALL] {
        let mut desk = marked(size, "ABCDEFGHIJKLMNOP", MarkColor::Red);
        desk.app.settings.read_only = true;
        desk.app.settings.skip_verify = true;
        desk.lost(3);
        let screen = desk.screen();
        assert!(screen.starts_with(" ABCDEFGHIJKLMNOP  "), "{screen}");
    }
}

#[test]
fn a_profile_without_a_mark_has_its_name_only() {
    at_sizes("profile", &[USUAL], |size| {
        let settings = Settings { profile: Some("payments".to_owned()), ..settings() };
        scene::with(settings, size)
    });
    let settings = Settings { profile: Some("a\u{1b}[31m\u{202e}".to_owned()), ..settings() };
    let screen = scene::with(settings, USUAL).screen();
    assert!(!screen.contains('\u{1b}') && !screen.contains('\u{202e}'), "{screen}");
}

#[test]
fn questions_want_the_word() {
    at_sizes("production-delete", &[LARGE, USUAL, SMALL], |size| {
        let mut desk = prod(size);
        desk.press("G d");
        desk
    });
    at_sizes("production-read-only-off", &[LARGE, USUAL, SMALL], |size| {
        let mut desk = prod(size);
        desk.app.settings.read_only = true;
        desk.press(":");
        desk.type_text("read-only off");
        desk.press("enter");
        desk
    });
    at_sizes("production-save", &[LARGE, USUAL, SMALL], |size| {
        let mut desk = prod(size);
        desk.press("G e");
        desk.type_text("not ");
        desk.press("ctrl-s");
        desk
    });
}

#[test]
fn the_header_is_one_bar_in_the_color_of_the_mark() {
    for (color, ground) in [
        (MarkColor::Red, Color::Red),
        (MarkColor::Yellow, Color::Yellow),
        (MarkColor::Green, Color::Green),
        (MarkColor::Cyan, Color::Cyan),
        (MarkColor::Blue, Color::Blue),
        (MarkColor::Magenta, Color::Magenta),
    ] {
        for size in [LARGE, USUAL, SMALL] {
            let buffer = marked(size, "PROD", color).draw();
            for x in 0..size.0 {
                let cell = &buffer[(x, 0)];
                assert_eq!(cell.bg, ground, "{color:?} {size:?} column {x}");
                assert_ne!(cell.fg, ground, "{color:?} {size:?} column {x}");
                assert!(!cell.modifier.contains(Modifier::DIM), "{color:?} {size:?} column {x}");
            }
            assert_eq!(buffer[(0, 1)].bg, Color::Reset, "the bar is the header alone");
        }
    }
}

#[test]
fn without_color_the_bar_is_reversed_and_the_word_bold() {
    for size in [LARGE, USUAL, SMALL] {
        let mut desk = prod(size);
        desk.theme = Theme::new(false, TimeZone::UTC);
        let buffer = desk.draw();
        for x in 0..size.0 {
            let cell = &buffer[(x, 0)];
            assert!(cell.modifier.contains(Modifier::REVERSED), "{size:?} column {x}");
            assert_eq!((cell.fg, cell.bg), (Color::Reset, Color::Reset), "{size:?} column {x}");
        }
        let word: String = (1..5).map(|x| buffer[(x, 0)].symbol()).collect();
        assert_eq!(word, "PROD");
        assert!((1..5).all(|x| buffer[(x, 0)].modifier.contains(Modifier::BOLD)));
        // An unmarked cluster has no bar.
        let mut plain = scene::fresh(size);
        plain.theme = Theme::new(false, TimeZone::UTC);
        let buffer = plain.draw();
        assert!((0..size.0).all(|x| !buffer[(x, 0)].modifier.contains(Modifier::REVERSED)));
    }
}
