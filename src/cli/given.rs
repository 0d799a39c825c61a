//! A value with the place it came from, so that a complaint can name it.

use std::ffi::OsString;
use std::time::Duration;

use crate::config::{self, ConfigFile, Fields, Profile};
use crate::domain::mark::{Mark, MarkColor};

/// Gives the value of an environment variable.
pub(super) type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Where a value came from; a later one beats an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Nobody gave it.
    Default,
    /// The configuration file.
    File,
    /// A variable.
    Environment,
    /// A flag.
    Flag,
}

/// A value as given, if it was.
#[derive(Clone)]
pub(super) struct Given {
    /// The flag, variable or field to name in a complaint.
    pub(super) name: String,
    pub(super) rank: Rank,
    /// The flag, variable, or place in the file, to be printed.
    pub(super) origin: String,
    value: Option<String>,
}

/// Where values are looked for.
#[derive(Clone, Copy)]
pub(super) struct Sources<'a> {
    pub(super) env: Env<'a>,
    pub(super) file: Option<&'a ConfigFile>,
    pub(super) profile: Option<&'a Profile>,
}

impl Sources<'_> {
    /// The flag, else the variable that etcdctl derives from it (`--dial-timeout` and
    /// `ETCDCTL_DIAL_TIMEOUT`), else the field of the profile (`dial_timeout`). Empty is unset, for
    /// flags and variables.
    pub(super) fn find(self, flag: &str, typed: Option<String>) -> Result<Given, String> {
        let given = self.own(flag, typed);
        if given.rank == Rank::Flag {
            return Ok(given);
        }
        let name = format!("ETCDCTL_{}", field(flag).to_ascii_uppercase());
        match (self.env)(&name).filter(|value| !value.is_empty()).map(OsString::into_string) {
            None => Ok(given),
            Some(Ok(value)) => {
                let (origin, rank) = (name.clone(), Rank::Environment);
                Ok(Given { name, rank, origin, value: Some(value) })
            }
            Some(Err(_)) => Err(format!("{name}: the value is not UTF-8")),
        }
    }

    /// A flag without a variable, else the field of the profile.
    pub(super) fn own(self, flag: &str, typed: Option<String>) -> Given {
        if let Some(value) = typed.filter(|value| !value.is_empty()) {
            return Given::flag(flag, Some(value));
        }
        match self.profile {
            Some(profile) => self.in_profile(profile, flag),
            None => Given::flag(flag, None),
        }
    }

    /// What a profile says in the field of a flag.
    pub(super) fn in_profile(self, profile: &Profile, flag: &str) -> Given {
        let given = self.in_file(&profile.fields, flag);
        let Profile { name, .. } = profile;
        match given.rank {
            Rank::File => Given { origin: format!("profile {name}, {}", given.origin), ..given },
            Rank::Default | Rank::Environment | Rank::Flag => given,
        }
    }

    /// A flag without a variable, else the field that holds for every run.
    pub(super) fn everywhere(self, flag: &str, typed: Option<String>) -> Given {
        match typed.filter(|value| !value.is_empty()) {
            Some(value) => Given::flag(flag, Some(value)),
            None => self.global(flag),
        }
    }

    /// What the file says in a field that holds for every run.
    pub(super) fn global(self, name: &str) -> Given {
        match self.file {
            Some(file) => self.in_file(&file.fields, name),
            None => Given::flag(name, None),
        }
    }

    /// What the file says of a limit.
    pub(super) fn limit(self, name: &str) -> Given {
        match self.file {
            Some(file) => self.in_file(&file.limits, name),
            None => Given::flag(name, None),
        }
    }

    fn in_file(self, fields: &Fields, flag: &str) -> Given {
        let field = field(flag);
        match (fields.get(field.as_str()), self.file) {
            (Some(written), Some(file)) => {
                let origin = format!("{}:{}", file.path.display(), written.line);
                let name = format!("{origin}: {field}");
                Given { name, rank: Rank::File, origin, value: Some(written.text.clone()) }
            }
            _ => Given::flag(flag, None),
        }
    }
}

/// The name in the file of what a flag says.
fn field(flag: &str) -> String {
    flag.trim_start_matches('-').replace('-', "_")
}

impl Given {
    /// A flag alone.
    pub(super) fn flag(name: &str, value: Option<String>) -> Given {
        let (rank, origin) = match value {
            Some(_) => (Rank::Flag, name),
            None => (Rank::Default, "default"),
        };
        Given { name: name.to_owned(), rank, origin: origin.to_owned(), value }
    }

    /// The text, or what holds when nobody gave one.
    pub(super) fn text_or(&self, default: &str) -> String {
        self.value.clone().unwrap_or_else(|| default.to_owned())
    }

    pub(super) fn is_given(&self) -> bool {
        self.value.is_some()
    }

    pub(super) fn text(self) -> Option<String> {
        self.value
    }

    pub(super) fn boolean(&self) -> Result<Option<bool>, String> {
        self.value
            .as_deref()
            .map(|text| {
                let expected = "expected true or false (or 1, t, 0, f)";
                config::boolean(text)
                    .ok_or_else(|| format!("{}: {text:?} is not a boolean: {expected}", self.name))
            })
            .transpose()
    }

    /// A number of bytes.
    pub(super) fn size(&self) -> Result<Option<u64>, String> {
        self.value
            .as_deref()
            .map(|text| {
                let expected = "expected one like 16MiB";
                config::size(text)
                    .ok_or_else(|| format!("{}: {text:?} is no size: {expected}", self.name))
            })
            .transpose()
    }

    /// A whole number of 1 or more.
    pub(super) fn count(&self) -> Result<Option<u32>, String> {
        self.value
            .as_deref()
            .map(|text| {
                let expected = "expected a whole number of 1 or more";
                let count = text.parse::<u32>().ok().filter(|count| *count > 0);
                count.ok_or_else(|| format!("{}: {text:?} is no count: {expected}", self.name))
            })
            .transpose()
    }

    /// A word to mark a cluster with; true stands for the usual one, false for none.
    pub(super) fn mark(&self, color: MarkColor) -> Result<Option<Mark>, String> {
        let Some(text) = self.value.as_deref() else { return Ok(None) };
        match config::boolean(text) {
            Some(false) => Ok(None),
            Some(true) => Mark::new(Mark::WORD, color).map(Some),
            None => Mark::new(text, color).map(Some),
        }
        .map_err(|error| format!("{}: {error}", self.name))
    }

    pub(super) fn duration(&self) -> Result<Option<Duration>, String> {
        self.value
            .as_deref()
            .map(|text| {
                let expected = "expected one like 5s, 1m30s or 300ms";
                config::duration(text)
                    .ok_or_else(|| format!("{}: {text:?} is not a duration: {expected}", self.name))
            })
            .transpose()
    }

    /// A name in DNS.
    pub(super) fn domain(self) -> Result<String, String> {
        let text = self.value.unwrap_or_default();
        let labels = text.strip_suffix('.').unwrap_or(&text);
        if labels.len() > 200 || !labels.split('.').all(is_label) {
            return Err(format!("{}: {text:?} is not a domain like example.com", self.name));
        }
        Ok(text)
    }

    /// A part of a name in DNS.
    pub(super) fn label(self) -> Result<Option<String>, String> {
        match self.value {
            Some(text) if text.len() > 40 || !is_label(&text) => {
                Err(format!("{}: {text:?} cannot be a part of a name in DNS", self.name))
            }
            value => Ok(value),
        }
    }

    /// A duration that must be longer than nothing.
    pub(super) fn limit(&self) -> Result<Option<Duration>, String> {
        match self.duration()? {
            Some(Duration::ZERO) => Err(format!(
                "{}: a limit of 0 would let nothing succeed; expected one like 5s",
                self.name
            )),
            other => Ok(other),
        }
    }
}

/// Whether DNS takes it between two dots.
fn is_label(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    (1..=63).contains(&text.len()) && text.chars().all(allowed)
}
