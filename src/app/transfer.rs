//! Moving and copying: from what is selected, marked or typed to new names.

use super::App;
use super::dialog::{Dialog, Prompt, PromptKind};
use super::notice::named;
use crate::domain::bulk::{PlanRequest, Rename, Report};
use crate::domain::tree::RowKind;
use crate::domain::{Key, KeyRange};

impl App {
    /// `m` and `c` in Keys: asks for the new name of what is selected, or where the marked go.
    pub(super) fn ask_to_transfer(&mut self, keep: bool) {
        if self.refuses_to_write() {
            return;
        }
        let verb = if keep { "copy" } else { "move" };
        let marked = self.marked_ranges();
        let (kind, about, label, text) = match (marked.is_empty(), self.keys.selected_row()) {
            (false, _) => {
                let label = format!("{verb} {} marked into", marked.len());
                let text = marked.first().map(|range| self.above(range.start()).to_string());
                (PromptKind::TransferInto(keep), marked, label, text.unwrap_or_default())
            }
            (true, Some(RowKind::Node(_))) => {
                let Some((key, is_dir)) = self.keys.selected_key() else { return };
                let text = key.to_string();
                let label = format!("{verb} {} to", named(&key));
                let range = if is_dir { KeyRange::prefix(key) } else { KeyRange::single(key) };
                (PromptKind::Transfer(keep), vec![range], label, text)
            }
            (true, _) => return self.say(format!("select a key or directory to {verb}")),
        };
        let prompt = Prompt { about, ..Prompt::new(kind, label, &text) };
        self.dialogs.push(Dialog::Prompt(prompt));
    }

    /// What was typed: a new name, or a prefix to go `into`; copied when the old names are kept.
    ///
    /// # Errors
    /// A sentence that says what is expected; nothing was begun.
    pub(super) fn accept_transfer(
        &mut self,
        about: &[KeyRange],
        text: &str,
        (into, keep): (bool, bool),
    ) -> Result<(), String> {
        let to = Key::parse(text).map_err(|error| error.to_string())?;
        let names = self.renames(about, &to, into)?;
        self.plan(PlanRequest::Transfer { names, keep });
        Ok(())
    }

    /// `:move` and `:copy`: a prefix is what ends in the delimiter, or is known as a directory only.
    pub(super) fn transfer(&mut self, from: Key, to: &Key, keep: bool) {
        let delimiter = self.settings.delimiter.clone();
        let tree = &self.keys.tree;
        let known =
            |key: &Key| tree.find(key.as_bytes()).is_some_and(|id| tree.full_key(id) == *key);
        let longer = Key::from([from.as_bytes(), &delimiter].concat());
        let is_dir = !known(&from) && known(&longer);
        let (range, to) = if from.is_empty() || from.as_bytes().ends_with(&delimiter) {
            (KeyRange::prefix(from), to.clone())
        } else if is_dir {
            let ends = to.is_empty() || to.as_bytes().ends_with(&delimiter);
            let to =
                if ends { to.clone() } else { Key::from([to.as_bytes(), &delimiter].concat()) };
            (KeyRange::prefix(longer), to)
        } else {
            (KeyRange::single(from), to.clone())
        };
        match self.renames(&[range], &to, false) {
            Ok(names) => self.plan(PlanRequest::Transfer { names, keep }),
            Err(error) => self.complain(error),
        }
    }

    /// The new names of these ranges: `to` itself, or each its own name in it.
    fn renames(&self, about: &[KeyRange], to: &Key, into: bool) -> Result<Vec<Rename>, String> {
        let end = crate::domain::escape::line(&self.settings.delimiter);
        let is_prefix = to.is_empty() || to.as_bytes().ends_with(&self.settings.delimiter);
        if into && !is_prefix {
            return Err(format!("what is marked goes into a prefix, which ends in {end}"));
        }
        let mut names: Vec<Rename> = Vec::new();
        for range in about {
            let (from, prefix) = (range.start().clone(), !range.is_single());
            if prefix && !is_prefix {
                return Err(format!("the new name of a directory ends in {end}"));
            }
            // As with files: a key goes into a directory under its own name.
            let into = into || !prefix && is_prefix;
            let above = self.above(&from);
            let own = &from.as_bytes()[above.as_bytes().len()..];
            let to = if into { Key::from([to.as_bytes(), own].concat()) } else { to.clone() };
            if to == from {
                return Err(format!("{} is called so already", named(&from)));
            }
            if prefix && to.as_bytes().starts_with(from.as_bytes()) {
                return Err(format!("{} cannot go into itself", named(&from)));
            }
            if let Some(other) = names.iter().find(|other| other.to == to) {
                let (one, two) = (named(&other.from), named(&from));
                return Err(format!("{one} and {two} would both be called {}", named(&to)));
            }
            names.push(Rename { from, to, prefix });
        }
        Ok(names)
    }

    /// What a key or directory lies in: a prefix that ends in the delimiter, or the empty one.
    fn above(&self, key: &Key) -> Key {
        let (bytes, delimiter) = (key.as_bytes(), self.settings.delimiter.as_slice());
        let own = bytes.strip_suffix(delimiter).unwrap_or(bytes);
        let ends = (0..own.len()).rev().find(|at| own[*at..].starts_with(delimiter));
        Key::from(&bytes[..ends.map_or(0, |at| at + delimiter.len())])
    }

    /// The selected row, and what it is to be called when a move is carried out.
    pub(super) fn selection_after(&self, request: &PlanRequest) -> Option<(Key, Key)> {
        let PlanRequest::Transfer { names, keep: false } = request else { return None };
        let (key, is_dir) = self.keys.selected_key()?;
        let covers = |rename: &&Rename| rename.prefix || !is_dir;
        let to = names.iter().filter(covers).find_map(|rename| rename.name(&key))?;
        Some((key, to))
    }

    /// A move is over: what was selected is selected under its new name, as soon as the tree knows
    /// it.
    pub(super) fn select_after_move(&mut self, from: &Key, to: Key, report: &Report) {
        let Some((_, last)) = report.revisions else { return };
        let stays = report.left.iter().any(|left| left.key == *from);
        if report.done > 0 && !stays && to.as_bytes().starts_with(self.settings.root.as_bytes()) {
            self.go_to_when_seen(to, last);
        }
    }
}
