//! The composer of transactions: etcdctl's own text, what it means, and what came of it.

use super::App;
use super::effect::CallResult;
use super::purpose::ViewPurpose;
use crate::domain::text::TextBuffer;
use crate::keymap::Action;

/// A transaction being composed.
pub struct Composer {
    /// The text, as etcdctl reads it.
    pub buffer: TextBuffer,
}

impl App {
    pub(super) fn act_in_composer(&mut self, _action: Action) {}

    pub(super) fn on_composer_answer(&mut self, _purpose: ViewPurpose, _result: CallResult) {}

    pub(super) fn on_file_read(&mut self, _purpose: ViewPurpose, _result: Result<String, String>) {}

    pub(super) fn settle_composer(&mut self) {}
}
