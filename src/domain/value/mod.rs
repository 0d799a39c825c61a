//! A value made visible: what it is, and its rows as text, formatted JSON or hexadecimal.
//!
//! A [`View`] finds out once where its rows begin; a row is put together when it is asked for, at
//! the cost of that row. Whatever a stranger wrote comes out printable.

mod dump;
mod pretty;
mod search;
mod wrap;

use super::json;
use pretty::Pretty;
use search::{Marks, Shown};
use wrap::Segment;

pub use search::{Found, Match, Place};

/// How a value is to be shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Rendering {
    /// As what it is found to be.
    #[default]
    Auto,
    /// As text, bytes that are none as escapes.
    Text,
    /// As formatted JSON; as text when it is not JSON, see [`View::json_error`].
    Json,
    /// As hexadecimal with offsets and characters.
    Hex,
}

impl Rendering {
    /// The one after this, round and round.
    pub fn next(self) -> Rendering {
        match self {
            Rendering::Auto => Rendering::Text,
            Rendering::Text => Rendering::Json,
            Rendering::Json => Rendering::Hex,
            Rendering::Hex => Rendering::Auto,
        }
    }

    /// Its name: `auto`, `text`, `json`, `hex`.
    pub fn name(self) -> &'static str {
        match self {
            Rendering::Auto => "auto",
            Rendering::Text => "text",
            Rendering::Json => "json",
            Rendering::Hex => "hex",
        }
    }
}

/// What a value is found to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueKind {
    /// No bytes.
    Empty,
    /// A JSON object or array. Other JSON values are taken for text, as every number is one.
    Json,
    /// Valid UTF-8.
    Text,
    /// Anything else.
    Binary,
}

impl ValueKind {
    /// Finds out; reads everything once.
    pub fn of(bytes: &[u8]) -> ValueKind {
        match std::str::from_utf8(bytes) {
            Ok("") => ValueKind::Empty,
            Ok(text) if json::looks_like(text) && json::check(text).is_ok() => ValueKind::Json,
            Ok(_) => ValueKind::Text,
            Err(_) => ValueKind::Binary,
        }
    }

    /// Its name: `empty`, `json`, `text`, `binary`.
    pub fn name(self) -> &'static str {
        match self {
            ValueKind::Empty => "empty",
            ValueKind::Json => "json",
            ValueKind::Text => "text",
            ValueKind::Binary => "binary",
        }
    }
}

/// What a piece of a row is, for its color.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Text, hexadecimal pairs, white space.
    Plain,
    /// The name of a JSON member.
    Key,
    /// A JSON string.
    String,
    /// A JSON number.
    Number,
    /// `true`, `false`, `null`.
    Literal,
    /// The punctuation of JSON.
    Punct,
    /// The visible mark of a character or byte that cannot be shown.
    Escape,
    /// What is not of the value: offsets, dots in place of bytes.
    Dim,
}

/// A piece of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What it is.
    pub class: Class,
    /// Whether it was looked for.
    pub found: Match,
    /// Printable text.
    pub text: String,
}

/// Appends to the last span where that is of the same kind.
fn push(spans: &mut Vec<Span>, class: Class, found: Match, text: &str) {
    match spans.last_mut() {
        Some(last) if last.class == class && last.found == found => last.text.push_str(text),
        _ => spans.push(Span { class, found, text: text.to_owned() }),
    }
}

/// A value laid out for a width.
#[derive(Clone, Debug)]
pub struct View {
    kind: ValueKind,
    json_error: Option<json::JsonError>,
    layout: Layout,
}

#[derive(Clone, Debug)]
enum Layout {
    Text { bytes: Vec<u8>, rows: Vec<Segment> },
    Json(Pretty),
    Hex { bytes: Vec<u8>, a_row: usize },
}

impl View {
    /// Lays a value out in rows of `width` columns. An empty value has no rows. A mark that is wider
    /// than the whole row stands alone on it and sticks out.
    pub fn new(bytes: &[u8], rendering: Rendering, width: usize) -> View {
        let width = width.clamp(1, usize::from(u16::MAX));
        let text = std::str::from_utf8(bytes).ok();
        let mut json_error = None;
        match rendering {
            Rendering::Auto | Rendering::Json => {
                let wanted = text
                    .filter(|text| rendering == Rendering::Json || json::looks_like(text))
                    .filter(|text| !text.is_empty());
                match wanted.map(|text| (text, Pretty::new(text, width))) {
                    Some((text, Ok(pretty))) => {
                        let is_json = json::looks_like(text);
                        let kind = if is_json { ValueKind::Json } else { ValueKind::Text };
                        return View { kind, json_error: None, layout: Layout::Json(pretty) };
                    }
                    Some((_, Err(error))) if rendering == Rendering::Json => {
                        json_error = Some(error);
                    }
                    Some((_, Err(_))) | None => {}
                }
            }
            Rendering::Text | Rendering::Hex => {}
        }
        let kind = match (rendering, text) {
            (Rendering::Text | Rendering::Hex, Some(_)) => ValueKind::of(bytes),
            (_, Some("")) => ValueKind::Empty,
            (_, Some(_)) => ValueKind::Text,
            (_, None) => ValueKind::Binary,
        };
        let as_hex = match rendering {
            Rendering::Hex => true,
            Rendering::Auto => kind == ValueKind::Binary,
            Rendering::Text | Rendering::Json => false,
        };
        let bytes = bytes.to_vec();
        let layout = if as_hex {
            Layout::Hex { bytes, a_row: dump::bytes_a_row(width) }
        } else {
            let rows = wrap::text(&bytes, width);
            Layout::Text { bytes, rows }
        };
        View { kind, json_error, layout }
    }

    /// What the value was found to be.
    pub fn kind(&self) -> ValueKind {
        self.kind
    }

    /// How it is shown in the end; never [`Rendering::Auto`].
    pub fn rendering(&self) -> Rendering {
        match self.layout {
            Layout::Text { .. } => Rendering::Text,
            Layout::Json(_) => Rendering::Json,
            Layout::Hex { .. } => Rendering::Hex,
        }
    }

    /// Why it is not shown as JSON though that was asked for; `None` for bytes that are no UTF-8.
    pub fn json_error(&self) -> Option<&json::JsonError> {
        self.json_error.as_ref()
    }

    /// How many rows there are.
    pub fn len(&self) -> usize {
        match &self.layout {
            Layout::Text { rows, .. } => rows.len(),
            Layout::Json(pretty) => pretty.rows().len(),
            Layout::Hex { bytes, a_row } => bytes.len().div_ceil(*a_row),
        }
    }

    /// Whether there are no rows: the value is empty.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// A row, from 0, without a line end; nothing beyond the last.
    pub fn row(&self, index: usize) -> Vec<Span> {
        self.marked_row(index, None)
    }

    /// The same, with what was found in it told apart.
    pub fn marked_row(&self, index: usize, found: Option<&Found>) -> Vec<Span> {
        let marks = found.map_or(Marks::NONE, |found| found.marks(self.offset(index)));
        match &self.layout {
            Layout::Text { bytes, rows } => {
                rows.get(index).map_or_else(Vec::new, |row| wrap::spans(bytes, row, marks))
            }
            Layout::Json(pretty) => pretty.row(index, marks),
            Layout::Hex { bytes, a_row } => {
                let start = index.saturating_mul(*a_row);
                let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) else {
                    return Vec::new();
                };
                dump::row(start, &rest[..rest.len().min(*a_row)], *a_row, marks)
            }
        }
    }

    /// Every place where a text stands: in any case, over the ends of rows, and as the bytes that its
    /// escapes stand for. An empty text stands nowhere.
    pub fn find(&self, text: &str) -> Found {
        let places = match &self.layout {
            Layout::Text { bytes, .. } => search::find(bytes, text, Shown::Text),
            Layout::Json(pretty) => search::find(pretty.text().as_bytes(), text, Shown::Json),
            Layout::Hex { bytes, .. } => search::find(bytes, text, Shown::Bytes),
        };
        Found::new(places)
    }

    /// Where a row begins in the text that is shown: the bytes of the value, or of the JSON without its
    /// white space. Beyond the last row it is the end.
    pub fn offset(&self, index: usize) -> usize {
        let (rows, end) = match &self.layout {
            Layout::Text { bytes, rows } => (rows.as_slice(), bytes.len()),
            Layout::Json(pretty) => (pretty.rows(), pretty.text().len()),
            Layout::Hex { bytes, a_row } => return index.saturating_mul(*a_row).min(bytes.len()),
        };
        rows.get(index).map_or(end, |row| row.start as usize)
    }

    /// The row in which an offset lies; the last one beyond the end.
    pub fn row_at(&self, offset: usize) -> usize {
        let rows = match &self.layout {
            Layout::Text { rows, .. } => rows.as_slice(),
            Layout::Json(pretty) => pretty.rows(),
            Layout::Hex { a_row, .. } => {
                return (offset / a_row).min(self.len().saturating_sub(1));
            }
        };
        rows.partition_point(|row| row.start as usize <= offset).saturating_sub(1)
    }

    /// Whether the offsets of both views count the same bytes, given that they show the same value.
    pub fn counts_as(&self, other: &View) -> bool {
        let formatted = |view: &View| matches!(view.layout, Layout::Json(_));
        formatted(self) == formatted(other)
    }

    /// The number of the line a row begins, from 1; `None` for a row that goes on with the line
    /// above, for hexadecimal, and beyond the last row.
    pub fn line_number(&self, index: usize) -> Option<usize> {
        let rows = match &self.layout {
            Layout::Text { rows, .. } => rows,
            Layout::Json(pretty) => pretty.rows(),
            Layout::Hex { .. } => return None,
        };
        rows.get(index).and_then(Segment::begins_line)
    }
}
