//! The fields of one line: a flat JSON object, checked field by field.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

use crate::domain::near::nearest;

/// What a field holds.
#[derive(Debug)]
enum Held {
    Text(String),
    Integer(i64),
    Flag(bool),
    /// What no field of ours is, in words.
    Other(&'static str),
}

impl Held {
    fn name(&self) -> &'static str {
        match self {
            Held::Text(_) => "text",
            Held::Integer(_) => "an integer",
            Held::Flag(_) => "true or false",
            Held::Other(name) => name,
        }
    }
}

/// The fields of a line, in order.
#[derive(Debug)]
pub(super) struct Fields(Vec<(String, Held)>);

impl Fields {
    /// Reads them from one JSON object.
    pub(super) fn read(text: &str) -> Result<Fields, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// Whether there is a field of that name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(other, _)| other == name)
    }

    /// Whether every field is known and stands there once.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), String> {
        for (at, (name, _)) in self.0.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                let near = nearest(name, known.iter().copied());
                return Err(match near {
                    Some(near) => {
                        format!("the field \"{name}\" is not known; did you mean \"{near}\"?")
                    }
                    None => {
                        format!("the field \"{name}\" is not known; expected {}", known.join(", "))
                    }
                });
            }
            if self.0[..at].iter().any(|(other, _)| other == name) {
                return Err(format!("the field \"{name}\" stands there twice"));
            }
        }
        Ok(())
    }

    fn take(&mut self, name: &str) -> Option<Held> {
        let at = self.0.iter().position(|(other, _)| other == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// Text.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<String>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(Held::Text(text)) => Ok(Some(text)),
            Some(other) => Err(wrong(name, "text", &other)),
        }
    }

    /// An integer of 64 bits, 0 or more.
    pub(super) fn integer(&mut self, name: &str) -> Result<Option<i64>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(Held::Integer(number)) if number >= 0 => Ok(Some(number)),
            Some(Held::Integer(number)) => {
                Err(format!("the field \"{name}\" is {number}; expected 0 or more"))
            }
            Some(other) => Err(wrong(name, "an integer", &other)),
        }
    }

    /// True or false.
    pub(super) fn flag(&mut self, name: &str) -> Result<Option<bool>, String> {
        match self.take(name) {
            None => Ok(None),
            Some(Held::Flag(flag)) => Ok(Some(flag)),
            Some(other) => Err(wrong(name, "true or false", &other)),
        }
    }

    /// Bytes: text under the name, or base64 under the name with `_base64` behind it.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Vec<u8>, String> {
        let coded = format!("{name}_base64");
        match (self.text(name)?, self.text(&coded)?) {
            (Some(text), None) => Ok(text.into_bytes()),
            (None, Some(text)) => STANDARD
                .decode(text)
                .map_err(|error| format!("the field \"{coded}\" is not standard base64: {error}")),
            (Some(_), Some(_)) => {
                Err(format!("both \"{name}\" and \"{coded}\" stand there; expected one of them"))
            }
            (None, None) => Err(format!("expected a field \"{name}\" or \"{coded}\"")),
        }
    }
}

fn wrong(name: &str, expected: &str, found: &Held) -> String {
    format!("the field \"{name}\" holds {}; expected {expected}", found.name())
}

impl<'de> Deserialize<'de> for Fields {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Fields, D::Error> {
        from.deserialize_map(FieldsVisitor)
    }
}

struct FieldsVisitor;

impl<'de> Visitor<'de> for FieldsVisitor {
    type Value = Fields;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(Fields(fields))
    }
}

impl<'de> Deserialize<'de> for Held {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Held, D::Error> {
        from.deserialize_any(HeldVisitor)
    }
}

struct HeldVisitor;

impl<'de> Visitor<'de> for HeldVisitor {
    type Value = Held;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("text, an integer, true or false")
    }

    fn visit_str<E>(self, text: &str) -> Result<Held, E> {
        Ok(Held::Text(text.to_owned()))
    }

    fn visit_string<E>(self, text: String) -> Result<Held, E> {
        Ok(Held::Text(text))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Held, E> {
        Ok(Held::Integer(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Held, E> {
        let held = i64::try_from(number).map(Held::Integer);
        Ok(held.unwrap_or(Held::Other("a number beyond 64 bits")))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Held, E> {
        Ok(Held::Other("a number that is no integer of 64 bits"))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Held, E> {
        Ok(Held::Flag(flag))
    }

    fn visit_unit<E>(self) -> Result<Held, E> {
        Ok(Held::Other("null"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Held, A::Error> {
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Held::Other("a list"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Held, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Held::Other("an object"))
    }
}
