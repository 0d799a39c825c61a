//! Writes what the operator asked to save.

use std::io::{Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use crate::app::message::Message;
use crate::app::ticket::Ticket;

/// More than a transaction can hold.
const LARGEST: u64 = 16 << 20;

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

/// Reads a file of text, of at most [`LARGEST`] bytes, and tells the outcome.
pub(super) async fn read(inbox: mpsc::Sender<Message>, ticket: Ticket, path: PathBuf) {
    let result = tokio::task::spawn_blocking(move || {
        read_text(&path).map_err(|error| format!("{}: {error}", path.display()))
    });
    let result = result.await.unwrap_or_else(|error| Err(error.to_string()));
    let _ = inbox.send(Message::FileRead(ticket, result)).await;
}

fn read_text(path: &Path) -> std::io::Result<String> {
    let mut text = String::new();
    let mut file = std::fs::File::open(path)?.take(LARGEST + 1);
    file.read_to_string(&mut text)?;
    if text.len() as u64 > LARGEST {
        return Err(std::io::Error::other("larger than 16 MiB"));
    }
    Ok(text)
}

fn write_new(path: &Path, lines: &[String]) -> std::io::Result<()> {
    write_all(path, [Ok(lines)])
}

/// Writes lines that come in portions, to a new file that only its owner can read.
pub(super) fn write_all(
    path: &Path,
    portions: impl IntoIterator<Item = std::io::Result<impl AsRef<[String]>>>,
) -> std::io::Result<()> {
    // Values may be secrets, and a file that is there may be somebody's: never overwritten.
    let file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let mut out = std::io::BufWriter::new(file);
    for lines in portions {
        for line in lines?.as_ref() {
            out.write_all(line.as_bytes())?;
            out.write_all(b"\n")?;
        }
    }
    out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
}
