//! The composer of transactions: etcdctl's own text, what it means, and what came of it.

use super::App;
use super::dialog::PromptKind;
use super::effect::CallResult;
use super::purpose::ViewPurpose;
use super::view::View;
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

    pub(super) fn accept_txn_file(&mut self, _path: &str, _kind: PromptKind) -> Result<(), String> {
        Ok(())
    }

    pub(super) fn open_composer(&mut self, _file: Option<String>) {
        self.open_view(View::Txn(Box::new(Composer { buffer: TextBuffer::new("") })));
    }

    pub(super) fn settle_composer(&mut self) {}
}
