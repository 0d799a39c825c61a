//! The table of commands: completion, help, the sentence about wrong usage and the README's table.

use std::fmt::Write as _;

/// A command's form, for completion and for the sentence when it is used wrongly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Form {
    /// The words that name it.
    pub name: &'static str,
    /// Its arguments.
    pub arguments: &'static str,
    /// What it does.
    pub help: &'static str,
    /// Whether its first argument is a key or prefix, which completes.
    pub takes_key: bool,
    /// Whether it writes: refused, and not offered, when read-only.
    pub writes: bool,
}

const fn form(
    name: &'static str,
    arguments: &'static str,
    help: &'static str,
    takes_key: bool,
    writes: bool,
) -> Form {
    Form { name, arguments, help, takes_key, writes }
}

/// Every command there is: completion, help and the README's table come from here.
#[rustfmt::skip] // one command, one line
pub const FORMS: &[Form] = &[
    form("goto", "KEY", "go to a key or prefix, opening what lies above it", true, false),
    form("find", "[TEXT]", "find keys anywhere: fuzzy, substring or regex", false, false),
    form("find-values", "PREFIX TEXT [regex]", "find keys by what their values hold; quote an expression with '", true, false),
    form("put", "KEY VALUE", "write a value, if the key is still as it was last seen", true, true),
    form("delete", "KEY", "delete a key, after asking", true, true),
    form("delete-prefix", "PREFIX", "delete all keys with a prefix, counted first", true, true),
    form("move", "FROM TO", "give a key, or all keys of a prefix (ends in /), another name", true, true),
    form("copy", "FROM TO", "write a key, or all keys of a prefix, under another name too", true, true),
    form("watch", "KEY|PREFIX [from REV]", "watch a key, or a prefix (ends in /)", true, false),
    form("unwatch", "[N]", "stop watch N, or all watches", false, false),
    form("history", "[KEY]", "every version and delete of a key since compaction", true, false),
    form("rev", "N|before|live", "tree and values as they were at a revision, read-only; before: the last write here", false, false),
    form("diff", "PREFIX REV", "keys added, changed and removed since a revision", true, false),
    form("restore", "[KEY|PREFIX] REV", "make a key or prefix, or what is marked, what it was at a revision; shown first", true, true),
    form("lease grant", "TTL [ID]", "grant a lease of TTL seconds", false, true),
    form("lease keepalive", "ID", "keep a lease alive until told otherwise (again to stop)", false, true),
    form("lease renew", "ID", "renew a lease once", false, true),
    form("lease revoke", "ID", "end a lease; its keys vanish, named first", false, true),
    form("lease attach", "KEY ID", "hang a key on a lease, if nobody changed it meanwhile", true, true),
    form("lease detach", "KEY", "take a key off its lease, so that it stays", true, true),
    form("locks", "[PREFIX]", "who holds and who waits for which lock", true, false),
    form("lock", "NAME [TTL]", "wait for a lock and hold it until unlocked", true, true),
    form("unlock", "NAME", "give up a lock held or waited for here", true, true),
    form("elections", "[PREFIX]", "who leads and who is a candidate", true, false),
    form("campaign", "NAME VALUE [TTL]", "be a candidate in an election", true, true),
    form("resign", "NAME", "give up a candidacy or leadership of this program", true, true),
    form("services", "[PREFIX]", "services, their instances and whether they live", true, false),
    form("service register", "NAME ID ENDPOINT [TTL]", "register an instance and keep it alive", false, true),
    form("service deregister", "NAME ID", "take an instance registered here out again", false, true),
    form("undo", "[N]", "take back the last write made here, or write N; shown first", false, true),
    form("cluster", "", "endpoints and members: state, leader, versions, latency, sizes", false, false),
    form("journal", "", "what was written here, with differences; takes it back", false, false),
    form("export", "FILE [PREFIX]", "write keys to a file, at one revision; without PREFIX all that are shown", false, false),
    form("import", "FILE", "write what an exported file holds; compared with the store and shown first", false, true),
    form("txn", "[FILE]", "compose a transaction, or load one", false, false),
    form("drafts", "", "offer the drafts that were kept and not saved", false, false),
    form("login", "[USER]", "log in, or become another user; asks for the password", false, false),
    form("rights", "", "what the user may read and write", false, false),
    form("doctor", "", "look at the endpoints and the cluster: what is wrong, and what to do", false, false),
    form("read-only", "on|off", "refuse everything that writes, or allow it again", false, false),
    form("help", "", "all keys and commands", false, false),
    form("quit", "", "leave; asks when a draft or a kept lease would be lost", false, false),
];

/// Every command as Markdown, for the README.
///
/// ```text
/// | command | does |
/// | --- | --- |
/// | `goto KEY` | go to a key or prefix, opening what lies above it |
/// ```
pub fn markdown_table() -> String {
    let mut out = String::from("| command | does |\n| --- | --- |\n");
    for Form { name, arguments, help, .. } in FORMS {
        let usage = format!("{name} {arguments}");
        // Even within code a bar would end the cell.
        let usage = usage.trim_end().replace('|', "\\|");
        // Writing to a String cannot fail.
        let _ = writeln!(out, "| `{usage}` | {help} |");
    }
    out
}

/// The form that a line begins with, and what follows its name.
pub fn form_of(line: &str) -> Option<(&'static Form, &str)> {
    let line = line.trim_start();
    FORMS
        .iter()
        .filter_map(|form| {
            let rest = line.strip_prefix(form.name)?;
            (rest.is_empty() || rest.starts_with(' ')).then_some((form, rest))
        })
        .max_by_key(|(form, _)| form.name.len())
}

/// The names that a half-typed line could mean, best first: those it begins, then those in which
/// its letters occur in order.
pub fn candidates(line: &str) -> Vec<&'static Form> {
    let typed = line.trim_start();
    let in_order = |name: &str| {
        let mut letters = name.chars();
        typed.chars().filter(|c| *c != ' ').all(|c| letters.any(|l| l == c))
    };
    let mut found: Vec<&Form> = FORMS.iter().filter(|form| in_order(form.name)).collect();
    found.sort_by_key(|form| !form.name.starts_with(typed));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_one_row_for_each_command() {
        let table = markdown_table();
        assert_eq!(table.lines().count(), FORMS.len() + 2);
        assert!(table.contains("| `read-only on\\|off` | refuse everything"), "{table}");
        assert!(table.contains("| `help` | all keys"), "{table}");
        for line in table.lines() {
            assert_eq!(line.replace("\\|", "").matches('|').count(), 3, "{line}");
        }
    }

    #[test]
    fn half_typed_names_find_their_commands() {
        assert_eq!(candidates("le g")[0].name, "lease grant");
        assert_eq!(candidates("dp")[0].name, "delete-prefix");
        assert_eq!(candidates("q")[0].name, "quit");
    }
}
