//! A value with the place it came from, so that a complaint can name it.

use std::ffi::OsString;
use std::time::Duration;

use crate::config;

/// Gives the value of an environment variable.
pub(super) type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

/// Where a value came from; a later one beats an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// Nobody gave it.
    Default,
    /// A variable.
    Environment,
    /// A flag.
    Flag,
}

/// A value as given, if it was.
#[derive(Clone)]
pub(super) struct Given {
    /// The flag or variable to name in a complaint.
    pub(super) name: String,
    pub(super) rank: Rank,
    value: Option<String>,
}

impl Given {
    /// A flag without a variable.
    pub(super) fn flag(name: &str, value: Option<String>) -> Given {
        let rank = if value.is_some() { Rank::Flag } else { Rank::Default };
        Given { name: name.to_owned(), rank, value }
    }

    /// The flag, else the variable that etcdctl derives from it: `--dial-timeout` and
    /// `ETCDCTL_DIAL_TIMEOUT`. Empty is unset, for both.
    pub(super) fn find(flag: &str, typed: Option<String>, env: Env<'_>) -> Result<Given, String> {
        if let Some(value) = typed.filter(|value| !value.is_empty()) {
            return Ok(Given::flag(flag, Some(value)));
        }
        let plain = flag.trim_start_matches('-').replace('-', "_").to_ascii_uppercase();
        let name = format!("ETCDCTL_{plain}");
        match env(&name).filter(|value| !value.is_empty()).map(OsString::into_string) {
            None => Ok(Given::flag(flag, None)),
            Some(Ok(value)) => Ok(Given { name, rank: Rank::Environment, value: Some(value) }),
            Some(Err(_)) => Err(format!("{name}: the value is not UTF-8")),
        }
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
