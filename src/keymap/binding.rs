//! One row of the key table: where, which keys, what they do, and how that is said.

use super::Action;

/// Where the user is. The application names the contexts from the innermost outwards, for example
/// `[Keys, List, Everywhere, Always]` while the Keys pane has the focus.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Context {
    /// Even while text is being typed.
    Always,
    /// Everywhere but where text is typed or a question is open.
    Everywhere,
    /// Whatever has rows to move over or text to scroll.
    List,
    /// The Keys pane.
    Keys,
    /// The Value pane.
    Value,
    /// The value editor, around [`Context::Edit`].
    Draft,
    /// Where text is edited; what no binding takes is typed.
    Edit,
    /// The Leases pane.
    Leases,
    /// The keys attached to a lease.
    LeaseKeys,
    /// The Watch pane.
    Watch,
    /// One event of the Watch pane, at length.
    Event,
    /// The list of running watches.
    Watches,
    /// The view of locks.
    Locks,
    /// The view of elections.
    Elections,
    /// The view of services.
    Services,
    /// The view of a key's history.
    History,
    /// The view of what became of a prefix.
    Difference,
    /// The view of the journal.
    Journal,
    /// One record of the journal.
    Record,
    /// The view of endpoints and members.
    Cluster,
    /// What the doctor finds.
    Doctor,
    /// The view of finding keys, around [`Context::Field`].
    Find,
    /// The view of a search in values.
    Values,
    /// The composer of transactions.
    Txn,
    /// The form that adds to a transaction, around [`Context::Field`].
    Form,
    /// Where a user and a password are asked for, around [`Context::Field`].
    Login,
    /// The question before quitting, when something is held here.
    Holding,
    /// A plan for work on many keys is being made.
    Looking,
    /// A plan is confirmed by typing its number of keys, around [`Context::Field`].
    Typed,
    /// Work on many keys goes on.
    Running,
    /// An export goes on.
    Exporting,
    /// What became of work on many keys.
    Report,
    /// Lines of etcdctl that stand for an action or a selection.
    Etcdctl,
    /// A question answered with yes or no.
    Dialog,
    /// The draft has changes and the user wants to leave.
    Unsaved,
    /// The save met a change by somebody else.
    Conflict,
    /// The key was deleted while it was edited.
    Gone,
    /// What a save would change.
    DraftDiff,
    /// A draft that an earlier run left unsaved.
    Offer,
    /// The draft is no longer of the format that the value had.
    Broken,
    /// A one-line field; what no binding takes is typed.
    Field,
    /// The command line, around [`Context::Field`].
    CommandLine,
}

impl Context {
    /// Every context, in the order in which help and README show them.
    pub const ALL: &'static [Context] = &[
        Context::Everywhere,
        Context::Always,
        Context::List,
        Context::Keys,
        Context::Value,
        Context::Draft,
        Context::Edit,
        Context::Leases,
        Context::LeaseKeys,
        Context::Watch,
        Context::Event,
        Context::Watches,
        Context::Locks,
        Context::Elections,
        Context::Services,
        Context::History,
        Context::Difference,
        Context::Journal,
        Context::Record,
        Context::Cluster,
        Context::Doctor,
        Context::Find,
        Context::Values,
        Context::Txn,
        Context::Form,
        Context::Login,
        Context::Holding,
        Context::Looking,
        Context::Typed,
        Context::Running,
        Context::Exporting,
        Context::Report,
        Context::Etcdctl,
        Context::Dialog,
        Context::Unsaved,
        Context::Conflict,
        Context::Gone,
        Context::DraftDiff,
        Context::Broken,
        Context::Offer,
        Context::Field,
        Context::CommandLine,
    ];

    /// How help and README call it.
    pub fn title(self) -> &'static str {
        match self {
            Context::Always => "everywhere, even while typing",
            Context::Everywhere => "everywhere",
            Context::List => "lists",
            Context::Keys => "Keys",
            Context::Value => "Value",
            Context::Draft => "editing a value",
            Context::Edit => "editing text",
            Context::Leases => "Leases",
            Context::LeaseKeys => "keys of a lease",
            Context::Watch => "Watch",
            Context::Event => "an event",
            Context::Watches => "running watches",
            Context::Locks => "locks",
            Context::Elections => "elections",
            Context::Services => "services",
            Context::History => "history of a key",
            Context::Difference => "difference since a revision",
            Context::Journal => "journal",
            Context::Cluster => "cluster",
            Context::Doctor => "doctor",
            Context::Record => "a write of the journal",
            Context::Find => "finding keys",
            Context::Values => "finding in values",
            Context::Txn => "transactions",
            Context::Form => "adding to a transaction",
            Context::Login => "logging in",
            Context::Holding => "quitting while something is held",
            Context::Looking => "making a plan",
            Context::Typed => "confirming a plan",
            Context::Running => "work on many keys",
            Context::Exporting => "exporting",
            Context::Report => "report of work on many keys",
            Context::Etcdctl => "as etcdctl",
            Context::Dialog => "dialogs",
            Context::Unsaved => "unsaved changes",
            Context::Conflict => "save conflict",
            Context::Gone => "key deleted meanwhile",
            Context::DraftDiff => "what a save would change",
            Context::Offer => "a draft left unsaved",
            Context::Broken => "no longer JSON, YAML or TOML",
            Context::Field => "one-line fields",
            Context::CommandLine => "command line",
        }
    }
}

/// One row of the key table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Binding {
    /// Where the keys work.
    pub context: Context,
    /// The keys, in the form [`super::Chord::parse`] reads; the first is the one shown in hints.
    pub chords: &'static [&'static str],
    /// What they do.
    pub action: Action,
    /// One or two words for the footer; empty where the footer never shows it.
    pub hint: &'static str,
    /// A sentence for help and README.
    pub help: &'static str,
    /// Whether it writes to etcd or begins to: hidden in read-only mode, marked in help.
    pub danger: bool,
    /// Whether the footer shows it.
    pub footer: bool,
}
