//! TLS that Doorward ends itself, as whoever connects meets it: the program, real connections and real certificates.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;

use doorward_tests::certificates::{Authority, Certified};
use doorward_tests::processes::Process;
use doorward_tests::serving::{Installation, eventually};
use doorward_tests::tls_client::TlsClient;
use doorward_tests::token_client::Answer;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::{CipherSuite, ProtocolVersion};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Where certificates are asked for, as metadata says.
const BESIDE: &str = "https://localhost:8443";

/// A running Doorward that ends TLS, and the client `ledger`, whose tokens are bound.
struct Served {
    /// Who vouches for everybody.
    authority: Authority,
    files: TempDir,
    process: Process,
    here: SocketAddr,
    /// The listener that asks for certificates.
    asking: Option<SocketAddr>,
    _installation: Installation,
}

/// Writes the server's certificate and its key.
fn renew(files: &Path, certificate: &Certified) {
    fs::write(files.join("server.key"), &certificate.key).expect("a writable folder");
    fs::write(files.join("server.pem"), &certificate.certificate).expect("a writable folder");
}

fn settings(files: &Path, more: &str) -> String {
    let path = |name: &str| files.join(name).display().to_string();
    format!(
        "issuer = \"https://localhost:9443\"\n\
         [tls]\ncertificate = \"{}\"\nkey = \"{}\"\n\
         [mtls]\ncertificates = \"tls\"\nauthorities = \"{}\"\n{more}",
        path("server.pem"),
        path("server.key"),
        path("authorities.pem"),
    )
}

impl Served {
    /// With a listener of its own for certificates.
    async fn beside() -> Option<Self> {
        Self::with(&format!(
            "listen = \"127.0.0.1:0\"\naddress = \"{BESIDE}\"\n"
        ))
        .await
    }

    async fn with(more: &str) -> Option<Self> {
        let (authority, files) = (Authority::new("house"), TempDir::new().expect("a folder"));
        let authorities = files.path().join("authorities.pem");
        fs::write(authorities, authority.pem()).expect("a writable folder");
        renew(files.path(), &authority.certify_server());
        let installation = Installation::new(&settings(files.path(), more))?;
        add_ledger(&installation).await;
        let serving = installation.command(&["serve", "--listen", "127.0.0.1:0"]);
        let mut process = Process::start(serving);
        let ready = process.line(ready).await;
        let address = |name: &str| ready[name].as_str()?.parse().ok();
        Some(Self {
            here: address("listen").expect("an address"),
            asking: address("mtls"),
            authority,
            files,
            process,
            _installation: installation,
        })
    }

    fn asking(&self) -> SocketAddr {
        self.asking.expect("a listener that asks")
    }

    fn showing(&self, certificate: Option<&Certified>) -> TlsClient {
        TlsClient::new(&self.authority, certificate)
    }
}

/// Registers the client as an operator would.
pub(super) async fn add_ledger(installation: &Installation) {
    let adding = ["client", "add", "ledger"];
    let named = [
        "--redirect-uri",
        "https://ledger.example/callback",
        "--auth-method",
        "tls_client_auth",
        "--certificate-subject",
        "CN=ledger,O=Example",
        "--require-certificate",
        "--grant-type",
        "authorization_code,client_credentials",
        "--scope",
        "openid reports",
    ];
    installation.ask(&[&adding[..], &named].concat(), "").await;
}

fn ready(line: &str) -> Option<Value> {
    let line: Value = serde_json::from_str(line).ok()?;
    (line["message"] == "ready").then_some(line)
}

/// Asks for a token of its own.
async fn ask(client: &TlsClient, to: SocketAddr) -> Answer {
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", "ledger"),
    ];
    client.post(to, "/token", &form).await
}

/// P39: [RFC 8705 sections 2.1 and 3](https://www.rfc-editor.org/rfc/rfc8705#section-2.1): what the connection proves counts.
#[tokio::test]
async fn the_listener_that_asks_knows_clients_by_the_certificates_of_their_connections() {
    let Some(served) = Served::beside().await else {
        return;
    };
    let own = served.authority.certify("ledger");
    let client = served.showing(Some(&own));
    let tokens = ask(&client, served.asking()).await.assert_ok();
    let form = [
        ("token", tokens.access_token.as_str()),
        ("client_id", "ledger"),
    ];
    let told = client.post(served.asking(), "/introspect", &form).await;
    let told = told.json();
    assert_eq!(told["cnf"], json!({"x5t#S256": own.thumbprint()}));
    for stranger in [
        Some(&served.authority.certify("payroll")),
        Some(&Authority::new("house").certify("ledger")),
        Some(&Certified::self_signed("ledger")),
        None,
    ] {
        let refused = ask(&served.showing(stranger), served.asking()).await;
        refused.assert_error("invalid_client");
    }
}

/// [RFC 8705 section 5](https://www.rfc-editor.org/rfc/rfc8705#section-5): at the issuer no browser is asked for a certificate.
#[tokio::test]
async fn where_browsers_are_nobody_is_asked_for_a_certificate() {
    let Some(served) = Served::beside().await else {
        return;
    };
    let own = served.authority.certify("ledger");
    let client = served.showing(Some(&own));
    let refused = ask(&client, served.here).await;
    refused.assert_error("invalid_client");
    // A header is believed as little as at the other listener.
    for to in [served.here, served.asking()] {
        let field = own.byte_sequence();
        let headers = [("client-cert", &*field), ("authorization", "Bearer x")];
        let bare = served.showing(None);
        let told = bare.get(to, "/userinfo", &headers).await;
        assert_eq!(told.status, 401, "{told:?}");
    }
    let path = "/.well-known/openid-configuration";
    let metadata = client.get(served.here, path, &[]).await.json();
    let aliases = &metadata["mtls_endpoint_aliases"];
    assert_eq!(aliases["token_endpoint"], format!("{BESIDE}/token"));
    assert_eq!(metadata["token_endpoint"], "https://localhost:9443/token");
}

/// [RFC 8705 section 5](https://www.rfc-editor.org/rfc/rfc8705#section-5): the listener that asks for certificates has what metadata names
/// there, and whether the server is well. Nobody signs in at it.
#[tokio::test]
async fn where_certificates_are_asked_for_are_the_endpoints_that_metadata_names_and_no_page() {
    let Some(served) = Served::beside().await else {
        return;
    };
    let bare = served.showing(None);
    let path = "/.well-known/openid-configuration";
    let metadata = bare.get(served.here, path, &[]).await.json();
    let aliases = metadata["mtls_endpoint_aliases"].as_object();
    for (name, address) in aliases.expect("aliases") {
        let path = address.as_str().and_then(|url| url.strip_prefix(BESIDE));
        let path = path.expect("an address there");
        let answer = bare.post(served.asking(), path, &[]).await;
        assert!(
            [400, 401].contains(&answer.status.as_u16()),
            "{name}: {answer:?}"
        );
    }
    for path in [
        "/",
        "/authorize",
        "/sessions",
        "/logout",
        "/device",
        "/register",
        "/jwks",
        path,
    ] {
        let answer = bare.get(served.asking(), path, &[]).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
    }
    for to in [served.here, served.asking()] {
        let answer = bare.get(to, "/health/ready", &[]).await;
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

/// What a peer shows is kept for as long as its connection lasts, so it is bounded: 32 KiB of certificates.
#[tokio::test]
async fn whoever_shows_more_certificates_than_anybody_needs_is_not_let_in() {
    let Some(served) = Served::beside().await else {
        return;
    };
    let own = served.authority.certify("ledger");
    let beside = |bytes: usize| Certified {
        others: vec![served.authority.certify_of_size(bytes - own.der.len()).der],
        ..own.clone()
    };
    let most = 32 * 1024;
    let client = served.showing(Some(&beside(most)));
    ask(&client, served.asking()).await.assert_ok();
    let client = served.showing(Some(&beside(most + 1)));
    assert!(!client.is_let_in(served.asking()).await);
    // Where nobody is asked nobody shows any.
    assert!(client.is_let_in(served.here).await);
}

/// One listener for everybody: a certificate is asked for, and can be left out.
#[tokio::test]
async fn one_listener_may_serve_those_with_a_certificate_and_those_without() {
    let Some(served) = Served::with("").await else {
        return;
    };
    assert_eq!(served.asking, None);
    let own = served.authority.certify("ledger");
    let tokens = ask(&served.showing(Some(&own)), served.here).await;
    tokens.assert_ok();
    let bare = served.showing(None);
    let jwks = bare.get(served.here, "/jwks", &[]).await;
    assert_eq!(jwks.status, 200, "{jwks:?}");
    ask(&bare, served.here).await.assert_error("invalid_client");
}

/// P39: a proxy that shows a certificate of its own when it connects speaks for none of its clients.
#[tokio::test]
async fn the_certificate_of_a_trusted_proxy_is_no_clients() {
    let Some(served) = Served::with("[proxy]\ntrusted = [\"127.0.0.1/32\"]\n").await else {
        return;
    };
    let own = served.authority.certify("ledger");
    let refused = ask(&served.showing(Some(&own)), served.here).await;
    refused.assert_error("invalid_client");
}

/// Renewed files are taken over while the server runs; what cannot be used changes nothing.
#[tokio::test]
async fn renewed_certificates_and_authorities_are_taken_over_without_a_restart() {
    let Some(mut served) = Served::beside().await else {
        return;
    };
    let bare = served.showing(None);
    let renewed = served.authority.certify_server();
    assert_ne!(bare.server_certificate(served.here).await, renewed.der);
    renew(served.files.path(), &renewed);
    for to in [served.here, served.asking()] {
        let shown = async || (bare.server_certificate(to).await == renewed.der).then_some(());
        eventually("the server shows the new certificate", shown).await;
    }
    let next = Authority::new("next");
    let own = next.certify("ledger");
    let client = served.showing(Some(&own));
    ask(&client, served.asking())
        .await
        .assert_error("invalid_client");
    let authorities = served.files.path().join("authorities.pem");
    fs::write(&authorities, next.pem()).expect("a writable folder");
    let works = async || {
        let answer = ask(&client, served.asking()).await;
        answer.status.is_success().then_some(())
    };
    eventually("the new authority vouches for clients", works).await;
    fs::write(&authorities, "nothing of the kind").expect("a writable folder");
    let unusable = |line: &str| line.contains("cannot be used").then_some(());
    served.process.line(unusable).await;
    ask(&client, served.asking()).await.assert_ok();
}

/// [RFC 9325 section 4.2](https://www.rfc-editor.org/rfc/rfc9325#section-4.2). Stands for the part of
/// `ensure-holder-of-key-required` that is about TLS.
#[tokio::test]
async fn tls_1_3_is_preferred_and_tls_1_2_has_the_recommended_ciphers() {
    let Some(served) = Served::beside().await else {
        return;
    };
    for to in [served.here, served.asking()] {
        let version = served.showing(None).version(to).await;
        assert_eq!(version, Some(ProtocolVersion::TLSv1_3));
        // The server has a key for ECDSA.
        for cipher in [
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
            CipherSuite::TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        ] {
            let old = &[&rustls::version::TLS12];
            let client = TlsClient::speaking(old, only(cipher), &served.authority, None);
            let version = client.version(to).await;
            assert_eq!(version, Some(ProtocolVersion::TLSv1_2), "{cipher:?}");
        }
    }
}

fn only(cipher: CipherSuite) -> CryptoProvider {
    let mut provider = aws_lc_rs::default_provider();
    let suites = &mut provider.cipher_suites;
    suites.retain(|suite| suite.suite() == cipher);
    provider
}

/// Whoever speaks plain HTTP to it is not answered.
#[tokio::test]
async fn nothing_is_said_without_tls() {
    let Some(served) = Served::beside().await else {
        return;
    };
    for to in [served.here, served.asking()] {
        let mut stream = TcpStream::connect(to).await.expect("it listens");
        let request = b"GET /jwks HTTP/1.1\r\nhost: localhost\r\n\r\n";
        stream.write_all(request).await.expect("it reads");
        let mut answer = Vec::new();
        // The end may be a reset.
        let _ended = stream.read_to_end(&mut answer).await;
        let text = String::from_utf8_lossy(&answer);
        assert!(!text.contains("HTTP"), "{text}");
    }
}
