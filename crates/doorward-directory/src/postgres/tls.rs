//! TLS to the server: rustls, on the cryptography of aws-lc.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Whether the connection is encrypted, and whom it trusts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tls {
    /// It is not.
    Off,
    /// It is, to a server whose certificate is good for its name: by the authorities in this file, or by the system's.
    Verified(Option<PathBuf>),
}

impl Tls {
    /// What makes connections secure; without use where [`Tls::Off`] keeps them plain.
    pub(super) fn connector(&self) -> Result<MakeRustlsConnect, String> {
        let roots = match self {
            Self::Off => RootCertStore::empty(),
            Self::Verified(Some(path)) => of_file(path)?,
            Self::Verified(None) => of_the_system()?,
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(MakeRustlsConnect::new(config))
    }
}

fn of_file(path: &Path) -> Result<RootCertStore, String> {
    let unreadable = |reason: String| format!("sslrootcert {}: {reason}", path.display());
    let mut roots = RootCertStore::empty();
    let certificates =
        CertificateDer::pem_file_iter(path).map_err(|error| unreadable(error.to_string()))?;
    for certificate in certificates {
        let certificate = certificate.map_err(|error| unreadable(error.to_string()))?;
        let added = roots.add(certificate);
        added.map_err(|error| unreadable(error.to_string()))?;
    }
    if roots.is_empty() {
        return Err(unreadable("there is no certificate in it".to_owned()));
    }
    Ok(roots)
}

fn of_the_system() -> Result<RootCertStore, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(
            "this machine trusts no authority: install its list of certificates, or name one with sslrootcert"
                .to_owned(),
        );
    }
    Ok(roots)
}
