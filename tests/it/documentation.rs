//! The documentation is whole.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use doorward_tests::architecture::names;
use doorward_tests::documentation::local_links;
use doorward_tests::requirements::repository;
use doorward_tests::security_rules::{
    Proof, Row, documentation, named, named_in_comments, proofs, rows,
};

/// What is built or installed, and not ours.
const NOT_OURS: [&str; 2] = ["target", "node_modules"];

/// Every file of a kind in a folder and below, leaving out what is not ours and what is hidden.
fn files(folder: &Path, kind: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() && !NOT_OURS.contains(&name.as_str()) && !name.starts_with('.') {
            found.extend(files(&path, kind));
        } else if path.extension().is_some_and(|it| it == kind) {
            found.push(path);
        }
    }
    found
}

/// The rows of the page of security rules.
fn security_rules() -> Vec<Row> {
    let page = fs::read_to_string(repository().join("docs/security-rules.md"));
    rows(&page.expect("the page is text"))
}

#[test]
fn every_link_leads_to_a_file_that_is_there() {
    let pages = files(&repository(), "md");
    assert!(pages.len() > 5, "only {} pages found", pages.len());
    for page in pages {
        let text = fs::read_to_string(&page).expect("a page is text");
        let folder = page.parent().expect("a page is in a folder");
        for link in local_links(&text) {
            assert!(folder.join(link).exists(), "{}: {link}", page.display());
        }
    }
}

#[test]
fn links_of_every_notation_are_found_and_those_to_elsewhere_are_not() {
    let text = "
See [the guide](docs/guide.md#start), [there](#below), [the RFC](https://rfc.example/) and [that][that].

[that]: ../that.md
[else]: https://else.example/";
    assert_eq!(local_links(text), ["docs/guide.md", "../that.md"]);
}

#[test]
fn every_security_rule_has_one_row_with_tests_or_is_awaited() {
    let chapters = [
        ("P", 1..=48),
        ("K", 1..=7),
        ("F", 1..=5),
        ("N", 1..=3),
        ("T", 1..=9),
    ];
    let numbers = chapters.into_iter().flat_map(|(letter, numbers)| {
        numbers.map(move |number: u32| format!("{letter}{number:02}"))
    });
    let rows = security_rules();
    for number in numbers {
        let of_it: Vec<_> = rows.iter().filter(|row| row.rule == number).collect();
        let [row] = of_it[..] else {
            panic!("{number} has {} rows", of_it.len());
        };
        assert_ne!(row.proofs.is_empty(), !row.is_awaited, "{row:?}");
    }
}

#[test]
fn each_test_of_a_security_rule_is_there_and_names_it() {
    let docs = repository().join("docs");
    for row in security_rules() {
        for proof in row.proofs {
            let source = fs::read_to_string(docs.join(&proof.file));
            let source = source.unwrap_or_else(|error| panic!("{proof:?}: {error}"));
            let written = documentation(&source, &proof.test);
            let written = written.unwrap_or_else(|| panic!("there is no {proof:?}"));
            assert!(
                named(&written).contains(&row.rule),
                "{}: {proof:?}",
                row.rule
            );
        }
    }
}

/// A macro makes tests called `module::variant` of an entry `module = …`, and a row may name them all by the module.
#[test]
fn each_test_of_the_standards_page_is_there() {
    let docs = repository().join("docs");
    let page = fs::read_to_string(docs.join("standards.md")).expect("the page is text");
    let mut seen = 0;
    let is_source = |proof: &Proof| {
        Path::new(&proof.file)
            .extension()
            .is_some_and(|it| it == "rs")
    };
    for proof in page.lines().flat_map(proofs).filter(is_source) {
        let source = fs::read_to_string(docs.join(&proof.file));
        let source = source.unwrap_or_else(|error| panic!("{proof:?}: {error}"));
        let module = proof.test.split("::").next().unwrap_or_default();
        let (function, entry) = (format!("fn {}(", proof.test), format!("{module} = "));
        let is_there = source.contains(&function) || source.contains(&entry);
        assert!(is_there, "there is no {proof:?}");
        seen += 1;
    }
    assert!(seen > 100, "only {seen} tests found");
}

/// The goals of the benchmark have numbers of their own.
#[test]
fn no_test_names_a_security_rule_that_has_no_row() {
    let known: BTreeSet<String> = security_rules().into_iter().map(|row| row.rule).collect();
    for folder in ["crates", "tests/it", "tests/support"] {
        for file in files(&repository().join(folder), "rs") {
            let source = fs::read_to_string(&file).expect("a source is text");
            for rule in named_in_comments(&source) {
                assert!(known.contains(&rule), "{}: {rule}", file.display());
            }
        }
    }
}

#[test]
fn a_row_is_read_with_its_tests_and_a_test_with_its_documentation() {
    let page = "
| P01 | A rule, told | `one`, `another` in [`a.rs`](../a.rs); `third` in [`b.rs`](../b.rs) |
| F02 | Another | Not there yet |
| what | else | there is |";
    let proof = |test: &str, file: &str| Proof {
        test: test.to_owned(),
        file: file.to_owned(),
    };
    let [first, second] = &rows(page)[..] else {
        panic!("two rows");
    };
    let proofs = [
        proof("one", "../a.rs"),
        proof("another", "../a.rs"),
        proof("third", "../b.rs"),
    ];
    assert_eq!(first.proofs, proofs);
    assert!(!first.is_awaited && second.is_awaited);

    let source = "
// P44 is no documentation
fn helper() {}

/// P01: as told, unlike P256.
#[test]
fn one() {}
fn two() {}";
    let of = |function| documentation(source, function).map(|text| named(&text));
    assert_eq!(of("one"), Some(BTreeSet::from(["P01".to_owned()])));
    assert_eq!(of("two"), Some(BTreeSet::new()));
    assert_eq!(of("three"), None);
    let commented = ["P01".to_owned(), "P44".to_owned()];
    assert_eq!(named_in_comments(source), commented.into());
}
