//! The layers, as ARCHITECTURE.md lists them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// The name under which the program sees the library.
pub(super) const LIBRARY: &str = "etcdeck";

/// A module right under `src`.
pub(super) struct Layer {
    /// Its name; `lib` and `main` are the two roots.
    pub(super) name: &'static str,
    /// The layers it may import.
    pub(super) imports: &'static [&'static str],
    /// The packages it may know, beside std.
    pub(super) packages: &'static [&'static str],
}

/// Lowest first.
pub(super) const LAYERS: &[Layer] = &[
    Layer { name: "lib", imports: &[], packages: &[] },
    // For tests only, also those beside the private readers of three layers.
    Layer { name: "fuzz", imports: &[], packages: &[] },
    Layer { name: "domain", imports: &[], packages: &[] },
    Layer { name: "keymap", imports: &[], packages: &[] },
    Layer { name: "store", imports: &["domain"], packages: &["futures_core", "thiserror"] },
    Layer {
        name: "draft",
        imports: &["domain", "fuzz"],
        packages: &["base64", "rustix", "serde", "serde_json"],
    },
    // The readers of YAML and TOML, which `domain` may not know.
    Layer { name: "syntax", imports: &["domain"], packages: &["saphyr_parser", "toml"] },
    Layer {
        name: "archive",
        imports: &["domain"],
        packages: &["base64", "serde", "serde_json", "tempfile"],
    },
    // Keys, and nothing else: what reads them stands above.
    Layer {
        name: "find",
        imports: &["domain"],
        packages: &["memchr", "regex_automata", "regex_syntax"],
    },
    Layer { name: "log", imports: &["domain"], packages: &["jiff", "tempfile"] },
    Layer { name: "painter", imports: &[], packages: &["ratatui"] },
    Layer { name: "config", imports: &["domain"], packages: &["toml"] },
    Layer {
        name: "terminal",
        imports: &["fuzz", "keymap"],
        packages: &[
            "base64", // OSC 52
            "futures_core",
            "futures_util",
            "rustix",
            "tempfile",
            "thiserror",
            "tokio",
        ],
    },
    Layer {
        name: "gateway",
        imports: &["domain", "fuzz", "log", "store"],
        packages: &[
            "base64",
            "bytes",
            "futures_core",
            "futures_util",
            "memchr",
            "reqwest",
            "rustls",
            "rustls_platform_verifier",
            "serde",
            "serde_json",
            "tokio",
            "tokio_rustls",
            "x509_parser",
        ],
    },
    Layer {
        name: "sandbox",
        imports: &["domain", "store"],
        packages: &["base64", "futures_core", "futures_util", "serde", "serde_json", "tokio"],
    },
    Layer { name: "journal", imports: &["archive", "domain", "store"], packages: &["tempfile"] },
    Layer {
        name: "recipe",
        imports: &["domain", "store"],
        packages: &["futures_util", "thiserror", "tokio"],
    },
    Layer {
        name: "bulk",
        imports: &["archive", "domain", "journal", "recipe", "store"],
        packages: &["futures_util", "thiserror", "tokio"],
    },
    Layer {
        name: "doctor",
        imports: &["domain", "gateway", "store"],
        packages: &["futures_util", "jiff", "tokio"],
    },
    Layer { name: "app", imports: &["domain", "keymap", "store", "syntax"], packages: &[] },
    Layer {
        name: "ui",
        imports: &["app", "domain", "keymap"],
        packages: &["jiff", "ratatui", "tui_tree_widget"],
    },
    Layer {
        name: "runtime",
        imports: &["app", "bulk", "domain", "draft", "find", "journal", "recipe", "store"],
        packages: &["futures_util", "tokio"],
    },
    Layer {
        name: "event_loop",
        imports: &["app", "keymap", "painter", "runtime", "terminal", "ui"],
        packages: &["futures_util", "ratatui", "tokio"],
    },
    Layer { name: "cli", imports: &["config", "domain"], packages: &["clap"] },
    Layer {
        name: "launch",
        imports: &[
            "app",
            "bulk",
            "config",
            "doctor",
            "domain",
            "event_loop",
            "gateway",
            "journal",
            "keymap",
            "log",
            "runtime",
            "sandbox",
            "store",
            "terminal",
            "ui",
        ],
        packages: &["anyhow", "futures_util", "hickory_resolver", "jiff", "rustix", "tokio"],
    },
    Layer { name: "main", imports: &["cli", "domain", "launch"], packages: &["anyhow"] },
];

/// The row of a layer.
pub(super) fn layer(name: &str) -> Option<&'static Layer> {
    LAYERS.iter().find(|layer| layer.name == name)
}

/// A package that within a module belongs to one part of it: `(package, (module, part))`.
pub(super) const PLACES: &[(&str, (&str, &str))] =
    &[("base64", ("gateway", "gateway::wire")), ("base64", ("terminal", "terminal::clipboard"))];

/// The nouns with a pane of their own. What two of them share lies in the module above or in `domain`.
pub(super) const PANES: &[&str] = &["tree", "value", "lease", "watch"];

/// The packages that the library and the program are built with, as they are written in Rust.
pub(super) fn packages() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let manifest = fs::read_to_string(path).expect("Cargo.toml");
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines() {
        if let Some(section) = line.strip_prefix('[') {
            inside = section.trim_end_matches(']') == "dependencies";
        } else if let Some((name, _)) = line.split_once('=').filter(|_| inside) {
            names.insert(name.trim().replace('-', "_"));
        }
    }
    names
}
