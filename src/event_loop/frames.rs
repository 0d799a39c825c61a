//! When to draw: what somebody waits for soon, what happens by itself now and then.
//!
//! A screen that changes all the time is read by nobody and costs a slow line dearly, so events are
//! drawn a few times a second at most, and fewer in a flood. A key press is drawn at once.
//!
//! On a slow line that is not enough: a terminal at the end of ssh takes megabytes at once and shows
//! them seconds later. So the bytes a second may be bounded. What frames took is then reckoned to be on
//! its way for as long as the line needs for it; what happens by itself waits until nothing is, and
//! what somebody waits for is drawn at once, unless more than a second's worth is before it: then it
//! would be seen no sooner, and the one frame that is drawn later shows all that was typed meanwhile.

use std::num::NonZeroU64;
use std::time::{Duration, Instant};

use crate::app::message::Message;

/// The shortest time between any frame and one of what happens by itself: 10 a second.
const BY_ITSELF: Duration = Duration::from_millis(100);

/// The same in a flood: 4 a second.
const FLOODED: Duration = Duration::from_millis(250);

/// How long a frame that somebody waits for may wait for an answer that is to be in it: nobody notices,
/// and a pane need not be emptied and filled again.
const HELD: Duration = Duration::from_millis(12);

/// How much may be on its way when a frame is drawn that somebody waits for.
const AHEAD: Duration = Duration::from_secs(1);

/// How much is drawn at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pace {
    /// The most frames a second.
    pub frames: u8,
    /// The most bytes a second, when the line is slow.
    pub bytes: Option<NonZeroU64>,
}

impl Default for Pace {
    fn default() -> Pace {
        Pace { frames: 30, bytes: None }
    }
}

/// Why a frame is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// A key, an answer.
    Awaited,
    /// A watch brought something, or time passed.
    ByItself,
}

impl Cause {
    /// Why a message is drawn.
    pub(super) fn of(message: &Message) -> Cause {
        match message {
            Message::Watch(..) | Message::Clock => Cause::ByItself,
            _ => Cause::Awaited,
        }
    }
}

/// Which frame is due when.
#[derive(Debug)]
pub(super) struct Frames {
    wanted: Option<Cause>,
    /// The shortest time between two frames.
    every: Duration,
    /// From when on a frame may be drawn that somebody waits for, as far as others of its kind go.
    awaited_at: Instant,
    /// The same, as far as all frames go: one may use the time of the next, so that a key press need not
    /// wait after a frame that came by itself.
    any_at: Instant,
    by_itself_at: Instant,
    /// Until then an answer is waited for.
    held_until: Option<Instant>,
    line: Option<Line>,
}

/// A line that is not to carry more than so much.
#[derive(Debug)]
struct Line {
    bytes_a_second: NonZeroU64,
    /// When it will have carried all that was sent.
    free_at: Instant,
}

impl Frames {
    /// The first frame is due at once.
    pub(super) fn new(pace: Pace, now: Instant) -> Frames {
        let line = pace.bytes.map(|bytes_a_second| Line { bytes_a_second, free_at: now });
        let every = Duration::from_secs(1) / u32::from(pace.frames.max(1));
        let wanted = Some(Cause::Awaited);
        let (awaited_at, any_at, by_itself_at) = (now, now, now);
        Frames { wanted, every, awaited_at, any_at, by_itself_at, held_until: None, line }
    }

    /// Something changed that can be seen.
    pub(super) fn want(&mut self, cause: Cause) {
        if self.wanted != Some(Cause::Awaited) {
            self.wanted = Some(cause);
        }
    }

    /// What was pressed just now leads to an answer that is not here yet, or is here now. From the first
    /// press on it is waited for, however many follow.
    pub(super) fn hold(&mut self, now: Instant, awaits: bool) {
        self.held_until = awaits.then(|| self.held_until.unwrap_or(now + HELD));
    }

    /// When the next frame is due, if one is wanted.
    pub(super) fn due(&self) -> Option<Instant> {
        let (at, ahead) = match self.wanted? {
            Cause::Awaited => {
                let at = self.awaited_at.max(self.any_at);
                (self.held_until.map_or(at, |held| held.max(at)), AHEAD)
            }
            Cause::ByItself => (self.by_itself_at.max(self.any_at + self.every), Duration::ZERO),
        };
        let free = self.line.as_ref().and_then(|line| line.free_at.checked_sub(ahead));
        Some(free.map_or(at, |free| free.max(at)))
    }

    /// A frame was drawn, and took so many bytes.
    pub(super) fn drawn(&mut self, now: Instant, flooded: bool, bytes: usize) {
        if self.wanted.take() == Some(Cause::Awaited) {
            self.awaited_at = now + self.every;
        }
        self.any_at = now.max(self.any_at + self.every);
        self.by_itself_at = now + if flooded { FLOODED } else { BY_ITSELF };
        self.held_until = None;
        self.sent(now, bytes);
    }

    /// So many bytes went to the terminal.
    pub(super) fn sent(&mut self, now: Instant, bytes: usize) {
        if let Some(line) = &mut self.line {
            let micros = (bytes as u64).saturating_mul(1_000_000) / line.bytes_a_second;
            line.free_at = line.free_at.max(now) + Duration::from_micros(micros);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What became of a minute.
    #[derive(Default)]
    struct Minute {
        frames: usize,
        /// The most frames in any second.
        a_second: usize,
        /// The longest a key waited for its frame.
        longest: Duration,
        bytes: usize,
    }

    #[expect(clippy::disallowed_methods, reason = "any instant will do")]
    fn an_instant() -> Instant {
        Instant::now()
    }

    /// Plays a minute in which something happens by itself all the time and keys are pressed now and
    /// then; each frame takes so many bytes.
    fn minute(pace: Pace, flooded: bool, key_every: Duration, bytes: usize) -> Minute {
        let start = an_instant();
        let mut frames = Frames::new(pace, start);
        let mut minute = Minute::default();
        let mut times: Vec<u64> = Vec::new();
        let (mut pressed, mut next_key) = (None, start + key_every);
        for millisecond in 0..60_000 {
            let now = start + Duration::from_millis(millisecond);
            frames.want(Cause::ByItself);
            if now >= next_key {
                frames.want(Cause::Awaited);
                pressed = pressed.or(Some(now));
                next_key = now + key_every;
            }
            if frames.due().is_some_and(|at| at <= now) {
                minute.frames += 1;
                minute.bytes += bytes;
                times.push(millisecond);
                let waited = pressed.take().map_or(Duration::ZERO, |at| now - at);
                minute.longest = minute.longest.max(waited);
                frames.drawn(now, flooded, bytes);
            }
        }
        let within =
            |from: &u64| times.iter().filter(|at| (*from..from + 1000).contains(*at)).count();
        minute.a_second = times.iter().map(within).max().unwrap_or(0);
        minute
    }

    const NEVER: Duration = Duration::from_secs(100);

    #[test]
    fn what_happens_by_itself_is_drawn_now_and_then() {
        let frames = minute(Pace::default(), false, NEVER, 0).frames;
        assert!((595..=601).contains(&frames), "{frames}");
        let frames = minute(Pace::default(), true, NEVER, 0).frames;
        assert!((235..=241).contains(&frames), "{frames}");
    }

    #[test]
    fn a_key_press_is_drawn_at_once_and_many_at_the_bound() {
        for flooded in [false, true] {
            let pressed = minute(Pace::default(), flooded, Duration::from_millis(170), 0);
            assert_eq!(pressed.longest, Duration::ZERO);
            for bound in [5, 30, 60] {
                let pace = Pace { frames: bound, bytes: None };
                let held = minute(pace, flooded, Duration::from_millis(1), 0);
                let every = Duration::from_millis(1 + 1000 / u64::from(bound));
                assert!(held.longest <= every, "{:?} at {bound}", held.longest);
                // One may have used the time of the next.
                assert!(held.a_second <= usize::from(bound) + 1, "{} at {bound}", held.a_second);
            }
        }
        let slow = minute(Pace { frames: 2, bytes: None }, false, Duration::from_millis(700), 0);
        assert!(slow.frames <= 121, "{}", slow.frames);
    }

    #[test]
    fn a_slow_line_is_not_sent_more_than_it_carries() {
        let slow = Pace { frames: 30, bytes: NonZeroU64::new(2000) };
        // Without keys the bound holds but for the first frame, and nothing is wasted.
        let idle = minute(slow, false, NEVER, 900);
        assert!((119_000..=121_000).contains(&idle.bytes), "{}", idle.bytes);
        let cheap = minute(slow, false, NEVER, 20);
        assert!((595..=601).contains(&cheap.frames), "what costs little comes as often as ever");
        // A key now and then is answered at once, though the line is never free.
        let pressed = minute(slow, false, Duration::from_secs(2), 900);
        assert_eq!(pressed.longest, Duration::ZERO);
        // Who holds a key down sees where that led, a second late at most.
        let held = minute(slow, false, Duration::from_millis(30), 900);
        assert!(held.bytes <= 120_000 + 2000 + 900, "{}", held.bytes);
        assert!(held.longest <= Duration::from_millis(451), "{:?}", held.longest);
    }

    #[test]
    fn a_frame_waits_for_its_answer_a_moment() {
        let start = an_instant();
        let after = |millis| start + Duration::from_millis(millis);
        let mut frames = Frames::new(Pace::default(), start);
        frames.drawn(start, false, 0);
        frames.want(Cause::Awaited);
        frames.hold(after(100), true);
        frames.hold(after(105), true);
        assert_eq!(frames.due(), Some(after(112)), "not longer for a second key");
        frames.hold(after(106), false);
        assert!(frames.due() < Some(after(106)), "the answer is here");
        frames.hold(after(107), true);
        frames.drawn(after(119), false, 0);
        frames.want(Cause::Awaited);
        assert!(frames.due() < Some(after(160)), "drawn without it, and not held again");
    }

    #[test]
    fn nothing_is_drawn_that_nobody_wants() {
        let now = an_instant();
        let mut frames = Frames::new(Pace::default(), now);
        assert_eq!(frames.due(), Some(now));
        frames.drawn(now, false, 0);
        assert_eq!(frames.due(), None);
    }
}
