//! `doorward export`, `import`, `backup` and `restore`

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::installation::{Installation, mode};

const PASSWORD: &str = "correct horse battery";

/// An installation that was served, with somebody in it.
fn inhabited() -> Installation {
    let here = Installation::new();
    assert_eq!(here.serve().process.stop(), Some(0));
    here.add_person("alice", PASSWORD);
    here.json(&["client", "add", "wiki", "--redirect-uri", "https://a/cb"]);
    here
}

impl Installation {
    pub(crate) fn key(&self) -> PathBuf {
        self.data().join("key-encryption-key")
    }

    /// An empty installation with the same key.
    fn twin(&self) -> Self {
        let twin = Self::new();
        fs::create_dir(twin.data()).unwrap();
        fs::copy(self.key(), twin.key()).unwrap();
        twin
    }

    /// Writes an archive, and says where it is.
    fn archive(&self, command: &str) -> String {
        let file = self.path(command).to_str().unwrap().to_owned();
        self.json(&[command, &file]);
        file
    }

    /// Everything that the command line shows of it.
    fn shown(&self) -> [Value; 4] {
        ["user", "client", "group", "keys"].map(|what| self.json(&[what, "list"]))
    }
}

#[test]
fn what_is_exported_is_there_after_the_import_under_another_key() {
    let (here, there) = (inhabited(), Installation::new());
    let file = here.path("house");
    let file = file.to_str().unwrap();
    let exported = here.json(&["export", file]);
    assert_eq!(mode(file.as_ref()), 0o600);
    assert_eq!(exported["bytes"], fs::metadata(file).unwrap().len());

    let key = here.key();
    let key = key.to_str().unwrap();
    let imported = there.json(&["import", file, "--source-key-file", key]);
    for member in ["id", "made_at", "tables"] {
        assert_eq!(imported[member], exported[member]);
    }
    assert_eq!(imported["resumed"], false);
    assert_eq!(there.shown(), here.shown());
    assert_ne!(
        fs::read(here.key()).unwrap(),
        fs::read(there.key()).unwrap()
    );
    assert_eq!(there.serve().process.stop(), Some(0), "its keys open");
}

/// P45: pairwise subjects and the secrets of `client_secret_jwt` are made with the root key, which comes along.
#[test]
fn applications_whose_names_or_secrets_are_derived_move_under_another_key() {
    let (here, there) = (inhabited(), Installation::new());
    let add = ["client", "add", "survey", "--subject-type", "pairwise"];
    here.json(&[&add[..], &["--redirect-uri", "https://b/cb"]].concat());
    let add = [
        "client",
        "add",
        "till",
        "--auth-method",
        "client_secret_jwt",
    ];
    here.json(&[&add[..], &["--redirect-uri", "https://till/cb"]].concat());
    let file = here.archive("export");
    let key = here.key();
    there.json(&["import", &file, "--source-key-file", key.to_str().unwrap()]);
    assert_eq!(there.shown(), here.shown());
    assert_eq!(there.serve().process.stop(), Some(0));
}

/// K01: a backup of before a change of the key is no loss while its key is kept.
#[test]
fn a_backup_of_before_a_change_of_the_key_comes_back_with_the_key_of_its_time() {
    let here = inhabited();
    let backup = here.archive("backup");
    let old = here.path("old-key");
    fs::copy(here.key(), &old).unwrap();
    let both = format!("{}\n{}", "4e".repeat(32), fs::read_to_string(&old).unwrap());
    fs::write(here.key(), both).unwrap();
    here.json(&["keys", "rewrap"]);
    fs::write(here.key(), "4e".repeat(32)).unwrap();

    let there = here.twin();
    let refusal = there.run(&["restore", &backup]).refusal();
    assert!(
        refusal.contains("sealed with another key-encryption key ("),
        "{refusal}"
    );
    there.json(&[
        "restore",
        &backup,
        "--source-key-file",
        old.to_str().unwrap(),
    ]);
    assert_eq!(there.shown(), here.shown());
    assert_eq!(there.serve().process.stop(), Some(0), "under the new key");
    let again = there.archive("backup");
    let third = there.twin();
    third.json(&["restore", &again]);
    assert_eq!(third.shown(), here.shown());
}

#[test]
fn people_are_told_in_words_and_a_table() {
    let here = inhabited();
    let file = here.path("backup");
    let file = file.to_str().unwrap();
    let saved = here.run(&["backup", file]).answer();
    let head = "TABLE                 ROWS  SHA-256\nperson                1  ";
    assert!(saved.starts_with(head), "{saved}");
    assert!(
        saved.contains("Keep the key-encryption key as well"),
        "{saved}"
    );
    let restored = here.twin().run(&["restore", file]).answer();
    assert!(
        restored.contains("sessions ended 0, grants revoked 0"),
        "{restored}"
    );
    assert!(
        restored.contains("do again what you did since"),
        "{restored}"
    );
}

#[test]
fn a_file_that_is_there_stays_unless_it_may_be_replaced() {
    let here = inhabited();
    let file = here.archive("backup");
    let before = fs::read(&file).unwrap();
    let refusal = here.run(&["backup", &file]).refusal();
    assert!(refusal.contains("--force"), "{refusal}");
    assert_eq!(fs::read(&file).unwrap(), before);
    here.json(&["backup", &file, "--force"]);
    assert_ne!(fs::read(&file).unwrap(), before);

    let nowhere = here.path("no/folder");
    here.run(&["backup", nowhere.to_str().unwrap()]).refusal();
    let left: Vec<_> = fs::read_dir(here.path("")).unwrap().collect();
    assert_eq!(left.len(), 2, "the data and the backup: {left:?}");
}

#[test]
fn a_file_that_was_damaged_anywhere_is_refused_and_changes_nothing() {
    let here = inhabited();
    let there = here.twin();
    let whole = here.archive("backup");
    let bytes = fs::read(&whole).unwrap();
    let damaged = there.path("damaged");
    let refusal = |bytes: &[u8]| {
        fs::write(&damaged, bytes).unwrap();
        there.run(&["restore", damaged.to_str().unwrap()]).refusal()
    };
    for part in 0..50 {
        let at = bytes.len() * part / 50;
        let mut changed = bytes.clone();
        changed[at] ^= 0x10;
        let said = refusal(&changed);
        let expected = ["is damaged", "ends too early", "this is no file"];
        assert!(
            expected.iter().any(|words| said.contains(words)),
            "byte {at}: {said}"
        );
        let said = refusal(&bytes[..at]);
        let expected = ["ends too early", "this is no file"];
        assert!(
            expected.iter().any(|words| said.contains(words)),
            "{at} bytes: {said}"
        );
    }
    assert_eq!(there.shown(), [(); 4].map(|()| json!([])));
    there.json(&["restore", &whole]);
    assert_eq!(there.shown(), here.shown());
}

#[test]
fn another_key_or_none_is_refused() {
    let here = inhabited();
    let (backup, export) = (here.archive("backup"), here.archive("export"));
    let there = Installation::new();
    for command in [["restore", &backup], ["import", &export]] {
        let refusal = there.run(&command).refusal();
        assert!(refusal.contains("there is no key"), "{refusal}");
    }
    assert!(!there.data().exists(), "no key is made that opens nothing");

    let stranger = inhabited();
    let there = stranger.twin();
    for command in [["restore", &backup], ["import", &export]] {
        let refusal = there.run(&command).refusal();
        assert!(refusal.contains("sealed with another key"), "{refusal}");
    }
    let key = here.key();
    let key = ["--source-key-file", key.to_str().unwrap()];
    let missing = ["--source-key-file", "no-such-file"];
    there
        .run(&[["import", &export], missing].concat())
        .refusal();
    there.json(&[["import", &export], key].concat());
    assert_eq!(there.shown(), here.shown());
}

/// A backup under a key that does not open what it saves would be found out when it is too late.
#[test]
fn nothing_is_saved_under_a_key_that_does_not_open_the_directory() {
    let (here, stranger) = (inhabited(), inhabited());
    fs::copy(stranger.key(), here.key()).unwrap();
    let file = here.path("backup");
    let refusal = here.run(&["backup", file.to_str().unwrap()]).refusal();
    assert!(
        refusal.contains("is sealed under the key-encryption key"),
        "{refusal}"
    );
    assert!(!file.exists());
}

#[test]
fn a_backup_is_restored_and_never_imported() {
    let here = inhabited();
    let (backup, export) = (here.archive("backup"), here.archive("export"));
    let there = here.twin();
    let refusal = there.run(&["import", &backup]).refusal();
    assert!(refusal.contains("use `doorward restore`"), "{refusal}");
    there.json(&["restore", &export]);
    assert_eq!(there.shown(), here.shown());
}

#[test]
fn nobody_moves_in_where_somebody_lives_or_a_server_runs() {
    let here = inhabited();
    let export = here.archive("export");
    let there = here.twin();
    let provider = there.serve();
    let refusal = there.run(&["import", &export]).refusal();
    assert!(refusal.contains("a server is running"), "{refusal}");
    assert_eq!(provider.process.stop(), Some(0));

    // The keys that the server made for itself go; somebody who was added would not.
    let own = there.json(&["keys", "list"]);
    there.json(&["import", &export]);
    assert_ne!(there.json(&["keys", "list"]), own);
    assert_eq!(there.shown(), here.shown());
    let refusal = there.run(&["import", &export]).refusal();
    assert!(refusal.contains("choose an empty one"), "{refusal}");
    assert_eq!(there.shown(), here.shown());
}

#[test]
fn there_is_nothing_to_save_where_no_data_is() {
    let here = Installation::new();
    for command in ["export", "backup"] {
        let file = here.path(command);
        let refusal = here.run(&[command, file.to_str().unwrap()]).refusal();
        assert!(refusal.contains("there is no data in"), "{refusal}");
        assert!(!file.exists());
    }
}
