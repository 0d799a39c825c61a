//! What became of work on many keys.

use ratatui::text::Line;

use super::{Page, capital, count, keys, named, title};
use crate::app::bulk::{Ended, verb_of};
use crate::domain::bulk::Report;
use crate::domain::escape;
use crate::ui::theme::Theme;

/// The page of a report.
pub(super) fn page<'a>(theme: &Theme, ended: &Ended, room: usize) -> Page<'a> {
    let report = &ended.report;
    let verb = capital(verb_of(&ended.request));
    let heading = if report.done == report.total {
        format!("{verb}: all {} done", keys(report.total))
    } else {
        format!("{verb}: {} of {} done", count(report.done), keys(report.total))
    };
    let mut lines = vec![Line::styled(title(&ended.request), theme.strong())];
    if let Some(error) = &report.error {
        let text = format!("ended early: {}", escape::message(error));
        lines.push(Line::styled(text, theme.danger()));
    }
    if report.stopped {
        lines.push(Line::styled("stopped by you, between two transactions", theme.changed()));
    }
    lines.push(Line::raw(written(report)));
    left(theme, report, room, &mut lines);
    let (appeared, n) = (&report.appeared.0, report.appeared.1);
    let above = match n {
        1 => "1 key appeared meanwhile and was not touched:".to_owned(),
        n => format!("{} appeared meanwhile and were not touched:", keys(n)),
    };
    let names = appeared.iter().map(|key| (key.to_string(), None));
    named(&mut lines, (above, theme.changed()), names, n, room);
    if report.journal.is_some() {
        lines.push(Line::styled("u undoes it, after showing how.", theme.dim()));
    }
    Page { title: heading, lines, danger: report.error.is_some(), columns: 0 }
}

/// `4,997 keys written in 40 transactions, revisions 1,235 to 1,274`.
fn written(report: &Report) -> String {
    let Some((first, last)) = report.revisions else {
        return "Nothing was written.".to_owned();
    };
    let transactions = match report.transactions {
        1 => "1 transaction".to_owned(),
        n => format!("{} transactions", count(n)),
    };
    let number = |revision: crate::domain::Revision| count(revision.0.max(0) as u64);
    let revisions = if first == last {
        format!("revision {}", number(first))
    } else {
        format!("revisions {} to {}", number(first), number(last))
    };
    format!("{} written in {transactions}, {revisions}", keys(report.done))
}

fn left(theme: &Theme, report: &Report, room: usize, lines: &mut Vec<Line<'_>>) {
    let heading = match report.left_count {
        1 => "1 key was left as it is:".to_owned(),
        n => format!("{} were left as they are:", keys(n)),
    };
    let names = report.left.iter().map(|left| (left.key.to_string(), Some(left.why.to_string())));
    named(lines, (heading, theme.changed()), names, report.left_count, room);
}
