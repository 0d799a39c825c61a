//! What the lines of an export say, read strictly: every mistake is a sentence.

use super::field::Fields;
use super::line::Line;
use super::{FORMAT, Fault, Header};
use crate::domain::{Entry, Key, LeaseId, Revision, Version, json};

const HEADER: &[&str] = &["format", "revision", "prefix", "prefix_base64", "count", "time"];
const ENTRY: &[&str] = &[
    "key",
    "key_base64",
    "value",
    "value_base64",
    "lease",
    "create_revision",
    "mod_revision",
    "version",
];
const END: &[&str] = &["complete", "count"];

/// What the begin of the format's name is, in whatever version.
const FAMILY: &str = "etcdeck-export-";

/// Why a line could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It ends too early, and the file with it.
    BreaksOff,
    /// It is wrong.
    Fault(Fault),
}

/// A line after the header.
#[derive(Debug)]
pub(super) enum Said {
    /// An entry.
    Entry(Entry),
    /// The file is whole and has that many keys.
    Complete(u64),
}

/// The first line.
pub(super) fn header(line: Line<'_>) -> Result<Header, Unread> {
    let fault = |what: String| Unread::Fault(Fault { line: line.number, what });
    let expected = || format!("expected the header of an export, {{\"format\":\"{FORMAT}\", ...}}");
    if line.bytes.starts_with(b"\x1f\x8b") {
        return Err(fault(format!(
            "compressed with gzip, which must be undone first; {}",
            expected()
        )));
    }
    let mut fields = match fields(line) {
        Err(Unread::Fault(at)) => return Err(fault(format!("{}; {}", at.what, expected()))),
        other => other?,
    };
    let read = |fields: &mut Fields| -> Result<Header, String> {
        match fields.text("format")? {
            Some(format) if format == FORMAT => {}
            Some(format) if format.starts_with(FAMILY) => {
                return Err(format!(
                    "the format {format} is not known to this etcdeck; expected {FORMAT}"
                ));
            }
            Some(_) | None => return Err(format!("not an export of etcdeck; {}", expected())),
        }
        fields.only(HEADER)?;
        let missing = |name: &str| format!("the header lacks the field \"{name}\"");
        let revision = fields.integer("revision")?.ok_or_else(|| missing("revision"))?;
        let count = fields.integer("count")?.ok_or_else(|| missing("count"))?;
        let prefix = Key::new(fields.bytes("prefix")?);
        let time = fields.text("time")?.ok_or_else(|| missing("time"))?;
        Ok(Header { revision: Revision(revision), prefix, count: count as u64, time })
    };
    read(&mut fields).map_err(fault)
}

/// Any other line.
pub(super) fn line(line: Line<'_>) -> Result<Said, Unread> {
    let mut fields = fields(line)?;
    let said = if fields.has("complete") { end(&mut fields) } else { entry(&mut fields) };
    said.map_err(|what| Unread::Fault(Fault { line: line.number, what }))
}

fn entry(fields: &mut Fields) -> Result<Said, String> {
    if fields.has("format") {
        return Err("a second header; expected a key".to_owned());
    }
    fields.only(ENTRY)?;
    let key = Key::new(fields.bytes("key")?);
    if key.is_empty() {
        return Err("the key is empty, which etcd does not allow".to_owned());
    }
    let value = fields.bytes("value")?;
    let lease = match fields.text("lease")? {
        None => LeaseId::NONE,
        Some(text) => text.parse().map_err(|error| format!("the field \"lease\": {error}"))?,
    };
    let mut integer = |name: &str| fields.integer(name).map(Option::unwrap_or_default);
    let create_revision = Revision(integer("create_revision")?);
    let mod_revision = Revision(integer("mod_revision")?);
    let version = Version(integer("version")?);
    Ok(Said::Entry(Entry { key, value, create_revision, mod_revision, version, lease }))
}

fn end(fields: &mut Fields) -> Result<Said, String> {
    fields.only(END)?;
    if fields.flag("complete")? != Some(true) {
        return Err("the field \"complete\" is false; expected true".to_owned());
    }
    let count = fields.integer("count")?;
    let count = count.ok_or("the last line lacks the field \"count\"")?;
    Ok(Said::Complete(count as u64))
}

fn fields(line: Line<'_>) -> Result<Fields, Unread> {
    let fault = |what: String| Unread::Fault(Fault { line: line.number, what });
    let text = std::str::from_utf8(line.bytes).map_err(|error| {
        if error.error_len().is_none() && !line.ended {
            Unread::BreaksOff
        } else {
            fault(format!("byte {} is not UTF-8; expected JSON text", error.valid_up_to() + 1))
        }
    })?;
    Fields::read(text).map_err(|error| match json::check(text) {
        Err(at) if !line.ended && (at.found.is_none() || error.is_eof()) => Unread::BreaksOff,
        Err(at) => {
            // Within one line: its number is told already.
            let said = at.to_string();
            let said = said.strip_prefix("line 1, ").unwrap_or(&said);
            fault(format!("not JSON: {said}"))
        }
        Ok(()) if error.is_syntax() => fault(format!("not JSON that can be read: {error}")),
        Ok(()) => fault("expected a JSON object, one a line".to_owned()),
    })
}
