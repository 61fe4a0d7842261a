//! The documentation is whole.

use std::fs;
use std::path::{Path, PathBuf};

use doorward_tests::architecture::names;
use doorward_tests::documentation::local_links;
use doorward_tests::requirements::repository;

/// What is built or installed, and not ours.
const NOT_OURS: [&str; 2] = ["target", "node_modules"];

/// Every Markdown file in a folder and below, leaving out what is not ours and what is hidden.
fn pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for name in names(folder) {
        let path = folder.join(&name);
        if path.is_dir() && !NOT_OURS.contains(&name.as_str()) && !name.starts_with('.') {
            found.extend(pages(&path));
        } else if path.extension().is_some_and(|kind| kind == "md") {
            found.push(path);
        }
    }
    found
}

#[test]
fn every_link_leads_to_a_file_that_is_there() {
    let pages = pages(&repository());
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
