//! Everything the user can do with a key.

/// The actions and the list of them, from one list.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// One thing the user can do. What it means in the present state is the application's business.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Action {
            $($(#[$doc])* $name,)*
        }

        impl Action {
            /// Every action.
            pub const ALL: &'static [Action] = &[$(Action::$name,)*];
        }
    };
}

actions! {
    /// Focus the pane after this one.
    FocusNext,
    /// Focus the pane before this one.
    FocusPrevious,
    /// Focus the Keys pane.
    FocusKeys,
    /// Focus the Value pane.
    FocusValue,
    /// Focus the Leases pane.
    FocusLeases,
    /// Focus the Watch pane.
    FocusWatch,
    /// Give the focused pane the whole screen, or give it back.
    Zoom,
    /// Show the keys that work here.
    Help,
    /// Open the command line.
    CommandLine,
    /// Filter the focused pane.
    Filter,
    /// Cancel, close or go back; never quits.
    Cancel,
    /// Close the view or dialog; at the top level quit.
    Close,
    /// Read the pane anew from the server.
    Reload,
    /// Copy the selected key through the terminal.
    CopyKey,
    /// Copy the selected value through the terminal.
    CopyValue,
    /// Show the selection, or what an action would send, as etcdctl lines.
    ShowAsEtcdctl,
    /// Take back the last write made here.
    Undo,
    /// Copy the lines shown.
    CopyLines,
    /// Save the lines shown as a script.
    SaveLines,
    /// Stop the program until the shell continues it.
    Suspend,
    /// Draw the whole screen anew.
    Redraw,

    /// Move one row down.
    Down,
    /// Move one row up.
    Up,
    /// Move one page down.
    PageDown,
    /// Move one page up.
    PageUp,
    /// Move half a page down.
    HalfDown,
    /// Move half a page up.
    HalfUp,
    /// Move to the first row.
    Top,
    /// Move to the last row.
    Bottom,

    /// Open a directory or go into it; focus the value of a key.
    Open,
    /// Close a directory or go to its parent.
    Parent,
    /// Open or close a directory; focus the value of a key.
    Toggle,
    /// Go to a key or prefix that is typed.
    Goto,
    /// Find keys anywhere.
    Find,
    /// Compare what is typed with keys in the next way.
    FindMode,
    /// Create a key.
    NewKey,
    /// Edit the value here.
    Edit,
    /// Edit the value in `$VISUAL` or `$EDITOR`.
    EditExternal,
    /// Delete the selected key or directory.
    Delete,
    /// Mark the selected key or directory for work on many keys, or take the mark away.
    Mark,
    /// Give the selected or marked keys another name.
    Move,
    /// Write the selected or marked keys under another name too.
    Copy,
    /// Watch the selected key or directory, or stop watching it.
    Watch,

    /// Show the value in the next rendering: auto, text, JSON, hex.
    NextRendering,
    /// Go to the next place of the text that is looked for.
    NextMatch,
    /// Go to the place before.
    PreviousMatch,

    /// Grant a lease.
    LeaseGrant,
    /// Renew the selected lease once.
    LeaseRenew,
    /// Keep the selected lease alive, or stop doing so.
    LeaseKeepAlive,
    /// Revoke the selected lease.
    LeaseRevoke,
    /// Show the keys attached to the selected lease.
    LeaseKeys,
    /// Go to the selected key of a lease.
    LeaseGoto,

    /// Hold the watch pane still, or let it run on.
    WatchPause,
    /// Empty the watch pane.
    WatchClear,
    /// Show the selected event with its difference.
    WatchDetail,
    /// Go to the key of the selected event.
    WatchGoto,
    /// Save the watch log as JSON lines.
    WatchSave,
    /// Show the running watches.
    WatchList,
    /// Stop the selected watch.
    WatchStop,
    /// Look at the tree as it was just before the selected event.
    BeforeEvent,

    /// Go to the key of the selected row.
    ViewGoto,
    /// Show the history of the selected key.
    History,
    /// Show what the selected row changed.
    ViewDiff,
    /// Mark the selected row.
    ViewMark,
    /// Put back what the selected row shows.
    ViewRestore,
    /// Look at the tree as it was at the selected row.
    ViewTree,
    /// Wait for a lock and hold it.
    LockTake,
    /// Give up the selected lock, held or waited for here.
    LockRelease,
    /// End the lease of the selected member of a queue.
    QueueFree,
    /// Be a candidate.
    ElectionCampaign,
    /// Give up the selected candidacy or leadership.
    ElectionResign,
    /// Register an instance.
    ServiceRegister,
    /// Take the selected instance out.
    ServiceDeregister,
    /// Show a record of the journal.
    JournalShow,
    /// Take the selected record of the journal back.
    JournalUndo,
    /// Hang the selected key on a lease, or take it off.
    LeaseAttach,
    /// Sort the leases by another column.
    LeaseSort,
    /// Give up all that is held here, then quit.
    ReleaseAll,
    /// Quit, though what is held here runs out.
    QuitAnyway,
    /// Run the transaction.
    TxnRun,
    /// Add a compare or an operation by a form.
    TxnAdd,
    /// Save the transaction as a file.
    TxnSave,
    /// Load a transaction from a file.
    TxnLoad,
    /// Go to the next row of a form.
    FormNext,
    /// Go to the row before in a form.
    FormPrevious,

    /// Show the work on many keys that runs in the background, or the report of the last.
    JobShow,
    /// Hide the dialog of the work that runs.
    JobHide,
    /// Stop the work, or the making of its plan.
    JobStop,
    /// Take back what the work wrote.
    JobUndo,

    /// Save the draft.
    Save,
    /// Show what a save would change.
    DraftDiff,
    /// Put a line break into the draft.
    EditNewline,
    /// Put a tab character into the draft.
    EditTab,
    /// Go to the first line of the draft.
    EditTop,
    /// Go to the last line of the draft.
    EditBottom,
    /// Delete from the cursor to the end of the line.
    EditDeleteToEnd,
    /// Take back the last change of the draft.
    EditUndo,
    /// Make the change again that was taken back.
    EditRedo,

    /// Answer yes.
    Yes,
    /// Answer no.
    No,
    /// Give up the draft and take the value now in the store.
    TakeTheirs,
    /// Keep the draft, to be saved over the value now in the store.
    KeepMine,
    /// Go on editing with both values in the draft.
    Merge,
    /// Create the deleted key anew from the draft.
    CreateAnew,
    /// Give up the draft.
    Discard,

    /// Accept what was typed.
    FieldAccept,
    /// Complete what was typed, or take the next completion.
    FieldComplete,
    /// Take the completion before.
    FieldCompletePrevious,
    /// Move one character to the left.
    FieldLeft,
    /// Move one character to the right.
    FieldRight,
    /// Move one word to the left.
    FieldWordLeft,
    /// Move one word to the right.
    FieldWordRight,
    /// Move to the start of the line.
    FieldStart,
    /// Move to the end of the line.
    FieldEnd,
    /// Delete the character before the cursor.
    FieldBackspace,
    /// Delete the character under the cursor.
    FieldDelete,
    /// Delete the word before the cursor.
    FieldDeleteWord,
    /// Delete everything before the cursor on the line (in a field: the whole line).
    FieldClear,

    /// Take the command before from the history.
    HistoryPrevious,
    /// Take the next command from the history.
    HistoryNext,
    /// Search the history for what was typed.
    HistorySearch,

    /// Quit; with an unsaved draft it asks first.
    Quit,
}
