//! Real proxies, configured by the very files that operators are given.

use std::fs;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use doorward_tests::browser::Browser;
use doorward_tests::certificates::Authority;
use doorward_tests::echo::{Echo, Echoed};
use doorward_tests::processes::{Process, free_port};
use doorward_tests::requirements::{needed, program, repository};
use doorward_tests::serving::{Installation, Node, eventually};
use doorward_tests::tls_client::TlsClient;
use doorward_tests::token_client::{Answer, basic};
use tempfile::TempDir;
use tokio::process::Command;

/// The hosts of the provider and of the site. Browsers look for them on this machine.
const LOGIN: &str = "login.localhost";
const REPORTS: &str = "reports.localhost";

const RULES: &str = r#"
[[rules]]
allow = ["anyone"]
paths = ["/public/**"]
methods = ["GET"]

[[rules]]
deny = ["anyone"]
paths = ["/internal/**"]

[[rules]]
allow = ["group:staff"]
paths = ["/reports/**"]

[[rules]]
allow = ["scope:reports:read"]
paths = ["/api/**"]
methods = ["GET"]
"#;

/// Where everything is that a proxy's configuration names.
struct Places {
    /// The proxy itself.
    at: SocketAddr,
    doorward: SocketAddr,
    application: SocketAddr,
    /// The folder with its certificate.
    files: PathBuf,
}

/// A proxy in front of a Doorward and of an application that it protects. Alice is one of the staff, Bob is not.
struct Protected {
    places: Places,
    authority: Authority,
    secret: String,
    node: Node,
    installation: Installation,
    _proxy: Process,
    _application: Echo,
    _folder: TempDir,
}

/// How a proxy is configured and started.
#[derive(Clone, Copy)]
struct Kind {
    configuration: fn(&Places) -> String,
    command: fn(&Path, &Path) -> Option<Command>,
}

impl Protected {
    async fn start(kind: Kind) -> Option<Self> {
        let (authority, folder) = (Authority::new("house"), TempDir::new().expect("a folder"));
        let own = authority.certify_server();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).expect("a writable folder");
            path
        };
        write("server.pem", &own.certificate);
        write("server.key", &own.key);
        let rules = write("rules.toml", RULES);
        let command = (kind.command)(folder.path(), &folder.path().join("proxy.conf"))?;
        let at = SocketAddr::from(([127, 0, 0, 1], free_port()));
        let installation = Installation::new("[proxy]\ntrusted = [\"127.0.0.1/32\"]\n")?;
        let secret = furnish(&installation, at.port(), &rules).await;
        let issuer = format!("https://{LOGIN}:{}", at.port());
        let (node, application) = (installation.serve_for(&issuer).await, Echo::start().await);
        let places = Places {
            at,
            doorward: node.place.address,
            application: application.address,
            files: folder.path().to_owned(),
        };
        write("proxy.conf", &(kind.configuration)(&places));
        let proxy = Process::start(command);
        let listening = async || tokio::net::TcpStream::connect(at).await.ok();
        eventually("the proxy listens", listening).await;
        Some(Self {
            places,
            authority,
            secret,
            node,
            installation,
            _proxy: proxy,
            _application: application,
            _folder: folder,
        })
    }

    fn url(&self, path: &str) -> String {
        format!("https://{REPORTS}:{}{path}", self.places.at.port())
    }

    /// Sends a request to the site.
    async fn get(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let client = TlsClient::new(&self.authority, None).at(REPORTS);
        client.get(self.places.at, path, headers).await
    }

    async fn post(&self, path: &str, headers: &[(&str, &str)]) -> Answer {
        let client = TlsClient::new(&self.authority, None).at(REPORTS);
        client.post_with(self.places.at, path, headers, &[]).await
    }

    /// A token of the client `reporter`.
    async fn token(&self) -> String {
        let client = TlsClient::new(&self.authority, None).at(LOGIN);
        let basic = basic("reporter", &self.secret);
        let headers = [("authorization", basic.to_str().expect("a header"))];
        let form = [
            ("grant_type", "client_credentials"),
            ("scope", "reports:read"),
        ];
        let answer = client.post_with(self.places.at, "/token", &headers, &form);
        answer.await.assert_ok().access_token
    }
}

/// Does what an operator does; says the secret of the client `reporter`.
async fn furnish(installation: &Installation, port: u16, rules: &Path) -> String {
    installation
        .add_person("alice", "curiouser and curiouser")
        .await;
    installation
        .add_person("bob", "through the looking-glass")
        .await;
    let (host, rules) = (format!("{REPORTS}:{port}"), rules.to_string_lossy());
    let api = "https://reports.example";
    for command in [
        &["group", "add", "staff"][..],
        &["group", "add-member", "staff", "alice"],
        &[
            "resource",
            "add",
            api,
            "--name",
            "Reports",
            "--scope",
            "reports:read=Read reports",
        ],
        &[
            "site",
            "add",
            &host,
            "--name",
            "Reports",
            "--resource",
            api,
            "--rules",
            &rules,
        ],
    ] {
        installation.ask(command, "").await;
    }
    let adding = [
        "client",
        "add",
        "reporter",
        "--grant-type",
        "client_credentials",
        "--scope",
        "reports:read",
    ];
    let added = installation.ask(&adding, "").await;
    added["client_secret"]
        .as_str()
        .expect("a secret")
        .to_owned()
}

fn echoed(answer: &Answer) -> Echoed {
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.text).expect("what the application was asked")
}

/// What a browser or a program could write of itself.
const SPOOFED: [(&str, &str); 8] = [
    ("remote-user", "root"),
    ("remote-groups", "admins"),
    ("remote-email", "root@example.com"),
    ("remote-name", "root"),
    ("remote-subject", "root"),
    ("remote-scope", "reports:write"),
    ("remote-client", "root"),
    ("remote_user", "root"),
];

impl Protected {
    /// N03: what an application is told comes from Doorward alone.
    async fn assert_identity_is_doorwards(&self) {
        let answer = self.get("/public/a?b", &SPOOFED).await;
        let asked = echoed(&answer);
        assert_eq!(asked.target, "/public/a?b");
        assert!(asked.identity().is_empty(), "{asked:?}");
        let bearer = format!("Bearer {}", self.token().await);
        let headers = [&SPOOFED[..], &[("authorization", &bearer)]].concat();
        let asked = echoed(&self.get("/api/7", &headers).await);
        let told: Vec<_> = asked.identity().into_iter().collect();
        let own = [
            ("remote-client", "reporter"),
            ("remote-scope", "reports:read"),
            ("remote-subject", "reporter"),
        ];
        assert_eq!(told, own);
    }

    /// N01, N02: what a request says of how it was asked for changes nothing.
    async fn assert_forwarded_headers_are_the_proxys(&self) {
        let public = self.url("/public/a");
        for spoofed in [
            &[("x-forwarded-uri", "/public/a")][..],
            &[("x-original-url", &public), ("x-original-method", "GET")],
            &[
                ("x-forwarded-method", "GET"),
                ("x-forwarded-host", "evil.example"),
            ],
            &[
                ("x-rewrite-url", "/public/a"),
                ("x_forwarded_uri", "/public/a"),
            ],
        ] {
            for path in ["/internal/a", "/elsewhere", "/public/../internal/a"] {
                let answer = self.get(path, spoofed).await;
                assert!(
                    answer.status.is_client_error(),
                    "{path} {spoofed:?} {answer:?}"
                );
            }
        }
    }

    async fn assert_what_no_rule_allows_is_denied(&self) {
        for path in [
            "/elsewhere",
            "/internal/a",
            "/public/%2e%2e/internal/a",
            "/public/..%2finternal/a",
            "/public//a",
            "/public/..;/internal",
            "/public/%252e%252e/internal",
            "/INTERNAL/a",
        ] {
            let answer = self.get(path, &[("accept", "text/html")]).await;
            // nginx itself knows some of them for what they are.
            assert!(
                matches!(answer.status.as_u16(), 400 | 403),
                "{path} {answer:?}"
            );
        }
        let answer = self.get("/elsewhere", &[("accept", "text/html")]).await;
        assert!(answer.text.contains("id=\"error-reference\""), "{answer:?}");
        assert_eq!(self.post("/public/a", &[]).await.status, 403);
        let program = self.get("/elsewhere", &[]).await;
        assert_eq!(program.json()["error"], "access_denied");
    }

    async fn assert_programs_bring_a_token(&self) {
        for answer in [
            self.get("/api/7", &[]).await,
            self.get("/reports/7", &[("accept", "application/json")])
                .await,
            self.post("/reports/7", &[("accept", "text/html")]).await,
        ] {
            assert_eq!(answer.status, 401, "{answer:?}");
            let challenges: Vec<_> = answer.headers.get_all("www-authenticate").iter().collect();
            assert_eq!(challenges, ["Bearer realm=\"doorward\""], "{answer:?}");
        }
        let wrong = self.get("/api/7", &[("authorization", "Bearer x")]).await;
        assert_eq!(wrong.status, 401);
        let sent = self.get("/reports/7?a=b", &[("accept", "text/html")]).await;
        assert_eq!(sent.status, 303, "{sent:?}");
        let path = "/.doorward/sign-in?return_to=%2Freports%2F7%3Fa%3Db";
        assert_eq!(sent.header("location"), Some(&*self.url(path)));
    }

    /// While Doorward does not answer, nobody passes, not even where anyone may.
    async fn assert_nobody_passes_without_doorward(mut self) {
        self.node
            .process
            .signal(doorward_tests::processes::Signal::KILL);
        self.node.process.ended().await;
        let answer = self.get("/public/a", &[]).await;
        assert!(answer.status.is_server_error(), "{answer:?}");
    }
}

async fn protects(kind: Kind) {
    let Some(protected) = Protected::start(kind).await else {
        return;
    };
    protected.assert_identity_is_doorwards().await;
    protected.assert_forwarded_headers_are_the_proxys().await;
    protected.assert_what_no_rule_allows_is_denied().await;
    protected.assert_programs_bring_a_token().await;
    protected.assert_nobody_passes_without_doorward().await;
}

/// A person comes in with a browser, is somebody to the application, and leaves.
async fn lets_people_in(kind: Kind) {
    let Some(browser) = Browser::start_trusting_any_server().await else {
        return;
    };
    let Some(protected) = Protected::start(kind).await else {
        return;
    };
    let wanted = protected.url("/reports/7?a=b");
    browser.goto(&wanted).await;
    signs_in(&browser, "alice", "curiouser and curiouser").await;
    let arrived = browser.arrives("the page that was wanted", |url| url.as_str() == wanted);
    arrived.await;
    let source = browser.client().source().await.expect("a page");
    for told in ["remote-user\":\"alice", "remote-groups\":\"staff"] {
        assert!(source.contains(told), "{source}");
    }

    browser.goto(&protected.url("/elsewhere")).await;
    let reference = browser.text("error-reference").await;
    let explained = protected
        .installation
        .ask(&["explain", &reference], "")
        .await;
    assert!(
        explained.to_string().contains("no rule allows it"),
        "{explained}"
    );

    browser.follow("error-way-out").await;
    browser.follow("logout-confirm").await;
    browser
        .until("the session at the site ends", async || {
            browser.goto(&wanted).await;
            browser.has("login-submit").await.then_some(())
        })
        .await;
    signs_in(&browser, "bob", "through the looking-glass").await;
    browser.element("error-page").await;
    assert_eq!(browser.url().await.as_str(), wanted);
}

async fn signs_in(browser: &Browser, username: &str, password: &str) {
    browser.fill("username", username).await;
    browser.fill("password", password).await;
    browser.follow("login-submit").await;
}

/// A file of `deploy/`, with other names and places.
fn deployed(file: &str, places: &Places, changes: &[(&str, String)]) -> String {
    let text = fs::read_to_string(repository().join("deploy").join(file));
    let mut text = text.expect("a file that operators are given");
    let usual = [
        ("127.0.0.1:8000", places.doorward.to_string()),
        ("127.0.0.1:3000", places.application.to_string()),
    ];
    for (written, here) in changes.iter().chain(&usual) {
        text = text.replace(written, here);
    }
    text
}

fn nginx(places: &Places) -> String {
    let (at, files) = (places.at, places.files.display());
    let certificate = |host: &str| format!("/etc/ssl/{host}.example.org");
    let changes = [
        ("listen 443 ssl http2;", format!("listen {at} ssl http2;")),
        ("    listen [::]:443 ssl http2;\n", String::new()),
        ("listen 80;", format!("listen 127.0.0.1:{};", free_port())),
        ("    listen [::]:80;\n", String::new()),
        (&*certificate("login"), files.to_string()),
        (&*certificate("reports"), files.to_string()),
        ("fullchain.pem", "server.pem".to_owned()),
        ("privkey.pem", "server.key".to_owned()),
        ("login.example.org", LOGIN.to_owned()),
        ("reports.example.org", REPORTS.to_owned()),
    ];
    let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        .map(|kind| format!("{kind}_temp_path {files}/{kind};\n"))
        .concat();
    let sites = ["reverse-proxy/nginx.conf", "forward-auth/nginx.conf"];
    let sites = sites.map(|file| deployed(file, places, &changes)).concat();
    format!(
        "daemon off;\nmaster_process off;\npid {files}/pid;\nerror_log stderr;\n\
         events {{}}\nhttp {{\naccess_log off;\n{temporary}{sites}}}\n"
    )
}

fn nginx_command(folder: &Path, file: &Path) -> Option<Command> {
    let found = program("DOORWARD_TEST_NGINX", "nginx");
    // Accounts that are nobody's administrator do not look there.
    let elsewhere = || Some(PathBuf::from("/usr/sbin/nginx")).filter(|path| path.is_file());
    let mut command = Command::new(needed("nginx", found.or_else(elsewhere))?);
    command.arg("-p").arg(folder).arg("-c").arg(file);
    command.args(["-e", "stderr"]);
    Some(command)
}

fn caddy(places: &Places) -> String {
    let (at, files) = (places.at, places.files.display());
    let site = |host: &str| {
        let port = at.port();
        format!(
            "https://{host}:{port} {{\n\tbind {}\n\ttls {files}/server.pem {files}/server.key\n",
            at.ip()
        )
    };
    let changes = [
        ("login.example.org {\n", site(LOGIN)),
        ("reports.example.org {\n", site(REPORTS)),
    ];
    let sites = ["reverse-proxy/Caddyfile", "forward-auth/Caddyfile"];
    let sites = sites.map(|file| deployed(file, places, &changes)).concat();
    format!("{{\n\tadmin off\n\tauto_https off\n}}\n{sites}")
}

fn caddy_command(folder: &Path, file: &Path) -> Option<Command> {
    let program = needed("caddy", program("DOORWARD_TEST_CADDY", "caddy"))?;
    let mut command = Command::new(program);
    let running = ["run", "--adapter", "caddyfile", "--config"];
    command.args(running).arg(file).env("HOME", folder);
    Some(command)
}

const NGINX: Kind = Kind {
    configuration: nginx,
    command: nginx_command,
};

const CADDY: Kind = Kind {
    configuration: caddy,
    command: caddy_command,
};

/// N01, N02, N03.
#[tokio::test]
async fn nginx_protects_an_application() {
    protects(NGINX).await;
}

/// N01, N02, N03.
#[tokio::test]
async fn caddy_protects_an_application() {
    protects(CADDY).await;
}

#[tokio::test]
async fn people_come_in_and_leave_through_nginx() {
    lets_people_in(NGINX).await;
}

#[tokio::test]
async fn people_come_in_and_leave_through_caddy() {
    lets_people_in(CADDY).await;
}
