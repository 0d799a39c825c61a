//! What a plan would send, told and written before it is carried out.

use std::io;
use std::path::{Path, PathBuf};

use crate::app::effect::Call;
use crate::app::etcdctl::Etcdctl;
use crate::app::job::PlanText;
use crate::app::message::Message;
use crate::app::ticket::Ticket;
use crate::bulk::{Limits, Plan, transactions};

/// How a plan is to be shown.
#[derive(Debug)]
pub(super) enum Show {
    /// The first transactions, until they have so many operations.
    First { ticket: Ticket, limit: usize },
    /// All of them, as a script in a new file.
    Script { ticket: Ticket, path: PathBuf, etcdctl: Etcdctl },
}

impl Show {
    /// The answer. May read and write files.
    pub(super) fn of(self, plan: &Plan, limits: &Limits) -> Message {
        match self {
            Show::First { ticket, limit } => {
                let text = first(plan, limits, limit);
                Message::PlanRead(ticket, text.map_err(|error| unreadable(&error)))
            }
            Show::Script { ticket, path, etcdctl } => {
                let result = write(plan, limits, &path, &etcdctl);
                let result = result.map_err(|error| format!("{}: {error}", path.display()));
                Message::FileWritten(ticket, result)
            }
        }
    }

    /// The answer where there is no plan of that number any more.
    pub(super) fn of_none(self) -> Message {
        let gone = "there is no such plan any more".to_owned();
        match self {
            Show::First { ticket, .. } => Message::PlanRead(ticket, Err(gone)),
            Show::Script { ticket, .. } => Message::FileWritten(ticket, Err(gone)),
        }
    }
}

fn unreadable(error: &io::Error) -> String {
    format!("the plan cannot be read: {error}")
}

fn first(plan: &Plan, limits: &Limits, limit: usize) -> io::Result<PlanText> {
    let (mut text, mut operations) = (PlanText::default(), 0);
    for request in transactions(plan, limits) {
        let request = request?;
        if operations < limit {
            operations += request.success.len();
            text.first.push(request);
        } else {
            text.more += 1;
        }
    }
    Ok(text)
}

/// One transaction after the other, so that no more than that is held.
fn write(plan: &Plan, limits: &Limits, path: &Path, etcdctl: &Etcdctl) -> io::Result<()> {
    let all = transactions(plan, limits);
    let lines = all.map(|request| Ok(etcdctl.call(&Call::Txn(request?))));
    let first = [Ok(vec!["#!/usr/bin/env bash".to_owned()])];
    super::file::write_all(path, first.into_iter().chain(lines))
}
