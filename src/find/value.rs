//! Looking into a value: whether it holds what is looked for, where, and what stands around it.

use super::pattern::Matcher;
use crate::domain::Key;
use crate::domain::find::{COUNTED, ValueHit};

/// Bytes of the line that are shown before and behind the beginning of a match.
const BEFORE: usize = 40;
const BEHIND: usize = 200;

/// Looks into the value of a key.
pub fn look_into(matcher: &mut Matcher, key: &Key, value: &[u8]) -> Option<ValueHit> {
    let first = matcher.find(value, 0)?;
    let mut matches = 1;
    let mut from = first.end.max(first.start + 1);
    while matches < COUNTED
        && from <= value.len()
        && let Some(next) = matcher.find(value, from)
    {
        matches += 1;
        from = next.end.max(next.start + 1);
    }
    let is_end = |byte: &u8| *byte == b'\n';
    let line = value[..first.start].iter().rposition(is_end).map_or(0, |at| at + 1);
    let line_end =
        value[first.start..].iter().position(is_end).map_or(value.len(), |at| first.start + at);
    let mut start = line.max(first.start.saturating_sub(BEFORE));
    while start < first.start && value[start] & 0xc0 == 0x80 {
        // Not in the midst of a character.
        start += 1;
    }
    let mut end = line_end.min(first.start + BEHIND);
    while end > first.start && value.get(end).is_some_and(|byte| byte & 0xc0 == 0x80) {
        end -= 1;
    }
    Some(ValueHit {
        key: key.clone(),
        at: first.start as u64,
        line: memchr::memchr_iter(b'\n', &value[..first.start]).count() as u64 + 1,
        matches,
        excerpt: value[start..end].to_vec(),
        mark: first.start - start..first.end.min(end).max(first.start) - start,
        cut: (start > line, end < line_end),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::find::{Mode, Query};
    use crate::find::Pattern;

    fn hit(mode: Mode, text: &str, value: &[u8]) -> Option<ValueHit> {
        let pattern = Pattern::new(&Query { mode, text: text.to_owned() }).expect(text);
        look_into(&mut pattern.matcher(), &Key::from("k"), value)
    }

    #[test]
    fn the_first_match_is_shown_in_its_line_and_all_are_counted() {
        let hit = hit(Mode::Substring, "port", b"name: api\nPort: 80\nports: 1\n").expect("a hit");
        assert_eq!((hit.at, hit.line, hit.matches), (10, 2, 2));
        assert_eq!((hit.excerpt.as_slice(), hit.mark), (&b"Port: 80"[..], 0..4));
        assert_eq!(hit.cut, (false, false));
    }

    #[test]
    fn a_long_line_is_cut_around_the_match_and_no_character_is() {
        let value = format!("{}needle{}", "ü".repeat(500), "日".repeat(500));
        let hit = hit(Mode::Regex, "n.*?e", value.as_bytes()).expect("a hit");
        let text = String::from_utf8(hit.excerpt.clone()).expect("whole characters");
        assert_eq!(&text[hit.mark.clone()], "ne");
        assert!(text.len() <= BEFORE + BEHIND && hit.cut == (true, true));
    }

    #[test]
    fn odd_matches_end() {
        assert_eq!(hit(Mode::Regex, "x*", b"").expect("an empty one").matches, 1);
        assert_eq!(hit(Mode::Regex, "x*", b"ab").expect("empty ones").matches, 3);
        assert_eq!(hit(Mode::Regex, "$", b"ab").expect("at the end").mark, 2..2);
        assert_eq!(hit(Mode::Substring, "x", b"ab"), None);
        assert_eq!(hit(Mode::Substring, "a", &[b'a'; 5000]).expect("many").matches, COUNTED);
        // More than is shown.
        let whole = hit(Mode::Regex, "(?s).*", &[b'a'; 5000]).expect("all of it");
        assert_eq!((whole.excerpt.len(), whole.mark), (BEHIND, 0..BEHIND));
    }
}
