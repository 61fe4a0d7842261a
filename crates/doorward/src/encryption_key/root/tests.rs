//! The root key of directories that are new, that have one, and of releases that kept none.

use std::fs;

use doorward_core::client::{AuthMethod, ClientSecrets};
use doorward_core::jose::{Algorithm, SigningKey};
use doorward_core::keys::Life;
use doorward_core::{Clock as _, Timestamp};
use doorward_directory::clients::Added;
use tempfile::TempDir;

use super::*;
use crate::ambient::{SystemClock, SystemRandom};
use crate::encryption_key::VARIABLE;

/// A directory, and a key that is configured for it.
struct House {
    folder: TempDir,
    directory: Directory,
    key: String,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("directory.sqlite");
        Self {
            directory: Directory::open_sqlite(&file).await.unwrap(),
            folder,
            key: "5e".repeat(32),
        }
    }

    fn encryption_key(&self) -> KeyEncryptionKey {
        KeyEncryptionKey::parse(&self.key).unwrap()
    }

    async fn open(&self) -> Result<Root> {
        self.open_with(&self.key).await
    }

    async fn open_with(&self, keys: &str) -> Result<Root> {
        let environment = [(VARIABLE.to_owned(), keys.to_owned())].into();
        let configuration = Configuration::default();
        Root::open(&self.directory, &configuration, &environment, &SystemRandom).await
    }

    /// Opens it with the file of a data directory.
    async fn open_with_file(&self) -> Result<Root> {
        let mut configuration = Configuration::default();
        configuration.server.data = self.folder.path().to_owned();
        let environment = Environment::default();
        Root::open(&self.directory, &configuration, &environment, &SystemRandom).await
    }

    /// Leaves a signing key as a release did that kept no root key.
    async fn sign_as_before(&self) {
        let sealer = self.encryption_key().as_root().sealer("signing-key");
        let key = SigningKey::generate(Algorithm::Es256);
        let key = key.seal(
            &sealer,
            &SystemRandom,
            Timestamp::from_seconds(0),
            Life::at_once(Timestamp::from_seconds(0)),
        );
        self.directory
            .keys()
            .insert_missing(vec![key])
            .await
            .unwrap();
    }
}

/// What a root key makes, by which it is known again.
fn mark(root: &RootKey) -> [u8; 32] {
    root.authenticator("test").mark(b"")
}

#[tokio::test]
async fn a_new_directory_gets_a_root_key_of_its_own_once() {
    let house = House::new().await;
    let made = house.open().await.unwrap();
    assert_ne!(mark(&made.key), mark(&house.encryption_key().as_root()));
    assert_eq!(made.stored.sealed_by, house.encryption_key().fingerprint());
    let opened = house.open().await.unwrap();
    assert_eq!(mark(&opened.key), mark(&made.key));
    assert_eq!(opened.stored, made.stored);
}

#[tokio::test]
async fn what_was_sealed_before_directories_had_root_keys_still_opens() {
    let house = House::new().await;
    house.sign_as_before().await;
    let stranger = "07".repeat(32);
    let refused = house.open_with(&stranger).await.unwrap_err().to_string();
    assert!(
        refused.contains("does not open the signing keys"),
        "{refused}"
    );
    assert_eq!(house.directory.root_key().present().await, Ok(None));

    let both = format!("{stranger} {}", house.key);
    let root = house.open_with(&both).await.unwrap();
    assert_eq!(mark(&root.key), mark(&house.encryption_key().as_root()));
    assert_eq!(root.stored.sealed_by, house.encryption_key().fingerprint());
    house.open().await.unwrap();
}

#[tokio::test]
async fn secrets_that_were_derived_before_any_start_are_made_again() {
    let house = House::new().await;
    let secrets = ClientSecrets::of(&house.encryption_key().as_root());
    let (secret, stored) = secrets.make(
        AuthMethod::ClientSecretJwt,
        &SystemRandom,
        SystemClock.now(),
    );
    let mut client = crate::server::tests::client();
    client.secrets.push(stored.clone());
    let added = house.directory.clients().add(&client).await;
    assert_eq!(added, Ok(Added::Added));
    let root = house.open().await.unwrap();
    assert_eq!(ClientSecrets::of(&root.key).again(&stored), Some(secret));
}

/// A key that nobody has is not made for what another one sealed.
#[tokio::test]
async fn no_key_is_made_beside_a_root_key() {
    let house = House::new().await;
    let made = house.open_with_file().await.unwrap();
    let file = house.folder.path().join("key-encryption-key");
    fs::rename(&file, house.folder.path().join("elsewhere")).unwrap();
    let refused = house.open_with_file().await.unwrap_err().to_string();
    assert!(refused.contains("put the file back"), "{refused}");
    assert!(!file.exists());
    fs::rename(house.folder.path().join("elsewhere"), &file).unwrap();
    let opened = house.open_with_file().await.unwrap();
    assert_eq!(mark(&opened.key), mark(&made.key));
}
