//! The three parts of a transaction, read line by line.

use super::compare::compare;
use super::cursor::{Cursor, TextError};
use super::op::op;
use crate::domain::txn::{Compare, Op, TxnRequest};

/// Transactions inside one another: more than any server takes.
const DEPTH: usize = 16;

/// Reads a transaction. A text that ends early has empty parts.
///
/// # Errors
/// The first place that etcdctl would not read, nor are our own additions to its text, and a few
/// that etcdctl reads only by dropping a part of the line.
pub fn parse(text: &str) -> Result<TxnRequest, TextError> {
    let mut lines = Lines { rest: text.lines(), number: 0 };
    let request = lines.txn(0)?;
    match lines.content() {
        Some(extra) => Err(extra.error("nothing more: a transaction has three parts")),
        None => Ok(request),
    }
}

/// Reads one compare, for example `mod("key") = "5"`.
///
/// # Errors
/// Where and what was expected; the line is 1.
pub fn parse_compare(text: &str) -> Result<Compare, TextError> {
    compare(&mut Cursor::new(text, 1))
}

/// Reads one request, for example `put key "value" --prev-kv`.
///
/// # Errors
/// Where and what was expected; the line is 1.
pub fn parse_op(text: &str) -> Result<Op, TextError> {
    op(Cursor::new(text, 1))
}

/// What a line of a part is.
enum Line<'a> {
    Content(Cursor<'a>),
    /// A blank line, or the end of the text.
    PartEnd,
    /// The `}` of a transaction inside.
    TxnEnd,
}

/// What ended a part.
#[derive(PartialEq, Eq)]
enum End {
    Part,
    Txn,
}

struct Lines<'a> {
    rest: std::str::Lines<'a>,
    number: usize,
}

impl<'a> Lines<'a> {
    /// The next line that is no comment.
    fn next(&mut self) -> Option<Cursor<'a>> {
        loop {
            let text = self.rest.next()?;
            self.number += 1;
            let line = Cursor::new(text, self.number);
            if line.peek() != Some('#') {
                return Some(line);
            }
        }
    }

    /// The next line that is neither blank nor a comment.
    fn content(&mut self) -> Option<Cursor<'a>> {
        std::iter::from_fn(|| self.next()).find(|line| !line.is_at_end())
    }

    fn line(&mut self, depth: usize) -> Line<'a> {
        match self.next() {
            Some(line) if line.rest() == "}" && depth > 0 => Line::TxnEnd,
            Some(line) if !line.is_at_end() => Line::Content(line),
            _ => Line::PartEnd,
        }
    }

    /// Reads three parts; inside another transaction, up to its `}`.
    fn txn(&mut self, depth: usize) -> Result<TxnRequest, TextError> {
        let mut request = TxnRequest::default();
        loop {
            match self.line(depth) {
                Line::Content(mut line) => request.compares.push(compare(&mut line)?),
                Line::PartEnd => break,
                Line::TxnEnd => return Ok(request),
            }
        }
        let ends = self.ops(&mut request.success, depth)?;
        if ends == End::Txn || self.ops(&mut request.failure, depth)? == End::Txn {
            return Ok(request);
        }
        if depth > 0 {
            self.txn_end()?;
        }
        Ok(request)
    }

    /// Reads requests to the end of their part.
    fn ops(&mut self, part: &mut Vec<Op>, depth: usize) -> Result<End, TextError> {
        loop {
            match self.line(depth) {
                Line::Content(line) => part.push(self.op(line, depth)?),
                Line::PartEnd => return Ok(End::Part),
                Line::TxnEnd => return Ok(End::Txn),
            }
        }
    }

    fn op(&mut self, mut line: Cursor<'a>, depth: usize) -> Result<Op, TextError> {
        let start = line;
        if line.take_while(|c| c.is_ascii_alphabetic()) != "txn" {
            return op(start);
        }
        line.expect('{', "{ after txn, alone on its line")?;
        line.expect_end()?;
        if depth == DEPTH {
            return Err(start.error("fewer transactions inside one another"));
        }
        self.txn(depth + 1).map(Op::Txn)
    }

    fn txn_end(&mut self) -> Result<(), TextError> {
        const EXPECTED: &str = "a } that ends the transaction inside";
        match self.content() {
            Some(line) if line.rest() == "}" => Ok(()),
            Some(line) => Err(line.error(EXPECTED)),
            None => Err(Cursor::new("", self.number + 1).error(EXPECTED)),
        }
    }
}
