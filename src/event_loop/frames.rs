//! When to draw: what somebody waits for soon, what happens by itself now and then.
//!
//! A screen that changes all the time is read by nobody and costs a slow line dearly, so events are
//! drawn a few times a second at most, and fewer in a flood. A key press is drawn at once.

use std::time::{Duration, Instant};

use crate::app::message::Message;

/// The shortest time between two frames that somebody waits for: 30 a second.
const AWAITED: Duration = Duration::from_millis(33);

/// The shortest time between any frame and one of what happens by itself: 10 a second.
const BY_ITSELF: Duration = Duration::from_millis(100);

/// The same in a flood: 4 a second.
const FLOODED: Duration = Duration::from_millis(250);

/// Why a frame is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Cause {
    /// A key, an answer, a deadline.
    Awaited,
    /// A watch brought something.
    ByItself,
}

impl Cause {
    /// Why a message is drawn.
    pub(super) fn of(message: &Message) -> Cause {
        if matches!(message, Message::Watch(..)) { Cause::ByItself } else { Cause::Awaited }
    }
}

/// Which frame is due when.
#[derive(Debug)]
pub(super) struct Frames {
    wanted: Option<Cause>,
    /// Why the last one was drawn is of no matter, only that somebody had waited for one.
    awaited_at: Instant,
    by_itself_at: Instant,
}

impl Frames {
    /// The first frame is due at once.
    pub(super) fn new(now: Instant) -> Frames {
        Frames { wanted: Some(Cause::Awaited), awaited_at: now, by_itself_at: now }
    }

    /// Something changed that can be seen.
    pub(super) fn want(&mut self, cause: Cause) {
        if self.wanted != Some(Cause::Awaited) {
            self.wanted = Some(cause);
        }
    }

    /// When the next frame is due, if one is wanted.
    pub(super) fn due(&self) -> Option<Instant> {
        match self.wanted? {
            Cause::Awaited => Some(self.awaited_at),
            Cause::ByItself => Some(self.by_itself_at),
        }
    }

    /// A frame was drawn.
    pub(super) fn drawn(&mut self, now: Instant, flooded: bool) {
        // After one that came by itself a key press need not wait.
        if self.wanted.take() == Some(Cause::Awaited) {
            self.awaited_at = now + AWAITED;
        }
        self.by_itself_at = now + if flooded { FLOODED } else { BY_ITSELF };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Plays a minute in which something happens by itself all the time and keys are pressed now and
    /// then; answers with the frames and with the longest a key waited.
    fn minute(flooded: bool, key_every: Duration) -> (usize, Duration) {
        #[expect(clippy::disallowed_methods, reason = "any instant will do")]
        let start = Instant::now();
        let mut frames = Frames::new(start);
        let (mut drawn, mut longest) = (0, Duration::ZERO);
        let (mut pressed, mut next_key) = (None, start + key_every);
        for millisecond in 0..60_000 {
            let now = start + Duration::from_millis(millisecond);
            frames.want(Cause::ByItself);
            if now >= next_key {
                frames.want(Cause::Awaited);
                (pressed, next_key) = (Some(now), now + key_every);
            }
            if frames.due().is_some_and(|at| at <= now) {
                drawn += 1;
                longest = longest.max(pressed.take().map_or(Duration::ZERO, |at| now - at));
                frames.drawn(now, flooded);
            }
        }
        (drawn, longest)
    }

    #[test]
    fn what_happens_by_itself_is_drawn_now_and_then() {
        let (drawn, _) = minute(false, Duration::from_secs(100));
        assert!((595..=601).contains(&drawn), "{drawn}");
        let (drawn, _) = minute(true, Duration::from_secs(100));
        assert!((235..=241).contains(&drawn), "{drawn}");
    }

    #[test]
    fn a_key_press_is_drawn_at_once_and_many_at_thirty_a_second() {
        for flooded in [false, true] {
            let (_, longest) = minute(flooded, Duration::from_millis(170));
            assert_eq!(longest, Duration::ZERO);
            let (drawn, longest) = minute(flooded, Duration::from_millis(1));
            assert!(longest <= AWAITED, "{longest:?}");
            assert!(drawn <= 60 * 31, "{drawn}");
        }
    }

    #[test]
    fn nothing_is_drawn_that_nobody_wants() {
        #[expect(clippy::disallowed_methods, reason = "any instant will do")]
        let now = Instant::now();
        let mut frames = Frames::new(now);
        assert_eq!(frames.due(), Some(now));
        frames.drawn(now, false);
        assert_eq!(frames.due(), None);
    }
}
