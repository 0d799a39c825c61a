//! What the subcommands say on stderr: sentences, and how they are getting on.

use std::io::{IsTerminal as _, Write as _};
use std::time::Duration;

use crate::domain::escape;

/// How often progress is shown.
const PACE: Duration = Duration::from_millis(200);

/// Says a line, made safe already.
pub(super) fn say(line: &str) {
    // Nothing can be told to somebody who closed the pipe.
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// Says what kept the subcommand from its work; the status to exit with.
pub(super) fn failed(error: &anyhow::Error) -> u8 {
    say(&format!("etcdeck: {}", escape::message(&format!("{error:#}"))));
    1
}

/// Says that it was asked for in a way that cannot be; the status to exit with.
pub(super) fn usage(sentence: &str) -> u8 {
    say(&format!("error: {sentence}"));
    2
}

/// Does the work, and on a terminal shows how it is getting on, in a line that goes away.
pub(super) async fn followed<T>(work: impl Future<Output = T>, state: impl Fn() -> String) -> T {
    let mut work = std::pin::pin!(work);
    if !std::io::stderr().is_terminal() {
        return work.await;
    }
    let mut pace = tokio::time::interval(PACE);
    // The first tick is at once; what is over soon needs no line.
    pace.tick().await;
    let mut shown = false;
    loop {
        tokio::select! {
            done = &mut work => {
                if shown {
                    let _ = write!(std::io::stderr(), "\r\x1b[K");
                }
                return done;
            }
            _ = pace.tick() => {
                shown = true;
                let _ = write!(std::io::stderr(), "\r\x1b[K{}", state());
            }
        }
    }
}

/// `1 key`, `5,000 keys`.
pub(super) fn keys(count: u64) -> String {
    crate::app::bulk::counted(count)
}

/// `5,000`.
pub(super) fn number(count: u64) -> String {
    keys(count).trim_end_matches(" keys").trim_end_matches(" key").to_owned()
}
