//! Bytes as JSON: standard base64 with padding, the only form every server version takes.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

/// Bytes of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Base64<'a>(pub(crate) &'a [u8]);

impl Base64<'_> {
    /// Whether there are none, so that the field is left out.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // Formats piece by piece: no second copy of a large value.
        serializer.collect_str(&base64::display::Base64Display::new(self.0, &STANDARD))
    }
}

/// Bytes of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Bytes(pub(crate) Vec<u8>);

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Bytes, D::Error> {
        deserializer.deserialize_any(BytesVisitor)
    }
}

/// Bytes of an answer that nobody wants: passed over, whatever they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Unwanted;

impl<'de> Deserialize<'de> for Unwanted {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Unwanted, D::Error> {
        serde::de::IgnoredAny::deserialize(deserializer).map(|_| Unwanted)
    }
}

/// The bytes of a value, wanted or not.
pub(crate) trait Value: for<'de> Deserialize<'de> + Default {
    /// The bytes; none where they are not wanted.
    fn into_bytes(self) -> Vec<u8>;
}

impl Value for Bytes {
    fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl Value for Unwanted {
    fn into_bytes(self) -> Vec<u8> {
        Vec::new()
    }
}

struct BytesVisitor;

impl Visitor<'_> for BytesVisitor {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes in standard base64")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Bytes, E> {
        STANDARD.decode(text).map(Bytes).map_err(|error| E::custom(format_args!("base64: {error}")))
    }

    fn visit_unit<E: Error>(self) -> Result<Bytes, E> {
        Ok(Bytes::default())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn any_bytes_come_back(bytes: Vec<u8>) {
            let json = serde_json::to_string(&Base64(&bytes)).unwrap();
            prop_assert_eq!(json.len(), 2 + bytes.len().div_ceil(3) * 4, "padded");
            prop_assert!(!json.contains(['-', '_']), "not the alphabet for URLs");
            prop_assert_eq!(serde_json::from_str::<Bytes>(&json).unwrap().0, bytes);
        }

        #[test]
        fn any_text_is_read_or_refused(text: String) {
            let json = serde_json::to_string(&text).unwrap();
            let _ = serde_json::from_str::<Bytes>(&json);
        }
    }

    #[test]
    fn escaped_slashes_and_null_are_read() {
        assert_eq!(serde_json::from_str::<Bytes>(r#""\/w==""#).unwrap().0, [0xff]);
        assert_eq!(serde_json::from_str::<Bytes>("null").unwrap().0, b"");
    }

    #[test]
    fn what_is_no_base64_is_refused() {
        for wrong in [r#""a""#, r#""!!!!""#, "5", "true", "[97]", "{}"] {
            assert!(serde_json::from_str::<Bytes>(wrong).is_err(), "{wrong}");
        }
    }
}
