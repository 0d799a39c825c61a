//! The name somebody probably meant.

/// The one of `names` that `typed` is most like, if any is like it: a slip of the finger or two, or
/// dashes for underscores.
pub fn nearest<'a>(typed: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.replace('-', "_").to_lowercase();
    let typed = plain(typed);
    let allowed = (typed.chars().count() / 3).clamp(1, 3);
    names
        .into_iter()
        .map(|name| (distance(&typed, &plain(name)), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, name)| name)
}

/// How many letters must be put in, taken out, replaced or swapped with their neighbor.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before: Vec<usize> = Vec::new();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut next = vec![i];
        for j in 1..=b.len() {
            let replaced = row[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = replaced.min(row[j] + 1).min(next[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(before[j - 2] + 1);
            }
            next.push(least);
        }
        before = std::mem::replace(&mut row, next);
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_understood() {
        let names = ["endpoints", "user", "key", "cert", "cacert", "dial_timeout", "read_only"];
        for (typed, meant) in [
            ("endpoint", Some("endpoints")),
            ("endpionts", Some("endpoints")),
            ("dial-timeout", Some("dial_timeout")),
            ("readonly", Some("read_only")),
            ("Read_Only", Some("read_only")),
            ("kye", Some("key")),
            ("usr", Some("user")),
            ("cret", Some("cert")),
            ("", None),
            ("zzz", None),
            ("somethingelse", None),
        ] {
            assert_eq!(nearest(typed, names), meant, "{typed}");
        }
    }
}
