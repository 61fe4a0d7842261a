//! What a test sets up beside what is always there, and what several tests do.

use super::certificates::MadeBy;

/// Proofs of possession must have a nonce of Doorward's.
pub(crate) const NONCES: &str = "[dpop]\nnonce = \"required\"\n";

/// Applications register themselves, with a token.
pub(crate) const REGISTRATION: &str = "[registration]\naccess = \"initial_access_token\"\n";

/// The application proves who it is by its key.
pub(crate) const KEY: [&str; 4] = ["--auth-method", "private_key_jwt", "--jwks", "KEY"];

/// All that is made for it is encrypted with its other key.
pub(crate) const ENCRYPTING: [&str; 10] = [
    "--jwks",
    "KEY",
    "--id-token-encryption",
    "ECDH-ES:A256GCM",
    "--userinfo-encryption",
    "ECDH-ES:A128CBC-HS256",
    "--response-encryption",
    "ECDH-ES:A128GCM",
    "--introspection-encryption",
    "ECDH-ES:A256CBC-HS512",
];

/// It signs its requests, and reads responses that are signed with PS256.
pub(crate) const SIGNING: [&str; 5] = [
    "--require-signed-requests",
    "--request-object-lifetime",
    "hour",
    "--response-algorithm",
    "PS256",
];

/// The profile FAPI 2.0, with this `alg` for the client's key and for all that is signed for it.
pub(crate) fn fapi(algorithm: &str) -> Vec<&str> {
    let profile = ["--profile", "fapi2", "--jwks", "KEY"];
    let signed = ["--assertion-algorithm", algorithm, "--algorithm", algorithm];
    let access = ["--access-token-algorithm", algorithm];
    [&profile[..], &signed, &access].concat()
}

/// The application proves who it is by a certificate of an authority, and its tokens are bound to that.
pub(crate) const VOUCHED: [&str; 5] = [
    "--auth-method",
    "tls_client_auth",
    "--certificate-subject",
    "CN=shop,O=Example",
    "--require-certificate",
];

/// The same by a certificate that it made itself.
pub(crate) const SELF_SIGNED: [&str; 5] = [
    "--auth-method",
    "self_signed_tls_client_auth",
    "--jwks",
    "CERTIFICATE",
    "--require-certificate",
];

/// The profile FAPI 2.0, with a certificate in place of keys.
pub(crate) fn fapi_with_certificates() -> Vec<&'static str> {
    let profile = ["--profile", "fapi2"];
    let signed = ["--algorithm", "ES256", "--access-token-algorithm", "ES256"];
    [&profile[..], &VOUCHED, &signed].concat()
}

/// The application asks for single payments.
pub(crate) const PAYING: [&str; 2] = ["--authorization-details-type", "payment_initiation"];

/// A Doorward and an application that are not as all others.
pub(crate) struct Setting<'a> {
    /// What the configuration says more.
    pub(crate) configuration: &'a str,
    /// What the application's key signs with.
    pub(crate) key: &'static str,
    /// What the application is registered with more than it must have.
    pub(crate) registration: &'a [&'a str],
    /// Who made the certificate that the application shows, where Doorward speaks TLS.
    pub(crate) certificate: Option<MadeBy>,
}

/// Nothing more, a key for ES256, and HTTP.
impl Default for Setting<'_> {
    fn default() -> Self {
        Self {
            configuration: "",
            key: "ES256",
            registration: &[],
            certificate: None,
        }
    }
}
