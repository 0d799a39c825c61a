//! A draft as JSON. Bytes that are no UTF-8 stand in base64 under the same name with `_base64`
//! behind it, integers are numbers, lease IDs hexadecimal.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::domain::draft::{Home, KeptDraft};
use crate::domain::edit::{Base, Form};
use crate::domain::{Entry, Key, LeaseId, Revision, Version};

const FORMAT: &str = "etcdeck draft";
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
struct Record {
    format: String,
    format_version: u32,
    /// Milliseconds since 1970.
    time: u64,
    /// Hexadecimal.
    cluster: String,
    endpoints: Vec<String>,
    #[serde(flatten)]
    key: KeyField,
    base: Option<Stored>,
    form: FormField,
    draft: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    merging: Option<(i64, i64)>,
}

#[derive(Serialize, Deserialize)]
enum KeyField {
    #[serde(rename = "key")]
    Text(String),
    #[serde(rename = "key_base64")]
    Base64(String),
}

#[derive(Serialize, Deserialize)]
enum ValueField {
    #[serde(rename = "value")]
    Text(String),
    #[serde(rename = "value_base64")]
    Base64(String),
}

#[derive(Serialize, Deserialize)]
struct Stored {
    #[serde(flatten)]
    value: ValueField,
    create_revision: i64,
    mod_revision: i64,
    version: i64,
    /// Hexadecimal; `0` for none.
    lease: String,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
enum FormField {
    Text,
    Hex,
}

/// A draft as the bytes of its file.
pub(super) fn write(draft: &KeptDraft, time: SystemTime) -> io::Result<Vec<u8>> {
    let stored = match &draft.base {
        Base::Absent(_) => None,
        Base::Entry(entry) => Some(Stored {
            value: match std::str::from_utf8(&entry.value) {
                Ok(text) => ValueField::Text(text.to_owned()),
                Err(_) => ValueField::Base64(STANDARD.encode(&entry.value)),
            },
            create_revision: entry.create_revision.0,
            mod_revision: entry.mod_revision.0,
            version: entry.version.0,
            lease: format!("{:x}", entry.lease.0),
        }),
    };
    let key = draft.base.key().as_bytes();
    let record = Record {
        format: FORMAT.to_owned(),
        format_version: VERSION,
        time: time.duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64,
        cluster: format!("{:x}", draft.home.cluster),
        endpoints: draft.home.endpoints.clone(),
        key: match std::str::from_utf8(key) {
            Ok(text) => KeyField::Text(text.to_owned()),
            Err(_) => KeyField::Base64(STANDARD.encode(key)),
        },
        base: stored,
        form: match draft.form {
            Form::Text => FormField::Text,
            Form::Hex => FormField::Hex,
        },
        draft: draft.text.clone(),
        merging: draft.merging.map(|(began, theirs)| (began.0, theirs.0)),
    };
    let mut bytes = serde_json::to_vec(&record)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// A draft from the bytes of its file.
pub(super) fn read(bytes: &[u8]) -> Result<(KeptDraft, SystemTime), String> {
    let record: Record = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    if record.format != FORMAT || record.format_version != VERSION {
        return Err(format!("not {FORMAT:?} version {VERSION}"));
    }
    let key = Key::from(match record.key {
        KeyField::Text(text) => text.into_bytes(),
        KeyField::Base64(text) => bytes_of(&text)?,
    });
    if key.is_empty() {
        return Err("the key is empty".to_owned());
    }
    let base = match record.base {
        None => Base::Absent(key),
        Some(stored) => Base::Entry(Entry {
            key,
            value: match stored.value {
                ValueField::Text(text) => text.into_bytes(),
                ValueField::Base64(text) => bytes_of(&text)?,
            },
            create_revision: Revision(stored.create_revision),
            mod_revision: Revision(stored.mod_revision),
            version: Version(stored.version),
            lease: LeaseId(hexadecimal(&stored.lease)?.cast_signed()),
        }),
    };
    let home = Home { cluster: hexadecimal(&record.cluster)?, endpoints: record.endpoints };
    let form = match record.form {
        FormField::Text => Form::Text,
        FormField::Hex => Form::Hex,
    };
    let merging = record.merging.map(|(began, theirs)| (Revision(began), Revision(theirs)));
    let time = UNIX_EPOCH.checked_add(Duration::from_millis(record.time));
    let time = time.ok_or("the time is out of range")?;
    Ok((KeptDraft { home, base, form, text: record.draft, merging }, time))
}

fn bytes_of(text: &str) -> Result<Vec<u8>, String> {
    STANDARD.decode(text).map_err(|error| error.to_string())
}

fn hexadecimal(text: &str) -> Result<u64, String> {
    u64::from_str_radix(text, 16).map_err(|error| format!("{text:?}: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(key: &[u8], value: &[u8]) -> Entry {
        Entry {
            key: Key::from(key),
            value: value.to_vec(),
            create_revision: Revision(3),
            mod_revision: Revision(i64::MAX),
            version: Version(7),
            lease: LeaseId(-2),
        }
    }

    #[test]
    fn a_draft_comes_back_byte_for_byte() {
        let home = Home { cluster: u64::MAX, endpoints: vec!["http://é\"".to_owned()] };
        let every: Vec<u8> = (0..=255).collect();
        let cases = [
            (Base::Entry(entry(b"/a", b"one\r\ntwo\n\0")), Form::Text, "dr\u{202e}aft\r\n", None),
            (Base::Entry(entry(&every, &every)), Form::Hex, "00 f", None),
            (Base::Absent(Key::from("/new")), Form::Text, "", None),
            (
                Base::Entry(entry(b"/a", b"")),
                Form::Text,
                "<<<<<<< mine",
                Some((Revision(5), Revision(7))),
            ),
        ];
        let time = UNIX_EPOCH + Duration::from_millis(1_700_000_000_123);
        for (base, form, text, merging) in cases {
            let draft =
                KeptDraft { home: home.clone(), base, form, text: text.to_owned(), merging };
            let bytes = write(&draft, time).expect("it can be written");
            assert_eq!(read(&bytes), Ok((draft, time)));
            // No prefix of it is taken for a draft.
            for end in 0..bytes.len() - 1 {
                assert!(read(&bytes[..end]).is_err(), "cut at {end}");
            }
        }
    }

    #[test]
    fn what_is_no_draft_is_refused_with_a_reason() {
        let draft = KeptDraft {
            home: Home::default(),
            base: Base::Absent(Key::from("/a")),
            form: Form::Text,
            text: "x".to_owned(),
            merging: None,
        };
        let text = String::from_utf8(write(&draft, UNIX_EPOCH).expect("written")).expect("JSON");
        let cases = [
            ("etcdeck draft", "other", "not \"etcdeck draft\" version 1"),
            ("\"format_version\":1", "\"format_version\":2", "not \"etcdeck draft\" version 1"),
            ("\"key\":\"/a\"", "\"key\":\"\"", "the key is empty"),
            ("\"key\":\"/a\"", "\"key_base64\":\"?\"", "Invalid"),
            ("\"form\":\"text\"", "\"form\":\"image\"", "unknown variant"),
            ("\"cluster\":\"0\"", "\"cluster\":\"zz\"", "\"zz\": invalid digit"),
            ("\"time\":0", "\"time\":-1", "invalid"),
        ];
        for (from, to, reason) in cases {
            assert!(text.contains(from), "{text}");
            let error = read(text.replacen(from, to, 1).as_bytes()).expect_err(to);
            assert!(error.contains(reason), "{to}: {error}");
        }
        assert!(read(b"").is_err() && read(b"\xff\0").is_err() && read(b"[]").is_err());
    }
}
