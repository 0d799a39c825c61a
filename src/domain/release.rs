//! Which release lines of etcd are still looked after.
//!
//! As known in November 2026. The project keeps the newest line and the one before it
//! (etcd.io/docs, "Versioning"); it gave two of them more time: 3.4 ended with 3.4.45 in June 2026,
//! and 3.5 is kept for a year after 3.7.0, which came on 8 July 2026. A line that is newer than this
//! table is not judged.

use std::time::{Duration, SystemTime};

/// The newest line that the table knows, 3.x.
const NEWEST: u32 = 7;

/// How a release line is looked after.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It gets fixes, as far as is known.
    Kept,
    /// It gets fixes until then.
    Until(&'static str),
    /// It gets no fixes any more, since then.
    Ended(&'static str),
    /// The table does not know it.
    Newer,
}

/// The line of a version, and how it is looked after; nothing for what is no version.
///
/// `3.5.9` is of the line `3.5`.
pub fn support(version: &str, now: SystemTime) -> Option<(String, Support)> {
    // The first second of 8 July 2027.
    let end_of_3_5 = SystemTime::UNIX_EPOCH + Duration::from_secs(1_815_004_800);
    let mut parts = version.trim_start_matches('v').splitn(3, '.');
    let major: u32 = parts.next()?.parse().ok()?;
    let minor: u32 = parts.next()?.parse().ok()?;
    let support = match (major, minor) {
        (0..=2, _) | (3, 0..=3) => Support::Ended("years ago"),

        (3, 4) => Support::Ended("in June 2026"),
        (3, 5) if now < end_of_3_5 => Support::Until("July 2027"),
        (3, 5) => Support::Ended("in July 2027"),
        (3, 6..=NEWEST) => Support::Kept,
        _ => Support::Newer,
    };
    Some((format!("{major}.{minor}"), support))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_judged_by_what_is_known() {
        let day = |day: u64| SystemTime::UNIX_EPOCH + Duration::from_secs(day * 86_400);
        let (now, later) = (day(20_786), day(21_100));
        let of = |version, now| support(version, now).map(|(_, support)| support);
        assert_eq!(of("3.3.27", now), Some(Support::Ended("years ago")));
        assert_eq!(of("3.4.45", now), Some(Support::Ended("in June 2026")));
        assert_eq!(of("3.5.9", now), Some(Support::Until("July 2027")));
        assert_eq!(of("3.5.9", later), Some(Support::Ended("in July 2027")));
        assert_eq!(of("3.7.1", later), Some(Support::Kept));
        assert_eq!(of("3.8.0-rc.0", now), Some(Support::Newer));
        assert_eq!(of("4.0.0", now), Some(Support::Newer));
        assert_eq!(support("v3.6.1", now), Some(("3.6".to_owned(), Support::Kept)));
        assert_eq!(support("nonsense", now), None);
    }
}
