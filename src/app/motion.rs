//! The moves that all lists and texts share.

use super::viewport::Move;
use crate::keymap::Action;

/// The move an action stands for, in a list of which `height` rows are in view.
pub(super) fn movement(action: Action, height: usize) -> Option<Move> {
    let page = height.saturating_sub(1).max(1) as isize;
    let half = (height / 2).max(1) as isize;
    Some(match action {
        Action::Down => Move::By(1),
        Action::Up => Move::By(-1),
        Action::PageDown => Move::By(page),
        Action::PageUp => Move::By(-page),
        Action::HalfDown => Move::By(half),
        Action::HalfUp => Move::By(-half),
        Action::Top => Move::First,
        Action::Bottom => Move::Last,
        _ => return None,
    })
}

/// Moves the first line shown of a text.
pub(super) fn scroll(top: &mut usize, movement: Move, len: usize, height: usize) {
    let last = len.saturating_sub(height);
    *top = match movement {
        Move::By(rows) => top.saturating_add_signed(rows).min(last),
        Move::First => 0,
        Move::Last => last,
    };
}
