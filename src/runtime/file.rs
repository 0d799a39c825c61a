//! Writes what the operator asked to save.

use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use crate::app::message::Message;
use crate::app::ticket::Ticket;

/// Writes the lines to a new file that only its owner can read, and tells the outcome.
pub(super) async fn write(
    inbox: mpsc::Sender<Message>,
    ticket: Ticket,
    path: PathBuf,
    lines: Vec<String>,
) {
    let result = tokio::task::spawn_blocking(move || {
        write_new(&path, &lines).map_err(|error| format!("{}: {error}", path.display()))
    });
    let result = result.await.unwrap_or_else(|error| Err(error.to_string()));
    let _ = inbox.send(Message::FileWritten(ticket, result)).await;
}

fn write_new(path: &Path, lines: &[String]) -> std::io::Result<()> {
    // Values may be secrets, and a file that is there may be somebody's: never overwritten.
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut out = std::io::BufWriter::new(file);
    for line in lines {
        out.write_all(line.as_bytes())?;
        out.write_all(b"\n")?;
    }
    out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
}
