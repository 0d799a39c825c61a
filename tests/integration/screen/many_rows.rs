//! A frame costs the same however many rows are opened, and so does what a key press changes.

use std::fs;
use std::time::Duration;

use etcdeck::app::App;
use etcdeck::app::message::Message;
use etcdeck::app::settings::Settings;
use etcdeck::domain::tree::NodeId;
use etcdeck::keymap::Chord;
use etcdeck::ui::{Theme, render};
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::opened;

/// CPU time of this thread so far: the machine may be busy with other tests.
fn spent() -> Duration {
    let told = fs::read_to_string("/proc/thread-self/schedstat").expect("a kernel that tells");
    let nanoseconds = told.split_whitespace().next().and_then(|field| field.parse().ok());
    Duration::from_nanos(nanoseconds.expect("a number of nanoseconds"))
}

/// What a key press with its frame costs on average in a tree of so many directories of 1000 keys:
/// the least of some rounds.
fn press_and_frame(dirs: usize) -> Duration {
    const PRESSES: u32 = 20;
    let now = tokio::time::Instant::now().into_std();
    let mut app = App::new(Settings::default(), now);
    opened::open(&mut app, dirs, 1000);
    assert_eq!(app.keys.tree.rows().len(), dirs * 1001);
    let theme = Theme::new(true, TimeZone::UTC);
    let mut terminal = Terminal::new(TestBackend::new(200, 50)).expect("a screen");
    let mut press = |key: &str| {
        let chord = Chord::parse(key).expect("a key");
        let _ = app.update(Message::Key(chord), now);
        let _ = app.before_frame(now);
        let mut viewport = None;
        let drawn = terminal.draw(|frame| viewport = Some(render(frame, &app, &theme)));
        drawn.expect("drawn");
        let _ = app.set_viewport(viewport.expect("a viewport"));
    };
    // To the middle of the last directories: whatever looks at all rows looks at most of them.
    for key in ["G", "pgup", "pgup", "pgup"] {
        press(key);
    }
    let round = |_| {
        let before = spent();
        for at in 0..PRESSES {
            press(if at % 2 == 0 { "j" } else { "pgup" });
        }
        spent().saturating_sub(before)
    };
    let least = (0..5).map(round).min().expect("some rounds");
    assert!(app.keys.tree.children(NodeId::ROOT).count() == dirs);
    least / PRESSES
}

#[test]
fn a_frame_of_many_rows_costs_what_one_of_few_does() {
    let (few, many) = (press_and_frame(2), press_and_frame(200));
    assert!(many < few * 2, "{few:?} with 2,000 rows, {many:?} with 200,000");
}
