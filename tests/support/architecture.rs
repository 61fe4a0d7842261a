//! The rules that the repository's shape keeps: who may depend on whom, and which file may name what.
//!
//! Each rule is a function of text that returns what breaks it, so that it can be shown to fail.

use std::fs;
use std::path::Path;

use toml::Table;

use crate::requirements::repository;

/// Which crates of ours each crate may name. Every other edge is forbidden.
const EDGES: [(&str, &[&str]); 6] = [
    ("doorward-core", &[]),
    ("doorward-sessions", &["doorward-core"]),
    ("doorward-directory", &["doorward-core"]),
    ("doorward-verify", &["doorward-core"]),
    (
        "doorward-web",
        &["doorward-core", "doorward-sessions", "doorward-directory"],
    ),
    (
        "doorward",
        &[
            "doorward-core",
            "doorward-sessions",
            "doorward-directory",
            "doorward-web",
        ],
    ),
];

/// What the core must be free of: runtimes, servers, databases.
const NOT_IN_CORE: [&str; 7] = [
    "axum", "hyper", "redis", "reqwest", "rusqlite", "tokio", "tower",
];

/// A word that only some places may say, each the beginning of a path under `crates/`.
struct Fence {
    word: &'static str,
    places: &'static [&'static str],
}

/// What reads the clock or makes randomness: the binary's wiring alone, which passes both in. What APIs put in front of their routes
/// runs without it, and reads the clock in one place of its own.
const WIRING: &[&str] = &["doorward/src/ambient", "doorward-verify/src/ambient"];

/// Libraries behind one door, and the ambient world outside the rules.
const FENCES: [Fence; 14] = [
    Fence {
        word: "josekit",
        places: &["doorward-core/src/jose"],
    },
    Fence {
        word: "cryptoki",
        places: &["doorward/src/pkcs11"],
    },
    Fence {
        word: "redis::",
        // The library's root hands on our own module of that name.
        places: &[
            "doorward-sessions/src/redis",
            "doorward-sessions/src/lib.rs",
        ],
    },
    Fence {
        word: "tower_sessions",
        places: &["doorward-web/src/browser"],
    },
    Fence {
        word: "utoipa",
        places: &["doorward-web/src/api_tokens/api"],
    },
    Fence {
        word: "argon2",
        places: &["doorward-core/src/password"],
    },
    Fence {
        word: "rusqlite",
        places: &[
            "doorward-directory/src/sqlite",
            "doorward-sessions/src/embedded",
        ],
    },
    Fence {
        word: "tokio_postgres",
        places: &["doorward-directory/src/postgres"],
    },
    Fence {
        word: "prometheus_client",
        places: &["doorward-web/src/metrics", "doorward/src/metrics"],
    },
    Fence {
        word: "SystemTime::now",
        places: WIRING,
    },
    Fence {
        word: "Instant::now",
        places: WIRING,
    },
    Fence {
        word: "now_utc",
        places: WIRING,
    },
    Fence {
        word: "rand::",
        // Signing with an elliptic curve has to name a source, and draws its nonce from the library's own.
        places: &["doorward/src/ambient", "doorward-core/src/jose/signature"],
    },
    Fence {
        word: "unsafe",
        places: &[],
    },
];

/// What stands at the top of the repository, besides dotfiles and what is built.
const TOP: [&str; 15] = [
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "README.md",
    "SECURITY.md",
    "clippy.toml",
    "crates",
    "deny.toml",
    "deploy",
    "docs",
    "justfile",
    "tests",
];

/// A file of ours and its path under `crates/`.
#[derive(Debug)]
pub struct Source {
    /// The path, such as `doorward-core/src/lib.rs`.
    pub path: String,
    /// Its text.
    pub text: String,
}

/// Every Rust file and manifest under `crates/`.
pub fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    collect(&repository().join("crates"), "", &mut found);
    found
}

fn collect(folder: &Path, path: &str, found: &mut Vec<Source>) {
    for name in names(folder) {
        let (file, path) = (folder.join(&name), format!("{path}{name}"));
        if file.is_dir() {
            collect(&file, &format!("{path}/"), found);
        } else if is_ours(&file) {
            let text = fs::read_to_string(&file).expect("sources are text");
            found.push(Source { path, text });
        }
    }
}

fn is_ours(file: &Path) -> bool {
    file.ends_with("Cargo.toml") || file.extension().is_some_and(|kind| kind == "rs")
}

/// What a folder holds, in order.
pub fn names(folder: &Path) -> Vec<String> {
    let entries =
        fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a folder can be listed").file_name())
        .map(|name| name.to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// The dependencies that a manifest may not have, as sentences.
pub fn forbidden_edges(manifest: &str) -> Vec<String> {
    let manifest: Table = manifest.parse().expect("a manifest is TOML");
    let name = manifest["package"]["name"].as_str().unwrap_or_default();
    let Some((_, allowed)) = EDGES.iter().find(|(of, _)| *of == name) else {
        return vec![format!("{name} has no place in the design")];
    };
    dependencies(&manifest)
        .filter(|other| {
            let ours = other.starts_with("doorward") && !allowed.contains(other);
            ours || (name == "doorward-core" && NOT_IN_CORE.contains(other))
        })
        .map(|other| format!("{name} may not depend on {other}"))
        .collect()
}

fn dependencies(manifest: &Table) -> impl Iterator<Item = &str> {
    ["dependencies", "dev-dependencies", "build-dependencies"]
        .into_iter()
        .filter_map(|kind| manifest.get(kind)?.as_table())
        .flat_map(Table::keys)
        .map(String::as_str)
}

/// The lines of a source that say a word behind whose fence they are not, as `path:line: word`.
pub fn trespasses(source: &Source) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in (1..).zip(source.text.lines()) {
        let code = without_comment(line);
        for fence in &FENCES {
            let inside = fence
                .places
                .iter()
                .any(|place| source.path.starts_with(place));
            if !inside && says(code, fence.word) {
                found.push(format!("{}:{number}: {}", source.path, fence.word));
            }
        }
    }
    found
}

/// The part of a line before its comment; the slashes of an address begin none.
fn without_comment(line: &str) -> &str {
    let comment = line
        .match_indices("//")
        .find(|(at, _)| !line[..*at].ends_with(':'));
    comment.map_or(line, |(at, _)| &line[..at])
}

/// Whether the code has the word by itself, not as the end or the beginning of a longer one.
fn says(code: &str, word: &str) -> bool {
    let part_of_a_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word).any(|(at, _)| {
        let before = code[..at].ends_with(part_of_a_word);
        let after = code[at + word.len()..].starts_with(part_of_a_word);
        !before && (!after || word.ends_with(':'))
    })
}

/// What stands at the top and should not, and what should and does not.
pub fn misplaced(top: &[String]) -> Vec<String> {
    let ours = |name: &&String| !name.starts_with('.') && *name != "target";
    let strangers = top
        .iter()
        .filter(ours)
        .filter(|name| !TOP.contains(&name.as_str()))
        .map(|name| format!("{name} is not expected at the top"));
    let missing = TOP
        .iter()
        .filter(|name| !top.iter().any(|there| there == *name))
        .map(|name| format!("{name} is missing at the top"));
    strangers.chain(missing).collect()
}
