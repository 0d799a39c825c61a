//! Every kind of action that writes, and the proof that none is missing: a command, key, question or
//! request that is new does not compile here, or is missed by the test, before it has its kind.

use std::collections::BTreeSet;

use etcdeck::app::command::{Command, FORMS, parse};
use etcdeck::app::dialog::Confirmed;
use etcdeck::keymap::{Action, BINDINGS, Context};

/// The kinds, in the order in which they are acted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    PutNew,
    PutOver,
    Delete,
    SaveNew,
    SaveDraft,
    SaveFromEditor,
    SaveBroken,
    KeepMine,
    CreateAnew,
    RestoreVersion,
    Attach,
    Detach,
    Grant,
    GrantWithId,
    Renew,
    KeepAlive,
    Revoke,
    Lock,
    Unlock,
    Campaign,
    Resign,
    Register,
    Deregister,
    DeregisterOther,
    Free,
    Txn,
    DeleteMany,
    Move,
    Copy,
    Restore,
    Import,
    Undo,
    /// Ends the screen, and so comes last: the test counts to it.
    ReleaseAll,
}

impl Kind {
    /// Every kind, in the order of the enum.
    pub(super) const ALL: &'static [Kind] = &[
        Kind::PutNew,
        Kind::PutOver,
        Kind::Delete,
        Kind::SaveNew,
        Kind::SaveDraft,
        Kind::SaveFromEditor,
        Kind::SaveBroken,
        Kind::KeepMine,
        Kind::CreateAnew,
        Kind::RestoreVersion,
        Kind::Attach,
        Kind::Detach,
        Kind::Grant,
        Kind::GrantWithId,
        Kind::Renew,
        Kind::KeepAlive,
        Kind::Revoke,
        Kind::Lock,
        Kind::Unlock,
        Kind::Campaign,
        Kind::Resign,
        Kind::Register,
        Kind::Deregister,
        Kind::DeregisterOther,
        Kind::Free,
        Kind::Txn,
        Kind::DeleteMany,
        Kind::Move,
        Kind::Copy,
        Kind::Restore,
        Kind::Import,
        Kind::Undo,
        Kind::ReleaseAll,
    ];
}

/// The kinds that a command leads to; none for one that writes nothing.
fn of_command(command: &Command) -> &'static [Kind] {
    match command {
        Command::Put(..) => &[Kind::PutNew, Kind::PutOver],
        Command::Delete(_) => &[Kind::Delete],
        Command::DeletePrefix(_) => &[Kind::DeleteMany],
        Command::Restore(..) => &[Kind::Restore],
        Command::Move(..) => &[Kind::Move],
        Command::Copy(..) => &[Kind::Copy],
        Command::Import(_) => &[Kind::Import],
        Command::Undo(_) => &[Kind::Undo],
        Command::LeaseGrant(..) => &[Kind::Grant, Kind::GrantWithId],
        Command::LeaseKeepAlive(_) => &[Kind::KeepAlive],
        Command::LeaseRenew(_) => &[Kind::Renew],
        Command::LeaseRevoke(_) => &[Kind::Revoke],
        Command::LeaseAttach(..) => &[Kind::Attach],
        Command::LeaseDetach(_) => &[Kind::Detach],
        Command::Lock(..) => &[Kind::Lock],
        Command::Unlock(_) => &[Kind::Unlock],
        Command::Campaign(..) => &[Kind::Campaign],
        Command::Resign(_) => &[Kind::Resign],
        Command::Register(..) => &[Kind::Register],
        Command::Deregister(..) => &[Kind::Deregister],
        Command::Goto(_)
        | Command::Find(_)
        | Command::FindValues(_)
        | Command::Watch(..)
        | Command::History(_)
        | Command::Rev(_)
        | Command::Drafts
        // Writes a file only.
        | Command::Export(..)
        | Command::Journal
        | Command::Cluster
        | Command::Doctor
        | Command::Diff(..)
        | Command::Unwatch(_)
        | Command::Locks(_)
        | Command::Elections(_)
        | Command::Services(_)
        // Opens the composer, which has keys of its own.
        | Command::Txn(_)
        // Says who one is, and asks what that allows.
        | Command::Login(_)
        | Command::Rights
        | Command::ReadOnly(_)
        | Command::Help
        | Command::Quit => &[],
    }
}

/// The kinds that a question leads to.
fn of_question(confirmed: &Confirmed) -> &'static [Kind] {
    match confirmed {
        Confirmed::DeleteKey(..) => &[Kind::Delete],
        Confirmed::RevokeLease(_) => &[Kind::Revoke, Kind::DeregisterOther, Kind::Free],
        Confirmed::Put(..) => &[Kind::PutOver, Kind::RestoreVersion],
        // Ends work, throws away a file of this program, turns its switch.
        Confirmed::StopAndQuit
        | Confirmed::StopExportAndQuit
        | Confirmed::DropDraft(_)
        | Confirmed::AllowWrites
        // Read only.
        | Confirmed::Index(_)
        | Confirmed::SearchValues => &[],
        Confirmed::Txn(_) => &[Kind::Txn],
        Confirmed::Attach(..) => &[Kind::Attach, Kind::Detach],
    }
}

/// The kinds that a key leads to.
fn of_key(context: Context, action: Action) -> &'static [Kind] {
    match (context, action) {
        // What is merged is then saved as any draft.
        (_, Action::Edit | Action::Merge) | (Context::Draft | Context::Unsaved, Action::Save) => {
            &[Kind::SaveDraft]
        }
        (_, Action::EditExternal) | (Context::DraftDiff, Action::Save) => &[Kind::SaveFromEditor],
        (_, Action::NewKey) => &[Kind::SaveNew],
        (Context::Keys, Action::Delete) => &[Kind::Delete, Kind::DeleteMany],
        // Marks what the keys around it then take.
        (Context::Keys, Action::Mark) => &[Kind::DeleteMany, Kind::Move, Kind::Copy],
        (Context::Keys, Action::Move) => &[Kind::Move],
        (Context::Keys, Action::Copy) => &[Kind::Copy],
        (_, Action::LeaseAttach) => &[Kind::Attach, Kind::Detach],
        (_, Action::LeaseGrant) => &[Kind::Grant, Kind::GrantWithId],
        (_, Action::LeaseRenew) => &[Kind::Renew],
        (_, Action::LeaseKeepAlive) => &[Kind::KeepAlive],
        (_, Action::LeaseRevoke) => &[Kind::Revoke],
        (_, Action::LockTake) => &[Kind::Lock],
        (_, Action::LockRelease) => &[Kind::Unlock],
        (_, Action::ElectionCampaign) => &[Kind::Campaign],
        (_, Action::ElectionResign) => &[Kind::Resign],
        (_, Action::QueueFree) => &[Kind::Free],
        (_, Action::ServiceRegister) => &[Kind::Register],
        (_, Action::ServiceDeregister) => &[Kind::Deregister, Kind::DeregisterOther],
        (Context::Broken, Action::Save) => &[Kind::SaveBroken],
        (Context::History, Action::ViewRestore) => &[Kind::RestoreVersion],
        (Context::Difference, Action::ViewRestore) => &[Kind::Restore],
        (_, Action::JobUndo | Action::Undo | Action::JournalUndo) => &[Kind::Undo],
        (_, Action::KeepMine) => &[Kind::KeepMine],
        (_, Action::CreateAnew) => &[Kind::CreateAnew],
        (_, Action::TxnRun) => &[Kind::Txn],
        (_, Action::ReleaseAll) => &[Kind::ReleaseAll],
        _ => &[],
    }
}

/// A line of each command that writes.
const LINES: [&str; 20] = [
    "put k v",
    "delete k",
    "delete-prefix k",
    "undo 1",
    "restore k 5",
    "move k n",
    "copy k n",
    "import file",
    "lease grant 5",
    "lease keepalive 5",
    "lease renew 5",
    "lease revoke 5",
    "lease attach k 5",
    "lease detach k",
    "lock n",
    "unlock n",
    "campaign n v",
    "resign n",
    "service register n i e",
    "service deregister n i",
];

#[test]
fn every_command_that_writes_has_its_kind() {
    let of =
        |line: &str, name: &str| line.strip_prefix(name).is_some_and(|rest| rest.starts_with(' '));
    for form in FORMS.iter().filter(|form| form.writes) {
        let has_line = LINES.iter().any(|line| of(line, form.name));
        assert!(has_line, "{} has no line here", form.name);
    }
    for line in LINES {
        let command = parse(line).expect(line);
        assert!(command.writes() && !of_command(&command).is_empty(), "{line}");
    }
}

#[test]
fn every_key_that_writes_has_its_kind() {
    for row in BINDINGS.iter().filter(|row| row.danger) {
        let kinds = of_key(row.context, row.action);
        assert!(!kinds.is_empty(), "{:?} in {:?} has no kind", row.action, row.context);
    }
}

#[test]
fn every_kind_is_acted_and_led_to() {
    assert_eq!(Kind::ALL.len(), Kind::ReleaseAll as usize + 1);
    assert!(Kind::ALL.is_sorted());
    let mut led_to: BTreeSet<Kind> = BTreeSet::new();
    for row in BINDINGS {
        led_to.extend(of_key(row.context, row.action));
    }
    for line in LINES {
        led_to.extend(of_command(&parse(line).expect(line)));
    }
    for question in [Confirmed::StopAndQuit, Confirmed::RevokeLease(etcdeck::domain::LeaseId(1))] {
        led_to.extend(of_question(&question));
    }
    assert!(Kind::ALL.iter().all(|kind| led_to.contains(kind)), "{led_to:?}");
}
