//! The one table of keys: binding, footer hint, help page and README come from these rows.

use super::Action as A;
use super::Binding;
use super::Context as C;

/// Every binding, by context, in the order in which help shows them.
#[rustfmt::skip] // one row, one line
pub const BINDINGS: &[Binding] = &[
    row(C::Everywhere, &["tab"], A::FocusNext, "", "Focus the next pane."),
    row(C::Everywhere, &["shift-tab"], A::FocusPrevious, "", "Focus the pane before."),
    row(C::Everywhere, &["1"], A::FocusKeys, "", "Focus Keys."),
    row(C::Everywhere, &["2"], A::FocusValue, "", "Focus Value."),
    row(C::Everywhere, &["3"], A::FocusLeases, "", "Focus Leases."),
    row(C::Everywhere, &["4"], A::FocusWatch, "", "Focus Watch."),
    row(C::Everywhere, &["z"], A::Zoom, "", "Zoom the focused pane, again to undo."),
    foot(row(C::Everywhere, &["/"], A::Filter, "filter", "Filter the focused pane (Enter keeps, Esc drops).")),
    foot(row(C::Everywhere, &[":"], A::CommandLine, "command", "Open the command line.")),
    foot(row(C::Everywhere, &["?"], A::Help, "help", "Show the keys that work here.")),
    row(C::Everywhere, &["esc"], A::Cancel, "", "Cancel, close, go back; never quits."),
    row(C::Everywhere, &["q"], A::Close, "", "Close the view or dialog; at the top level quit."),
    write(row(C::Everywhere, &["u"], A::Undo, "", "Undo the last write made here; says what that will do and asks.")),
    row(C::Everywhere, &["R"], A::Reload, "", "Reload the pane."),
    row(C::Everywhere, &["y"], A::CopyKey, "", "Copy the key through the terminal (OSC 52)."),
    row(C::Everywhere, &["Y"], A::CopyValue, "", "Copy the value through the terminal (OSC 52)."),
    row(C::Everywhere, &["X"], A::ShowAsEtcdctl, "", "Show the selection, or in a question what yes would send, as etcdctl lines."),
    row(C::Everywhere, &["B"], A::JobShow, "", "Show the work that runs in the background, or the report of the last."),

    row(C::Always, &["ctrl-c"], A::Quit, "", "Quit; with an unsaved draft it asks, a second one quits at once."),
    row(C::Always, &["ctrl-z"], A::Suspend, "", "Suspend; the shell's `fg` comes back."),
    row(C::Always, &["ctrl-l"], A::Redraw, "", "Draw the screen anew."),

    row(C::List, &["j", "down"], A::Down, "", "Move down."),
    row(C::List, &["k", "up"], A::Up, "", "Move up."),
    row(C::List, &["pgdn"], A::PageDown, "", "Move a page down."),
    row(C::List, &["pgup"], A::PageUp, "", "Move a page up."),
    row(C::List, &["ctrl-d"], A::HalfDown, "", "Move half a page down."),
    row(C::List, &["ctrl-u"], A::HalfUp, "", "Move half a page up."),
    row(C::List, &["g", "home"], A::Top, "", "Move to the first row."),
    row(C::List, &["G", "end"], A::Bottom, "", "Move to the last row."),

    row(C::Keys, &["l", "right"], A::Open, "", "Open a directory, or focus the value of a key."),
    row(C::Keys, &["h", "left"], A::Parent, "", "Close a directory, or go to its parent."),
    row(C::Keys, &["enter"], A::Toggle, "", "Open or close a directory, or focus the value of a key."),
    write(foot(row(C::Keys, &["e"], A::Edit, "edit", "Edit the value here."))),
    write(row(C::Keys, &["E"], A::EditExternal, "", "Edit the value in $VISUAL or $EDITOR.")),
    write(foot(row(C::Keys, &["n"], A::NewKey, "new", "Create a key; the path is filled in."))),
    write(foot(row(C::Keys, &["d"], A::Delete, "delete", "Delete the key, the directory or what is marked; shows what goes and asks."))),
    write(row(C::Keys, &["m"], A::Move, "", "Move the key, the directory or what is marked; asks for the new name.")),
    write(row(C::Keys, &["c"], A::Copy, "", "Copy the key, the directory or what is marked; asks for the new name.")),
    write(row(C::Keys, &["space"], A::Mark, "", "Mark the key or directory for `d`, `m` and `c`, again to take the mark away; Esc drops all marks.")),
    foot(row(C::Keys, &["w"], A::Watch, "watch", "Watch the key or directory, or stop watching it.")),
    write(row(C::Keys, &["L"], A::LeaseAttach, "", "Hang the key on a lease, or take it off.")),
    row(C::Keys, &["H"], A::History, "", "Show the history of the key: every version and delete since compaction."),
    row(C::Keys, &["o"], A::Goto, "", "Go to a key or prefix; Tab completes."),
    foot(row(C::Keys, &["f"], A::Find, "find", "Find keys anywhere: fuzzy, substring or regex.")),

    foot(row(C::Value, &["n"], A::NextMatch, "next", "Go to the next place of the text that is looked for; after the last comes the first.")),
    foot(row(C::Value, &["N"], A::PreviousMatch, "previous", "Go to the place before of the text that is looked for.")),
    foot(row(C::Value, &["/"], A::Filter, "search", "Look for text in the value, in any case; \\xNN and \\n stand for bytes (Enter keeps, Esc drops).")),
    foot(row(C::Value, &["v"], A::NextRendering, "rendering", "Show it in the next rendering: auto, text, JSON, hex.")),
    write(foot(row(C::Value, &["e"], A::Edit, "edit", "Edit the value here."))),
    write(foot(row(C::Value, &["E"], A::EditExternal, "editor", "Edit the value in $VISUAL or $EDITOR."))),
    row(C::Value, &["h", "left"], A::FocusKeys, "", "Go back to Keys."),

    write(foot(row(C::Draft, &["ctrl-s"], A::Save, "save", "Save, unless somebody else changed the key meanwhile."))),
    foot(row(C::Draft, &["alt-d"], A::DraftDiff, "diff", "Show what a save would change, line by line.")),
    row(C::Draft, &["alt-x"], A::ShowAsEtcdctl, "", "Show what saving would send, as etcdctl lines."),
    foot(row(C::Edit, &["esc"], A::Cancel, "leave", "Leave the editor; asks when there are changes.")),
    foot(row(C::Edit, &["alt-u"], A::EditUndo, "undo", "Take back the last change of the draft.")),
    row(C::Edit, &["alt-r", "ctrl-y"], A::EditRedo, "", "Make the change again that was taken back."),
    row(C::Edit, &["enter"], A::EditNewline, "", "Break the line."),
    row(C::Edit, &["tab"], A::EditTab, "", "Put in a tab character."),
    row(C::Edit, &["up", "ctrl-p"], A::Up, "", "Move a line up."),
    row(C::Edit, &["down", "ctrl-n"], A::Down, "", "Move a line down."),
    row(C::Edit, &["left", "ctrl-b"], A::FieldLeft, "", "Move a character to the left."),
    row(C::Edit, &["right", "ctrl-f"], A::FieldRight, "", "Move a character to the right."),
    row(C::Edit, &["ctrl-left", "alt-left", "alt-b"], A::FieldWordLeft, "", "Move a word to the left."),
    row(C::Edit, &["ctrl-right", "alt-right", "alt-f"], A::FieldWordRight, "", "Move a word to the right."),
    row(C::Edit, &["home", "ctrl-a"], A::FieldStart, "", "Move to the start of the line."),
    row(C::Edit, &["end", "ctrl-e"], A::FieldEnd, "", "Move to the end of the line."),
    row(C::Edit, &["pgup"], A::PageUp, "", "Move a page up."),
    row(C::Edit, &["pgdn"], A::PageDown, "", "Move a page down."),
    row(C::Edit, &["ctrl-home"], A::EditTop, "", "Move to the first line."),
    row(C::Edit, &["ctrl-end"], A::EditBottom, "", "Move to the last line."),
    row(C::Edit, &["backspace", "ctrl-h"], A::FieldBackspace, "", "Delete the character before the cursor."),
    row(C::Edit, &["del", "ctrl-d"], A::FieldDelete, "", "Delete the character under the cursor."),
    row(C::Edit, &["ctrl-w", "alt-backspace"], A::FieldDeleteWord, "", "Delete the word before the cursor."),
    row(C::Edit, &["ctrl-u"], A::FieldClear, "", "Delete back to the start of the line."),
    row(C::Edit, &["ctrl-k"], A::EditDeleteToEnd, "", "Delete to the end of the line."),

    write(foot(row(C::Leases, &["n"], A::LeaseGrant, "grant", "Grant a lease."))),
    write(foot(row(C::Leases, &["r"], A::LeaseRenew, "renew", "Renew the lease once."))),
    write(foot(row(C::Leases, &["a"], A::LeaseKeepAlive, "keep alive", "Keep the lease alive, or stop doing so."))),
    write(foot(row(C::Leases, &["d"], A::LeaseRevoke, "revoke", "Revoke the lease; shows the keys that will vanish and asks."))),
    foot(row(C::Leases, &["enter"], A::LeaseKeys, "keys", "Show the keys attached to the lease.")),

    row(C::Leases, &["s"], A::LeaseSort, "", "Sort by another column."),

    foot(row(C::LeaseKeys, &["enter", "o"], A::LeaseGoto, "go to", "Go to the key.")),

    foot(row(C::Watch, &["space"], A::WatchPause, "pause", "Hold the pane still, again to let it run; what comes waits.")),
    foot(row(C::Watch, &["c"], A::WatchClear, "clear", "Empty the pane.")),
    foot(row(C::Watch, &["enter"], A::WatchDetail, "detail", "Show the event with old and new value.")),
    foot(row(C::Watch, &["o"], A::WatchGoto, "go to", "Go to the key of the event.")),
    foot(row(C::Watch, &["s"], A::WatchSave, "save", "Save the log as JSON lines; asks for the file.")),
    foot(row(C::Watch, &["b"], A::BeforeEvent, "before", "Look at the tree as it was just before the event.")),
    foot(row(C::Watch, &["w"], A::WatchList, "watches", "Show the running watches.")),

    foot(row(C::Event, &["b"], A::BeforeEvent, "before", "Look at the tree as it was just before the event.")),

    foot(row(C::Watches, &["d"], A::WatchStop, "stop", "Stop the watch.")),

    write(foot(row(C::Locks, &["n"], A::LockTake, "take", "Wait for a lock and hold it; asks for its name."))),
    write(foot(row(C::Locks, &["r"], A::LockRelease, "release", "Give up the lock held or waited for here."))),
    write(foot(row(C::Locks, &["d"], A::QueueFree, "free", "End the lease of the selected holder or waiter; shows what hangs on it and asks."))),
    foot(row(C::Locks, &["o", "enter"], A::ViewGoto, "go to", "Go to the key.")),

    write(foot(row(C::Elections, &["n"], A::ElectionCampaign, "campaign", "Be a candidate; asks for the election and a value."))),
    write(foot(row(C::Elections, &["r"], A::ElectionResign, "resign", "Give up the candidacy or leadership of this program."))),
    write(foot(row(C::Elections, &["d"], A::QueueFree, "free", "End the lease of the selected candidate; shows what hangs on it and asks."))),
    foot(row(C::Elections, &["o", "enter"], A::ViewGoto, "go to", "Go to the key.")),

    write(foot(row(C::Services, &["n"], A::ServiceRegister, "register", "Register an instance and keep it alive; asks for it."))),
    write(foot(row(C::Services, &["d"], A::ServiceDeregister, "deregister", "Take the selected instance out; asks when it is not of this program."))),
    foot(row(C::Services, &["o", "enter"], A::ViewGoto, "go to", "Go to the key.")),

    foot(row(C::History, &["enter"], A::ViewDiff, "diff", "Show what changed since the version before, or since the marked row.")),
    foot(row(C::History, &["space"], A::ViewMark, "mark", "Mark the row, to compare another one with it.")),
    write(foot(row(C::History, &["r"], A::ViewRestore, "restore", "Put this version back, after asking; a present lease stays."))),
    foot(row(C::History, &["t"], A::ViewTree, "tree then", "Look at the whole tree as it was at this revision.")),
    foot(row(C::History, &["v"], A::NextRendering, "rendering", "Show the value in the next rendering: auto, text, JSON, hex.")),
    foot(row(C::History, &["o"], A::ViewGoto, "go to", "Go to the key.")),

    foot(row(C::Difference, &["enter"], A::ViewDiff, "diff", "Show the lines that changed.")),
    foot(row(C::Difference, &["space"], A::ViewMark, "mark", "Mark the key, or take the mark away.")),
    write(foot(row(C::Difference, &["r"], A::ViewRestore, "restore", "Make the marked keys, or the selected one, what they were; shown first."))),
    foot(row(C::Difference, &["o"], A::ViewGoto, "go to", "Go to the key.")),
    foot(row(C::Journal, &["enter"], A::JournalShow, "show", "Show the write: each key before and after.")),
    write(foot(row(C::Journal, &["u"], A::JournalUndo, "undo", "Undo the selected write; says what that will do and asks."))),
    foot(row(C::Journal, &["o"], A::ViewGoto, "go to", "Go to the first key of the write.")),

    write(foot(row(C::Record, &["u"], A::JournalUndo, "undo", "Undo this write; says what that will do and asks."))),
    foot(row(C::Record, &["o"], A::ViewGoto, "go to", "Go to the first key of the write.")),

    foot(row(C::Cluster, &["R"], A::Reload, "ask again", "Ask all endpoints and for the members again.")),
    foot(row(C::Cluster, &["esc"], A::Cancel, "back", "Go back to the panes.")),
    foot(row(C::Doctor, &["R"], A::Reload, "examine again", "Examine again.")),
    foot(row(C::Doctor, &["esc"], A::Cancel, "back", "Go back to the panes; what is not found yet is given up.")),

    foot(row(C::Find, &["enter"], A::ViewGoto, "go to", "Go to the key.")),
    foot(row(C::Find, &["tab"], A::FindMode, "mode", "Fuzzy, substring, regex. Small letters stand for large ones too, unless there is a large one.")),
    row(C::Find, &["down", "ctrl-n"], A::Down, "", "Move down."),
    row(C::Find, &["up", "ctrl-p"], A::Up, "", "Move up."),
    row(C::Find, &["pgdn"], A::PageDown, "", "Move a page down."),
    row(C::Find, &["pgup"], A::PageUp, "", "Move a page up."),
    row(C::Find, &["ctrl-home"], A::Top, "", "Move to the first row."),
    row(C::Find, &["ctrl-end"], A::Bottom, "", "Move to the last row."),
    foot(row(C::Find, &["ctrl-s"], A::JobStop, "stop", "Stop reading keys, again to go on; what is read can be searched.")),
    foot(row(C::Find, &["ctrl-r"], A::Reload, "read anew", "Read all keys anew.")),
    foot(row(C::Find, &["ctrl-y"], A::CopyKey, "copy", "Copy the key through the terminal (OSC 52).")),
    row(C::Find, &["alt-x"], A::ShowAsEtcdctl, "", "Show the key as an etcdctl line."),
    foot(row(C::Find, &["esc"], A::Cancel, "back", "Go back to the panes; the text and the keys that were read stay.")),
    foot(row(C::Find, &["f1"], A::Help, "help", "Show the keys that work here.")),

    foot(row(C::Values, &["enter", "o"], A::ViewGoto, "go to", "Go to the key.")),
    foot(row(C::Values, &["R"], A::Reload, "again", "Read all values again.")),
    foot(row(C::Values, &["esc"], A::JobStop, "stop", "Stop reading, again to go back to the panes.")),

    foot(row(C::Txn, &["ctrl-r"], A::TxnRun, "run", "Run the transaction, after asking.")),
    foot(row(C::Txn, &["ctrl-o"], A::TxnAdd, "add", "Add a compare or an operation by a form.")),
    foot(row(C::Txn, &["ctrl-s"], A::TxnSave, "save", "Save the transaction as a file.")),
    foot(row(C::Txn, &["alt-o"], A::TxnLoad, "load", "Load a transaction from a file.")),
    foot(row(C::Txn, &["esc"], A::Cancel, "leave", "Go back to the panes; the text is kept.")),
    row(C::Txn, &["alt-x"], A::ShowAsEtcdctl, "", "Show the transaction as etcdctl lines."),
    row(C::Txn, &["alt-down"], A::HalfDown, "", "Scroll what the text means, and its answer, down."),
    row(C::Txn, &["alt-up"], A::HalfUp, "", "Scroll what the text means, and its answer, up."),
    foot(row(C::Txn, &["f1"], A::Help, "help", "Show the keys that work here.")),

    foot(row(C::Form, &["tab", "down"], A::FormNext, "next", "Go to the next row.")),
    row(C::Form, &["shift-tab", "up"], A::FormPrevious, "", "Go to the row before."),

    foot(row(C::Login, &["tab", "down"], A::FormNext, "other field", "Go to the other field.")),
    row(C::Login, &["shift-tab", "up"], A::FormPrevious, "", "Go to the other field."),

    foot(row(C::Holding, &["r"], A::ReleaseAll, "release all and quit", "Give up all that is held here, then quit.")),
    foot(row(C::Holding, &["x"], A::QuitAnyway, "quit", "Quit; what is held here runs out with its lease.")),
    row(C::Holding, &["X"], A::ShowAsEtcdctl, "", "Show what giving up all would send, as etcdctl lines."),
    foot(row(C::Holding, &["esc", "q"], A::Cancel, "stay", "Stay.")),

    foot(row(C::Looking, &["esc", "q"], A::JobStop, "stop", "Stop; nothing was written.")),

    row(C::Typed, &["down"], A::Down, "", "Scroll down."),
    row(C::Typed, &["up"], A::Up, "", "Scroll up."),
    row(C::Typed, &["pgdn"], A::PageDown, "", "Scroll a page down."),
    row(C::Typed, &["pgup"], A::PageUp, "", "Scroll a page up."),

    foot(row(C::Running, &["esc"], A::JobStop, "stop", "Stop between two transactions; what is done is told.")),
    foot(row(C::Running, &["B", "q"], A::JobHide, "background", "Hide this; the work goes on, and the header says how far it is.")),

    foot(row(C::Exporting, &["esc"], A::JobStop, "stop", "Stop; no file is left.")),
    foot(row(C::Exporting, &["B", "q"], A::JobHide, "background", "Hide this; the export goes on, and the header says how far it is.")),

    write(foot(row(C::Report, &["u"], A::JobUndo, "undo", "Take back what was written; shows it and asks."))),
    foot(row(C::Etcdctl, &["y", "Y"], A::CopyLines, "copy", "Copy the lines through the terminal (OSC 52).")),
    foot(row(C::Etcdctl, &["s"], A::SaveLines, "save", "Save the lines as a script; asks for the file.")),

    foot(row(C::Dialog, &["y"], A::Yes, "yes", "Yes.")),
    foot(row(C::Dialog, &["n", "esc", "q"], A::No, "no", "No. What must be typed to confirm ends with Enter.")),
    foot(row(C::Dialog, &["X"], A::ShowAsEtcdctl, "etcdctl", "Show what yes would send, as etcdctl lines.")),

    write(foot(row(C::Unsaved, &["s"], A::Save, "save", "Save the draft."))),
    foot(row(C::Unsaved, &["x"], A::Discard, "discard", "Give up the draft.")),
    row(C::Unsaved, &["X"], A::ShowAsEtcdctl, "", "Show what saving would send, as etcdctl lines."),
    foot(row(C::Unsaved, &["esc", "q"], A::Cancel, "stay", "Go on editing.")),

    foot(row(C::Conflict, &["t"], A::TakeTheirs, "take theirs", "Give up the draft and take their value.")),
    write(foot(row(C::Conflict, &["m"], A::KeepMine, "keep mine", "Save the draft on top of their value."))),
    write(foot(row(C::Conflict, &["e"], A::Merge, "merge", "Go on editing with both values in the draft."))),
    row(C::Conflict, &["X"], A::ShowAsEtcdctl, "", "Show what keeping mine would send, as etcdctl lines."),
    foot(row(C::Conflict, &["esc", "q"], A::Cancel, "back", "Go back to the draft and decide later.")),

    write(foot(row(C::Gone, &["c"], A::CreateAnew, "create anew", "Create the key anew from the draft."))),
    foot(row(C::Gone, &["x"], A::Discard, "discard", "Give up the draft.")),
    row(C::Gone, &["X"], A::ShowAsEtcdctl, "", "Show what creating it anew would send, as etcdctl lines."),
    foot(row(C::Gone, &["esc", "q"], A::Cancel, "back", "Go back to the draft and decide later.")),

    write(foot(row(C::DraftDiff, &["s", "y"], A::Save, "save", "Save the draft."))),
    row(C::DraftDiff, &["X"], A::ShowAsEtcdctl, "", "Show what saving would send, as etcdctl lines."),
    foot(row(C::DraftDiff, &["esc", "q", "n"], A::Cancel, "go on editing", "Go back to the draft.")),

    write(foot(row(C::Broken, &["s"], A::Save, "save anyway", "Save the draft as it is."))),
    row(C::Broken, &["X"], A::ShowAsEtcdctl, "", "Show what saving would send, as etcdctl lines."),
    foot(row(C::Broken, &["esc", "q", "e"], A::Cancel, "go on editing", "Go back to the draft, where the fault is.")),

    write(foot(row(C::Offer, &["e"], A::Edit, "go on editing", "Go on editing the draft; saving is guarded by the revision it began at."))),
    foot(row(C::Offer, &["x"], A::Discard, "throw away", "Throw the draft away, after asking.")),
    foot(row(C::Offer, &["esc", "q"], A::Cancel, "later", "Keep the draft for the next start.")),

    foot(row(C::Field, &["enter"], A::FieldAccept, "accept", "Accept.")),
    foot(row(C::Field, &["esc"], A::Cancel, "cancel", "Cancel.")),
    foot(row(C::Field, &["tab"], A::FieldComplete, "complete", "Complete, again for the next completion.")),
    row(C::Field, &["alt-x"], A::ShowAsEtcdctl, "", "Show what accepting would send, as etcdctl lines; nothing is sent."),
    row(C::Field, &["shift-tab"], A::FieldCompletePrevious, "", "Take the completion before."),
    row(C::Field, &["left", "ctrl-b"], A::FieldLeft, "", "Move a character to the left."),
    row(C::Field, &["right", "ctrl-f"], A::FieldRight, "", "Move a character to the right."),
    row(C::Field, &["ctrl-left", "alt-left", "alt-b"], A::FieldWordLeft, "", "Move a word to the left."),
    row(C::Field, &["ctrl-right", "alt-right", "alt-f"], A::FieldWordRight, "", "Move a word to the right."),
    row(C::Field, &["ctrl-a", "home"], A::FieldStart, "", "Move to the start."),
    row(C::Field, &["ctrl-e", "end"], A::FieldEnd, "", "Move to the end."),
    row(C::Field, &["backspace", "ctrl-h"], A::FieldBackspace, "", "Delete the character before the cursor."),
    row(C::Field, &["del", "ctrl-d"], A::FieldDelete, "", "Delete the character under the cursor."),
    row(C::Field, &["ctrl-w", "alt-backspace"], A::FieldDeleteWord, "", "Delete the word before the cursor."),
    row(C::Field, &["ctrl-u"], A::FieldClear, "", "Clear."),

    row(C::CommandLine, &["up", "ctrl-p"], A::HistoryPrevious, "", "Take the command before from the history."),
    row(C::CommandLine, &["down", "ctrl-n"], A::HistoryNext, "", "Take the next command from the history."),
    foot(row(C::CommandLine, &["ctrl-r"], A::HistorySearch, "history", "Search the history for what was typed.")),
];

const fn row(
    context: C,
    chords: &'static [&'static str],
    action: A,
    hint: &'static str,
    help: &'static str,
) -> Binding {
    Binding { context, chords, action, hint, help, danger: false, footer: false }
}

/// The footer shows this row.
const fn foot(row: Binding) -> Binding {
    Binding { footer: true, ..row }
}

/// This row writes, or begins to.
const fn write(row: Binding) -> Binding {
    Binding { danger: true, ..row }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::keymap::Chord;

    #[test]
    fn every_key_can_be_read() {
        for row in BINDINGS {
            assert!(!row.chords.is_empty(), "{:?} has no key", row.action);
            for text in row.chords {
                Chord::parse(text).unwrap_or_else(|error| panic!("{:?}: {error}", row.action));
            }
        }
    }

    #[test]
    fn no_key_is_bound_twice_in_one_context() {
        let mut seen = HashMap::new();
        for row in BINDINGS {
            for text in row.chords {
                let place = (row.context, Chord::parse(text).expect(text));
                if let Some(other) = seen.insert(place, row.action) {
                    panic!("{text} in {:?} does {other:?} and {:?}", row.context, row.action);
                }
            }
        }
    }

    #[test]
    fn every_action_can_be_reached() {
        for action in A::ALL {
            assert!(BINDINGS.iter().any(|row| row.action == *action), "{action:?} has no key");
        }
    }

    #[test]
    fn every_row_says_what_it_does() {
        for row in BINDINGS {
            assert!(row.help.ends_with('.'), "the help of {:?} is no sentence", row.action);
            assert_eq!(row.footer, !row.hint.is_empty(), "{:?}: footer and hint", row.action);
        }
        for context in C::ALL {
            assert!(BINDINGS.iter().any(|row| row.context == *context), "{context:?} is empty");
        }
        assert!(BINDINGS.iter().all(|row| C::ALL.contains(&row.context)));
    }
}
