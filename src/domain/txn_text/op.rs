//! One line of requests: `put`, `get` or `del` with etcdctl's flags.

use super::cursor::{Cursor, TextError};
use super::flag::{Arguments, Flag, Word, from_key, sort, words};
use crate::domain::txn::{DeleteRequest, Op, PutRequest, RangeRequest, SortOrder, SortTarget};
use crate::domain::{KeyRange, Revision};

const GET_SWITCHES: [&str; 6] =
    ["prefix", "from-key", "keys-only", "count-only", "print-value-only", "stream"];

const GET_FLAGS: &str = "a flag of get: --prefix --from-key --rev --limit --order --sort-by \
                         --keys-only --count-only --consistency";

const PUT_SWITCHES: [&str; 3] = ["prev-kv", "ignore-value", "ignore-lease"];

const PUT_FLAGS: &str = "a flag of put: --lease --prev-kv";

const DEL_SWITCHES: [&str; 4] = ["prefix", "from-key", "prev-kv", "range"];

const DEL_FLAGS: &str = "a flag of del: --prefix --from-key --prev-kv --range";

/// Reads one request; the cursor stands at the start of its line.
pub(super) fn op(line: Cursor<'_>) -> Result<Op, TextError> {
    let mut words = words(line)?;
    if words.is_empty() {
        return Err(line.error("put, get or del"));
    }
    let name = words.remove(0);
    match name.bytes.as_slice() {
        b"put" => put(sort(words, &PUT_SWITCHES)?, line).map(Op::Put),
        b"get" => get(sort(words, &GET_SWITCHES)?, line).map(Op::Range),
        b"del" => delete(sort(words, &DEL_SWITCHES)?, line).map(Op::Delete),
        bytes if bytes.contains(&b'(') => {
            Err(name.at.error("put, get or del: the compares ended at the blank line above"))
        }
        _ => Err(name.at.error("put, get or del")),
    }
}

fn put(given: Arguments<'_>, line: Cursor<'_>) -> Result<PutRequest, TextError> {
    let mut request = PutRequest::new(&b""[..], Vec::new());
    for flag in &given.flags {
        match flag.name.as_str() {
            "lease" => request.lease = flag.lease()?,
            "prev-kv" => request.prev_kv = flag.switch()?,
            _ => return Err(flag.unknown(PUT_FLAGS)),
        }
    }
    match arguments(given.arguments, line, "a key and a value")? {
        (key, Some(value)) => {
            Ok(PutRequest { key: key.bytes.into(), value: value.bytes, ..request })
        }
        (_, None) => Err(end(line).error("a value; an empty one is written \"\"")),
    }
}

fn delete(given: Arguments<'_>, line: Cursor<'_>) -> Result<DeleteRequest, TextError> {
    let mut extent = Extent::default();
    let mut prev_kv = false;
    for flag in &given.flags {
        match flag.name.as_str() {
            "prev-kv" => prev_kv = flag.switch()?,
            // It only spares etcdctl's user two seconds of waiting.
            "range" => drop(flag.switch()?),
            _ if extent.take(flag)? => {}
            _ => return Err(flag.unknown(DEL_FLAGS)),
        }
    }
    let range = extent.range(given.arguments, line)?;
    Ok(DeleteRequest { range, prev_kv })
}

fn get(given: Arguments<'_>, line: Cursor<'_>) -> Result<RangeRequest, TextError> {
    let mut extent = Extent::default();
    let mut request = RangeRequest::new(KeyRange::all());
    for flag in &given.flags {
        match flag.name.as_str() {
            "limit" => request.limit = flag.number()?,
            "rev" => request.revision = Revision(flag.number()?),
            "keys-only" => request.keys_only = flag.switch()?,
            "count-only" => request.count_only = flag.switch()?,
            "order" => request.sort_order = order(flag)?,
            "sort-by" => request.sort_target = sort_by(flag)?,
            "consistency" => request.serializable = is_serializable(flag)?,
            // How etcdctl gets and prints the answer: nothing of it is sent.
            "print-value-only" | "stream" => drop(flag.switch()?),
            _ if extent.take(flag)? => {}
            _ => return Err(flag.unknown(GET_FLAGS)),
        }
    }
    if request.keys_only && request.count_only {
        return Err(line.error("--keys-only or --count-only, not both"));
    }
    request.range = extent.range(given.arguments, line)?;
    Ok(request)
}

fn order(flag: &Flag<'_>) -> Result<SortOrder, TextError> {
    match flag.text().to_ascii_uppercase().as_str() {
        "" => Ok(SortOrder::None),
        "ASCEND" => Ok(SortOrder::Ascend),
        "DESCEND" => Ok(SortOrder::Descend),
        _ => Err(flag.unknown("--order=ASCEND or --order=DESCEND")),
    }
}

fn sort_by(flag: &Flag<'_>) -> Result<SortTarget, TextError> {
    match flag.text().to_ascii_uppercase().as_str() {
        "" | "KEY" => Ok(SortTarget::Key),
        "CREATE" => Ok(SortTarget::Create),
        "MODIFY" => Ok(SortTarget::Mod),
        "VALUE" => Ok(SortTarget::Value),
        "VERSION" => Ok(SortTarget::Version),
        _ => Err(flag.unknown("--sort-by= with CREATE, KEY, MODIFY, VALUE or VERSION")),
    }
}

fn is_serializable(flag: &Flag<'_>) -> Result<bool, TextError> {
    match flag.text() {
        "l" => Ok(false),
        "s" => Ok(true),
        _ => Err(flag.unknown("--consistency=l or --consistency=s")),
    }
}

/// How far a request reaches beyond its key.
#[derive(Default)]
struct Extent {
    prefix: bool,
    from_key: bool,
}

impl Extent {
    /// Takes the flag when it is about this.
    fn take(&mut self, flag: &Flag<'_>) -> Result<bool, TextError> {
        match flag.name.as_str() {
            "prefix" => self.prefix = flag.switch()?,
            "from-key" => self.from_key = flag.switch()?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn range(&self, given: Vec<Word<'_>>, line: Cursor<'_>) -> Result<KeyRange, TextError> {
        let (key, to) = arguments(given, line, "a key, in quotes where it has spaces")?;
        match (self.prefix, self.from_key, to) {
            (true, true, _) => Err(line.error("--prefix or --from-key, not both")),
            (true, _, Some(to)) | (_, true, Some(to)) => {
                Err(to.at.error("no end of the interval beside --prefix or --from-key"))
            }
            (true, false, None) => Ok(KeyRange::prefix(key.bytes)),
            (false, true, None) => Ok(from_key(key.bytes)),
            // etcd's own reading of an empty end: the one key.
            (false, false, Some(to)) if !to.bytes.is_empty() => {
                Ok(KeyRange::interval(key.bytes, to.bytes))
            }
            (false, false, _) => Ok(KeyRange::single(key.bytes)),
        }
    }
}

/// One argument, and a second one where there is one. etcdctl drops the rest unseen; here it is an
/// error, since most often it is a value whose quotes were forgotten.
fn arguments<'a>(
    given: Vec<Word<'a>>,
    line: Cursor<'a>,
    expected: &str,
) -> Result<(Word<'a>, Option<Word<'a>>), TextError> {
    let mut given = given.into_iter();
    let first = given.next().ok_or_else(|| end(line).error(expected))?;
    let second = given.next();
    match given.next() {
        Some(extra) => Err(extra.at.error("the end of the line (what has spaces needs quotes)")),
        None => Ok((first, second)),
    }
}

/// Where the line ends.
fn end(mut line: Cursor<'_>) -> Cursor<'_> {
    line.take_while(|_| true);
    line
}
