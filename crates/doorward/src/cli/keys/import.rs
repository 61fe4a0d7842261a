//! `doorward keys import`

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use doorward_core::jose::{Algorithm, ImportAs, SigningKey};
use doorward_core::keys::{ANNOUNCED, Life, Stage};
use doorward_directory::keys::Imported;
use serde_json::json;
use zeroize::Zeroizing;

use crate::cli::administration::Administration;
use crate::cli::answer::Answer;
use crate::cli::choice::one_of;
use crate::cli::client::ALGORITHMS;
use crate::pkcs11::{Place, Token};

pub(super) const EXAMPLES: &str = "\
A file is PEM (PKCS#8, PKCS#1 or SEC 1) without a password, or one JWK with its private members.
The key is sealed with the key-encryption key; remove the file afterwards.

Examples:
  Bring the key of another provider, under the name that applications know it by:
    doorward keys import old-provider.pem --kid 2021-key --algorithm RS256 --state active

  See what would happen, and whether the key can be used:
    doorward keys import old-provider.jwk.json --dry-run

  From another program, without a file:
    vault read -field=key secret/signing | doorward keys import /dev/stdin

  Use a key that a hardware token keeps, the one that [pkcs11] in the configuration names:
    doorward keys import --pkcs11 doorward-signing";

const STATES: [(&str, Stage); 2] = [
    (Stage::Pending.as_str(), Stage::Pending),
    (Stage::Active.as_str(), Stage::Active),
];

/// Bring in a signing key that was made elsewhere
#[derive(Debug, Args)]
pub(in crate::cli) struct Import {
    /// The file with the private key
    #[arg(value_name = "FILE", required_unless_present = "pkcs11")]
    file: Option<PathBuf>,
    /// Or the label of a key pair in hardware, whose private half stays there
    #[arg(long, value_name = "LABEL", conflicts_with = "file")]
    pkcs11: Option<String>,
    /// Its name in tokens and in the key set [default: that of the JWK, or its thumbprint]
    #[arg(long, value_name = "KID")]
    kid: Option<String>,
    /// What it signs with [default: that of the JWK, or the first that it is for: RS256 for RSA]
    #[arg(long, value_name = "ALG", value_parser = one_of(&ALGORITHMS))]
    algorithm: Option<Algorithm>,
    /// Whether it is published and signs nothing yet (pending), or signs (active), which one key of an algorithm does
    #[arg(long, value_name = "STATE", default_value = Stage::Pending.as_str(), value_parser = one_of(&STATES))]
    state: Stage,
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        let (state, dry_run) = (self.state, self.dry_run);
        let key = self.key(admin)?;
        let sealer = admin.signing_key_sealer().await?;
        let now = admin.now();
        let life = match state {
            Stage::Active => Life::at_once(now),
            _ => Life::pending(now.plus(ANNOUNCED)),
        };
        let stored = key.seal(&sealer, &*admin.random, now, life);
        let keys = admin.directory.keys();
        let imported = if dry_run {
            keys.would_import(&stored).await?
        } else {
            keys.import(&stored).await?
        };
        match imported {
            Imported::Imported => {}
            Imported::Taken => bail!(
                "there is a key {} already: give this one another --kid, or none",
                key.kid()
            ),
            Imported::OtherActive => bail!(
                "another key signs with {} already: import this one as pending",
                key.algorithm()
            ),
        }
        if !dry_run {
            admin.record("keys import", key.kid()).await?;
        }
        answer(&key, state, dry_run)
    }

    fn key(self, admin: &Administration) -> Result<SigningKey> {
        let import = ImportAs {
            kid: self.kid,
            algorithm: self.algorithm,
        };
        match (self.file, self.pkcs11) {
            (Some(file), _) => {
                let named = || file.display().to_string();
                let text = std::fs::read_to_string(&file).map(Zeroizing::new);
                let text = text.with_context(named)?;
                SigningKey::import(&text, import).with_context(named)
            }
            (None, Some(label)) => of_hardware(&label, import, admin),
            (None, None) => bail!("name the FILE with the key, or a key in hardware with --pkcs11"),
        }
    }
}

/// The key pair of this label, once it has shown that it signs.
fn of_hardware(label: &str, import: ImportAs, admin: &Administration) -> Result<SigningKey> {
    let place = Place::configured(&admin.configuration.pkcs11)?;
    let place =
        place.context("set pkcs11.module, pkcs11.token and the PIN, which lead to the token")?;
    let token = Token::at(place);
    let found = token.find(label)?;
    let key = SigningKey::in_hardware(&found.numbers, &found.key, import)?;
    let signer = token.signer(&found.key, key.algorithm());
    let key = key.signing_by(signer);
    match key.prove() {
        Ok(()) => Ok(key),
        Err(failed) => bail!(
            "the key {label:?} does not sign with {}: {failed}",
            key.algorithm()
        ),
    }
}

fn answer(key: &SigningKey, state: Stage, dry_run: bool) -> Result<Answer> {
    let (kid, algorithm, state) = (key.kid(), key.algorithm(), state.as_str());
    let label = key.hardware().map(|place| &place.label);
    let place = match label {
        Some(label) => format!("in hardware as {label:?}"),
        None => "sealed in the directory".to_owned(),
    };
    let done = if dry_run { "would import" } else { "imported" };
    let text = format!("{done} {kid} for {algorithm}, {state}, {place}");
    let value = json!({
        "kid": kid,
        "algorithm": algorithm,
        "state": state,
        "pkcs11": label,
        "dry_run": dry_run,
    });
    Ok(Answer::new(&value, text)?)
}
