//! The arguments of a search in values.

use crate::domain::find::{Mode, Query};
use crate::domain::{Key, escape};

/// A search in values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindValues {
    /// Of which keys.
    pub prefix: Key,
    /// What is looked for in them.
    pub query: Query,
}

/// `PREFIX TEXT [regex]`; nothing where the words are others, or there is no text.
pub(super) fn values(words: &[&[u8]]) -> Option<FindValues> {
    let (prefix, query) = match words {
        [_, []] | [_, [], _] => return None,
        [prefix, text] => (prefix, Query { mode: Mode::Substring, text: escape::line(text) }),
        [prefix, text, b"regex"] => {
            let text = String::from_utf8_lossy(text).into_owned();
            (prefix, Query { mode: Mode::Regex, text })
        }
        _ => return None,
    };
    Some(FindValues { prefix: Key::from(*prefix), query })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::command::{Command, parse};

    #[test]
    fn a_text_is_bytes_and_an_expression_is_taken_as_it_is() {
        let parsed = |line: &str| match parse(line) {
            Ok(Command::FindValues(FindValues { prefix, query })) => {
                Some((prefix.to_string(), query.mode, query.text))
            }
            _ => None,
        };
        let found =
            |prefix: &str, mode, text: &str| Some((prefix.to_owned(), mode, text.to_owned()));
        for (line, expected) in [
            ("find-values /a/ port", found("/a/", Mode::Substring, "port")),
            ("find-values \"\" 'two words'", found("", Mode::Substring, "two words")),
            ("find-values /a/ \\xff", found("/a/", Mode::Substring, "\\xff")),
            ("find-values /a/ 'x\\d+' regex", found("/a/", Mode::Regex, "x\\d+")),
            ("find-values /a/ x regexp", None),
            ("find-values /a/ \"\"", None),
            ("find-values /a/", None),
        ] {
            assert_eq!(parsed(line), expected, "{line}");
        }
        assert_eq!(parse("find"), Ok(Command::Find(None)));
        assert_eq!(parse("find app  name"), Ok(Command::Find(Some(b"app name".to_vec()))));
    }
}
