//! A finding as rows of text: aligned where there is room, one below the other where there is not.
//!
//! ```text
//!   ok       TCP          connected to 10.0.0.1:2379 in 0.4 ms
//!   warning  version      etcd 3.4.23, a release line that ended in June 2026
//!                         → upgrade to 3.5 first, then one line at a time
//! ```

use super::{Diagnosis, Finding, Outcome};
use crate::domain::escape::{self, columns};

/// The columns of the widest mark.
const MARK: usize = 7;
/// The columns of the widest check.
const CHECK: usize = 11;
/// With fewer columns the text stands below its check.
const ROOMY: usize = 64;
/// Text is not cut into pieces smaller than this.
const LEAST: usize = 16;
/// A finding is not told in more rows than this: what a stranger wrote may be long.
const MOST: usize = 12;

/// One row, made safe and no wider than asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The mark, with the blanks before it, on the first row of a finding.
    pub mark: Option<(Outcome, String)>,
    /// The rest, with the blanks before it.
    pub text: String,
    /// Whether it says what to do.
    pub is_advice: bool,
}

/// The rows of a finding, at most `width` columns each (where that is at least some 20).
pub fn rows(finding: &Finding, width: usize) -> Vec<Row> {
    let roomy = width >= ROOMY;
    let indent = if roomy { 2 + MARK + 2 + CHECK + 2 } else { 4 };
    let room = width.saturating_sub(indent).max(LEAST);
    let mark = |mark: String| Some((finding.outcome, mark));
    let mut out = Vec::new();
    let mut found = wrap(&escape::message(&finding.found), room).into_iter();
    if roomy {
        let first = found.next().unwrap_or_default();
        let text = format!("  {:CHECK$}  {first}", finding.check);
        let mark = mark(format!("  {:MARK$}", finding.outcome.mark()));
        out.push(Row { mark, text, is_advice: false });
    } else {
        let text = format!("  {}", finding.check);
        let mark = mark(format!("  {}", finding.outcome.mark()));
        out.push(Row { mark, text, is_advice: false });
    }
    let blanks = " ".repeat(indent);
    let plain =
        |text: String| Row { mark: None, text: format!("{blanks}{text}"), is_advice: false };
    out.extend(found.map(plain));
    if !finding.advice.is_empty() {
        let advice = wrap(&escape::message(&finding.advice), room.saturating_sub(2));
        out.extend(advice.into_iter().enumerate().map(|(at, text)| {
            let arrow = if at == 0 { "→ " } else { "  " };
            Row { mark: None, text: format!("{blanks}{arrow}{text}"), is_advice: true }
        }));
    }
    if out.len() > MOST {
        out.truncate(MOST - 1);
        out.push(Row { mark: None, text: format!("{blanks}…"), is_advice: false });
    }
    out
}

/// One line of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Line {
    /// Between two sections.
    Blank,
    /// What the findings below are about, made safe.
    Title(String),
    /// Of a finding.
    Row(Row),
    /// More is to come in this section.
    Looking,
}

/// All that was found so far, in lines of at most `width` columns (but for titles).
pub fn lines(diagnosis: &Diagnosis, width: usize) -> Vec<Line> {
    let mut out = Vec::new();
    for section in &diagnosis.sections {
        if !out.is_empty() {
            out.push(Line::Blank);
        }
        out.push(Line::Title(escape::message(&section.title)));
        out.extend(section.findings.iter().flat_map(|found| rows(found, width)).map(Line::Row));
        if !section.ended {
            out.push(Line::Looking);
        }
    }
    out
}

/// Breaks a text between words, and within those that fit on no row.
fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut rows = Vec::new();
    let (mut row, mut used) = (String::new(), 0);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let wide: usize = word.chars().map(columns).sum();
        if used > 0 && used + 1 + wide <= room {
            row.push(' ');
            used += 1;
        } else if used > 0 {
            rows.push(std::mem::take(&mut row));
            used = 0;
        }
        for c in word.chars() {
            let cells = columns(c);
            if used > 0 && used + cells > room {
                rows.push(std::mem::take(&mut row));
                used = 0;
            }
            row.push(c);
            used += cells;
        }
    }
    rows.push(row);
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(finding: &Finding, width: usize) -> Vec<String> {
        let rows = rows(finding, width).into_iter();
        rows.map(|row| row.mark.map_or(String::new(), |(_, mark)| mark) + &row.text).collect()
    }

    #[test]
    fn rows_are_aligned_and_never_wider_than_asked_for() {
        let advice = "upgrade to 3.5 first, then go on one release line at a time";
        let finding = Finding::warning("version", "etcd 3.4.23 is of a dead release line", advice);
        assert_eq!(
            text(&finding, 66),
            [
                "  warning  version      etcd 3.4.23 is of a dead release line",
                "                        → upgrade to 3.5 first, then go on one",
                "                          release line at a time",
            ]
        );
        assert_eq!(
            text(&finding, 40),
            [
                "  warning  version",
                "    etcd 3.4.23 is of a dead release",
                "    line",
                "    → upgrade to 3.5 first, then go on",
                "      one release line at a time",
            ]
        );
    }

    #[test]
    fn what_strangers_wrote_is_made_safe_and_bounded() {
        let nasty = "\x1b[2J日本 ".repeat(200) + &"x".repeat(5000);
        for width in [20, 40, 63, 64, 80, 200] {
            let finding = Finding::failed("TLS", nasty.clone(), nasty.clone());
            let rows = text(&finding, width);
            assert!(rows.len() <= MOST, "{}", rows.len());
            for row in rows {
                assert!(row.chars().map(columns).sum::<usize>() <= width, "{width}: {row}");
                assert!(!row.chars().any(escape::is_unsafe), "{row:?}");
            }
        }
    }
}
