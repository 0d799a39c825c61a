//! Reads an export, line by line.

use std::io::BufRead;

use super::line::Lines;
use super::parse::{self, Said, Unread};
use super::seen::Seen;
use super::{Fault, Header};
use crate::domain::{Entry, Key};

/// An export being read: an iterator of its entries, which ends after the first fault.
///
/// A file edited by hand is read too: blank lines are passed over, a line needs no more than its key and
/// value, and keys may stand in any order. That no key stands twice is known when they are in order, and
/// checked in a file that is not by [`Reader::remembering`].
#[derive(Debug)]
pub struct Reader<R> {
    lines: Lines<R>,
    header: Header,
    /// The key read last, and its line.
    last: Option<(Key, u64)>,
    ordered: bool,
    outside: u64,
    seen: Option<Seen>,
    keys: u64,
    end: Option<End>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    /// The last line was there, with this count.
    Complete(u64),
    /// There was no last line.
    Missing,
    /// The last line there is breaks off.
    BreaksOff,
    /// A line was wrong.
    Fault,
}

/// How a file ended that has no fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// How many keys it has.
    pub keys: u64,
    /// Whether its last line was there; without it the file was cut.
    pub whole: bool,
    /// Whether its keys are in order, each there once.
    pub ordered: bool,
    /// What is to be said of it, in sentences: that it was cut, that a count does not fit.
    pub notes: Vec<String>,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn new(input: R) -> Result<Reader<R>, Fault> {
        let mut lines = Lines::new(input);
        let header = match lines.next()? {
            None => return Err(Fault { line: 1, what: "the file is empty".to_owned() }),
            Some(line) => parse::header(line).map_err(|unread| match unread {
                Unread::Fault(fault) => fault,
                Unread::BreaksOff => {
                    let what = "the file is cut within its header; nothing can be read of it";
                    Fault { line: line.number, what: what.to_owned() }
                }
            })?,
        };
        Ok(Reader {
            lines,
            header,
            last: None,
            ordered: true,
            outside: 0,
            seen: None,
            keys: 0,
            end: None,
        })
    }

    /// The same, remembering every key: one that stands there twice is a fault, in whatever order.
    #[must_use]
    pub fn remembering(self) -> Reader<R> {
        Reader { seen: Some(Seen::default()), ..self }
    }

    /// What the file says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How the file ended; nothing before it has been read to its end, or when it has a fault.
    pub fn ending(&self) -> Option<Ending> {
        let (whole, said) = match self.end? {
            End::Fault => return None,
            End::Complete(said) => (true, Some(said)),
            End::Missing | End::BreaksOff => (false, None),
        };
        let (keys, counted) = (self.keys, self.header.count);
        let mut notes = Vec::new();
        let mut note = |text: String| notes.push(text);
        match self.end? {
            End::Fault | End::Complete(_) => {}
            End::Missing => note(format!(
                "the file was cut: its last line is missing; it holds {keys} of {counted} keys"
            )),
            End::BreaksOff => note(format!(
                "the file was cut: line {} breaks off; before it stand {keys} of {counted} keys",
                self.lines.number()
            )),
        }
        match said {
            Some(said) if said == keys && counted == keys => {}
            Some(said) if said == counted => note(format!(
                "the file was edited: its header and its last line say {said} keys, {keys} are in it"
            )),
            Some(said) => note(format!(
                "the file was edited: its header says {counted} keys and its last line {said}, \
                 {keys} are in it"
            )),
            None => {}
        }
        if self.outside > 0 {
            note(format!(
                "keys outside the prefix {} that the header names: {}",
                self.header.prefix, self.outside
            ));
        }
        if !self.ordered {
            note("the keys of the file are not in order".to_owned());
        }
        Some(Ending { keys, whole, ordered: self.ordered, notes })
    }

    fn read(&mut self) -> Result<Option<Entry>, Fault> {
        let Some(line) = self.lines.next()? else {
            self.end = Some(End::Missing);
            return Ok(None);
        };
        let number = line.number;
        match parse::line(line) {
            Err(Unread::Fault(fault)) => Err(fault),
            Err(Unread::BreaksOff) => {
                self.end = Some(End::BreaksOff);
                Ok(None)
            }
            Ok(Said::Complete(count)) => {
                self.end = Some(End::Complete(count));
                match self.lines.next()? {
                    None => Ok(None),
                    Some(more) => {
                        let what = format!(
                            "line {number} says that the file ends there; expected nothing more"
                        );
                        Err(Fault { line: more.number, what })
                    }
                }
            }
            Ok(Said::Entry(entry)) => self.count(&entry, number).map(|()| Some(entry)),
        }
    }

    fn count(&mut self, entry: &Entry, line: u64) -> Result<(), Fault> {
        let key = &entry.key;
        let mut before = match &self.last {
            Some((last, at)) if last == key => Some(*at),
            Some((last, _)) => {
                self.ordered &= last < key;
                None
            }
            None => None,
        };
        if let Some(seen) = &mut self.seen {
            before = before.or(seen.insert(key.as_bytes(), line));
        }
        if let Some(before) = before {
            let what = format!("the key {key} stands in line {before} already; expected it once");
            return Err(Fault { line, what });
        }
        self.outside += u64::from(!key.as_bytes().starts_with(self.header.prefix.as_bytes()));
        self.keys += 1;
        self.last = Some((key.clone(), line));
        Ok(())
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Entry, Fault>;

    fn next(&mut self) -> Option<Result<Entry, Fault>> {
        if self.end.is_some() {
            return None;
        }
        let read = self.read();
        if read.is_err() {
            self.end = Some(End::Fault);
        }
        read.transpose()
    }
}
