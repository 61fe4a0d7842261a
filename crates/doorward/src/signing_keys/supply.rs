//! Where keys come from, and what opens them.

use std::sync::Arc;

use anyhow::Result;
use doorward_core::Timestamp;
use doorward_core::jose::{Algorithm, RsaSize, SigningKey, StoredKey};
use doorward_core::keys::{Key, Stage};
use doorward_core::seal::Sealer;
use doorward_web::OpenKey;

use crate::configuration::Configuration;
use crate::pkcs11::{Place, Token};

/// Where keys come from.
#[derive(Clone)]
pub(crate) struct Supply {
    /// What there is to be a key for.
    pub(crate) algorithms: Vec<Algorithm>,
    /// The size of new RSA keys.
    pub(crate) rsa: RsaSize,
    /// What leads to those in hardware.
    hardware: Option<Token>,
}

impl Supply {
    /// As it is configured.
    pub(crate) fn configured(configuration: &Configuration) -> Result<Self> {
        Ok(Self {
            algorithms: configuration.keys.algorithms.0.clone(),
            rsa: configuration.keys.rsa_bits,
            hardware: Place::configured(&configuration.pkcs11)?.map(Token::at),
        })
    }

    /// The same key, with what leads to its hardware. A key that is yet to sign has to have that.
    fn reach(&self, key: SigningKey, stored: &StoredKey) -> Result<SigningKey, String> {
        match (key.hardware(), &self.hardware) {
            (None, _) => Ok(key),
            (Some(place), Some(token)) => {
                let signer = token.signer(place, key.algorithm());
                Ok(key.signing_by(signer))
            }
            (Some(_), None) if stored.life.moments().signs_until.is_some() => Ok(key),
            (Some(place), None) => Err(format!(
                "it is in hardware, as {:?}; set pkcs11.module, pkcs11.token and the PIN",
                place.label
            )),
        }
    }
}

/// Every algorithm that a key is wanted for, or that one signs with at `now` all the same.
pub(crate) fn algorithms(wanted: &[Algorithm], keys: &[Key], now: Timestamp) -> Vec<Algorithm> {
    let signs = |algorithm: &Algorithm| {
        let mut of_algorithm = keys.iter().filter(|key| key.algorithm == *algorithm);
        of_algorithm.any(|key| key.life.holds_office() || key.life.stage(now) == Stage::Active)
    };
    let all = Algorithm::ALL.into_iter();
    all.filter(|algorithm| wanted.contains(algorithm) || signs(algorithm))
        .collect()
}

/// Opens what is sealed, and reaches what is in hardware.
pub(crate) struct Locksmith {
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) supply: Supply,
}

impl OpenKey for Locksmith {
    fn open(&self, stored: &StoredKey) -> Result<SigningKey, String> {
        let key = OpenKey::open(&*self.sealer, stored)?;
        self.supply.reach(key, stored)
    }
}
