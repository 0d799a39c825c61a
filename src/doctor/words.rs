//! Times, sizes and lists in words.

use std::time::Duration;

/// `0.4 ms`, `12 ms`, `1.2 s`.
pub(super) fn time(time: Duration) -> String {
    let ms = time.as_secs_f64() * 1000.0;
    match ms {
        ..10.0 => format!("{ms:.1} ms"),
        10.0..1000.0 => format!("{ms:.0} ms"),
        _ => format!("{:.1} s", ms / 1000.0),
    }
}

/// `a, b and c`; after `most` of them only how many more there are.
pub(super) fn list(items: &[String], most: usize) -> String {
    let mut shown: Vec<String> = items.iter().take(most).cloned().collect();
    if items.len() > most {
        shown.push(format!("{} more", items.len() - most));
    }
    match shown.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// `1 member`, `3 members`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    format!("{count} {thing}{}", if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!(time(Duration::from_micros(412)), "0.4 ms");
        assert_eq!(time(Duration::from_millis(12)), "12 ms");
        assert_eq!(time(Duration::from_millis(1250)), "1.2 s");
        let items = ["a", "b", "c"].map(str::to_owned);
        assert_eq!(list(&items, 5), "a, b and c");
        assert_eq!(list(&items, 1), "a and 2 more");
        assert_eq!(counted(1, "member"), "1 member");
    }
}
