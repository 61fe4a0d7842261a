//! Authorities and certificates of tests.

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType, IsCa, KeyPair,
    date_time_ymd,
};

use super::{Authorities, Certificate};

/// An authority of tests.
pub(crate) type Authority = CertifiedIssuer<'static, KeyPair>;

/// What a certificate says that names `name`; it is good in 2023, as the time of examples is.
pub(crate) fn params(name: &str) -> CertificateParams {
    let mut params = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::OrganizationName, "Example");
    subject.push(DnType::CommonName, name);
    params.distinguished_name = subject;
    params.not_before = date_time_ymd(2023, 1, 1);
    params.not_after = date_time_ymd(2024, 1, 1);
    params
}

fn of_authority(name: &str) -> CertificateParams {
    let mut params = params(name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

/// A new authority.
pub(crate) fn authority(name: &str) -> Authority {
    CertifiedIssuer::self_signed(of_authority(name), key()).unwrap()
}

/// A new authority that another one vouches for.
pub(crate) fn below(authority: &Authority, name: &str) -> Authority {
    CertifiedIssuer::signed_by(of_authority(name), key(), authority).unwrap()
}

/// A new key.
pub(crate) fn key() -> KeyPair {
    KeyPair::generate().unwrap()
}

/// The authority as the one that is configured.
pub(crate) fn trusted(authority: &Authority) -> Authorities {
    Authorities::parse(authority.pem().as_bytes()).unwrap()
}

/// A certificate that an authority gave.
pub(crate) fn given(by: &Authority, params: &CertificateParams) -> Certificate {
    let certificate = params.signed_by(&key(), by).unwrap();
    Certificate::parse(certificate.der(), &[] as &[&[u8]]).unwrap()
}

/// A certificate that nobody but its holder vouches for.
pub(crate) fn self_signed(name: &str) -> Certificate {
    let certificate = params(name).self_signed(&key()).unwrap();
    Certificate::parse(certificate.der(), &[] as &[&[u8]]).unwrap()
}
