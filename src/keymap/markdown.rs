//! The key table as Markdown, for the README.

use std::fmt::Write as _;

use super::{Context, Keymap};

/// The whole table in Markdown: one row per binding, the context named once.
///
/// ```text
/// | where | keys | does |
/// | --- | --- | --- |
/// | everywhere | `Tab` | Focus the next pane. |
/// ```
pub fn markdown_table() -> String {
    let keymap = Keymap::default();
    let mut out = String::from("| where | keys | does |\n| --- | --- | --- |\n");
    for context in Context::ALL {
        let mut place = context.title();
        for row in keymap.bindings(*context) {
            let shown = keymap.chords_for(row.action, *context);
            let keys: Vec<String> = shown.split(' ').map(|chord| format!("`{chord}`")).collect();
            // Writing to a String cannot fail.
            let _ = writeln!(out, "| {place} | {} | {} |", keys.join(" "), row.help);
            place = "";
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keymap::BINDINGS;

    #[test]
    fn there_is_one_line_per_binding() {
        let table = markdown_table();
        assert_eq!(table.lines().count(), BINDINGS.len() + 2);
        assert!(table.contains("| lists | `j` `↓` | Move down. |\n|  | `k` `↑` | Move up. |"));
        for line in table.lines() {
            assert_eq!(line.matches('|').count(), 4, "{line}");
        }
    }
}
