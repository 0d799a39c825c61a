//! A query, made ready to be compared with very many keys.

use std::ops::Range;

use memchr::{memchr2_iter, memmem};

use super::fuzzy::Fuzzy;
use super::regex::{Regex, RegexMatcher};
use crate::domain::escape;
use crate::domain::find::{Fault, Mode, Query};

/// What is looked for. Shared by the threads that look; each has its [`Matcher`].
#[derive(Clone, Debug)]
pub struct Pattern(Kind);

#[derive(Clone, Debug)]
enum Kind {
    /// Every key.
    All,
    Fuzzy(Fuzzy),
    /// These bytes.
    Exact(Box<memmem::Finder<'static>>),
    /// These bytes, in small letters, whatever the letters of the key are.
    Folded(Vec<u8>),
    Regex(Regex),
}

impl Pattern {
    /// Makes a query ready.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn new(query: &Query) -> Result<Pattern, Fault> {
        let Query { mode, text } = query;
        if text.is_empty() {
            return Ok(Pattern(Kind::All));
        }
        let fold = !text.chars().any(char::is_uppercase);
        let bytes = || {
            escape::unescape(text).map_err(|error| {
                let start = text.find(&error.found).unwrap_or_default();
                Fault { reason: error.to_string(), at: start..start + error.found.len() }
            })
        };
        Ok(Pattern(match mode {
            Mode::Fuzzy => match Fuzzy::new(&bytes()?, fold) {
                fuzzy if fuzzy.is_empty() => Kind::All,
                fuzzy => Kind::Fuzzy(fuzzy),
            },
            Mode::Substring => match bytes()? {
                bytes if fold && bytes.iter().any(u8::is_ascii_alphabetic) => Kind::Folded(bytes),
                bytes => Kind::Exact(Box::new(memmem::Finder::new(&bytes).into_owned())),
            },
            Mode::Regex => Kind::Regex(Regex::new(text, fold)?),
        }))
    }

    /// Whether some keys match better than others.
    pub fn ranks(&self) -> bool {
        matches!(self.0, Kind::Fuzzy(_))
    }

    /// One that compares, for one thread.
    pub fn matcher(&self) -> Matcher<'_> {
        Matcher(match &self.0 {
            Kind::All => Ready::All,
            Kind::Fuzzy(fuzzy) => Ready::Fuzzy(fuzzy),
            Kind::Exact(finder) => Ready::Exact(finder),
            Kind::Folded(bytes) => Ready::Folded(bytes),
            Kind::Regex(regex) => Ready::Regex(Box::new(regex.matcher())),
        })
    }
}

/// Compares a query with keys, one after the other.
pub struct Matcher<'a>(Ready<'a>);

enum Ready<'a> {
    All,
    Fuzzy(&'a Fuzzy),
    Exact(&'a memmem::Finder<'static>),
    Folded(&'a [u8]),
    Regex(Box<RegexMatcher<'a>>),
}

impl Matcher<'_> {
    /// How well a key matches; nothing when it does not.
    pub fn score(&mut self, key: &[u8]) -> Option<i32> {
        match &mut self.0 {
            Ready::All => Some(0),
            Ready::Fuzzy(fuzzy) => fuzzy.score(key),
            Ready::Exact(finder) => finder.find(key).map(|_| 0),
            Ready::Folded(bytes) => folded(bytes, key, 0).map(|_| 0),
            Ready::Regex(regex) => regex.is_match(key).then_some(0),
        }
    }

    /// The bytes of a key that match.
    pub fn marks(&mut self, key: &[u8]) -> Vec<Range<usize>> {
        match &mut self.0 {
            Ready::Fuzzy(fuzzy) => fuzzy.marks(key),
            _ => self.find(key, 0).filter(|mark| !mark.is_empty()).into_iter().collect(),
        }
    }

    /// The first match at or behind a place. Fuzzy matching knows no places.
    pub fn find(&mut self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        match &mut self.0 {
            Ready::All | Ready::Fuzzy(_) => None,
            Ready::Exact(finder) => {
                let at = from + finder.find(bytes.get(from..)?)?;
                Some(at..at + finder.needle().len())
            }
            Ready::Folded(needle) => folded(needle, bytes, from).map(|at| at..at + needle.len()),
            Ready::Regex(regex) => regex.find(bytes, from),
        }
    }
}

/// Where bytes in small letters occur, whatever the letters are.
fn folded(needle: &[u8], bytes: &[u8], from: usize) -> Option<usize> {
    let (first, rest) = needle.split_first()?;
    let tail = bytes.get(from..)?;
    let candidates = memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), tail);
    candidates.map(|at| from + at).find(|at| {
        let here = bytes.get(at + 1..at + needle.len());
        here.is_some_and(|here| here.eq_ignore_ascii_case(rest))
    })
}
