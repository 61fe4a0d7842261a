//! One public key of somebody else ([RFC 7517 section 4](https://www.rfc-editor.org/rfc/rfc7517#section-4)): it verifies what they
//! signed, encrypts what only they shall read, or both.

use std::fmt;
use std::sync::OnceLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use josekit::jwk::Jwk;
use josekit::jws::JwsVerifier;
use serde_json::{Map, Value};

use super::jwk::{PublicKey, PublishedKey};
use super::{
    Algorithm, Encrypter, Encryption, JwkSetRefused, KeyManagement, Thumbprint, base64url,
    encrypter, signature,
};
use crate::certificate::CertificateThumbprint;

/// The longest name of a key, in bytes.
const MAX_KID_LENGTH: usize = 128;

/// Bits of an RSA key: fewer protect too little ([RFC 7518 section 3.3]), more take too long.
///
/// [RFC 7518 section 3.3]: https://www.rfc-editor.org/rfc/rfc7518#section-3.3
const RSA_BITS: std::ops::RangeInclusive<usize> = 2048..=8192;

/// The longest public exponent of RSA, in bytes.
const MAX_EXPONENT_LENGTH: usize = 4;

/// Members that only private and symmetric keys have
/// ([RFC 7518 section 6](https://www.rfc-editor.org/rfc/rfc7518#section-6)).
const SECRET_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// What verifies, once it was needed.
type MadeOnce = OnceLock<Option<Box<dyn JwsVerifier>>>;

/// One public key, with what it can be used for.
pub(super) struct ForeignKey {
    pub(super) kid: Option<String>,
    /// What it says that it is for; both when it does not say.
    usage: Option<Usage>,
    /// The one algorithm that it says it is for.
    alg: Option<&'static str>,
    public: PublicKey,
    /// The algorithms of the signatures that it verifies, each with what does, which is made when it is needed first: most clients of a
    /// large directory are asleep.
    verifiers: Vec<(Algorithm, MadeOnce)>,
    /// The algorithms that it can be encrypted for with.
    encryption: Vec<KeyManagement>,
    /// Its certificate, where it says so.
    pub(super) certificate: Option<CertificateThumbprint>,
}

/// What a key is for ([RFC 7517 section 4.2](https://www.rfc-editor.org/rfc/rfc7517#section-4.2)).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Usage {
    Signatures,
    Encryption,
}

impl Usage {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Signatures => "sig",
            Self::Encryption => "enc",
        }
    }
}

impl PartialEq for ForeignKey {
    fn eq(&self, other: &Self) -> bool {
        self.kid == other.kid
            && (self.usage, self.alg) == (other.usage, other.alg)
            && (&self.public, &self.certificate) == (&other.public, &other.certificate)
    }
}

impl Eq for ForeignKey {}

impl fmt::Debug for ForeignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {:?}", self.kid, self.public)
    }
}

impl ForeignKey {
    /// The key that stands at the place `at`.
    pub(super) fn of(at: usize, key: Value) -> Result<Self, JwkSetRefused> {
        let Value::Object(members) = key else {
            return Err(JwkSetRefused::Malformed);
        };
        let secret = |name: &&str| members.contains_key(*name);
        if let Some(name) = SECRET_MEMBERS.into_iter().find(|name| secret(name)) {
            return Err(JwkSetRefused::Secret(at, name));
        }
        let usage = match members.get("use").map(Value::as_str) {
            None => None,
            Some(Some("sig")) => Some(Usage::Signatures),
            Some(Some("enc")) => Some(Usage::Encryption),
            Some(_) => return Err(JwkSetRefused::OtherUse(at)),
        };
        let permitted = Permitted::by(&members, usage);
        if !permitted.signatures && !permitted.encryption {
            return Err(JwkSetRefused::OtherUse(at));
        }
        let kid = kid(at, &members)?;
        Self::usable(members, permitted, usage, kid).ok_or(JwkSetRefused::Unusable(at))
    }

    fn usable(
        mut members: Map<String, Value>,
        permitted: Permitted,
        usage: Option<Usage>,
        kid: Option<String>,
    ) -> Option<Self> {
        let alg = match members.get("alg") {
            None => None,
            Some(alg) => Some(alg.as_str()?.to_owned()),
        };
        let certificate = certificate(&members);
        // The library would refuse a key for what is of no use here.
        for name in ["x5c", "x5t#S256"] {
            members.remove(name);
        }
        let public = PublicKey::read(&Jwk::from_map(members).ok()?).filter(is_strong)?;
        let is = |names: &[&str]| alg.as_deref().is_none_or(|alg| names.contains(&alg));
        // What an algorithm is not for, or a number that is none of its curve, shows when what uses the key is made.
        let signatures: Vec<Algorithm> = Algorithm::ALL
            .into_iter()
            .filter(|algorithm| permitted.signatures && is(algorithm.names()))
            .filter(|&algorithm| signature::verifier(algorithm, &public).is_some())
            .collect();
        let encryption: Vec<KeyManagement> = KeyManagement::ALL
            .into_iter()
            .filter(|algorithm| permitted.encryption && is(&[algorithm.as_str()]))
            .filter(|&algorithm| encrypter::for_owner(algorithm, &public).is_some())
            .collect();
        let verified = signatures.iter().map(|algorithm| algorithm.as_str());
        let encrypted = encryption.iter().map(|algorithm| algorithm.as_str());
        let one_use = verified.chain(encrypted).next()?;
        let unmade = |algorithm| (algorithm, OnceLock::new());
        Some(Self {
            kid,
            usage,
            alg: alg.map(|_| one_use),
            public,
            verifiers: signatures.into_iter().map(unmade).collect(),
            encryption,
            certificate,
        })
    }

    /// What verifies signatures of `algorithm`, if the key is for that.
    pub(super) fn verifier(&self, algorithm: Algorithm) -> Option<&dyn JwsVerifier> {
        let mut verifiers = self.verifiers.iter();
        let (_, verifier) = verifiers.find(|(own, _)| *own == algorithm)?;
        let made = verifier.get_or_init(|| signature::verifier(algorithm, &self.public));
        made.as_deref()
    }

    /// Whether its owner can be encrypted for with this algorithm.
    pub(super) fn encrypts_with(&self, alg: KeyManagement) -> bool {
        self.encryption.contains(&alg)
    }

    /// What encrypts for the key's owner, if the key is for that.
    pub(super) fn encrypter(&self, encryption: Encryption) -> Option<Encrypter> {
        if !self.encrypts_with(encryption.alg) {
            return None;
        }
        let key = encrypter::for_owner(encryption.alg, &self.public)?;
        Some(Encrypter::new(key, self.kid.as_deref(), encryption.enc))
    }

    /// Whether the key says that it is for encryption, and not merely that it may be.
    pub(super) fn says_it_encrypts(&self) -> bool {
        self.usage == Some(Usage::Encryption)
    }

    /// The one name that the key has everywhere.
    pub(super) fn thumbprint(&self) -> Option<Thumbprint> {
        self.public.thumbprint().ok()?.parse().ok()
    }

    pub(super) fn published(&self) -> PublishedKey<'_> {
        PublishedKey {
            kid: self.kid.as_deref(),
            alg: self.alg,
            usage: self.usage.map(Usage::as_str),
            certificate: self.certificate.as_ref(),
            key: &self.public,
        }
    }
}

/// What `use` and `key_ops` permit to do with a key.
#[derive(Clone, Copy)]
struct Permitted {
    signatures: bool,
    encryption: bool,
}

impl Permitted {
    /// [RFC 7517 sections 4.2 and 4.3](https://www.rfc-editor.org/rfc/rfc7517#section-4.2).
    fn by(members: &Map<String, Value>, usage: Option<Usage>) -> Self {
        let operations = members.get("key_ops").map(|operations| {
            let operations = operations.as_array().map(Vec::as_slice).unwrap_or_default();
            operations
                .iter()
                .filter_map(Value::as_str)
                .collect::<Vec<_>>()
        });
        let has = |wanted: &[&str]| {
            operations.as_ref().is_none_or(|operations| {
                operations
                    .iter()
                    .any(|operation| wanted.contains(operation))
            })
        };
        // A public key of Diffie-Hellman has no operation to name: Web Cryptography writes an empty list.
        let is_empty = operations.as_ref().is_some_and(Vec::is_empty);
        Self {
            signatures: usage != Some(Usage::Encryption) && has(&["verify"]),
            encryption: usage != Some(Usage::Signatures)
                && (is_empty || has(&["encrypt", "wrapKey", "deriveKey", "deriveBits"])),
        }
    }
}

/// The certificate of a key: the first one of `x5c`, or the one that `x5t#S256` names
/// ([RFC 7517 sections 4.7 and 4.9](https://www.rfc-editor.org/rfc/rfc7517#section-4.7)). A key with two has none.
fn certificate(members: &Map<String, Value>) -> Option<CertificateThumbprint> {
    let chain = members.get("x5c").and_then(Value::as_array);
    let first = chain.and_then(|chain| chain.first()?.as_str());
    let first = first.and_then(|text| BASE64_STANDARD.decode(text).ok());
    let held = first.map(|der| CertificateThumbprint::of(&der));
    let named = members.get("x5t#S256").and_then(Value::as_str);
    let named = named.and_then(|text| text.parse().ok());
    match (held, named) {
        (Some(held), Some(named)) => (held == named).then_some(held),
        (held, named) => held.or(named),
    }
}

/// The name of the key that stands at the place `at`, which may be absent.
fn kid(at: usize, members: &Map<String, Value>) -> Result<Option<String>, JwkSetRefused> {
    match members.get("kid") {
        None => Ok(None),
        Some(Value::String(kid)) if (1..=MAX_KID_LENGTH).contains(&kid.len()) => {
            Ok(Some(kid.clone()))
        }
        Some(_) => Err(JwkSetRefused::Kid(at)),
    }
}

/// Whether the numbers of a key have the sizes that they should; whether a point is on its curve, the library says.
fn is_strong(key: &PublicKey) -> bool {
    let number = |text: &str| base64url::decode(text).unwrap_or_default();
    match key {
        PublicKey::Ec { x, y, .. } => number(x).len() == 32 && number(y).len() == 32,
        PublicKey::Okp { x, .. } => number(x).len() == 32,
        PublicKey::Rsa { e, n, .. } => {
            let (e, n) = (number(e), number(n));
            let is_exponent = e.len() <= MAX_EXPONENT_LENGTH
                && e.last().is_some_and(|last| last % 2 == 1)
                && bits(&e) > 1;
            is_exponent && RSA_BITS.contains(&bits(&n))
        }
    }
}

/// How many bits a number has, from its first one.
fn bits(number: &[u8]) -> usize {
    let mut digits = number.iter().skip_while(|&&byte| byte == 0);
    digits.next().map_or(0, |first| {
        digits.count() * 8 + first.checked_ilog2().map_or(0, |log| log as usize + 1)
    })
}
