//! `etcdeck import`: shows what would change, asks, writes, and reports exactly.

use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::{oneshot, watch};

use super::connect::{self, Connected};
use super::said::{followed, keys, number, say, usage};
use super::{bulk_limits, journal};
use crate::app::typed::Typed;
use crate::bulk::{self, Limits, Looked, Plan, Underway};
use crate::config::Settings;
use crate::domain::bulk::{Report, Survey, Verb};
use crate::domain::mark::Mark;
use crate::domain::text::Field;
use crate::domain::{Key, Revision, escape};
use crate::journal::Journal;
use crate::log::Log;
use crate::store::{ReadOnly, Store};
use crate::terminal::Signals;

/// What was asked for.
pub(super) struct How {
    /// The file.
    pub(super) file: PathBuf,
    /// Only list what would be done.
    pub(super) dry_run: bool,
    /// Do not ask.
    pub(super) yes: bool,
}

/// Imports, and gives the status to exit with.
///
/// # Errors
/// What kept the plan from being made; nothing was written then.
pub(super) async fn run(
    settings: Settings,
    how: How,
    log: &Log,
    signals: &mut Signals,
) -> anyhow::Result<u8> {
    if settings.read_only && !how.dry_run {
        return Ok(usage(
            "import writes, and this is read-only: --dry-run only looks, --read-only=false writes",
        ));
    }
    if !how.dry_run && !how.yes && !io::stdin().is_terminal() {
        return Ok(usage(
            "import asks before it writes, and stdin is not a terminal: give --yes to write, or \
             --dry-run to look",
        ));
    }
    let store: Arc<dyn Store> = match connect::connect(settings.target, log, signals).await? {
        Connected::Ended(ending) => return Ok(ending.exit_status()),
        Connected::Sandbox(sandbox) => Arc::new(sandbox),
        Connected::Server(gateway) => Arc::new(gateway),
    };
    let store = ReadOnly::new(store, settings.read_only);
    let limits = bulk_limits(&settings.limits, settings.state_dir.as_deref());

    let (sender, looked) = watch::channel(Looked::default());
    let mut list = List::new(how.dry_run);
    let planning =
        bulk::import(&store, &how.file, &limits, &sender, |verb, key| list.tell(verb, key));
    let planning = followed(planning, || format!("{} compared", keys(looked.borrow().keys)));
    let plan = tokio::select! {
        plan = planning => plan?,
        ending = signals.ending() => {
            say(&format!("etcdeck: ended by {ending}: nothing was written"));
            return Ok(ending.exit_status());
        }
    };
    list.end()?;
    tell_plan(plan.survey(), !how.dry_run);
    let refused = plan.survey().blocked_count > 0;
    if how.dry_run || plan.survey().touched() == 0 {
        return Ok(u8::from(refused));
    }
    if !how.yes {
        tokio::select! {
            yes = ask(plan.survey().touched(), settings.production.as_ref()) => if !yes? {
                say("nothing was written");
                return Ok(1);
            },
            ending = signals.ending() => {
                say("\nnothing was written");
                return Ok(ending.exit_status());
            }
        }
    }
    let journal = journal(&settings.limits, settings.journal_file.as_deref(), store.clone());
    journal.on_trouble(|trouble| say(&format!("etcdeck: {}", escape::message(&trouble))));
    let status = write(&store, plan, &journal, &limits, signals).await;
    Ok(if status == 0 { u8::from(refused) } else { status })
}

/// Carries the plan out. The first signal ends it between two transactions, the second at once.
async fn write(
    store: &ReadOnly,
    plan: Plan,
    journal: &Journal,
    limits: &Limits,
    signals: &mut Signals,
) -> u8 {
    let (sender, underway) = watch::channel(Underway::default());
    let (stop, stopped) = oneshot::channel::<()>();
    let stopped = async {
        let _ = stopped.await;
    };
    let work = bulk::apply(store, plan, journal, limits, &sender, stopped);
    let mut work = std::pin::pin!(followed(work, || {
        let progress = &underway.borrow().progress;
        let waiting = progress.waiting.as_ref().map(|why| escape::message(why));
        let waiting = waiting.map(|why| format!(", waiting: {why}")).unwrap_or_default();
        format!("{} of {} written{waiting}", number(progress.done), keys(progress.total))
    }));
    let ending = tokio::select! {
        report = &mut work => return tell_report(&report),
        ending = signals.ending() => ending,
    };
    say(&format!("etcdeck: {ending}: ending after the transaction that is under way"));
    drop(stop);
    tokio::select! {
        report = &mut work => {
            tell_report(&report);
        }
        _ = signals.ending() => say(
            "ended at once: nobody waited for the last answer, so the keys of the last transaction may \
             or may not be written; importing the file again settles it",
        ),
    }
    ending.exit_status()
}

/// The list of a dry run, on stdout: what would happen to each key.
struct List {
    out: Option<io::BufWriter<io::Stdout>>,
    error: Option<io::Error>,
}

impl List {
    fn new(wanted: bool) -> List {
        List { out: wanted.then(|| io::BufWriter::new(io::stdout())), error: None }
    }

    fn tell(&mut self, verb: Verb, key: &Key) {
        let Some(out) = &mut self.out else { return };
        let word = match verb {
            Verb::Create => "create",
            Verb::Change => "change",
            Verb::Delete => "delete",
            Verb::Move => "move",
            Verb::Same => "leave",
        };
        if let Err(error) = writeln!(out, "{word} {key}") {
            self.error = Some(error);
            self.out = None;
        }
    }

    fn end(mut self) -> anyhow::Result<()> {
        let flushed = self.out.as_mut().map_or(Ok(()), io::Write::flush);
        match self.error.or(flushed.err()) {
            Some(error) => Err(anyhow::Error::new(error).context("the list cannot be written")),
            None => Ok(()),
        }
    }
}

/// Says what the plan would do; with the first keys where they were not listed.
fn tell_plan(survey: &Survey, sample: bool) {
    if sample {
        for sample in &survey.sample {
            let verb = if sample.verb == Verb::Create { "create" } else { "change" };
            say(&format!("  {verb} {}: {}", sample.key, escape::message(&sample.detail)));
        }
        if survey.touched() > survey.sample.len() as u64 {
            let more = survey.touched() - survey.sample.len() as u64;
            say(&format!("  … and {} more", number(more)));
        }
    }
    for (key, why) in &survey.blocked {
        say(&format!("  left: {key}: {}", escape::message(why)));
    }
    for note in &survey.notes {
        say(&format!("note: {}", escape::message(note)));
    }
    let blocked = match survey.blocked_count {
        0 => String::new(),
        n => format!(", {} cannot be written", number(n)),
    };
    say(&format!(
        "as of revision {}: {} to create, {} to change, {} already as in the file{blocked}",
        survey.revision,
        number(survey.creates),
        number(survey.changes),
        number(survey.same),
    ));
}

/// Asks on the terminal as the screen does: a few keys with a yes, many by their number, and on a
/// marked cluster with its word.
async fn ask(count: u64, mark: Option<&Mark>) -> anyhow::Result<bool> {
    let typed = Typed::for_keys(count, false, mark);
    let question = match &typed {
        Some(typed) => format!("type {} to write {}: ", typed.expected, keys(count)),
        None => format!("write {}? [y/N] ", keys(count)),
    };
    let mut stderr = io::stderr();
    stderr.write_all(question.as_bytes())?;
    stderr.flush()?;
    let answer = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        io::stdin().lock().read_line(&mut line).map(|_| line)
    });
    let answer = answer.await??;
    let answer = answer.trim();
    Ok(match typed {
        Some(typed) => Typed { field: Field::new(answer), ..typed }.is_met(),
        None => matches!(answer, "y" | "Y" | "yes" | "Yes"),
    })
}

/// Says what became of it; the status to exit with.
fn tell_report(report: &Report) -> u8 {
    for left in &report.left {
        say(&format!("  left: {}: {}", left.key, left.why));
    }
    if report.left_count > report.left.len() as u64 {
        let more = report.left_count - report.left.len() as u64;
        say(&format!("  … and {} more left", number(more)));
    }
    if let Some(error) = &report.error {
        say(&format!("etcdeck: ended early: {}", escape::message(error)));
    }
    let at = match report.revisions {
        None => String::new(),
        Some((first, last)) if first == last => format!(", revision {first}"),
        Some((Revision(first), Revision(last))) => format!(", revisions {first} to {last}"),
    };
    let done = format!("{} of {} written", number(report.done), keys(report.total));
    let left = match report.left_count {
        0 => String::new(),
        n => format!(", {} left as they are", number(n)),
    };
    say(&format!("{done}{at}{left}"));
    u8::from(report.done != report.total)
}
