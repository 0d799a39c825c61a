//! The keys of a service registry.

use std::fmt;

use crate::domain::Key;

/// Where services are registered unless said otherwise.
pub const ROOT: &[u8] = b"/services/";

/// Why a service or an instance cannot be named so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameError {
    /// The name of the service is empty.
    NoName,
    /// The name of the service holds a slash, which would make it another service.
    Slash,
    /// The ID of the instance is empty.
    NoId,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            NameError::NoName => "a service needs a name",
            NameError::Slash => "the name of a service cannot hold a /",
            NameError::NoId => "an instance needs an ID",
        })
    }
}

impl std::error::Error for NameError {}

/// The prefix under which the instances of a service stand: `ROOT` + `NAME/`.
///
/// # Errors
/// For a name that is empty or holds a slash.
pub fn service_prefix(root: &[u8], name: &[u8]) -> Result<Key, NameError> {
    if name.is_empty() {
        return Err(NameError::NoName);
    }
    if name.contains(&b'/') {
        return Err(NameError::Slash);
    }
    Ok(Key::from([root, name, b"/"].concat()))
}

/// The key of an instance: `ROOT` + `NAME/ID`. An ID may hold slashes.
///
/// # Errors
/// For a name that is empty or holds a slash, and for an empty ID.
pub fn instance_key(root: &[u8], name: &[u8], id: &[u8]) -> Result<Key, NameError> {
    let prefix = service_prefix(root, name)?;
    if id.is_empty() {
        return Err(NameError::NoId);
    }
    Ok(Key::from([prefix.as_bytes(), id].concat()))
}

/// The service and the ID that a key stands for; `None` for a key that is no instance's. All that
/// comes after the name is the ID, so that a service is exactly what stands under its prefix.
pub fn parse_key(root: &[u8], key: &Key) -> Option<(Key, Key)> {
    let rest = key.as_bytes().strip_prefix(root)?;
    let slash = rest.iter().position(|b| *b == b'/')?;
    let (name, id) = (&rest[..slash], &rest[slash + 1..]);
    (!name.is_empty() && !id.is_empty()).then(|| (Key::from(name), Key::from(id)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_they_are_built() {
        for (name, id) in [("web", "1"), ("w\u{301}", "10.0.0.1:80"), ("a", "b/c"), ("a", "/")] {
            let key = instance_key(ROOT, name.as_bytes(), id.as_bytes()).unwrap();
            assert_eq!(parse_key(ROOT, &key), Some((Key::from(name), Key::from(id))));
        }
        for other in ["/services/web", "/services/web/", "/services//1", "/service/web/1", ""] {
            assert_eq!(parse_key(ROOT, &Key::from(other)), None, "{other}");
        }
    }

    #[test]
    fn names_that_would_be_another_service_are_refused() {
        for (name, id, error) in [
            ("", "1", NameError::NoName),
            ("a/b", "1", NameError::Slash),
            ("a", "", NameError::NoId),
        ] {
            assert_eq!(instance_key(ROOT, name.as_bytes(), id.as_bytes()), Err(error));
        }
    }
}
