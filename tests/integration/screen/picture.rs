//! The picture in the README: the demo as the program draws it, as SVG.
//!
//! `ETCDECK_PICTURE=write cargo test picture` draws it anew; without that the test compares, so the
//! picture never shows a screen that is no more.

use std::fmt::Write as _;
use std::path::Path;

use etcdeck::app::settings::Settings;
use etcdeck::sandbox::Sandbox;
use ratatui::buffer::{Buffer, Cell};
use ratatui::style::{Color, Modifier};

use super::desk::{Desk, settings};

/// Cells of the picture.
const SIZE: (u16, u16) = (110, 32);
/// Size of a cell and of what surrounds the screen, in pixels.
const CELL: (f32, f32) = (8.4, 16.4);
const MARGIN: f32 = 14.0;
/// What the terminal's own colors are in the picture.
const BACKGROUND: &str = "#16181d";
const FOREGROUND: &str = "#d5d8de";

/// The demo with a value in view, a watch that saw something, and a lease kept alive.
fn demo() -> Desk {
    let settings = Settings { demo: true, endpoints: Vec::new(), ..settings() };
    let mut desk = Desk::new(settings, Sandbox::demo(), SIZE);
    desk.start();
    desk.online();
    let go = |desk: &mut Desk, key: &str| {
        desk.press("o");
        desk.type_text(key);
        desk.press("enter");
    };
    go(&mut desk, "/status/");
    desk.press("w h");
    go(&mut desk, "/services/");
    desk.press("w h");
    go(&mut desk, "/config/app/settings");
    desk.press("w 3 a");
    for n in 1..=3 {
        desk.put("/status/heartbeat", n.to_string());
    }
    desk.delete("/services/api/i-2");
    desk.put("/config/app/settings", {
        let value = desk.value("/config/app/settings");
        String::from_utf8(value).expect("JSON").replace("\"replicas\": 3", "\"replicas\": 5")
    });
    desk.put("/status/heartbeat", "4");
    desk.press("1");
    desk.wait(std::time::Duration::from_secs(6));
    desk.put("/status/heartbeat", "5");
    desk
}

fn color(color: Color) -> &'static str {
    match color {
        Color::Reset => FOREGROUND,
        Color::Red => "#f2777a",
        Color::Green => "#8ec07c",
        Color::Yellow => "#f0c674",
        Color::Blue => "#7aa6da",
        Color::Magenta => "#c397d8",
        Color::Cyan => "#70c0b1",
        other => panic!("the theme has no {other:?}"),
    }
}

/// What of a cell decides how it looks.
fn look(cell: &Cell) -> (Color, Modifier) {
    (cell.fg, cell.modifier)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// The screen as SVG: a rectangle behind what is reversed, and one text for each run of one style.
fn svg(buffer: &Buffer) -> String {
    let (columns, rows) = SIZE;
    let width = f32::from(columns) * CELL.0 + 2.0 * MARGIN;
    let height = f32::from(rows) * CELL.1 + 2.0 * MARGIN;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace\" \
         font-size=\"14\" xml:space=\"preserve\">\n\
         <title>etcdeck --demo</title>\n\
         <rect width=\"100%\" height=\"100%\" rx=\"8\" fill=\"{BACKGROUND}\"/>\n"
    );
    for y in 0..rows {
        let mut x = 0;
        while x < columns {
            let (fg, modifier) = look(&buffer[(x, y)]);
            let start = x;
            let mut text = String::new();
            while x < columns && look(&buffer[(x, y)]) == (fg, modifier) {
                text.push_str(buffer[(x, y)].symbol());
                x += 1;
            }
            let reversed = modifier.contains(Modifier::REVERSED);
            if text.trim().is_empty() && !reversed {
                continue;
            }
            let left = MARGIN + f32::from(start) * CELL.0;
            let top = MARGIN + f32::from(y) * CELL.1;
            let wide = f32::from(x - start) * CELL.0;
            let fill = if reversed {
                let high = CELL.1;
                writeln!(
                    out,
                    "<rect x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{high:.1}\" \
                     fill=\"{}\"/>",
                    color(fg)
                )
                .expect("a string takes it");
                BACKGROUND
            } else {
                color(fg)
            };
            let mut style = String::new();
            if modifier.contains(Modifier::BOLD) {
                style.push_str(" font-weight=\"bold\"");
            }
            if modifier.contains(Modifier::DIM) {
                style.push_str(" opacity=\"0.55\"");
            }
            if modifier.contains(Modifier::UNDERLINED) {
                style.push_str(" text-decoration=\"underline\"");
            }
            let base = top + 12.8;
            writeln!(
                out,
                "<text x=\"{left:.1}\" y=\"{base:.1}\" textLength=\"{wide:.1}\" \
                 lengthAdjust=\"spacingAndGlyphs\" fill=\"{fill}\"{style}>{}</text>",
                escaped(&text)
            )
            .expect("a string takes it");
        }
    }
    out.push_str("</svg>\n");
    out
}

#[test]
fn the_picture_shows_the_screen_of_today() {
    let drawn = svg(&demo().draw());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/screen.svg");
    if std::env::var_os("ETCDECK_PICTURE").is_some_and(|value| value == "write") {
        std::fs::write(&path, &drawn).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        kept == drawn,
        "assets/screen.svg is not what is drawn now; look at it after \
         ETCDECK_PICTURE=write cargo test --test integration picture"
    );
}
