//! Real proxies that end TLS, ask for certificates and pass them on, set up as the operations page says.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use doorward_tests::certificates::{Authority, Certified};
use doorward_tests::processes::{Process, free_port};
use doorward_tests::requirements::{needed, program};
use doorward_tests::serving::{Installation, Node, eventually};
use doorward_tests::tls_client::TlsClient;
use doorward_tests::token_client::Answer;
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;

/// A proxy in front of a Doorward that believes it, and the client `ledger`, whose tokens are bound.
struct Proxied {
    authority: Authority,
    at: SocketAddr,
    _proxy: Process,
    _node: Node,
    _folder: TempDir,
    _installation: Installation,
}

/// A request for a token of its own.
const FORM: [(&str, &str); 2] = [
    ("grant_type", "client_credentials"),
    ("client_id", "ledger"),
];

/// What a proxy is told: its own address, that of Doorward, and the folder with its certificate.
type Configuration = fn(SocketAddr, SocketAddr, &Path) -> String;

impl Proxied {
    /// Starts Doorward, which reads the header as `style` has it, and the proxy, whose command reads its configuration.
    async fn start(
        style: &str,
        configuration: Configuration,
        command: impl Fn(&Path, &Path) -> Command,
    ) -> Option<Self> {
        let at = SocketAddr::from(([127, 0, 0, 1], free_port()));
        Self::with(at, style, "", configuration, command).await
    }

    /// The same at this address, where Doorward is told `more` of certificates.
    async fn with(
        at: SocketAddr,
        style: &str,
        more: &str,
        configuration: Configuration,
        command: impl Fn(&Path, &Path) -> Command,
    ) -> Option<Self> {
        let (authority, folder) = (Authority::new("house"), TempDir::new().expect("a folder"));
        let own = authority.certify_server();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("a writable folder");
            path
        };
        write("server.pem", &own.certificate);
        write("server.key", &own.key);
        let authorities = write("authorities.pem", &authority.pem());
        let installation = Installation::new(&format!(
            "[proxy]\ntrusted = [\"127.0.0.1/32\"]\n\
             [mtls]\ncertificates = \"{style}\"\nauthorities = \"{}\"\n{more}",
            authorities.display()
        ))?;
        super::connections::add_ledger(&installation).await;
        let node = installation.serve_for(&format!("https://{at}")).await;
        let text = configuration(at, node.place.address, folder.path());
        let file = write("proxy.conf", &text);
        let proxy = Process::start(command(folder.path(), &file));
        let listening = async || tokio::net::TcpStream::connect(at).await.ok();
        eventually("the proxy listens", listening).await;
        Some(Self {
            authority,
            at,
            _proxy: proxy,
            _node: node,
            _folder: folder,
            _installation: installation,
        })
    }

    /// Asks for a token of its own, as somebody who shows this certificate and writes these headers.
    async fn asks(&self, certificate: Option<&Certified>, headers: &[(&str, &str)]) -> Answer {
        let client = TlsClient::new(&self.authority, certificate);
        client.post_with(self.at, "/token", headers, &FORM).await
    }

    /// The certificate of the connection counts, and whatever a client writes into the header does not.
    async fn assert_certificates_are_passed_on(&self, forged: fn(&Certified) -> String) {
        let own = self.authority.certify("ledger");
        let tokens = self.asks(Some(&own), &[]).await.assert_ok();
        let cnf = &super::claims(&tokens.access_token)["cnf"];
        assert_eq!(*cnf, json!({"x5t#S256": own.thumbprint()}));
        let stranger = Certified::self_signed("ledger");
        let forged = forged(&own);
        for header in [&[][..], &[("client-cert", &*forged)]] {
            for certificate in [None, Some(&stranger)] {
                let refused = self.asks(certificate, header).await;
                refused.assert_error("invalid_client");
            }
        }
    }
}

fn caddy(at: SocketAddr, doorward: SocketAddr, files: &Path) -> String {
    let (ip, port, files) = (at.ip(), at.port(), files.display());
    format!(
        "{{\n\tadmin off\n\tauto_https off\n}}\n\
         https://localhost:{port} {{\n\
         \tbind {ip}\n\
         \ttls {files}/server.pem {files}/server.key {{\n\
         \t\tclient_auth {{\n\t\t\tmode request\n\t\t}}\n\t}}\n\
         \t@certified expression `{{tls_client_fingerprint}} != null`\n\
         \troute {{\n\
         \t\trequest_header -Client-Cert\n\
         \t\trequest_header @certified Client-Cert {{tls_client_certificate_der_base64}}\n\
         \t\treverse_proxy {doorward}\n\t}}\n}}\n"
    )
}

/// P39: a header that the proxy replaces with every request.
#[tokio::test]
async fn caddy_passes_on_certificates_and_nothing_that_clients_say_of_them() {
    let Some(program) = needed("caddy", program("DOORWARD_TEST_CADDY", "caddy")) else {
        return;
    };
    let command = |folder: &Path, file: &Path| {
        let mut command = Command::new(&program);
        let running = ["run", "--adapter", "caddyfile", "--config"];
        command.args(running).arg(file).env("HOME", folder);
        command
    };
    let Some(proxied) = Proxied::start("base64_der", caddy, command).await else {
        return;
    };
    let forged = |own: &Certified| BASE64_STANDARD.encode(&own.der);
    proxied.assert_certificates_are_passed_on(forged).await;
}

fn nginx(at: SocketAddr, doorward: SocketAddr, files: &Path) -> String {
    nginx_with(files, &asking_site(at, "localhost", doorward))
}

/// A configuration of nginx with these sites, which have one certificate.
fn nginx_with(files: &Path, sites: &str) -> String {
    let files = files.display();
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {files}/{kind};\n"))
        .concat();
    format!(
        "daemon off;\nmaster_process off;\npid {files}/pid;\nerror_log stderr;\n\
         events {{}}\nhttp {{\naccess_log off;\n{temporary}\
         ssl_certificate {files}/server.pem;\nssl_certificate_key {files}/server.key;\n\
         {sites}}}\n"
    )
}

/// A site that asks for certificates, and writes the header anew.
fn asking_site(at: SocketAddr, name: &str, doorward: SocketAddr) -> String {
    format!(
        "server {{\nlisten {at} ssl;\nserver_name {name};\nssl_verify_client optional_no_ca;\n\
         location / {{\nproxy_pass http://{doorward};\nproxy_set_header Host $http_host;\n\
         proxy_set_header Client-Cert $ssl_client_escaped_cert;\n}}\n}}\n"
    )
}

/// A site beside one that asks for certificates: it asks for none, and passes on whatever header it is sent.
fn nginx_with_two_sites(at: SocketAddr, doorward: SocketAddr, files: &Path) -> String {
    let careless = format!(
        "server {{\nlisten {at} ssl default_server;\nserver_name localhost;\n\
         location / {{\nproxy_pass http://{doorward};\nproxy_set_header Host $host;\n}}\n}}\n"
    );
    nginx_with(files, &(careless + &asking_site(at, ASKING, doorward)))
}

/// The name of the site that asks for certificates.
const ASKING: &str = "mtls.localhost";

fn nginx_program() -> Option<PathBuf> {
    let found = program("DOORWARD_TEST_NGINX", "nginx");
    // Accounts that are nobody's administrator do not look there.
    let elsewhere = || Some(PathBuf::from("/usr/sbin/nginx")).filter(|path| path.is_file());
    needed("nginx", found.or_else(elsewhere))
}

fn nginx_command(program: &Path, folder: &Path, file: &Path) -> Command {
    let mut command = Command::new(program);
    command.arg("-p").arg(folder).arg("-c").arg(file);
    command.args(["-e", "stderr"]);
    command
}

/// P39: the same with nginx.
#[tokio::test]
async fn nginx_passes_on_certificates_and_nothing_that_clients_say_of_them() {
    let Some(program) = nginx_program() else {
        return;
    };
    let command = |folder: &Path, file: &Path| nginx_command(&program, folder, file);
    let Some(proxied) = Proxied::start("escaped_pem", nginx, command).await else {
        return;
    };
    proxied
        .assert_certificates_are_passed_on(Certified::escaped_pem)
        .await;
}

/// P39: of two sites of one proxy that which asks for certificates is believed, whatever the other one passes on.
#[tokio::test]
async fn a_header_is_not_believed_of_a_site_that_asks_nobody_for_a_certificate() {
    let Some(program) = nginx_program() else {
        return;
    };
    let command = |folder: &Path, file: &Path| nginx_command(&program, folder, file);
    let at = SocketAddr::from(([127, 0, 0, 1], free_port()));
    let address = format!("address = \"https://{ASKING}:{}\"\n", at.port());
    let proxied = Proxied::with(at, "escaped_pem", &address, nginx_with_two_sites, command);
    let Some(proxied) = proxied.await else {
        return;
    };
    let own = proxied.authority.certify("ledger");
    let showing = TlsClient::new(&proxied.authority, Some(&own));
    let bare = TlsClient::new(&proxied.authority, None);
    let forged = own.escaped_pem();
    let ask = async |client: TlsClient, headers: &[(&str, &str)]| {
        client.post_with(at, "/token", headers, &FORM).await
    };

    let tokens = ask(showing.clone().at(ASKING), &[]).await.assert_ok();

    let cnf = &super::claims(&tokens.access_token)["cnf"];
    assert_eq!(*cnf, json!({"x5t#S256": own.thumbprint()}));
    let header = [("client-cert", &*forged)];
    for client in [bare.clone(), bare.clone().at(ASKING), showing.clone()] {
        let refused = ask(client, &header).await;
        refused.assert_error("invalid_client");
    }
    // Who says one name to TLS and another to HTTP does not get past the proxy.
    let misdirected = ask(bare.saying(ASKING), &header).await;
    assert_eq!(misdirected.status, 421, "{misdirected:?}");
}
