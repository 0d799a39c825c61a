//! How work on many keys is getting on, in its dialog and in the header.

use std::time::Duration;

use ratatui::text::Line;

use super::{Page, STEADY, count, keys, title};
use crate::app::App;
use crate::app::bulk::{Job, Stage, verb_of};
use crate::domain::bulk::Progress;
use crate::domain::escape;
use crate::ui::text::seconds;
use crate::ui::theme::Theme;

/// Before so much time has passed a rate says nothing.
const SETTLED: Duration = Duration::from_millis(500);

/// The page of a job that runs.
pub(super) fn page<'a>(
    theme: &Theme,
    job: &Job,
    progress: &Progress,
    taken: Duration,
    stopping: bool,
    room: usize,
) -> Page<'a> {
    let cells = room.min(STEADY);
    let mut lines = vec![
        Line::styled(bar(progress, cells), theme.number()),
        Line::raw(format!(
            "{} done · {} left as is · {} in all",
            count(progress.done),
            count(progress.left),
            keys(progress.total)
        )),
        Line::styled(rate(progress, taken), theme.dim()),
    ];
    if let Some(reason) = &progress.waiting {
        let text = format!("waiting: {}", escape::message(reason));
        lines.push(Line::styled(text, theme.danger()));
    }
    if stopping {
        lines.push(Line::styled("stopping after the transaction under way …", theme.changed()));
    }
    Page { title: title(&job.request), lines, danger: false, columns: STEADY }
}

/// `██████▌                46 %` in so many cells.
pub(super) fn bar(progress: &Progress, cells: usize) -> String {
    let share = share(progress);
    let track = cells.saturating_sub(6);
    let eighths = (share * track as f64 * 8.0) as usize;
    let (full, part) = (eighths / 8, eighths % 8);
    let part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][part];
    let filled = format!("{}{part}", "█".repeat(full));
    let used = full + usize::from(!part.is_empty());
    // All is done only when it is.
    let percent = (share * 100.0).floor();
    format!("{filled}{} {percent:>3.0} %", "░".repeat(track.saturating_sub(used)))
}

fn share(progress: &Progress) -> f64 {
    if progress.total == 0 {
        return 0.0;
    }
    ((progress.done + progress.left) as f64 / progress.total as f64).min(1.0)
}

/// How many keys a second, and about how long it still takes.
fn rate(progress: &Progress, taken: Duration) -> String {
    let seen = progress.done + progress.left;
    if taken < SETTLED || seen == 0 {
        return "measuring how fast it goes …".to_owned();
    }
    let rate = seen as f64 / taken.as_secs_f64();
    let rest = progress.total.saturating_sub(seen) as f64 / rate;
    format!("{} a second, about {} to go", keys(rate.round() as u64), seconds(rest.ceil() as i64))
}

/// The work in the background, for the header: it is in sight for as long as it goes on, and
/// afterwards until its report was read when that has more to say than that all is done.
pub(in crate::ui) fn in_header(app: &App) -> Option<String> {
    let key = app.job_key();
    let exporting = app
        .export
        .is_some()
        .then(|| format!("export {:.0} % ({key})", (share(&of_export(app)) * 100.0).floor()));
    let job = job_in_header(app, &key);
    match (job, exporting) {
        (Some(job), Some(exporting)) => Some(format!("{job}  {exporting}")),
        (job, exporting) => job.or(exporting),
    }
}

fn job_in_header(app: &App, key: &str) -> Option<String> {
    if let Some(job) = &app.jobs.now {
        let Stage::Running { progress, stopping, .. } = &job.stage else { return None };
        let percent = (share(progress) * 100.0).floor();
        let state = match (&progress.waiting, stopping) {
            (Some(_), _) => " waiting",
            (None, true) => " stopping",
            (None, false) => "",
        };
        return Some(format!("{} {percent:.0} %{state} ({key})", verb_of(&job.request)));
    }
    let ended = app.jobs.last.as_ref().filter(|ended| !ended.read)?;
    let verb = verb_of(&ended.request);
    let left = ended.report.left_count;
    Some(if ended.report.error.is_some() {
        format!("{verb} ended early ({key})")
    } else if left > 0 {
        format!("{verb} left {} ({key})", keys(left))
    } else {
        format!("{verb} done ({key})")
    })
}

/// The export as progress of work on many keys, for what draws that.
pub(super) fn of_export(app: &App) -> Progress {
    let progress = app.export.as_ref().map(|export| export.progress).unwrap_or_default();
    Progress { done: progress.keys, total: progress.total, ..Progress::default() }
}
