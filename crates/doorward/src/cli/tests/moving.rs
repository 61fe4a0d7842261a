//! `doorward import` of what an earlier release wrote.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use doorward_core::identifiers::ArchiveId;
use doorward_core::jose::{Algorithm, SigningKey};
use doorward_core::keys::Life;
use doorward_core::seal::KeyEncryptionKey;
use doorward_directory::Directory;
use doorward_directory::transfer::Tally;
use tempfile::TempDir;

use super::{NOW, Operator};
use crate::ambient::SystemRandom;
use crate::archive::{Description, Existing, Kind, Writer};
use crate::encryption_key::VARIABLE;

/// A key, and an export that a release wrote under it which kept no root key.
struct Earlier {
    folder: TempDir,
    key: KeyEncryptionKey,
}

impl Earlier {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = KeyEncryptionKey::generate(&SystemRandom);
        let earlier = Self { folder, key };
        let key_file = earlier.path("key");
        fs::write(&key_file, &*earlier.key.to_text()).unwrap();
        fs::set_permissions(&key_file, fs::Permissions::from_mode(0o600)).unwrap();
        earlier.export().await;
        earlier
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    /// A directory as it was then: its signing key is sealed with what comes of the key-encryption key itself.
    async fn directory(&self) -> Directory {
        let file = self.folder.path().join("directory.sqlite");
        let directory = Directory::open_sqlite(&file).await.unwrap();
        let staff = "staff".parse().unwrap();
        let _added = directory.groups().add(&staff, "everybody").await.unwrap();
        let sealer = self.key.as_root().sealer("signing-key");
        let signing_key = SigningKey::generate(Algorithm::Es256);
        let stored = signing_key.seal(&sealer, &SystemRandom, NOW, Life::at_once(NOW));
        directory.keys().insert_missing(vec![stored]).await.unwrap();
        directory
    }

    async fn export(&self) {
        let directory = self.directory().await;
        let mut departure = directory.departure().await.unwrap();
        let description = Description {
            id: ArchiveId::from_bytes([7; 16]),
            kind: Kind::Export,
            made_at: NOW,
            release: "0.0.1".to_owned(),
            shape: 5,
            epoch: 0,
            rows: departure.rows(),
            sealed_by: None,
        };
        let file = self.path("export");
        let place = (file.as_ref(), Existing::Kept);
        let mut writer = Writer::begin(place, &description, &self.key, &SystemRandom).unwrap();
        let mut tally = Tally::default();
        while let Some(batch) = departure.next().await.unwrap() {
            tally.add(&batch);
            writer.rows(&batch).unwrap();
        }
        writer.finish(&tally.tables()).unwrap();
    }
}

/// Imports the export where `key` is in place, and opens with it what has come in.
async fn comes_in(earlier: &Earlier, key: &KeyEncryptionKey, arguments: &str) {
    let mut operator = Operator::new();
    let text = key.to_text().to_string();
    operator.environment.insert(VARIABLE.to_owned(), text);
    let line = format!("doorward import {}{arguments}", earlier.path("export"));
    operator.types(&line).await.done();
    let directory = operator.directory().await;
    let stored = directory.root_key().present().await.unwrap().unwrap();
    let sealer = key.open(&stored).unwrap().sealer("signing-key");
    let keys = directory.keys().all().await.unwrap();
    assert_eq!(keys.len(), 1);
    assert!(SigningKey::unseal(&keys[0], &sealer).is_ok());
}

#[tokio::test]
async fn an_export_of_before_directories_had_root_keys_comes_in_under_any_key() {
    let earlier = Earlier::new().await;
    Box::pin(comes_in(&earlier, &earlier.key, "")).await;
    let another = KeyEncryptionKey::generate(&SystemRandom);
    let source = format!(" --source-key-file {}", earlier.path("key"));
    Box::pin(comes_in(&earlier, &another, &source)).await;
}
