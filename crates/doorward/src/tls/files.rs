//! Files that are read again when they change.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use aws_lc_rs::digest::{self, SHA256};
use tokio::time::{MissedTickBehavior, interval};
use zeroize::Zeroizing;

/// How often files are looked at.
const EVERY: Duration = Duration::from_secs(2);

/// The contents of some files, in their order. One of them may be a key.
pub(super) type Contents = Vec<Zeroizing<Vec<u8>>>;

/// Some files that belong together, and what they were like when they were last read.
#[derive(Clone, Debug)]
pub(super) struct Files {
    paths: Vec<PathBuf>,
    seen: Option<[u8; 32]>,
}

impl Files {
    pub(super) fn new(paths: &[&Path]) -> Self {
        let paths = paths.iter().map(|path| path.to_path_buf());
        Self {
            paths: paths.collect(),
            seen: None,
        }
    }

    /// Reads the files, if they are not what they were the last time.
    pub(super) fn changed(&mut self) -> Result<Option<Contents>> {
        let contents: Contents = self
            .paths
            .iter()
            .map(|path| read(path))
            .collect::<Result<_>>()?;
        let now = Some(fingerprint(&contents));
        if self.seen == now {
            return Ok(None);
        }
        self.seen = now;
        Ok(Some(contents))
    }

    /// Hands what changed to `take`, for as long as it is polled. What cannot be taken is said once, and nothing is changed.
    pub(super) async fn follow(mut self, what: &str, take: impl Fn(Contents) -> Result<()>) {
        let mut ticks = interval(EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut unreadable = false;
        loop {
            ticks.tick().await;
            let read = self.changed();
            let was_unreadable = std::mem::replace(&mut unreadable, read.is_err());
            match read.and_then(|changed| changed.map(&take).transpose()) {
                Ok(Some(())) => tracing::info!(what, "files have changed and were read again"),
                Ok(None) => {}
                Err(_) if unreadable && was_unreadable => {}
                Err(error) => {
                    tracing::error!(
                        what,
                        error = format!("{error:#}"),
                        "files have changed and cannot be used: what was read before is used on"
                    );
                }
            }
        }
    }
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    std::fs::read(path)
        .map(Zeroizing::new)
        .with_context(|| format!("cannot read {}", path.display()))
}

fn fingerprint(contents: &Contents) -> [u8; 32] {
    let mut all = digest::Context::new(&SHA256);
    for content in contents {
        all.update(&content.len().to_be_bytes());
        all.update(content);
    }
    let mut fingerprint = [0; 32];
    fingerprint.copy_from_slice(all.finish().as_ref());
    fingerprint
}
