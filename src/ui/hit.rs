//! A key or a piece of a value with what matches in it marked.

use std::ops::Range;

use ratatui::style::Style;
use ratatui::text::Span;

use super::text::width;
use crate::domain::escape;

/// The bytes in at most so many cells, escaped, with the marked ones in a style of their own. Where
/// there is no room for all, the middle goes, as with every key; what matches stays marked.
pub(super) fn marked<'a>(
    bytes: &[u8],
    marks: &[Range<usize>],
    cells: usize,
    style: Style,
) -> Vec<Span<'a>> {
    let glyphs = shown(bytes, marks);
    let all: usize = glyphs.iter().map(|(text, _)| width(text)).sum();
    if all <= cells {
        return spans(&glyphs, style);
    }
    if cells == 0 {
        return Vec::new();
    }
    // The end tells more, so it gets more.
    let (front, back) =
        if cells < 4 { (cells - 1, 0) } else { ((cells - 1) / 3, cells - 1 - (cells - 1) / 3) };
    let fits = |room: usize| {
        let mut used = 0;
        move |(text, _): &&(String, bool)| {
            used += width(text);
            used <= room
        }
    };
    let head = glyphs.iter().take_while(fits(front)).count();
    let tail = glyphs[head..].iter().rev().take_while(fits(back)).count();
    let mut out = spans(&glyphs[..head], style);
    let left_out = &glyphs[head..glyphs.len() - tail];
    let hides = left_out.iter().any(|(_, is)| *is);
    out.push(if hides { Span::styled("…", style) } else { Span::raw("…") });
    out.extend(spans(&glyphs[glyphs.len() - tail..], style));
    out
}

/// What is shown for the bytes, glyph by glyph, and whether it is marked.
fn shown(bytes: &[u8], marks: &[Range<usize>]) -> Vec<(String, bool)> {
    let mut at = 0;
    let glyphs = escape::glyphs(bytes).map(|glyph| {
        let here = at..at + glyph.bytes();
        at = here.end;
        let mut text = String::new();
        match glyph {
            escape::Glyph::Plain("\\") => text.push_str("\\\\"),
            glyph => escape::push_glyph(&mut text, glyph),
        }
        let is = marks.iter().any(|mark| mark.start < here.end && here.start < mark.end);
        (text, is)
    });
    glyphs.collect()
}

fn spans<'a>(glyphs: &[(String, bool)], style: Style) -> Vec<Span<'a>> {
    let mut spans: Vec<(String, bool)> = Vec::new();
    for (text, is) in glyphs {
        match spans.last_mut() {
            Some((last, was)) if was == is => last.push_str(text),
            _ => spans.push((text.clone(), *is)),
        }
    }
    let span = |(text, is)| if is { Span::styled(text, style) } else { Span::raw(text) };
    spans.into_iter().map(span).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], marks: &[(usize, usize)], cells: usize) -> String {
        let marks: Vec<_> = marks.iter().map(|(start, end)| *start..*end).collect();
        let style = Style::new().italic();
        let spans = marked(bytes, &marks, cells, style);
        let shown: String = spans
            .iter()
            .map(|span| {
                if span.style == style {
                    format!("[{}]", span.content)
                } else {
                    span.content.to_string()
                }
            })
            .collect();
        assert!(spans.iter().map(|span| width(&span.content)).sum::<usize>() <= cells);
        shown
    }

    #[test]
    fn what_matches_is_marked_wherever_it_is_cut() {
        assert_eq!(text(b"/config/name", &[(1, 4), (8, 9)], 20), "/[con]fig/[n]ame");
        assert_eq!(text(b"/config/name", &[(1, 4), (8, 9)], 9), "/[c][…]g/[n]ame");
        assert_eq!(text(b"/config/name", &[(8, 12)], 9), "/c…g/[name]");
        assert_eq!(text(b"a\xff\n\\b", &[(1, 2)], 20), "a[\\xff]\\n\\\\b");
        assert_eq!(text("日本語".as_bytes(), &[(3, 4)], 9), "日[本]語");
        assert_eq!(text("日本語日本語".as_bytes(), &[], 7), "日…本語");
        for cells in 0..12 {
            text("/α/日本/語/key".as_bytes(), &[(2, 9)], cells);
        }
    }
}
