//! What stands in front of the panes: questions, fields, texts. The topmost gets the keys.

use std::path::PathBuf;

use super::bulk::sheet::{Face, Sheet};
use super::job::JobId;
use super::journal::RecordSheet;
use super::login::form::LoginForm;
use super::offer::Offer;
use super::txn::form::Form;
use super::viewport::Cursor;
use crate::domain::comparison::Comparison;
use crate::domain::text::Field;
use crate::domain::watch::LogLine;
use crate::domain::{Key, KeyRange, LeaseId, Revision};
use crate::keymap::Context;
use crate::syntax::{Fault, Format};

pub use super::question::{Confirm, Confirmed};

/// A dialog.
#[derive(Clone, Debug)]
pub enum Dialog {
    /// The keys that work where the dialog was opened, and the commands.
    Help {
        /// The contexts to explain, innermost first.
        contexts: Vec<Context>,
        /// The first line shown.
        scroll: usize,
    },
    /// A text to read.
    Text {
        /// Its title.
        title: String,
        /// Its lines, made safe.
        lines: Vec<String>,
        /// The first line shown.
        scroll: usize,
    },
    /// What something would send, as lines for a shell.
    Etcdctl {
        /// The lines, not escaped.
        lines: Vec<String>,
        /// The plan of which they are the beginning.
        of: Option<JobId>,
        /// The first row shown.
        scroll: usize,
    },
    /// A question.
    Confirm(Confirm),
    /// A one-line field.
    Prompt(Prompt),
    /// The draft has changes, and somebody wants to leave it.
    Unsaved {
        /// To quit the program, not only the editor.
        quit: bool,
    },
    /// The text of a transaction is not saved, and somebody wants to leave it.
    UnsavedTxn(Leaving),
    /// The form that adds to a transaction.
    TxnForm(Box<Form>),
    /// The save met a change by somebody else.
    Conflict {
        /// The first line shown.
        scroll: usize,
    },
    /// The key was deleted while it was edited.
    Gone,
    /// What a save would change.
    DraftDiff(Box<DraftDiff>),
    /// The draft is no longer of the format that the value had.
    Broken(Broken),
    /// A draft that an earlier run left unsaved.
    Offer(Box<Offer>),
    /// Who we are, asked for.
    Login(Box<LoginForm>),
    /// Something is held here, and somebody wants to quit.
    Holding,
    /// Work on many keys, at whatever stage it is.
    Job(Sheet),
    /// An export goes on.
    Exporting,
    /// One event, with old and new value.
    Event {
        /// The event.
        line: Box<LogLine>,
        /// The first line shown.
        scroll: usize,
    },
    /// Two values of a key, and how they differ.
    Difference {
        /// The values.
        what: Box<Difference>,
        /// The first line shown.
        scroll: usize,
    },
    /// One record of the journal.
    Record(Box<RecordSheet>),
    /// The running watches.
    Watches(Cursor),
    /// The keys attached to a lease.
    LeaseKeys {
        /// The lease.
        id: LeaseId,
        /// Its keys.
        keys: Vec<Key>,
        /// The selected one.
        cursor: Cursor,
    },
}

impl Dialog {
    /// Where its keys are found in the table, innermost first.
    pub fn contexts(&self) -> &'static [Context] {
        match self {
            Dialog::Help { .. } | Dialog::Text { .. } | Dialog::Difference { .. } => {
                &[Context::List, Context::Everywhere, Context::Always]
            }
            Dialog::Event { .. } => {
                &[Context::Event, Context::List, Context::Everywhere, Context::Always]
            }
            Dialog::Etcdctl { .. } => {
                &[Context::Etcdctl, Context::List, Context::Everywhere, Context::Always]
            }
            Dialog::Confirm(confirm) if confirm.typed().is_some() => {
                &[Context::Field, Context::Always]
            }
            Dialog::Confirm(_) => &[Context::Dialog, Context::List, Context::Always],
            Dialog::Prompt(Prompt { kind: PromptKind::Command, .. }) => {
                &[Context::CommandLine, Context::Field, Context::Always]
            }
            Dialog::Prompt(_) => &[Context::Field, Context::Always],
            Dialog::Unsaved { .. } | Dialog::UnsavedTxn(_) => &[Context::Unsaved, Context::Always],
            Dialog::TxnForm(_) => &[Context::Form, Context::Field, Context::Always],
            Dialog::Conflict { .. } => &[Context::Conflict, Context::List, Context::Always],
            Dialog::Gone => &[Context::Gone, Context::Always],
            Dialog::Job(sheet) => sheet.face.contexts(),
            Dialog::Exporting => &[Context::Exporting, Context::Always],
            Dialog::DraftDiff(_) => &[Context::DraftDiff, Context::List, Context::Always],
            Dialog::Broken(_) => &[Context::Broken, Context::Always],
            Dialog::Offer(_) => &[Context::Offer, Context::List, Context::Always],
            Dialog::Login(_) => &[Context::Login, Context::Field, Context::Always],
            Dialog::Holding => &[Context::Holding, Context::Always],
            Dialog::Record(_) => {
                &[Context::Record, Context::List, Context::Everywhere, Context::Always]
            }
            Dialog::Watches(_) => {
                &[Context::Watches, Context::List, Context::Everywhere, Context::Always]
            }
            Dialog::LeaseKeys { .. } => {
                &[Context::LeaseKeys, Context::List, Context::Everywhere, Context::Always]
            }
        }
    }

    /// Whether it asks about the draft, and makes no sense without it.
    pub(super) fn is_about_draft(&self) -> bool {
        match self {
            Dialog::Unsaved { .. }
            | Dialog::Conflict { .. }
            | Dialog::Gone
            | Dialog::DraftDiff(_)
            | Dialog::Broken(_) => true,
            Dialog::Help { .. }
            | Dialog::Text { .. }
            | Dialog::Etcdctl { .. }
            | Dialog::Confirm(_)
            | Dialog::Prompt(_)
            | Dialog::UnsavedTxn(_)
            | Dialog::TxnForm(_)
            | Dialog::Offer(_)
            | Dialog::Exporting
            | Dialog::Holding
            | Dialog::Login(_)
            | Dialog::Job(_)
            | Dialog::Difference { .. }
            | Dialog::Event { .. }
            | Dialog::Record(_)
            | Dialog::Watches(_)
            | Dialog::LeaseKeys { .. } => false,
        }
    }

    /// The field that typed text goes into, if there is one.
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        match self {
            Dialog::Prompt(prompt) => Some(&mut prompt.field),
            Dialog::TxnForm(form) => form.field_mut(),
            Dialog::Login(form) => form.field_mut(),
            Dialog::Confirm(confirm) => confirm.field_mut(),
            Dialog::Job(Sheet { face: Face::Typed(typed), .. }) => Some(&mut typed.field),
            _ => None,
        }
    }
}

/// What a save would change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftDiff {
    /// The key.
    pub key: Key,
    /// What the draft is an edit of: its size, and when it was written; nothing for a new key.
    pub base: Option<(usize, Revision)>,
    /// Bytes of the draft.
    pub size: usize,
    /// From the base to the draft.
    pub comparison: Comparison,
    /// The first line shown.
    pub scroll: usize,
}

/// The draft is no longer of the format that the value had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The format.
    pub format: Format,
    /// Where and why.
    pub fault: Fault,
    /// The line of the draft that the fault is in, as it stands there.
    pub text: String,
}

/// Two values of a key, to be compared line by line.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The key, made safe.
    pub title: String,
    /// What the two are called, the older first.
    pub names: [String; 2],
    /// The older value; none where there was no key.
    pub before: Option<Vec<u8>>,
    /// The newer one.
    pub after: Option<Vec<u8>>,
}

/// Why the text of a transaction is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Leaving {
    /// To quit the program.
    Quit,
    /// To load another one from this file.
    Load(PathBuf),
}

/// A one-line field with what it is for.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// What it is for.
    pub kind: PromptKind,
    /// What stands before it.
    pub label: String,
    /// What has been typed.
    pub field: Field,
    /// What was wrong with it, until it is changed.
    pub error: Option<String>,
    /// What it could be completed to.
    pub completion: Completion,
    /// Which keys it is about, where it is not about one thing only.
    pub about: Vec<KeyRange>,
}

impl Prompt {
    /// A field with a text to begin with, the cursor at its end.
    pub fn new(kind: PromptKind, label: impl Into<String>, text: &str) -> Prompt {
        Prompt {
            kind,
            label: label.into(),
            field: Field::new(text),
            error: None,
            completion: Completion::default(),
            about: Vec::new(),
        }
    }
}

/// What a field is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptKind {
    /// The command line.
    Command,
    /// The key or prefix to go to.
    Goto,
    /// The key to create.
    NewKey,
    /// The new name of what is selected; `true` when it is copied.
    Transfer(bool),
    /// The prefix that what is marked goes into; `true` when it is copied.
    TransferInto(bool),
    /// The TTL, and perhaps ID, of a lease to grant.
    LeaseGrant,
    /// The file for the watch log.
    SaveLog,
    /// The file for lines of etcdctl.
    SaveLines,
    /// The lock to take: `NAME [TTL]`.
    Lock,
    /// The election to enter: `NAME VALUE [TTL]`.
    Campaign,
    /// The instance to register: `NAME ID ENDPOINT [TTL]`.
    Register,
    /// The lease to hang the selected key on.
    Attach,
    /// The file to save a transaction in.
    SaveTxn,
    /// The file to load a transaction from.
    LoadTxn,
}

/// The completions of what stands before the cursor, and which of them was taken.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Completion {
    /// The whole texts it could become.
    pub texts: Vec<String>,
    /// The one taken.
    pub taken: Option<usize>,
}
