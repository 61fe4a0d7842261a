//! The keys of a token
//! ([PKCS #11 section 4](https://docs.oasis-open.org/pkcs11/pkcs11-spec/v3.1/os/pkcs11-spec-v3.1-os.html)).

use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;
use doorward_core::jose::{HardwareKey, PublicNumbers};

use super::failed::TokenFailed;

/// `CKA_EC_PARAMS` of the curves that we sign on: their object identifiers, in DER.
const CURVES: [&[u8]; 3] = [
    &[0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
    &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22],
    &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x23],
];

/// `CKA_EC_PARAMS` of Ed25519: its object identifier, or its name.
const ED25519: [&[u8]; 2] = [&[0x06, 0x03, 0x2b, 0x65, 0x70], b"\x13\x0cedwards25519"];

/// What a token tells of a key pair.
pub(crate) struct PublicObject {
    /// Where the private half is.
    pub(crate) key: HardwareKey,
    /// The public half.
    pub(crate) numbers: PublicNumbers,
}

/// The private key that was found before.
pub(super) fn private(session: &Session, key: &HardwareKey) -> Result<ObjectHandle, TokenFailed> {
    let mut template = vec![Attribute::Label(key.label.clone().into_bytes())];
    if let Some(id) = bytes(&key.id) {
        template.push(Attribute::Id(id));
    }
    one(session, ObjectClass::PRIVATE_KEY, template, &key.label)
}

/// The key pair that has this label.
pub(super) fn find(session: &Session, label: &str) -> Result<PublicObject, TokenFailed> {
    let labelled = || vec![Attribute::Label(label.as_bytes().to_vec())];
    let private = one(session, ObjectClass::PRIVATE_KEY, labelled(), label)?;
    let id = id(session, private)?;
    let with_id = match &id {
        Some(id) => vec![Attribute::Id(id.clone())],
        None => labelled(),
    };
    // Of RSA the private key has the public numbers as well.
    let public = one(session, ObjectClass::PUBLIC_KEY, with_id, label).unwrap_or(private);
    let numbers = numbers(session, public)?;
    Ok(PublicObject {
        key: HardwareKey {
            label: label.to_owned(),
            id: digits(&id.unwrap_or_default()),
        },
        numbers: numbers.ok_or_else(|| TokenFailed::OtherKind(label.to_owned()))?,
    })
}

fn one(
    session: &Session,
    class: ObjectClass,
    mut template: Vec<Attribute>,
    label: &str,
) -> Result<ObjectHandle, TokenFailed> {
    template.push(Attribute::Class(class));
    let name = || format!("{label:?}");
    match *session.find_objects(&template)? {
        [handle] => Ok(handle),
        [] => Err(TokenFailed::NoKey(name())),
        _ => Err(TokenFailed::SeveralKeys(name())),
    }
}

fn id(session: &Session, key: ObjectHandle) -> Result<Option<Vec<u8>>, TokenFailed> {
    let told = session.get_attributes(key, &[AttributeType::Id])?;
    Ok(told.into_iter().find_map(|attribute| match attribute {
        Attribute::Id(id) if !id.is_empty() => Some(id),
        _ => None,
    }))
}

/// The public numbers of a key; `None` when it is of no use.
fn numbers(session: &Session, key: ObjectHandle) -> Result<Option<PublicNumbers>, TokenFailed> {
    let told = session.get_attributes(
        key,
        &[
            AttributeType::KeyType,
            AttributeType::Modulus,
            AttributeType::PublicExponent,
            AttributeType::EcParams,
            AttributeType::EcPoint,
        ],
    )?;
    let (mut kind, mut modulus, mut exponent, mut curve, mut point) = Default::default();
    for attribute in told {
        match attribute {
            Attribute::KeyType(told) => kind = Some(told),
            Attribute::Modulus(told) => modulus = Some(told),
            Attribute::PublicExponent(told) => exponent = Some(told),
            Attribute::EcParams(told) => curve = Some(told),
            Attribute::EcPoint(told) => point = Some(told),
            _ => {}
        }
    }
    let curve: Vec<u8> = curve.unwrap_or_default();
    let (on, edwards) = (CURVES.contains(&&*curve), ED25519.contains(&&*curve));
    Ok(match (kind, modulus, exponent, point) {
        (Some(KeyType::RSA), Some(modulus), Some(exponent), _) => {
            Some(PublicNumbers::Rsa { modulus, exponent })
        }
        (Some(KeyType::EC), _, _, Some(point)) if on => {
            Some(PublicNumbers::Point(unwrapped(point)))
        }
        (Some(KeyType::EC_EDWARDS), _, _, Some(point)) if edwards => {
            Some(PublicNumbers::Ed25519(unwrapped(point)))
        }
        _ => None,
    })
}

/// A point stands in an octet string of DER, and with some tokens by itself.
fn unwrapped(point: Vec<u8>) -> Vec<u8> {
    let inner = match *point {
        [0x04, length, ..] if usize::from(length) + 2 == point.len() => point.get(2..),
        [0x04, 0x81, length, ..] if usize::from(length) + 3 == point.len() => point.get(3..),
        _ => None,
    };
    inner.map(<[u8]>::to_vec).unwrap_or(point)
}

fn digits(bytes: &[u8]) -> String {
    let halves = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    let digits = halves.filter_map(|half| char::from_digit(u32::from(half), 16));
    digits.collect()
}

fn bytes(digits: &str) -> Option<Vec<u8>> {
    if digits.is_empty() {
        return None;
    }
    let pairs = (0..digits.len()).step_by(2);
    pairs
        .map(|at| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok())
        .collect()
}
