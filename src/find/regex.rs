//! Regular expressions over bytes: what the query says of a key, in linear time.
//!
//! Without Unicode tables, which would be a tenth of the program: `\w` and `\d` are those of ASCII, and
//! large and small letters are told apart beyond it. `\xNN` is the byte.

use std::ops::Range;

use regex_automata::Input;
use regex_automata::hybrid::regex::{Cache, Regex as Automaton};
use regex_automata::nfa::thompson;
use regex_automata::util::syntax;

use crate::domain::find::Fault;

/// So many bytes the states of an expression may take; repetitions of repetitions have no end.
const STATES: usize = 1 << 20;

/// An expression, shared by those that compare.
#[derive(Clone, Debug)]
pub(super) struct Regex(std::sync::Arc<Automaton>);

/// One that compares: the states it has met so far are its own.
pub(super) struct RegexMatcher<'a> {
    automaton: &'a Automaton,
    cache: Cache,
}

impl Regex {
    pub(super) fn new(text: &str, fold: bool) -> Result<Regex, Fault> {
        let config = syntax::Config::new().unicode(false).utf8(false).case_insensitive(fold);
        // Its errors know the place, which those of the automaton do not.
        syntax::parse_with(text, &config).map_err(|error| fault(text, &error))?;
        let states = thompson::Config::new().utf8(false).nfa_size_limit(Some(STATES));
        let automaton = Automaton::builder().syntax(config).thompson(states).build(text);
        let automaton = automaton.map_err(|_| Fault {
            reason: "this repeats more than can be kept".to_owned(),
            at: 0..text.len(),
        })?;
        Ok(Regex(std::sync::Arc::new(automaton)))
    }

    pub(super) fn matcher(&self) -> RegexMatcher<'_> {
        RegexMatcher { automaton: &self.0, cache: self.0.create_cache() }
    }
}

impl RegexMatcher<'_> {
    pub(super) fn is_match(&mut self, bytes: &[u8]) -> bool {
        self.automaton.is_match(&mut self.cache, bytes)
    }

    pub(super) fn find(&mut self, bytes: &[u8], from: usize) -> Option<Range<usize>> {
        let input = Input::new(bytes).range(from..);
        Some(self.automaton.find(&mut self.cache, input)?.range())
    }
}

fn fault(text: &str, error: &regex_syntax::Error) -> Fault {
    let (reason, span) = match error {
        regex_syntax::Error::Parse(error) => (error.kind().to_string(), *error.span()),
        regex_syntax::Error::Translate(error) => (error.kind().to_string(), *error.span()),
        _ => return Fault { reason: error.to_string().replace('\n', " "), at: 0..text.len() },
    };
    Fault { reason, at: span.start.offset..span.end.offset }
}
