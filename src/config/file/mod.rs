//! The configuration file: found, read and checked, with the line of everything in it.
//!
//! What is written there stays text here, in the form a flag would have, so that one place decides
//! what a value means wherever it came from. But nothing passes that would be refused later: each
//! field of each profile is checked where it is read, and a complaint names its line and column.

mod field;
mod reader;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use super::state::place;
use crate::domain::near::nearest;
use reader::Reader;

/// A configuration is a page or two; what is larger is another file.
const LARGEST: u64 = 1 << 20;

/// A value as it is written in the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// In the form a flag would have.
    pub text: String,
    /// Its line, from 1.
    pub line: usize,
}

/// The fields of a table of the file, by their names.
pub type Fields = BTreeMap<&'static str, Written>;

/// A cluster and how it is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What is written for it.
    pub fields: Fields,
}

/// What a configuration file says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ConfigFile {
    /// Where it is.
    pub path: PathBuf,
    /// What holds for every run: `default_profile`, `color`, `fps`, `bytes_per_second`, `drafts`,
    /// `journal`.
    pub fields: Fields,
    /// How much is held in memory: `bulk_memory`, `journal_memory`; and what reading may cost the
    /// server: `keys_per_second`, `requests`.
    pub limits: Fields,
    /// The profiles, by their names.
    pub profiles: BTreeMap<String, Profile>,
}

impl ConfigFile {
    /// `$XDG_CONFIG_HOME/etcdeck/config.toml`, else `~/.config/etcdeck/config.toml`; `None` when
    /// there is no home.
    pub fn default_path(env: &dyn Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
        place("XDG_CONFIG_HOME", ".config", env).map(|base| base.join("etcdeck/config.toml"))
    }

    /// Reads the file at a path. `None` when there is none.
    ///
    /// # Errors
    /// Says in one sentence what is wrong, with file, line, column and field.
    pub fn load(path: &Path, home: Option<&Path>) -> Result<Option<ConfigFile>, String> {
        let shown = path.display();
        let mut bytes = Vec::new();
        let read = std::fs::File::open(path)
            .and_then(|file| file.take(LARGEST + 1).read_to_end(&mut bytes));
        match read {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(format!("{shown}: cannot be read: {error}")),
            Ok(length) if length as u64 > LARGEST => {
                return Err(format!("{shown}: larger than 1 MiB, so it is no configuration"));
            }
            Ok(_) => {}
        }
        let text = std::str::from_utf8(&bytes)
            .map_err(|error| format!("{shown}: not UTF-8 at byte {}", error.valid_up_to() + 1))?;
        ConfigFile::parse(path, text, home).map(Some)
    }

    /// Reads the text of a file that lies at `path`: names of files in it begin there, or at `home`
    /// with `~/`.
    ///
    /// # Errors
    /// Says in one sentence what is wrong, with file, line, column and field.
    pub fn parse(path: &Path, text: &str, home: Option<&Path>) -> Result<ConfigFile, String> {
        Reader { path, text, home }.read()
    }

    /// The profile of a name.
    ///
    /// # Errors
    /// Names the profiles there are.
    pub fn profile(&self, name: &str) -> Result<&Profile, String> {
        self.profiles.get(name).ok_or_else(|| {
            let names: Vec<&str> = self.profiles.keys().map(String::as_str).collect();
            let known = if names.is_empty() {
                "it has no profiles".to_owned()
            } else {
                format!("it has {}", names.join(", "))
            };
            let meant = nearest(name, names)
                .map_or_else(String::new, |name| format!("; did you mean {name}?"));
            format!("there is no profile {name:?} in {}: {known}{meant}", self.path.display())
        })
    }
}
