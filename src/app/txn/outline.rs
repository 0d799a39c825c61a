//! A transaction as a list of lines: headings and, under them, what is compared and done.

use crate::domain::txn::{Op, TxnRequest};
use crate::domain::txn_text::describe;

/// A line of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// How deep it lies inside.
    pub depth: usize,
    /// What it is.
    pub kind: Kind,
    /// What it says, made safe.
    pub text: String,
}

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A part.
    Heading,
    /// A compare or an operation.
    Item,
}

/// All lines of a transaction. Parts without content are left out, but for what is said of them.
pub fn outline(request: &TxnRequest) -> Vec<Line> {
    let mut lines = Vec::new();
    push(request, 0, &mut lines);
    lines
}

fn push(request: &TxnRequest, depth: usize, lines: &mut Vec<Line>) {
    let heading = |text: &str| Line { depth, kind: Kind::Heading, text: text.to_owned() };
    let item = |text: String| Line { depth: depth + 1, kind: Kind::Item, text };
    match request.compares.len() {
        0 => {}
        1 => lines.push(heading("if this holds")),
        _ => lines.push(heading("if all of these hold")),
    }
    lines.extend(request.compares.iter().map(|compare| item(describe::compare(compare))));
    let then = if request.compares.is_empty() { "always" } else { "then" };
    for (title, ops) in [(then, &request.success), ("else", &request.failure)] {
        if ops.is_empty() && title != "then" {
            continue;
        }
        let never = title == "else" && request.compares.is_empty();
        lines.push(heading(if never { "else (never: nothing is compared)" } else { title }));
        if ops.is_empty() {
            lines.push(item("nothing".to_owned()));
        }
        for op in ops {
            match op {
                Op::Txn(inner) => {
                    lines.push(item("a transaction".to_owned()));
                    push(inner, depth + 2, lines);
                }
                op => lines.push(item(self::op(op))),
            }
        }
    }
}

/// An operation; a put with its value, as far as that is short.
fn op(op: &Op) -> String {
    let Op::Put(put) = op else { return describe::op(op) };
    let value = describe::value(&put.value);
    if put.lease.is_some() {
        format!("put {} = {value} on lease {}", put.key, put.lease)
    } else {
        format!("put {} = {value}", put.key)
    }
}

impl Line {
    /// With its indentation.
    pub fn indented(&self) -> String {
        format!("{}{}", "  ".repeat(self.depth), self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::txn_text::parse;

    #[test]
    fn parts_and_what_is_in_them() {
        let cases = [
            ("", vec![]),
            ("\nget a\n", vec!["always", "  get a"]),
            ("mod(\"a\") > \"0\"\n", vec!["if this holds", "  mod(a) > 0", "then", "  nothing"]),
            (
                "\nget a\n\nget b\n",
                vec!["always", "  get a", "else (never: nothing is compared)", "  get b"],
            ),
            (
                "c(\"a\") = \"0\"\nc(\"b\") = \"0\"\n\ntxn {\n\nput a 1\n\n}\n\ndel a\n",
                vec![
                    "if all of these hold",
                    "  create(a) = 0",
                    "  create(b) = 0",
                    "then",
                    "  a transaction",
                    "    always",
                    "      put a = \"1\"",
                    "else",
                    "  delete a",
                ],
            ),
        ];
        for (text, expected) in cases {
            let lines = outline(&parse(text).expect(text));
            let shown: Vec<String> = lines.iter().map(Line::indented).collect();
            assert_eq!(shown, expected, "{text}");
        }
    }
}
