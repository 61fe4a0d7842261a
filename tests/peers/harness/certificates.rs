//! What an application needs where Doorward speaks TLS: whom to trust, and a certificate of its own.

use std::fs;

use doorward_tests::certificates::{Authority, Certified};
use doorward_tests::serving::{Installation, Node};
use doorward_tests::tls_client::TlsClient;
use doorward_tests::visitor::Visitor;

/// Who made the application's certificate.
#[derive(Clone, Copy)]
pub(crate) enum MadeBy {
    /// An authority that the operator named.
    Authority,
    /// The application itself.
    Itself,
}

/// The authority of all servers here, and files that scripts read.
pub(crate) struct Certificates {
    authority: Authority,
    /// What scripts learn: a variable, and the path of its file.
    pub(super) files: [(&'static str, String); 3],
}

impl Certificates {
    /// Makes all that both sides need, and puts it into the installation's folder.
    pub(super) fn new(installation: &Installation, made_by: MadeBy) -> Self {
        let authority = Authority::new("authority");
        installation.end_tls(&authority);
        let own = match made_by {
            MadeBy::Authority => authority.certify("shop"),
            MadeBy::Itself => Certified::self_signed("shop"),
        };
        let write = |name: &str, pem: &str| {
            let path = installation.path(name);
            fs::write(&path, pem).expect("the folder is writable");
            path.display().to_string()
        };
        let files = [
            ("AUTHORITY", write("authority.pem", &authority.pem())),
            ("CLIENT_CERTIFICATE", write("shop.pem", &own.certificate)),
            ("CLIENT_CERTIFICATE_KEY", write("shop.key", &own.key)),
        ];
        Self { authority, files }
    }

    /// The path of the application's certificate.
    pub(super) fn own(&self) -> &str {
        let [_, (_, certificate), _] = &self.files;
        certificate
    }

    /// Serves over TLS.
    pub(super) async fn serve(&self, installation: &Installation) -> Node {
        installation.serve_tls(&self.authority).await
    }

    /// Alice's browser, which trusts the authority.
    pub(super) fn visitor(&self) -> Visitor {
        Visitor::over_tls(TlsClient::new(&self.authority, None))
    }
}
