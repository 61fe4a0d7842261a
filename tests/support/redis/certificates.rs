//! An authority for one test, and the certificate that it gave to a server on this machine.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

use crate::requirements::needed;

/// PEM files that are gone when this is dropped.
#[derive(Debug)]
pub struct Certificates {
    folder: TempDir,
}

impl Certificates {
    /// Makes an authority, and a certificate for 127.0.0.1 and `localhost`. `None` where openssl is not installed.
    pub fn make() -> Option<Self> {
        let made = Self {
            folder: TempDir::new().expect("a temporary folder"),
        };
        let signed = ["-CA", "authority.pem", "-CAkey", "authority.key"];
        let of_server = [
            "-addext",
            "basicConstraints=critical,CA:FALSE",
            "-addext",
            "subjectAltName=IP:127.0.0.1,DNS:localhost",
        ];
        let found = made.openssl("authority", &[])
            && made.openssl("server", &[&signed[..], &of_server[..]].concat());
        needed("openssl", found.then_some(made))
    }

    /// A new key and a certificate for it. `false` where there is no openssl to make it.
    fn openssl(&self, name: &str, more: &[&str]) -> bool {
        let mut openssl = Command::new("openssl");
        openssl.current_dir(self.folder.path());
        openssl.args(["req", "-x509", "-newkey", "ec", "-noenc", "-days", "1"]);
        openssl.args(["-pkeyopt", "ec_paramgen_curve:P-256"]);
        openssl.args(["-subj", &format!("/CN=test {name}")]);
        openssl.args(["-keyout", &format!("{name}.key")]);
        openssl.args(["-out", &format!("{name}.pem")]);
        let Ok(output) = openssl.args(more).output() else {
            return false;
        };
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "openssl: {told}");
        true
    }

    /// The authority's certificate.
    pub fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// The server's certificate.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("server.pem")
    }

    /// The server's key.
    pub fn key(&self) -> PathBuf {
        self.folder.path().join("server.key")
    }
}
