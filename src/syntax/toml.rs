//! TOML, read by the crate of that name. Its tables borrow from the text; keys given twice are found.

use toml::de::DeTable;

use super::Fault;

/// Whether a text is a TOML document.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    match DeTable::parse(text) {
        Ok(_) => Ok(()),
        Err(error) => match error.span() {
            Some(span) => Err(Fault::at(text, span.start, error.message().to_owned())),
            // Nested deeper than the reader goes: nobody can say that it is wrong.
            None => Ok(()),
        },
    }
}

/// Whether it is one that holds anything.
pub(super) fn has_keys(text: &str) -> bool {
    DeTable::parse(text).is_ok_and(|table| !table.get_ref().is_empty())
}
