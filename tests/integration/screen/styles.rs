//! What color says, and that everything it says is said without it too.

use etcdeck::ui::Theme;
use jiff::tz::TimeZone;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::desk::{Desk, text};
use super::{USUAL, scene};

/// The cells of the first place where a text stands.
fn find<'a>(buffer: &'a Buffer, wanted: &str) -> Vec<&'a Cell> {
    let rows = text(buffer);
    let (y, line) =
        rows.lines().enumerate().find(|(_, line)| line.contains(wanted)).unwrap_or_else(|| {
            panic!("“{wanted}” is not on the screen:\n{rows}");
        });
    // The scenes here hold no wide characters, so characters are cells.
    let x = line.chars().count() - line[line.find(wanted).expect(wanted)..].chars().count();
    let end = x + wanted.chars().count();
    (x..end).map(|x| &buffer[(x as u16, y as u16)]).collect()
}

fn has(cells: &[&Cell], modifier: Modifier) -> bool {
    !cells.is_empty() && cells.iter().all(|cell| cell.modifier.contains(modifier))
}

fn is(cells: &[&Cell], color: Color) -> bool {
    !cells.is_empty() && cells.iter().all(|cell| cell.fg == color)
}

fn plain(mut desk: Desk) -> Desk {
    desk.theme = Theme::new(false, TimeZone::UTC);
    desk
}

/// A busy screen, in colors or plain.
fn busy(plainly: bool) -> Desk {
    if plainly { plain(scene::busy(USUAL)) } else { scene::busy(USUAL) }
}

/// A fresh screen, in colors or plain.
fn fresh(plainly: bool) -> Desk {
    if plainly { plain(scene::fresh(USUAL)) } else { scene::fresh(USUAL) }
}

#[test]
fn the_selected_row_is_reversed_only_where_the_focus_is() {
    for plainly in [false, true] {
        let mut desk = busy(plainly);
        let buffer = desk.draw();
        assert!(has(&find(&buffer, "      name "), Modifier::REVERSED));
        assert!(!has(&find(&buffer, "motd"), Modifier::REVERSED));
        assert!(!has(&find(&buffer, "694d…0001"), Modifier::REVERSED));
        desk.press("3");
        let buffer = desk.draw();
        assert!(has(&find(&buffer, "694d…0001"), Modifier::REVERSED));
        assert!(!has(&find(&buffer, "      name "), Modifier::REVERSED));
        assert!(has(&find(&buffer, "      name "), Modifier::UNDERLINED), "its value is shown");
    }
}

#[test]
fn the_focused_pane_is_told_by_its_border_and_title() {
    for plainly in [false, true] {
        let mut desk = busy(plainly);
        for (key, title) in [("1", "1 Keys"), ("2", "2 Value"), ("3", "3 Leases"), ("4", "4 Watch")]
        {
            desk.press(key);
            let buffer = desk.draw();
            let bold = ["1 Keys", "2 Value", "3 Leases", "4 Watch"]
                .map(|title| has(&find(&buffer, title), Modifier::BOLD));
            assert_eq!(bold.iter().filter(|bold| **bold).count(), 1, "{title}");
            assert!(has(&find(&buffer, title), Modifier::BOLD), "{title}");
            let thick =
                text(&buffer).lines().find(|line| line.contains(title)).unwrap().contains('━');
            assert!(thick, "{title}");
        }
    }
}

#[test]
fn a_change_by_somebody_else_is_marked_with_color_and_a_star() {
    for (plainly, color) in [(false, Color::Yellow), (true, Color::Reset)] {
        let mut desk = fresh(plainly);
        desk.put("/zzz", "changed");
        let buffer = desk.draw();
        assert!(
            is(&find(&buffer, "/zzz *"), color) || has(&find(&buffer, "/zzz *"), Modifier::BOLD)
        );
        assert!(is(&find(&buffer, "*"), color));
        desk.wait(std::time::Duration::from_secs(3));
        assert!(!text(&desk.draw()).contains("/zzz *"), "the mark fades");
    }
}

#[test]
fn danger_is_red_and_in_words() {
    let mut desk = scene::busy(USUAL);
    desk.lost(5);
    let buffer = desk.draw();
    assert!(is(&find(&buffer, "lost, next try in 5s"), Color::Red));
    assert!(is(&find(&buffer, "stale"), Color::Red));
    assert!(is(&find(&buffer, "DELETE"), Color::Red));
    let mut desk = scene::busy(USUAL);
    desk.press("G d");
    assert!(is(&find(&desk.draw(), "┏ Delete")[..1], Color::Red), "the frame of the question");
}

#[test]
fn a_lease_about_to_end_says_so() {
    for (plainly, color) in [(false, Color::Red), (true, Color::Reset)] {
        let mut desk = fresh(plainly);
        desk.wait(std::time::Duration::from_secs(17));
        assert!(is(&find(&desk.draw(), "!3s"), color));
    }
}

#[test]
fn json_is_colored_by_what_it_holds() {
    let mut desk = scene::busy(USUAL);
    let buffer = desk.draw();
    assert!(is(&find(&buffer, "\"name\""), Color::Blue));
    assert!(is(&find(&buffer, "\"api\""), Color::Green));
    assert!(is(&find(&buffer, "null"), Color::Magenta));
}

#[test]
fn without_color_there_is_none_at_all() {
    let scenes: [fn((u16, u16)) -> Desk; 4] =
        [scene::busy, scene::conflict, scene::editing, scene::strange];
    for scene in scenes {
        let mut desk = plain(scene(USUAL));
        for keys in ["1", "2", "3", "4", "?"] {
            desk.press(keys);
            let buffer = desk.draw();
            let colored = buffer
                .content
                .iter()
                .find(|cell| (cell.fg, cell.bg) != (Color::Reset, Color::Reset));
            assert_eq!(colored, None);
        }
    }
}

#[test]
fn nothing_is_said_by_color_alone() {
    let mut desk = scene::busy(USUAL);
    desk.lost(5);
    let colored = text(&desk.draw());
    assert_eq!(colored, text(&plain(desk).draw()));
}
