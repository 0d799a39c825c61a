//! Writes an export, line by line.

use std::io::{self, Write};

use super::{FORMAT, Header};
use crate::domain::Entry;
use crate::domain::record::Record;

/// An export being written. What is not finished lacks its last line, and is known as cut by that.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    counted: u64,
    written: u64,
    bytes: u64,
}

impl<W: Write> Writer<W> {
    /// Begins with the header. Lines are written one by one, so `out` should be buffered.
    ///
    /// # Errors
    /// The error of `out`.
    pub fn new(out: W, header: &Header) -> io::Result<Writer<W>> {
        let mut record = Record::new();
        record.text("format", FORMAT);
        record.number("revision", header.revision.0);
        record.bytes("prefix", header.prefix.as_bytes());
        record.number("count", header.count as i64);
        record.text("time", &header.time);
        let mut writer = Writer { out, counted: header.count, written: 0, bytes: 0 };
        writer.line(record)?;
        Ok(writer)
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// The error of `out`.
    pub fn write(&mut self, entry: &Entry) -> io::Result<()> {
        let mut record = Record::new();
        record.bytes("key", entry.key.as_bytes());
        record.bytes("value", &entry.value);
        record.text("lease", &entry.lease.to_string());
        record.number("create_revision", entry.create_revision.0);
        record.number("mod_revision", entry.mod_revision.0);
        record.number("version", entry.version.0);
        self.line(record)?;
        self.written += 1;
        Ok(())
    }

    /// Entries written so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    /// Bytes of the file so far.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Adds the line that says the file is whole, and flushes. Nothing may be written after it.
    ///
    /// # Errors
    /// The error of `out`; or that there were not as many entries as the header says, in which case the
    /// file is not called whole.
    pub fn end(&mut self) -> io::Result<()> {
        if self.written != self.counted {
            return Err(io::Error::other(format!(
                "{} keys were counted, but {} were read",
                self.counted, self.written
            )));
        }
        let mut record = Record::new();
        record.flag("complete", true);
        record.number("count", self.written as i64);
        self.line(record)?;
        self.out.flush()
    }

    /// Gives `out` back.
    pub fn into_inner(self) -> W {
        self.out
    }

    /// [`Writer::end`] and [`Writer::into_inner`].
    ///
    /// # Errors
    /// As for [`Writer::end`].
    pub fn finish(mut self) -> io::Result<W> {
        self.end()?;
        Ok(self.into_inner())
    }

    fn line(&mut self, record: Record) -> io::Result<()> {
        let mut line = record.end();
        line.push('\n');
        self.out.write_all(line.as_bytes())?;
        self.bytes += line.len() as u64;
        Ok(())
    }
}
