use doorward_web::Outbound as _;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use super::*;

mod through_a_proxy;

const LOOPBACK: &str = "127.0.0.0/8";

fn networks(texts: &[&str]) -> Vec<IpNet> {
    texts.iter().map(|text| text.parse().unwrap()).collect()
}

fn judge(url: &str, address: &str, allowed: &[&str]) -> Result<(), String> {
    let destination = Destination::of(&url.parse().unwrap()).unwrap();
    let address = SocketAddr::new(address.parse().unwrap(), destination.port);
    destination.judge(address, &networks(allowed))
}

/// F01: https, and the operator's list.
/// F02: other ports need the operator's leave.
#[test]
fn only_the_public_internet_by_https_and_what_is_allowed_is_reached() {
    let wiki = "https://wiki.example/";
    for (url, address, allowed, admitted) in [
        (wiki, "1.1.1.1", &[][..], true),
        (wiki, "2606:4700::1111", &[], true),
        (wiki, "127.0.0.1", &[], false),
        (wiki, "::1", &[], false),
        (wiki, "10.0.0.1", &[], false),
        (wiki, "169.254.169.254", &[], false),
        (wiki, "::ffff:10.0.0.1", &["10.0.0.0/8"], false),
        (wiki, "10.0.0.1", &["10.0.0.0/8"], true),
        (wiki, "10.0.0.1", &["192.168.0.0/16"], false),
        ("https://wiki.example:8443/", "1.1.1.1", &[], false),
        (
            "https://wiki.example:8443/",
            "1.1.1.1",
            &["1.1.1.1/32"],
            true,
        ),
        (
            "https://wiki.example:8443/",
            "10.0.0.1",
            &["10.0.0.0/8"],
            true,
        ),
        ("http://localhost/", "127.0.0.1", &[], false),
        ("http://localhost:8080/", "127.0.0.1", &[LOOPBACK], true),
        ("http://localhost/", "10.0.0.1", &["10.0.0.0/8"], false),
        ("http://wiki.example/", "1.1.1.1", &["0.0.0.0/0"], false),
    ] {
        let judged = judge(url, address, allowed);
        assert_eq!(judged.is_ok(), admitted, "{url} {address} {judged:?}");
    }
}

/// F01: every address is judged.
#[test]
fn one_address_within_spoils_a_name() {
    let wiki = Destination::of(&"https://wiki.example/".parse().unwrap()).unwrap();
    let found = |addresses: &[&str]| {
        let addresses = addresses.iter().map(|it| it.parse().unwrap());
        addresses.collect::<Vec<SocketAddr>>()
    };
    let outside = found(&["1.1.1.1:443", "[2606:4700::1111]:443"]);
    assert_eq!(wiki.admit(outside.clone(), &[]), Ok(outside));
    for mixed in [
        found(&["1.1.1.1:443", "127.0.0.1:443"]),
        found(&["[::1]:443", "1.1.1.1:443"]),
        found(&["1.1.1.1:443", "[::ffff:10.0.0.1]:443"]),
    ] {
        assert!(wiki.admit(mixed.clone(), &[]).is_err(), "{mixed:?}");
    }
}

/// F04: the address is called as it was registered.
#[test]
fn the_request_goes_to_what_the_url_says() {
    let of = |url: &str| Destination::of(&url.parse().unwrap());
    let wiki = of("https://wiki.example/signed-out?a=b").unwrap();
    assert_eq!((wiki.port, wiki.path.as_str()), (443, "/signed-out?a=b"));
    assert_eq!(wiki.authority(), "wiki.example");
    let here = of("http://[::1]:8080").unwrap();
    assert_eq!((here.host.as_str(), here.path.as_str()), ("::1", "/"));
    assert_eq!(here.authority(), "[::1]:8080");
    assert!(of("ftp://wiki.example/").is_err());
}

/// Answers one connection with `answer` and returns what was asked.
async fn once(answer: impl AsRef<str> + Send + 'static) -> (Url, tokio::task::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let served = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut asked = Vec::new();
        while !(asked.ends_with(b"a=b")
            || asked.starts_with(b"GET ") && asked.ends_with(b"\r\n\r\n"))
        {
            let read = stream.read_buf(&mut asked).await.unwrap();
            assert_ne!(read, 0);
        }
        // Whoever has read enough hangs up.
        stream.write_all(answer.as_ref().as_bytes()).await.ok();
        String::from_utf8(asked).unwrap()
    });
    let url = format!("http://127.0.0.1:{port}/signed-out?x=y");
    (url.parse().unwrap(), served)
}

/// F03: nothing but the status is read.
#[tokio::test]
async fn a_form_is_posted_and_the_status_comes_back() {
    for (answer, status) in [
        ("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 200),
        ("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n", 204),
        (
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\n\r\n",
            302,
        ),
        ("HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx", 200),
    ] {
        let (url, served) = once(answer).await;
        let outbound = Outbound::new(networks(&[LOOPBACK]));
        let posted = outbound.post_form(&url, "a=b".to_owned()).await;
        assert_eq!(posted, Ok(status));
        let asked = served.await.unwrap();
        assert!(
            asked.starts_with("POST /signed-out?x=y HTTP/1.1\r\n"),
            "{asked}"
        );
        let port = url.port().unwrap();
        assert!(
            asked.contains(&format!("host: 127.0.0.1:{port}\r\n")),
            "{asked}"
        );
        let form = "content-type: application/x-www-form-urlencoded\r\n";
        assert!(asked.contains(form), "{asked}");
    }
}

/// F03: no more than 64 KiB are read.
#[tokio::test]
async fn keys_are_got_with_their_type_and_not_without_end() {
    let outbound = Outbound::new(networks(&[LOOPBACK]));
    let answer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}";
    let (url, served) = once(answer).await;
    let got = outbound.fetch(&url, Document::Keys).await.unwrap();
    let expected = Fetched {
        status: 200,
        content_type: Some("application/json".to_owned()),
        body: b"{}".to_vec(),
        ..Fetched::default()
    };
    assert_eq!(got, expected);
    let asked = served.await.unwrap();
    assert!(
        asked.starts_with("GET /signed-out?x=y HTTP/1.1\r\n"),
        "{asked}"
    );
    assert!(
        asked.contains("accept: application/jwk-set+json, application/json\r\n"),
        "{asked}"
    );
    let endless = "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx";
    let (url, _served) = once(endless).await;
    let NoAnswer(told) = outbound.fetch(&url, Document::Keys).await.unwrap_err();
    assert!(told.starts_with("the answer is longer"), "{told}");
}

/// F03: what is too long is no answer.
#[tokio::test]
async fn what_is_no_answer_is_told_in_words() {
    let outbound = Outbound::new(networks(&[LOOPBACK]));
    let endless = "x".repeat(4 * MAX_HEAD);
    let endless = format!("HTTP/1.1 200 OK\r\nX: {endless}\r\n\r\n");
    for (answer, reason) in [
        ("", "no answer"),
        ("SSH-2.0-x\r\n", "no answer"),
        (&endless, "no answer"),
    ] {
        let (url, _served) = once(answer.to_owned()).await;
        let NoAnswer(told) = outbound
            .post_form(&url, "a=b".to_owned())
            .await
            .unwrap_err();
        assert!(told.starts_with(reason), "{told}");
    }
    let nowhere = "http://127.0.0.1:1/".parse().unwrap();
    let refused = outbound.post_form(&nowhere, String::new());
    let NoAnswer(told) = refused.await.unwrap_err();
    assert!(told.starts_with("no connection: "), "{told}");
}

/// F01: the connection is to what was judged.
#[tokio::test]
async fn nothing_is_connected_to_that_is_not_allowed() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
    ] {
        let outbound = Outbound::new(Vec::new());
        let url = url.parse().unwrap();
        let refused = outbound.post_form(&url, String::new());
        let NoAnswer(told) = refused.await.unwrap_err();
        assert!(told.contains(" is not "), "{told}");
    }
    let accepted = timeout(Duration::from_millis(1), listener.accept()).await;
    assert!(accepted.is_err(), "nobody came");
}

/// A certificate that is good for `name`, and its key, made by openssl; `None` where that is not installed.
fn certificate(name: &str) -> Option<(Vec<u8>, Vec<u8>)> {
    let folder = tempfile::tempdir().unwrap();
    let path = |file: &str| folder.path().join(file);
    let made = std::process::Command::new("openssl")
        .args(["req", "-x509", "-nodes", "-newkey", "ec", "-days", "2"])
        .args(["-pkeyopt", "ec_paramgen_curve:P-256", "-subj", "/CN=test"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .args(["-addext", &format!("subjectAltName=DNS:{name}"), "-out"])
        .arg(path("certificate"))
        .arg("-keyout")
        .arg(path("key"))
        .output();
    let Ok(made) = made else {
        eprintln!("left out: there is no openssl");
        return None;
    };
    assert!(made.status.success(), "{made:?}");
    let read = |file| std::fs::read(path(file)).unwrap();
    Some((read("certificate"), read("key")))
}

/// Whom an [`Outbound`] trusts.
fn trusting(certificate: &[u8]) -> Outbound {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_slice(certificate).unwrap())
        .unwrap();
    Outbound {
        allowed: networks(&[LOOPBACK, "::1/128"]),
        proxy: None,
        tls: OnceLock::from(Arc::new(verifying_by(roots).unwrap())),
    }
}

/// Serves one TLS connection with 200; returns the port.
async fn secured((certificate, key): &(Vec<u8>, Vec<u8>)) -> u16 {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(certificate).unwrap()],
            PrivateKeyDer::from_pem_slice(key).unwrap(),
        )
        .unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
        // A client that does not trust the certificate hangs up.
        if let Ok(mut stream) = acceptor.accept(stream).await {
            let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
            stream.write_all(answer).await.unwrap();
            stream.read_to_end(&mut Vec::new()).await.ok();
        }
    });
    port
}

/// F02: there is no way around.
#[tokio::test]
async fn a_server_is_reached_by_tls_when_its_certificate_is_trusted_and_good_for_its_name() {
    let (Some(ours), Some(anothers)) = (certificate("localhost"), certificate("wiki.example"))
    else {
        return;
    };
    for (shown, trusted, reached) in [
        (&ours, &ours, true),
        (&ours, &anothers, false),
        (&anothers, &anothers, false),
    ] {
        let port = secured(shown).await;
        let url = format!("https://localhost:{port}/").parse().unwrap();
        let outbound = trusting(&trusted.0);
        match outbound.post_form(&url, "a=b".to_owned()).await {
            Ok(status) => assert!(reached && status == 200, "{status}"),
            Err(NoAnswer(told)) => assert!(!reached && told.starts_with("TLS: "), "{told}"),
        }
    }
}
