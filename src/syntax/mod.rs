//! Whether a value is what it is meant to be: JSON, YAML or TOML, checked and never changed.
//!
//! A check reads the text once and builds nothing that a stranger could make grow: YAML is read as
//! events, so that aliases are not expanded, and nesting has a limit in each reader.

mod toml;
mod yaml;

use std::fmt;

use crate::domain::{Key, json};

/// A format that a value can be checked as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// RFC 8259.
    Json,
    /// YAML 1.2; any number of documents.
    Yaml,
    /// TOML 1.1.
    Toml,
}

impl Format {
    /// Its name: `JSON`, `YAML`, `TOML`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Json => "JSON",
            Format::Yaml => "YAML",
            Format::Toml => "TOML",
        }
    }

    /// How the name of a file of this format ends, without the dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Json => "json",
            Format::Yaml => "yaml",
            Format::Toml => "toml",
        }
    }

    /// What the end of a key says: `.json`, `.yaml`, `.yml`, `.toml`, in either case.
    fn of_key(key: &Key) -> Option<Format> {
        let key = key.as_bytes();
        let ends = |suffix: &str| {
            key.len() > suffix.len()
                && key[key.len() - suffix.len()..].eq_ignore_ascii_case(suffix.as_bytes())
        };
        match () {
            () if ends(".json") => Some(Format::Json),
            () if ends(".yaml") || ends(".yml") => Some(Format::Yaml),
            () if ends(".toml") => Some(Format::Toml),
            () => None,
        }
    }

    /// What a text shows itself to be: not every text that a format would allow. Any word is YAML,
    /// and any number JSON; what counts is a structure.
    fn of_text(text: &str) -> Option<Format> {
        if json::looks_like(text) && json::check(text).is_ok() {
            return Some(Format::Json);
        }
        if toml::has_keys(text) {
            return Some(Format::Toml);
        }
        yaml::has_structure(text).then_some(Format::Yaml)
    }
}

/// Where a value stops being of its format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
    /// What is wrong there; may repeat what a stranger wrote, not escaped.
    pub what: String,
}

impl fmt::Display for Fault {
    /// `line 3, column 5: expected ',' or '}'`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.what)
    }
}

impl Fault {
    /// At a place in bytes.
    fn at(text: &str, byte: usize, what: String) -> Fault {
        let byte = (0..=byte.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
        let before = &text[..byte.unwrap_or_default()];
        Fault {
            line: before.matches('\n').count() + 1,
            column: before.rsplit('\n').next().unwrap_or_default().chars().count() + 1,
            what,
        }
    }
}

/// Whether bytes are of a format.
///
/// # Errors
/// The first place where they are not.
pub fn check(format: Format, bytes: &[u8]) -> Result<(), Fault> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let valid = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            let what = format!("{} is text, and this byte is no UTF-8", format.name());
            return Err(Fault::at(&valid, valid.len(), what));
        }
    };
    match format {
        Format::Json => json::check(text).map_err(|error| {
            let found = match error.found {
                Some(found) => format!("'{found}'"),
                None => "the end".to_owned(),
            };
            let what = format!("expected {}, found {found}", error.expected);
            Fault { line: error.line, column: error.column, what }
        }),
        Format::Yaml => yaml::check(text),
        Format::Toml => toml::check(text),
    }
}

/// The format of a key with this value: what the key says where the value agrees or says nothing
/// yet, else what the value shows itself to be.
pub fn format_of(key: &Key, value: &[u8]) -> Option<Format> {
    let said = Format::of_key(key);
    match said {
        Some(format) if value.is_empty() || check(format, value).is_ok() => said,
        _ => Format::of_text(std::str::from_utf8(value).ok()?),
    }
}

/// What a draft breaks: the format that the value had and the first place where the draft has not.
/// A value that was of no format can break none.
pub fn broken(key: &Key, base: &[u8], draft: &[u8]) -> Option<(Format, Fault)> {
    let format = format_of(key, base)?;
    check(format, draft).err().map(|fault| (format, fault))
}
