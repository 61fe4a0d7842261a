//! The logs of all processes, read for what must not be there.

use std::collections::HashMap;
use std::fs::{self, File};
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use crate::ledger::secrets::Secrets;

/// How much is read at once.
const CHUNK: usize = 1024 * 1024;

/// How far each log was read.
#[derive(Debug)]
pub(crate) struct Logs {
    folder: PathBuf,
    read: HashMap<PathBuf, u64>,
}

impl Logs {
    /// The logs in a folder.
    pub(crate) fn of(folder: PathBuf) -> Self {
        Self {
            folder,
            read: HashMap::new(),
        }
    }

    /// What of `secrets` is in what was logged since the last time, as sentences.
    pub(crate) fn search(&mut self, secrets: &Secrets) -> Result<Vec<String>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder)? {
            let path = entry?.path();
            for kind in self.search_one(&path, secrets)? {
                let name = path.file_name().unwrap_or_default().to_string_lossy();
                found.push(format!("a {kind} is in {name}"));
            }
        }
        Ok(found)
    }

    /// Copies all of them to a folder, for whoever wants to know what went wrong.
    pub(crate) fn keep(&self, to: &Path) -> Result<()> {
        fs::create_dir_all(to).with_context(|| to.display().to_string())?;
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            fs::copy(entry.path(), to.join(entry.file_name()))?;
        }
        Ok(())
    }

    fn search_one(&mut self, path: &Path, secrets: &Secrets) -> Result<Vec<&'static str>> {
        let mut file = File::open(path).with_context(|| path.display().to_string())?;
        let read = self.read.entry(path.to_owned()).or_default();
        let mut found = Vec::new();
        let mut chunk = vec![0; CHUNK];
        loop {
            // A secret may lie across the place up to which it was read.
            let from = read.saturating_sub(Secrets::overlap());
            file.seek(SeekFrom::Start(from))?;
            let length = fill(&mut file, &mut chunk)?;
            let text = chunk.get(..length).unwrap_or_default();
            found.extend(secrets.found_in(text));
            let end = from + length as u64;
            if end <= *read {
                return Ok(found);
            }
            *read = end;
        }
    }
}

/// Reads until the chunk is full or the file ends.
fn fill(file: &mut File, chunk: &mut [u8]) -> Result<usize> {
    let mut length = 0;
    loop {
        let rest = chunk.get_mut(length..).unwrap_or_default();
        match file.read(rest)? {
            0 => return Ok(length),
            more => length += more,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;
    use crate::ledger::Ledger;

    const SECRET: &str = "dw_rt_2sJ8kQvXw0ZbN4yTm7RfLcPaHg1uEoDi";

    #[test]
    fn a_secret_is_found_once_wherever_it_is_and_however_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let mut ledger = Ledger::default();
        ledger.secret("refresh token", SECRET);
        let mut logs = Logs::of(folder.path().to_owned());
        let mut log = File::create(folder.path().join("node-1.log")).unwrap();

        write!(log, "{} ", "x".repeat(CHUNK - 30)).unwrap();
        assert_eq!(logs.search(ledger.secrets()).unwrap(), Vec::<String>::new());

        let (half, rest) = SECRET.split_at(25);
        write!(log, "{half}").unwrap();
        logs.search(ledger.secrets()).unwrap();
        writeln!(log, "{rest}").unwrap();
        let found = logs.search(ledger.secrets()).unwrap();
        assert!(!found.is_empty());
        assert_eq!(found.last().unwrap(), "a refresh token is in node-1.log");

        assert_eq!(logs.search(ledger.secrets()).unwrap(), Vec::<String>::new());
    }
}
