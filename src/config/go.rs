//! Values as Go programs read them, for flags and variables shared with etcdctl.

use std::time::Duration;

/// A Go duration: `5s`, `1m30s`, `300ms`, `1.5h`, `0`. `None` when it is none, is negative or is
/// longer than can be held.
pub fn duration(text: &str) -> Option<Duration> {
    let mut rest = text.strip_prefix('+').unwrap_or(text);
    if rest == "0" {
        return Some(Duration::ZERO);
    }
    let mut total: u128 = 0;
    loop {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, tail) = rest.split_at(end);
        let end = tail.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(tail.len());
        let (unit, tail) = tail.split_at(end);
        total = total.checked_add(nanoseconds(number, unit)?)?;
        if tail.is_empty() {
            break;
        }
        rest = tail;
    }
    // Go holds 64-bit nanoseconds, some 292 years.
    i64::try_from(total).ok().map(|nanos| Duration::from_nanos(nanos.unsigned_abs()))
}

fn nanoseconds(number: &str, unit: &str) -> Option<u128> {
    let unit: u128 = match unit {
        "ns" => 1,
        "us" | "µs" | "μs" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() && fraction.is_empty() || fraction.contains('.') {
        return None;
    }
    let digits = |text: &str| if text.is_empty() { Some(0) } else { text.parse::<u128>().ok() };
    // What is below a nanosecond is dropped; so are digits that cannot reach one.
    let fraction = &fraction[..fraction.len().min(18)];
    let scale = 10_u128.pow(fraction.len() as u32);
    let parts = digits(fraction)?.checked_mul(unit)? / scale;
    digits(whole)?.checked_mul(unit)?.checked_add(parts)
}

/// A Go boolean: `1`, `t`, `T`, `TRUE`, `true`, `True` and their opposites. `None` when it is none.
pub fn boolean(text: &str) -> Option<bool> {
    match text {
        "1" | "t" | "T" | "TRUE" | "true" | "True" => Some(true),
        "0" | "f" | "F" | "FALSE" | "false" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_does() {
        for (text, millis) in [
            ("5s", Some(5000)),
            ("1m30s", Some(90_000)),
            ("300ms", Some(300)),
            ("1h", Some(3_600_000)),
            ("1.5h", Some(5_400_000)),
            ("1h2m3s4ms", Some(3_723_004)),
            (".5s", Some(500)),
            ("2.s", Some(2000)),
            ("+5s", Some(5000)),
            ("0", Some(0)),
            ("0s", Some(0)),
            ("1000us", Some(1)),
            ("1000µs", Some(1)),
            ("1000μs", Some(1)),
            ("1000000ns", Some(1)),
            ("0.3333333333333333333333s", Some(333)),
            ("", None),
            ("5", None),
            ("s", None),
            (".s", None),
            ("1.2.3s", None),
            ("-5s", None),
            ("5 s", None),
            ("5S", None),
            ("5sec", None),
            ("1d", None),
            ("5s5", None),
            ("9999999999h", None),
            ("99999999999999999999999999999999999999999s", None),
        ] {
            let read = duration(text).map(|duration| duration.as_millis());
            assert_eq!(read, millis, "{text:?}");
        }
    }

    #[test]
    fn booleans_are_read_as_go_does() {
        for text in ["1", "t", "T", "TRUE", "true", "True"] {
            assert_eq!(boolean(text), Some(true), "{text}");
        }
        for text in ["0", "f", "F", "FALSE", "false", "False"] {
            assert_eq!(boolean(text), Some(false), "{text}");
        }
        for text in ["", "yes", "no", "on", "tRUE", " true", "2"] {
            assert_eq!(boolean(text), None, "{text}");
        }
    }
}
