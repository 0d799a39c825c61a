//! The lines of a file, one in memory at a time.

use std::io::{BufRead, Read as _};

use super::Fault;

/// The longest line: a value of 20 MiB of which every character is escaped. etcd's own limit for a
/// request is 1.5 MiB unless it was raised.
const LONGEST: u64 = 128 << 20;

/// A file read line by line.
#[derive(Debug)]
pub(super) struct Lines<R> {
    input: R,
    number: u64,
    buffer: Vec<u8>,
}

/// One line, without its end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'a> {
    /// From 1.
    pub(super) number: u64,
    pub(super) bytes: &'a [u8],
    /// Whether its end was there. The last line of a file that was cut has none.
    pub(super) ended: bool,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Lines<R> {
        Lines { input, number: 0, buffer: Vec::new() }
    }

    /// The number of the line that was read last.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// The next line that is not blank.
    pub(super) fn next(&mut self) -> Result<Option<Line<'_>>, Fault> {
        loop {
            self.buffer.clear();
            let read = (&mut self.input).take(LONGEST + 1).read_until(b'\n', &mut self.buffer);
            let number = self.number + 1;
            let length = read.map_err(|error| Fault {
                line: number,
                what: format!("cannot be read: {error}"),
            })?;
            if length == 0 {
                return Ok(None);
            }
            self.number = number;
            if length as u64 > LONGEST {
                let what = format!("longer than {} MiB; expected one key", LONGEST >> 20);
                return Err(Fault { line: number, what });
            }
            if number == 1 && self.buffer.starts_with(b"\xef\xbb\xbf") {
                // What some editors put in front of a text.
                self.buffer.drain(..3);
            }
            if !self.buffer.trim_ascii().is_empty() {
                break;
            }
        }
        let ended = self.buffer.last() == Some(&b'\n');
        let bytes = self.buffer.strip_suffix(b"\n").unwrap_or(&self.buffer);
        Ok(Some(Line { number: self.number, bytes, ended }))
    }
}
