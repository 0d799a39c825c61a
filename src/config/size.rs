//! Numbers of bytes, as people write them.

/// Bytes: `16MiB`, `512 KiB`, `1GiB`, or a plain number. `None` when it is none or is too large.
pub fn size(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let unit: u64 = match unit.trim_start_matches(' ') {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    number.parse::<u64>().ok()?.checked_mul(unit)
}

/// Bytes in the largest unit that holds them exactly; [`size`] reads it back.
pub fn size_text(bytes: u64) -> String {
    let units = [(1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB")];
    let exact = units.into_iter().find(|(unit, _)| bytes > 0 && bytes.is_multiple_of(*unit));
    exact.map_or_else(|| format!("{bytes}B"), |(unit, name)| format!("{}{name}", bytes / unit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_and_written() {
        for (text, bytes) in [
            ("0", Some(0)),
            ("1500", Some(1500)),
            ("16MiB", Some(16 << 20)),
            ("512 KiB", Some(512 << 10)),
            ("2GiB", Some(2 << 30)),
            ("7B", Some(7)),
            ("", None),
            ("MiB", None),
            ("-1", None),
            ("1.5MiB", None),
            ("16MB", None),
            ("16mib", None),
            ("99999999999999999999", None),
            ("99999999999GiB", None),
        ] {
            assert_eq!(size(text), bytes, "{text:?}");
        }
        for bytes in [0, 1, 1023, 1024, 1536, 16 << 20, 3 << 30, u64::MAX] {
            assert_eq!(size(&size_text(bytes)), Some(bytes), "{}", size_text(bytes));
        }
        assert_eq!(size_text(16 << 20), "16MiB");
    }
}
