//! What a filled folder has to know again in the next run.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use anyhow::Context as _;
use doorward::provider::Ambient;
use doorward_core::{Timestamp, seal::KeyEncryptionKey};
use doorward_tests::cluster::folder::Folder;
use serde::{Deserialize, Serialize};

/// The file that it is in. It is away while the stores are in use, so that what a run left half done is filled anew.
const FILE: &str = "filled.json";

/// Goes up when other rows are made.
const GENERATION: u32 = 1;

/// Sessions that are older than this may have expired.
const FRESH: Duration = Duration::from_hours(24);

/// What to know of filled stores.
#[derive(Serialize, Deserialize)]
pub(crate) struct Kept {
    generation: u32,
    people: u32,
    /// When they were filled.
    pub(crate) filled_at: Timestamp,
    /// The key-encryption key of all nodes.
    pub(crate) key: String,
    /// The newest refresh tokens of those whose first one is spent.
    pub(crate) refresh_tokens: BTreeMap<u32, String>,
    /// Whether they are filled already.
    #[serde(skip)]
    pub(crate) is_filled: bool,
}

impl Kept {
    /// The password of the stores' own servers, which listen on loopback and hold nobody.
    pub(crate) const PASSWORD: &str = "nobody-lives-here";

    /// Takes it out of a folder that is filled with that many people, or clears the folder for new ones.
    pub(crate) fn take(folder: &Path, people: u32) -> anyhow::Result<Self> {
        let ambient = Ambient::default();
        let now = ambient.clock.now();
        let file = folder.join(FILE);
        if let Some(kept) = read(&file)
            && (kept.generation, kept.people) == (GENERATION, people)
            && now.since(kept.filled_at) < FRESH
        {
            fs::remove_file(&file)?;
            return Ok(Self {
                is_filled: true,
                ..kept
            });
        }
        if folder.exists() {
            let cleared = fs::remove_dir_all(folder);
            cleared.with_context(|| format!("cannot clear {}", folder.display()))?;
        }
        Ok(Self {
            generation: GENERATION,
            people,
            filled_at: now,
            key: KeyEncryptionKey::generate(&*ambient.random)
                .to_text()
                .to_string(),
            refresh_tokens: BTreeMap::new(),
            is_filled: false,
        })
    }

    /// Puts it back.
    pub(crate) fn put_back(&self, folder: &Folder) -> anyhow::Result<()> {
        folder.write(FILE, &serde_json::to_string(self)?)?;
        Ok(())
    }

    /// The key-encryption key, which the root key of this directory comes of.
    pub(crate) fn encryption_key(&self) -> anyhow::Result<KeyEncryptionKey> {
        KeyEncryptionKey::parse(&self.key).context("the kept key is damaged")
    }
}

fn read(file: &Path) -> Option<Kept> {
    serde_json::from_str(&fs::read_to_string(file).ok()?).ok()
}
