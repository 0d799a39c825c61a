//! Which endpoint is used, as a table: what is found when, and where calls go then.

use super::*;
use crate::store::ErrorKind;

/// What happens to an endpoint.
#[derive(Clone, Copy, Debug)]
enum Happens {
    /// It answers as a good member, after so many milliseconds.
    Good(u64),
    /// It answers without a leader.
    Leaderless,
    /// It answers as a learner.
    Learner,
    /// It does not answer in time.
    Silent,
    /// It refuses the user.
    Refuses,
    /// It begins to be asked.
    Asked,
    /// A call got no connection there.
    Unreachable,
    /// A call that was sent failed there.
    Fails,
    /// A call was answered there.
    Serves,
    /// Time goes by.
    Nothing,
}

use Happens::{
    Asked, Fails, Good, Leaderless, Learner, Nothing, Refuses, Serves, Silent, Unreachable,
};

fn error(kind: ErrorKind) -> StoreError {
    StoreError::new(kind, "x")
}

/// Tells the story, each line of it at a millisecond, and checks where calls go after it.
fn story(endpoints: usize, lines: &[(u64, usize, Happens, usize)]) {
    let start = Instant::now();
    let mut health = Health::new(endpoints);
    for (at, index, happens, used) in lines {
        let now = start + Duration::from_millis(*at);
        let answered = |leader, is_learner, latency| {
            let status = Status { leader, is_learner, ..Status::default() };
            Finding::Answered(Box::new(status), latency)
        };
        match happens {
            Good(latency) => {
                let latency = Some(Duration::from_millis(*latency));
                health.found(*index, answered(1, false, latency), now);
            }
            Leaderless => health.found(*index, answered(0, false, None), now),
            Learner => health.found(*index, answered(1, true, None), now),
            Silent => health.found(*index, Finding::Failed(error(ErrorKind::Unknown)), now),
            Refuses => health.found(*index, Finding::Failed(error(ErrorKind::WrongPassword)), now),
            Asked => {
                health.asks(*index, now);
            }
            Unreachable => health.unreachable(*index, error(ErrorKind::Unreachable), now),
            Fails => health.suspect(*index),
            Serves => {
                health.served(*index, now);
            }
            Nothing => {
                health.settle(now);
            }
        }
        assert_eq!(health.current(), *used, "after {at} ms, {index} {happens:?} of {lines:?}");
    }
}

#[test]
fn the_first_one_given_is_used_while_it_is_well() {
    story(3, &[(1, 2, Good(1), 0), (2, 1, Good(1), 0), (30, 0, Good(25), 0), (40, 1, Good(1), 0)]);
    // Also when nothing was ever asked.
    story(2, &[(1, 1, Serves, 0), (2, 0, Serves, 0)]);
}

#[test]
fn one_that_was_never_heard_of_has_its_grace() {
    story(2, &[(0, 0, Asked, 0), (5, 1, Good(5), 0), (999, 1, Nothing, 0), (1000, 1, Nothing, 1)]);
    // Not for one that was not heard of either, and not for one that is worse.
    story(2, &[(0, 0, Asked, 0), (0, 1, Asked, 0), (9000, 1, Nothing, 0), (9001, 1, Learner, 0)]);
}

#[test]
fn what_answers_badly_or_not_at_all_is_left_for_a_healthy_one_and_for_nothing_else() {
    for bad in [Learner, Silent, Refuses, Unreachable] {
        story(2, &[(1, 0, bad, usize::from(matches!(bad, Silent | Unreachable)))]);
        story(2, &[(1, 1, Good(1), 0), (2, 0, bad, 1), (3, 0, Good(1), 1)]);
        story(2, &[(1, 1, Silent, 0), (2, 0, bad, usize::from(matches!(bad, Unreachable)))]);
    }
    story(2, &[(1, 1, Silent, 0), (2, 0, Leaderless, 0), (3, 1, Learner, 0), (4, 1, Good(1), 0)]);
}

#[test]
fn two_that_are_equally_well_do_not_alternate() {
    story(
        2,
        &[
            (1, 0, Good(9), 0),
            (2, 1, Good(1), 0),
            (3, 0, Silent, 1),
            (4, 0, Good(1), 1),
            (5, 1, Good(900), 1),
            (6, 1, Fails, 0),
            (7, 1, Good(1), 0),
            (8, 0, Good(900), 0),
        ],
    );
    // Nor two that are equally ill, by what is found; a call that fails at one tries the other.
    story(2, &[(1, 0, Silent, 1), (2, 1, Silent, 1), (3, 0, Silent, 1), (4, 1, Unreachable, 0)]);
}

#[test]
fn of_several_healthy_ones_the_nearest_is_taken() {
    story(3, &[(1, 0, Good(1), 0), (2, 1, Good(80), 0), (3, 2, Good(8), 0), (4, 0, Silent, 2)]);
    // Smoothed: one slow answer does not make it the farther one.
    story(
        3,
        &[
            (1, 0, Good(1), 0),
            (2, 1, Good(80), 0),
            (3, 2, Good(8), 0),
            (4, 2, Good(120), 0),
            (5, 0, Silent, 2),
        ],
    );
}

#[test]
fn a_call_that_fails_moves_on_once_and_only_to_what_is_no_worse() {
    story(3, &[(1, 0, Fails, 1), (2, 0, Fails, 1), (3, 1, Fails, 2), (4, 2, Fails, 0)]);
    story(2, &[(1, 0, Good(1), 0), (2, 1, Silent, 0), (3, 0, Fails, 0)]);
    // What turns out to be well is not moved back to, nor away from.
    story(2, &[(1, 0, Fails, 1), (2, 0, Good(1), 1), (3, 1, Fails, 0)]);
    story(2, &[(1, 1, Good(1), 0), (2, 0, Fails, 1), (3, 0, Good(1), 1)]);
    // What serves a call again is worth a try.
    story(2, &[(1, 0, Unreachable, 1), (2, 1, Unreachable, 0), (3, 1, Serves, 1)]);
}

#[test]
fn members_that_learn_of_a_leader_one_after_another_are_not_left() {
    // An election: nobody leads, then one knows of the leader a moment before the other.
    story(
        2,
        &[
            (0, 0, Good(1), 0),
            (0, 1, Good(1), 0),
            (1000, 0, Leaderless, 0),
            (1500, 0, Leaderless, 0),
            (1500, 1, Leaderless, 0),
            (2000, 1, Good(1), 0),
            (2001, 0, Leaderless, 0),
            (2500, 0, Good(1), 0),
        ],
    );
    // What was healthy before the leader was lost says nothing.
    story(2, &[(0, 1, Good(1), 0), (1000, 0, Leaderless, 0), (9000, 0, Leaderless, 0)]);
}

#[test]
fn a_member_cut_off_from_the_others_is_left() {
    story(
        3,
        &[
            (0, 0, Good(1), 0),
            (0, 1, Good(1), 0),
            (2000, 0, Leaderless, 0),
            (2001, 1, Good(1), 0),
            (2300, 0, Leaderless, 1),
            (2301, 0, Good(1), 1),
        ],
    );
}

#[test]
fn who_waits_is_told_that_it_waits_in_vain() {
    let start = Instant::now();
    let later = start + Duration::from_millis(10);
    let mut health = Health::new(2);
    health.found(0, Finding::Failed(error(ErrorKind::Unknown)), later);
    assert!(health.is_dead(0, start).is_some());
    let after = later + Duration::from_millis(1);
    assert!(health.is_dead(0, after).is_none(), "what stood after that says otherwise");
    assert!(!health.is_left(0, start), "the other one is not known to be better");
    let status = Status { leader: 1, ..Status::default() };
    health.found(1, Finding::Answered(Box::new(status), None), later);
    assert!(health.is_left(0, start));
    // A page that is no status says nothing of a watch.
    health.found(0, Finding::Failed(error(ErrorKind::BadAnswer)), after);
    assert!(health.is_dead(0, start).is_none());
    assert!(!health.is_left(1, start));
}

#[test]
fn a_question_is_asked_once_at_a_time() {
    let now = Instant::now();
    let mut health = Health::new(1);
    assert!(health.asks(0, now));
    assert!(!health.asks(0, now));
    health.gave_up(0);
    assert!(health.asks(0, now));
    health.found(0, Finding::Failed(error(ErrorKind::Unknown)), now);
    assert!(health.asks(0, now));
}
