//! What happens when the program is wrong: the terminal first, then the message.

use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;

use super::Restorer;

/// The exit status after a panic, as Rust itself gives it.
const STATUS: u8 = 101;
/// Enough of a message to find the fault; a value that got into one does not fill the screen.
const LONGEST_MESSAGE: usize = 400;

/// Tells the event loop that some task or thread panicked, which by itself would end only that one.
#[derive(Clone, Debug, Default)]
pub struct Panicked {
    inner: Arc<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    happened: AtomicBool,
    notify: Notify,
    /// What could not be said yet, since another program had the terminal.
    withheld: Mutex<String>,
}

impl Panicked {
    /// Returns once a panic happened, at once when it has. The loop then ends, and the program exits
    /// with [`Panicked::exit_status`]; the terminal is given back and the message written already.
    pub async fn wait(&self) {
        let notified = self.inner.notify.notified();
        if !self.happened() {
            notified.await;
        }
    }

    /// Whether a panic happened.
    pub fn happened(&self) -> bool {
        self.inner.happened.load(Ordering::SeqCst)
    }

    /// The status to exit with after a panic.
    pub fn exit_status(&self) -> u8 {
        STATUS
    }

    /// Says what could not be said when it happened; to be called when the terminal is given back.
    pub fn tell_withheld(&self) {
        let mut withheld = self.inner.withheld.lock().unwrap_or_else(PoisonError::into_inner);
        say(&std::mem::take(&mut *withheld));
    }

    fn tell(&self) {
        self.inner.happened.store(true, Ordering::SeqCst);
        self.inner.notify.notify_waiters();
    }
}

/// From now on a panic anywhere gives the terminal back, writes one message to stderr that is safe to
/// show, and tells the event loop. While another program has the terminal the message waits until that
/// has ended: nobody could read it, and the work in there is not to be disturbed.
pub fn install_panic_hook(restorer: Restorer) -> Panicked {
    install(move || restorer.restore())
}

/// As [`install_panic_hook`], as long as no terminal is taken.
pub fn report_panics() -> Panicked {
    install(|| true)
}

fn install(can_be_read: impl Fn() -> bool + Send + Sync + 'static) -> Panicked {
    let panicked = Panicked::default();
    let told = panicked.clone();
    std::panic::set_hook(Box::new(move |info| {
        let report = report(info);
        if can_be_read() {
            say(&report);
        } else {
            let mut withheld = told.inner.withheld.lock().unwrap_or_else(PoisonError::into_inner);
            withheld.push_str(&report);
        }
        told.tell();
    }));
    panicked
}

/// stderr may be closed; a second panic here would abort.
fn say(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

fn report(info: &PanicHookInfo<'_>) -> String {
    let place = info.location().map_or_else(String::new, |at| format!(" at {at}"));
    let thread = std::thread::current();
    let thread = thread.name().unwrap_or("unnamed");
    let payload = info.payload();
    let text = payload.downcast_ref::<&str>().copied();
    let said = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    message(&place, thread, said.unwrap_or("no message"))
}

/// The text written: bytes of strangers may have got into a panic message, so nothing in it may act
/// on the terminal.
fn message(place: &str, thread: &str, said: &str) -> String {
    let mut shown: String = said.chars().take(LONGEST_MESSAGE).collect();
    if shown.len() < said.len() {
        shown.push('…');
    }
    let lines: Vec<String> = shown.lines().map(visible).collect();
    format!(
        "etcdeck: a fault in the program{place} (thread {thread}): {}\n\
         The terminal was restored. Please report this with the lines above.\n",
        lines.join("\n  ")
    )
}

fn visible(line: &str) -> String {
    let plain = |c: char| c.is_ascii_graphic() || c == ' ' || c.is_alphanumeric() || c == '…';
    line.chars()
        .map(|c| if plain(c) { c.to_string() } else { c.escape_unicode().to_string() })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_harmless_and_short() {
        let said = format!("bad \x1b]0;x\x07 \u{202e} é\nnext {}", "y".repeat(1000));
        let shown = message(" at src/x.rs:1:2", "main", &said);
        assert!(
            shown.starts_with("etcdeck: a fault in the program at src/x.rs:1:2 (thread main): bad")
        );
        assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        assert!(shown.contains("\\u{1b}]0;x\\u{7} \\u{202e} é\n  next y"), "{shown}");
        assert!(shown.len() < 700);
    }

    #[tokio::test]
    async fn waiting_ends_whether_it_happens_before_or_after() {
        let panicked = Panicked::default();
        let waiting = panicked.clone();
        let waiter = tokio::spawn(async move { waiting.wait().await });
        tokio::task::yield_now().await;
        assert!(!waiter.is_finished());
        panicked.tell();
        waiter.await.expect("the waiter ends");
        panicked.wait().await;
        assert!(panicked.happened());
    }
}
