//! A key: any bytes, never assumed to be text.

use std::borrow::Borrow;
use std::fmt;

use super::escape;

/// The name of an entry: non-empty bytes in the store, possibly empty as a prefix.
///
/// Keys order as etcd orders them, byte by byte. `Display` gives the escaped, lossless form that is
/// safe on a terminal; [`Key::parse`] reads it back.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<u8>);

impl Key {
    /// A key of these bytes.
    pub fn new(bytes: impl Into<Vec<u8>>) -> Key {
        Key(bytes.into())
    }

    /// The bytes as etcd holds them.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The bytes, given up.
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// Whether there are no bytes (a prefix of everything; not a valid key to write).
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The smallest key after this one.
    #[must_use]
    pub fn successor(&self) -> Key {
        let mut bytes = Vec::with_capacity(self.0.len() + 1);
        bytes.extend_from_slice(&self.0);
        bytes.push(0);
        Key(bytes)
    }

    /// Reads the escaped form: `\xNN` any byte, `\n` `\t` `\r` `\0` `\e` `\\`, `\u{HEX}` a character.
    ///
    /// # Errors
    /// Says which escape is wrong and what was expected.
    pub fn parse(text: &str) -> Result<Key, escape::EscapeError> {
        escape::unescape(text).map(Key)
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&escape::line(&self.0))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({})", escape::line(&self.0))
    }
}

impl From<&str> for Key {
    fn from(text: &str) -> Key {
        Key(text.as_bytes().to_vec())
    }
}

impl From<&[u8]> for Key {
    fn from(bytes: &[u8]) -> Key {
        Key(bytes.to_vec())
    }
}

impl From<Vec<u8>> for Key {
    fn from(bytes: Vec<u8>) -> Key {
        Key(bytes)
    }
}

impl Borrow<[u8]> for Key {
    fn borrow(&self) -> &[u8] {
        &self.0
    }
}
