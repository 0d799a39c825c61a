//! The command line: words in, a command or a sentence about what was expected out.

mod find;
mod form;
mod word;

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::PathBuf;

use crate::domain::journal::JournalId;
use crate::domain::{Key, LeaseId, Revision};

pub use find::FindValues;
pub use form::{FORMS, Form, candidates, form_of, markdown_table};
use word::words;

/// A command of the `:` line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// `goto KEY`
    Goto(Key),
    /// `find [TEXT]`
    Find(Option<Vec<u8>>),
    /// `find-values PREFIX TEXT [regex]`
    FindValues(FindValues),
    /// `put KEY VALUE`
    Put(Key, Vec<u8>),
    /// `delete KEY`
    Delete(Key),
    /// `delete-prefix PREFIX`
    DeletePrefix(Key),
    /// `move FROM TO`
    Move(Key, Key),
    /// `copy FROM TO`
    Copy(Key, Key),
    /// `watch KEY|PREFIX [from REV]`
    Watch(Key, Revision),
    /// `unwatch [N]`
    Unwatch(Option<u32>),
    /// `lease grant TTL [ID]`
    LeaseGrant(i64, LeaseId),
    /// `lease keepalive ID`
    LeaseKeepAlive(LeaseId),
    /// `lease renew ID`
    LeaseRenew(LeaseId),
    /// `lease revoke ID`
    LeaseRevoke(LeaseId),
    /// `lease attach KEY ID`
    LeaseAttach(Key, LeaseId),
    /// `lease detach KEY`
    LeaseDetach(Key),
    /// `lock NAME [TTL]`
    Lock(Key, i64),
    /// `unlock NAME`
    Unlock(Key),
    /// `locks [PREFIX]`
    Locks(Key),
    /// `elections [PREFIX]`
    Elections(Key),
    /// `campaign NAME VALUE [TTL]`
    Campaign(Key, Vec<u8>, i64),
    /// `resign NAME`
    Resign(Key),
    /// `services [PREFIX]`
    Services(Key),
    /// `service register NAME ID ENDPOINT [TTL]`
    Register(Service, i64),
    /// `service deregister NAME ID`
    Deregister(String, String),
    /// `diff PREFIX REV`
    Diff(Key, Revision),
    /// `restore [KEY|PREFIX] REV`
    Restore(Option<Key>, Revision),
    /// `history [KEY]`
    History(Option<Key>),
    /// `rev N|before|live`
    Rev(Moment),
    /// `undo [N]`
    Undo(Option<JournalId>),
    /// `cluster`
    Cluster,
    /// `journal`
    Journal,
    /// `export FILE [PREFIX]`
    Export(PathBuf, Option<Key>),
    /// `import FILE`
    Import(PathBuf),
    /// `txn [FILE]`
    Txn(Option<String>),
    /// `doctor`
    Doctor,
    /// `drafts`
    Drafts,
    /// `login [USER]`
    Login(Option<String>),
    /// `rights`
    Rights,
    /// `read-only on|off`
    ReadOnly(bool),
    /// `help`
    Help,
    /// `quit`
    Quit,
}

impl Command {
    /// Whether it writes to the store, or begins to.
    pub fn writes(&self) -> bool {
        match self {
            Command::Goto(_)
            | Command::Find(_)
            | Command::FindValues(_)
            | Command::Watch(..)
            | Command::Unwatch(_)
            | Command::Locks(_)
            | Command::Elections(_)
            | Command::Services(_)
            | Command::Diff(..)
            | Command::History(_)
            | Command::Rev(_)
            | Command::Journal
            | Command::Cluster
            | Command::Export(..)
            | Command::Txn(_)
            | Command::Doctor
            | Command::Drafts
            | Command::Login(_)
            | Command::Rights
            | Command::ReadOnly(_)
            | Command::Help
            | Command::Quit => false,
            Command::Put(..)
            | Command::Delete(_)
            | Command::DeletePrefix(_)
            | Command::Restore(..)
            | Command::Import(_)
            | Command::Move(..)
            | Command::Copy(..)
            | Command::LeaseGrant(..)
            | Command::LeaseKeepAlive(_)
            | Command::LeaseRenew(_)
            | Command::LeaseRevoke(_)
            | Command::LeaseAttach(..)
            | Command::LeaseDetach(_)
            | Command::Lock(..)
            | Command::Unlock(_)
            | Command::Campaign(..)
            | Command::Resign(_)
            | Command::Register(..)
            | Command::Deregister(..)
            | Command::Undo(_) => true,
        }
    }
}

/// A point in time, as it is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// The store as it was at a revision.
    At(Revision),
    /// Just before the last write that was made here.
    BeforeLastWrite,
    /// The present.
    Live,
}

/// An instance of a service, as it is registered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// The service.
    pub name: String,
    /// The instance.
    pub id: String,
    /// Where it is reached.
    pub endpoint: Vec<u8>,
}

/// The TTL of what is held here when none is given, in seconds: that of etcdctl.
pub const DEFAULT_TTL: i64 = 60;
/// The prefix under which services register.
pub const SERVICES: &str = "/services/";

/// Reads a command line.
///
/// # Errors
/// A sentence that says what was expected; the caller keeps the line.
pub fn parse(line: &str) -> Result<Command, String> {
    let Some((form, rest)) = form_of(line) else {
        let typed = line.split_whitespace().next().unwrap_or_default();
        let near = candidates(typed).first().map(|form| format!("; did you mean {}?", form.name));
        return Err(format!("no command “{typed}”{}", near.unwrap_or_default()));
    };
    let words = words(rest)?;
    let expected = || format!("expected: {} {}", form.name, form.arguments);
    let text = |word: &[u8]| String::from_utf8_lossy(word).into_owned();
    let lease = |word: &[u8]| text(word).parse::<LeaseId>().map_err(|e| format!("{e}"));
    // Thousands may be set apart, as the screen does.
    let revision = |word: &[u8]| match text(word).replace(',', "").parse() {
        Ok(number) if number > 0 => Ok(Revision(number)),
        _ => Err(format!("a revision is a number above 0; {}", expected())),
    };
    let key = |word: &[u8]| match word {
        [] => Err(format!("a key cannot be empty; {}", expected())),
        bytes => Ok(Key::from(bytes)),
    };
    let words: Vec<&[u8]> = words.iter().map(Vec::as_slice).collect();
    match (form.name, words.as_slice()) {
        ("goto", [word]) => Ok(Command::Goto(Key::from(*word))),
        ("find", words) => Ok(Command::Find((!words.is_empty()).then(|| words.join(&b' ')))),
        ("find-values", words) => find::values(words).ok_or_else(expected).map(Command::FindValues),
        ("put", [word, value]) => Ok(Command::Put(key(word)?, value.to_vec())),
        ("delete", [word]) => Ok(Command::Delete(key(word)?)),
        ("delete-prefix", [word]) => Ok(Command::DeletePrefix(Key::from(*word))),
        ("move", [from, to]) => Ok(Command::Move(Key::from(*from), Key::from(*to))),
        ("copy", [from, to]) => Ok(Command::Copy(Key::from(*from), Key::from(*to))),
        ("watch", [word]) => Ok(Command::Watch(Key::from(*word), Revision::NONE)),
        ("watch", [word, b"from", number]) => {
            Ok(Command::Watch(Key::from(*word), revision(number)?))
        }
        ("unwatch", []) => Ok(Command::Unwatch(None)),
        ("unwatch", [number]) => match text(number).parse() {
            Ok(number) => Ok(Command::Unwatch(Some(number))),
            Err(_) => Err(format!("a watch is named by its number; {}", expected())),
        },
        ("lease grant", [ttl]) => Ok(Command::LeaseGrant(seconds(&text(ttl))?, LeaseId::NONE)),
        ("lease grant", [ttl, id]) => Ok(Command::LeaseGrant(seconds(&text(ttl))?, lease(id)?)),
        ("lease keepalive", [id]) => Ok(Command::LeaseKeepAlive(lease(id)?)),
        ("lease renew", [id]) => Ok(Command::LeaseRenew(lease(id)?)),
        ("lease revoke", [id]) => Ok(Command::LeaseRevoke(lease(id)?)),
        ("lease attach", [word, id]) => Ok(Command::LeaseAttach(key(word)?, lease(id)?)),
        ("lease detach", [word]) => Ok(Command::LeaseDetach(key(word)?)),
        ("lock", [name]) => Ok(Command::Lock(key(name)?, DEFAULT_TTL)),
        ("lock", [name, ttl]) => Ok(Command::Lock(key(name)?, seconds(&text(ttl))?)),
        ("unlock", [name]) => Ok(Command::Unlock(key(name)?)),
        ("locks", []) => Ok(Command::Locks(Key::default())),
        ("locks", [prefix]) => Ok(Command::Locks(Key::from(*prefix))),
        ("elections", []) => Ok(Command::Elections(Key::default())),
        ("elections", [prefix]) => Ok(Command::Elections(Key::from(*prefix))),
        ("campaign", [name, value]) => {
            Ok(Command::Campaign(key(name)?, value.to_vec(), DEFAULT_TTL))
        }
        ("campaign", [name, value, ttl]) => {
            Ok(Command::Campaign(key(name)?, value.to_vec(), seconds(&text(ttl))?))
        }
        ("resign", [name]) => Ok(Command::Resign(key(name)?)),
        ("services", []) => Ok(Command::Services(Key::from(SERVICES))),
        ("services", [prefix]) => Ok(Command::Services(Key::from(*prefix))),
        ("service register", [name, id, endpoint]) => {
            Ok(Command::Register(service(name, id, endpoint)?, DEFAULT_TTL))
        }
        ("service register", [name, id, endpoint, ttl]) => {
            Ok(Command::Register(service(name, id, endpoint)?, seconds(&text(ttl))?))
        }
        ("service deregister", [name, id]) => {
            let Service { name, id, .. } = service(name, id, b"")?;
            Ok(Command::Deregister(name, id))
        }
        ("diff", [prefix, number]) => Ok(Command::Diff(Key::from(*prefix), revision(number)?)),
        ("restore", [number]) => Ok(Command::Restore(None, revision(number)?)),
        ("restore", [word, number]) => {
            Ok(Command::Restore(Some(Key::from(*word)), revision(number)?))
        }
        ("history", []) => Ok(Command::History(None)),
        ("history", [word]) => Ok(Command::History(Some(key(word)?))),
        ("rev", [b"live"]) => Ok(Command::Rev(Moment::Live)),
        ("rev", [b"before"]) => Ok(Command::Rev(Moment::BeforeLastWrite)),
        ("rev", [word]) => Ok(Command::Rev(Moment::At(revision(word)?))),
        ("undo", []) => Ok(Command::Undo(None)),
        ("undo", [number]) => match text(number).parse() {
            Ok(number) => Ok(Command::Undo(Some(JournalId(number)))),
            Err(_) => Err(format!("a write is named by its number in :journal; {}", expected())),
        },
        ("journal", []) => Ok(Command::Journal),
        ("cluster", []) => Ok(Command::Cluster),
        ("export", [file]) => Ok(Command::Export(path(file), None)),
        ("export", [file, prefix]) => Ok(Command::Export(path(file), Some(Key::from(*prefix)))),
        ("import", [file]) => Ok(Command::Import(path(file))),
        ("txn", []) => Ok(Command::Txn(None)),
        ("txn", [file]) => Ok(Command::Txn(Some(text(file)))),
        ("read-only", [b"on"]) => Ok(Command::ReadOnly(true)),
        ("read-only", [b"off"]) => Ok(Command::ReadOnly(false)),
        ("help", _) => Ok(Command::Help),
        ("login", []) => Ok(Command::Login(None)),
        ("login", [user]) => Ok(Command::Login(Some(text(user)))),
        ("rights", []) => Ok(Command::Rights),
        ("doctor", []) => Ok(Command::Doctor),
        ("drafts", []) => Ok(Command::Drafts),
        ("quit", []) => Ok(Command::Quit),
        _ => Err(expected()),
    }
}

/// An instance out of words: names are text without the delimiter of their keys.
fn service(name: &[u8], id: &[u8], endpoint: &[u8]) -> Result<Service, String> {
    let part = |what: &str, word: &[u8]| match std::str::from_utf8(word) {
        Ok(text) if !text.is_empty() && !text.contains('/') => Ok(text.to_owned()),
        _ => Err(format!("the {what} of a service is a text without /")),
    };
    Ok(Service { name: part("name", name)?, id: part("ID", id)?, endpoint: endpoint.to_vec() })
}

/// The name of a file: bytes, as those of a key.
fn path(word: &[u8]) -> PathBuf {
    PathBuf::from(OsStr::from_bytes(word))
}

/// Reads a time to live in seconds: etcd takes 1 to 9,000,000,000.
///
/// # Errors
/// A sentence that says what is expected.
pub fn seconds(text: &str) -> Result<i64, String> {
    match text.trim().parse::<i64>() {
        Ok(ttl) if (1..=9_000_000_000).contains(&ttl) => Ok(ttl),
        _ => Err("a TTL is a whole number of seconds, 1 to 9,000,000,000".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_commands() {
        let cases = [
            ("goto /a/b", Command::Goto("/a/b".into())),
            ("goto \"\"", Command::Goto(Key::default())),
            ("put /a 'x y'", Command::Put("/a".into(), b"x y".to_vec())),
            ("put /a \"q\\\"\\x00\"", Command::Put("/a".into(), b"q\"\0".to_vec())),
            ("put /a it\\ is", Command::Put("/a".into(), b"it is".to_vec())),
            ("put /a ''", Command::Put("/a".into(), Vec::new())),
            ("delete \\xff\\x00", Command::Delete(Key::from(&b"\xff\0"[..]))),
            ("move /a '/b c'", Command::Move("/a".into(), "/b c".into())),
            ("copy /a/ \\xff/", Command::Copy("/a/".into(), Key::from(&b"\xff/"[..]))),
            ("  watch /a/ from 17", Command::Watch("/a/".into(), Revision(17))),
            ("unwatch 2", Command::Unwatch(Some(2))),
            ("lease grant 60 2a", Command::LeaseGrant(60, LeaseId(42))),
            ("lease revoke 694d81417acd4a1f", Command::LeaseRevoke(LeaseId(0x694d_8141_7acd_4a1f))),
            ("lease attach /a 2a", Command::LeaseAttach("/a".into(), LeaseId(42))),
            ("lock /l", Command::Lock("/l".into(), 60)),
            ("lock /l 5", Command::Lock("/l".into(), 5)),
            ("campaign e \"me too\" 9", Command::Campaign("e".into(), b"me too".to_vec(), 9)),
            ("services", Command::Services("/services/".into())),
            ("service deregister api i-1", Command::Deregister("api".into(), "i-1".into())),
            ("txn", Command::Txn(None)),
            ("undo", Command::Undo(None)),
            ("undo 12", Command::Undo(Some(JournalId(12)))),
            ("journal", Command::Journal),
            ("login", Command::Login(None)),
            ("login 'app user'", Command::Login(Some("app user".to_owned()))),
            ("rights", Command::Rights),
            ("cluster", Command::Cluster),
            ("doctor", Command::Doctor),
            ("read-only on", Command::ReadOnly(true)),
            ("quit", Command::Quit),
        ];
        for (line, command) in cases {
            assert_eq!(parse(line), Ok(command), "{line}");
        }
    }

    #[test]
    fn wrong_lines_say_what_was_expected() {
        let cases = [
            ("gto /a", "did you mean goto?"),
            ("", "no command"),
            ("put /a", "expected: put KEY VALUE"),
            ("put \"\" x", "cannot be empty"),
            ("watch /a from x", "a revision is a number"),
            ("lease grant 0", "seconds"),
            ("lease grant 5 0xzz", "hexadecimal"),
            ("put '/a x", "not closed"),
            ("put /a \\q", "unknown escape"),
            ("leasegrant 5", "no command"),
            ("undo x", "by its number"),
            ("lock \"\"", "cannot be empty"),
            ("service register a/b i x", "without /"),
            ("campaign e", "expected: campaign NAME VALUE [TTL]"),
        ];
        for (line, part) in cases {
            let error = parse(line).expect_err(line);
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
