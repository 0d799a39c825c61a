//! Fuzzy matching: the letters of each word occur in order, and the closer together and the nearer to
//! the beginnings of names, the better.
//!
//! One pass forward finds where a word ends first, one backward where it begins last; all such places
//! are weighed. That is linear in the key, where the best of all ways to spread the letters is not,
//! and a million keys are weighed while somebody types.

use std::ops::Range;

/// A letter that matches.
const MATCH: i32 = 16;
/// Letters left out between two that match: the first, and each further one.
const GAP: i32 = -3;
const GAP_ON: i32 = -1;
/// A letter that begins a segment, a word, a part of a word.
const SEGMENT: i32 = 9;
const WORD: i32 = 8;
const PART: i32 = 6;
/// A letter right behind another one that matches.
const RUN: i32 = 4;
/// A word that is found in the last segment, where the name of a thing stands.
const NAME: i32 = 4;

/// The words of a query.
#[derive(Clone, Debug)]
pub(super) struct Fuzzy {
    words: Vec<Vec<Letter>>,
    fold: bool,
}

/// A character: the bytes that stand for it.
type Letter = Vec<u8>;

impl Fuzzy {
    /// Words are set apart by blanks; `fold`: a small letter stands for the large one too.
    pub(super) fn new(text: &[u8], fold: bool) -> Fuzzy {
        let words = text.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
        Fuzzy { words: words.map(letters).collect(), fold }
    }

    /// Whether there is nothing to look for.
    pub(super) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// How well a key matches; nothing when it does not.
    pub(super) fn score(&self, key: &[u8]) -> Option<i32> {
        self.words.iter().try_fold(0, |sum, word| Some(sum + self.best(word, key)?.0))
    }

    /// The bytes that match.
    pub(super) fn marks(&self, key: &[u8]) -> Vec<Range<usize>> {
        let mut bytes = vec![false; key.len()];
        for word in &self.words {
            let Some((_, window)) = self.best(word, key) else { continue };
            self.weigh(word, key, &window, |letter| bytes[letter].fill(true));
        }
        let mut marks: Vec<Range<usize>> = Vec::new();
        for (at, _) in bytes.iter().enumerate().filter(|(_, is)| **is) {
            match marks.last_mut() {
                Some(last) if last.end == at => last.end += 1,
                _ => marks.push(at..at + 1),
            }
        }
        marks
    }

    /// The best place of a word, and what it is worth.
    fn best(&self, word: &[Letter], key: &[u8]) -> Option<(i32, Range<usize>)> {
        let name = key.iter().rposition(|byte| *byte == b'/').map_or(0, |at| at + 1);
        let mut best: Option<(i32, Range<usize>)> = None;
        let mut from = 0;
        while let Some(window) = self.window(word, key, from) {
            let score = self.weigh(word, key, &window, |_| ());
            let score = if window.start >= name { score + NAME } else { score };
            from = window.start + 1;
            if best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, window));
            }
        }
        best
    }

    /// The first place at or behind `from` where the letters of a word occur, as short as it goes.
    fn window(&self, word: &[Letter], key: &[u8], from: usize) -> Option<Range<usize>> {
        let mut at = from;
        for letter in word {
            at = (at..key.len()).find(|at| self.is_at(letter, key, *at))? + letter.len();
        }
        let end = at;
        for letter in word.iter().rev() {
            at = (from..at).rev().find(|at| self.is_at(letter, key, *at))?;
        }
        Some(at..end)
    }

    fn is_at(&self, letter: &[u8], key: &[u8], at: usize) -> bool {
        match letter {
            [byte] => *byte == key[at] || self.fold && *byte == key[at].to_ascii_lowercase(),
            bytes => key[at..].starts_with(bytes),
        }
    }

    /// What a place is worth; tells the bytes of each letter.
    fn weigh(
        &self,
        word: &[Letter],
        key: &[u8],
        window: &Range<usize>,
        mut tell: impl FnMut(Range<usize>),
    ) -> i32 {
        let (mut score, mut at) = (0, window.start);
        // What the letters of the run that goes on are worth beside their match.
        let mut run = 0;
        for (number, letter) in word.iter().enumerate() {
            let begin = at;
            while at < window.end && !self.is_at(letter, key, at) {
                at += 1;
            }
            let bonus = bonus(key, at);
            if number == 0 {
                score += 2 * bonus;
                run = bonus;
            } else if at == begin {
                run = run.max(bonus).max(RUN);
                score += run;
            } else {
                score += GAP + GAP_ON * (at - begin - 1) as i32 + bonus;
                run = bonus;
            }
            score += MATCH;
            tell(at..(at + letter.len()).min(key.len()));
            at += letter.len();
        }
        score
    }
}

/// What the place of a letter is worth.
fn bonus(key: &[u8], at: usize) -> i32 {
    let Some(before) = at.checked_sub(1).map(|at| key[at]) else { return SEGMENT };
    let byte = key.get(at).copied().unwrap_or_default();
    match before {
        b'/' => SEGMENT,
        _ if !before.is_ascii_alphanumeric() && before.is_ascii() => WORD,
        _ if byte.is_ascii_uppercase() && before.is_ascii_lowercase() => PART,
        _ if byte.is_ascii_digit() && !before.is_ascii_digit() => PART,
        _ => 0,
    }
}

/// The characters of a word; a byte that is part of none stands alone.
fn letters(word: &[u8]) -> Vec<Letter> {
    let mut letters = Vec::new();
    for chunk in word.utf8_chunks() {
        letters.extend(chunk.valid().chars().map(|c| c.to_string().into_bytes()));
        letters.extend(chunk.invalid().iter().map(|byte| vec![*byte]));
    }
    letters
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked<'a>(text: &str, keys: &[&'a str]) -> Vec<&'a str> {
        let fuzzy = Fuzzy::new(text.as_bytes(), text.chars().all(|c| !c.is_uppercase()));
        let mut found: Vec<(i32, &str)> =
            keys.iter().filter_map(|key| Some((fuzzy.score(key.as_bytes())?, *key))).collect();
        found.sort_by_key(|(score, _)| -score);
        found.into_iter().map(|(_, key)| key).collect()
    }

    #[test]
    fn letters_in_order_match_and_others_do_not() {
        for (text, key, is) in [
            ("pod", "/registry/pods/web", true),
            ("rpw", "/registry/pods/web", true),
            ("wpr", "/registry/pods/web", false),
            ("pods web", "/registry/pods/web", true),
            ("web pods", "/registry/pods/web", true),
            ("web pods x", "/registry/pods/web", false),
            ("API", "/config/API", true),
            ("API", "/config/api", false),
            ("api", "/config/API", true),
            ("ü", "/grün", true),
            ("ü", "/gr\u{fc}n", true),
            ("ü", "/gr\u{fd}n", false),
            ("weband", "/web", false),
        ] {
            assert_eq!(ranked(text, &[key]).len() == 1, is, "{text} in {key}");
        }
        // No text at all.
        let fuzzy = Fuzzy::new(b"a\xff", true);
        assert!(fuzzy.score(b"xa-\xff").is_some() && fuzzy.score(b"xa-\xfe").is_none());
    }

    #[test]
    fn the_best_comes_first() {
        for (text, best, others) in [
            ("pod", "/registry/pods/x", &["/app/opened/x", "/p/o/d/x", "/registry/x-p-o-d"][..]),
            ("name", "/config/app/name", &["/name/config/app", "/n/a/m/e", "/config/unnamed"]),
            ("an", "/config/app/name", &["/config/and/more/x"]),
            ("web-1", "/pods/web-1", &["/pods/web-21", "/pods/w-e-b-1"]),
        ] {
            let keys: Vec<&str> = others.iter().copied().chain([best]).collect();
            let first = if text == "an" { others[0] } else { best };
            assert_eq!(ranked(text, &keys)[0], first, "{text}: {:?}", ranked(text, &keys));
        }
    }

    #[test]
    fn what_matches_is_marked() {
        let marks = |text: &str, key: &str| -> Vec<(usize, usize)> {
            let marks = Fuzzy::new(text.as_bytes(), true).marks(key.as_bytes());
            marks.into_iter().map(|mark| (mark.start, mark.end)).collect()
        };
        assert_eq!(marks("name", "/name/app/name"), [(10, 14)]);
        assert_eq!(marks("an nam", "/a/n/name"), [(1, 2), (3, 4), (5, 8)]);
        assert_eq!(marks("rü", "/grün"), [(2, 5)]);
        assert!(marks("zz", "/a").is_empty());
    }
}
