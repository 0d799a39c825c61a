//! What a frame costs when a million rows are open.

use std::time::Duration;

use etcdeck::app::App;
use etcdeck::app::message::Message;
use etcdeck::app::settings::Settings;
use etcdeck::keymap::Chord;
use etcdeck::ui::{self, Theme};
use jiff::tz::TimeZone;
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use tokio::time::Instant;

use crate::report::{Report, grouped, median, time};
use crate::shape::PER_DIRECTORY;

/// How many frames are drawn.
const FRAMES: usize = 400;

/// Drawing alone, after each press of `j` somewhere in the midst.
pub(crate) fn measure(report: &mut Report) {
    for rows in [1000, 1_000_000] {
        let (frame, key) = with(rows);
        let what = format!("a frame at 200x50, {} rows open", grouped(rows as u64));
        let budget = Some(("at most 1 ms", frame <= Duration::from_millis(1)));
        report.figure(&format!("{what}: CPU"), time(frame), budget);
        report.figure(&format!("{what}: CPU of the key press before it"), time(key), None);
    }
}

/// The median time of a frame, and of what the key before it changes.
fn with(rows: usize) -> (Duration, Duration) {
    let mut app = App::new(Settings::default(), Instant::now().into_std());
    let theme = Theme::new(true, TimeZone::UTC);
    let _first_requests = app.start();
    crate::opened::open(&mut app, rows / PER_DIRECTORY, PER_DIRECTORY);
    let mut terminal = Terminal::new(TestBackend::new(200, 50)).expect("a screen in memory");
    let (mut frames, mut keys) = (Vec::new(), Vec::new());
    let far = [Chord::parse("G"), Chord::parse("pgup"), Chord::parse("pgup")];
    let near = std::iter::repeat_with(|| Chord::parse("k")).take(FRAMES);
    for chord in far.into_iter().chain(near) {
        let begun = Instant::now();
        let chord = chord.expect("a key of the key table");
        let _nobody_carries_it_out = app.update(Message::Key(chord), begun.into_std());
        let _nobody_carries_it_out = app.before_frame(begun.into_std());
        keys.push(begun.elapsed());
        let begun = Instant::now();
        let mut viewport = None;
        let drawn = terminal.draw(|frame| viewport = Some(ui::render(frame, &app, &theme)));
        drawn.expect("a screen in memory does not fail");
        frames.push(begun.elapsed());
        if let Some(viewport) = viewport {
            let _nobody_carries_it_out = app.set_viewport(viewport);
        }
    }
    (median(frames), median(keys))
}
