//! What the README repeats is what the program says, and what it points at is there.
//!
//! With `ETCDECK_WRITE_README=1` in the environment the repeated parts are written anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use etcdeck::{app, keymap};

/// Set, the README is written instead of judged.
const WRITE: &str = "ETCDECK_WRITE_README";

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The output of `etcdeck --help`, as it is without a terminal.
fn help() -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_etcdeck"));
    let output = command.env_clear().arg("--help").output().expect("the program starts");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    format!("```text\n$ etcdeck --help\n{}\n```\n", text.trim_end())
}

/// What `cargo bench` found when it was last run as a whole.
fn benchmark() -> String {
    let text = fs::read_to_string(root().join("assets/benchmark.md"));
    format!("\n{}\n\n", text.expect("cargo bench has been run").trim())
}

/// The parts that are repeated: between which markers, and what.
fn parts() -> [(&'static str, String); 4] {
    [
        ("keys", keymap::markdown_table()),
        ("commands", app::command::markdown_table()),
        ("help", help()),
        ("benchmark", benchmark()),
    ]
}

#[test]
fn the_benchmark_says_when_and_on_what_it_was_measured() {
    let text = benchmark();
    for said in ["Measured on 20", " cores of ", "Linux ", "with its etcdctl", "budgets were met"] {
        assert!(text.contains(said), "assets/benchmark.md does not say {said:?}");
    }
    let rows = text.lines().filter(|line| line.starts_with("| 3."));
    assert!(rows.count() > 20, "assets/benchmark.md holds no tables:\n{text}");
}

/// A text with another part between its markers, which stand on lines of their own.
///
/// # Errors
/// Says which marker is missing.
fn replaced(text: &str, name: &str, part: &str) -> Result<String, String> {
    let (open, close) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let (before, rest) = text.split_once(&open).ok_or_else(|| format!("no {open:?}"))?;
    let (_, after) = rest.split_once(&close).ok_or_else(|| format!("no {close:?} behind it"))?;
    Ok(format!("{before}{open}{part}{close}{after}"))
}

/// What the links and pictures of a Markdown text point at, code left out.
fn links(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            continue;
        }
        if fenced {
            continue;
        }
        // Every other piece between backquotes is code.
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("");
        for (open, close) in [("](", ')'), ("src=\"", '"'), ("href=\"", '"')] {
            let pieces = prose.split(open).skip(1);
            found.extend(pieces.filter_map(|piece| Some(piece.split_once(close)?.0.to_owned())));
        }
    }
    found
}

/// The anchors that a site makes of the headings of a text.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let words = heading.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    headings.map(anchor).collect()
}

#[test]
fn the_readme_repeats_what_the_program_says() {
    let path = root().join("README.md");
    let found = fs::read_to_string(&path).expect("README.md");
    let mut expected = found.clone();
    for (name, part) in parts() {
        expected = replaced(&expected, name, &part).unwrap_or_else(|e| panic!("README.md: {e}"));
    }
    if std::env::var_os(WRITE).is_some() {
        fs::write(&path, expected).expect("README.md can be written");
        return;
    }
    let differ = found.lines().zip(expected.lines()).position(|(a, b)| a != b);
    let line = differ.unwrap_or_else(|| found.lines().count().min(expected.lines().count()));
    assert!(
        found == expected,
        "README.md:{}: not what the program says:\n  {}\n  {}\n{WRITE}=1 cargo test readme writes it",
        line + 1,
        found.lines().nth(line).unwrap_or_default(),
        expected.lines().nth(line).unwrap_or_default(),
    );
}

#[test]
fn what_the_documents_point_at_is_there() {
    let documents: Vec<PathBuf> = fs::read_dir(root())
        .expect("the package")
        .map(|entry| entry.expect("readable").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    assert!(documents.len() > 1, "{documents:?}");
    let mut missing = Vec::new();
    for document in documents {
        let text = fs::read_to_string(&document).expect("UTF-8");
        for link in links(&text).into_iter().filter(|link| !link.contains("://")) {
            let (path, anchor) = link.split_once('#').unwrap_or((&link, ""));
            let target = if path.is_empty() { document.clone() } else { root().join(path) };
            let there = target.exists()
                && (anchor.is_empty()
                    || fs::read_to_string(&target)
                        .is_ok_and(|text| anchors(&text).iter().any(|known| known == anchor)));
            if !there {
                missing.push(format!("{}: {link}", document.display()));
            }
        }
    }
    assert!(missing.is_empty(), "these links lead nowhere:\n  {}", missing.join("\n  "));
}

#[test]
fn parts_are_replaced_between_their_markers() {
    let text = "a\n<!-- keys -->\nold\n<!-- /keys -->\nb\n";
    let new = replaced(text, "keys", "new\n").expect("the markers are there");
    assert_eq!(new, "a\n<!-- keys -->\nnew\n<!-- /keys -->\nb\n");
    assert_eq!(replaced(&new, "keys", "new\n").as_ref(), Ok(&new));
    assert!(replaced(text, "help", "x").is_err_and(|error| error.contains("<!-- help -->")));
    assert!(replaced("<!-- keys -->\n", "keys", "x").is_err_and(|error| error.contains("/keys")));
}

#[test]
fn links_are_found() {
    let text = "![x](a.svg) [y](B.md#c-d) `[z](code)`\n```\n[q](fenced)\n```\n<img src=\"i.png\">";
    assert_eq!(links(text), ["a.svg", "B.md#c-d", "i.png"]);
    assert_eq!(anchors("# Try it\ntext\n## What, when?"), ["try-it", "what-when"]);
}
