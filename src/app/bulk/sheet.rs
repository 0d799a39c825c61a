//! The dialog of work on many keys: which face it shows, and so which keys it has.

use crate::app::typed::Typed;
use crate::keymap::Context;

/// The dialog of a job.
#[derive(Clone, Debug)]
pub struct Sheet {
    /// What it shows.
    pub face: Face,
    /// The first line shown.
    pub scroll: usize,
}

/// What the dialog of a job shows, and so which keys it has.
#[derive(Clone, Debug)]
pub enum Face {
    /// The plan is being made.
    Looking,
    /// The plan, to be answered with yes or no.
    Question,
    /// The plan, to be confirmed by typing its number of keys.
    Typed(Typed),
    /// A plan that writes nothing.
    Nothing,
    /// How it is getting on.
    Running,
    /// What became of it.
    Report,
}

impl Face {
    /// Where its keys are found in the table, innermost first.
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Face::Looking => &[Context::Looking, Context::Always],
            Face::Question => &[Context::Dialog, Context::List, Context::Always],
            Face::Typed(_) => &[Context::Typed, Context::Field, Context::Always],
            Face::Running => &[Context::Running, Context::Always],
            Face::Nothing => &[Context::List, Context::Everywhere, Context::Always],
            Face::Report => &[Context::Report, Context::List, Context::Everywhere, Context::Always],
        }
    }
}
