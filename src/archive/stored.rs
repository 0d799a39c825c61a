//! How a domain value is kept in a spool: JSON forms of our own, so that `domain` knows no serde.

use std::borrow::Cow;
use std::io;

use serde::{Deserialize, Serialize};

use crate::domain::change::{Change, Guard, Step, To};
use crate::domain::journal::{Before, Written};
use crate::domain::{Entry, Key, LeaseId, Revision, Version};

/// What a [`Spool`](super::Spool) can hold.
pub trait Stored: Sized {
    /// Appends the stored form.
    ///
    /// # Errors
    /// When it cannot be told in that form.
    fn encode(&self, out: &mut Vec<u8>) -> io::Result<()>;

    /// Reads the stored form back.
    ///
    /// # Errors
    /// When these bytes are none.
    fn decode(bytes: &[u8]) -> io::Result<Self>;
}

/// Bytes as a JSON string in base64.
mod base64_bytes {
    use std::borrow::Cow;

    use base64::Engine as _;
    use base64::display::Base64Display;
    use base64::engine::general_purpose::STANDARD;
    use serde::de::{Deserialize, Deserializer, Error};
    use serde::ser::Serializer;

    #[expect(clippy::ptr_arg, reason = "serde passes the field as it is")]
    pub(super) fn serialize<S: Serializer>(
        bytes: &Cow<'_, [u8]>,
        to: S,
    ) -> Result<S::Ok, S::Error> {
        to.collect_str(&Base64Display::new(bytes, &STANDARD))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Cow<'static, [u8]>, D::Error> {
        let text = Cow::<str>::deserialize(from)?;
        STANDARD.decode(text.as_ref()).map(Cow::Owned).map_err(Error::custom)
    }
}

type Bytes<'a> = Cow<'a, [u8]>;

#[derive(Serialize, Deserialize)]
struct EntryForm<'a> {
    #[serde(with = "base64_bytes")]
    key: Bytes<'a>,
    #[serde(with = "base64_bytes")]
    value: Bytes<'a>,
    create: i64,
    modified: i64,
    version: i64,
    lease: i64,
}

impl<'a> From<&'a Entry> for EntryForm<'a> {
    fn from(entry: &'a Entry) -> EntryForm<'a> {
        EntryForm {
            key: Cow::Borrowed(entry.key.as_bytes()),
            value: Cow::Borrowed(&entry.value),
            create: entry.create_revision.0,
            modified: entry.mod_revision.0,
            version: entry.version.0,
            lease: entry.lease.0,
        }
    }
}

impl From<EntryForm<'_>> for Entry {
    fn from(form: EntryForm<'_>) -> Entry {
        Entry {
            key: Key::new(form.key),
            value: form.value.into_owned(),
            create_revision: Revision(form.create),
            mod_revision: Revision(form.modified),
            version: Version(form.version),
            lease: LeaseId(form.lease),
        }
    }
}

#[derive(Serialize, Deserialize)]
enum ToForm<'a> {
    Put {
        #[serde(with = "base64_bytes")]
        value: Bytes<'a>,
        lease: i64,
    },
    Deleted,
}

impl<'a> From<&'a To> for ToForm<'a> {
    fn from(to: &'a To) -> ToForm<'a> {
        match to {
            To::Put { value, lease } => ToForm::Put { value: Cow::Borrowed(value), lease: lease.0 },
            To::Deleted => ToForm::Deleted,
        }
    }
}

impl From<ToForm<'_>> for To {
    fn from(form: ToForm<'_>) -> To {
        match form {
            ToForm::Put { value, lease } => {
                To::Put { value: value.into_owned(), lease: LeaseId(lease) }
            }
            ToForm::Deleted => To::Deleted,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct ChangeForm<'a> {
    #[serde(with = "base64_bytes")]
    key: Bytes<'a>,
    /// The mod revision it must still have; nothing when it must not exist.
    unchanged: Option<i64>,
    to: ToForm<'a>,
}

impl<'a> From<&'a Change> for ChangeForm<'a> {
    fn from(change: &'a Change) -> ChangeForm<'a> {
        let unchanged = match change.guard {
            Guard::Absent => None,
            Guard::Unchanged(revision) => Some(revision.0),
        };
        let key = Cow::Borrowed(change.key.as_bytes());
        ChangeForm { key, unchanged, to: (&change.to).into() }
    }
}

impl From<ChangeForm<'_>> for Change {
    fn from(form: ChangeForm<'_>) -> Change {
        let guard = Guard::of(form.unchanged.map(Revision));
        Change { key: Key::new(form.key), guard, to: form.to.into() }
    }
}

#[derive(Serialize, Deserialize)]
enum BeforeForm<'a> {
    Absent,
    Entry(EntryForm<'a>),
    Unknown,
}

#[derive(Serialize, Deserialize)]
struct WrittenForm<'a> {
    #[serde(with = "base64_bytes")]
    key: Bytes<'a>,
    before: BeforeForm<'a>,
    after: ToForm<'a>,
    revision: i64,
}

impl<'a> From<&'a Written> for WrittenForm<'a> {
    fn from(written: &'a Written) -> WrittenForm<'a> {
        let before = match &written.before {
            Before::Absent => BeforeForm::Absent,
            Before::Entry(entry) => BeforeForm::Entry(entry.into()),
            Before::Unknown => BeforeForm::Unknown,
        };
        let key = Cow::Borrowed(written.key.as_bytes());
        WrittenForm { key, before, after: (&written.after).into(), revision: written.revision.0 }
    }
}

impl From<WrittenForm<'_>> for Written {
    fn from(form: WrittenForm<'_>) -> Written {
        let before = match form.before {
            BeforeForm::Absent => Before::Absent,
            BeforeForm::Entry(entry) => Before::Entry(entry.into()),
            BeforeForm::Unknown => Before::Unknown,
        };
        let revision = Revision(form.revision);
        Written { key: Key::new(form.key), before, after: form.after.into(), revision }
    }
}

impl Stored for Entry {
    fn encode(&self, out: &mut Vec<u8>) -> io::Result<()> {
        Ok(serde_json::to_writer(out, &EntryForm::from(self))?)
    }

    fn decode(bytes: &[u8]) -> io::Result<Entry> {
        Ok(serde_json::from_slice::<EntryForm<'_>>(bytes)?.into())
    }
}

impl Stored for Change {
    fn encode(&self, out: &mut Vec<u8>) -> io::Result<()> {
        Ok(serde_json::to_writer(out, &ChangeForm::from(self))?)
    }

    fn decode(bytes: &[u8]) -> io::Result<Change> {
        Ok(serde_json::from_slice::<ChangeForm<'_>>(bytes)?.into())
    }
}

impl Stored for Step {
    fn encode(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let forms: Vec<ChangeForm<'_>> = self.iter().map(ChangeForm::from).collect();
        Ok(serde_json::to_writer(out, &forms)?)
    }

    fn decode(bytes: &[u8]) -> io::Result<Step> {
        let forms: Vec<ChangeForm<'_>> = serde_json::from_slice(bytes)?;
        Ok(forms.into_iter().map(Change::from).collect())
    }
}

impl Stored for Written {
    fn encode(&self, out: &mut Vec<u8>) -> io::Result<()> {
        Ok(serde_json::to_writer(out, &WrittenForm::from(self))?)
    }

    fn decode(bytes: &[u8]) -> io::Result<Written> {
        Ok(serde_json::from_slice::<WrittenForm<'_>>(bytes)?.into())
    }
}
