//! The settings in force and where each came from: what `etcdeck config` prints.

use std::fmt;
use std::path::Path;

use super::given::Given;
use crate::domain::escape;

/// What stands for a secret.
pub(super) const MASKED: &str = "***";

/// The rows, in the order in which they are printed. Secrets never come in here.
#[derive(Debug, Default)]
pub(super) struct Effective {
    file: String,
    rows: Vec<Row>,
}

#[derive(Debug)]
struct Row {
    name: &'static str,
    value: String,
    origin: String,
}

impl Effective {
    /// Says which file was read.
    pub(super) fn read_from(&mut self, path: Option<&Path>, found: bool) {
        self.file = match (path, found) {
            (Some(path), true) => format!("{}", path.display()),
            (Some(path), false) => format!("none, {} is not there", path.display()),
            (None, _) => "none, HOME and XDG_CONFIG_HOME are not set".to_owned(),
        };
    }

    /// A setting: its name in the file, its value, and where that came from.
    pub(super) fn add(
        &mut self,
        name: &'static str,
        value: impl Into<String>,
        origin: impl Into<String>,
    ) {
        let row = Row { name, value: value.into(), origin: origin.into() };
        self.rows.push(row);
    }

    /// A setting out of what was given for it.
    pub(super) fn given(&mut self, name: &'static str, value: impl Into<String>, given: &Given) {
        self.add(name, value, given.origin.clone());
    }
}

impl fmt::Display for Effective {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "configuration file: {}", escape::message(&self.file))?;
        writeln!(f)?;
        let value = |row: &Row| match row.value.as_str() {
            "" => "-".to_owned(),
            text => escape::message(text),
        };
        let widest = |widths: &mut dyn Iterator<Item = usize>| widths.max().unwrap_or(0);
        let names = widest(&mut self.rows.iter().map(|row| row.name.len()));
        // One long value must not push the origins of all others off the screen.
        let values = widest(
            &mut self.rows.iter().map(|row| value(row).chars().count()).filter(|n| *n <= 40),
        );
        for row in &self.rows {
            let (name, value, origin) = (row.name, value(row), escape::message(&row.origin));
            writeln!(f, "{name:names$}  {value:values$}  {origin}")?;
        }
        Ok(())
    }
}
