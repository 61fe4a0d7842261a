//! The PIN of a token's user.

use std::fs;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use zeroize::Zeroizing;

use super::failed::TokenFailed;
use crate::configuration::Pkcs11;

/// A PIN.
#[derive(PartialEq, Eq)]
pub(super) struct Pin(Zeroizing<String>);

impl Pin {
    /// The PIN, for the token alone.
    pub(super) fn reveal(&self) -> &str {
        &self.0
    }
}

/// Where the PIN comes from. It is read each time that somebody logs in, so that it can be changed.
#[derive(Clone, Debug)]
pub(super) enum PinFrom {
    File(PathBuf),
    Command(String),
}

impl PinFrom {
    pub(super) fn configured(settings: &Pkcs11) -> Result<Self, TokenFailed> {
        match (settings.pin_file.path(), settings.pin_command.text()) {
            (Some(file), None) => Ok(Self::File(file.to_owned())),
            (None, Some(command)) => Ok(Self::Command(command.to_owned())),
            _ => Err(TokenFailed::NoPin),
        }
    }

    pub(super) fn read(&self) -> Result<Pin, TokenFailed> {
        let text = match self {
            Self::File(path) => of_file(path),
            Self::Command(command) => of_command(command),
        }
        .map_err(TokenFailed::PinUnreadable)?;
        let pin = text.lines().next().unwrap_or_default();
        if pin.is_empty() {
            return Err(TokenFailed::PinUnreadable("there is none".to_owned()));
        }
        Ok(Pin(Zeroizing::new(pin.to_owned())))
    }
}

fn of_file(path: &Path) -> Result<Zeroizing<String>, String> {
    let named = |error: &dyn ToString| format!("{}: {}", path.display(), error.to_string());
    let metadata = fs::metadata(path).map_err(|error| named(&error))?;
    if metadata.mode() & 0o077 != 0 {
        let path = path.display();
        return Err(format!(
            "{path} may be read by others; run `chmod 600 {path}`"
        ));
    }
    let text = fs::read_to_string(path).map_err(|error| named(&error))?;
    Ok(Zeroizing::new(text))
}

fn of_command(command: &str) -> Result<Zeroizing<String>, String> {
    let output = Command::new("sh").arg("-c").arg(command).output();
    let output = output.map_err(|error| format!("pkcs11.pin_command: {error}"))?;
    if !output.status.success() {
        return Err(format!("pkcs11.pin_command: {}", output.status));
    }
    let text = String::from_utf8(output.stdout);
    text.map(Zeroizing::new)
        .map_err(|_| "pkcs11.pin_command printed no text".to_owned())
}
