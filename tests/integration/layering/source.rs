//! One source file as the layering test sees it: its tokens, and the paths that they spell.
//!
//! A lexer of the little that matters: comments, strings and character literals are skipped, so what
//! is left of `::` is code.

/// A word or a sign, with the line it stands on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// From 1.
    pub(super) line: usize,
    /// A word (lifetimes with their `'`), `::`, or a single character.
    pub(super) text: String,
}

/// A path as it is named in a file, groups taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    /// The line of its last segment.
    pub(super) line: usize,
    /// Where it leads.
    pub(super) target: Target,
}

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Into this package: the segments after `crate`, whichever way it was written.
    Inside(Vec<String>),
    /// From a bare name: another package, or something in scope.
    Bare(String),
}

/// Cuts a source into tokens.
pub(super) fn tokens(source: &str) -> Vec<Token> {
    let mut out = Vec::new();
    let (mut rest, mut line) = (source, 1);
    while let Some(c) = rest.chars().next() {
        let length = skipped(rest);
        let (taken, token) = if length > 0 {
            (length, false)
        } else if is_word(c) {
            (rest.find(|c| !is_word(c)).unwrap_or(rest.len()), true)
        } else if rest.starts_with("::") {
            (2, true)
        } else if c == '\'' {
            // A lifetime: literals are skipped above.
            (1 + rest[1..].find(|c| !is_word(c)).unwrap_or(rest.len() - 1), true)
        } else {
            (c.len_utf8(), !c.is_whitespace())
        };
        let (text, tail) = rest.split_at(taken);
        if token {
            out.push(Token { line, text: text.to_owned() });
        }
        line += text.matches('\n').count();
        rest = tail;
    }
    out
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of the comment or literal that the text begins with, or 0.
fn skipped(text: &str) -> usize {
    if text.starts_with("//") {
        return text.find('\n').unwrap_or(text.len());
    }
    if text.starts_with("/*") {
        return block_comment(text);
    }
    let prefix = ["br", "cr", "r", "b", "c", ""]
        .into_iter()
        .find(|prefix| text.strip_prefix(prefix).is_some_and(|rest| rest.starts_with(['"', '#'])));
    if let Some(prefix) = prefix {
        let rest = &text[prefix.len()..];
        let hashes = rest.len() - rest.trim_start_matches('#').len();
        let raw = prefix.ends_with('r');
        if rest[hashes..].starts_with('"') && (raw || hashes == 0) {
            let body = prefix.len() + hashes + 1;
            return body + string_end(&text[body..], raw, hashes);
        }
    }
    let quote = usize::from(text.starts_with("b'"));
    if text[quote..].starts_with('\'') {
        let mut inner = text[quote + 1..].chars();
        let closed = match inner.next() {
            Some('\\') => text[quote + 3..].find('\'').map(|end| quote + 4 + end),
            Some(c) if inner.next() == Some('\'') => Some(quote + 2 + c.len_utf8()),
            _ => None,
        };
        return closed.unwrap_or(0);
    }
    0
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    at
}

/// Where a string that was opened ends, past its quote.
fn string_end(body: &str, raw: bool, hashes: usize) -> usize {
    if raw {
        let close = format!("\"{}", "#".repeat(hashes));
        return body.find(&close).map_or(body.len(), |at| at + close.len());
    }
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    body.len()
}

/// Every path in a file whose module is `module` (`["app", "edit"]`).
pub(super) fn paths(tokens: &[Token], module: &[String], library: &str) -> Vec<Named> {
    let mut reader = Reader { tokens, at: 0, found: Vec::new() };
    let mut named = Vec::new();
    // The modules opened in the file itself, with the depth of braces around them.
    let mut inline: Vec<(usize, &str)> = Vec::new();
    let mut depth = 0_usize;
    while reader.at < tokens.len() {
        match reader.text(0) {
            "{" => depth += 1,
            "}" => {
                depth = depth.saturating_sub(1);
                inline.retain(|(around, _)| *around < depth);
            }
            "mod" if reader.text(2) == "{" => inline.push((depth, reader.text(1))),
            _ => {}
        }
        if !reader.is_start() {
            reader.at += 1;
            continue;
        }
        reader.tree(&[]);
        let mut here = module.to_vec();
        here.extend(inline.iter().map(|(_, name)| (*name).to_owned()));
        for (line, path) in reader.found.drain(..) {
            named.push(Named { line, target: resolve(&path, &here, library) });
        }
    }
    named
}

fn resolve(path: &[String], here: &[String], library: &str) -> Target {
    let supers = path.iter().take_while(|segment| *segment == "super").count();
    let inside = |base: &[String], rest: &[String]| Target::Inside([base, rest].concat());
    match path[0].as_str() {
        "crate" => inside(&[], &path[1..]),
        "self" => resolve_super(here, &path[1..]),
        "super" => inside(&here[..here.len().saturating_sub(supers)], &path[supers..]),
        name if name == library => inside(&[], &path[1..]),
        name => Target::Bare(name.to_owned()),
    }
}

/// What stands behind `self::`, which may be `super::` again.
fn resolve_super(here: &[String], rest: &[String]) -> Target {
    let supers = rest.iter().take_while(|segment| *segment == "super").count();
    Target::Inside([&here[..here.len().saturating_sub(supers)], &rest[supers..]].concat())
}

struct Reader<'a> {
    tokens: &'a [Token],
    at: usize,
    /// Line and segments.
    found: Vec<(usize, Vec<String>)>,
}

impl<'a> Reader<'a> {
    fn text(&self, ahead: usize) -> &'a str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text.as_str())
    }

    fn before(&self, back: usize) -> &'a str {
        self.at.checked_sub(back).map_or("", |at| self.tokens[at].text.as_str())
    }

    /// Whether a path begins here: after `use`, or a word before `::` that continues no other path.
    fn is_start(&self) -> bool {
        let after_use =
            self.before(1) == "use" || self.before(1) == "::" && self.before(2) == "use";
        let after_extern = self.before(1) == "crate" && self.before(2) == "extern";
        if after_use || after_extern {
            return self.text(0) != "::";
        }
        let continues =
            self.before(1) == "::" && (starts_word(self.before(2)) || self.before(2) == ">");
        starts_word(self.text(0)) && self.text(1) == "::" && !continues
    }

    /// Reads on from a segment, through groups, and notes every end.
    fn tree(&mut self, prefix: &[String]) {
        let mut path = prefix.to_vec();
        match self.text(0) {
            "{" => {
                self.at += 1;
                while !matches!(self.text(0), "}" | "") {
                    self.tree(prefix);
                    // `as name` says nothing more.
                    while !matches!(self.text(0), "," | "}" | "") {
                        self.at += 1;
                    }
                    self.at += usize::from(self.text(0) == ",");
                }
                self.at += 1;
                return;
            }
            // A group names its own parent so.
            "self" if !prefix.is_empty() => self.at += 1,
            word if starts_word(word) || word == "*" => {
                path.push(word.to_owned());
                self.at += 1;
                let next = self.text(1);
                if self.text(0) == "::" && (starts_word(next) || matches!(next, "{" | "*")) {
                    self.at += 1;
                    self.tree(&path);
                    return;
                }
            }
            _ => self.at += 1,
        }
        if !path.is_empty() {
            self.found.push((self.tokens[self.at - 1].line, path));
        }
    }
}

/// Whether a path may have it as a segment. Of the keywords, those that may stand before a path.
fn starts_word(text: &str) -> bool {
    const KEYWORDS: [&str; 15] = [
        "as", "await", "break", "dyn", "else", "for", "if", "impl", "in", "match", "move", "mut",
        "return", "use", "where",
    ];
    text.starts_with(is_word) && !KEYWORDS.contains(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The paths of a source in `app::edit`, one a line: `line: inside::path` or `line: (bare)`.
    fn listed(source: &str) -> Vec<String> {
        let module = ["app".to_owned(), "edit".to_owned()];
        let shown = |named: Named| match named.target {
            Target::Inside(path) => format!("{}: {}", named.line, path.join("::")),
            Target::Bare(name) => format!("{}: ({name})", named.line),
        };
        paths(&tokens(source), &module, "etcdeck").into_iter().map(shown).collect()
    }

    #[test]
    fn every_spelling_of_a_path_is_seen() {
        for (source, expected) in [
            ("use crate::ui;", &["1: ui"][..]),
            (
                "use crate::{domain::Key, ui::{self, text as t}};",
                &["1: domain::Key", "1: ui", "1: ui::text"],
            ),
            (
                "use crate::{\n    ui,\n    store::{Kv, Watch},\n};",
                &["2: ui", "3: store::Kv", "3: store::Watch"],
            ),
            ("use {crate::ui, tokio::time};", &["1: ui", "1: (tokio)"]),
            ("use super::super::ui::*;", &["1: ui::*"]),
            ("use super::tree;", &["1: app::tree"]),
            ("use self::part::X;", &["1: app::edit::part::X"]),
            ("fn f(x: &'a crate::ui::X<crate::store::Y>) {}", &["1: ui::X", "1: store::Y"]),
            ("f::<etcdeck::ui::X>()", &["1: (f)", "1: ui::X"]),
            ("<T as crate::ui::Draw>::draw()", &["1: ui::Draw"]),
            (
                "mod tests { use super::*; use super::super::tree; } use super::X;",
                &["1: app::edit::*", "1: app::tree", "1: app::X"],
            ),
            ("use tokio;", &["1: (tokio)"]),
            ("use tokio as t;", &["1: (tokio)"]),
            ("extern crate tokio;", &["1: (tokio)"]),
            ("use ::tokio::x;", &["1: (tokio)"]),
            ("impl ::tokio::X for crate::ui::Y {}", &["1: (tokio)", "1: ui::Y"]),
            ("#[tokio::main] fn f() { ::serde::x() }", &["1: (tokio)", "1: (serde)"]),
        ] {
            assert_eq!(listed(source), expected, "{source}");
        }
    }

    #[test]
    fn comments_and_literals_are_no_paths() {
        for source in [
            "// use crate::ui;",
            "/// See [`crate::ui`].",
            "/* crate::ui /* crate::ui */ crate::ui */",
            "let x = \"crate::ui \\\" crate::ui\";",
            "let x = r#\"\" crate::ui\"#;",
            "let x = b\"crate::ui\";",
            "pub(crate) fn f() {}",
        ] {
            assert_eq!(listed(source), Vec::<String>::new(), "{source}");
        }
        for source in ["'\"' crate::ui", "b'\\'' crate::ui", "'\\u{22}' crate::ui", "'a crate::ui"]
        {
            assert_eq!(listed(source), ["1: ui"], "{source}");
        }
    }
}
