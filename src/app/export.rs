//! An export in the background: begun by a command, followed in a dialog or in the header, stopped
//! by a key. It writes nothing to the store, so it works when read-only and in the past.

use std::path::PathBuf;

use super::App;
use super::bulk::counted;
use super::dialog::Dialog;
use super::effect::Effect;
use super::job::{JobId, JobNews};
use super::question::Confirmed;
use crate::domain::bulk::{Exported, Exporting};
use crate::domain::{Key, Revision, escape};
use crate::keymap::Action;

/// An export that is not over. There is one at a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Export {
    /// Its number.
    pub id: JobId,
    /// The file.
    pub path: PathBuf,
    /// Which keys; the empty prefix is all of them.
    pub prefix: Key,
    /// As of when; [`Revision::NONE`] is the present of its beginning.
    pub revision: Revision,
    /// How far it has come.
    pub progress: Exporting,
}

impl Export {
    /// What it does, in words made safe.
    pub fn title(&self) -> String {
        format!("export {} to {}", self.keys(), self.file())
    }

    fn keys(&self) -> String {
        if self.prefix.is_empty() { "all keys".to_owned() } else { self.prefix.to_string() }
    }

    fn file(&self) -> String {
        escape::message(&self.path.to_string_lossy())
    }
}

impl App {
    /// `:export FILE [PREFIX]`: what is looked at, the present or the past.
    pub(super) fn export(&mut self, path: PathBuf, prefix: Option<Key>) {
        if let Some(export) = &self.export {
            let title = export.title();
            return self.complain(format!("one at a time: {title} is not over yet"));
        }
        let id = self.next_job();
        let prefix = prefix.unwrap_or_else(|| self.settings.root.clone());
        let revision = self.pinned();
        let export = Export {
            id,
            path: path.clone(),
            prefix: prefix.clone(),
            revision,
            progress: Exporting::default(),
        };
        self.export = Some(export);
        self.effects.push(Effect::Export { id, path, prefix, revision });
        self.show_export();
    }

    pub(super) fn show_export(&mut self) {
        if !self.dialogs.iter().any(|dialog| matches!(dialog, Dialog::Exporting)) {
            self.dialogs.push(Dialog::Exporting);
        }
        self.redraw = true;
    }

    pub(super) fn act_in_export(&mut self, action: Action) {
        match action {
            Action::JobStop => self.stop_export(),
            Action::JobHide => {
                self.close_export();
                let key = self.job_key();
                self.say(format!("it goes on in the background; {key} shows it"));
            }
            _ => {}
        }
    }

    /// Quitting while an export goes on: it would leave no file.
    pub(super) fn ask_to_stop_export_and_quit(&mut self) {
        let Some(export) = &self.export else { return };
        let lines = vec![
            format!("{} goes on.", export.title()),
            "Yes stops it and quits; no file is left.".to_owned(),
        ];
        self.question("Stop it and quit?".to_owned(), lines, Confirmed::StopExportAndQuit);
    }

    /// Gives it up.
    pub(super) fn stop_export(&mut self) {
        self.close_export();
        if let Some(export) = self.export.take() {
            self.effects.push(Effect::Stop(export.id));
            self.say(format!("stopped; {} was not written", export.file()));
        }
    }

    fn close_export(&mut self) {
        self.dialogs.retain(|dialog| !matches!(dialog, Dialog::Exporting));
        self.redraw = true;
    }

    pub(super) fn on_export(&mut self, news: JobNews) {
        self.redraw = true;
        match news {
            JobNews::Exporting(progress) => {
                if let Some(export) = &mut self.export {
                    export.progress = progress;
                }
            }
            JobNews::Exported(exported) => {
                self.close_export();
                if let Some(export) = self.export.take() {
                    self.newest = self.newest.max(exported.revision);
                    self.say(said(&export, exported));
                }
            }
            JobNews::Failed(reason) => {
                self.close_export();
                if let Some(export) = self.export.take() {
                    let lines = vec![
                        format!("{}:", export.title()),
                        escape::message(&reason),
                        "No file was written.".to_owned(),
                    ];
                    let title = "Not exported".to_owned();
                    self.dialogs.push(Dialog::Text { title, lines, scroll: 0 });
                }
            }
            // An export tells nothing else.
            JobNews::Looking { .. }
            | JobNews::Planned(_)
            | JobNews::Progress(_)
            | JobNews::Finished(_) => {}
        }
    }
}

/// `5,000 keys of /config/ at revision 4711, 12 of them on leases, in backup.jsonl`
fn said(export: &Export, exported: Exported) -> String {
    let leased = match exported.leased {
        0 => String::new(),
        n => format!(", {n} of them on leases,"),
    };
    format!(
        "{} of {} at revision {}{leased} in {}",
        counted(exported.keys),
        export.keys(),
        exported.revision,
        export.file()
    )
}
