//! Authorities, and the certificates that they or their holders make.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use josekit::jwk::alg::ec::EcKeyPair;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, CustomExtension, DistinguishedName,
    DnType, IsCa, KeyPair,
};
use serde_json::{Value, json};

/// Who vouches for others.
#[derive(Debug)]
pub struct Authority(CertifiedIssuer<'static, KeyPair>);

/// A certificate, and the key of it.
#[derive(Clone, Debug)]
pub struct Certified {
    /// The certificate in DER.
    pub der: Vec<u8>,
    /// The certificate in PEM.
    pub certificate: String,
    /// The key in PEM.
    pub key: String,
    /// Certificates in DER that are shown with it.
    pub others: Vec<Vec<u8>>,
}

impl Authority {
    /// One of that name.
    pub fn new(name: &str) -> Self {
        let mut said = named(name);
        said.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let made = CertifiedIssuer::self_signed(said, new_key());
        Self(made.expect("an authority"))
    }

    /// Its own certificate in PEM.
    pub fn pem(&self) -> String {
        self.0.pem()
    }

    /// Gives a certificate to `CN=name,O=Example`.
    pub fn certify(&self, name: &str) -> Certified {
        self.give(&named(name))
    }

    /// Gives a certificate to a server of this machine.
    pub fn certify_server(&self) -> Certified {
        let names = [
            "localhost",
            "login.localhost",
            "mtls.localhost",
            "reports.localhost",
            "127.0.0.1",
        ]
        .map(str::to_owned);
        let said = CertificateParams::new(names);
        self.give(&said.expect("names of servers"))
    }

    /// Gives a certificate of that many bytes, a few hundred at least.
    pub fn certify_of_size(&self, bytes: usize) -> Certified {
        let mut padding = bytes.saturating_sub(600);
        loop {
            let mut said = named("padded");
            // Of nobody's arc.
            let extension =
                CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999, 1], vec![0; padding]);
            said.custom_extensions = vec![extension];
            let made = self.give(&said);
            match bytes.checked_sub(made.der.len()) {
                Some(0) => return made,
                Some(lacking) => padding += lacking,
                None => padding -= made.der.len() - bytes,
            }
        }
    }

    fn give(&self, said: &CertificateParams) -> Certified {
        let key = new_key();
        let certificate = said.signed_by(&key, &self.0);
        Certified::of(&certificate.expect("a certificate"), &key)
    }
}

fn named(name: &str) -> CertificateParams {
    let mut said = CertificateParams::default();
    let mut subject = DistinguishedName::new();
    subject.push(DnType::OrganizationName, "Example");
    subject.push(DnType::CommonName, name);
    said.distinguished_name = subject;
    said
}

fn new_key() -> KeyPair {
    KeyPair::generate().expect("a key")
}

impl Certified {
    /// A certificate of `CN=name,O=Example` for which nobody vouches but its holder.
    pub fn self_signed(name: &str) -> Self {
        let key = new_key();
        let certificate = named(name).self_signed(&key);
        Self::of(&certificate.expect("a certificate"), &key)
    }

    fn of(certificate: &rcgen::Certificate, key: &KeyPair) -> Self {
        Self {
            der: certificate.der().to_vec(),
            certificate: certificate.pem(),
            key: key.serialize_pem(),
            others: Vec::new(),
        }
    }

    /// `x5t#S256`.
    pub fn thumbprint(&self) -> String {
        use base64::prelude::BASE64_URL_SAFE_NO_PAD;
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, &self.der);
        BASE64_URL_SAFE_NO_PAD.encode(digest)
    }

    /// How a proxy writes it into `Client-Cert` ([RFC 9440 section 2.1](https://www.rfc-editor.org/rfc/rfc9440#section-2.1)).
    pub fn byte_sequence(&self) -> String {
        format!(":{}:", BASE64_STANDARD.encode(&self.der))
    }

    /// How nginx writes it.
    pub fn escaped_pem(&self) -> String {
        utf8_percent_encode(&self.certificate, NON_ALPHANUMERIC).to_string()
    }

    /// The public key as a JWK Set, with the certificate
    /// ([RFC 7517 section 4.7](https://www.rfc-editor.org/rfc/rfc7517#section-4.7)).
    pub fn jwks(&self) -> Value {
        let pair = EcKeyPair::from_pem(&self.key, None).expect("a key for P-256");
        let mut key = json!(pair.to_jwk_public_key().as_ref());
        key["x5c"] = json!([BASE64_STANDARD.encode(&self.der)]);
        json!({ "keys": [key] })
    }
}
