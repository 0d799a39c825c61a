//! Editing and showing values: the text buffer, renderings, the edit session, diffs, the watch log.

mod diff;
mod edit;
mod hex;
mod json;
mod merge;
mod search;
mod syntax;
mod text;
mod value;
mod watch;
