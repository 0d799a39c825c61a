//! A JSON object as one line of a file we write. Printed on a terminal it is harmless.
//!
//! Integers are numbers, lease IDs hexadecimal text, times RFC 3339 in UTC. Bytes that are not UTF-8
//! stand in base64 under the name with `_base64` behind it.

use std::fmt::Write;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::escape::{self, Glyph};

/// A JSON object in the making, names in the order they are given.
#[derive(Debug)]
pub struct Record(String);

impl Default for Record {
    fn default() -> Record {
        Record::new()
    }
}

impl Record {
    /// An object without members.
    pub fn new() -> Record {
        Record("{".to_owned())
    }

    fn name(&mut self, name: &str) {
        if self.0.len() > 1 {
            self.0.push(',');
        }
        self.string(name);
        self.0.push(':');
    }

    /// An integer.
    pub fn number(&mut self, name: &str, number: i64) {
        self.name(name);
        self.0.push_str(&number.to_string());
    }

    /// True or false.
    pub fn flag(&mut self, name: &str, flag: bool) {
        self.name(name);
        self.0.push_str(if flag { "true" } else { "false" });
    }

    /// Text.
    pub fn text(&mut self, name: &str, text: &str) {
        self.name(name);
        self.string(text);
    }

    /// Bytes: as text where they are UTF-8, else in base64 under the name with `_base64` behind it.
    pub fn bytes(&mut self, name: &str, bytes: &[u8]) {
        match std::str::from_utf8(bytes) {
            Ok(text) => self.text(name, text),
            Err(_) => self.text(&format!("{name}_base64"), &base64(bytes)),
        }
    }

    /// Nothing.
    pub fn null(&mut self, name: &str) {
        self.name(name);
        self.0.push_str("null");
    }

    /// An object inside.
    pub fn object(&mut self, name: &str, object: Record) {
        self.name(name);
        self.0.push_str(&object.end());
    }

    /// A list of objects.
    pub fn list(&mut self, name: &str, objects: impl IntoIterator<Item = Record>) {
        self.name(name);
        self.0.push('[');
        for (at, object) in objects.into_iter().enumerate() {
            if at > 0 {
                self.0.push(',');
            }
            self.0.push_str(&object.end());
        }
        self.0.push(']');
    }

    /// A JSON string. What a terminal would act on is escaped too, though JSON would allow it.
    fn string(&mut self, text: &str) {
        self.0.push('"');
        for glyph in escape::glyphs_of(text) {
            match glyph {
                Glyph::Plain("\"") => self.0.push_str("\\\""),
                Glyph::Plain("\\") => self.0.push_str("\\\\"),
                Glyph::Plain(text) => self.0.push_str(text),
                Glyph::Escaped('\n') => self.0.push_str("\\n"),
                Glyph::Escaped('\r') => self.0.push_str("\\r"),
                Glyph::Escaped('\t') => self.0.push_str("\\t"),
                Glyph::Escaped(c) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        // Writing to a string cannot fail.
                        let _ = write!(self.0, "\\u{unit:04x}");
                    }
                }
                // A text has none.
                Glyph::Byte(_) => {}
            }
        }
        self.0.push('"');
    }

    /// The object, without a line end.
    pub fn end(mut self) -> String {
        self.0.push('}');
        self.0
    }
}

/// Base64 with the standard alphabet and padding.
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let byte = |at: usize| u32::from(three.get(at).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for digit in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * digit) & 63) as usize];
            out.push(if digit <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

/// A time as `2024-02-29T23:59:59.123Z`.
pub fn timestamp(time: SystemTime) -> String {
    let millis = match time.duration_since(UNIX_EPOCH) {
        Ok(since) => since.as_millis() as i64,
        // Rounded down, as times after it are.
        Err(before) => -((before.duration() + Duration::from_nanos(999_999)).as_millis() as i64),
    };
    let (days, milli) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let (year, month, day) = civil(days);
    let (second, milli) = (milli / 1000, milli % 1000);
    let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

/// The date that many days after 1970-01-01, in the Gregorian calendar.
fn civil(days: i64) -> (i64, i64, i64) {
    // Years begin in March here, so that the leap day is the last of one; 400 of them repeat.
    let days = days + 719_468;
    let (era, day) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year = (day - day / 1460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let month = (5 * day + 2) / 153;
    let day = day - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (era * 400 + year + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn objects_lists_and_any_bytes() {
        let inner = || {
            let mut inner = Record::new();
            inner.bytes("value", b"\xff\0");
            inner
        };
        let mut record = Record::new();
        record.text("what", "say \"hi\"\u{1b}\u{202e}\u{e0001}");
        record.null("before");
        record.object("after", inner());
        record.list("keys", [inner(), Record::new()]);
        record.list("none", []);
        assert_eq!(
            record.end(),
            "{\"what\":\"say \\\"hi\\\"\\u001b\\u202e\\udb40\\udc01\",\"before\":null,\
             \"after\":{\"value_base64\":\"/wA=\"},\
             \"keys\":[{\"value_base64\":\"/wA=\"},{}],\"none\":[]}"
        );
    }
}
