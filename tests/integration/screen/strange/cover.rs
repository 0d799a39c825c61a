//! Every kind of thing that can happen and that can be shown, by name. Each list is a match without a
//! rest: one that is new does not compile before it has its name here, and the walk fails until it has
//! been there.

use etcdeck::app::dialog::Dialog;
use etcdeck::app::find::order::{FindNews, ValuesNews};
use etcdeck::app::job::JobNews;
use etcdeck::app::message::{ConnectionNews, HoldNews, KeepAliveNews, Message, WatchNews};
use etcdeck::app::view::View;

/// A list of names, and the name of each thing.
macro_rules! named {
    ($list:ident, $name:ident, $of:ty: $($pattern:pat => $word:literal,)+) => {
        pub(super) const $list: &[&str] = &[$($word),+];

        pub(super) fn $name(it: &$of) -> &'static str {
            match it { $($pattern => $word),+ }
        }
    };
}

named! { MESSAGES, message, Message:
    Message::Key(_) => "key",
    Message::Paste(_) => "paste",
    Message::Resize => "resize",
    Message::Clock => "clock",
    Message::Answered(_, Ok(_)) => "answer",
    Message::Answered(_, Err(_)) => "refusal",
    Message::FileWritten(_, Ok(())) => "file written",
    Message::FileWritten(_, Err(_)) => "file not written",
    Message::Connection(ConnectionNews::Online(_)) => "online",
    Message::Connection(ConnectionNews::Lost { .. }) => "lost",
    Message::Connection(ConnectionNews::Denied(_)) => "denied",
    Message::Connection(ConnectionNews::Endpoints(_)) => "endpoints",
    Message::Watch(_, WatchNews::Watching { .. }) => "watching",
    Message::Watch(_, WatchNews::Events { .. }) => "events",
    Message::Watch(_, WatchNews::Progress { .. }) => "progress of a watch",
    Message::Watch(_, WatchNews::Lost { .. }) => "watch lost",
    Message::Watch(_, WatchNews::Gap { .. }) => "gap",
    Message::Watch(_, WatchNews::Fault { .. }) => "fault of a watch",
    Message::Watch(_, WatchNews::Replaced { .. }) => "store replaced",
    Message::Watch(_, WatchNews::Found { .. }) => "found after a gap",
    Message::Watch(_, WatchNews::Refused(_)) => "watch refused",
    Message::KeepAlive(_, KeepAliveNews::Renewed { .. }) => "renewed",
    Message::KeepAlive(_, KeepAliveNews::Failing(_)) => "keepalive failing",
    Message::KeepAlive(_, KeepAliveNews::Gone) => "lease gone",
    Message::KeepAlive(_, KeepAliveNews::GivenUp(_)) => "keepalive given up",
    Message::Hold(_, HoldNews::Queued(_)) => "queued",
    Message::Hold(_, HoldNews::Held { .. }) => "held",
    Message::Hold(_, HoldNews::Doubtful { .. }) => "doubtful",
    Message::Hold(_, HoldNews::Lost(_)) => "hold lost",
    Message::Hold(_, HoldNews::Released) => "released",
    Message::Hold(_, HoldNews::Failed(_)) => "hold failed",
    Message::Job(_, JobNews::Looking { .. }) => "looking",
    Message::Job(_, JobNews::Planned(_)) => "planned",
    Message::Job(_, JobNews::Failed(_)) => "job failed",
    Message::Job(_, JobNews::Progress(_)) => "progress of a job",
    Message::Job(_, JobNews::Finished(_)) => "finished",
    Message::Job(_, JobNews::Exporting(_)) => "exporting",
    Message::Job(_, JobNews::Exported(_)) => "exported",
    Message::PlanRead(_, Ok(_)) => "plan read",
    Message::PlanRead(_, Err(_)) => "plan not read",
    Message::Journaled(_) => "journaled",
    Message::JournalTrouble(_) => "journal trouble",
    Message::JournalRead(_, Ok(_)) => "journal read",
    Message::JournalRead(_, Err(_)) => "journal not read",
    Message::Comparing(..) => "comparing",
    Message::Compared(_, Ok(_)) => "compared",
    Message::Compared(_, Err(_)) => "not compared",
    Message::Diagnosis(..) => "diagnosis",
    Message::Find(FindNews::Index(_)) => "index",
    Message::Find(FindNews::Hits(..)) => "hits",
    Message::Find(FindNews::Fault(..)) => "fault of a query",
    Message::Values(_, ValuesNews::Looking(..)) => "looking into values",
    Message::Values(_, ValuesNews::Waiting(_)) => "search in values waits",
    Message::Values(_, ValuesNews::Fault(_)) => "fault of a search in values",
    Message::Values(_, ValuesNews::Ended(_)) => "search in values ended",
    Message::Values(_, ValuesNews::Failed(_)) => "search in values failed",
    Message::LaidOut(..) => "laid out",
    Message::FileRead(_, Ok(_)) => "file read",
    Message::FileRead(_, Err(_)) => "file not read",
    Message::DraftsFound(Ok(_)) => "drafts found",
    Message::DraftsFound(Err(_)) => "drafts not found",
    Message::DraftNotKept(_) => "draft not kept",
    Message::Edited(_) => "edited",
    Message::Copied(Ok(_)) => "copied",
    Message::Copied(Err(_)) => "not copied",
}

named! { DIALOGS, dialog, Dialog:
    Dialog::Help { .. } => "help",
    Dialog::Text { .. } => "text",
    Dialog::Etcdctl { .. } => "etcdctl",
    Dialog::Confirm(_) => "confirm",
    Dialog::Prompt(_) => "prompt",
    Dialog::Unsaved { .. } => "unsaved",
    Dialog::UnsavedTxn(_) => "unsaved transaction",
    Dialog::TxnForm(_) => "form of a transaction",
    Dialog::Conflict { .. } => "conflict",
    Dialog::Gone => "gone",
    Dialog::DraftDiff(_) => "difference of a draft",
    Dialog::Broken(_) => "broken",
    Dialog::Login(_) => "login",
    Dialog::Offer(_) => "offer",
    Dialog::Holding => "holding",
    Dialog::Job(_) => "job",
    Dialog::Exporting => "exporting",
    Dialog::Event { .. } => "event",
    Dialog::Difference { .. } => "difference",
    Dialog::Record(_) => "record",
    Dialog::Watches(_) => "watches",
    Dialog::LeaseKeys { .. } => "keys of a lease",
}

named! { VIEWS, view, View:
    View::Locks(_) => "locks",
    View::Elections(_) => "elections",
    View::Services(_) => "services",
    View::Difference(_) => "differences",
    View::History(_) => "history",
    View::Txn => "transaction",
    View::Journal(_) => "journal",
    View::Cluster(_) => "cluster",
    View::Doctor(_) => "doctor",
    View::Find => "find",
    View::Values(_) => "find in values",
}
