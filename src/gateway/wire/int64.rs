//! 64-bit integers as JSON: strings in answers, but numbers are understood too; exact both ways.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Unexpected, Visitor};
use serde::ser::{Serialize, Serializer};

/// A signed one: revisions, versions, lease IDs, seconds, sizes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Int64(pub(crate) i64);

impl Int64 {
    /// Whether it is the value that stands for "unset", so that the field is left out.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
    pub(crate) fn is_zero(&self) -> bool {
        self.0 == 0
    }
}

/// An unsigned one: member and cluster IDs, which exceed `i64`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Uint64(pub(crate) u64);

impl Serialize for Int64 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Int64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Int64, D::Error> {
        deserializer.deserialize_any(Int64Visitor)
    }
}

impl<'de> Deserialize<'de> for Uint64 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Uint64, D::Error> {
        deserializer.deserialize_any(Uint64Visitor)
    }
}

struct Int64Visitor;

impl Visitor<'_> for Int64Visitor {
    type Value = Int64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a 64-bit integer, as a string or a number")
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Int64, E> {
        Ok(Int64(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Int64, E> {
        i64::try_from(number)
            .map(Int64)
            .map_err(|_| E::invalid_value(Unexpected::Unsigned(number), &self))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Int64, E> {
        text.parse().map(Int64).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_unit<E: Error>(self) -> Result<Int64, E> {
        Ok(Int64(0))
    }
}

struct Uint64Visitor;

impl Visitor<'_> for Uint64Visitor {
    type Value = Uint64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an unsigned 64-bit integer, as a string or a number")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Uint64, E> {
        Ok(Uint64(number))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Uint64, E> {
        text.parse().map(Uint64).map_err(|_| E::invalid_value(Unexpected::Str(text), &self))
    }

    fn visit_unit<E: Error>(self) -> Result<Uint64, E> {
        Ok(Uint64(0))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_integer_is_exact_as_string_and_as_number(number: i64) {
            let sent = serde_json::to_string(&Int64(number)).unwrap();
            prop_assert_eq!(&sent, &format!("\"{number}\""));
            prop_assert_eq!(serde_json::from_str::<Int64>(&sent).unwrap().0, number);
            prop_assert_eq!(serde_json::from_str::<Int64>(&number.to_string()).unwrap().0, number);
        }

        #[test]
        fn every_unsigned_integer_is_exact(number: u64) {
            for json in [number.to_string(), format!("\"{number}\"")] {
                prop_assert_eq!(serde_json::from_str::<Uint64>(&json).unwrap().0, number);
            }
        }
    }

    #[test]
    fn the_edges_are_exact() {
        for number in [i64::MIN, i64::MAX, (1 << 53) + 1, 7_777_777_777_777_777_777, 0, -1] {
            assert_eq!(serde_json::from_str::<Int64>(&number.to_string()).unwrap().0, number);
        }
        assert_eq!(
            serde_json::from_str::<Uint64>(r#""18446744073709551615""#).unwrap().0,
            u64::MAX
        );
    }

    #[test]
    fn nothing_passes_through_floating_point() {
        for wrong in ["5.0", "1e1", "\"5.0\"", "\"\"", "\"x\"", "9223372036854775808", "[]", "true"]
        {
            assert!(serde_json::from_str::<Int64>(wrong).is_err(), "{wrong}");
        }
        for wrong in ["-1", "\"-1\"", "18446744073709551616", "1.5"] {
            assert!(serde_json::from_str::<Uint64>(wrong).is_err(), "{wrong}");
        }
    }
}
