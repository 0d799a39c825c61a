//! YAML, read as events: nothing is built, so an alias is a name and no copy of what it stands for.

use saphyr_parser::{Event, Parser, ScanError};

use super::Fault;

/// Whether a text is a stream of YAML documents.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    read(text).map(drop).map_err(|error| {
        let marker = error.marker();
        Fault { line: marker.line(), column: marker.col() + 1, what: error.info().to_owned() }
    })
}

/// Whether its first document is a mapping or a sequence, and all of it is YAML.
pub(super) fn has_structure(text: &str) -> bool {
    read(text).is_ok_and(|structure| structure)
}

fn read(text: &str) -> Result<bool, ScanError> {
    let mut first = None;
    for event in Parser::new_from_str(text) {
        match event?.0 {
            Event::MappingStart(..) | Event::SequenceStart(..) => _ = first.get_or_insert(true),
            Event::Scalar(..) | Event::Alias(_) => _ = first.get_or_insert(false),
            _ => {}
        }
    }
    Ok(first == Some(true))
}
