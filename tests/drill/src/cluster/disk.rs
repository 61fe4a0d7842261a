//! A small disk that can be filled: a loopback filesystem or, where there is no such device, one in memory.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use anyhow::{Context as _, Result};
use tokio::process::Command;
use tokio::task::spawn_blocking;

use super::folder::Folder;
use super::process::run;

/// What is written at once when a disk is filled.
const BLOCK: usize = 1024 * 1024;

/// A mounted disk. Dropping it unmounts it.
#[derive(Debug)]
pub(crate) struct Disk {
    path: PathBuf,
}

impl Disk {
    /// Mounts a disk of that many megabytes. `None` where this program may not mount anything.
    pub(crate) async fn mount(folder: &Folder, name: &str, megabytes: u64) -> Result<Option<Self>> {
        let path = folder.private(name)?;
        let image = folder.path().join(format!("{name}.img"));
        let mounted = loopback(&image, &path, megabytes).await.is_ok()
            || in_memory(&path, megabytes).await.is_ok();
        Ok(mounted.then(|| Self { path }))
    }

    /// Where it is mounted.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Fills it to the last byte.
    pub(crate) async fn fill(&self) -> Result<()> {
        let path = self.ballast();
        spawn_blocking(move || fill(&path)).await?
    }

    /// Makes room again.
    pub(crate) fn free(&self) -> Result<()> {
        let path = self.ballast();
        fs::remove_file(&path).with_context(|| path.display().to_string())
    }

    fn ballast(&self) -> PathBuf {
        self.path.join("ballast")
    }
}

fn fill(path: &Path) -> Result<()> {
    let mut ballast = File::create(path).with_context(|| path.display().to_string())?;
    let mut block = vec![0; BLOCK];
    while !block.is_empty() {
        if ballast.write_all(&block).is_err() {
            // Smaller and smaller, until nothing fits any more.
            block.truncate(block.len() / 2);
        }
    }
    // What does not fit is no news here.
    let _ = ballast.sync_all();
    Ok(())
}

impl Drop for Disk {
    fn drop(&mut self) {
        let unmounted = std::process::Command::new("umount")
            .arg("--lazy")
            .arg(&self.path)
            .stderr(Stdio::null())
            .status();
        if !unmounted.is_ok_and(|status| status.success()) {
            eprintln!("{} is still mounted: unmount it", self.path.display());
        }
    }
}

async fn loopback(image: &Path, path: &Path, megabytes: u64) -> Result<()> {
    File::create(image)?.set_len(megabytes * 1024 * 1024)?;
    let mut format = Command::new("mkfs.ext4");
    // Nothing set aside for root, who would not notice that the disk is full.
    format.args(["-q", "-F", "-m", "0"]).arg(image);
    run(format, "").await?;
    let mut mount = Command::new("mount");
    mount.args(["-o", "loop"]).arg(image).arg(path);
    run(mount, "").await?;
    Ok(())
}

async fn in_memory(path: &Path, megabytes: u64) -> Result<()> {
    let mut mount = Command::new("mount");
    mount.args([
        "-t",
        "tmpfs",
        "-o",
        &format!("size={megabytes}m,mode=0700"),
        "none",
    ]);
    mount.arg(path);
    run(mount, "").await?;
    Ok(())
}
