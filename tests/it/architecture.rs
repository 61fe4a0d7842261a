//! The repository keeps the shape that its design describes.

use std::fs;

use doorward_tests::architecture::{
    Source, forbidden_edges, misplaced, names, sources, trespasses,
};
use doorward_tests::requirements::repository;

const NOTHING: Vec<String> = Vec::new();

fn source(path: &str, text: &str) -> Source {
    Source {
        path: path.to_owned(),
        text: text.to_owned(),
    }
}

#[test]
fn crates_depend_only_on_those_below_them() {
    let manifests: Vec<Source> = sources()
        .into_iter()
        .filter(|file| file.path.ends_with("/Cargo.toml"))
        .collect();
    assert_eq!(manifests.len(), 6);
    let forbidden: Vec<String> = manifests
        .iter()
        .flat_map(|manifest| forbidden_edges(&manifest.text))
        .collect();
    assert_eq!(forbidden, NOTHING);
}

#[test]
fn an_edge_that_goes_up_is_found() {
    let upward = r#"
        package.name = "doorward-sessions"
        dependencies.doorward-core.workspace = true
        dev-dependencies.doorward-directory.workspace = true
    "#;
    assert_eq!(
        forbidden_edges(upward),
        ["doorward-sessions may not depend on doorward-directory"]
    );
    let busy_core = r#"
        package.name = "doorward-core"
        dependencies.tokio.workspace = true
    "#;
    assert_eq!(
        forbidden_edges(busy_core),
        ["doorward-core may not depend on tokio"]
    );
    let stranger = r#"package.name = "doorward-common""#;
    assert_eq!(
        forbidden_edges(stranger),
        ["doorward-common has no place in the design"]
    );
}

/// K07: the clock is read in one place.
#[test]
fn libraries_the_clock_and_randomness_stay_behind_their_fences() {
    let sources: Vec<Source> = sources()
        .into_iter()
        .filter(|file| file.path.contains("/src/"))
        .collect();
    assert!(sources.len() > 20, "only {} files found", sources.len());
    let trespasses: Vec<String> = sources.iter().flat_map(trespasses).collect();
    assert_eq!(trespasses, NOTHING);
}

#[test]
fn a_word_outside_its_fence_is_found() {
    for (line, word) in [
        ("use josekit::jws;", "josekit"),
        ("let client = redis::Client::open(url);", "redis::"),
        ("use tower_sessions::Session;", "tower_sessions"),
        ("let hasher = argon2::Argon2::default();", "argon2"),
        ("use rusqlite::Connection;", "rusqlite"),
        (
            "use prometheus_client::registry::Registry;",
            "prometheus_client",
        ),
        ("let now = std::time::SystemTime::now();", "SystemTime::now"),
        ("let now = Instant::now();", "Instant::now"),
        ("let now = OffsetDateTime::now_utc();", "now_utc"),
        ("aws_lc_rs::rand::fill(&mut bytes);", "rand::"),
        ("let url = \"https://a\"; unsafe { read(url) }", "unsafe"),
    ] {
        let found = trespasses(&source("doorward-web/src/token.rs", line));
        assert_eq!(found, [format!("doorward-web/src/token.rs:1: {word}")]);
    }
}

#[test]
fn a_word_inside_its_fence_in_a_comment_or_in_a_longer_word_is_no_trespass() {
    for (path, line) in [
        ("doorward-core/src/jose/sign.rs", "use josekit::jws;"),
        ("doorward/src/ambient.rs", "let now = SystemTime::now();"),
        (
            "doorward-web/src/token.rs",
            "// josekit would do this itself",
        ),
        (
            "doorward-web/src/token.rs",
            "let unsafe_name = brand::name();",
        ),
    ] {
        assert_eq!(trespasses(&source(path, line)), NOTHING, "{line}");
    }
}

#[test]
fn the_top_of_the_repository_is_as_decided() {
    assert_eq!(misplaced(&names(&repository())), NOTHING);
}

#[test]
fn a_stray_and_a_missing_file_at_the_top_are_found() {
    let mut top = names(&repository());
    top.retain(|name| name != "SECURITY.md");
    top.push("notes.txt".to_owned());
    let found = misplaced(&top);
    assert!(found.contains(&"notes.txt is not expected at the top".to_owned()));
    assert!(found.contains(&"SECURITY.md is missing at the top".to_owned()));
}

#[test]
fn every_crate_says_what_it_is_for() {
    let crates = repository().join("crates");
    for name in names(&crates) {
        let readme = fs::read_to_string(crates.join(&name).join("README.md"));
        let readme = readme.unwrap_or_default();
        assert!(
            readme.starts_with(&format!("# {name}\n")),
            "{name} has no README.md that begins with its name"
        );
    }
}
