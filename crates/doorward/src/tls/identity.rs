//! The certificate that the server shows, and its key.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use arc_swap::ArcSwap;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;

use super::files::{Contents, Files};

/// What the server shows, as its files have it now.
#[derive(Debug)]
pub(crate) struct Identity {
    current: ArcSwap<CertifiedKey>,
    provider: Arc<CryptoProvider>,
    files: Files,
}

impl Identity {
    pub(super) fn open(
        certificate: &Path,
        key: &Path,
        provider: Arc<CryptoProvider>,
    ) -> Result<Self> {
        let mut files = Files::new(&[certificate, key]);
        let contents = files.changed()?.unwrap_or_default();
        let shown = certified(&contents, &provider)
            .with_context(|| format!("{} and {}", certificate.display(), key.display()))?;
        Ok(Self {
            current: ArcSwap::from_pointee(shown),
            provider,
            files,
        })
    }

    fn replace(&self, contents: &Contents) -> Result<()> {
        let shown = certified(contents, &self.provider)?;
        self.current.store(Arc::new(shown));
        Ok(())
    }
}

impl ResolvesServerCert for Identity {
    fn resolve(&self, _hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.load_full())
    }
}

/// Shows what the files have, whenever they change.
pub(crate) async fn follow_identity(identity: Arc<Identity>) {
    let files = identity.files.clone();
    let what = "the certificate of the server";
    files
        .follow(what, |contents| identity.replace(&contents))
        .await;
}

fn certified(contents: &Contents, provider: &CryptoProvider) -> Result<CertifiedKey> {
    let [certificate, key] = contents.as_slice() else {
        anyhow::bail!("a certificate and a key are two files");
    };
    let chain: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(certificate)
        .collect::<Result<_, _>>()
        .context("tls.certificate is no PEM")?;
    ensure!(
        !chain.is_empty(),
        "tls.certificate has no certificate: expected is -----BEGIN CERTIFICATE-----"
    );
    let key = PrivateKeyDer::from_pem_slice(key)
        .context("tls.key has no private key in PEM, or one with a password")?;
    CertifiedKey::from_der(chain, key, provider)
        .context("tls.certificate and tls.key do not go together")
}
