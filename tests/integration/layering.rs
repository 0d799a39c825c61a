//! The shape of the source: who may import whom, which packages each layer may know, no knots inside
//! a layer, no file over budget. ARCHITECTURE.md says why; this holds it to that.

mod graph;
mod source;
mod table;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use source::{Named, Target, Token};
use table::{LAYERS, LIBRARY, PANES, PLACES};

/// The longest a file may be.
const LINES: usize = 400;

/// A source file of the package.
struct File {
    /// From the top of the package.
    path: String,
    text: String,
    /// `["app", "edit"]` for `src/app/edit.rs`; empty for `src/lib.rs`.
    module: Vec<String>,
    tokens: Vec<Token>,
    named: Vec<Named>,
}

impl File {
    fn read(root: &Path, path: &Path) -> File {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let path = path.strip_prefix(root).expect("below the root").display().to_string();
        let inside = path.trim_start_matches("src/").trim_end_matches(".rs");
        let mut module: Vec<String> = inside.split('/').map(str::to_owned).collect();
        if matches!(module.last().map(String::as_str), Some("mod" | "lib")) {
            module.pop();
        }
        let tokens = source::tokens(&text);
        let named = source::paths(&tokens, &module, LIBRARY);
        File { path, text, module, tokens, named }
    }

    fn layer(&self) -> &str {
        self.module.first().map_or("lib", String::as_str)
    }

    fn at(&self, line: usize, what: &str) -> String {
        format!("{}:{line}: {what}", self.path)
    }
}

/// Every `.rs` file below some folders of the package.
fn files(folders: &[&str]) -> Vec<File> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let mut open: Vec<PathBuf> = folders.iter().map(|folder| root.join(folder)).collect();
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
        for path in entries.map(|entry| entry.expect("readable").path()) {
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(File::read(root, &path));
            }
        }
    }
    found.sort_by(|a, b| a.path.cmp(&b.path));
    assert!(!found.is_empty(), "no source below {folders:?}");
    found
}

fn none(violations: Vec<String>, rule: &str) {
    assert!(violations.is_empty(), "{rule}\n  {}\n", violations.join("\n  "));
}

#[test]
fn layers_import_only_what_is_listed_for_them() {
    let mut violations = Vec::new();
    let mut seen = BTreeSet::new();
    for file in files(&["src"]) {
        let layer = file.layer();
        seen.insert(layer.to_owned());
        let Some(listed) = table::layer(layer) else {
            violations.push(file.at(1, &format!("{layer} is in no row of the table of layers")));
            continue;
        };
        for Named { line, target } in &file.named {
            let Target::Inside(path) = target else { continue };
            match path.first().map(String::as_str) {
                None | Some("*") => violations.push(file.at(*line, "names the whole package")),
                Some(other) if other != layer && !listed.imports.contains(&other) => {
                    violations.push(file.at(*line, &format!("{layer} must not import {other}")));
                }
                Some(_) => {}
            }
        }
    }
    for layer in LAYERS.iter().filter(|layer| !seen.contains(layer.name)) {
        violations.push(format!("{}: the table lists it, but there is no such source", layer.name));
    }
    none(violations, "imports between layers:");
}

#[test]
fn the_table_of_layers_has_no_cycle() {
    let edges = LAYERS.iter().flat_map(|layer| {
        layer.imports.iter().map(|import| (layer.name.to_owned(), (*import).to_owned()))
    });
    assert_eq!(graph::cycle(edges), None);
}

#[test]
fn layers_know_only_the_packages_listed_for_them() {
    let packages = table::packages();
    assert!(packages.contains("tokio") && packages.contains("serde_json"), "{packages:?}");
    let mut violations = Vec::new();
    for file in files(&["src"]) {
        let Some(listed) = table::layer(file.layer()) else { continue };
        for Named { line, target } in &file.named {
            let Target::Bare(name) = target else { continue };
            if packages.contains(name) && !listed.packages.contains(&name.as_str()) {
                let said = format!("{} must not know the package {name}", file.layer());
                violations.push(file.at(*line, &said));
            }
            for (package, place) in PLACES {
                let module = file.module.join("::");
                if name == package && module.starts_with(place.0) && !module.starts_with(place.1) {
                    let said = format!("{package} belongs to {} alone", place.1);
                    violations.push(file.at(*line, &said));
                }
            }
        }
    }
    none(violations, "packages by layer:");
}

#[test]
fn the_files_of_a_layer_form_no_knot() {
    let files = files(&["src"]);
    let modules: BTreeSet<&[String]> = files.iter().map(|file| file.module.as_slice()).collect();
    let mut edges = Vec::new();
    let mut violations = Vec::new();
    for file in &files {
        for Named { line, target } in &file.named {
            let Target::Inside(path) = target else { continue };
            let lengths = (1..=path.len()).rev();
            let Some(to) =
                lengths.map(|length| &path[..length]).find(|path| modules.contains(path))
            else {
                continue;
            };
            // A folder and what lies in it know each other; that is what a mod.rs is for.
            if to.starts_with(&file.module) || file.module.starts_with(to) {
                continue;
            }
            edges.push((file.module.join("::"), to.join("::")));
            let pane = |module: &[String]| {
                let [layer, name] = module else { return None };
                PANES.contains(&name.as_str()).then(|| (layer.clone(), name.clone()))
            };
            if let (Some((from, _)), Some((layer, name))) = (pane(&file.module), pane(to))
                && from == layer
            {
                let said = format!("a pane must not import another one ({name})");
                violations.push(file.at(*line, &said));
            }
        }
    }
    assert!(!edges.is_empty());
    if let Some(knot) = graph::cycle(edges) {
        violations.push(format!("a cycle of files: {}", knot.join(" -> ")));
    }
    none(violations, "imports within layers:");
}

#[test]
fn files_have_one_purpose_and_a_size() {
    let mut violations = Vec::new();
    for file in files(&["src", "tests", "examples"]) {
        let lines = file.text.lines().count();
        if lines > LINES {
            violations.push(file.at(lines, &format!("over {LINES} lines; split it by meaning")));
        }
        if !file.text.starts_with("//! ") {
            violations.push(file.at(1, "does not begin with what it is (//!)"));
        }
        let name = file.path.rsplit('/').next().unwrap_or_default();
        if matches!(name, "utils.rs" | "util.rs" | "common.rs" | "helpers.rs" | "misc.rs") {
            violations.push(file.at(1, "a name without a meaning"));
        }
        let statics = file.tokens.iter().filter(|token| token.text == "static");
        for token in statics.filter(|_| file.path.starts_with("src/")) {
            violations.push(file.at(token.line, "a static"));
        }
    }
    none(violations, "files:");
}
