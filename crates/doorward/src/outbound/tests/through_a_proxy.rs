//! Requests that go through a proxy, which makes the connections.

use tokio::io::copy_bidirectional;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::*;

/// A proxy that connects whoever asks to one port of this machine, or refuses; it tells the requests that it heard.
async fn proxy(to: Option<u16>) -> (Proxy, UnboundedReceiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (heard, hearing) = unbounded_channel();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, to, heard.clone()));
        }
    });
    (format!("http://127.0.0.1:{port}").parse().unwrap(), hearing)
}

async fn serve(
    mut stream: TcpStream,
    to: Option<u16>,
    heard: tokio::sync::mpsc::UnboundedSender<String>,
) {
    let mut asked = Vec::new();
    while !asked.ends_with(b"\r\n\r\n") {
        assert_ne!(stream.read_buf(&mut asked).await.unwrap(), 0);
    }
    heard.send(String::from_utf8(asked).unwrap()).unwrap();
    let Some(port) = to else {
        let refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n";
        return stream.write_all(refusal).await.unwrap();
    };
    let mut there = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let established = b"HTTP/1.1 200 Connection established\r\n\r\n";
    stream.write_all(established).await.unwrap();
    // Whoever does not trust the certificate hangs up.
    copy_bidirectional(&mut stream, &mut there).await.ok();
}

async fn posted(outbound: &Outbound, url: &str) -> Result<u16, String> {
    let url = url.parse().unwrap();
    let posted = outbound.post_form(&url, "a=b".to_owned()).await;
    posted.map_err(|NoAnswer(told)| told)
}

/// F05: the proxy is asked for the name, and what goes through it is TLS with whoever has that name.
#[tokio::test]
async fn a_request_goes_through_the_proxy_by_name_and_is_secured_from_end_to_end() {
    let (Some(wiki), Some(another)) =
        (certificate("wiki.example.com"), certificate("evil.example"))
    else {
        return;
    };
    for (shown, reached) in [(&wiki, true), (&another, false)] {
        let (proxy, mut heard) = proxy(Some(secured(shown).await)).await;
        let outbound = trusting(&shown.0).through(Some(proxy));
        let answer = posted(&outbound, "https://wiki.example.com/signed-out").await;
        match answer {
            Ok(status) => assert!(reached && status == 200, "{status}"),
            Err(told) => assert!(!reached && told.starts_with("TLS: "), "{told}"),
        }
        let asked = heard.recv().await.unwrap();
        let begins = "CONNECT wiki.example.com:443 HTTP/1.1\r\n";
        assert!(asked.starts_with(begins), "{asked}");
        assert!(asked.contains("host: wiki.example.com:443\r\n"), "{asked}");
        assert!(!asked.contains("signed-out"), "{asked}");
    }
}

/// F05: F01 and F02 hold as far as a name tells, before the proxy hears of it.
#[tokio::test]
async fn a_proxy_is_not_asked_for_what_must_not_be_called() {
    let (proxy, mut heard) = proxy(None).await;
    let outbound = Outbound::new(networks(&["10.1.0.0/16"])).through(Some(proxy));
    for (url, reason) in [
        ("https://10.0.0.1/", "not on the public internet"),
        (
            "https://169.254.169.254/latest/meta-data",
            "not on the public internet",
        ),
        ("https://[fd00::1]/", "not on the public internet"),
        ("https://[::ffff:127.0.0.1]/", "not on the public internet"),
        ("https://1.1.1.1:8443/", "not at port 443"),
        (
            "https://metadata.google.internal/",
            "no name of the public internet",
        ),
        ("https://printer/", "no name of the public internet"),
        ("https://wiki.localhost/", "no name of the public internet"),
        ("https://wiki.example.com:8443/", "not at port 443"),
        ("http://wiki.example.com/", "not reached by https"),
        ("https://127.0.0.1/", "not on the public internet"),
        ("https://localhost/", "not on the public internet"),
    ] {
        let told = posted(&outbound, url).await.unwrap_err();
        assert!(told.contains(reason), "{url}: {told}");
        assert!(heard.try_recv().is_err(), "{url}");
    }
    // What the operator allows is the proxy's to reach, or to refuse.
    let told = posted(&outbound, "https://10.1.2.3:8443/")
        .await
        .unwrap_err();
    assert!(told.contains("refuses with status 403"), "{told}");
    let asked = heard.recv().await.unwrap();
    assert!(
        asked.starts_with("CONNECT 10.1.2.3:8443 HTTP/1.1\r\n"),
        "{asked}"
    );
}

/// F05: this machine is not the proxy's.
#[tokio::test]
async fn what_is_on_this_machine_is_called_directly() {
    let (proxy, mut heard) = proxy(None).await;
    let outbound = Outbound::new(networks(&[LOOPBACK])).through(Some(proxy));
    let (url, served) = once("HTTP/1.1 204 No Content\r\n\r\n").await;
    assert_eq!(posted(&outbound, url.as_str()).await, Ok(204));
    served.await.unwrap();
    assert!(heard.try_recv().is_err());
}

#[tokio::test]
async fn a_proxy_that_is_not_there_is_told_in_words() {
    let gone = "http://127.0.0.1:1".parse().unwrap();
    let outbound = Outbound::new(Vec::new()).through(Some(gone));
    let told = posted(&outbound, "https://wiki.example.com/")
        .await
        .unwrap_err();
    assert!(
        told.starts_with("the proxy http://127.0.0.1:1: no connection"),
        "{told}"
    );
}

#[test]
fn a_proxy_is_a_host_and_a_port() {
    for good in [
        "http://proxy:3128",
        "http://10.0.0.1:8080/",
        "http://[::1]:8080",
    ] {
        let proxy: Proxy = good.parse().unwrap();
        assert_eq!(proxy.to_string(), good);
    }
    for bad in [
        "",
        "proxy:3128",
        "https://proxy:3128",
        "socks5://proxy:1080",
        "http://user:secret@proxy:3128",
        "http://proxy:3128/path",
        "http://proxy:3128?a=b",
    ] {
        assert!(bad.parse::<Proxy>().is_err(), "{bad}");
    }
}
