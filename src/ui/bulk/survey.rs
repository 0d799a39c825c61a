//! The plan: what is touched, with what is dangerous first and the sample last.

use ratatui::text::{Line, Span};

use super::{Page, bytes_of, capital, count, keys, named, title};
use crate::app::App;
use crate::app::bulk::verb_of;
use crate::domain::bulk::{PlanRequest, Sample, Survey, Verb};
use crate::domain::{LeaseId, escape};
use crate::ui::text::{cut_end, cut_middle, time_of_day, width};
use crate::ui::theme::Theme;

/// The page of a plan.
pub(super) fn page<'a>(
    app: &App,
    theme: &Theme,
    request: &PlanRequest,
    plan: &Survey,
    room: usize,
) -> Page<'a> {
    let touched = plan.touched();
    let verb = capital(verb_of(request));
    let heading = if touched == 0 {
        format!("{verb}: nothing to do")
    } else {
        format!("{verb} {}?", keys(touched))
    };
    let mut lines = Vec::new();
    if App::is_whole_store(request) && touched > 0 {
        let text = "THIS IS THE WHOLE STORE: every key there is.";
        lines.push(Line::styled(text, theme.danger()));
    }
    let what =
        format!("{}, as of revision {}", title(request), count(plan.revision.0.max(0) as u64));
    lines.push(Line::styled(what, theme.strong()));
    if let PlanRequest::Undo(id) = request
        && let Some(record) = app.journal.line(*id)
    {
        let time = time_of_day(record.time, theme.offset(record.time));
        let text = format!("Write {id}, at {}: {}", &time[..8], escape::message(&record.what));
        lines.push(Line::raw(text));
    }
    lines.push(Line::raw(counts(plan)));
    inside(app, theme, request, plan, room, &mut lines);
    sample(theme, plan, room, &mut lines);
    let danger = plan.deletes > 0 || App::is_whole_store(request);
    Page { title: heading, lines, danger, columns: 0 }
}

/// `12 created · 3 changed · 5 deleted · 1.2 MiB of keys and values`.
fn counts(plan: &Survey) -> String {
    let parts = [
        (plan.deletes, "deleted"),
        (plan.moves, "moved"),
        (plan.creates, "created"),
        (plan.changes, "changed"),
        (plan.same, "already as wanted"),
        (plan.blocked_count, "left as is"),
    ];
    let parts = parts.into_iter().filter(|(n, _)| *n > 0);
    let mut parts: Vec<String> = parts.map(|(n, word)| format!("{} {word}", count(n))).collect();
    if parts.is_empty() {
        return "There are no such keys.".to_owned();
    }
    if plan.touched() > 0 {
        parts.push(format!("{} of keys and values", bytes_of(plan.bytes)));
    }
    parts.join(" · ")
}

/// What lies inside that should make one stop: what this program holds, locks, leases, what is
/// blocked and what cannot be as it was.
fn inside(
    app: &App,
    theme: &Theme,
    request: &PlanRequest,
    plan: &Survey,
    room: usize,
    lines: &mut Vec<Line<'_>>,
) {
    let held = app.kept_inside(request, plan);
    let (danger, changed) = (theme.danger(), theme.changed());
    let heading = ("HELD BY THIS PROGRAM:".to_owned(), danger);
    let held_count = held.len() as u64;
    named(lines, heading, held.into_iter().map(|name| (name, None)), held_count, room);

    let heading = match plan.lock_count {
        1 => "1 LIVE LOCK OR ELECTION:".to_owned(),
        n => format!("{} LIVE LOCKS AND ELECTIONS:", count(n)),
    };
    let locks = plan.locks.iter().map(|key| (key.to_string(), None));
    named(lines, (heading, danger), locks, plan.lock_count, room);

    let heading = match plan.lease_count {
        1 => "on 1 lease:".to_owned(),
        n => format!("on {} leases:", count(n)),
    };
    let lease = |(id, n): &(LeaseId, u64)| (id.to_string(), Some(keys(*n)));
    named(lines, (heading, changed), plan.leases.iter().map(lease), plan.lease_count, room);

    let heading = match plan.blocked_count {
        1 => "1 key is left as it is:".to_owned(),
        n => format!("{} keys are left as they are:", count(n)),
    };
    let blocked = plan.blocked.iter();
    let blocked = blocked.map(|(key, why)| (key.to_string(), Some(escape::message(why))));
    named(lines, (heading, changed), blocked, plan.blocked_count, room);

    for note in &plan.notes {
        lines.push(Line::styled(escape::message(note), changed));
    }
    if let Some(path) = &plan.backup {
        let path = escape::message(&path.to_string_lossy());
        lines.push(Line::raw(format!("All of it was written to {path}")));
    }
}

/// The first few keys and what happens to each.
fn sample(theme: &Theme, plan: &Survey, room: usize, lines: &mut Vec<Line<'_>>) {
    if plan.sample.is_empty() {
        return;
    }
    lines.push(Line::default());
    lines.extend(plan.sample.iter().map(|sample| sampled(theme, sample, room)));
    let unnamed = plan.touched().saturating_sub(plan.sample.len() as u64);
    if unnamed > 0 {
        lines.push(Line::raw(format!("… and {} more", count(unnamed))));
    }
}

fn sampled<'a>(theme: &Theme, sample: &Sample, room: usize) -> Line<'a> {
    let (verb, style) = match sample.verb {
        Verb::Create => ("create ", theme.good()),
        Verb::Change => ("change ", theme.changed()),
        Verb::Delete => ("delete ", theme.danger()),
        Verb::Move => ("move   ", theme.changed()),
        Verb::Same => ("same   ", theme.dim()),
    };
    let room = room.saturating_sub(width(verb));
    let detail = escape::message(&sample.detail);
    // The key tells more than what is said of it.
    let key = cut_middle(&sample.key.to_string(), room);
    let rest = room.saturating_sub(width(&key) + 2);
    let detail = if rest < 8 { String::new() } else { format!("  {}", cut_end(&detail, rest)) };
    Line::from(vec![
        Span::styled(verb, style),
        Span::raw(key),
        Span::styled(detail.trim_end().to_owned(), theme.dim()),
    ])
}
