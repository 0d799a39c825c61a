//! Text in cells: width, cutting, padding, and how numbers, sizes and times are written.
//!
//! What comes in has been made safe already; nothing here turns bytes into text.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::escape;

/// Events a second in few digits and always the same room, so that it does not dance: `48,000/s`.
pub(super) fn rate(a_second: u64) -> String {
    let step = match a_second {
        0..100 => 1,
        100..1000 => 10,
        1000..10_000 => 100,
        _ => 1000,
    };
    format!("{:>8}", format!("{}/s", number((a_second / step * step) as i64)))
}

/// How many cells a text takes: the sum of its characters, since none that leaves `domain::escape`
/// joins another one on any terminal.
pub(super) fn width(text: &str) -> usize {
    text.chars().map(escape::columns).sum()
}

/// The beginning of a text that fits into `cells`, ending in `…` when something is missing.
pub(super) fn cut_end(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    if cells == 0 {
        return String::new();
    }
    format!("{}…", take_front(text, cells - 1))
}

/// The end of a text that fits into `cells`, beginning with `…` when something is missing.
pub(super) fn cut_start(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    if cells == 0 {
        return String::new();
    }
    format!("…{}", take_back(text, cells - 1))
}

/// The beginning and the end of a text with `…` between them: the end tells more, so it gets more.
pub(super) fn cut_middle(text: &str, cells: usize) -> String {
    if width(text) <= cells {
        return text.to_owned();
    }
    if cells < 4 {
        return cut_end(text, cells);
    }
    let front = take_front(text, (cells - 1) / 3);
    let back = take_back(text, cells - 1 - width(&front));
    format!("{front}…{back}")
}

fn take_front(text: &str, cells: usize) -> String {
    let mut used = 0;
    let fits = |c: &char| {
        used += escape::columns(*c);
        used <= cells
    };
    text.chars().take_while(fits).collect()
}

fn take_back(text: &str, cells: usize) -> String {
    let mut used = 0;
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        used += escape::columns(c);
        if used > cells {
            break;
        }
        // A mark does not go without its letter.
        if !escape::is_mark(c) {
            start = at;
        }
    }
    text[start..].to_owned()
}

/// A text in exactly `cells`, cut at the end or filled with blanks.
pub(super) fn fit(text: &str, cells: usize) -> String {
    pad(cut_end(text, cells), cells)
}

/// A key in exactly `cells`, cut in the middle or filled with blanks.
pub(super) fn fit_key(text: &str, cells: usize) -> String {
    pad(cut_middle(text, cells), cells)
}

fn pad(mut text: String, cells: usize) -> String {
    let missing = cells.saturating_sub(width(&text));
    text.extend(std::iter::repeat_n(' ', missing));
    text
}

/// A number with its thousands set apart: `1,204,551`.
pub(super) fn number(n: i64) -> String {
    let digits = n.unsigned_abs().to_string();
    let mut out = String::from(if n < 0 { "-" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A size in bytes: `58 B`, `1.2 KiB`, `1.5 MiB`.
pub(super) fn size(bytes: usize) -> String {
    crate::domain::size::size(bytes as u64)
}

/// Seconds as people read them: `58s`, `3m 20s`, `2h 5m`, `41d 3h`.
pub(super) fn seconds(seconds: i64) -> String {
    match seconds {
        s if s < 60 => format!("{s}s"),
        s if s < 3600 => format!("{}m {}s", s / 60, s % 60),
        s if s < 86_400 => format!("{}h {}m", s / 3600, s % 3600 / 60),
        s => format!("{}d {}h", s / 86_400, s % 86_400 / 3600),
    }
}

/// A granted time: as [`seconds`], without a second part that is zero.
pub(super) fn span(whole: i64) -> String {
    match whole {
        s if s >= 86_400 && s % 86_400 < 3600 => format!("{}d", s / 86_400),
        s if (3600..86_400).contains(&s) && s % 3600 < 60 => format!("{}h", s / 3600),
        s if (60..3600).contains(&s) && s % 60 == 0 => format!("{}m", s / 60),
        s => seconds(s),
    }
}

/// Lines of at most `cells`, broken at blanks; a word that is longer is broken where it must be.
pub(super) fn wrap(text: &str, cells: usize) -> Vec<String> {
    let cells = cells.max(2);
    let mut lines = vec![String::new()];
    for word in text.split(' ') {
        let mut word = word.to_owned();
        loop {
            let line = lines.last_mut().expect("never empty");
            let gap = usize::from(!line.is_empty());
            if width(line) + gap + width(&word) <= cells {
                if gap == 1 {
                    line.push(' ');
                }
                line.push_str(&word);
                break;
            }
            if line.is_empty() {
                // At least one character, however wide, or this would never end.
                let one = word.chars().next().map_or(0, char::len_utf8);
                let at = take_front(&word, cells).len().max(one);
                line.push_str(&word[..at]);
                word.drain(..at);
            }
            lines.push(String::new());
        }
    }
    lines
}

/// A styled line in rows of at most `cells`, broken behind a blank where there is one in the second
/// half of the row. Nothing is left out, blanks neither: what is shown may be somebody's value.
pub(super) fn wrap_line(line: Line<'_>, cells: usize) -> Vec<Line<'static>> {
    let cells = cells.max(2);
    let chars: Vec<(char, Style)> = line
        .spans
        .iter()
        .flat_map(|span| span.content.chars().map(|c| (c, line.style.patch(span.style))))
        .collect();
    let mut rows = Vec::new();
    let mut rest = chars.as_slice();
    loop {
        let mut used = 0;
        let fits = |(c, _): &&(char, Style)| {
            used += escape::columns(*c);
            used <= cells
        };
        let mut at = rest.iter().take_while(fits).count().max(1).min(rest.len());
        if at < rest.len()
            && let Some(blank) = rest[..at].iter().rposition(|(c, _)| *c == ' ')
            && blank >= at / 2
        {
            at = blank + 1;
        }
        let mut spans: Vec<Span> = Vec::new();
        for (c, style) in &rest[..at] {
            match spans.last_mut() {
                Some(last) if last.style == *style => last.content.to_mut().push(*c),
                _ => spans.push(Span::styled(c.to_string(), *style)),
            }
        }
        rows.push(Line::from(spans));
        rest = &rest[at..];
        if rest.is_empty() {
            return rows;
        }
    }
}

/// The time of day with milliseconds, in the zone that is `offset` seconds east of Greenwich.
pub(super) fn time_of_day(time: SystemTime, offset: i32) -> String {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    let of_day = (since.as_secs() as i64 + i64::from(offset)).rem_euclid(86_400);
    let millis = since.subsec_millis();
    format!("{:02}:{:02}:{:02}.{millis:03}", of_day / 3600, of_day % 3600 / 60, of_day % 60)
}

/// The short form of a lease ID: `694d…4a1f`.
pub(super) fn short_lease(id: &str) -> String {
    if id.len() <= 9 { id.to_owned() } else { format!("{}…{}", &id[..4], &id[id.len() - 4..]) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_to_cells() {
        assert_eq!(cut_middle("/config/app/name", 10), "/co…p/name");
        assert_eq!(cut_middle("short", 10), "short");
        assert_eq!(cut_start("/config/app/name", 10), "…/app/name");
        assert_eq!(cut_end("日本語", 5), "日本…");
        assert_eq!(cut_end("日本語", 4), "日…");
        assert_eq!(cut_middle("日本語日本語", 9), "日…日本語");
        assert_eq!(cut_start("ทที่นี่", 2), "…นี่");
        for cells in 0..20 {
            assert!(width(&cut_middle("/α/日本/語/key", cells)) <= cells);
            assert_eq!(width(&fit_key("/α/日本/語/key", cells)), cells);
        }
    }

    #[test]
    fn texts_are_wrapped_at_blanks() {
        assert_eq!(wrap("one two three", 7), ["one two", "three"]);
        assert_eq!(wrap("abcdefgh ij", 5), ["abcde", "fgh", "ij"]);
        assert_eq!(wrap("日本語", 3), ["日", "本", "語"]);
        assert_eq!(wrap("", 9), [""]);
    }

    #[test]
    fn a_wrapped_line_keeps_every_character() {
        let rows = |text: &'static str, cells| -> Vec<String> {
            wrap_line(Line::from(text), cells).iter().map(ToString::to_string).collect()
        };
        assert_eq!(rows("one two three", 8), ["one two ", "three"]);
        assert_eq!(rows("a bcdefghij", 6), ["a bcde", "fghij"]);
        assert_eq!(rows("", 6), [""]);
        assert_eq!(rows("日本語", 3), ["日", "本", "語"]);
    }

    #[test]
    fn numbers_sizes_and_times() {
        assert_eq!(number(1_204_551), "1,204,551");
        assert_eq!(number(-999), "-999");
        assert_eq!(number(100), "100");
        assert_eq!(size(58), "58 B");
        assert_eq!(size(1_572_864), "1.5 MiB");
        assert_eq!(seconds(200), "3m 20s");
        assert_eq!(seconds(3_553_200), "41d 3h");
        let spans = [30, 60, 90, 3600, 3660, 86_400, 90_000].map(span);
        assert_eq!(spans, ["30s", "1m", "1m 30s", "1h", "1h 1m", "1d", "1d 1h"]);
        let time = UNIX_EPOCH + Duration::from_millis(3_723_045);
        assert_eq!(time_of_day(time, 0), "01:02:03.045");
        assert_eq!(time_of_day(time, -7200), "23:02:03.045");
        assert_eq!(short_lease("694d81417acd4a1f"), "694d…4a1f");
    }
}
