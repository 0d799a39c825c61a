//! The fields there are, and what may stand in them.

use std::path::{Path, PathBuf};

use crate::config::{Transport, boolean, duration, endpoint, frames, rate, size};
use crate::domain::Key;
use crate::domain::mark::{Mark, MarkColor};

/// Where passwords come from instead.
pub(super) const PASSWORD_COMES_FROM: &str =
    "leave it out and be asked for it, or set ETCDCTL_PASSWORD";

/// What may stand in a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// true or false.
    Bool,
    /// A list of endpoints, or one.
    Endpoints,
    /// A user's name, without a password.
    User,
    /// The name of a file.
    File,
    /// A Go duration.
    Duration,
    /// A Go duration of more than nothing.
    Limit,
    /// A name in DNS.
    Name,
    /// What separates the parts of a key.
    Delimiter,
    /// Where to open.
    Prefix,
    /// true, false or a word.
    Mark,
    /// The color of a mark.
    MarkColor,
    /// When to use colors.
    Color,
    /// The name of a profile.
    Profile,
    /// A number of bytes.
    Size,
    /// A whole number of 1 or more.
    Count,
    /// A number of bytes a second; 0 for any.
    Rate,
    /// A number of frames a second.
    Frames,
}

/// A field: its name and what may stand in it.
pub(super) type Field = (&'static str, Kind);

/// What holds for every run.
pub(super) const GLOBAL: &[Field] = &[
    ("default_profile", Kind::Profile),
    ("color", Kind::Color),
    ("fps", Kind::Frames),
    ("bytes_per_second", Kind::Rate),
    ("drafts", Kind::Bool),
    ("journal", Kind::Bool),
];

/// How much is held in memory, and what reading may cost the server.
pub(super) const LIMITS: &[Field] = &[
    ("bulk_memory", Kind::Size),
    ("journal_memory", Kind::Size),
    ("keys_per_second", Kind::Count),
    ("requests", Kind::Count),
];

/// What a profile may say.
pub(super) const PROFILE: &[Field] = &[
    ("endpoints", Kind::Endpoints),
    ("user", Kind::User),
    ("cacert", Kind::File),
    ("cert", Kind::File),
    ("key", Kind::File),
    ("insecure_skip_tls_verify", Kind::Bool),
    ("insecure_transport", Kind::Bool),
    ("dial_timeout", Kind::Limit),
    ("command_timeout", Kind::Limit),
    ("keepalive_time", Kind::Duration),
    ("keepalive_timeout", Kind::Limit),
    ("discovery_srv", Kind::Name),
    ("discovery_srv_name", Kind::Name),
    ("insecure_discovery", Kind::Bool),
    ("read_only", Kind::Bool),
    ("production", Kind::Mark),
    ("production_color", Kind::MarkColor),
    ("delimiter", Kind::Delimiter),
    ("prefix", Kind::Prefix),
    ("follow", Kind::Bool),
];

/// Where names of files begin.
#[derive(Clone, Copy, Debug)]
pub(super) struct Base<'a> {
    pub(super) folder: &'a Path,
    pub(super) home: Option<&'a Path>,
}

impl Kind {
    /// What is expected, with an example.
    pub(super) fn expected(self) -> &'static str {
        match self {
            Kind::Bool => "true or false",
            Kind::Endpoints => "a list of endpoints, as in [\"https://db:2379\"]",
            Kind::User => "a name, as in \"root\"",
            Kind::File => "the name of a file, as in \"ca.pem\"",
            Kind::Duration | Kind::Limit => "a duration, as in \"5s\" or \"1m30s\"",
            Kind::Name => "a name in DNS, as in \"example.com\"",
            Kind::Delimiter => "a character or a short text, as in \"/\"",
            Kind::Prefix => "a prefix of keys, as in \"/config/\"",
            Kind::Mark => "true, false or a word, as in \"PROD\"",
            Kind::MarkColor => "a color, as in \"red\"",
            Kind::Color => "\"auto\", \"always\" or \"never\"",
            Kind::Profile => "the name of a profile",
            Kind::Size => "a number of bytes, as in \"16MiB\"",
            Kind::Count => "a whole number of 1 or more, as in 500000",
            Kind::Rate => "a number of bytes a second, 300 or more, as in \"20KiB\", or 0 for any",
            Kind::Frames => "a number from 1 to 60",
        }
    }

    /// Checks a text, and gives it in the form a flag would have.
    ///
    /// # Errors
    /// Says what is wrong with it.
    pub(super) fn check(self, text: &str, base: Base<'_>) -> Result<String, String> {
        let expected = || format!("{text:?} is not {}", self.expected());
        let kept = |good: bool| if good { Ok(text.to_owned()) } else { Err(expected()) };
        match self {
            Kind::Bool => kept(boolean(text).is_some()),
            Kind::Endpoints => match endpoint(text, Transport::Plain) {
                Err(error) => Err(error.to_string()),
                Ok(_) => kept(!text.contains(',')),
            },
            // The password is not repeated.
            Kind::User if text.contains(':') => {
                Err(format!("a password has no place in this file: {PASSWORD_COMES_FROM}"))
            }
            Kind::User => kept(!text.is_empty()),
            Kind::File => file(text, base).ok_or_else(expected),
            Kind::Limit if duration(text).is_some_and(|limit| limit.is_zero()) => {
                Err(format!("a limit of 0 would let nothing succeed; expected {}", self.expected()))
            }
            Kind::Duration | Kind::Limit => kept(duration(text).is_some()),
            Kind::Name => kept(is_name(text)),
            Kind::Delimiter => match Key::parse(text) {
                Ok(key) => {
                    kept((1..=crate::config::LONGEST_DELIMITER).contains(&key.as_bytes().len()))
                }
                Err(error) => Err(error.to_string()),
            },
            Kind::Prefix => match Key::parse(text) {
                Ok(_) => Ok(text.to_owned()),
                Err(error) => Err(error.to_string()),
            },
            Kind::Mark => Mark::new(text, MarkColor::default()).map(|_| text.to_owned()),
            Kind::MarkColor => text.parse::<MarkColor>().map(|_| text.to_owned()),
            Kind::Color => kept(matches!(text, "auto" | "always" | "never")),
            Kind::Profile => Ok(text.to_owned()),
            Kind::Size => kept(size(text).is_some_and(|bytes| bytes > 0)),
            Kind::Count => kept(text.parse::<u32>().is_ok_and(|count| count > 0)),
            Kind::Rate => kept(rate(text).is_some()),
            Kind::Frames => kept(frames(text).is_some()),
        }
    }
}

/// A name of a file as the system takes it.
fn file(text: &str, base: Base<'_>) -> Option<String> {
    let path: PathBuf = match text.strip_prefix("~/") {
        Some(rest) => base.home?.join(rest),
        None if text.is_empty() => return None,
        // An absolute name stays what it is.
        None => base.folder.join(text),
    };
    path.into_os_string().into_string().ok()
}

/// Whether DNS could know it.
fn is_name(text: &str) -> bool {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let label = |text: &str| (1..=63).contains(&text.len()) && text.chars().all(allowed);
    text.len() <= 200 && text.strip_suffix('.').unwrap_or(text).split('.').all(label)
}
